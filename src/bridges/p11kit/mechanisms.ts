/** How p11-kit carries mechanisms (rpc-message.c of 0.24.1, 0.25.5 and 0.26.4): those of them that this token has. */

import { concat } from "../../bytes/bytes.ts";
import * as ck from "../../cryptoki/pkcs11t.ts";
import type { RawMechanism } from "../c/mechanism.ts";
import { ulong } from "../c/memory.ts";
import { ReturnedError } from "../c/returned.ts";
import type { WireReader } from "./wire.ts";

/** The encodings of a mechanism: the version that a client offers says which it uses. */
export type Version = 0 | 1 | 2;

/** Where the versions differ in a mechanism that has no parameter, and in saying that there is none. */
const NONE = 0xffff_ffff;

type ParameterReader = (reader: WireReader) => unknown;

/** Bytes that may be missing: no bytes are none. */
function optional(reader: WireReader): Uint8Array | undefined {
  const bytes = reader.byteArray();
  return bytes.length === 0 ? undefined : bytes;
}

const pss: ParameterReader = (reader) => ({
  type: ck.CK_PARAMS_RSA_PSS,
  hashAlg: reader.u64(),
  mgf: reader.u64(),
  saltLen: reader.u64(),
});
const oaep: ParameterReader = (reader) => ({
  type: ck.CK_PARAMS_RSA_OAEP,
  hashAlg: reader.u64(),
  mgf: reader.u64(),
  source: reader.u64(),
  sourceData: optional(reader),
});
const ecdh: ParameterReader = (reader) => ({
  type: ck.CK_PARAMS_EC_DH,
  kdf: reader.u64(),
  sharedData: optional(reader),
  publicData: reader.byteArray(),
});
const gcm: ParameterReader = (reader) => ({
  type: ck.CK_PARAMS_AES_GCM,
  iv: reader.byteArray(),
  ivBits: reader.u64(),
  aad: optional(reader),
  tagBits: reader.u64(),
});
const counter: ParameterReader = (reader) => concat(ulong(reader.u64()), reader.byteArray());
const bytes: ParameterReader = (reader) => reader.byteArray();
const length: ParameterReader = (reader) => reader.u64();

/** Mechanisms with a parameter. p11-kit 0.24.1 carries RSA_PKCS_PSS and RSA_PKCS_OAEP only. */
const PARAMETERS: ReadonlyMap<number, ParameterReader> = new Map([
  [ck.CKM_RSA_PKCS_OAEP, oaep],
  [ck.CKM_RSA_PKCS_PSS, pss],
  [ck.CKM_SHA1_RSA_PKCS_PSS, pss],
  [ck.CKM_SHA224_RSA_PKCS_PSS, pss],
  [ck.CKM_SHA256_RSA_PKCS_PSS, pss],
  [ck.CKM_SHA384_RSA_PKCS_PSS, pss],
  [ck.CKM_SHA512_RSA_PKCS_PSS, pss],
  [ck.CKM_ECDH1_DERIVE, ecdh],
  [ck.CKM_AES_CBC, bytes],
  [ck.CKM_AES_CBC_PAD, bytes],
  [ck.CKM_AES_CTS, bytes],
  [ck.CKM_AES_OFB, bytes],
  [ck.CKM_AES_CFB8, bytes],
  [ck.CKM_AES_CFB64, bytes],
  [ck.CKM_AES_CFB128, bytes],
  [ck.CKM_AES_CTR, counter],
  [ck.CKM_AES_GCM, gcm],
  [ck.CKM_AES_CMAC_GENERAL, length],
  [ck.CKM_SHA_1_HMAC_GENERAL, length],
  [ck.CKM_SHA224_HMAC_GENERAL, length],
  [ck.CKM_SHA256_HMAC_GENERAL, length],
  [ck.CKM_SHA384_HMAC_GENERAL, length],
  [ck.CKM_SHA512_HMAC_GENERAL, length],
  [ck.CKM_SHA512_224_HMAC_GENERAL, length],
  [ck.CKM_SHA512_256_HMAC_GENERAL, length],
]);

/** Mechanisms without one. */
// biome-ignore format: a table
const BARE: ReadonlySet<number> = new Set([
  ck.CKM_RSA_PKCS_KEY_PAIR_GEN, ck.CKM_RSA_PKCS, ck.CKM_RSA_X_509, ck.CKM_SHA1_RSA_PKCS, ck.CKM_SHA224_RSA_PKCS,
  ck.CKM_SHA256_RSA_PKCS, ck.CKM_SHA384_RSA_PKCS, ck.CKM_SHA512_RSA_PKCS,
  ck.CKM_EC_KEY_PAIR_GEN, ck.CKM_ECDSA, ck.CKM_ECDSA_SHA1, ck.CKM_ECDSA_SHA224, ck.CKM_ECDSA_SHA256,
  ck.CKM_ECDSA_SHA384, ck.CKM_ECDSA_SHA512,
  ck.CKM_GENERIC_SECRET_KEY_GEN, ck.CKM_AES_KEY_GEN, ck.CKM_AES_ECB, ck.CKM_AES_CMAC,
  ck.CKM_SHA_1, ck.CKM_SHA_1_HMAC, ck.CKM_SHA1_KEY_DERIVATION,
  ck.CKM_SHA224, ck.CKM_SHA224_HMAC, ck.CKM_SHA224_KEY_DERIVATION,
  ck.CKM_SHA256, ck.CKM_SHA256_HMAC, ck.CKM_SHA256_KEY_DERIVATION,
  ck.CKM_SHA384, ck.CKM_SHA384_HMAC, ck.CKM_SHA384_KEY_DERIVATION,
  ck.CKM_SHA512, ck.CKM_SHA512_HMAC, ck.CKM_SHA512_KEY_DERIVATION,
  ck.CKM_SHA512_224, ck.CKM_SHA512_224_HMAC, ck.CKM_SHA512_224_KEY_DERIVATION,
  ck.CKM_SHA512_256, ck.CKM_SHA512_256_HMAC, ck.CKM_SHA512_256_KEY_DERIVATION,
]);

/** Whether p11-kit says whether there is a parameter, from version 2 on. */
export function mayHaveParameter(mechanism: number): boolean {
  return PARAMETERS.has(mechanism);
}

/**
 * A mechanism; `undefined` for NULL_PTR, which ends an operation.
 * @throws ReturnedError CKR_MECHANISM_INVALID for one that p11-kit does not carry, WireError
 */
export function readMechanism(reader: WireReader, version: Version): RawMechanism | undefined {
  const mechanism = reader.u32();
  if (mechanism === NONE) return undefined;
  if (BARE.has(mechanism)) return isNull(reader, mechanism, version) ? undefined : { mechanism };
  const read = PARAMETERS.get(mechanism);
  if (read === undefined) {
    throw new ReturnedError(
      "CKR_MECHANISM_INVALID",
      `0x${mechanism.toString(16)} is no mechanism that p11-kit carries`,
    );
  }
  const isThere = version < 2 || reader.u8() !== 0;
  return isThere ? { mechanism, parameter: read(reader) } : { mechanism };
}

/**
 * Before version 2 an empty parameter follows, and NULL_PTR is a 0 without one: 0 is RSA_PKCS_KEY_PAIR_GEN too, which has
 * the empty parameter.
 */
function isNull(reader: WireReader, mechanism: number, version: Version): boolean {
  if (version === 2) return false;
  if (mechanism === 0 && reader.peek32() !== NONE) return true;
  reader.byteArray();
  return false;
}
