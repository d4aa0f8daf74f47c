/**
 * A caller's template, mechanism or list may be an object that answers otherwise the second time, or that calls back
 * into the session while it is read. What comes in is read once, before the session looks at its own state.
 */

import { beforeEach, describe, expect, test } from "vitest";
import type { AttributeName } from "../../src/cryptoki/attributes.ts";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import type { KeyTemplate } from "../../src/objects/template.ts";
import { createHsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";
import { expectCkr } from "../support/ckr.ts";

const BOUND = { mechanism: "PHSM_BOUND_WRAP" } as const;

let s: Session;
let victim: ObjectHandle;
beforeEach(() => {
  s = createHsm().openSession({ readWrite: true });
  victim = aes({ usage: "encrypt", extractable: true });
});

const aes = (template: KeyTemplate): ObjectHandle => s.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, ...template });

/** `value` with a property that runs `whenRead` and then answers. */
const reading = <T extends object>(value: T, name: string, whenRead: () => unknown): T =>
  Object.defineProperty({ ...value }, name, { enumerable: true, get: whenRead });

describe("a list of attribute names that changes between reads", () => {
  const lists: Record<string, () => readonly AttributeName[]> = {
    "by a getter": () => {
      let reads = 0;
      return Object.defineProperty(["LABEL"], 0, { get: () => (reads++ === 0 ? "LABEL" : "VALUE") }) as never;
    },
    "by a map of its own": () =>
      Object.assign(["LABEL"], { map: (f: (name: string) => unknown) => [f("VALUE")] }) as never,
    "by a proxy": () => {
      let reads = 0;
      const get = (target: object, name: string): unknown =>
        name === "0" && reads++ > 0 ? "VALUE" : Reflect.get(target, name);
      return new Proxy(["LABEL"], { get }) as never;
    },
  };
  test.each(Object.keys(lists))("%s does not read a sensitive value", (how) => {
    expect(s.getAttributes(victim, lists[how]?.() as never)).toEqual({ LABEL: "" });
  });
});

describe("a template that calls back", () => {
  test("does not copy a key that it has destroyed: a wrapping key of wiped bytes would open for everyone", () => {
    const w = aes({ usage: "wrap" });
    const template = reading({}, "LABEL", () => {
      s.destroyObject(w);
      return "copy";
    });
    expectCkr(() => s.copyObject(w, template), "OBJECT_HANDLE_INVALID");
    expect(s.findObjects({ WRAP: true })).toEqual([]);
  });

  test("does not change or bring back an object that it has destroyed", () => {
    const template = reading({}, "LABEL", () => {
      s.destroyObject(victim);
      return "x";
    });
    expectCkr(() => s.setAttributes(victim, template), "OBJECT_HANDLE_INVALID");
    expect(s.findObjects()).toEqual([]);
  });

  test.each<[string, (session: Session, closing: (template: object) => object) => unknown]>([
    ["createObject", (session, closing) => session.createObject(closing({ CLASS: "DATA" }))],
    ["generateKey", (session, closing) => session.generateKey({ mechanism: "AES_KEY_GEN", keyBytes: 32 }, closing({}))],
    [
      "generateKeyPair",
      (session, closing) => session.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }, closing({})),
    ],
  ])("of %s leaves no object of a session that it has closed", (_, call) => {
    const hsm = createHsm();
    const other = hsm.openSession();
    const session = hsm.openSession();
    let isOpen = true;
    const closing = (template: object): object =>
      reading(template, "LABEL", () => {
        if (isOpen) session.close();
        isOpen = false;
        return "orphan";
      });
    expectCkr(() => call(session, closing), "SESSION_HANDLE_INVALID");
    expect(other.findObjects()).toEqual([]);
  });

  test("does not make two classes of one template", () => {
    const w = aes({ usage: "wrap" });
    const blob = s.wrapKey(BOUND, w, victim);
    let reads = 0;
    const template = reading({ usage: "encrypt" }, "CLASS", () => (reads++ === 0 ? "constructor" : undefined));
    expectCkr(() => s.unwrapKey(BOUND, w, blob, template as never), "ATTRIBUTE_VALUE_INVALID");
  });
});

test("a mechanism that calls back does not use a key that it has destroyed", () => {
  const choice = reading({ mechanism: "AES_GCM" }, "tagBytes", () => {
    s.destroyObject(victim);
    return 16;
  });
  expectCkr(() => s.encrypt(choice as never, victim, new Uint8Array(4)), "KEY_HANDLE_INVALID");
});

test("a list of mechanisms is copied before it is checked, holes and all", () => {
  let reads = 0;
  const changing = Object.defineProperty(["AES_GCM"], 0, { get: () => (reads++ === 0 ? "AES_GCM" : "NONE") });
  const key = aes({ ALLOWED_MECHANISMS: changing as never });
  expect(s.getAttributes(key, ["ALLOWED_MECHANISMS"])).toEqual({ ALLOWED_MECHANISMS: ["AES_GCM"] });
  // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested
  for (const bad of [[, "AES_GCM"], new Array(2 ** 32 - 1), { length: 1, 0: "AES_GCM" }, "AES_GCM", ["constructor"]])
    expectCkr(() => aes({ ALLOWED_MECHANISMS: bad as never }), "ATTRIBUTE_VALUE_INVALID");
});

test("what throws while it is read is an argument error, whatever it throws", () => {
  const bad = reading({}, "LABEL", () => {
    throw new RangeError("mine");
  });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  for (const hostile of [bad, revoked.proxy] as never[]) {
    expectCkr(() => s.createObject(hostile), "ARGUMENTS_BAD");
    expectCkr(() => s.encrypt(hostile, victim, new Uint8Array(1)), "ARGUMENTS_BAD", "MECHANISM_INVALID");
    expectCkr(() => s.getAttributes(victim, [hostile]), "ATTRIBUTE_TYPE_INVALID");
    expectCkr(() => createHsm(hostile), "ARGUMENTS_BAD");
  }
  expectCkr(() => s.getAttributes(victim, revoked.proxy as never), "ARGUMENTS_BAD");
});
