/**
 * Oracles: one code and one text for all that depends on secret data (Bleichenbacher, CRYPTO 1998; Manger, CRYPTO 2001;
 * Vaudenay, EUROCRYPT 2002; Bardou et al., CRYPTO 2012).
 */

import { describe, expect, test } from "vitest";
import { ckrOf, expectCkr } from "../../support/ckr.ts";
import { K, s, withFreshToken, wrapKey } from "./support.ts";

withFreshToken();

describe("A7: padding oracles", () => {
  test("A7: RSA PKCS #1 v1.5 decryption answers every ciphertext of the right size and range alike", () => {
    const { publicKey, privateKey } = s.generateKeyPair(
      { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 },
      { usage: "encrypt" },
    );
    const good = s.encrypt({ mechanism: "RSA_PKCS" }, publicKey, new Uint8Array(16));
    expect([...s.decrypt({ mechanism: "RSA_PKCS" }, privateKey, good)]).toEqual([...new Uint8Array(16)]);
    const outcomes = new Set<string>();
    for (let i = 1; i < 12; i++) {
      const bad = Uint8Array.from(good);
      bad[bad.length - i] = (bad[bad.length - i] as number) ^ 1;
      outcomes.add(ckrOf(() => s.decrypt({ mechanism: "RSA_PKCS" }, privateKey, bad)));
    }
    expect([...outcomes]).toEqual(["OK"]);
  });

  test("A7b: OAEP has one failure", () => {
    const { publicKey, privateKey } = s.generateKeyPair(
      { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 },
      { usage: "encrypt" },
    );
    const oaep = { mechanism: "RSA_PKCS_OAEP", hash: "SHA256" } as const;
    const good = s.encrypt(oaep, publicKey, new Uint8Array(16));
    const variants = [
      Uint8Array.from(good, (x, i) => (i === 200 ? x ^ 1 : x)),
      new Uint8Array(256),
      new Uint8Array(256).fill(255),
      Uint8Array.from(good, (x, i) => (i === 0 ? x ^ 0x80 : x)),
    ];
    for (const bad of variants) expectCkr(() => s.decrypt(oaep, privateKey, bad), "ENCRYPTED_DATA_INVALID");
  });

  test("A8, A8b: CBC padding unwraps nothing; its decryption has one failure, inherent to the mechanism and documented", () => {
    const cbc = { mechanism: "AES_CBC_PAD", iv: new Uint8Array(16) } as const;
    const encrypted = s.encrypt(cbc, K, new Uint8Array(20));
    const outcomes = new Set<string>();
    for (let i = 0; i < 256; i++)
      outcomes.add(
        ckrOf(() =>
          s.decrypt(
            cbc,
            K,
            Uint8Array.from(encrypted, (x, at) => (at === 15 ? x ^ i : x)),
          ),
        ),
      );
    expect([...outcomes].sort()).toEqual(["ENCRYPTED_DATA_INVALID", "OK"]);
    expectCkr(
      () => s.unwrapKey(cbc as never, wrapKey(), encrypted, { CLASS: "SECRET_KEY", KEY_TYPE: "AES" }),
      "MECHANISM_INVALID",
    );
  });
});
