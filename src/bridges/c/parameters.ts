/** Parameters of mechanisms: from C's structures, in pkcs11js's spelling, to the token's and back. One table, by mechanism. */

import { concat } from "../../bytes/bytes.ts";
import * as ck from "../../cryptoki/pkcs11t.ts";
import { bytesOf, readUlong, ULONG_BYTES, ulong } from "./memory.ts";
import { ensure } from "./returned.ts";

/** The token's parameters, by name. */
export type Parameters = Readonly<Record<string, unknown>>;

/** How the parameters of a mechanism stand in `{ mechanism, parameter }`. */
export interface Shape {
  /** @throws TypeError for a property of a wrong type, Pkcs11Error CKR_MECHANISM_PARAM_INVALID */
  read(parameter: unknown): Parameters;
  write(parameters: Parameters): unknown;
}

/** A property of a parameter object, and the token's parameter that it stands for. */
interface Field {
  readonly own: string;
  readonly type: "Number" | "Buffer";
  readonly optional?: true;
  readonly read: (value: never) => unknown;
  readonly write: (value: never) => unknown;
}

function invalid(condition: unknown, why: string): asserts condition {
  ensure(condition, "CKR_MECHANISM_PARAM_INVALID", why);
}

const number = (own: string): Field => ({ own, type: "Number", read: (value) => value, write: (value) => value });
const buffer = (own: string): Field => ({
  own,
  type: "Buffer",
  read: (value: Uint8Array) => bytesOf(value),
  write: (value: Uint8Array) => value,
});
const optional = (field: Field): Field => ({ ...field, optional: true });

/** A number that stands for a name. */
function code(own: string, codes: Readonly<Record<string, number>>): Field {
  return {
    own,
    type: "Number",
    read(value: number) {
      const name = Object.keys(codes).find((candidate) => codes[candidate] === value);
      invalid(name !== undefined, `0x${value.toString(16)} is no ${own} that the token has`);
      return name;
    },
    write: (name: string) => codes[name],
  };
}

/** A number that says nothing to the token, but must be one of these; the first is written. */
function fixed(...values: readonly [number, ...number[]]): Field {
  return {
    own: "",
    type: "Number",
    read: (value: number) => invalid(values.includes(value), `${values.join(" or ")} is expected, not ${value}`),
    write: () => values[0],
  };
}

/** A number that the token finds out for itself. */
const ignored: Field = { own: "", type: "Number", optional: true, read: () => undefined, write: () => undefined };

/** An object `{ type, …fields }`. */
function struct(name: string, types: readonly [number, ...number[]], fields: Readonly<Record<string, Field>>): Shape {
  return {
    read(parameter) {
      const given = parameter as Readonly<Record<string, unknown>> | undefined | null;
      invalid(typeof given === "object" && given !== null && !bytesOf(given), `the parameter is a ${name}`);
      invalid(types.includes(given["type"] as number), `the type of a ${name} is ${types.join(" or ")}`);
      const read: Record<string, unknown> = {};
      for (const [property, field] of Object.entries(fields)) {
        const value = given[property] ?? undefined;
        if (value === undefined && field.optional) continue;
        requireType(value, field.type, `Property '${property}' of ${name} mechanism parameter`);
        const own = field.read(value as never);
        if (field.own !== "") read[field.own] = own;
      }
      return read;
    },
    write(parameters) {
      const written: Record<string, unknown> = { type: types[0] };
      for (const [property, { own, optional: mayMiss, write }] of Object.entries(fields)) {
        const value = parameters[own];
        invalid(value !== undefined || mayMiss || own === "", `${own} is needed`);
        const outward = value === undefined && own !== "" ? undefined : write(value as never);
        if (outward !== undefined) written[property] = outward;
      }
      return written;
    },
  };
}

function requireType(value: unknown, type: Field["type"], what: string): void {
  const isOfType = type === "Number" ? typeof value === "number" : bytesOf(value) !== undefined;
  if (!isOfType) throw new TypeError(`${what} should be ${type}`);
}

/** No parameter, or an empty one. */
const none: Shape = {
  read(parameter) {
    const isNone = parameter === undefined || parameter === null || bytesOf(parameter)?.length === 0;
    invalid(isNone, "the mechanism has no parameter");
    return {};
  },
  write: () => undefined,
};

/** A byte string. */
const plain = (own: string): Shape => ({
  read(parameter) {
    const found = bytesOf(parameter);
    invalid(found, `the parameter is ${own}, as bytes`);
    return { [own]: found };
  },
  write: (parameters) => parameters[own],
});

