import { type WeierstrassPoint, weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { i2osp, os2ip } from "../../../src/bytes/bytes.ts";
import {
  type Arithmetic,
  addFromComb,
  combOf,
  multiply,
  newPoint,
  type Point,
  toAffine,
} from "../../../src/crypto/field/multiples.ts";
import { fromField, invert, toField } from "../../../src/crypto/field/numbers.ts";
import * as ourP256 from "../../../src/crypto/field/p256.ts";
import * as ourP384 from "../../../src/crypto/field/p384.ts";
import * as ourP521 from "../../../src/crypto/field/p521.ts";
import * as ourSecp256k1 from "../../../src/crypto/field/secp256k1.ts";
import * as ourSm2 from "../../../src/crypto/field/sm2.ts";
import { windowsFor, windowsOf } from "../../../src/crypto/field/windows.ts";

/** GB/T 32918.5, annex A. */
const sm2 = weierstrass({
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
});

const all = [
  { name: "P-256", field: ourP256, noble: p256 },
  { name: "SM2", field: ourSm2, noble: { Point: sm2 } },
  { name: "P-384", field: ourP384, noble: p384 },
  { name: "P-521", field: ourP521, noble: p521 },
  { name: "secp256k1", field: ourSecp256k1, noble: secp256k1 },
];

describe.each(all)("Points of $name", ({ field, noble }) => {
  const { BASE, ZERO, Fp, Fn } = noble.Point;
  const n = Fn.ORDER;
  const bytes = Fp.BYTES;
  const order = i2osp(n, Fn.BYTES);
  const windows = windowsFor(n.toString(2).length);

  const ours = (point: WeierstrassPoint<bigint>): Point => {
    const own = newPoint(field);
    if (point.is0()) return own;
    const { x, y } = point.toAffine();
    own.X.set(toField(field, i2osp(x, bytes)));
    own.Y.set(toField(field, i2osp(y, bytes)));
    own.Z.set(field.ONE);
    return own;
  };
  const coordinates = (point: Point): readonly bigint[] | undefined => {
    const affine = toAffine(field as Arithmetic, point);
    return affine && [affine.x, affine.y].map((part) => os2ip(fromField(field, part, bytes)));
  };
  const expected = (point: WeierstrassPoint<bigint>): readonly bigint[] | undefined => {
    if (point.is0()) return undefined;
    const { x, y } = point.toAffine();
    return [x, y];
  };
  const windowed = (k: bigint) => windowsOf(i2osp(k, Fn.BYTES), order, windows);
  const special = [0n, 1n, 2n, 3n, 15n, 16n, 31n, 32n, 33n, n / 2n, n - 3n, n - 2n, n - 1n];
  const scalar = fc.oneof(fc.constantFrom(...special), fc.bigInt({ min: 0n, max: n - 1n }));
  const point = fc.oneof(
    fc.constantFrom(ZERO, BASE, BASE.negate(), BASE.double()),
    fc.bigInt({ min: 1n, max: n - 1n }).map((k) => BASE.multiplyUnsafe(k)),
  );

  test("are added and doubled as noble does it, equal, opposite and neutral ones too", () => {
    fc.assert(
      fc.property(point, fc.oneof(point, fc.constant(undefined)), fc.boolean(), (p, other, isOpposite) => {
        const q = other ?? (isOpposite ? p.negate() : p);
        const sum = newPoint(field);
        field.add(sum, ours(p), ours(q));
        expect(coordinates(sum)).toEqual(expected(p.add(q)));
        field.double(sum, ours(p));
        expect(coordinates(sum)).toEqual(expected(p.double()));
        if (q.is0()) return;
        const affine = ours(q);
        field.addAffine(sum, ours(p), affine.X, affine.Y);
        expect(coordinates(sum)).toEqual(expected(p.add(q)));
      }),
      { numRuns: 60 },
    );
  });

  test("may be the result of what they go into", () => {
    const p = ours(BASE);
    field.add(p, p, p);
    field.double(p, p);
    expect(coordinates(p)).toEqual(expected(BASE.multiply(4n)));
  });

  test("have the multiples that noble gives, with a secret scalar and with a public one", () => {
    fc.assert(
      fc.property(point, scalar, fc.boolean(), (p, k, isSecret) => {
        const sum = newPoint(field);
        multiply(field, sum, ours(p), windowed(k), isSecret);
        expect(coordinates(sum)).toEqual(expected(p.multiplyUnsafe(k)));
      }),
      { numRuns: 25 },
    );
  });

  test("have the same multiples over a comb, added to what is there", () => {
    const comb = combOf(field, ours(BASE), windows);
    fc.assert(
      fc.property(point, scalar, fc.boolean(), (p, k, isSecret) => {
        const sum = ours(p);
        addFromComb(field, sum, comb, windowed(k), isSecret);
        expect(coordinates(sum)).toEqual(expected(p.add(BASE.multiplyUnsafe(k))));
      }),
      { numRuns: 40 },
    );
  });

  test("have coordinates that come back as they went in", () => {
    const number = fc.oneof(
      fc.constantFrom(0n, 1n, Fp.ORDER - 1n, Fp.ORDER / 2n, Fp.ORDER / 2n + 1n),
      fc.bigInt({ min: 0n, max: Fp.ORDER - 1n }),
    );
    fc.assert(
      fc.property(number, (a) => {
        expect(os2ip(fromField(field, toField(field, i2osp(a, bytes)), bytes))).toBe(a);
        const inverse = new Float64Array(field.LIMBS);
        invert(field, inverse, toField(field, i2osp(a, bytes)));
        expect(os2ip(fromField(field, inverse, bytes))).toBe(a === 0n ? 0n : Fp.inv(a));
      }),
    );
  });
});
