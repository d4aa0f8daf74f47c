import { expect, test } from "vitest";
import { aesKey } from "../../src/crypto/aes.ts";
import { hmacKey } from "../../src/crypto/hmac.ts";
import { counterKdfAround } from "../../src/crypto/kdf.ts";
import { createHsm } from "../../src/token/hsm.ts";
import { ckrOf } from "../support/ckr.ts";

const session = createHsm().openSession({ readWrite: true });
const value = Uint8Array.from({ length: 32 }, (_, i) => i);
const readable = { sensitive: false, extractable: true } as const;
const keyOf = (KEY_TYPE: "AES" | "GENERIC_SECRET") =>
  session.createObject({ CLASS: "SECRET_KEY", KEY_TYPE, VALUE: value, usage: "derive", ...readable });

function derive(key: ReturnType<typeof keyOf>, more: object, length: number): Uint8Array {
  const mechanism = { mechanism: "SP800_108_COUNTER_KDF", ...more } as const;
  const derived = session.deriveKey(mechanism, key, { VALUE_LEN: length, usage: "sign", ...readable });
  return session.getAttributes(derived, ["VALUE"]).VALUE;
}

const before = Uint8Array.of(1, 2, 3);
const after = Uint8Array.of(4, 5);

test.each([8, 16, 24, 32] as const)(
  "A counter of %i bits stands between two parts of the fixed input",
  (counterBits) => {
    const found = derive(keyOf("GENERIC_SECRET"), { dataBefore: before, fixedInput: after, counterBits }, 80);
    expect(found).toEqual(counterKdfAround(hmacKey("SHA256", value), before, counterBits, after, 80));
  },
);

test("AES-CMAC is a PRF for AES keys and no others", () => {
  const aes = aesKey(value);
  const prf = {
    macBytes: 16,
    mac(data: Uint8Array): Uint8Array {
      const state = aes.cmac();
      state.update(data);
      return state.digest();
    },
  };
  const found = derive(keyOf("AES"), { prf: "AES_CMAC", fixedInput: after }, 40);
  expect(found).toEqual(counterKdfAround(prf, new Uint8Array(0), 32, after, 40));
  expect(ckrOf(() => derive(keyOf("GENERIC_SECRET"), { prf: "AES_CMAC", fixedInput: after }, 40))).toBe(
    "KEY_TYPE_INCONSISTENT",
  );
});

test("A counter of 8 bits counts 255 blocks and no more", () => {
  const key = keyOf("AES");
  const params = { prf: "AES_CMAC", fixedInput: after, counterBits: 8 };
  expect(derive(key, params, 255 * 16)).toHaveLength(255 * 16);
  expect(ckrOf(() => derive(key, params, 255 * 16 + 1))).toBe("KEY_SIZE_RANGE");
});

test("The form of the fixed input is one of two", () => {
  const key = keyOf("AES");
  expect(ckrOf(() => derive(key, { counterBits: 8 }, 16))).toBe("MECHANISM_PARAM_INVALID");
  expect(ckrOf(() => derive(key, { dataBefore: before, label: after }, 16))).toBe("MECHANISM_PARAM_INVALID");
  expect(ckrOf(() => derive(key, { fixedInput: after, counterBits: 12 }, 16))).toBe("MECHANISM_PARAM_INVALID");
});
