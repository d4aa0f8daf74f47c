/**
 * Every call on everything, against the real token: the strict policy lets nothing out, and without any one of its
 * rules the exploration finds the way. Literature: Delaune, Kremer and Steel (CSF 2008), Dax et al. (CSF 2019).
 */

import { describe, expect, test } from "vitest";
import { policies, strictRules } from "../../../src/objects/policy.ts";
import { type Exploration, explore } from "./explore.ts";

const LIMITS = { rounds: 8, milliseconds: 120_000 };
const without = (names: readonly string[], limits = LIMITS): Exploration => {
  const rules = strictRules.filter(({ name }) => !names.includes(name));
  expect(rules.length).toBe(strictRules.length - names.length);
  return explore({ name: `without ${names.join(" and ")}`, rules }, limits);
};

/**
 * Tried alone: the rules that hold keys apart. R3 has a test of its own (r3.test.ts); the others are about strength,
 * padding and chaining, and what they refuse leads nowhere while the rules tried here stand.
 */
const ALONE = [
  ...["one-usage", "R1 usage is immutable", "R2 wrapped keys carry their attributes"],
  ...["R4 wrapping keys are made in the token", "wrapping keys are sensitive"],
  ...["R5 the wrapping key is the stronger one", "derived keys inherit protection", "derived keys are for data"],
];
const CUTTING = ["secrets of 112 bits", "keys are not joined, cut or mixed with known bytes"];

describe("Exploration of all call sequences", { timeout: 2 * LIMITS.milliseconds }, () => {
  test("Under the strict policy no sequence gives a secret away, and no longer one does either", () => {
    const { attack, exhausted, keys, bytes } = explore(policies.strict, LIMITS);
    expect(attack).toBeUndefined();
    expect({ exhausted, isLarge: keys > 100 && bytes > 1000 }).toEqual({ exhausted: true, isLarge: true });
  });

  test("Under the standard's policy there is a way at once", () => {
    expect(explore(policies.pkcs11, LIMITS).attack?.trace.length).toBeLessThanOrEqual(3);
  });

  test("Without the rules on short secrets and on cutting keys, a key is found byte by byte", () => {
    expect(without(CUTTING).attack?.trace).toEqual([expect.stringMatching(/^C_DeriveKey\(EXTRACT_KEY_FROM_KEY, D /)]);
    for (const one of CUTTING) expect(without([one], { ...LIMITS, rounds: 2 }).attack).toBeUndefined();
  });

  test.each(ALONE)('Without the rule "%s" there is a way', (name) => {
    const { attack } = without([name]);
    console.log(`without "${name}": ${attack?.why}\n    ${attack?.trace.join("\n    ")}`);
    expect(attack?.trace.length).toBeGreaterThanOrEqual(2);
    expect(attack?.trace.length).toBeLessThanOrEqual(6);
  });
});
