import type { XofName } from "../crypto/engine.ts";
import { digestBytes } from "../crypto/xof.ts";
import { derivedLength } from "./derived-length.ts";
import { MAX_SECRET_BYTES, secretValueOf } from "./keys/generic-secret.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { integer, MAX_PARAM_BYTES, type NoParams, noParams, optional, paramReader } from "./params.ts";

/** `outputBytes` is 32 for SHAKE128 and 64 for SHAKE256 unless told otherwise (RFC 8702, 2). */
export interface ShakeParams {
  readonly outputBytes?: number | undefined;
}

const parse = paramReader<ShakeParams>({ outputBytes: optional(integer(1, MAX_PARAM_BYTES)) });

function shake<N extends "PHSM_SHAKE128" | "PHSM_SHAKE256">(name: N, xof: XofName): Mechanism<N, ShakeParams> {
  return mechanism({
    name,
    source: "docs/pkcs11.md; FIPS 202, 6.2",
    parse,
    digest: ({ engine }, { outputBytes = digestBytes(xof) }) => engine.xof(xof, outputBytes),
  });
}

/** SHAKE128; PKCS #11 has mechanisms only to derive keys with it. */
export const shake128: Mechanism<"PHSM_SHAKE128", ShakeParams> = shake("PHSM_SHAKE128", "SHAKE128");
/** SHAKE256. */
export const shake256: Mechanism<"PHSM_SHAKE256", ShakeParams> = shake("PHSM_SHAKE256", "SHAKE256");

function keyDerivation<N extends "SHAKE_128_KEY_DERIVATION" | "SHAKE_256_KEY_DERIVATION">(
  name: N,
  xof: XofName,
): Mechanism<N, NoParams> {
  return mechanism({
    name,
    source: "PKCS #11 v3.1, 6.33; FIPS 202, 6.2",
    keyTypes: ["GENERIC_SECRET", "AES"],
    keySize: { min: 1, max: MAX_SECRET_BYTES, unit: "bytes" },
    inheritsProtection: true,
    parse: noParams,
    derive({ engine }, key, _params, byteLength) {
      const state = engine.xof(xof, derivedLength(byteLength, digestBytes(xof)));
      secretValueOf(key).use((value) => state.update(value));
      return state.digest();
    },
  });
}

/** CKM_SHAKE_128_KEY_DERIVATION: the output over CKA_VALUE of the base key. */
export const shake128KeyDerivation: Mechanism<"SHAKE_128_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHAKE_128_KEY_DERIVATION",
  "SHAKE128",
);
/** CKM_SHAKE_256_KEY_DERIVATION. */
export const shake256KeyDerivation: Mechanism<"SHAKE_256_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHAKE_256_KEY_DERIVATION",
  "SHAKE256",
);