/** A CK_ULONG, as a number or in a buffer. */
const length = (own: string): Shape => ({
  read(parameter) {
    const value = typeof parameter === "number" ? parameter : readUlong(bytesOf(parameter) ?? new Uint8Array(0));
    invalid(value !== undefined, `the parameter is ${own}, as a CK_ULONG`);
    return { [own]: value };
  },
  write: (parameters) => parameters[own],
});

/** Where a shape may also be left out. */
const ifGiven = (shape: Shape): Shape => ({
  read: (parameter) => (parameter === undefined || parameter === null ? {} : shape.read(parameter)),
  write: (parameters) => (Object.keys(parameters).length === 0 ? undefined : shape.write(parameters)),
});

/** CK_AES_CTR_PARAMS as it is in memory: ulCounterBits, cb[16]. */
const counter: Shape = {
  read(parameter) {
    const found = bytesOf(parameter);
    invalid(found?.length === ULONG_BYTES + 16, "the parameter is a CK_AES_CTR_PARAMS of 24 bytes");
    return { counterBits: readUlong(found.subarray(0, ULONG_BYTES)), counter: found.subarray(ULONG_BYTES) };
  },
  write: ({ counterBits = 128, counter: block }) => concat(ulong(counterBits as number), block as Uint8Array),
};

// biome-ignore format: a table
const HASHES: Readonly<Record<string, number>> = {
  SHA1:       ck.CKM_SHA_1,
  SHA224:     ck.CKM_SHA224,
  SHA256:     ck.CKM_SHA256,
  SHA384:     ck.CKM_SHA384,
  SHA512:     ck.CKM_SHA512,
  SHA512_224: ck.CKM_SHA512_224,
  SHA512_256: ck.CKM_SHA512_256,
  SHA3_224:   ck.CKM_SHA3_224,
  SHA3_256:   ck.CKM_SHA3_256,
  SHA3_384:   ck.CKM_SHA3_384,
  SHA3_512:   ck.CKM_SHA3_512,
};

// biome-ignore format: a table
const MGFS: Readonly<Record<string, number>> = {
  SHA1:     ck.CKG_MGF1_SHA1,
  SHA224:   ck.CKG_MGF1_SHA224,
  SHA256:   ck.CKG_MGF1_SHA256,
  SHA384:   ck.CKG_MGF1_SHA384,
  SHA512:   ck.CKG_MGF1_SHA512,
  SHA3_224: ck.CKG_MGF1_SHA3_224,
  SHA3_256: ck.CKG_MGF1_SHA3_256,
  SHA3_384: ck.CKG_MGF1_SHA3_384,
  SHA3_512: ck.CKG_MGF1_SHA3_512,
};

// biome-ignore format: a table
const KDFS: Readonly<Record<string, number>> = {
  NULL:       ck.CKD_NULL,
  SHA1_KDF:   ck.CKD_SHA1_KDF,
  SHA224_KDF: ck.CKD_SHA224_KDF,
  SHA256_KDF: ck.CKD_SHA256_KDF,
  SHA384_KDF: ck.CKD_SHA384_KDF,
  SHA512_KDF: ck.CKD_SHA512_KDF,
};

const gcm = struct("CK_GCM_PARAMS", [ck.CK_PARAMS_AES_GCM_v240, ck.CK_PARAMS_AES_GCM, ck.CK_PARAMS_GCM], {
  iv: buffer("iv"),
  ivBits: ignored,
  aad: optional(buffer("aad")),
  tagBits: optional(number("tagBits")),
});

const ccm = struct("CK_CCM_PARAMS", [ck.CK_PARAMS_AES_CCM, ck.CK_PARAMS_CCM], {
  dataLength: ignored,
  nonce: optional(buffer("nonce")),
  aad: optional(buffer("aad")),
  macLength: optional(number("tagBytes")),
  // pkcs11js reads the names above; its types say these.
  dataLen: ignored,
  macLen: optional(number("tagBytes")),
});

const oaep = struct("CK_RSA_PKCS_OAEP_PARAMS", [ck.CK_PARAMS_RSA_OAEP], {
  hashAlg: code("hash", HASHES),
  mgf: code("mgf", MGFS),
  source: fixed(ck.CKZ_DATA_SPECIFIED, 0),
  sourceData: optional(buffer("label")),
});

