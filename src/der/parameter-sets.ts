import { demand } from "./der-error.ts";
import { OID } from "./oids.ts";

/** Bytes of a public key in each parameter set (FIPS 203, table 3; FIPS 204, table 2; FIPS 205, table 2). */
// biome-ignore format: a table
const PUBLIC_KEY_BYTES = {
  "ML-KEM-512":         800,
  "ML-KEM-768":         1184,
  "ML-KEM-1024":        1568,
  "ML-DSA-44":          1312,
  "ML-DSA-65":          1952,
  "ML-DSA-87":          2592,
  "SLH-DSA-SHA2-128s":  32,
  "SLH-DSA-SHA2-128f":  32,
  "SLH-DSA-SHA2-192s":  48,
  "SLH-DSA-SHA2-192f":  48,
  "SLH-DSA-SHA2-256s":  64,
  "SLH-DSA-SHA2-256f":  64,
  "SLH-DSA-SHAKE-128s": 32,
  "SLH-DSA-SHAKE-128f": 32,
  "SLH-DSA-SHAKE-192s": 48,
  "SLH-DSA-SHAKE-192f": 48,
  "SLH-DSA-SHAKE-256s": 64,
  "SLH-DSA-SHAKE-256f": 64,
} as const;

/** A parameter set of ML-KEM, ML-DSA or SLH-DSA, whose object identifier is its own. */
export type ParameterSet = keyof typeof PUBLIC_KEY_BYTES;

/** The parameter sets whose private keys are made of a seed that is kept (RFC 9881, 6; RFC 9935, 6). */
export type SeededParameterSet = Extract<ParameterSet, `ML-${string}`>;

/** The parameter set of an object identifier, or `undefined` for any other. */
export function parameterSetOf(oid: string): ParameterSet | undefined {
  return (Object.keys(PUBLIC_KEY_BYTES) as ParameterSet[]).find((set) => OID[set] === oid);
}

export function isParameterSet(type: string): type is ParameterSet {
  return Object.hasOwn(PUBLIC_KEY_BYTES, type);
}

/** @throws DerError unless the key has the length that the parameter set gives it. */
export function requirePublicKey(set: ParameterSet, publicKey: Uint8Array): void {
  const length = PUBLIC_KEY_BYTES[set];
  demand(publicKey.length === length, `an ${set} public key has ${length} bytes, not ${publicKey.length}`);
}

/** @throws DerError unless the seed has the length of ξ (FIPS 204, 5.1) or of d ‖ z (FIPS 203, 7.1). */
export function requireSeed(set: SeededParameterSet, seed: Uint8Array): void {
  const length = set.startsWith("ML-KEM") ? 64 : 32;
  demand(seed.length === length, `an ${set} seed has ${length} bytes, not ${seed.length}`);
}
