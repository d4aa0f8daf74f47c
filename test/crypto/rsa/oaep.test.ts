import { constants, createPrivateKey, privateDecrypt, publicEncrypt } from "node:crypto";
import { describe, expect, test } from "vitest";
import { i2osp, os2ip } from "../../../src/bytes/bytes.ts";
import type { HashName, OaepParams } from "../../../src/crypto/engine.ts";
import { hashBytes } from "../../../src/crypto/hash.ts";
import { PrivateOperation, publicOperation } from "../../../src/crypto/rsa/core.ts";
import { oaepEncode } from "../../../src/crypto/rsa/oaep.ts";
import { componentsFromJwk, nodeRsaKey } from "../../support/rsa-fixture.ts";
import { seededRng } from "../../support/seeded-rng.ts";
import { hex, wycheproof } from "../../support/vectors.ts";
import { overEngines } from "../engine-suite.ts";

overEngines(({ rsaPrivate, rsaPublic }) => {
  const rng = seededRng("oaep");
  const key = nodeRsaKey(2048);
  const privateKey = rsaPrivate(key.components)!;
  const publicKey = rsaPublic(key.components.n, key.components.e)!;
  const numbers = new PrivateOperation(key.components).numbers;
  const { k } = numbers;
  const none = new Uint8Array(0);
  const nodeNames = { SHA1: "sha1", SHA224: "sha224", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512" } as const;

  describe.each(Object.entries(nodeNames))("OAEP with %s", (name, oaepHash) => {
    const hash = name as HashName;
    const longest = k - 2 * hashBytes(hash) - 2;
    const oaepLabel = Buffer.from("a label");
    const params: OaepParams = { hash, mgf: hash, label: oaepLabel };

    test("opens what Node seals, and Node opens what it seals, from empty to the longest message", () => {
      for (const length of [0, 1, 32, longest]) {
        const message = rng(longest).subarray(0, length);
        const padding = constants.RSA_PKCS1_OAEP_PADDING;
        const theirs = publicEncrypt({ key: key.publicKey, padding, oaepHash, oaepLabel }, message);
        expect(privateKey.oaepDecrypt(params, Uint8Array.from(theirs), rng)).toEqual(message);
        const ours = publicKey.oaepEncrypt(params, message, rng);
        const opened = privateDecrypt({ key: key.privateKey, padding, oaepHash, oaepLabel }, ours);
        expect(Uint8Array.from(opened)).toEqual(message);
      }
    });

    test("refuses a message one byte too long", () => {
      expect(() => publicKey.oaepEncrypt(params, new Uint8Array(longest + 1), rng)).toThrow(RangeError);
    });

    test("opens under a mask of another hash, and under no other", () => {
      for (const mgf of ["SHA1", "SHA384", "SHA3_256"] as const) {
        const mixed: OaepParams = { hash, mgf, label: none };
        const sealed = publicKey.oaepEncrypt(mixed, rng(9), rng);
        expect(privateKey.oaepDecrypt(mixed, sealed, rng)?.length).toBe(9);
        expect(privateKey.oaepDecrypt({ ...mixed, mgf: "SHA3_512" }, sealed, rng)).toBeUndefined();
      }
    });
  });

  test.each([
    ["rsa_oaep_2048_sha1_mgf1sha1_test.json", "SHA1", "SHA1", 36],
    ["rsa_oaep_2048_sha256_mgf1sha256_test.json", "SHA256", "SHA256", 37],
    ["rsa_oaep_2048_sha256_mgf1sha1_test.json", "SHA256", "SHA1", 31],
  ] as const)(
    "Wycheproof %s: every message is that of the file, and bad ones give none",
    (name, hash, mgf, expected) => {
      interface Group {
        privateKeyPkcs8: string;
      }
      const file = wycheproof<Group, { msg: string; ct: string; label: string }>(name);
      for (const group of file.groups) {
        const inNode = createPrivateKey({ format: "der", type: "pkcs8", key: Buffer.from(hex(group.privateKeyPkcs8)) });
        const vectorKey = rsaPrivate(componentsFromJwk(inNode.export({ format: "jwk" })))!;
        for (const { tcId, comment, msg, ct, label, result } of group.tests) {
          const message = vectorKey.oaepDecrypt({ hash, mgf, label: hex(label) }, hex(ct), rng);
          expect(message, `${tcId} ${comment}`).toEqual(result === "valid" ? hex(msg) : undefined);
        }
      }
      expect(file.count).toBe(expected);
    },
  );

  test("every damage to the encoded message has the one outcome", () => {
    const params: OaepParams = { hash: "SHA256", mgf: "SHA256", label: none };
    const encoded = oaepEncode(params, rng(20), k, rng);
    const intact = publicOperation(numbers, encoded)!;
    expect(privateKey.oaepDecrypt(params, intact, rng)?.length).toBe(20);
    // The leading byte, the masked seed, and the masked label hash, zeros, separator and message.
    for (const at of [0, 1, 32, 33, 64, 65, 100, k - 22, k - 1]) {
      const damaged = Uint8Array.from(encoded);
      damaged[at] ^= 1;
      const outcome = privateKey.oaepDecrypt(params, publicOperation(numbers, damaged)!, rng);
      // A changed message byte is masked data: with an intact seed hash it changes the seed, so all fails.
      expect(outcome, `byte ${at}`).toBeUndefined();
    }
    expect(privateKey.oaepDecrypt({ ...params, label: rng(1) }, intact, rng)).toBeUndefined();
  });

  test("a ciphertext of another length, or of n or more, gives none", () => {
    const params: OaepParams = { hash: "SHA256", mgf: "SHA256", label: none };
    const sealed = publicKey.oaepEncrypt(params, rng(5), rng);
    for (const bad of [
      none,
      sealed.subarray(1),
      Uint8Array.of(0, ...sealed),
      new Uint8Array(k).fill(0xff),
      i2osp(numbers.n, k),
    ]) {
      expect(privateKey.oaepDecrypt(params, bad, rng)).toBeUndefined();
    }
    const wrapped = os2ip(sealed) + numbers.n;
    if (wrapped >> BigInt(8 * k) === 0n) expect(privateKey.oaepDecrypt(params, i2osp(wrapped, k), rng)).toBeUndefined();
  });

  test("two encryptions of one message differ", () => {
    const params: OaepParams = { hash: "SHA256", mgf: "SHA256", label: none };
    expect(publicKey.oaepEncrypt(params, none, rng)).not.toEqual(publicKey.oaepEncrypt(params, none, rng));
  });
});
