/** HashML-DSA (FIPS 204, 5.4) and HashSLH-DSA (FIPS 205, 10.2.2): signatures over a digest that names its hash. */

import { concat, fromHex } from "../bytes/bytes.ts";
import type { Engine, HashName, HashState, XofName } from "../crypto/engine.ts";
import { hashBytes } from "../crypto/hash.ts";
import { digestBytes } from "../crypto/xof.ts";
import { demand } from "../cryptoki/error.ts";
import type { TokenObject } from "../objects/object.ts";
import type { Strength } from "../objects/policy.ts";
import { strengthOf } from "../objects/strength.ts";
import { type PqSignatureType, pqPrivateOf, pqPublicOf } from "./keys/pq-signature.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { oneOf, paramReader } from "./params.ts";
import { PUBLIC_KEY_SIZE, pqReaders, rngOf, type SlhDsaParams, signatureBytesOf } from "./pq-signature.ts";
import { signing, verifying } from "./streams.ts";

/** The hashes and, with 256 and 512 bits, the extendable-output functions of NIST's registry. */
export type PrehashName = Exclude<HashName, "SHA1" | "SM3"> | XofName;

/** CK_HASH_SIGN_ADDITIONAL_CONTEXT: the data is a digest of `hash`. */
export interface HashPqParams extends SlhDsaParams {
  readonly hash: PrehashName;
}

/** The last arcs of the hashes' object identifiers, under 2.16.840.1.101.3.4.2 (FIPS 204, 5.4.1). */
// biome-ignore format: a table
const ARCS: Readonly<Record<PrehashName, number>> = {
  SHA256:   1, SHA384:   2, SHA512:   3, SHA224:    4, SHA512_224: 5, SHA512_256: 6,
  SHA3_224: 7, SHA3_256: 8, SHA3_384: 9, SHA3_512: 10, SHAKE128:  11, SHAKE256:  12,
};
const IDENTIFIER = fromHex("06096086480165030402");
const none = new Uint8Array(0);

const isXof = (hash: PrehashName): hash is XofName => hash === "SHAKE128" || hash === "SHAKE256";
const lengthOf = (hash: PrehashName): number => (isXof(hash) ? digestBytes(hash) : hashBytes(hash));
const stateOf = (engine: Engine, hash: PrehashName): HashState =>
  isXof(hash) ? engine.xof(hash, digestBytes(hash)) : engine.hash(hash);

/** M′ (FIPS 204, algorithm 4; FIPS 205, algorithm 23). */
function formatted(hash: PrehashName, context: Uint8Array, digest: Uint8Array): { readonly formatted: Uint8Array } {
  return {
    formatted: concat(Uint8Array.of(1, context.length), context, IDENTIFIER, Uint8Array.of(ARCS[hash]), digest),
  };
}

/** Collisions of the hash are as hard to find as the key is to break. */
function strengths(hash: PrehashName, key: TokenObject | undefined, source: string): readonly Strength[] {
  const given = 4 * lengthOf(hash);
  const what = `the collision strength of ${hash}`;
  return key === undefined ? [] : [{ what, given, least: strengthOf(key), source }];
}

interface Scheme<T extends PqSignatureType> {
  readonly type: T;
  readonly clause: string;
}

const ML_DSA: Scheme<"ML_DSA"> = { type: "ML_DSA", clause: "FIPS 204, 5.4" };
const SLH_DSA: Scheme<"SLH_DSA"> = { type: "SLH_DSA", clause: "FIPS 205, 10.2.2" };

function sign(context: Context, type: PqSignatureType, key: TokenObject, params: HashPqParams, digest: Uint8Array) {
  const input = formatted(params.hash, params.context ?? none, digest);
  return pqPrivateOf(context, type, key).sign(input, rngOf(context, params));
}

function verify(
  context: Context,
  type: PqSignatureType,
  key: TokenObject,
  params: HashPqParams,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const input = formatted(params.hash, params.context ?? none, digest);
  return pqPublicOf(context, type, key).verify(input, signature);
}

