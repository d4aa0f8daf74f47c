import {
  constants,
  createHash,
  createHmac,
  createPrivateKey,
  privateDecrypt,
  publicEncrypt,
  sign,
  verify,
} from "node:crypto";
import { describe, expect, test } from "vitest";
import { i2osp, os2ip } from "../../../src/bytes/bytes.ts";
import type { HashName } from "../../../src/crypto/engine.ts";
import { hashBytes } from "../../../src/crypto/hash.ts";
import { PrivateOperation, publicOperation } from "../../../src/crypto/rsa/core.ts";
import { pkcs1EncryptionEncode, pkcs1SignatureEncode } from "../../../src/crypto/rsa/pkcs1.ts";
import { componentsFromJwk, nodeRsaKey } from "../../support/rsa-fixture.ts";
import { seededRng } from "../../support/seeded-rng.ts";
import { hex, wycheproof } from "../../support/vectors.ts";
import { overEngines } from "../engine-suite.ts";

overEngines(({ rsaPrivate, rsaPublic }) => {
  const rng = seededRng("pkcs1");
  const key = nodeRsaKey(2048);
  const privateKey = rsaPrivate(key.components)!;
  const publicKey = rsaPublic(key.components.n, key.components.e)!;
  const operation = new PrivateOperation(key.components);
  const { numbers } = operation;
  const { k } = numbers;
  const nodeNames: Readonly<Record<Exclude<HashName, "SM3">, string>> = {
    SHA1: "sha1",
    SHA224: "sha224",
    SHA256: "sha256",
    SHA384: "sha384",
    SHA512: "sha512",
    SHA512_224: "sha512-224",
    SHA512_256: "sha512-256",
    SHA3_224: "sha3-224",
    SHA3_256: "sha3-256",
    SHA3_384: "sha3-384",
    SHA3_512: "sha3-512",
  };
  const hashes = Object.entries(nodeNames) as [HashName, string][];
  const digestOf = (node: string, message: Uint8Array) => Uint8Array.from(createHash(node).update(message).digest());

  interface PrivateGroup {
    privateKeyPkcs8: string;
  }
  function vectorComponents(group: PrivateGroup) {
    const inNode = createPrivateKey({ format: "der", type: "pkcs8", key: Buffer.from(hex(group.privateKeyPkcs8)) });
    return componentsFromJwk(inNode.export({ format: "jwk" }));
  }

  describe("signatures", () => {
    test.each(hashes)(
      "with %s: the signature is the one that Node gives, and each verifies the other's",
      (hash, node) => {
        const message = rng(40);
        const digest = digestOf(node, message);
        const ours = privateKey.pkcs1Sign(hash, digest, rng);
        expect(ours).toEqual(Uint8Array.from(sign(node, message, key.privateKey)));
        expect(verify(node, message, key.publicKey, ours)).toBe(true);
        expect(publicKey.pkcs1Verify(hash, digest, ours)).toBe(true);
        const other = hash === "SHA256" ? "SHA3_256" : "SHA256";
        expect(publicKey.pkcs1Verify(other, rng(32), ours)).toBe(false);
      },
    );

    test("without a hash any bytes up to k − 11 are signed", () => {
      for (const length of [0, 1, 36, k - 11]) {
        const content = rng(k).subarray(0, length);
        const signature = privateKey.pkcs1Sign(undefined, content, rng);
        expect(publicKey.pkcs1Verify(undefined, content, signature)).toBe(true);
        expect(publicKey.pkcs1Verify(undefined, Uint8Array.of(...content, 0), signature)).toBe(false);
      }
      expect(() => privateKey.pkcs1Sign(undefined, new Uint8Array(k - 10), rng)).toThrow(RangeError);
      expect(publicKey.pkcs1Verify(undefined, new Uint8Array(k - 10), new Uint8Array(k))).toBe(false);
    });

    test.each(hashes)("with %s a digest of another length is refused", (hash) => {
      const wrong = new Uint8Array(hashBytes(hash) - 1);
      expect(() => privateKey.pkcs1Sign(hash, wrong, rng)).toThrow(RangeError);
      expect(publicKey.pkcs1Verify(hash, wrong, new Uint8Array(k))).toBe(false);
    });

    test("an encoding with any byte changed, or with a DigestInfo without NULL, is refused", () => {
      const digest = rng(32);
      const encoded = pkcs1SignatureEncode("SHA256", digest, k);
      for (const at of [0, 1, 2, 100, k - 52, k - 51, k - 40, k - 34, k - 33, k - 32, k - 1]) {
        const damaged = Uint8Array.from(encoded);
        damaged[at] ^= at === 0 ? 1 : 0x10;
        const signature = operation.apply(damaged, rng);
        if (signature !== undefined)
          expect(publicKey.pkcs1Verify("SHA256", digest, signature), `byte ${at}`).toBe(false);
      }
      const withoutNull = Uint8Array.of(...hex("302f300b0609608648016503040201"), 4, 32, ...digest);
      const signature = privateKey.pkcs1Sign(undefined, withoutNull, rng);
      expect(publicKey.pkcs1Verify("SHA256", digest, signature)).toBe(false);
    });

    test("a signature of another length, or with n added, is refused", () => {
      const digest = rng(32);
      const signature = privateKey.pkcs1Sign("SHA256", digest, rng);
      for (const bad of [new Uint8Array(0), signature.subarray(1), Uint8Array.of(0, ...signature)]) {
        expect(publicKey.pkcs1Verify("SHA256", digest, bad)).toBe(false);
      }
      const added = os2ip(signature) + numbers.n;
      if (added >> BigInt(8 * k) === 0n) expect(publicKey.pkcs1Verify("SHA256", digest, i2osp(added, k))).toBe(false);
    });

    test("Wycheproof: 259 verdicts, two of them under e = 3; a missing NULL is refused", () => {
      interface Group {
        publicKey: { modulus: string; publicExponent: string };
      }
      const file = wycheproof<Group, { msg: string; sig: string }>("rsa_signature_2048_sha256_test.json");
      for (const group of file.groups) {
        const vectorKey = rsaPublic(hex(group.publicKey.modulus), hex(group.publicKey.publicExponent))!;
        for (const { tcId, comment, msg, sig, result } of group.tests) {
          const verdict = vectorKey.pkcs1Verify("SHA256", digestOf("sha256", hex(msg)), hex(sig));
          expect(verdict, `${tcId} ${comment}`).toBe(result === "valid");
        }
      }
      expect(file.count).toBe(259);
    });

    test("Wycheproof: 40 generated signatures are those of the file; three keys whose primes differ in length are refused", () => {
      type Group = PrivateGroup & { sha: string };
      const file = wycheproof<Group, { msg: string; sig: string }>("rsa_pkcs1_2048_sig_gen_test.json");
      let signed = 0;
      for (const group of file.groups) {
        const hash = group.sha.replace("-", "") as keyof typeof nodeNames;
        const vectorKey = rsaPrivate(vectorComponents(group));
        for (const { tcId, comment, flags, msg, sig } of group.tests) {
          expect(vectorKey === undefined, `${tcId}`).toBe(flags.includes("SmallPublicKey"));
          if (vectorKey === undefined) continue;
          const signature = vectorKey.pkcs1Sign(hash, digestOf(nodeNames[hash], hex(msg)), rng);
          expect(signature, `${tcId} ${comment}`).toEqual(hex(sig));
          signed++;
        }
      }
      expect([file.count, signed]).toEqual([43, 40]);
    });
  });

  describe("encryption", () => {
    const raw = { padding: constants.RSA_NO_PADDING };

    test("opens what Node seals, and seals what has the form of the standard", () => {
      for (const length of [0, 1, 48, k - 11]) {
        const message = rng(k).subarray(0, length);
        const theirs = publicEncrypt({ key: key.publicKey, padding: constants.RSA_PKCS1_PADDING }, message);
        expect(privateKey.pkcs1Decrypt(Uint8Array.from(theirs), rng)).toEqual(message);
        const ours = publicKey.pkcs1Encrypt(message, rng);
        expect(privateKey.pkcs1Decrypt(ours, rng)).toEqual(message);
        const encoded = privateDecrypt({ key: key.privateKey, ...raw }, ours);
        expect([encoded[0], encoded[1], encoded.indexOf(0, 1)]).toEqual([0, 2, k - length - 1]);
      }
    });

    test("refuses a message longer than k − 11, and never pads with a zero", () => {
      expect(() => publicKey.pkcs1Encrypt(new Uint8Array(k - 10), rng)).toThrow(RangeError);
      let call = 0;
      const zerosFirst = (length: number) => new Uint8Array(length).fill(call++ < 3 ? 0 : 7);
      expect(pkcs1EncryptionEncode(new Uint8Array(1), k, zerosFirst).indexOf(0, 1)).toBe(k - 2);
    });

    test("Wycheproof: 42 messages are those of the file, and bad paddings give what OpenSSL 4.0.0 gives", () => {
      const file = wycheproof<PrivateGroup, { msg: string; ct: string }>("rsa_pkcs1_2048_test.json");
      const synthetic = createHash("sha256");
      const counts = { valid: 0, synthetic: 0, undefined: 0 };
      for (const group of file.groups) {
        const vectorKey = rsaPrivate(vectorComponents(group))!;
        for (const { tcId, comment, flags, msg, ct, result } of group.tests) {
          const message = vectorKey.pkcs1Decrypt(hex(ct), rng);
          if (result === "valid") {
            expect(message, `${tcId} ${comment}`).toEqual(hex(msg));
            counts.valid++;
          } else if (flags.includes("InvalidCiphertextFormat")) {
            expect(message, `${tcId} ${comment}`).toBeUndefined();
            counts.undefined++;
          } else {
            synthetic.update(Uint8Array.of(message!.length >> 8, message!.length)).update(message!);
            counts.synthetic++;
          }
        }
      }
      expect(file.count).toBe(67);
      expect(counts).toEqual({ valid: 42, synthetic: 19, undefined: 6 });
      // Length in two bytes and message, one after the other in the file's order, through OpenSSL 4.0.0.
      expect(synthetic.digest("hex")).toBe("fad5a1c2b2c4a953b534e47fbf2ead43a31741bcc46eacb5b0ed6bd4b74c9839");
    });

    /** The draft's synthetic message, written a second time with Node's HMAC. */
    function syntheticMessage(ciphertext: Uint8Array): Uint8Array {
      const hmac = (hmacKey: Buffer, ...parts: (Buffer | Uint8Array | string)[]) =>
        parts.reduce((state, part) => state.update(part), createHmac("sha256", hmacKey)).digest();
      const secret = createHash("sha256")
        .update(i2osp(os2ip(key.components.d), k))
        .digest();
      const derivationKey = hmac(secret, ciphertext);
      const stream = (label: string, bytes: number) => {
        const blocks: Buffer[] = [];
        for (let i = 0; i < bytes / 32; i++)
          blocks.push(hmac(derivationKey, i2osp(BigInt(i), 2), label, i2osp(BigInt(8 * bytes), 2)));
        return Buffer.concat(blocks).subarray(0, bytes);
      };
      const lengths = stream("length", 256);
      let length = 0;
      for (let i = 0; i < 256; i += 2) {
        const candidate = lengths.readUInt16BE(i) % 256;
        if (candidate < k - 10) length = candidate;
      }
      return Uint8Array.from(stream("message", k).subarray(k - length));
    }

    test("every kind of bad padding gives the synthetic message of its ciphertext, twice the same", () => {
      const message = rng(17);
      const damages: ((encoded: Uint8Array) => void)[] = [
        (encoded) => encoded.set([1]),
        (encoded) => encoded.set([0, 1]),
        (encoded) => encoded.set([0, 0]),
        (encoded) => encoded.fill(1, k - 18, k),
        (encoded) => encoded.fill(0, 2, 3),
        (encoded) => encoded.fill(0, 9, 10),
        (encoded) => encoded.fill(0, 1),
      ];
      const seen = new Set<string>();
      for (const [index, damage] of damages.entries()) {
        const encoded = pkcs1EncryptionEncode(message, k, rng);
        damage(encoded);
        const ciphertext = publicOperation(numbers, encoded)!;
        const outcome = privateKey.pkcs1Decrypt(ciphertext, rng);
        expect(outcome, `damage ${index}`).toEqual(syntheticMessage(ciphertext));
        expect(privateKey.pkcs1Decrypt(ciphertext, rng)).toEqual(outcome);
        expect(outcome!.length).toBeLessThanOrEqual(k - 11);
        seen.add(Buffer.from(outcome!).toString("hex"));
      }
      expect(seen.size).toBe(damages.length);
    });

    test("the first zero that leaves 8 bytes of padding is a good separator", () => {
      const encoded = pkcs1EncryptionEncode(rng(17), k, rng);
      encoded[10] = 0;
      const ciphertext = publicOperation(numbers, encoded)!;
      expect(privateKey.pkcs1Decrypt(ciphertext, rng)).toEqual(encoded.slice(11));
    });

    test("random ciphertexts never fail, and another length or range gives none", () => {
      for (let i = 0; i < 10; i++) {
        const ciphertext = i2osp(os2ip(rng(k)) % numbers.n, k);
        expect(privateKey.pkcs1Decrypt(ciphertext, rng)).toEqual(syntheticMessage(ciphertext));
      }
      for (const bad of [new Uint8Array(0), new Uint8Array(k - 1), new Uint8Array(k + 1), i2osp(numbers.n, k)]) {
        expect(privateKey.pkcs1Decrypt(bad, rng)).toBeUndefined();
      }
    });
  });
});
