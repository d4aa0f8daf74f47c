/** Tokens that come and go (PKCS #11 v3.2, 5.5), and C_SessionCancel. */

import { beforeEach, describe, expect, test } from "vitest";
import type { SlotId } from "../../src/cryptoki/handles.ts";
import { createHsm, type Hsm } from "../../src/token/hsm.ts";
import { expectCkr } from "../support/ckr.ts";

const PIN = "user-1234";
let hsm: Hsm;
let first: SlotId;
let second: SlotId;

beforeEach(() => {
  hsm = createHsm({ pin: PIN, pinCost: 2, slots: 2 });
  [first, second] = hsm.slotList() as [SlotId, SlotId];
});

describe("a token that is taken out", () => {
  test("ends its sessions, its login and its session objects; token objects come back with it", () => {
    const s = hsm.openSession({ readWrite: true });
    s.login("user", PIN);
    s.generateKey("AES_KEY_GEN", { VALUE_LEN: 16, label: "passing" });
    s.generateKey("AES_KEY_GEN", { VALUE_LEN: 16, label: "lasting", token: true });
    hsm.removeToken(first);
    expectCkr(() => s.info(), "SESSION_HANDLE_INVALID");
    hsm.insertToken(first);
    expectCkr(() => s.info(), "SESSION_HANDLE_INVALID");
    const t = hsm.openSession();
    expect(t.info().state).toBe("RO_PUBLIC_SESSION");
    expect(t.findObjects()).toEqual([]);
    t.login("user", PIN);
    const [key, ...others] = t.findObjects();
    expect(others).toEqual([]);
    expect(t.getAttributes(key as never, ["LABEL"]).LABEL).toBe("lasting");
  });

  test("is not present for any call on its slot", () => {
    hsm.removeToken(first);
    expect(hsm.slotList()).toEqual([first, second]);
    expect(hsm.slotList(true)).toEqual([second]);
    expect(hsm.slots().map(({ slot }) => slot)).toEqual([second]);
    expect(hsm.slotInfo(first)).toMatchObject({ slot: first, tokenPresent: false, removable: true });
    expect(hsm.slotInfo(second).tokenPresent).toBe(true);
    for (const call of [
      () => hsm.openSession(),
      () => hsm.openSession({ slot: first }),
      () => hsm.tokenInfo(first),
      () => hsm.initToken(first, PIN, "x"),
      () => hsm.closeAllSessions(first),
      () => hsm.removeToken(first),
    ])
      expectCkr(call, "TOKEN_NOT_PRESENT");
    expectCkr(() => hsm.insertToken(second), "ARGUMENTS_BAD");
    expectCkr(() => hsm.slotInfo(99 as never), "SLOT_ID_INVALID");
  });

  test("in the middle of a key generation is a removed device, and there is no key", async () => {
    const s = hsm.openSession({ readWrite: true });
    s.login("user", PIN);
    const choice = { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 } as const;
    const running = s.generateKeyPairAsync(choice, { usage: "sign", token: true });
    hsm.removeToken();
    hsm.insertToken();
    await expect(running).rejects.toMatchObject({ ckr: "DEVICE_REMOVED" });
    const t = hsm.openSession();
    t.login("user", PIN);
    expect(t.findObjects()).toEqual([]);
  });
});

describe("slot events", () => {
  test("are told once each, and there is none to begin with", () => {
    expectCkr(() => hsm.slotEvent(), "NO_EVENT");
    hsm.removeToken(second);
    hsm.removeToken(first);
    expect([hsm.slotEvent(), hsm.slotEvent()].sort()).toEqual([first, second].sort());
    expectCkr(() => hsm.slotEvent(), "NO_EVENT");
    hsm.insertToken(second);
    expect(hsm.slotEvent()).toBe(second);
  });

  test("can be waited for, by several at a time", async () => {
    const waits = [hsm.waitForSlotEvent(), hsm.waitForSlotEvent()];
    hsm.removeToken(first);
    await Promise.race(waits);
    hsm.removeToken(second);
    expect((await Promise.all(waits)).sort()).toEqual([first, second].sort());
    hsm.insertToken(first);
    expect(await hsm.waitForSlotEvent()).toBe(first);
  });

  test("a wait can be given up", async () => {
    const abort = new AbortController();
    const wait = hsm.waitForSlotEvent({ signal: abort.signal });
    abort.abort();
    await expect(wait).rejects.toMatchObject({ ckr: "FUNCTION_CANCELED" });
    hsm.removeToken(first);
    expect(hsm.slotEvent()).toBe(first);
  });
});

describe("C_SessionCancel", () => {
  test("ends the operations that it names and no others", () => {
    const s = createHsm().openSession();
    const key = s.generateKey("AES_KEY_GEN", { VALUE_LEN: 16, usage: "encrypt" });
    s.encryptInit("AES_GCM", key);
    s.digestInit("SHA256");
    s.findInit();
    s.cancel(["encrypt", "sign"]);
    expectCkr(() => s.encryptFinal(), "OPERATION_NOT_INITIALIZED");
    s.digestUpdate(Uint8Array.of(1));
    expect(s.find(1)).toEqual([key]);
    s.cancel();
    expectCkr(() => s.digestFinal(), "OPERATION_NOT_INITIALIZED");
    expectCkr(() => s.find(1), "OPERATION_NOT_INITIALIZED");
    s.cancel();
    expectCkr(() => s.cancel(["dream" as never]), "ARGUMENTS_BAD");
  });
});