function common<T extends PqSignatureType>({ type, clause }: Scheme<T>) {
  return {
    source: `PKCS #11 v3.2; ${clause}`,
    keyTypes: [type],
    keySize: PUBLIC_KEY_SIZE[type],
    signatureBytes: (key: TokenObject) => signatureBytesOf(type, key),
  } as const;
}

function requireDigest(hash: PrehashName, data: Uint8Array): void {
  const length = lengthOf(hash);
  demand(data.length === length, "DATA_LEN_RANGE", `a digest of ${hash} has ${length} bytes, not ${data.length}`);
}

/** CKM_HASH_ML_DSA or CKM_HASH_SLH_DSA: the caller has hashed. */
function overDigests<T extends PqSignatureType>(scheme: Scheme<T>): Mechanism<`HASH_${T}`, HashPqParams> {
  const { type, clause } = scheme;
  return mechanism({
    name: `HASH_${type}`,
    ...common(scheme),
    parse: paramReader<HashPqParams>({ ...pqReaders, hash: oneOf(...(Object.keys(ARCS) as PrehashName[])) }),
    strengths: ({ hash }, key) => strengths(hash, key, clause),
    sign(context, key, params, data) {
      requireDigest(params.hash, data);
      return sign(context, type, key, params, data);
    },
    verify(context, key, params, data, signature) {
      requireDigest(params.hash, data);
      return verify(context, type, key, params, data, signature);
    },
  });
}

/** The hashes that have a mechanism of their own. */
type HashingName = Exclude<PrehashName, "SHA512_224" | "SHA512_256">;

/** CKM_HASH_ML_DSA_SHA224 and so on: the token hashes. */
function hashing<T extends PqSignatureType, H extends HashingName>(
  scheme: Scheme<T>,
  hash: H,
): Mechanism<`HASH_${T}_${H}`, SlhDsaParams> {
  const { type, clause } = scheme;
  const withHash = (params: SlhDsaParams): HashPqParams => ({ ...params, hash });
  const digestOf = (engine: Engine, data: Uint8Array): Uint8Array => {
    const state = stateOf(engine, hash);
    state.update(data);
    return state.digest();
  };
  return mechanism<`HASH_${T}_${H}`, SlhDsaParams>({
    name: `HASH_${type}_${hash}`,
    ...common(scheme),
    parse: paramReader<SlhDsaParams>(pqReaders),
    strengths: (_params, key) => strengths(hash, key, clause),
    sign: (context, key, params, data) => sign(context, type, key, withHash(params), digestOf(context.engine, data)),
    verify: (context, key, params, data, signature) =>
      verify(context, type, key, withHash(params), digestOf(context.engine, data), signature),
    signStart: (context, key, params) =>
      signing(stateOf(context.engine, hash), (digest) => sign(context, type, key, withHash(params), digest)),
    verifyStart: (context, key, params) =>
      verifying(stateOf(context.engine, hash), (digest, signature) =>
        verify(context, type, key, withHash(params), digest, signature),
      ),
  });
}

