/**
 * Every call on everything, against the real token: the strict policy lets nothing out, and without any one of its
 * rules the exploration finds the way. Literature: Delaune, Kremer and Steel (CSF 2008), Dax et al. (CSF 2019).
 */

import { describe, expect, test } from "vitest";
import { policies, strictRules } from "../../../src/objects/policy.ts";
import { type Exploration, explore } from "./explore.ts";

const LIMITS = { rounds: 8, milliseconds: 120_000 };
const without = (...names: readonly string[]): Exploration => {
  const rules = strictRules.filter(({ name }) => !names.includes(name));
  expect(rules.length).toBe(strictRules.length - names.length);
  return explore({ name: `without ${names.join(" and ")}`, rules }, LIMITS);
};

/**
 * Not tried alone: R3, which r3.test.ts does, and rules on the strength or the age of a key, or on digests of one, which no
 * sequence of calls here is about.
 */
const OTHERS = [/^R3 /, /112 bits/, /strong enough/, /within their dates/, /digested keys/];
const ALONE = strictRules.map(({ name }) => name).filter((name) => !OTHERS.some((other) => other.test(name)));

describe("Exploration of all call sequences", { timeout: 2 * LIMITS.milliseconds }, () => {
  test("Under the strict policy no sequence gives a secret away, and no longer one does either", () => {
    const { attack, exhausted, keys, bytes } = explore(policies.strict, LIMITS);
    expect(attack).toBeUndefined();
    expect({ exhausted, isLarge: keys > 100 && bytes > 1000 }).toEqual({ exhausted: true, isLarge: true });
  });

  test("Under the standard's policy there is a way at once", () => {
    expect(explore(policies.pkcs11, LIMITS).attack?.trace.length).toBeLessThanOrEqual(3);
  });

  test("The five rules are tried, R3 in a place of its own, and all those that hold the keys apart", () => {
    expect(ALONE.length).toBe(7);
    expect(strictRules.length - ALONE.length).toBe(OTHERS.length + 1);
  });

  test.each(ALONE)('Without the rule "%s" there is a way', (name) => {
    const { attack } = without(name);
    console.log(`without "${name}": ${attack?.why}\n    ${attack?.trace.join("\n    ")}`);
    expect(attack?.trace.length).toBeGreaterThanOrEqual(2);
    expect(attack?.trace.length).toBeLessThanOrEqual(6);
  });
});
