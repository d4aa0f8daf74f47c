import { beforeEach, describe, expect, test, vi } from "vitest";
import { TokenObject } from "../../src/objects/object.ts";
import { createHsm, type Hsm } from "../../src/token/hsm.ts";
import { expectCkr } from "../support/ckr.ts";

const PIN = "user-1234";
const SO_PIN = "officer-1234";
const VALUE = new Uint8Array(32).fill(9);
const KEY = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE } as const;

/** scrypt is slow on purpose; what is tried here is what stands around it. */
const cheap = { pinCost: 2 } as const;

let hsm: Hsm;
beforeEach(() => {
  hsm = createHsm({ ...cheap, pin: PIN, soPin: SO_PIN, slots: 2 });
});

describe("login", () => {
  test("private objects need the user; public ones do not", () => {
    const s = hsm.openSession({ readWrite: true });
    expectCkr(() => s.createObject(KEY), "USER_NOT_LOGGED_IN");
    expectCkr(() => s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32 }), "USER_NOT_LOGGED_IN");
    const open = s.createObject({ ...KEY, PRIVATE: false });
    expect(s.findObjects()).toEqual([open]);
    s.login("user", PIN);
    const hidden = s.createObject(KEY);
    expect(s.findObjects()).toEqual([open, hidden]);
    expect(s.info().state).toBe("RW_USER_FUNCTIONS");
  });

  test("at logout private session objects end and handles of private token objects are taken back", () => {
    const s = hsm.openSession({ readWrite: true });
    s.login("user", PIN);
    const sessionKey = s.createObject(KEY);
    const tokenKey = s.createObject({ ...KEY, token: true, label: "kept", usage: "encrypt" });
    s.encryptInit({ mechanism: "AES_GCM" }, tokenKey);
    s.logout();
    expectCkr(() => s.encryptUpdate(new Uint8Array(1)), "OPERATION_NOT_INITIALIZED");
    expectCkr(() => s.getAttributes(sessionKey, ["LABEL"]), "OBJECT_HANDLE_INVALID");
    expectCkr(() => s.getAttributes(tokenKey, ["LABEL"]), "OBJECT_HANDLE_INVALID");
    expect(s.findObjects()).toEqual([]);
    s.login("user", PIN);
    expectCkr(() => s.getAttributes(tokenKey, ["LABEL"]), "OBJECT_HANDLE_INVALID");
    const [again, ...others] = s.findObjects({ label: "kept" });
    expect(others).toEqual([]);
    expect(again).toBeGreaterThan(tokenKey);
    expect(s.findObjects()).toEqual([again]);
  });

  test("the login belongs to all sessions with the token and ends with the last of them", () => {
    const a = hsm.openSession();
    const b = hsm.openSession({ readWrite: true });
    a.login("user", PIN);
    expect(b.info().state).toBe("RW_USER_FUNCTIONS");
    expectCkr(() => b.login("user", PIN), "USER_ALREADY_LOGGED_IN");
    expectCkr(() => b.login("so", SO_PIN), "USER_ANOTHER_ALREADY_LOGGED_IN");
    a.close();
    b.close();
    expectCkr(() => a.info(), "SESSION_HANDLE_INVALID");
    expect(hsm.openSession().info().state).toBe("RO_PUBLIC_SESSION");
  });

  test("the SO needs read-write sessions only, sees no private object, and certifies keys", () => {
    const readOnly = hsm.openSession();
    const s = hsm.openSession({ readWrite: true });
    expectCkr(() => s.login("so", SO_PIN), "SESSION_READ_ONLY_EXISTS");
    readOnly.close();
    s.login("so", SO_PIN);
    expect(s.info().state).toBe("RW_SO_FUNCTIONS");
    expectCkr(() => hsm.openSession(), "SESSION_READ_WRITE_SO_EXISTS");
    expectCkr(() => s.createObject(KEY), "USER_NOT_LOGGED_IN");
    const certified = s.createObject({ ...KEY, PRIVATE: false, TRUSTED: true, usage: "wrap" });
    expect(s.getAttributes(certified, ["TRUSTED", "WRAP"])).toEqual({ TRUSTED: true, WRAP: true });
  });

  test("a read-only session makes no token object and destroys none", () => {
    const rw = hsm.openSession({ readWrite: true });
    const ro = hsm.openSession();
    rw.login("user", PIN);
    expectCkr(() => ro.createObject({ ...KEY, token: true }), "SESSION_READ_ONLY");
    const key = rw.createObject({ ...KEY, token: true });
    expectCkr(() => ro.destroyObject(key), "SESSION_READ_ONLY");
    expectCkr(() => ro.setAttributes(key, { label: "x" }), "SESSION_READ_ONLY");
    expectCkr(() => ro.setPin(PIN, "another"), "SESSION_READ_ONLY");
    ro.createObject(KEY);
  });
});

