import { createCipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createHsm, type MechanismChoice, type Session } from "../../src/index.ts";
import { nodeEngine } from "../../src/node.ts";
import { ckrOf } from "../support/ckr.ts";

const value = Uint8Array.from({ length: 32 }, (_, i) => i);
const iv = Uint8Array.from({ length: 16 }, (_, i) => 255 - i);
const data = Uint8Array.from({ length: 64 }, (_, i) => i % 16);

function byNode(mode: "ecb" | "cbc"): Buffer {
  const cipher = createCipheriv(`aes-256-${mode}`, value, mode === "ecb" ? null : iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(data), cipher.final()]);
}

describe.each([
  ["the pure engine", {}],
  ["Node's engine", { engine: nodeEngine }],
])("on %s", (_name, options) => {
  const session = createHsm({ ...options, policy: "pkcs11" }).openSession({ readWrite: true });
  const usages = { ENCRYPT: true, DECRYPT: true, WRAP: true, UNWRAP: true, DERIVE: true };
  const open = { SENSITIVE: false, EXTRACTABLE: true };
  const key = session.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: value, ...usages, ...open });

  test.each<["ecb" | "cbc", MechanismChoice]>([
    ["ecb", "AES_ECB"],
    ["cbc", { mechanism: "AES_CBC", iv }],
  ])("AES in %s gives what Node gives, whole and in parts of any length", (mode, mechanism) => {
    const sealed = byNode(mode);
    expect(Buffer.from(session.encrypt(mechanism, key, data))).toEqual(sealed);
    expect(session.decrypt(mechanism, key, sealed)).toEqual(data);
    session.encryptInit(mechanism, key);
    const there = [0, 7, 16, 33, 64].map((end, i, ends) => session.encryptUpdate(data.slice(ends[i - 1] ?? 0, end)));
    expect(Buffer.concat([...there, session.encryptFinal()])).toEqual(sealed);
    session.decryptInit(mechanism, key);
    const back = [1, 15, 40, 64].map((end, i, ends) => session.decryptUpdate(sealed.subarray(ends[i - 1] ?? 0, end)));
    expect(Uint8Array.from(Buffer.concat([...back, session.decryptFinal()]))).toEqual(data);
    expect(session.decrypt(mechanism, key, session.encrypt(mechanism, key, new Uint8Array(0)))).toHaveLength(0);
  });

  test("anything but whole blocks is refused", () => {
    const inParts = (s: Session): void => {
      s.encryptInit({ mechanism: "AES_CBC", iv }, key);
      s.encryptUpdate(data.slice(0, 17));
      s.encryptFinal();
    };
    for (const mechanism of ["AES_ECB", { mechanism: "AES_CBC", iv }] satisfies MechanismChoice[]) {
      expect(ckrOf(() => session.encrypt(mechanism, key, data.slice(1)))).toBe("DATA_LEN_RANGE");
      expect(ckrOf(() => session.decrypt(mechanism, key, data.slice(1)))).toBe("ENCRYPTED_DATA_LEN_RANGE");
    }
    expect(ckrOf(() => inParts(session))).toBe("DATA_LEN_RANGE");
  });

  test("AES_CBC wraps keys of whole blocks, which the strict policy does not let it", () => {
    const target = session.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: value, ...open });
    const wrapped = session.wrapKey({ mechanism: "AES_CBC", iv }, key, target);
    const template = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", ...open } as const;
    const back = session.unwrapKey({ mechanism: "AES_CBC", iv }, key, wrapped, template);
    expect(session.getAttributes(back, ["VALUE"]).VALUE).toEqual(value);
    const strict = createHsm().openSession({ readWrite: true });
    const wrapping = strict.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "wrap" });
    const secret = strict.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt", extractable: true });
    expect(ckrOf(() => strict.wrapKey({ mechanism: "AES_CBC", iv }, wrapping, secret))).toBe("MECHANISM_INVALID");
  });

  test("AES_CBC_ENCRYPT_DATA derives the beginning of the encrypted data", () => {
    const choice = { mechanism: "AES_CBC_ENCRYPT_DATA", iv, data } as const;
    const derived = session.deriveKey(choice, key, { KEY_TYPE: "AES", VALUE_LEN: 24, ...open });
    expect(session.getAttributes(derived, ["VALUE"]).VALUE).toEqual(Uint8Array.from(byNode("cbc").subarray(0, 24)));
    expect(ckrOf(() => session.deriveKey(choice, key, { VALUE_LEN: 65 }))).toBe("KEY_SIZE_RANGE");
    const uneven = { mechanism: "AES_CBC_ENCRYPT_DATA", iv, data: data.slice(1) } as const;
    expect(ckrOf(() => session.deriveKey(uneven, key, {}))).toBe("MECHANISM_PARAM_INVALID");
  });
});
