import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { ED25519_TORSION_SUBGROUP, ed25519, ed25519ph } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRng } from "../support/seeded-rng.ts";
import { hex, wycheproof } from "../support/vectors.ts";
import { overEngines } from "./engine-suite.ts";

overEngines(({ edPrivate, edPublic }) => {
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const rng = seededRng("ed25519");
  const sha512 = (message: Uint8Array) => Uint8Array.from(createHash("sha512").update(message).digest());
  const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

  test("agrees with Node both ways: signatures are equal, and each verifies the other's", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 300 }),
        (seed, message) => {
          const der = Buffer.concat([pkcs8Prefix, seed]);
          const nodeKey = createPrivateKey({ format: "der", type: "pkcs8", key: der });
          const key = edPrivate(seed);
          const signature = key.sign(message, "pure");
          expect(signature).toEqual(Uint8Array.from(sign(null, message, nodeKey)));
          expect(verify(null, message, createPublicKey(nodeKey), signature)).toBe(true);
          expect(edPublic(key.publicKey())!.verify(message, signature, "pure")).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  test("Wycheproof: all 150 verdicts are those of the file", () => {
    const file = wycheproof<{ publicKey: { pk: string } }, { msg: string; sig: string }>("ed25519_test.json");
    for (const group of file.groups) {
      const publicKey = edPublic(hex(group.publicKey.pk))!;
      for (const { tcId, comment, msg, sig, result } of group.tests) {
        expect(publicKey.verify(hex(msg), hex(sig), "pure"), `${tcId} ${comment}`).toBe(result === "valid");
      }
    }
    expect(file.count).toBe(150);
  });

  test("Ed25519ph gives the signature of RFC 8032, 7.3", () => {
    const key = edPrivate(hex("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42"));
    const publicKey = hex("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
    expect(key.publicKey()).toEqual(publicKey);
    const signature = hex(
      "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41" +
        "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406",
    );
    const digest = sha512(Buffer.from("abc"));
    expect(key.sign(digest, "prehashed")).toEqual(signature);
    expect(edPublic(publicKey)!.verify(digest, signature, "prehashed")).toBe(true);
  });

  test("Ed25519ph over a digest is Ed25519ph over its message", () => {
    for (let i = 0; i < 5; i++) {
      const seed = rng(32);
      const message = rng(100);
      const signature = ed25519ph.sign(message, seed);
      expect(edPrivate(seed).sign(sha512(message), "prehashed")).toEqual(signature);
    }
  });

  test("the two variants do not verify each other's signatures, and prehashed takes 64 bytes only", () => {
    const key = edPrivate(rng(32));
    const publicKey = edPublic(key.publicKey())!;
    const digest = rng(64);
    const pure = key.sign(digest, "pure");
    const prehashed = key.sign(digest, "prehashed");
    expect(publicKey.verify(digest, pure, "prehashed")).toBe(false);
    expect(publicKey.verify(digest, prehashed, "pure")).toBe(false);
    for (const length of [0, 32, 63, 65]) {
      expect(() => key.sign(new Uint8Array(length), "prehashed")).toThrow(RangeError);
      expect(publicKey.verify(new Uint8Array(length), prehashed, "prehashed")).toBe(false);
    }
  });

  test("refuses S + L, other lengths, and any changed byte", () => {
    const key = edPrivate(rng(32));
    const publicKey = edPublic(key.publicKey())!;
    const message = rng(10);
    const signature = key.sign(message, "pure");
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`) + L;
    const malleated = Uint8Array.from(signature);
    malleated.set(Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse(), 32);
    expect(publicKey.verify(message, malleated, "pure")).toBe(false);
    for (const bad of [signature.subarray(1), Uint8Array.of(...signature, 0), new Uint8Array(0)]) {
      expect(publicKey.verify(message, bad, "pure")).toBe(false);
    }
    for (const at of [0, 31, 32, 63]) {
      const changed = Uint8Array.from(signature);
      changed[at] ^= 1;
      expect(publicKey.verify(message, changed, "pure")).toBe(false);
    }
  });

  test("takes the signatures that noble takes, with the cofactor, at a key's first uses and when it is hot", () => {
    const { BASE, Fn } = ed25519.Point;
    const seed = rng(32);
    const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seed);
    const publicKey = edPublic(pointBytes)!;
    const littleEndian = (value: bigint) => Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse();
    const challenge = (...parts: Uint8Array[]) =>
      Fn.create(
        BigInt(
          `0x${Buffer.from(sha512(Buffer.concat(parts)))
            .reverse()
            .toString("hex")}`,
        ),
      );
    const verdicts = new Set<boolean>();
    for (const torsion of ED25519_TORSION_SUBGROUP) {
      for (const nonce of [0n, 123456789n, L - 1n]) {
        const message = rng(20);
        const R = BASE.multiplyUnsafe(nonce).add(ed25519.Point.fromHex(torsion)).toBytes();
        const S = Fn.create(nonce + challenge(R, pointBytes, message) * scalar);
        const signature = Uint8Array.from(Buffer.concat([R, littleEndian(S)]));
        // The neutral element, and -1, with a sign that 0 does not have; and y = p + 1, which is not canonical.
        const signed = Uint8Array.from(signature);
        signed[31] ^= 0x80;
        const unreduced = Uint8Array.from(signature);
        unreduced.set(littleEndian(2n ** 255n - 18n));
        for (const candidate of [signature, signed, unreduced]) {
          const verdict = publicKey.verify(message, candidate, "pure");
          expect(verdict).toBe(ed25519.verify(candidate, message, pointBytes, { zip215: false }));
          verdicts.add(verdict);
        }
        expect(publicKey.verify(message, signature, "pure")).toBe(true);
      }
    }
    expect(verdicts).toEqual(new Set([true, false]));
  });

  test("refuses public keys of small or mixed order, non-canonical ones, and other lengths", () => {
    const good = ed25519.Point.BASE.multiply(1234567n);
    expect(edPublic(good.toBytes())).toBeDefined();
    for (const torsion of ED25519_TORSION_SUBGROUP) {
      const small = ed25519.Point.fromHex(torsion);
      expect(edPublic(hex(torsion)), `small ${torsion}`).toBeUndefined();
      if (!small.is0()) expect(edPublic(good.add(small).toBytes()), `mixed ${torsion}`).toBeUndefined();
    }
    // y = p + 3 to p + 5: some are points when reduced, none is canonical.
    for (let low = 0xed; low <= 0xff; low++) {
      const encoded = new Uint8Array(32).fill(0xff);
      encoded[0] = low;
      encoded[31] = 0x7f;
      expect(edPublic(encoded)).toBeUndefined();
    }
    expect(edPublic(good.toBytes().subarray(1))).toBeUndefined();
    expect(edPublic(Uint8Array.of(...good.toBytes(), 0))).toBeUndefined();
  });

  test("keeps a copy of the seed, takes 32 bytes only, and is of no use after destroy", () => {
    const seed = rng(32);
    const expected = edPrivate(seed).publicKey();
    const key = edPrivate(seed);
    seed.fill(0);
    expect(key.publicKey()).toEqual(expected);
    key.destroy();
    expect(() => key.sign(new Uint8Array(1), "pure")).toThrow("destroyed");
    for (const length of [0, 31, 33, 64]) expect(() => edPrivate(new Uint8Array(length))).toThrow(RangeError);
  });
});
