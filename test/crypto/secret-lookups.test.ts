/** Whether a scalar is secret is said call by call, and no result depends on it: what does is how a table is read (windows.ts). */

import { expect, test, vi } from "vitest";
import { curves } from "../../src/crypto/ec-curves.ts";
import { select, windowsFor } from "../../src/crypto/field/windows.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { seededRng } from "../support/seeded-rng.ts";

const CURVES = ["P-256", "P-384", "P-521", "secp256k1"] as const;

/** Entries that are put together of all of a table: each begins as zeros. */
function collected(run: () => unknown): number {
  const fill = vi.spyOn(Object.getPrototypeOf(Int32Array.prototype), "fill");
  try {
    run();
    return fill.mock.contexts.filter((array) => array instanceof Int32Array && array.length >= 2 * 11).length;
  } finally {
    fill.mockRestore();
  }
}

test("an entry of a table is collected when its index is secret, and copied when it is not", () => {
  const table = Int32Array.from({ length: 22 * 16 }, (_, i) => i);
  const [one, other] = [new Int32Array(22), new Int32Array(22)];
  expect(collected(() => select(one, table, 0, 5, true))).toBe(1);
  expect(collected(() => select(other, table, 0, 5, false))).toBe(0);
  expect(one).toEqual(other);
});

test.each(CURVES)(
  "signing, agreement and public keys of %s look up every digit of their scalar as a secret",
  (curve) => {
    const rng = seededRng("look-ups");
    const windows = windowsFor(curves[curve].orderBits);
    const key = () => {
      const made = pureEngine.ecPrivate(curve, pureEngine.ecGenerate(curve, rng));
      if (made === undefined) throw new Error("a scalar that was generated is none");
      return made;
    };
    const [own, peer] = [key(), key()];
    const point = peer.publicPoint();
    const digest = rng(32);
    expect(collected(() => own.publicPoint())).toBeGreaterThanOrEqual(windows);
    expect(collected(() => own.sign(digest, rng))).toBeGreaterThanOrEqual(windows);
    expect(collected(() => own.agree(point))).toBeGreaterThanOrEqual(windows);
  },
);
