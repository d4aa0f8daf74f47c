/** What a curve costs to prepare (constants, comb of the base point) is paid at its first use, once, and by nobody else. */

import { beforeEach, expect, test, vi } from "vitest";
import type { CurveName } from "../../src/crypto/engine.ts";
import type { MechanismChoice } from "../../src/mechanisms/registry.ts";
import { createHsm } from "../../src/token/hsm.ts";

/** What was made since the last look. */
const made = vi.hoisted((): unknown[] => []);

vi.mock("@noble/curves/abstract/weierstrass.js", async (original) => {
  const actual = await original<typeof import("@noble/curves/abstract/weierstrass.js")>();
  const weierstrass: typeof actual.weierstrass = (...given) => {
    made.push(`curve over ${given[0].p}`);
    return actual.weierstrass(...given);
  };
  return { ...actual, weierstrass };
});
vi.mock("../../src/crypto/field/multiples.ts", async (original) => {
  const actual = await original<typeof import("../../src/crypto/field/multiples.ts")>();
  const combOf: typeof actual.combOf = (...given) => {
    made.push("comb");
    return actual.combOf(...given);
  };
  return { ...actual, combOf };
});
vi.mock("../../src/crypto/field/edwards.ts", async (original) => {
  const actual = await original<typeof import("../../src/crypto/field/edwards.ts")>();
  const combOf: typeof actual.combOf = (...given) => {
    made.push("comb of edwards25519");
    return actual.combOf(...given);
  };
  return { ...actual, combOf };
});

const session = createHsm().openSession({ readWrite: true });

const ec = (curve: CurveName): MechanismChoice => ({ mechanism: "EC_KEY_PAIR_GEN", curve });
const curve = expect.stringMatching(/^curve over /);

/** The first use of each, in this order, and what it makes. */
const FIRST_USES: readonly (readonly [name: string, choice: MechanismChoice, makes: readonly unknown[]])[] = [
  ["P-256", ec("P-256"), [curve, "comb"]],
  ["P-384", ec("P-384"), [curve, "comb"]],
  ["P-521", ec("P-521"), [curve, "comb"]],
  ["secp256k1", ec("secp256k1"), [curve, "comb"]],
  ["P-224", ec("P-224"), [curve]],
  ["brainpoolP256r1", ec("brainpoolP256r1"), [curve]],
  ["brainpoolP384r1", ec("brainpoolP384r1"), [curve]],
  ["brainpoolP512r1", ec("brainpoolP512r1"), [curve]],
  ["SM2", { mechanism: "PHSM_SM2_KEY_PAIR_GEN" }, [curve]],
  ["Ed25519", { mechanism: "EC_EDWARDS_KEY_PAIR_GEN", curve: "Ed25519" }, ["comb of edwards25519"]],
];

/** Made at any time, to see that nothing is made twice. */
const everMade: unknown[] = [];

beforeEach(() => {
  everMade.push(...made.splice(0));
});

test("an HSM, a session, AES, a hash and RSA make nothing of any curve", () => {
  const key = session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt" });
  session.encrypt("AES_GCM", key, new Uint8Array(32));
  session.digest("SHA256", new Uint8Array(1));
  session.generateKeyPair({ mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 }, { usage: "sign" });
  expect([...everMade, ...made]).toEqual([]);
});

test.each(FIRST_USES)(
  "the first key pair of %s makes what its curve needs, and the second nothing",
  (_, choice, makes) => {
    session.generateKeyPair(choice, { usage: "sign" });
    expect(made).toEqual(makes);
    session.generateKeyPair(choice, { usage: "sign" });
    expect(made.length).toBe(makes.length);
  },
);

test("each curve is made from constants of its own", () => {
  const curves = everMade.filter((one) => String(one).startsWith("curve"));
  expect(curves.length).toBe(9);
  expect(new Set(curves).size).toBe(9);
});
