import { createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../../src/bytes/bytes.ts";
import type { XCurveName } from "../../src/crypto/engine.ts";
import { xPrivate } from "../../src/crypto/x-agreement.ts";
import { encodePkcs8 } from "../../src/der/pkcs8.ts";
import { encodeSpki } from "../../src/der/spki.ts";
import { hex, wycheproof } from "../support/vectors.ts";

const BYTES: Readonly<Record<XCurveName, number>> = { X25519: 32, X448: 56 };
const CURVES = Object.keys(BYTES) as XCurveName[];

test("Wycheproof: X25519 gives the shared secrets of the file, and refuses exactly those that are zero", () => {
  const { groups } = wycheproof<object, Record<"public" | "private" | "shared", string>>("x25519_test.json");
  const cases = groups.flatMap(({ tests }) => tests);
  const special = ["ZeroSharedSecret", "NonCanonicalPublic", "Ktv"];
  // Every special case, and every fourth of the others: `npm run verify` runs them all.
  const slice = cases.filter(({ tcId, flags }) => tcId % 4 === 0 || flags.some((flag) => special.includes(flag)));
  let refused = 0;
  for (const { tcId, flags, public: peer, private: own, shared } of slice) {
    const secret = xPrivate("X25519", hex(own)).agree(hex(peer));
    const isZero = flags.includes("ZeroSharedSecret");
    expect(secret && toHex(secret), `case ${tcId}`).toBe(isZero ? undefined : shared);
    if (isZero) refused++;
  }
  expect([cases.length, slice.length, refused]).toEqual([518, 165, 31]);
});

test("X448 gives the example of RFC 7748, 6.2", () => {
  const alice = xPrivate(
    "X448",
    hex(
      "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
    ),
  );
  const bob = xPrivate(
    "X448",
    hex(
      "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d",
    ),
  );
  expect(toHex(alice.publicKey())).toBe(
    "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0",
  );
  const secret =
    "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d";
  expect(toHex(alice.agree(bob.publicKey())!)).toBe(secret);
  expect(toHex(bob.agree(alice.publicKey())!)).toBe(secret);
});

test.each(CURVES)("%s agrees with node:crypto on any two keys", (curve) => {
  const length = BYTES[curve];
  const keys = fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(keys, keys, (seed, peerSeed) => {
      const [own, peer] = [xPrivate(curve, seed), xPrivate(curve, peerSeed)];
      const privateKey = createPrivateKey({
        key: Buffer.from(encodePkcs8({ type: curve, seed })),
        format: "der",
        type: "pkcs8",
      });
      const publicKey = createPublicKey({
        key: Buffer.from(encodeSpki({ type: curve, publicKey: peer.publicKey() })),
        format: "der",
        type: "spki",
      });
      expect(own.agree(peer.publicKey())).toEqual(Uint8Array.from(diffieHellman({ privateKey, publicKey })));
    }),
    { numRuns: 10 },
  );
});

test.each(CURVES)("%s refuses points of small order, canonical or not, and keys of another length", (curve) => {
  const length = BYTES[curve];
  const key = xPrivate(curve, new Uint8Array(length).fill(7));
  const p = curve === "X25519" ? 2n ** 255n - 19n : 2n ** 448n - 2n ** 224n - 1n;
  for (const u of [0n, 1n, p - 1n, p, p + 1n]) {
    expect(key.agree(littleEndian(u, length)), `u = ${u}`).toBeUndefined();
  }
  for (const other of [0, length - 1, length + 1]) {
    expect(key.agree(new Uint8Array(other).fill(9))).toBeUndefined();
    expect(() => xPrivate(curve, new Uint8Array(other))).toThrow(`${length} bytes, not ${other}`);
  }
});

test("a u-coordinate from p up is reduced, and X25519 ignores the highest bit (RFC 7748, 5)", () => {
  const x25519 = xPrivate("X25519", new Uint8Array(32).fill(3));
  const canonical = x25519.agree(littleEndian(9n, 32));
  expect(x25519.agree(littleEndian(9n + 2n ** 255n - 19n, 32))).toEqual(canonical);
  expect(x25519.agree(littleEndian(9n + 2n ** 255n, 32))).toEqual(canonical);
  const x448 = xPrivate("X448", new Uint8Array(56).fill(3));
  expect(x448.agree(littleEndian(5n + 2n ** 448n - 2n ** 224n - 1n, 56))).toEqual(x448.agree(littleEndian(5n, 56)));
});

test.each(CURVES)("a destroyed %s key does nothing any more, and its bytes were its own", (curve) => {
  const seed = new Uint8Array(BYTES[curve]).fill(5);
  const key = xPrivate(curve, seed);
  const before = key.publicKey();
  seed.fill(0);
  expect(key.publicKey()).toEqual(before);
  key.destroy();
  expect(() => key.publicKey()).toThrow("destroyed");
  expect(() => key.agree(before)).toThrow("destroyed");
});

function littleEndian(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}
