/** Every public method with arguments of every wrong kind: nothing but a CkrError comes out, and nothing has changed. */

import { beforeEach, expect, test } from "vitest";
import { CkrError } from "../../src/cryptoki/error.ts";
import { createHsm, Hsm } from "../../src/token/hsm.ts";
import { Session } from "../../src/token/session.ts";
import { hsmCalls, methodsOf, sessionCalls } from "./support/calls.ts";

/** scrypt is slow on purpose; what is tried here is what comes before it. */
const pinCost = 2;

const HOSTILE: readonly unknown[] = [
  ...[undefined, null, true, Number.NaN, -1, 0, 1.5, 2 ** 53, Number.POSITIVE_INFINITY, 10n, Symbol("s")],
  ...["", "x", "__proto__", "constructor", "x".repeat(100_000), [], [undefined], [[]], {}, Object.create(null)],
  ...[() => 1, new Date(0), new Map(), new Uint8Array(0), new Uint8Array(3), new Uint8Array(70_000)],
  ...[new Float64Array(3), new ArrayBuffer(8), new Proxy({}, {}), new Proxy([], {}), Promise.resolve(1), /x/],
  ...[{ WRAP_TEMPLATE: { WRAP_TEMPLATE: {} } }, { START_DATE: "20260231" }],
  ...[{ CLASS: Symbol("c") }, { usage: {} }, { LABEL: null }, { ID: [1] }, { ALLOWED_MECHANISMS: [null] }],
  ...[{ mechanism: "AES_GCM", iv: null }, { mechanism: Symbol("m") }, { mechanism: "AES_GCM", tagBytes: 10n }],
  ...[{ length: 3 }, { toString: () => "LABEL" }, { valueOf: () => 1 }, { limit: "1" }, { signal: 1 }, { slot: {} }],
];

let hsm: Hsm;
let session: Session;
let observer: Session;

beforeEach(() => {
  hsm = createHsm({ slots: 2, maxPinTries: 1_000_000, pinCost });
});

/** A wrong PIN is counted; that alone a refused call may change. */
const uncounted = { soPinCountLow: false, userPinCountLow: false };
const state = (): unknown => [
  hsm.slots().map(({ slot, token }) => ({ slot, token: { ...token, ...uncounted } })),
  observer.info(),
  observer.findObjects().map((object) => [object, observer.getAttributes(object, ["UNIQUE_ID", "LABEL"])]),
];

async function play(type: typeof Session | typeof Hsm, name: string): Promise<void> {
  const prepare = (): unknown[] => (type === Session ? sessionCalls(session) : hsmCalls(hsm))[name]?.() ?? [];
  session = hsm.openSession({ readWrite: true });
  const arity = prepare().length;
  for (let position = 0; position < arity; position++) {
    for (const value of HOSTILE) {
      for (const slot of hsm.slotList()) if (!hsm.slotInfo(slot).tokenPresent) hsm.insertToken(slot);
      hsm.closeAllSessions();
      observer = hsm.openSession({ readWrite: true });
      session = hsm.openSession({ readWrite: true });
      const args = prepare();
      args[position] = value;
      const before = state();
      const on = (type === Session ? session : hsm) as unknown as Record<string, (...args: unknown[]) => unknown>;
      try {
        await on[name]?.(...args);
      } catch (error) {
        expect(error, `${name}, argument ${position}`).toBeInstanceOf(CkrError);
        expect(state()).toEqual(before);
      }
    }
  }
}

test.each(methodsOf(Session))("Session.%s", (name) => play(Session, name));

test.each(methodsOf(Hsm))("Hsm.%s", (name) => play(Hsm, name));

test("createHsm", () => {
  const options = [
    "slots",
    "label",
    "pin",
    "soPin",
    "policy",
    "entropy",
    "maxPinTries",
    "failSelfTests",
    "pinCost",
    "pinsToBeChanged",
  ];
  for (const value of HOSTILE) {
    for (const given of [value, ...options.map((name) => ({ pinCost, [name]: value }))]) {
      try {
        createHsm(given as never);
      } catch (error) {
        expect(error).toBeInstanceOf(CkrError);
      }
    }
  }
});

test("every public method is in the tables", () => {
  expect(Object.keys(sessionCalls(session)).sort()).toEqual(methodsOf(Session).sort());
  expect(Object.keys(hsmCalls(hsm)).sort()).toEqual(methodsOf(Hsm).sort());
});
