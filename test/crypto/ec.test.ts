import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { i2osp, os2ip } from "../../src/bytes/bytes.ts";
import { curves } from "../../src/crypto/ec-curves.ts";
import type { CurveName } from "../../src/crypto/engine.ts";
import { encodePkcs8 } from "../../src/der/pkcs8.ts";
import { curveNames, domains } from "../support/curves.ts";
import { deterministicSignature } from "../support/rfc6979.ts";
import { seededRng } from "../support/seeded-rng.ts";
import { overEngines } from "./engine-suite.ts";

overEngines(({ ecGenerate, ecPrivate, ecPublic }) => {
  const rng = seededRng("ec");
  const sha256 = (message: Uint8Array) => Uint8Array.from(createHash("sha256").update(message).digest());

  function pair(curve: CurveName) {
    const scalar = ecGenerate(curve, rng);
    const privateKey = ecPrivate(curve, scalar)!;
    return { scalar, privateKey, publicKey: ecPublic(curve, privateKey.publicPoint())! };
  }

  /** The same key in Node. */
  function nodeKey(curve: CurveName, scalar: Uint8Array) {
    const ecdh = createECDH(domains[curve].node);
    ecdh.setPrivateKey(scalar);
    const point = ecdh.getPublicKey();
    const der = encodePkcs8({ type: "EC", curve, privateKey: scalar, point: Uint8Array.from(point) });
    const privateKey = createPrivateKey({ format: "der", type: "pkcs8", key: Buffer.from(der) });
    return { ecdh, point: Uint8Array.from(point), privateKey, publicKey: createPublicKey(privateKey) };
  }

  describe.each(curveNames)("%s", (curve) => {
    const { orderBytes, orderBits, fieldBytes } = curves[curve];
    const { order, p, node } = domains[curve];

    test("has the sizes of its order and field", () => {
      expect([orderBits, orderBytes]).toEqual([order.toString(2).length, Math.ceil(order.toString(2).length / 8)]);
      expect(fieldBytes).toBe(Math.ceil(p.toString(2).length / 8));
    });

    test("gives the public point that Node gives", () => {
      const { scalar, privateKey } = pair(curve);
      expect(privateKey.publicPoint()).toEqual(nodeKey(curve, scalar).point);
    });

    test("signs what Node verifies, and verifies what Node signs", () => {
      const { scalar, privateKey, publicKey } = pair(curve);
      const inNode = nodeKey(curve, scalar);
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 100 }), (message) => {
          const ours = privateKey.sign(sha256(message), rng);
          expect(ours.length).toBe(2 * orderBytes);
          expect(verify("sha256", message, { key: inNode.publicKey, dsaEncoding: "ieee-p1363" }, ours)).toBe(true);
          const theirs = sign("sha256", message, { key: inNode.privateKey, dsaEncoding: "ieee-p1363" });
          expect(publicKey.verify(sha256(message), Uint8Array.from(theirs))).toBe(true);
        }),
        { numRuns: 4 },
      );
    });

    test("uses the leftmost bits of a digest longer than the order, and takes a shorter or empty one", () => {
      const { privateKey, publicKey } = pair(curve);
      for (const length of [0, 20, 64, 200]) {
        const digest = rng(Math.max(length, 1)).subarray(0, length);
        const signature = privateKey.sign(digest, rng);
        expect(publicKey.verify(digest, signature)).toBe(true);
        if (length > orderBytes) expect(publicKey.verify(digest.subarray(0, orderBytes), signature)).toBe(true);
      }
    });

    test("hedges the nonce with the given source, and with it alone", () => {
      const { privateKey } = pair(curve);
      const digest = new Uint8Array(32);
      expect(privateKey.sign(digest, seededRng("a"))).toEqual(privateKey.sign(digest, seededRng("a")));
      expect(privateKey.sign(digest, seededRng("a"))).not.toEqual(privateKey.sign(digest, seededRng("b")));
    });

    test.each([
      ["SHA1", "sha1"],
      ["SHA256", "sha256"],
      ["SHA512", "sha512"],
      ["SHA3_384", "sha3-384"],
    ] as const)("signs over %s with the nonce of RFC 6979, 3.2, and draws nothing", (hash, nodeHash) => {
      const { scalar, privateKey, publicKey } = pair(curve);
      // On the brainpool curves every third candidate is above n: the loop goes round.
      for (const message of ["", "sample", "test", "a", "b", "c"]) {
        const digest = Uint8Array.from(createHash(nodeHash).update(message).digest());
        const signature = privateKey.sign(digest, hash);
        expect(signature).toEqual(deterministicSignature(domains[curve], scalar, digest, nodeHash));
        expect(publicKey.verify(digest, signature)).toBe(true);
      }
    });

    test("refuses signatures out of range and of a wrong length, and takes (r, n − s) as FIPS 186-5 does", () => {
      const { privateKey, publicKey } = pair(curve);
      const digest = rng(32);
      const signature = privateKey.sign(digest, rng);
      const r = os2ip(signature.subarray(0, orderBytes));
      const s = os2ip(signature.subarray(orderBytes));
      const join = (a: bigint, b: bigint) => Uint8Array.from([...i2osp(a, orderBytes), ...i2osp(b, orderBytes)]);
      for (const [a, b] of [
        [0n, 0n],
        [order, order],
        [1n, 0n],
        [0n, s],
        [r, 0n],
        [r, s + 1n],
        [s, r],
      ] as const) {
        expect(publicKey.verify(digest, join(a, b)), `(${a}, ${b})`).toBe(false);
      }
      if (orderBytes > 64) expect(publicKey.verify(digest, join(r, s + order))).toBe(false);
      expect(publicKey.verify(digest, join(r, order - s))).toBe(true);
      expect(publicKey.verify(digest, signature.subarray(1))).toBe(false);
      expect(publicKey.verify(digest, Uint8Array.of(0, ...signature))).toBe(false);
      expect(publicKey.verify(digest, Uint8Array.of(...signature, 0))).toBe(false);
      expect(publicKey.verify(rng(32), signature)).toBe(false);
    });

    test("agrees with Node on a shared secret, from both sides and from a compressed point", () => {
      const ours = pair(curve);
      const theirs = createECDH(node);
      theirs.generateKeys();
      const shared = Uint8Array.from(theirs.computeSecret(ours.privateKey.publicPoint()));
      expect(ours.privateKey.agree(Uint8Array.from(theirs.getPublicKey()))).toEqual(shared);
      expect(ours.privateKey.agree(Uint8Array.from(theirs.getPublicKey(null, "compressed")))).toEqual(shared);
      expect(shared.length).toBe(fieldBytes);
    });

    test("refuses every point that is not one of the curve in canonical form", () => {
      const { privateKey } = pair(curve);
      const good = privateKey.publicPoint();
      const offCurve = Uint8Array.from(good);
      offCurve[offCurve.length - 1] ^= 1;
      const hybrid = Uint8Array.from(good);
      hybrid[0] = 6 + (good[good.length - 1] & 1);
      const otherCurve = pair(curve === "P-256" ? "secp256k1" : "P-256").privateKey.publicPoint();
      const bad = [
        new Uint8Array(0),
        Uint8Array.of(0),
        new Uint8Array(good.length),
        Uint8Array.of(4, ...new Uint8Array(2 * fieldBytes)),
        offCurve,
        hybrid,
        good.subarray(0, good.length - 1),
        Uint8Array.of(...good, 0),
        otherCurve,
        Uint8Array.of(4, ...i2osp(p, fieldBytes), ...good.subarray(1 + fieldBytes)),
        Uint8Array.of(2, ...i2osp(p, fieldBytes)),
      ];
      for (const point of bad) {
        expect(ecPublic(curve, point)).toBeUndefined();
        expect(privateKey.agree(point)).toBeUndefined();
      }
    });

    test("refuses a coordinate that is only valid modulo p", () => {
      // A small x on the curve, so that x + p still has the field's length.
      for (let x = 1n; ; x++) {
        if (ecPublic(curve, Uint8Array.of(2, ...i2osp(x, fieldBytes))) === undefined) continue;
        if ((x + p) >> BigInt(8 * fieldBytes) !== 0n) throw new Error("no such coordinate");
        expect(ecPublic(curve, Uint8Array.of(2, ...i2osp(x + p, fieldBytes)))).toBeUndefined();
        break;
      }
    });

    test("takes scalars from 1 to n − 1 of the order's length only", () => {
      const accepted = (value: bigint) => ecPrivate(curve, i2osp(value, orderBytes)) !== undefined;
      expect([1n, order - 1n].map(accepted)).toEqual([true, true]);
      expect([0n, order, order + 1n].map(accepted)).toEqual([false, false, false]);
      expect(ecPrivate(curve, i2osp(1n, orderBytes + 1))).toBeUndefined();
      expect(ecPrivate(curve, i2osp(1n, orderBytes - 1))).toBeUndefined();
      expect(ecPrivate(curve, new Uint8Array(0))).toBeUndefined();
    });

    test("generates (c mod (n − 1)) + 1 from 64 bits more than the order has", () => {
      const bytes = Math.ceil((orderBits + 64) / 8);
      const excess = BigInt(8 * bytes - orderBits - 64);
      for (const fill of [0x00, 0x01, 0x5a, 0xff]) {
        const asked: number[] = [];
        const scalar = ecGenerate(curve, (length) => {
          asked.push(length);
          return new Uint8Array(length).fill(fill);
        });
        const c = os2ip(new Uint8Array(bytes).fill(fill)) >> excess;
        expect(asked).toEqual([bytes]);
        expect(os2ip(scalar)).toBe((c % (order - 1n)) + 1n);
        expect(scalar.length).toBe(orderBytes);
      }
    });

    test("keeps a copy of the scalar, and is of no use after destroy", () => {
      const { scalar, privateKey, publicKey } = pair(curve);
      scalar.fill(0);
      const digest = rng(32);
      expect(publicKey.verify(digest, privateKey.sign(digest, rng))).toBe(true);
      privateKey.destroy();
      expect(() => privateKey.sign(digest, rng)).toThrow("destroyed");
      expect(() => privateKey.agree(nodeKey(curve, i2osp(5n, orderBytes)).point)).toThrow("destroyed");
    });
  });

  test("a key pair made by Node is the same key here", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
    const jwk = privateKey.export({ format: "jwk" });
    const decode = (text: string | undefined) => Uint8Array.from(Buffer.from(text ?? "", "base64url"));
    const expected = Uint8Array.of(4, ...decode(jwk.x), ...decode(jwk.y));
    expect(ecPrivate("P-384", decode(jwk.d))!.publicPoint()).toEqual(expected);
  });
});
