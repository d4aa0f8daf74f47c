import { constants, createHash, generateKeyPairSync, sign, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { HashName, PssParams } from "../../../src/crypto/engine.ts";
import { hashBytes } from "../../../src/crypto/hash.ts";
import { PrivateOperation } from "../../../src/crypto/rsa/core.ts";
import { pssEncode } from "../../../src/crypto/rsa/pss.ts";
import { componentsFromJwk, nodeRsaKey } from "../../support/rsa-fixture.ts";
import { seededRng } from "../../support/seeded-rng.ts";
import { hex, wycheproof } from "../../support/vectors.ts";
import { overEngines } from "../engine-suite.ts";

overEngines(({ rsaPrivate, rsaPublic }) => {
  const rng = seededRng("pss");
  const key = nodeRsaKey(2048);
  const privateKey = rsaPrivate(key.components)!;
  const publicKey = rsaPublic(key.components.n, key.components.e)!;
  const k = 256;
  const nodeNames: Partial<Record<HashName, string>> = {
    SHA1: "sha1",
    SHA224: "sha224",
    SHA256: "sha256",
    SHA384: "sha384",
    SHA512: "sha512",
    SHA512_224: "sha512-224",
    SHA512_256: "sha512-256",
    SHA3_256: "sha3-256",
  };
  const digestOf = (node: string, message: Uint8Array) => Uint8Array.from(createHash(node).update(message).digest());
  const padding = constants.RSA_PKCS1_PSS_PADDING;

  describe.each(Object.entries(nodeNames) as [HashName, string][])("PSS with %s", (hash, node) => {
    const hLen = hashBytes(hash);

    test("signs what Node verifies, and verifies what Node signs, for salts from none to the longest", () => {
      for (const saltBytes of [0, 1, hLen, k - hLen - 2]) {
        const params: PssParams = { hash, mgf: hash, saltBytes };
        const message = rng(50);
        const digest = digestOf(node, message);
        const ours = privateKey.pssSign(params, digest, rng);
        expect(verify(node, message, { key: key.publicKey, padding, saltLength: saltBytes }, ours)).toBe(true);
        const theirs = sign(node, message, { key: key.privateKey, padding, saltLength: saltBytes });
        expect(publicKey.pssVerify(params, digest, Uint8Array.from(theirs))).toBe(true);
        expect(publicKey.pssVerify({ ...params, saltBytes: saltBytes + 1 }, digest, ours)).toBe(false);
        if (saltBytes > 0)
          expect(publicKey.pssVerify({ ...params, saltBytes: saltBytes - 1 }, digest, ours)).toBe(false);
      }
    });

    test("refuses a digest of another length and a salt that does not fit", () => {
      const params: PssParams = { hash, mgf: hash, saltBytes: hLen };
      expect(() => privateKey.pssSign(params, new Uint8Array(hLen + 1), rng)).toThrow(RangeError);
      for (const saltBytes of [k - hLen - 1, -1, 1.5]) {
        expect(() => privateKey.pssSign({ ...params, saltBytes }, new Uint8Array(hLen), rng)).toThrow(RangeError);
        expect(publicKey.pssVerify({ ...params, saltBytes }, new Uint8Array(hLen), new Uint8Array(k))).toBe(false);
      }
      const signature = privateKey.pssSign(params, new Uint8Array(hLen), rng);
      expect(publicKey.pssVerify(params, new Uint8Array(hLen - 1), signature)).toBe(false);
    });
  });

  test.each([
    ["rsa_pss_2048_sha256_mgf1_0_test.json", "SHA256", "SHA256", 0, 103],
    ["rsa_pss_2048_sha256_mgf1_32_test.json", "SHA256", "SHA256", 32, 108],
    ["rsa_pss_2048_sha256_mgf1sha1_20_test.json", "SHA256", "SHA1", 20, 108],
    ["rsa_pss_2048_sha384_mgf1_48_test.json", "SHA384", "SHA384", 48, 141],
  ] as const)("Wycheproof %s: every verdict is that of the file", (name, hash, mgf, saltBytes, expected) => {
    interface Group {
      publicKey: { modulus: string; publicExponent: string };
    }
    const file = wycheproof<Group, { msg: string; sig: string }>(name);
    for (const group of file.groups) {
      const vectorKey = rsaPublic(hex(group.publicKey.modulus), hex(group.publicKey.publicExponent))!;
      for (const { tcId, comment, msg, sig, result } of group.tests) {
        const digest = digestOf(nodeNames[hash]!, hex(msg));
        const verdict = vectorKey.pssVerify({ hash, mgf, saltBytes }, digest, hex(sig));
        expect(verdict, `${tcId} ${comment}`).toBe(result === "valid");
      }
    }
    expect(file.count).toBe(expected);
  });

  test.each([
    ["rsa_pss_2048_shake128_test.json", "SHAKE128", 32, 114],
    ["rsa_pss_2048_shake256_test.json", "SHAKE256", 64, 184],
  ] as const)("Wycheproof %s: a SHAKE is hash and mask at once", (name, shake, length, expected) => {
    const file = wycheproof<{ publicKey: { modulus: string; publicExponent: string } }, { msg: string; sig: string }>(
      name,
    );
    const params: PssParams = { hash: shake, mgf: shake, saltBytes: length };
    for (const { publicKey: numbers, tests } of file.groups) {
      const vectorKey = rsaPublic(hex(numbers.modulus), hex(numbers.publicExponent))!;
      for (const { tcId, comment, msg, sig, result } of tests) {
        const digest = createHash(shake.toLowerCase(), { outputLength: length }).update(hex(msg)).digest();
        expect(vectorKey.pssVerify(params, digest, hex(sig)), `${tcId} ${comment}`).toBe(result === "valid");
      }
    }
    expect(file.count).toBe(expected);
    const digest = rng(length);
    expect(publicKey.pssVerify(params, digest, privateKey.pssSign(params, digest, rng))).toBe(true);
    expect(publicKey.pssVerify({ ...params, mgf: "SHA256" }, digest, privateKey.pssSign(params, digest, rng))).toBe(
      false,
    );
  });

  test.each([1024, 1025, 1026, 1031])(
    "a modulus of %i bits signs what Node verifies, and the other way round",
    (bits) => {
      const { publicKey: theirs, privateKey: own } = generateKeyPairSync("rsa", { modulusLength: bits });
      const numbers = componentsFromJwk(own.export({ format: "jwk" }));
      const [ourPrivate, ourPublic] = [rsaPrivate(numbers)!, rsaPublic(numbers.n, numbers.e)!];
      expect(ourPublic.modulusBits).toBe(bits);
      const message = rng(50);
      const digest = digestOf("sha256", message);
      const params: PssParams = { hash: "SHA256", mgf: "SHA256", saltBytes: 32 };
      const signature = ourPrivate.pssSign(params, digest, rng);
      expect(verify("sha256", message, { key: theirs, padding, saltLength: 32 }, signature)).toBe(true);
      const other = Uint8Array.from(sign("sha256", message, { key: own, padding, saltLength: 32 }));
      expect(ourPublic.pssVerify(params, digest, other)).toBe(true);
      expect(ourPublic.pssVerify(params, rng(32), other)).toBe(false);
    },
  );

  test("the salt is random, and the mask may use another hash", () => {
    const params: PssParams = { hash: "SHA256", mgf: "SHA512", saltBytes: 32 };
    const digest = rng(32);
    const first = privateKey.pssSign(params, digest, rng);
    const second = privateKey.pssSign(params, digest, rng);
    expect(first).not.toEqual(second);
    expect(publicKey.pssVerify(params, digest, first)).toBe(true);
    expect(publicKey.pssVerify({ ...params, mgf: "SHA256" }, digest, first)).toBe(false);
  });

  test("every damage to the encoded message is refused", () => {
    const params: PssParams = { hash: "SHA256", mgf: "SHA256", saltBytes: 32 };
    const digest = rng(32);
    const encoded = pssEncode(params, digest, 8 * k - 1, k, rng);
    const operation = new PrivateOperation(key.components);
    expect(publicKey.pssVerify(params, digest, operation.apply(encoded, rng)!)).toBe(true);
    // The padding's zeros, the separator, the salt, the hash and the trailer.
    for (const at of [1, 100, 189, 190, 191, 222, 223, 254, 255]) {
      const damaged = Uint8Array.from(encoded);
      damaged[at] ^= 1;
      expect(publicKey.pssVerify(params, digest, operation.apply(damaged, rng)!), `byte ${at}`).toBe(false);
    }
  });

  test("a set bit above emBits is refused, though the rest is a good encoding", () => {
    const params: PssParams = { hash: "SHA256", mgf: "SHA256", saltBytes: 32 };
    const digest = rng(32);
    const operation = new PrivateOperation(key.components);
    let signature: Uint8Array | undefined;
    while (signature === undefined) {
      const encoded = pssEncode(params, digest, 8 * k - 1, k, rng);
      encoded[0] |= 0x80;
      signature = operation.apply(encoded, rng);
    }
    expect(publicKey.pssVerify(params, digest, signature)).toBe(false);
  });

  test("a signature of another length is refused", () => {
    const params: PssParams = { hash: "SHA256", mgf: "SHA256", saltBytes: 32 };
    const digest = rng(32);
    const signature = privateKey.pssSign(params, digest, rng);
    for (const bad of [
      new Uint8Array(0),
      signature.subarray(1),
      Uint8Array.of(0, ...signature),
      new Uint8Array(k).fill(255),
    ]) {
      expect(publicKey.pssVerify(params, digest, bad)).toBe(false);
    }
  });
});