const pss = (hashAlg: Field): Shape =>
  struct("CK_RSA_PKCS_PSS_PARAMS", [ck.CK_PARAMS_RSA_PSS], {
    hashAlg,
    mgf: code("mgf", MGFS),
    saltLen: number("saltBytes"),
  });

const ecdh = struct("CK_ECDH1_DERIVE_PARAMS", [ck.CK_PARAMS_EC_DH], {
  kdf: code("kdf", KDFS),
  sharedData: optional(buffer("sharedData")),
  publicData: buffer("publicData"),
});

/** Mechanisms that are not in this table have no parameter here. */
// biome-ignore format: a table
export const SHAPES: Readonly<Record<string, Shape>> = {
  AES_CBC:                   plain("iv"),
  AES_CBC_PAD:               plain("iv"),
  AES_OFB:                   plain("iv"),
  AES_CFB8:                  plain("iv"),
  AES_CFB64:                 plain("iv"),
  AES_CFB128:                plain("iv"),
  AES_CTS:                   plain("iv"),
  AES_XTS:                   plain("unit"),
  AES_CTR:                   counter,
  AES_GCM:                   gcm,
  AES_CCM:                   ccm,
  AES_GMAC:                  plain("iv"),
  AES_CBC_ENCRYPT_DATA:      struct("CK_AES_CBC_ENCRYPT_DATA_PARAMS", [ck.CK_PARAMS_AES_CBC], { iv: buffer("iv"), data: buffer("data") }),
  AES_CMAC_GENERAL:          length("macBytes"),
  SHA_1_HMAC_GENERAL:        length("macBytes"),
  SHA224_HMAC_GENERAL:       length("macBytes"),
  SHA256_HMAC_GENERAL:       length("macBytes"),
  SHA384_HMAC_GENERAL:       length("macBytes"),
  SHA512_HMAC_GENERAL:       length("macBytes"),
  SHA512_224_HMAC_GENERAL:   length("macBytes"),
  SHA512_256_HMAC_GENERAL:   length("macBytes"),
  SHA3_224_HMAC_GENERAL:     length("macBytes"),
  SHA3_256_HMAC_GENERAL:     length("macBytes"),
  SHA3_384_HMAC_GENERAL:     length("macBytes"),
  SHA3_512_HMAC_GENERAL:     length("macBytes"),
  PHSM_SM4_CBC_PAD:          plain("iv"),
  PHSM_SM4_CTR:              counter,
  PHSM_SM4_GCM:              gcm,
  PHSM_SM4_CCM:              ccm,
  RSA_PKCS_OAEP:             oaep,
  RSA_PKCS_PSS:              pss(code("hash", HASHES)),
  SHA1_RSA_PKCS_PSS:         ifGiven(pss(fixed(ck.CKM_SHA_1))),
  SHA224_RSA_PKCS_PSS:       ifGiven(pss(fixed(ck.CKM_SHA224))),
  SHA256_RSA_PKCS_PSS:       ifGiven(pss(fixed(ck.CKM_SHA256))),
  SHA384_RSA_PKCS_PSS:       ifGiven(pss(fixed(ck.CKM_SHA384))),
  SHA512_RSA_PKCS_PSS:       ifGiven(pss(fixed(ck.CKM_SHA512))),
  SHA3_224_RSA_PKCS_PSS:     ifGiven(pss(fixed(ck.CKM_SHA3_224))),
  SHA3_256_RSA_PKCS_PSS:     ifGiven(pss(fixed(ck.CKM_SHA3_256))),
  SHA3_384_RSA_PKCS_PSS:     ifGiven(pss(fixed(ck.CKM_SHA3_384))),
  SHA3_512_RSA_PKCS_PSS:     ifGiven(pss(fixed(ck.CKM_SHA3_512))),
  AES_ECB_ENCRYPT_DATA:      plain("data"),
  CONCATENATE_BASE_AND_KEY:  length("key"),
  CONCATENATE_BASE_AND_DATA: plain("data"),
  CONCATENATE_DATA_AND_BASE: plain("data"),
  XOR_BASE_AND_DATA:         plain("data"),
  EXTRACT_KEY_FROM_KEY:      length("bit"),
  ECDH1_DERIVE:              ecdh,
  ECDH1_COFACTOR_DERIVE:     ecdh,
  PHSM_ECDH_SHARED_SECRET:   plain("publicData"),
};

/** The shape of a mechanism's parameters. */
export function shapeOf(name: string): Shape {
  return (Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined) ?? none;
}
