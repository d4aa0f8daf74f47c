import { describe, expect, test } from "vitest";
import { RunningHash } from "../../src/crypto/merkle-damgard.ts";
import { sha1 } from "../../src/crypto/sha1.ts";
import { sha512 } from "../../src/crypto/sha512.ts";
import { sm3 } from "../../src/crypto/sm3.ts";

describe.each([
  ["SHA-1", sha1],
  ["SHA-512", sha512],
  ["SM3", sm3],
])("%s", (_, of) => {
  test.each([2 ** 29, 2 ** 32, 3 * 2 ** 40])(
    "pads a message of %i bytes with its length in all of its bits",
    (length) => {
      const last = new DataView(new ArrayBuffer(of.blockBytes));
      last.setUint8(0, 0x80);
      last.setBigUint64(of.blockBytes - 8, 8n * BigInt(length));
      const expected = new Int32Array(of.initial);
      of.compress(expected, last, 0);
      expect(new RunningHash(of).goOn(of.initial, length).finish()).toEqual(expected);
    },
  );

  test("leaves nothing of the message in a state that is destroyed", () => {
    const state = new RunningHash(of).update(new Uint8Array(100).fill(7));
    state.destroy();
    expect([...state.H].every((word) => word === 0)).toBe(true);
    const afresh = new RunningHash(of).goOn(state.H, 100);
    expect(state.finish()).toEqual(afresh.finish());
  });
});
