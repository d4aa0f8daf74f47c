/** Whatever bytes come: no crash, no hang, no answer that is none, and nothing of it reaches another connection. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CALLS } from "../../../src/bridges/p11kit/peer.ts";
import type { Hsm } from "../../../src/index.ts";
import * as ck from "../../../src/pkcs11.ts";
import { frame, out, request } from "./client.ts";
import { Connection, returnValue, testHsm } from "./connection.ts";

const RUNS = 300;

/** A connection that must not notice anything. */
function bystander(hsm: Hsm): () => void {
  const c = new Connection(hsm, 0);
  const session = out.u(c.begin());
  return () => {
    expect(c.call(13, "u", session).signature).toBe("uuuu");
    expect(c.call(64, "ufy", session, out.fy(8)).ay()).toHaveLength(8);
    expect([c.isClosed, c.errors]).toEqual([false, []]);
  };
}

/** Values of a letter that are well formed and mostly wrong: handles that may be there, types that may exist. */
const small = fc.oneof(
  fc.nat(12),
  fc.constantFrom(ck.CKM_SHA256, ck.CKM_AES_ECB, ck.CKM_ECDSA, ck.CKA_VALUE),
  fc.nat(),
);
const handle = fc.oneof({ weight: 9, arbitrary: fc.nat(9) }, { weight: 1, arbitrary: fc.bigInt(0n, 2n ** 64n - 1n) });
const bytes = fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 48 }));
const attributes = fc.array(
  fc.oneof(
    fc.record({ type: fc.constantFrom(ck.CKA_ENCRYPT, ck.CKA_SIGN, ck.CKA_TOKEN), byte: fc.nat(255) }),
    fc.record({ type: fc.constantFrom(ck.CKA_CLASS, ck.CKA_KEY_TYPE, ck.CKA_VALUE_LEN), ulong: fc.nat(40) }),
    fc.record({ type: fc.oneof(fc.constantFrom(ck.CKA_VALUE, ck.CKA_LABEL, ck.CKA_ID), fc.nat()), bytes }),
  ),
  { maxLength: 5 },
);
const LETTERS: Readonly<Record<string, fc.Arbitrary<Buffer>>> = {
  u: handle.map(out.u),
  y: fc.nat(255).map(out.y),
  s: fc.string({ maxLength: 40 }).map(out.s),
  z: fc.string({ maxLength: 40 }).map(out.z),
  ay: bytes.map(out.ay),
  fy: fc.oneof(fc.nat(100), fc.constant(0xffff_ffff)).map(out.fy),
  fu: fc.oneof(fc.nat(100), fc.constant(0xffff_ffff)).map(out.fu),
  aA: attributes.map(out.aA),
  fA: fc.array(fc.record({ type: fc.oneof(fc.nat(0x200), fc.nat()), room: fc.nat(64) }), { maxLength: 5 }).map(out.fA),
  M: small.map((type) => Buffer.concat([out.fy(type), out.fy(0xffff_ffff)])),
};

const lettersOf = (signature: string): string[] => signature.match(/ay|fy|fu|aA|fA|./g) ?? [];
/** A wait for an event has no end, and a pair of RSA keys takes long: both are tried elsewhere. */
const calls = [...CALLS.values()].filter(({ id }) => id !== 2 && id !== 65);
const anyCall = fc
  .constantFrom(...calls)
  .chain((call) =>
    fc
      .tuple(...lettersOf(call.request).map((letter) => LETTERS[letter] as fc.Arbitrary<Buffer>))
      .map((args) => request(call.id, call.request, ...args)),
  );

describe("a connection among others", () => {
  test("survives bytes that are no frames", () => {
    const hsm = testHsm();
    const isUndisturbed = bystander(hsm);
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 200 }), (version, garbage) => {
        const c = new Connection(hsm, version);
        c.peer.receive(Uint8Array.from(garbage));
        c.peer.end();
        expect(c.errors).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    isUndisturbed();
  });

  test("answers frames whose bodies are no calls with an error, each of them", () => {
    const hsm = testHsm();
    const isUndisturbed = bystander(hsm);
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 2),
        fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 5 }),
        (version, bodies) => {
          const c = new Connection(hsm, version);
          c.begin();
          for (const body of bodies) expect(returnValue(c.send(body))).toBe(ck.CKR_DEVICE_ERROR);
          c.peer.end();
          expect(c.errors).toEqual([]);
        },
      ),
      { numRuns: RUNS },
    );
    isUndisturbed();
  });

  test("answers every call that is well formed, whatever its arguments are", async () => {
    const hsm = testHsm();
    const isUndisturbed = bystander(hsm);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1, 2), fc.array(anyCall, { maxLength: 12 }), async (version, bodies) => {
        const c = new Connection(hsm, version);
        c.begin();
        for (const body of bodies) {
          const answer = await c.sendAndWait(body);
          expect(answer.id === 0 ? answer.u() : 1, "an error is a return value").toBeGreaterThan(0);
        }
        c.peer.end();
        expect(c.errors).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    isUndisturbed();
  });

  test("answers calls of which a byte is another, is missing or is one too many", async () => {
    const hsm = testHsm();
    const isUndisturbed = bystander(hsm);
    const change = fc.record({ at: fc.nat(), to: fc.nat(255), kind: fc.constantFrom("change", "cut", "add") });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1, 2), anyCall, change, async (version, body, { at, to, kind }) => {
        const i = at % body.length;
        const changed = Buffer.concat([
          body.subarray(0, i),
          ...(kind === "cut" ? [] : [Buffer.of(to)]),
          body.subarray(kind === "add" ? i : i + 1),
        ]);
        const isWait = changed.readUInt32BE(0) === 65;
        const c = new Connection(hsm, version);
        c.begin();
        if (!isWait) expect((await c.sendAndWait(changed)).id).toBeGreaterThanOrEqual(0);
        c.peer.end();
        expect(c.errors).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    isUndisturbed();
  });
});

test("more calls at once than a client has threads wait until some are done", async () => {
  const hsm = testHsm();
  const c = new Connection(hsm, 0);
  c.begin();
  const waits = Array.from({ length: 100 }, () => c.start(65, "u", out.u(0)));
  expect(new Set(c.paused)).toEqual(new Set([true]));
  for (let i = 0; i < 100; i++) {
    if (i % 2 === 0) hsm.removeToken();
    else hsm.insertToken();
    await waits[i];
  }
  expect(c.paused.at(-1)).toBe(false);
  expect(c.rv(2, "")).toBe(ck.CKR_OK);
});

test("what comes after the end is not looked at", () => {
  const c = new Connection(testHsm(), 0);
  c.begin();
  c.peer.end();
  c.peer.receive(frame(99, request(3, "")));
  c.peer.end();
  expect([c.isClosed, c.errors]).toEqual([false, []]);
});
