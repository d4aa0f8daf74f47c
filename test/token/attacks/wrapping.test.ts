/** Wrapping and unwrapping (Delaune, Kremer and Steel, CSF 2008; Bortolozzo et al., CCS 2010; Dax et al., CSF 2019). */

import { constants, publicEncrypt } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { KeyTemplate } from "../../../src/objects/template.ts";
import { createHsm } from "../../../src/token/hsm.ts";
import { expectCkr } from "../../support/ckr.ts";
import { aes, BOUND, E65537, K, MODULUS, s, withFreshToken, wrapKey } from "./support.ts";

withFreshToken();

describe("A4: re-import with other attributes", () => {
  test.each<[string, string, KeyTemplate]>([
    ["A4", "not sensitive", { SENSITIVE: false }],
    ["A4s", "as a wrapping key", { WRAP: true }],
    ["A4s", "as a decryption key with another usage", { DECRYPT: true, ENCRYPT: false }],
    ["A4t", "as a generic secret to sign with", { CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", SIGN: true }],
    ["A4", "with other mechanisms", { ALLOWED_MECHANISMS: ["AES_GCM"] }],
    ["A4", "with another label", { LABEL: "other" }],
  ])("%s: an unwrap %s is refused", (_row, _how, template) => {
    const w = wrapKey();
    const blob = s.wrapKey(BOUND, w, K);
    expectCkr(() => s.unwrapKey(BOUND, w, blob, template), "TEMPLATE_INCONSISTENT");
  });

  test("A4: an unwrap gives the key back with its attributes, and a template may repeat them", () => {
    const w = wrapKey();
    const named = aes({ usage: "sign", EXTRACTABLE: true, label: "n", id: Uint8Array.of(1), KEY_TYPE: "AES" });
    const names = [
      "CLASS",
      "KEY_TYPE",
      "SIGN",
      "VERIFY",
      "SENSITIVE",
      "EXTRACTABLE",
      "LABEL",
      "ID",
      "LOCAL",
      "ALWAYS_SENSITIVE",
      "NEVER_EXTRACTABLE",
      "KEY_GEN_MECHANISM",
      "VALUE_LEN",
    ] as const;
    const back = s.unwrapKey(BOUND, w, s.wrapKey(BOUND, w, named), { SENSITIVE: true, LABEL: "n", TOKEN: true });
    expect(s.getAttributes(back, names)).toEqual(s.getAttributes(named, names));
    expect(s.getAttributes(back, ["TOKEN"])).toEqual({ TOKEN: true });
    const mac = s.sign({ mechanism: "AES_CMAC" }, named, new Uint8Array(5));
    expect(s.verify({ mechanism: "AES_CMAC" }, back, new Uint8Array(5), mac)).toBe(true);
  });

  test("A4: a blob does not open under another wrapping key, nor with a flipped bit, nor cut short", () => {
    const w = wrapKey();
    const blob = s.wrapKey(BOUND, w, K);
    expectCkr(() => s.unwrapKey(BOUND, wrapKey(), blob), "WRAPPED_KEY_INVALID");
    for (let i = 0; i < blob.length; i += 3) {
      const bad = Uint8Array.from(blob);
      bad[i] = (bad[i] as number) ^ 1;
      expectCkr(() => s.unwrapKey(BOUND, w, bad), "WRAPPED_KEY_INVALID");
    }
    expectCkr(() => s.unwrapKey(BOUND, w, blob.subarray(0, -1)), "WRAPPED_KEY_INVALID");
    expectCkr(() => s.unwrapKey(BOUND, w, new Uint8Array(0)), "WRAPPED_KEY_INVALID");
  });
});

describe("A5, A6: RSA as a way in and out", () => {
  test("A5: a key of the host's choosing does not become a wrapping key", () => {
    const { publicKey, privateKey } = s.generateKeyPair(
      { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 },
      { WRAP: true },
      { UNWRAP: true },
    );
    const { MODULUS: n } = s.getAttributes(publicKey, ["MODULUS"]);
    const key = { key: { kty: "RSA", n: Buffer.from(n).toString("base64url"), e: "AQAB" }, format: "jwk" as const };
    const trojan = publicEncrypt({ ...key, padding: constants.RSA_PKCS1_PADDING } as never, Buffer.alloc(32, 7));
    const template = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", WRAP: true } as const;
    expectCkr(
      () => s.unwrapKey({ mechanism: "RSA_PKCS" }, privateKey, trojan, template),
      "MECHANISM_INVALID",
      "TEMPLATE_INCONSISTENT",
    );
    expectCkr(
      () => s.unwrapKey({ mechanism: "RSA_PKCS_OAEP", hash: "SHA1" }, privateKey, trojan, template),
      "MECHANISM_INVALID",
      "TEMPLATE_INCONSISTENT",
    );
  });

  test("A6: an RSA pair has one usage in both halves", () => {
    const pair = (pub: KeyTemplate, priv: KeyTemplate): unknown =>
      s.generateKeyPair({ mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 }, pub, priv);
    expectCkr(() => pair({ WRAP: true }, { UNWRAP: true, DECRYPT: true }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => pair({ WRAP: true }, { DECRYPT: true }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => pair({ ENCRYPT: true, VERIFY: true }, {}), "TEMPLATE_INCONSISTENT");
    expect(s.findObjects({ KEY_TYPE: "RSA" })).toEqual([]);
  });

  test("A11f-h: wrapping keys from outside are refused: RSA, RSA with exponent 1, AES", () => {
    const publicKey = { CLASS: "PUBLIC_KEY", KEY_TYPE: "RSA", MODULUS, PUBLIC_EXPONENT: E65537 } as const;
    expectCkr(
      () => s.createObject({ ...publicKey, PUBLIC_EXPONENT: Uint8Array.of(1), WRAP: true }),
      "TEMPLATE_INCONSISTENT",
    );
    expectCkr(() => s.createObject({ ...publicKey, PUBLIC_EXPONENT: Uint8Array.of(1) }), "ATTRIBUTE_VALUE_INVALID");
    expectCkr(() => s.createObject({ ...publicKey, PUBLIC_EXPONENT: Uint8Array.of(3) }), "ATTRIBUTE_VALUE_INVALID");
    expectCkr(() => s.createObject({ ...publicKey, WRAP: true }), "TEMPLATE_INCONSISTENT");
    expectCkr(
      () => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: new Uint8Array(32), WRAP: true }),
      "TEMPLATE_INCONSISTENT",
    );
    expectCkr(
      () => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: new Uint8Array(32), UNWRAP: true }),
      "TEMPLATE_INCONSISTENT",
    );
  });
});

