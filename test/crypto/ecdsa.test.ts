import { ecdsa } from "@noble/curves/abstract/weierstrass.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import type { CHash } from "@noble/hashes/utils.js";
import { describe, expect, test, vi } from "vitest";
import { i2osp, os2ip } from "../../src/bytes/bytes.ts";
import { curves, pointsOf } from "../../src/crypto/ec-curves.ts";
import { groupOf } from "../../src/crypto/ec-group.ts";
import { scalarsOf } from "../../src/crypto/ec-scalars.ts";
import { sign, verify } from "../../src/crypto/ecdsa.ts";
import type { CurveName, HashName } from "../../src/crypto/engine.ts";
import { nonceSource } from "../../src/crypto/rfc6979.ts";

const HASHES: Partial<Record<HashName, CHash>> = { SHA256: sha256, SHA384: sha384, SHA512: sha512 };
const DIGEST: Uint8Array<ArrayBuffer> = sha256(Uint8Array.of(1, 2, 3));

describe.each(Object.keys(curves) as CurveName[])("ECDSA on %s", (curve) => {
  const { orderBytes, nonceHash } = curves[curve];
  const Points = pointsOf(curve);
  const { Fn } = Points;
  const n = Fn.ORDER;
  const bytes = (number: bigint): Uint8Array => i2osp(number, orderBytes);
  const pointOf = (d: bigint): Uint8Array => Points.BASE.multiply(d).toBytes(false);
  const isValid = (d: bigint, signature: Uint8Array, digest: Uint8Array = DIGEST): boolean =>
    verify(curve, groupOf(curve).prepare(pointOf(d)), digest, signature);
  /** The leftmost bits of the digest, as many as the order has (FIPS 186-5, 6.4.1, step 2). */
  const e = os2ip(DIGEST.slice(0, orderBytes)) % n;

  test("signs with private keys at both ends, around the middle and of one bit as noble does", () => {
    const other = ecdsa(Points, HASHES[nonceHash] ?? sha256);
    for (const d of [1n, 2n, 3n, n / 2n, n / 2n + 1n, n - 2n, n - 1n, 1n << 24n, 1n << 192n, (1n << 216n) - 1n]) {
      const signature = sign(curve, bytes(d), DIGEST, nonceHash);
      expect(signature).toEqual(other.sign(DIGEST, Uint8Array.from(bytes(d)), { prehash: false, lowS: false }));
      expect(isValid(d, signature)).toBe(true);
    }
  });

  test("signs digests of zeros, of ones, and of the order and its neighbours", () => {
    const d = n / 3n;
    for (const digest of [0n, 1n, n - 1n, n, n + 1n].map((number) => bytes(number))) {
      const signature = sign(curve, bytes(d), digest, nonceHash);
      expect(isValid(d, signature, digest)).toBe(true);
    }
    const ones = new Uint8Array(orderBytes).fill(255);
    expect(isValid(d, sign(curve, bytes(d), ones, nonceHash), ones)).toBe(true);
  });

  test("passes over a nonce that would make r or s zero", () => {
    const d = n / 5n;
    // r with which e + d·r is 0.
    const fatal = Fn.mul(Fn.neg(e), Fn.inv(d));
    for (const x of [0n, n, fatal]) {
      const nonces: bigint[] = [];
      const signature = sign(curve, bytes(d), DIGEST, nonceHash, (k) => {
        nonces.push(os2ip(k));
        return nonces.length === 1 ? bytes(x) : groupOf(curve).xOfBase(k);
      });
      expect(new Set(nonces).size).toBe(2);
      expect(isValid(d, signature)).toBe(true);
    }
  });

  test("refuses r and s of 0, of the order, and of it and more", () => {
    const d = n / 7n;
    const signature = sign(curve, bytes(d), DIGEST, nonceHash);
    const [r, s] = [signature.slice(0, orderBytes), signature.slice(orderBytes)].map(os2ip) as [bigint, bigint];
    const room = 2n ** BigInt(8 * orderBytes);
    const forms = (number: bigint): bigint[] => [0n, n, number + n].filter((form) => form < room);
    for (const form of forms(r)) expect(isValid(d, Uint8Array.from([...bytes(form), ...bytes(s)]))).toBe(false);
    for (const form of forms(s)) expect(isValid(d, Uint8Array.from([...bytes(r), ...bytes(form)]))).toBe(false);
  });
});

describe("A source of nonces", () => {
  const source = () =>
    nonceSource(scalarsOf("P-256"), "SHA256", new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));

  test("gives one after the other, the same from the same seed, until it is destroyed", () => {
    const [one, same] = [source(), source()];
    const nonces = Array.from({ length: 3 }, () => Buffer.from(one.next()).toString("hex"));
    expect(new Set(nonces).size).toBe(3);
    expect(Array.from({ length: 3 }, () => Buffer.from(same.next()).toString("hex"))).toEqual(nonces);
    one.destroy();
    expect(() => one.next()).toThrow("destroyed");
  });

  test("leaves no copy of a nonce behind: the arrays that held one are zeros", () => {
    const made: Uint8Array[] = [];
    const slice = vi.spyOn(Uint8Array.prototype, "subarray").mockImplementation(function (this: Uint8Array, ...range) {
      made.push(this);
      return new Uint8Array(
        this.buffer,
        this.byteOffset + (range[0] ?? 0),
        (range[1] ?? this.length) - (range[0] ?? 0),
      );
    });
    const nonces = source();
    const nonce = nonces.next();
    slice.mockRestore();
    const holds = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes(Buffer.from(nonce));
    expect(made.some(holds)).toBe(true);
    nonces.destroy();
    expect(made.some(holds)).toBe(false);
  });
});
