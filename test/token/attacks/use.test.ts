/** The use of keys: permissions, short tags, malformed signatures. */

import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { expectCkr } from "../../support/ckr.ts";
import { aes, BOUND, K, s, withFreshToken } from "./support.ts";

withFreshToken();

describe("A14, A15: use", () => {
  test("A14: no operation without its usage", () => {
    const key = aes({});
    const gcm = { mechanism: "AES_GCM" } as const;
    expectCkr(() => s.encrypt(gcm, key, new Uint8Array(1)), "KEY_FUNCTION_NOT_PERMITTED");
    expectCkr(() => s.decrypt(gcm, key, new Uint8Array(30)), "KEY_FUNCTION_NOT_PERMITTED");
    expectCkr(() => s.wrapKey(BOUND, key, K), "KEY_FUNCTION_NOT_PERMITTED");
    expectCkr(() => s.unwrapKey(BOUND, key, new Uint8Array(30)), "KEY_FUNCTION_NOT_PERMITTED");
    expectCkr(() => s.sign({ mechanism: "AES_CMAC" }, key, new Uint8Array(1)), "KEY_FUNCTION_NOT_PERMITTED");
    expectCkr(
      () => s.verify({ mechanism: "AES_CMAC" }, key, new Uint8Array(1), new Uint8Array(16)),
      "KEY_FUNCTION_NOT_PERMITTED",
    );
    expectCkr(() => s.deriveKey({ mechanism: "HKDF_DERIVE" } as never, key), "KEY_FUNCTION_NOT_PERMITTED");
  });

  test("A14b: a key works only with the mechanisms it allows, in every operation", () => {
    const key = aes({ usage: "encrypt", ALLOWED_MECHANISMS: ["AES_CTR"] });
    expectCkr(() => s.encrypt({ mechanism: "AES_GCM" }, key, new Uint8Array(1)), "MECHANISM_INVALID");
    expectCkr(() => s.encryptInit({ mechanism: "AES_GCM" }, key), "MECHANISM_INVALID");
    expectCkr(
      () => s.encrypt({ mechanism: "AES_CTR", counter: new Uint8Array(16) } as never, key, new Uint8Array(1)),
      "OK",
    );
    expectCkr(
      () =>
        s.encrypt(
          { mechanism: "AES_CTR", counter: new Uint8Array(16) } as never,
          aes({ usage: "encrypt", ALLOWED_MECHANISMS: [] }),
          new Uint8Array(1),
        ),
      "MECHANISM_INVALID",
    );
  });

  test("A15, A15c: GCM takes tags of 96 to 128 bits and IVs of at least 96 bits", () => {
    for (const tagBytes of [0, 1, 4, 8, 11, 17])
      expectCkr(() => s.encrypt({ mechanism: "AES_GCM", tagBytes }, K, new Uint8Array(1)), "MECHANISM_PARAM_INVALID");
    for (const bytes of [0, 1, 8, 11])
      expectCkr(
        () => s.encrypt({ mechanism: "AES_GCM", iv: new Uint8Array(bytes) }, K, new Uint8Array(1)),
        "MECHANISM_PARAM_INVALID",
      );
  });

  test("A15g: a MAC of the wrong length ends the operation", () => {
    const key = s.generateKey({ mechanism: "GENERIC_SECRET_KEY_GEN" }, { VALUE_LEN: 32, usage: "sign" });
    for (const bytes of [0, 1, 31, 33]) {
      s.verifyInit({ mechanism: "SHA256_HMAC" }, key);
      s.verifyUpdate(new Uint8Array(3));
      expectCkr(() => s.verifyFinal(new Uint8Array(bytes)), "SIGNATURE_LEN_RANGE");
      expectCkr(() => s.verifyFinal(new Uint8Array(32)), "OPERATION_NOT_INITIALIZED");
      expectCkr(
        () => s.verify({ mechanism: "SHA256_HMAC" }, key, new Uint8Array(3), new Uint8Array(bytes)),
        "SIGNATURE_LEN_RANGE",
      );
    }
    expectCkr(
      () => s.verify({ mechanism: "SHA256_HMAC" }, key, new Uint8Array(3), new Uint8Array(32)),
      "SIGNATURE_INVALID",
    );
  });

  test("A15h: keys of absurd sizes are not imported", () => {
    for (const bytes of [0, 1, 15, 33])
      expectCkr(
        () => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: new Uint8Array(bytes) }),
        "ATTRIBUTE_VALUE_INVALID",
      );
    for (const bytes of [0, 1, 13])
      expectCkr(
        () =>
          s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE: new Uint8Array(bytes), SIGN: true }),
        "ATTRIBUTE_VALUE_INVALID",
      );
    const value = new Uint8Array(20).fill(1);
    const key = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE: value, SIGN: true });
    expect(Buffer.from(s.sign({ mechanism: "SHA256_HMAC" }, key, new Uint8Array(1)))).toEqual(
      createHmac("sha256", value).update(new Uint8Array(1)).digest(),
    );
  });

  test("A15i: ECDSA signatures out of range or of the wrong length", () => {
    const { publicKey, privateKey } = s.generateKeyPair(
      { mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" },
      { usage: "sign" },
    );
    const ecdsa = { mechanism: "ECDSA_SHA256" } as const;
    const message = new Uint8Array(3);
    const good = s.sign(ecdsa, privateKey, message);
    const n = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
    const zero = new Uint8Array(32);
    const one = Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 1 : 0));
    for (const [r, t] of [
      [zero, zero],
      [n, n],
      [one, zero],
      [zero, one],
    ] as const)
      expectCkr(() => s.verify(ecdsa, publicKey, message, Buffer.concat([r, t])), "SIGNATURE_INVALID");
    for (const length of [63, 65])
      expectCkr(() => s.verify(ecdsa, publicKey, message, new Uint8Array(length)), "SIGNATURE_LEN_RANGE");
    const malleated = (BigInt(`0x${n.toString("hex")}`) - BigInt(`0x${Buffer.from(good.subarray(32)).toString("hex")}`))
      .toString(16)
      .padStart(64, "0");
    expect(
      s.verify(ecdsa, publicKey, message, Buffer.concat([good.subarray(0, 32), Buffer.from(malleated, "hex")])),
    ).toBe(true);
  });

  test("A15j: a key of the wrong type is named, whatever the mechanism", () => {
    expectCkr(
      () => s.sign({ mechanism: "SHA256_HMAC" }, aes({ usage: "sign" }), new Uint8Array(1)),
      "KEY_TYPE_INCONSISTENT",
      "OK",
    );
    expectCkr(
      () => s.sign({ mechanism: "ECDSA_SHA256" }, aes({ usage: "sign" }), new Uint8Array(1)),
      "KEY_TYPE_INCONSISTENT",
    );
    expectCkr(() => s.encrypt({ mechanism: "RSA_PKCS" }, K, new Uint8Array(1)), "KEY_TYPE_INCONSISTENT");
  });
});