describe("PINs", () => {
  test("wrong PINs lock the user, and the right one no longer helps", () => {
    const short = createHsm({ ...cheap, pin: PIN, maxPinTries: 3 });
    const s = short.openSession();
    expectCkr(() => s.login("user", "wrong"), "PIN_INCORRECT");
    expect(s.tokenInfo()).toMatchObject({ userPinCountLow: true, userPinFinalTry: false, userPinLocked: false });
    expectCkr(() => s.login("user", "wrong"), "PIN_INCORRECT");
    expect(s.tokenInfo().userPinFinalTry).toBe(true);
    expectCkr(() => s.login("user", "wrong"), "PIN_LOCKED");
    expectCkr(() => s.login("user", PIN), "PIN_LOCKED");
    expect(s.tokenInfo().userPinLocked).toBe(true);
  });

  test("a right PIN starts the count again; what cannot be a PIN counts as a wrong one", () => {
    const short = createHsm({ ...cheap, pin: PIN, maxPinTries: 2 });
    const s = short.openSession();
    expectCkr(() => s.login("user", ""), "PIN_INCORRECT");
    s.login("user", PIN);
    s.logout();
    expectCkr(() => s.login("user", undefined as never), "PIN_INCORRECT");
    expectCkr(() => s.login("user", "x".repeat(10_000)), "PIN_LOCKED");
  });

  test("a locked user is helped by the SO", () => {
    const short = createHsm({ ...cheap, pin: PIN, soPin: SO_PIN, maxPinTries: 1 });
    const s = short.openSession({ readWrite: true });
    expectCkr(() => s.login("user", "wrong"), "PIN_LOCKED");
    s.login("so", SO_PIN);
    s.initPin("fresh-pin");
    s.logout();
    s.login("user", "fresh-pin");
    s.setPin("fresh-pin", "next-pin");
    expectCkr(() => s.setPin("fresh-pin", "other-pin"), "PIN_LOCKED", "PIN_INCORRECT");
  });

  test("a PIN has 4 to 255 bytes, and only the SO sets the first", () => {
    expectCkr(() => createHsm({ pin: "123" }), "PIN_LEN_RANGE");
    expectCkr(() => createHsm({ pin: "x".repeat(256) }), "PIN_LEN_RANGE");
    expectCkr(() => hsm.openSession({ readWrite: true }).initPin("1234"), "USER_NOT_LOGGED_IN");
    expectCkr(() => hsm.openSession().login("admin" as never, PIN), "USER_TYPE_INVALID");
    expectCkr(() => hsm.openSession().logout(), "USER_NOT_LOGGED_IN");
  });

  test("an open token knows no PIN and needs none", () => {
    const s = createHsm().openSession();
    expect(s.tokenInfo()).toMatchObject({ loginRequired: false, initialized: true, userPinInitialized: false });
    s.createObject(KEY);
    expectCkr(() => s.login("user", "1234"), "USER_PIN_NOT_INITIALIZED");
  });
});