describe("A11: weak keys and weak wrapping", () => {
  test("A11: the wrapping key is the stronger one and never wraps itself or its copy", () => {
    expectCkr(() => s.wrapKey(BOUND, aes({ usage: "wrap" }, 16), K), "WRAPPING_KEY_SIZE_RANGE");
    const w = aes({ usage: "wrap", EXTRACTABLE: true });
    expectCkr(() => s.wrapKey(BOUND, w, w), "KEY_NOT_WRAPPABLE");
    expectCkr(() => s.wrapKey(BOUND, w, s.copyObject(w)), "KEY_NOT_WRAPPABLE");
  });

  test("A11: a wrapping key cannot be read: neither generated, nor certified by the SO, nor copied", () => {
    const readable = { SENSITIVE: false, EXTRACTABLE: true, usage: "wrap" } as const;
    expectCkr(() => aes(readable), "TEMPLATE_INCONSISTENT");
    expectCkr(() => aes({ ...readable, usage: undefined, UNWRAP: true } as never), "TEMPLATE_INCONSISTENT");
    expectCkr(() => s.copyObject(wrapKey(), { SENSITIVE: false }), "ATTRIBUTE_READ_ONLY");
    const so = createHsm({ pin: "user-pin", soPin: "so-pin-1", pinCost: 2 }).openSession({ readWrite: true });
    so.login("so", "so-pin-1");
    const certified = {
      CLASS: "SECRET_KEY",
      KEY_TYPE: "AES",
      VALUE: new Uint8Array(32),
      PRIVATE: false,
      TRUSTED: true,
    };
    expectCkr(() => so.createObject({ ...certified, ...readable } as KeyTemplate), "TEMPLATE_INCONSISTENT");
    expectCkr(() => so.createObject({ ...certified, usage: "wrap" } as KeyTemplate), "OK");
  });

  test("A11: a wrapping key that comes back from its own backup opens what it wrapped", () => {
    const [outer, inner] = [wrapKey(), aes({ usage: "wrap", EXTRACTABLE: true })];
    const [backup, blob] = [s.wrapKey(BOUND, outer, inner), s.wrapKey(BOUND, inner, K)];
    s.destroyObject(inner);
    const restored = s.unwrapKey(BOUND, outer, backup);
    expect(s.getAttributes(s.unwrapKey(BOUND, restored, blob), ["ENCRYPT", "WRAP"])).toEqual({
      ENCRYPT: true,
      WRAP: false,
    });
  });

  test.each(["AES_ECB", "AES_CBC", "AES_GCM", "AES_KEY_WRAP", "AES_KEY_WRAP_KWP", "AES_CBC_PAD"])(
    "A11c: %s does not wrap",
    (mechanism) => {
      expectCkr(
        () => s.wrapKey({ mechanism, iv: new Uint8Array(16) } as never, wrapKey(), K),
        "MECHANISM_INVALID",
        "MECHANISM_PARAM_INVALID",
      );
    },
  );

  test("A11d: RSA keys too small or with a small exponent are not made", () => {
    const generate = (choice: object): unknown =>
      s.generateKeyPair({ mechanism: "RSA_PKCS_KEY_PAIR_GEN", ...choice } as never, {});
    expectCkr(
      () => generate({ modulusBits: 512 }),
      "KEY_SIZE_RANGE",
      "MECHANISM_PARAM_INVALID",
      "ATTRIBUTE_VALUE_INVALID",
    );
    expectCkr(
      () => generate({ modulusBits: 1024 }),
      "KEY_SIZE_RANGE",
      "MECHANISM_PARAM_INVALID",
      "ATTRIBUTE_VALUE_INVALID",
    );
    expectCkr(
      () => generate({ modulusBits: 2048, publicExponent: Uint8Array.of(3) }),
      "MECHANISM_PARAM_INVALID",
      "ATTRIBUTE_VALUE_INVALID",
    );
  });
});
