/** Choices of mechanisms as CK_MECHANISM: one table of how each mechanism's parameters are handed to the binding. */

import { concat } from "../../bytes/bytes.ts";
import { CKM, type MechanismName } from "../../cryptoki/constants.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import type { PssHash } from "../../mechanisms/rsa-pss.ts";
import { type Dialect, ulong } from "./attributes.ts";
import type { ModuleMechanism } from "./binding.ts";
import { Lacking } from "./refusals.ts";

/** `type` of the parameter structures of `pkcs11js`. CK_PARAMS_AES_GCM is the structure before v2.40. */
// biome-ignore format: a table
const CK_PARAMS = { AES_CCM: 2, RSA_OAEP: 4, RSA_PSS: 5, EC_DH: 6, AES_GCM_v240: 7 } as const;

/** The mask generation functions (PKCS #11 v3.1, 6.1; pkcs11t.h). */
// biome-ignore format: a table
const CKG_MGF1: Readonly<Partial<Record<PssHash, number>>> = {
  SHA1: 1, SHA256: 2, SHA384: 3, SHA512: 4, SHA224: 5, SHA3_224: 6, SHA3_256: 7, SHA3_384: 8, SHA3_512: 9,
};

const CKZ_DATA_SPECIFIED = 1;
const CKD_NULL = 1;

/** What an encoding may depend on beside the choice itself. */
export interface Use {
  readonly dialect: Dialect;
  /** The length of the plaintext, which CK_AES_CCM_PARAMS has in it. */
  readonly plaintextBytes: (tagBytes: number) => number;
}

type Parameter = ModuleMechanism["parameter"];
type Choice<N extends MechanismName> = Extract<Exclude<MechanismChoice, string>, { readonly mechanism: N }>;
type Encodings = { readonly [N in MechanismName]?: (choice: Choice<N>, use: Use) => Parameter };

/** PKCS #11 v3.1: 6.13 (AES), 6.1 (RSA), 6.3 (ECDH). The names in the structures are those that the binding reads. */
const PARAMETERS: Encodings = {
  AES_CBC_PAD: ({ iv }) => iv,
  AES_CTR: ({ counter, counterBits = 128 }, { dialect }) => concat(ulong(counterBits, dialect), counter),
  AES_GCM: ({ iv = none, aad = none, tagBytes = 16 }) => ({
    type: CK_PARAMS.AES_GCM_v240,
    iv,
    ivBits: 8 * iv.length,
    aad,
    tagBits: 8 * tagBytes,
  }),
  AES_CCM: ({ nonce = none, aad = none, tagBytes = 16 }, { plaintextBytes }) => ({
    type: CK_PARAMS.AES_CCM,
    dataLength: plaintextBytes(tagBytes),
    nonce,
    aad,
    macLength: tagBytes,
  }),
  RSA_PKCS_OAEP: ({ hash, mgf = hash, label = none }) => ({
    type: CK_PARAMS.RSA_OAEP,
    hashAlg: codeOf(hash),
    mgf: mgfOf(mgf),
    source: CKZ_DATA_SPECIFIED,
    sourceData: label,
  }),
  RSA_PKCS_PSS: ({ hash, mgf, saltBytes }) => pss(hash, mgf, saltBytes),
  SHA1_RSA_PKCS_PSS: ({ mgf, saltBytes }) => pss("SHA1", mgf, saltBytes),
  SHA224_RSA_PKCS_PSS: ({ mgf, saltBytes }) => pss("SHA224", mgf, saltBytes),
  SHA256_RSA_PKCS_PSS: ({ mgf, saltBytes }) => pss("SHA256", mgf, saltBytes),
  SHA384_RSA_PKCS_PSS: ({ mgf, saltBytes }) => pss("SHA384", mgf, saltBytes),
  SHA512_RSA_PKCS_PSS: ({ mgf, saltBytes }) => pss("SHA512", mgf, saltBytes),
  ECDH1_DERIVE: ({ kdf = "NULL", publicData }) => {
    if (kdf !== "NULL") throw new Lacking("not-through-pkcs11", `no suite agrees with the KDF ${kdf}`);
    return { type: CK_PARAMS.EC_DH, kdf: CKD_NULL, publicData };
  },
};

const none: Uint8Array = new Uint8Array(0);

/**
 * The mechanism of a choice. One without a row above has no parameters.
 * @throws Lacking for parameters that the binding has no structure for
 */
export function mechanismOf(choice: MechanismChoice, use: Use): ModuleMechanism {
  const { mechanism: name, ...params } = typeof choice === "string" ? { mechanism: choice } : choice;
  const mechanism = CKM[name];
  const encode = PARAMETERS[name] as ((choice: unknown, use: Use) => Parameter) | undefined;
  const parameter = encode?.(params, use);
  if (parameter !== undefined) return { mechanism, parameter };
  const unsent = Object.entries(params).filter(([, value]) => value !== undefined);
  if (unsent.length === 0) return { mechanism };
  const names = unsent.map(([param]) => param).join(", ");
  throw new Lacking("not-through-pkcs11", `the binding has no structure for ${names} of CKM_${name}`);
}

function pss(hash: PssHash, mgf: PssHash = hash, saltBytes: number = DIGEST_BYTES[hash] ?? 0): Parameter {
  return { type: CK_PARAMS.RSA_PSS, hashAlg: codeOf(hash), mgf: mgfOf(mgf), saltLen: saltBytes };
}

/** A salt has the digest's length where none is given (RFC 8017, A.2.3). */
// biome-ignore format: a table
const DIGEST_BYTES: Readonly<Partial<Record<PssHash, number>>> = {
  SHA1: 20, SHA512_224: 28, SHA512_256: 32, SHA224: 28, SHA256: 32, SHA384: 48, SHA512: 64, SHA3_224: 28, SHA3_256: 32, SHA3_384: 48, SHA3_512: 64,
};

function codeOf(hash: PssHash): number {
  if (DIGEST_BYTES[hash] === undefined)
    throw new Lacking("not-through-pkcs11", `no mechanism has the number of ${hash}`);
  return CKM[(hash === "SHA1" ? "SHA_1" : hash) as MechanismName];
}

function mgfOf(hash: PssHash): number {
  const code = CKG_MGF1[hash];
  if (code === undefined) throw new Lacking("not-through-pkcs11", `there is no mask generation function with ${hash}`);
  return code;
}
