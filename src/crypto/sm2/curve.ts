/** The SM2 curve (GB/T 32918.5-2017, annex A): multiples of points over its generated field, and its scalars. */

import { type WeierstrassOpts, weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { concat, i2osp, os2ip, utf8, wipe } from "../../bytes/bytes.ts";
import { type Scalars, scalarsModulo } from "../ec-scalars.ts";
import type { Engine, Rng } from "../engine.ts";
import * as field from "../field/sm2.ts";
import { type GeneratedGroup, generatedGroup } from "../generated-group.ts";

/** Length of a coordinate, of a scalar, and of each half of a signature. */
export const FIELD_BYTES = 32;
/** 04 ‖ x ‖ y. */
export const POINT_BYTES: number = 1 + 2 * FIELD_BYTES;

// biome-ignore format: a table
const parameters: WeierstrassOpts<bigint> = {
  p:  0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  a:  0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b:  0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  n:  0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h:  1n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};

export const n: bigint = parameters.n;

/** The curve: its group, its scalars, and a point from 04 ‖ x ‖ y that is on it. The cofactor is 1, so its order is n. */
interface Sm2Curve {
  readonly group: GeneratedGroup;
  readonly scalars: Scalars;
  isPoint(bytes: Uint8Array): boolean;
}

let made: Sm2Curve | undefined;

/** Made at its first use. */
export function sm2Curve(): Sm2Curve {
  made ??= makeCurve();
  return made;
}

function makeCurve(): Sm2Curve {
  const Points = weierstrass(parameters);
  return {
    group: generatedGroup(field, Points),
    scalars: scalarsModulo(n),
    isPoint(bytes) {
      if (bytes.length !== POINT_BYTES) return false;
      try {
        Points.fromBytes(bytes);
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** A scalar from 1 to `max` by FIPS 186-5, A.2.1: 64 random bits more than n has, reduced. */
export function randomScalar(max: bigint, rng: Rng): bigint {
  const drawn = rng(FIELD_BYTES + 8);
  const scalar = (os2ip(drawn) % max) + 1n;
  wipe(drawn);
  return scalar;
}

/** The identifier of a signer who has none (GM/T 0009-2012, 10). */
export const DEFAULT_USER_ID: Uint8Array = utf8("1234567812345678");
/** ENTL counts bits in two bytes (GB/T 32918.2, 5.5). */
export const MAX_USER_ID_BYTES = 8191;

/** a ‖ b ‖ xG ‖ yG (GB/T 32918.2, 5.5). */
const parameterBytes: Uint8Array = concat(
  ...[parameters.a, parameters.b, parameters.Gx, parameters.Gy].map((value) => i2osp(value, FIELD_BYTES)),
);

/**
 * Z (GB/T 32918.2, 5.5): what a signature hashes before the message, so that it holds for one signer and key only.
 * @throws RangeError when the point is not of 65 bytes or the identifier longer than 8,191.
 */
export function sm2Z(engine: Pick<Engine, "digest">, publicPoint: Uint8Array, userId: Uint8Array): Uint8Array {
  if (publicPoint.length !== POINT_BYTES) throw new RangeError(`an SM2 public point has ${POINT_BYTES} bytes`);
  if (userId.length > MAX_USER_ID_BYTES) throw new RangeError(`an SM2 user id has at most ${MAX_USER_ID_BYTES} bytes`);
  const ENTL = i2osp(BigInt(8 * userId.length), 2);
  return engine.digest("SM3", concat(ENTL, userId, parameterBytes, publicPoint.subarray(1)));
}