/** CKM_HASH_ML_DSA. */
export const hashMlDsa: Mechanism<"HASH_ML_DSA", HashPqParams> = overDigests(ML_DSA);
/** CKM_HASH_ML_DSA_SHA224. */
export const hashMlDsaSha224: Mechanism<"HASH_ML_DSA_SHA224", SlhDsaParams> = hashing(ML_DSA, "SHA224");
/** CKM_HASH_ML_DSA_SHA256. */
export const hashMlDsaSha256: Mechanism<"HASH_ML_DSA_SHA256", SlhDsaParams> = hashing(ML_DSA, "SHA256");
/** CKM_HASH_ML_DSA_SHA384. */
export const hashMlDsaSha384: Mechanism<"HASH_ML_DSA_SHA384", SlhDsaParams> = hashing(ML_DSA, "SHA384");
/** CKM_HASH_ML_DSA_SHA512. */
export const hashMlDsaSha512: Mechanism<"HASH_ML_DSA_SHA512", SlhDsaParams> = hashing(ML_DSA, "SHA512");
/** CKM_HASH_ML_DSA_SHA3_224. */
export const hashMlDsaSha3_224: Mechanism<"HASH_ML_DSA_SHA3_224", SlhDsaParams> = hashing(ML_DSA, "SHA3_224");
/** CKM_HASH_ML_DSA_SHA3_256. */
export const hashMlDsaSha3_256: Mechanism<"HASH_ML_DSA_SHA3_256", SlhDsaParams> = hashing(ML_DSA, "SHA3_256");
/** CKM_HASH_ML_DSA_SHA3_384. */
export const hashMlDsaSha3_384: Mechanism<"HASH_ML_DSA_SHA3_384", SlhDsaParams> = hashing(ML_DSA, "SHA3_384");
/** CKM_HASH_ML_DSA_SHA3_512. */
export const hashMlDsaSha3_512: Mechanism<"HASH_ML_DSA_SHA3_512", SlhDsaParams> = hashing(ML_DSA, "SHA3_512");
/** CKM_HASH_ML_DSA_SHAKE128. */
export const hashMlDsaShake128: Mechanism<"HASH_ML_DSA_SHAKE128", SlhDsaParams> = hashing(ML_DSA, "SHAKE128");
/** CKM_HASH_ML_DSA_SHAKE256. */
export const hashMlDsaShake256: Mechanism<"HASH_ML_DSA_SHAKE256", SlhDsaParams> = hashing(ML_DSA, "SHAKE256");
/** CKM_HASH_SLH_DSA. */
export const hashSlhDsa: Mechanism<"HASH_SLH_DSA", HashPqParams> = overDigests(SLH_DSA);
/** CKM_HASH_SLH_DSA_SHA224. */
export const hashSlhDsaSha224: Mechanism<"HASH_SLH_DSA_SHA224", SlhDsaParams> = hashing(SLH_DSA, "SHA224");
/** CKM_HASH_SLH_DSA_SHA256. */
export const hashSlhDsaSha256: Mechanism<"HASH_SLH_DSA_SHA256", SlhDsaParams> = hashing(SLH_DSA, "SHA256");
/** CKM_HASH_SLH_DSA_SHA384. */
export const hashSlhDsaSha384: Mechanism<"HASH_SLH_DSA_SHA384", SlhDsaParams> = hashing(SLH_DSA, "SHA384");
/** CKM_HASH_SLH_DSA_SHA512. */
export const hashSlhDsaSha512: Mechanism<"HASH_SLH_DSA_SHA512", SlhDsaParams> = hashing(SLH_DSA, "SHA512");
/** CKM_HASH_SLH_DSA_SHA3_224. */
export const hashSlhDsaSha3_224: Mechanism<"HASH_SLH_DSA_SHA3_224", SlhDsaParams> = hashing(SLH_DSA, "SHA3_224");
/** CKM_HASH_SLH_DSA_SHA3_256. */
export const hashSlhDsaSha3_256: Mechanism<"HASH_SLH_DSA_SHA3_256", SlhDsaParams> = hashing(SLH_DSA, "SHA3_256");
/** CKM_HASH_SLH_DSA_SHA3_384. */
export const hashSlhDsaSha3_384: Mechanism<"HASH_SLH_DSA_SHA3_384", SlhDsaParams> = hashing(SLH_DSA, "SHA3_384");
/** CKM_HASH_SLH_DSA_SHA3_512. */
export const hashSlhDsaSha3_512: Mechanism<"HASH_SLH_DSA_SHA3_512", SlhDsaParams> = hashing(SLH_DSA, "SHA3_512");
/** CKM_HASH_SLH_DSA_SHAKE128. */
export const hashSlhDsaShake128: Mechanism<"HASH_SLH_DSA_SHAKE128", SlhDsaParams> = hashing(SLH_DSA, "SHAKE128");
/** CKM_HASH_SLH_DSA_SHAKE256. */
export const hashSlhDsaShake256: Mechanism<"HASH_SLH_DSA_SHAKE256", SlhDsaParams> = hashing(SLH_DSA, "SHAKE256");
