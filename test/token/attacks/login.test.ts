/** A16: logins, PINs and what they guard. */

import { describe, expect, test } from "vitest";
import { createHsm, type Hsm } from "../../../src/token/hsm.ts";
import type { Session } from "../../../src/token/session.ts";
import { expectCkr } from "../../support/ckr.ts";

const PINS = { pin: "user-pin", soPin: "so-pin-1", pinCost: 2 } as const;
const open = (options: object = {}): { readonly hsm: Hsm; readonly s: Session } => {
  const hsm = createHsm({ ...PINS, maxPinTries: 3, slots: 2, ...options });
  return { hsm, s: hsm.openSession({ readWrite: true }) };
};
const AES = { VALUE_LEN: 32, usage: "encrypt" } as const;

test("A16: one user at a time, no token object in a read-only session, and nothing private without the user", () => {
  const { hsm, s } = open();
  expectCkr(() => s.generateKey("AES_KEY_GEN", AES), "USER_NOT_LOGGED_IN");
  expectCkr(() => s.createObject({ CLASS: "DATA", PRIVATE: true }), "USER_NOT_LOGGED_IN");
  s.login("user", PINS.pin);
  expectCkr(() => s.login("so", PINS.soPin), "USER_ANOTHER_ALREADY_LOGGED_IN");
  expectCkr(() => hsm.openSession().createObject({ CLASS: "DATA", TOKEN: true }), "SESSION_READ_ONLY");
  const key = s.generateKey("AES_KEY_GEN", { ...AES, token: true });
  s.encryptInit("AES_GCM", key);
  s.logout();
  expectCkr(() => s.encryptUpdate(new Uint8Array(1)), "OPERATION_NOT_INITIALIZED");
  expectCkr(() => s.getAttributes(key, ["LABEL"]), "OBJECT_HANDLE_INVALID");
  expectCkr(() => s.encrypt("AES_GCM", key, new Uint8Array(1)), "KEY_HANDLE_INVALID");
  expect(s.findObjects({ CLASS: "SECRET_KEY" })).toEqual([]);
  s.login("user", PINS.pin);
  expectCkr(() => s.encrypt("AES_GCM", key, new Uint8Array(1)), "KEY_HANDLE_INVALID");
});

describe("A16f: wrong PINs", () => {
  const guess = (s: Session, ...tries: readonly ("PIN_INCORRECT" | "PIN_LOCKED")[]): void => {
    for (const code of tries) expectCkr(() => s.login("user", "wrong-pin"), code);
  };

  test("lock the user, and the right one no longer helps", () => {
    const { s } = open();
    guess(s, "PIN_INCORRECT", "PIN_INCORRECT", "PIN_LOCKED");
    expectCkr(() => s.login("user", PINS.pin), "PIN_LOCKED");
  });

  const between: Readonly<Record<string, (hsm: Hsm, s: Session) => void>> = {
    "C_Finalize and C_Initialize": (hsm) => hsm.initialize(),
    "the end of all sessions": (hsm, s) => hsm.closeAllSessions(s.info().slot),
    "PINs that cannot be one": (_hsm, s) => expectCkr(() => s.login("user", ""), "PIN_LOCKED"),
    "C_SetPIN with a wrong PIN": (_hsm, s) => expectCkr(() => s.setPin("wrong-pin", "new-pin"), "PIN_LOCKED"),
    "taking the token out and putting it back"(hsm, s) {
      const { slot } = s.info();
      hsm.removeToken(slot);
      hsm.insertToken(slot);
    },
    "a login of the SO"(_hsm, s) {
      s.login("so", PINS.soPin);
      s.logout();
    },
  };
  test.each(Object.entries(between))("are not forgotten over %s", (_what, change) => {
    const { hsm, s } = open();
    guess(s, "PIN_INCORRECT", "PIN_INCORRECT");
    change(hsm, s);
    const after = hsm.openSession({ readWrite: true });
    if (!after.tokenInfo().userPinLocked) guess(after, "PIN_LOCKED");
    expectCkr(() => after.login("user", PINS.pin), "PIN_LOCKED");
  });

  test("of the SO lock the SO, and neither token nor PIN can be made anew then", () => {
    const { hsm, s } = open();
    const { slot } = s.info();
    s.close();
    for (const code of ["PIN_INCORRECT", "PIN_INCORRECT", "PIN_LOCKED"] as const)
      expectCkr(() => hsm.initToken(slot, "wrong-pin", "mine"), code);
    expectCkr(() => hsm.initToken(slot, PINS.soPin, "mine"), "PIN_LOCKED");
    const again = hsm.openSession({ readWrite: true });
    expectCkr(() => again.login("so", PINS.soPin), "PIN_LOCKED");
    expectCkr(() => again.initPin("new-pin"), "USER_NOT_LOGGED_IN");
    again.login("user", PINS.pin);
  });
});

describe("A16g: what takes its time while the world changes", () => {
  test.each<[string, (hsm: Hsm, s: Session) => unknown, string]>([
    ["the user logs out", (_hsm, s) => s.logout(), "USER_NOT_LOGGED_IN"],
    ["the session is closed", (_hsm, s) => s.close(), "SESSION_HANDLE_INVALID"],
    ["the token is taken out", (hsm, s) => hsm.removeToken(s.info().slot), "DEVICE_REMOVED"],
    ["the HSM is initialised", (hsm) => hsm.initialize(), "SESSION_HANDLE_INVALID"],
  ])("a pair is generated and %s: no key comes of it", async (_what, change, ckr) => {
    const { hsm, s } = open();
    s.login("user", PINS.pin);
    const { slot } = s.info();
    const pair = s.generateKeyPairAsync(
      { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 },
      { usage: "sign", token: true },
      { usage: "sign", token: true },
    );
    change(hsm, s);
    await expect(pair).rejects.toMatchObject({ ckr });
    if (!hsm.slotInfo(slot).tokenPresent) hsm.insertToken(slot);
    const after = hsm.openSession({ readWrite: true });
    if (after.info().state === "RW_PUBLIC_SESSION") after.login("user", PINS.pin);
    expect(after.findObjects({ KEY_TYPE: "RSA" })).toEqual([]);
  });
});