describe("what a token tells of its PINs", () => {
  test("wrong PINs of the SO are counted as the user's are, and lock the SO for good", () => {
    const short = createHsm({ ...cheap, pin: PIN, soPin: SO_PIN, maxPinTries: 3 });
    const s = short.openSession({ readWrite: true });
    expect(s.tokenInfo()).toMatchObject({ soPinCountLow: false, soPinFinalTry: false, soPinLocked: false });
    expectCkr(() => s.login("so", "wrong"), "PIN_INCORRECT");
    expect(s.tokenInfo()).toMatchObject({ soPinCountLow: true, soPinFinalTry: false });
    expectCkr(() => s.login("so", "wrong"), "PIN_INCORRECT");
    expect(s.tokenInfo()).toMatchObject({ soPinFinalTry: true, soPinLocked: false });
    expectCkr(() => s.login("so", "wrong"), "PIN_LOCKED");
    expectCkr(() => s.login("so", SO_PIN), "PIN_LOCKED");
    expect(s.tokenInfo()).toMatchObject({ soPinLocked: true, userPinCountLow: false });
    s.close();
    expectCkr(() => short.initToken(short.slotList()[0] as never, SO_PIN, "x"), "PIN_LOCKED");
  });

  test("default PINs are to be changed, until they are", () => {
    const fresh = createHsm({ ...cheap, pin: PIN, soPin: SO_PIN, pinsToBeChanged: true });
    const s = fresh.openSession({ readWrite: true });
    expect(s.tokenInfo()).toMatchObject({ userPinToBeChanged: true, soPinToBeChanged: true });
    s.login("user", PIN);
    expectCkr(() => s.generateKey("AES_KEY_GEN", { VALUE_LEN: 32 }), "PIN_EXPIRED");
    s.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, PRIVATE: false });
    s.setPin(PIN, "my own");
    const key = s.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, TOKEN: true });
    expect(s.tokenInfo()).toMatchObject({ userPinToBeChanged: false, soPinToBeChanged: true });
    s.logout();
    s.login("so", SO_PIN);
    expectCkr(() => s.initPin("other"), "PIN_EXPIRED");
    expectCkr(() => s.getAttributes(key, ["LABEL"]), "OBJECT_HANDLE_INVALID");
    s.setPin(SO_PIN, "its own");
    s.initPin("other");
    expect(s.tokenInfo()).toMatchObject({ userPinToBeChanged: false, soPinToBeChanged: false });
    expect(hsm.openSession().tokenInfo()).toMatchObject({ userPinToBeChanged: false, soPinToBeChanged: false });
  });

  test("sessions are counted by mode", () => {
    const [a] = [hsm.openSession({ readWrite: true }), hsm.openSession(), hsm.openSession()];
    expect(a?.tokenInfo()).toMatchObject({ sessions: 3, readWriteSessions: 1, minPinBytes: 4, maxPinBytes: 255 });
  });

  test("a login by name is one with the empty name", () => {
    const s = hsm.openSession();
    expectCkr(() => s.loginUser("user", PIN, "alice"), "ARGUMENTS_BAD");
    s.loginUser("user", PIN, "");
    expect(s.info().state).toBe("RO_USER_FUNCTIONS");
  });
});

describe("tokens", () => {
  test("a new token is initialised by its SO, who sets the user's PIN", () => {
    const slot = hsm.slots()[1]?.slot as never;
    expectCkr(() => hsm.openSession({ slot }), "TOKEN_NOT_RECOGNIZED");
    hsm.initToken(slot, SO_PIN, "second");
    const s = hsm.openSession({ slot, readWrite: true });
    expectCkr(() => s.login("user", PIN), "USER_PIN_NOT_INITIALIZED");
    s.login("so", SO_PIN);
    s.initPin(PIN);
    s.logout();
    s.login("user", PIN);
    s.createObject({ ...KEY, token: true });
    expect(hsm.slots().map(({ token }) => token.label)).toEqual(["pocket-hsm", "second"]);
  });

  test("initialising a token again takes its SO PIN and no open session, and leaves nothing of it", () => {
    const slot = hsm.slots()[0]?.slot as never;
    const s = hsm.openSession({ readWrite: true });
    s.login("user", PIN);
    s.createObject({ ...KEY, token: true });
    expectCkr(() => hsm.initToken(slot, SO_PIN, "again"), "SESSION_EXISTS");
    hsm.closeAllSessions();
    expectCkr(() => hsm.initToken(slot, "wrong-pin", "again"), "PIN_INCORRECT");
    expect(hsm.slots()[0]?.token.label).toBe("pocket-hsm");
    const wiped = vi.spyOn(TokenObject.prototype, "destroy");
    hsm.initToken(slot, SO_PIN, "again");
    expect(wiped).toHaveBeenCalledTimes(1);
    wiped.mockRestore();
    expect(hsm.slots()[0]?.token).toMatchObject({ label: "again", userPinInitialized: false });
    const t = hsm.openSession({ readWrite: true });
    t.login("so", SO_PIN);
    t.initPin(PIN);
    t.logout();
    t.login("user", PIN);
    expect(t.findObjects()).toEqual([]);
  });

  test("slots and options out of range are refused", () => {
    expectCkr(() => hsm.openSession({ slot: 99 as never }), "SLOT_ID_INVALID");
    expectCkr(() => createHsm({ slots: 0 }), "ARGUMENTS_BAD");
    expectCkr(() => createHsm({ policy: "lax" as never }), "ARGUMENTS_BAD");
    expectCkr(() => createHsm({ maxPinTries: 0 }), "ARGUMENTS_BAD");
  });
});

test("the HSM lists its mechanisms and says what each can do", () => {
  const open = createHsm();
  expect(open.mechanismList()).toContain("AES_GCM");
  expect(open.mechanismInfo("AES_GCM")).toEqual({
    keySize: { min: 16, max: 32, unit: "bytes" },
    flags: ["encrypt", "decrypt", "messageEncrypt", "messageDecrypt", "wrap", "unwrap"],
    curves: [],
  });
  expectCkr(() => open.mechanismInfo("MD5" as never), "MECHANISM_INVALID");
});
