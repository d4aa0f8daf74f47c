/** Applications that share an HSM (PKCS #11 v3.1, 5.6): logins and session objects are each one's own, token objects all's. */

import { expect, test } from "vitest";
import { createHsm } from "../../src/index.ts";
import { ckrOf } from "../support/ckr.ts";

const PIN = "1234";

function twoApplications() {
  const hsm = createHsm({ pin: PIN, soPin: "12345678", pinCost: 2 });
  const [first, second] = [{}, {}].map((application) => hsm.openSession({ readWrite: true, application }));
  if (first === undefined || second === undefined) throw new Error("no sessions");
  return { hsm, first, second };
}

const aes = { mechanism: "AES_KEY_GEN" } as const;
const key = { VALUE_LEN: 16, usage: "encrypt" } as const;

test("a login is one application's alone", () => {
  const { first, second } = twoApplications();
  first.login("user", PIN);
  const secret = first.generateKey(aes, { ...key, token: true });
  expect(first.info().state).toBe("RW_USER_FUNCTIONS");
  expect(second.info().state).toBe("RW_PUBLIC_SESSION");
  expect(second.findObjects()).toEqual([]);
  expect(ckrOf(() => second.getAttributes(secret, ["CLASS"]))).toBe("OBJECT_HANDLE_INVALID");
  expect(ckrOf(() => second.generateKey(aes, key))).toBe("USER_NOT_LOGGED_IN");
  second.login("user", PIN);
  expect(second.findObjects()).toEqual([secret]);
});

test("the SO of one application and the user of another do not stand in each other's way", () => {
  const { hsm, first, second } = twoApplications();
  first.login("so", "12345678");
  second.login("user", PIN);
  first.initPin("another PIN");
  expect(ckrOf(() => second.initPin("no"))).toBe("USER_NOT_LOGGED_IN");
  expect(hsm.openSession({ application: {} }).info().state).toBe("RO_PUBLIC_SESSION");
});

test("session objects are seen and used by their own application only", () => {
  const { hsm, first, second } = twoApplications();
  for (const session of [first, second]) session.login("user", PIN);
  const secret = first.generateKey(aes, key);
  expect(second.findObjects()).toEqual([]);
  expect(ckrOf(() => second.encrypt({ mechanism: "AES_GCM" }, secret, new Uint8Array(1)))).toBe("KEY_HANDLE_INVALID");
  expect(ckrOf(() => second.destroyObject(secret))).toBe("OBJECT_HANDLE_INVALID");
  expect(hsm.openSession().findObjects()).toEqual([]);
});

test("a logout leaves another application its login, its operations and its handles", () => {
  const { first, second } = twoApplications();
  for (const session of [first, second]) session.login("user", PIN);
  const shared = first.generateKey(aes, { ...key, token: true });
  const own = second.generateKey(aes, key);
  second.encryptInit({ mechanism: "AES_GCM" }, shared);
  first.logout();
  expect(ckrOf(() => first.getAttributes(shared, ["CLASS"]))).toBe("OBJECT_HANDLE_INVALID");
  expect(second.findObjects()).toEqual([shared, own]);
  expect(second.encryptFinal()).toHaveLength(16 + 12);
});

test("the last logout makes every handle of a private token object invalid for good", () => {
  const { first, second } = twoApplications();
  for (const session of [first, second]) session.login("user", PIN);
  const secret = first.generateKey(aes, { ...key, token: true });
  for (const session of [first, second]) session.logout();
  first.login("user", PIN);
  expect(ckrOf(() => first.getAttributes(secret, ["CLASS"]))).toBe("OBJECT_HANDLE_INVALID");
});

test("the end of an application's last session ends its login and its session objects, and nothing of another's", () => {
  const { hsm, first, second } = twoApplications();
  for (const session of [first, second]) session.login("user", PIN);
  first.generateKey(aes, key);
  const own = second.generateKey(aes, key);
  first.close();
  expect(second.findObjects()).toEqual([own]);
  expect(second.info().state).toBe("RW_USER_FUNCTIONS");
  expect(hsm.tokenInfo().sessions).toBe(1);
});

test("an application is an object", () => {
  expect(ckrOf(() => createHsm().openSession({ application: "one" as never }))).toBe("ARGUMENTS_BAD");
});
