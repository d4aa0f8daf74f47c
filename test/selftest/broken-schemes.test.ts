/** What of `crypto/` is no engine's: each known-answer test fails when the code itself is broken. */

import { expect, test, vi } from "vitest";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { knownAnswerTests } from "../../src/selftest/all.ts";

const state = vi.hoisted(() => ({ isBroken: false }));

/** The functions of a module, which change a bit of what they give and turn verdicts round once they are broken. */
const breakable = vi.hoisted(() => async (original: () => Promise<Record<string, unknown>>) => {
  const changed = (result: unknown): unknown => {
    if (!state.isBroken) return result;
    if (typeof result === "boolean") return !result;
    return result instanceof Uint8Array ? result.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) : result;
  };
  const wrap = (member: unknown): unknown => {
    if (typeof member !== "function") return member;
    if (!String(member).startsWith("class")) return (...given: unknown[]) => changed(member(...given));
    const Base = member as new (...given: never[]) => { generate(...given: unknown[]): unknown };
    return class extends Base {
      override generate(...given: unknown[]): unknown {
        return changed(super.generate(...given));
      }
    };
  };
  return Object.fromEntries(Object.entries(await original()).map(([name, member]) => [name, wrap(member)]));
});

vi.mock("../../src/crypto/ccm.ts", breakable);
vi.mock("../../src/crypto/drbg.ts", breakable);
vi.mock("../../src/crypto/kdf.ts", breakable);
vi.mock("../../src/crypto/password.ts", breakable);

test.each(["CCM", "CTR_DRBG", "HKDF", "KDF SP 800-108", "KDF X9.63", "scrypt"] as const)("%s", (name) => {
  state.isBroken = false;
  expect(knownAnswerTests[name].run(pureEngine)).toBe(true);
  state.isBroken = true;
  expect(knownAnswerTests[name].run(pureEngine)).toBe(false);
});
