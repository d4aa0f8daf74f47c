import type { EdwardsPoint } from "@noble/curves/abstract/edwards.js";
import { ED25519_TORSION_SUBGROUP, ed25519, x25519 as nobleX25519 } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHex, i2osp, os2ip, toHex } from "../../../src/bytes/bytes.ts";
import { add, addAffine, double, doubleOnly } from "../../../src/crypto/field/curve25519.ts";
import {
  addFromComb,
  addPoint,
  combOf,
  isNeutral,
  multiply,
  negated,
  newPoint,
  type Point,
} from "../../../src/crypto/field/edwards.ts";
import { decodePoint, encodePoint, encodeU } from "../../../src/crypto/field/edwards-encoding.ts";
import { x25519 } from "../../../src/crypto/field/ladder.ts";
import {
  fromBytes,
  inverseOf,
  isZero,
  number,
  rootOfQuotient,
  rootPower,
  toBytes,
} from "../../../src/crypto/field/numbers25519.ts";
import { bytesOf, clamp, multiplyAdd, scalarOf } from "../../../src/crypto/field/scalars25519.ts";
import { isInSubgroup } from "../../../src/crypto/field/subgroup25519.ts";
import { windowsFor, windowsOf } from "../../../src/crypto/field/windows.ts";

const { BASE, ZERO, Fp, Fn } = ed25519.Point;
const p = Fp.ORDER;
const L = Fn.ORDER;
const WINDOWS = windowsFor(253);

const littleEndian = (value: bigint, length = 32) => i2osp(value, length).reverse();
const limbs = (value: bigint) => fromBytes(littleEndian(value));
const value = (a: Float64Array) => os2ip(toBytes(a).reverse());
const ours = (point: EdwardsPoint) => decodePoint(point.toBytes()) as Point;
const windowed = (k: bigint) => windowsOf(i2osp(k, 32), i2osp(L, 32), WINDOWS);
/** k·P for any k, whatever the order of P. */
const times = (point: EdwardsPoint, k: bigint) =>
  k === L ? point.multiplyUnsafe(L - 1n).add(point) : point.multiplyUnsafe(k);

const torsion = ED25519_TORSION_SUBGROUP.map((encoded) => ed25519.Point.fromHex(encoded));
const scalar = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 3n, 15n, 16n, 31n, 32n, 33n, L / 2n, L - 3n, L - 2n, L - 1n),
  fc.bigInt({ min: 0n, max: L - 1n }),
);
const ofPrimeOrder = fc.oneof(
  fc.constantFrom(ZERO, BASE, BASE.negate()),
  scalar.map((k) => BASE.multiplyUnsafe(k)),
);
/** Of any order. */
const point = fc.tuple(ofPrimeOrder, fc.constantFrom(...torsion)).map(([a, b]) => a.add(b));
const field = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 19n, p - 1n, p - 2n, p / 2n, p / 2n + 1n, 2n ** 254n),
  fc.bigInt({ min: 0n, max: p - 1n }),
);

