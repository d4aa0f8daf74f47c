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

/** Rules that stand against no sequence of calls: what each refuses is weak in itself, and policy.test.ts shows it. */
const OF_ONE_CALL: ReadonlySet<string> = new Set([
  "keys protect within their dates",
  "secrets of 112 bits",
  "digested keys can be read",
  "RSA of 112 bits",
  "parameters are strong enough",
]);

/** R3 has company: while a key has one usage, no key that wraps decrypts. r3.test.ts shows what it is for. */
const ALONE = strictRules.map(({ name }) => name).filter((name) => !name.startsWith("R3") && !OF_ONE_CALL.has(name));

describe("Exploration of all call sequences", { timeout: 2 * LIMITS.milliseconds }, () => {
  test("Under the strict policy no sequence gives a secret away, and no longer one does either", () => {
    const { attack, exhausted, keys, bytes } = explore(policies.strict, LIMITS);
    expect(attack).toBeUndefined();
    expect({ exhausted, isLarge: keys > 100 && bytes > 1000 }).toEqual({ exhausted: true, isLarge: true });
  });

  test("Under the standard's policy there is a way at once", () => {
    expect(explore(policies.pkcs11, LIMITS).attack?.trace.length).toBeLessThanOrEqual(3);
  });

  test.each(ALONE)('Without the rule "%s" there is a way', (name) => {
    const { attack } = without(name);
    console.log(`without "${name}": ${attack?.why}\n    ${attack?.trace.join("\n    ")}`);
    expect(attack?.trace.length).toBeGreaterThanOrEqual(2);
    expect(attack?.trace.length).toBeLessThanOrEqual(6);
  });
});
