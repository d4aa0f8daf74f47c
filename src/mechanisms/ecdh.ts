import { wipe } from "../bytes/bytes.ts";
import type { HashName } from "../crypto/engine.ts";
import { hashBytes } from "../crypto/hash.ts";
import { concatKdf, x963Kdf } from "../crypto/kdf.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import { DerError } from "../der/der-error.ts";
import { decodeEcPoint, FIELD_BYTES, OCTET_KEY_BYTES } from "../der/ec-params.ts";
import type { TokenObject } from "../objects/object.ts";
import { derivedLength } from "./derived-length.ts";
import { curveOfKey, ecPrivateOf } from "./keys/ec.ts";
import { montgomeryCurveOf, xPrivateOf } from "./keys/ec-montgomery.ts";
import { sm2PrivateOf } from "./keys/sm2.ts";
import { type Context, type Mechanism, mechanism, OCTET_CURVE_FLAGS } from "./mechanism.ts";
import { bytes, MAX_PARAM_BYTES, oneOf, optional, paramReader } from "./params.ts";

type KdfHash = "SHA1" | "SHA224" | "SHA256" | "SHA384" | "SHA512" | "SHA3_224" | "SHA3_256" | "SHA3_384" | "SHA3_512";

/** CKD_ names: none, ANSI X9.63 with a hash, or the one-step KDF of SP 800-56C with one. */
export type EcdhKdf = "NULL" | `${KdfHash}_KDF` | `${KdfHash}_KDF_SP800`;

/**
 * `publicData` is the peer's public key, as such or in a DER OCTET STRING: an uncompressed point, or the byte string of
 * X25519 and X448 (PKCS #11 v3.1, 6.3).
 */
export interface Ecdh1Params {
  readonly publicData: Uint8Array;
  readonly kdf?: EcdhKdf | undefined;
  readonly sharedData?: Uint8Array | undefined;
}

export interface EcdhSharedSecretParams {
  readonly publicData: Uint8Array;
}

const KDF_HASHES = [
  "SHA1",
  "SHA224",
  "SHA256",
  "SHA384",
  "SHA512",
  "SHA3_224",
  "SHA3_256",
  "SHA3_384",
  "SHA3_512",
] as const;

interface Kdf {
  readonly hash: HashName;
  readonly derive: typeof x963Kdf;
}

const KDFS: ReadonlyMap<EcdhKdf, Kdf | undefined> = new Map<EcdhKdf, Kdf | undefined>([
  ["NULL", undefined],
  ...KDF_HASHES.flatMap((hash): [EcdhKdf, Kdf][] => [
    [`${hash}_KDF`, { hash, derive: x963Kdf }],
    [`${hash}_KDF_SP800`, { hash, derive: concatKdf }],
  ]),
]);

/** An uncompressed point of P-521 in an OCTET STRING, and some; what is no point fails with all others. */
const publicData = bytes(0, 1024);

const read = paramReader<Ecdh1Params>({
  publicData,
  kdf: optional(oneOf(...KDFS.keys())),
  sharedData: optional(bytes(0, MAX_PARAM_BYTES)),
});

function parse(choice: Readonly<Record<string, unknown>>): Ecdh1Params {
  const params = read(choice);
  const usesSharedData = params.sharedData === undefined || KDFS.get(params.kdf ?? "NULL") !== undefined;
  demand(usesSharedData, "MECHANISM_PARAM_INVALID", "sharedData needs a kdf");
  return params;
}

/** What a key can agree on: the length of the secret, and the secret itself, or `undefined` for what is no point. */
interface Agreement {
  readonly secretBytes: number;
  agree(publicData: Uint8Array): Uint8Array | undefined;
}

/** Compressed points are refused. */
function agreementOf(context: Context, key: TokenObject): Agreement {
  if (key.get("KEY_TYPE") === "EC_MONTGOMERY") {
    const secretBytes = OCTET_KEY_BYTES[montgomeryCurveOf(key)];
    const privateKey = xPrivateOf(context, key);
    return { secretBytes, agree: (data) => unwrapped(data, secretBytes, (peer) => privateKey.agree(peer)) };
  }
  const isSm2 = key.get("KEY_TYPE") === "SM2";
  const secretBytes = FIELD_BYTES[isSm2 ? "SM2" : curveOfKey(key)];
  const privateKey = isSm2 ? sm2PrivateOf(context, key) : ecPrivateOf(context, key);
  return {
    secretBytes,
    agree: (data) =>
      unwrapped(data, 1 + 2 * secretBytes, (peer) => (peer[0] === 0x04 ? privateKey.agree(peer) : undefined)),
  };
}