describe("Points of edwards25519", () => {
  test("come back from bytes as they went in, and every other encoding is refused as noble does it", () => {
    const encodings = fc.oneof(
      point.map((q) => q.toBytes()),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc
        .tuple(fc.integer({ min: -30, max: 19 }), fc.boolean())
        .map(([d, sign]) => littleEndian(((p + BigInt(d)) % 2n ** 255n) + (sign ? 2n ** 255n : 0n))),
      fc
        .tuple(fc.integer({ min: 0, max: 5 }), fc.boolean())
        .map(([y, sign]) => littleEndian(BigInt(y) + (sign ? 2n ** 255n : 0n))),
    );
    const nobles = (encoded: Uint8Array): string | undefined => {
      try {
        return ed25519.Point.fromBytes(encoded, false).toHex();
      } catch {
        return undefined;
      }
    };
    fc.assert(
      fc.property(encodings, (encoded) => {
        const decoded = decodePoint(encoded);
        expect(decoded && toHex(encodePoint(decoded))).toBe(nobles(encoded));
      }),
      { numRuns: 300 },
    );
  });

  test("are added and doubled as noble does it, equal, opposite, neutral ones and those of small order too", () => {
    fc.assert(
      fc.property(point, fc.oneof(point, fc.constant(undefined)), fc.boolean(), (a, other, isOpposite) => {
        const b = other ?? (isOpposite ? a.negate() : a);
        const expected = a.add(b).toHex();
        const sum = ours(a);
        addPoint(sum, ours(b));
        expect(toHex(encodePoint(sum))).toBe(expected);
        expect(isNeutral(sum)).toBe(a.add(b).is0());
        // The same with an affine point, whose entry in a comb is x, y and 2dxy; and once more for the T that came out.
        const { x, y } = b.toAffine();
        const t = Fp.mul(2n * Fp.mul(x, y), ed25519.Point.CURVE().d);
        const mixed = ours(a);
        addAffine(mixed, mixed, limbs(x), limbs(y), limbs(t));
        expect(toHex(encodePoint(mixed))).toBe(expected);
        addPoint(mixed, negated(ours(a)));
        expect(toHex(encodePoint(mixed))).toBe(b.toHex());
        double(sum, ours(a));
        expect(toHex(encodePoint(sum))).toBe(a.double().toHex());
        addPoint(sum, ours(b));
        expect(toHex(encodePoint(sum))).toBe(a.double().add(b).toHex());
        doubleOnly(sum, ours(a));
        expect(toHex(encodePoint(sum))).toBe(a.double().toHex());
      }),
      { numRuns: 80 },
    );
  });

  test("may be the result of what they go into", () => {
    const a = ours(BASE);
    const b = { ...ours(BASE), T: limbs(Fp.mul(2n * Fp.mul(BASE.x, BASE.y), ed25519.Point.CURVE().d)) };
    add(a, a, b);
    double(a, a);
    doubleOnly(a, a);
    expect(toHex(encodePoint(a))).toBe(BASE.multiply(8n).toHex());
  });

  test("have the multiples that noble gives, of odd scalars whatever their order", () => {
    fc.assert(
      fc.property(ofPrimeOrder, point, scalar, (a, b, k) => {
        expect(toHex(encodePoint(multiply(ours(a), windowed(k))))).toBe(a.multiplyUnsafe(k).toHex());
        const odd = k | 1n;
        expect(toHex(encodePoint(multiply(ours(b), windowed(odd))))).toBe(times(b, odd).toHex());
      }),
      { numRuns: 40 },
    );
  });

  test("have the same multiples over a comb, added to what is there, with a secret scalar and a public one", () => {
    const comb = combOf(ours(BASE), WINDOWS);
    fc.assert(
      fc.property(point, scalar, fc.boolean(), (a, k, isSecret) => {
        const sum = ours(a);
        addFromComb(sum, comb, windowed(k), isSecret);
        expect(toHex(encodePoint(sum))).toBe(a.add(BASE.multiplyUnsafe(k)).toHex());
      }),
      { numRuns: 60 },
    );
  });

  test("are in the prime-order subgroup exactly when noble says so, and are not neutral", () => {
    fc.assert(
      fc.property(point, (a) => {
        expect(isInSubgroup(ours(a))).toBe(a.isTorsionFree() && !a.is0());
      }),
      { numRuns: 120 },
    );
    // One point with each of the eight torsion points.
    expect(torsion.map((small) => isInSubgroup(ours(BASE.multiply(987654321n).add(small))))).toEqual(
      torsion.map((small) => small.is0()),
    );
  });

  test("have the u-coordinate of curve25519, and the neutral one has 0", () => {
    fc.assert(
      fc.property(scalar, (k) => {
        const q = BASE.multiplyUnsafe(k);
        const expected = q.is0() ? new Uint8Array(32) : ed25519.utils.toMontgomery(q.toBytes());
        expect(encodeU(ours(q))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
    expect(encodeU(newPoint())).toEqual(new Uint8Array(32));
  });
});

describe("Numbers modulo 2^255 - 19", () => {
  test("have the inverses and powers that noble gives, and 0 those of 0", () => {
    fc.assert(
      fc.property(field, (a) => {
        expect(value(inverseOf(limbs(a)))).toBe(a === 0n ? 0n : Fp.inv(a));
        expect(value(rootPower(limbs(a)))).toBe(Fp.pow(a, (p - 5n) / 8n));
      }),
    );
  });

  test("have roots where they are squares", () => {
    fc.assert(
      fc.property(field, field, (u, v) => {
        fc.pre(v !== 0n);
        const root = rootOfQuotient(limbs(u), limbs(v));
        const quotient = Fp.div(u, v);
        const isSquare = quotient === 0n || Fp.pow(quotient, (p - 1n) / 2n) === 1n;
        expect(root !== undefined).toBe(isSquare);
        if (root !== undefined) expect(Fp.sqr(value(root))).toBe(quotient);
      }),
    );
  });

  test("are reduced, without their highest bit", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.integer({ min: -2, max: 18 }).map((d) => littleEndian(p + BigInt(d))),
    );
    fc.assert(
      fc.property(bytes, (encoded) => {
        const expected = (os2ip(Uint8Array.from(encoded).reverse()) % 2n ** 255n) % p;
        expect(value(fromBytes(encoded))).toBe(expected);
        expect(isZero(fromBytes(encoded))).toBe(expected === 0n);
      }),
    );
    expect(isZero(number())).toBe(true);
  });
});

describe("Scalars of edwards25519", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc
      .constantFrom(0n, 1n, L - 1n, L, L + 1n, 2n * L, 2n ** 256n - 1n, 2n ** 264n - 1n, 2n ** 264n, 2n ** 512n - 1n)
      .map((k) => littleEndian(k, 64)),
  );
  const number = (encoded: Uint8Array) => (encoded.length === 0 ? 0n : os2ip(Uint8Array.from(encoded).reverse()));

  test("are reduced, multiplied and added as BigInt does it", () => {
    fc.assert(
      fc.property(bytes, bytes, bytes, (a, b, c) => {
        expect(os2ip(bytesOf(scalarOf(a)))).toBe(number(a) % L);
        const result = multiplyAdd(scalarOf(a), scalarOf(b), scalarOf(c));
        expect(os2ip(bytesOf(result))).toBe((number(a) * number(b) + number(c)) % L);
      }),
      { numRuns: 500 },
    );
  });

  test("are clamped in a copy", () => {
    const before = new Uint8Array(32).fill(0xff);
    expect(toHex(clamp(before))).toBe(`f8${"ff".repeat(30)}7f`);
    expect(toHex(clamp(new Uint8Array(32)))).toBe(`${"00".repeat(31)}40`);
    expect(before[0]).toBe(0xff);
  });
});