/** The peer's key is as long as it should be, or is in an OCTET STRING. */
function unwrapped<T>(data: Uint8Array, length: number, use: (peer: Uint8Array) => T): T | undefined {
  try {
    const peer = data.length === length ? data : decodeEcPoint(data);
    return peer.length === length ? use(peer) : undefined;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** Whatever is wrong with the peer's key is one error (SP 800-56A, 5.6.2.3.3; RFC 7748, 6). */
function agree(agreement: Agreement, peer: Uint8Array): Uint8Array {
  const secret = agreement.agree(peer);
  if (secret === undefined) {
    throw new CkrError("MECHANISM_PARAM_INVALID", "publicData is no uncompressed point or public key of the curve");
  }
  return secret;
}

function ecdhDerive<N extends "ECDH1_DERIVE" | "ECDH1_COFACTOR_DERIVE">(name: N): Mechanism<N, Ecdh1Params> {
  return mechanism({
    name,
    source: "PKCS #11 v3.1, 6.3; SP 800-56A r3, 5.7.1.2; RFC 7748, 6; ANSI X9.63; SP 800-56C r2, 4",
    keyTypes: ["GENERIC_SECRET", "AES"],
    keySize: { min: 224, max: 521, unit: "bits" },
    curves: OCTET_CURVE_FLAGS,
    parse,
    derive(context, key, { publicData: peer, kdf = "NULL", sharedData = new Uint8Array(0) }, byteLength) {
      const own = KDFS.get(kdf);
      const agreement = agreementOf(context, key);
      const length =
        own === undefined
          ? derivedLength(byteLength, agreement.secretBytes, agreement.secretBytes)
          : derivedLength(byteLength, hashBytes(own.hash));
      const secret = agree(agreement, peer);
      try {
        if (own === undefined) return secret.slice(secret.length - length);
        return own.derive(context.engine, own.hash, secret, sharedData, length);
      } finally {
        wipe(secret);
      }
    },
  });
}

/** CKM_ECDH1_DERIVE (PKCS #11 v3.1, 6.3). Without a KDF a shorter key is the end of the secret. */
export const ecdh1Derive: Mechanism<"ECDH1_DERIVE", Ecdh1Params> = ecdhDerive("ECDH1_DERIVE");

/**
 * CKM_ECDH1_COFACTOR_DERIVE (PKCS #11 v3.1, 6.3): the same, as the Weierstrass curves of this token have the cofactor 1
 * and X25519 and X448 multiply by theirs in any case (RFC 7748, 5).
 */
export const ecdh1CofactorDerive: Mechanism<"ECDH1_COFACTOR_DERIVE", Ecdh1Params> = ecdhDerive("ECDH1_COFACTOR_DERIVE");

/** The same agreement for a key whose owner allowed the secret itself to leave the token (KMS's DeriveSharedSecret). */
export const ecdhSharedSecret: Mechanism<"PHSM_ECDH_SHARED_SECRET", EcdhSharedSecretParams> = mechanism({
  name: "PHSM_ECDH_SHARED_SECRET",
  source: "docs/pkcs11.md; SP 800-56A r3, 5.7.1.2; RFC 7748, 6",
  keyTypes: ["GENERIC_SECRET"],
  keySize: { min: 224, max: 521, unit: "bits" },
  curves: OCTET_CURVE_FLAGS,
  mustBeAllowed: true,
  releasesSecret: true,
  parse: paramReader<EcdhSharedSecretParams>({ publicData }),
  derive(context, key, { publicData: peer }, byteLength) {
    const agreement = agreementOf(context, key);
    const isWhole = byteLength === undefined || byteLength === agreement.secretBytes;
    demand(isWhole, "KEY_SIZE_RANGE", `the shared secret has ${agreement.secretBytes} bytes`);
    return agree(agreement, peer);
  },
});