describe("The ladder of X25519", () => {
  const step = (k: Uint8Array, u: Uint8Array) => x25519(clamp(k), u);

  test("gives the examples of RFC 7748, 5.2, once, and iterated a thousand times", () => {
    const example = (k: string, u: string) => toHex(step(fromHex(k), fromHex(u)));
    expect(
      example(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
      ),
    ).toBe("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
    expect(
      example(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
      ),
    ).toBe("95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
    let k: Uint8Array = littleEndian(9n);
    let u: Uint8Array = k;
    for (let i = 0; i < 1000; i++) [k, u] = [step(k, u), k];
    expect(toHex(k)).toBe("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
  });

  test("agrees with noble on any scalar and u-coordinate, on the curve and on its twist", () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes, bytes, (k, u) => {
        expect(step(k, u)).toEqual(nobleX25519.getSharedSecret(k, u));
      }),
      { numRuns: 60 },
    );
  });

  test("gives 0 for the points of small order (RFC 7748, 6.1)", () => {
    const order8 = 325606250916557431795983626356110631294008115727848805560023387167927233504n;
    const order8Too = 39382357235489614581723060781553021112529911719440698176882885853963445705823n;
    for (const u of [0n, 1n, order8, order8Too, p - 1n, p, p + 1n]) {
      expect(step(new Uint8Array(32).fill(0x5a), littleEndian(u))).toEqual(new Uint8Array(32));
    }
  });
});
