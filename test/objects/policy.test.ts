import { describe, expect, test } from "vitest";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import type { CkrName } from "../../src/cryptoki/return-values.ts";
import { strictRules } from "../../src/objects/policy.ts";
import { createHsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";
import { ckrOf } from "../support/ckr.ts";

const KNOWN = new Uint8Array(32).fill(7);
const aes = (s: Session, template: object): ObjectHandle =>
  s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, ...template });
const victim = (s: Session): ObjectHandle => aes(s, { EXTRACTABLE: true, usage: "encrypt" });
const BOUND = { mechanism: "PHSM_BOUND_WRAP" } as const;

/** For each rule, the step of an attack that it alone stands against, and the refusal. */
const STEPS: Readonly<Record<string, [step: (s: Session) => unknown, refusal: CkrName]>> = {
  "one-usage": [(s) => aes(s, { WRAP: true, DECRYPT: true }), "TEMPLATE_INCONSISTENT"],
  "R1 usage is immutable": [
    (s) => s.setAttributes(s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: KNOWN }), { WRAP: true }),
    "ATTRIBUTE_READ_ONLY",
  ],
  "R2 wrapped keys carry their attributes": [
    (s) => {
      const w = aes(s, { usage: "wrap" });
      const open = s.unwrapKey(BOUND, w, s.wrapKey(BOUND, w, victim(s)), { SENSITIVE: false });
      expect(s.getAttributes(open, ["VALUE"]).VALUE.length).toBe(32);
    },
    "TEMPLATE_INCONSISTENT",
  ],
  "R4 wrapping keys are made in the token": [
    (s) =>
      s.wrapKey(BOUND, s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: KNOWN, WRAP: true }), victim(s)),
    "TEMPLATE_INCONSISTENT",
  ],
  "wrapping keys are sensitive": [
    (s) => {
      const w = aes(s, { usage: "wrap", SENSITIVE: false, EXTRACTABLE: true });
      s.wrapKey(BOUND, w, victim(s));
      expect(s.getAttributes(w, ["VALUE"]).VALUE.length).toBe(32);
    },
    "TEMPLATE_INCONSISTENT",
  ],
  "R5 the wrapping key is the stronger one": [
    (s) => s.wrapKey(BOUND, s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 16, usage: "wrap" }), victim(s)),
    "WRAPPING_KEY_SIZE_RANGE",
  ],
  "keys protect within their dates": [
    (s) => s.encrypt("AES_GCM", aes(s, { usage: "encrypt", END_DATE: "20251231" }), KNOWN),
    "KEY_FUNCTION_NOT_PERMITTED",
  ],
  "digested keys can be read": [
    (s) => {
      s.digestInit("SHA256");
      s.digestKey(victim(s));
      expect(s.digestFinal().length).toBe(32);
    },
    "KEY_INDIGESTIBLE",
  ],
  "derived keys inherit protection": [
    (s) => {
      const base = s.generateKey(
        { mechanism: "GENERIC_SECRET_KEY_GEN" },
        { VALUE_LEN: 32, usage: "derive", EXTRACTABLE: true },
      );
      const open = s.deriveKey({ mechanism: "SP800_108_COUNTER_KDF", label: KNOWN, context: KNOWN }, base, {
        SENSITIVE: false,
        EXTRACTABLE: true,
        VALUE_LEN: 32,
      });
      expect(s.getAttributes(open, ["VALUE"]).VALUE.length).toBe(32);
    },
    "TEMPLATE_INCONSISTENT",
  ],
};

const sessionWithout = (...names: string[]): Session =>
  createHsm({
    policy: { name: "mutant", rules: strictRules.filter((rule) => !names.includes(rule.name)) },
  }).openSession({ readWrite: true });

describe.each(Object.entries(STEPS))("the rule %s", (name, [step, refusal]) => {
  test("stands against the attack", () => {
    expect(strictRules.map((rule) => rule.name)).toContain(name);
    expect(ckrOf(() => step(sessionWithout()))).toBe(refusal);
  });

  test("is what stands there: without it the attack comes back", () => {
    expect(ckrOf(() => step(sessionWithout(name)))).toBe("OK");
  });
});

test("R2 and R3 both refuse mechanisms that wrap a key bare, each for its own reason", () => {
  const bare = (s: Session): unknown => s.wrapKey({ mechanism: "AES_KEY_WRAP" }, aes(s, { usage: "wrap" }), victim(s));
  const [r2, r3] = ["R2 wrapped keys carry their attributes", "R3 wrapping has a sub-key of its own"] as const;
  expect(ckrOf(() => bare(sessionWithout(r2)))).toBe("MECHANISM_INVALID");
  expect(ckrOf(() => bare(sessionWithout(r3)))).toBe("MECHANISM_INVALID");
  expect(ckrOf(() => bare(sessionWithout(r2, r3)))).toBe("OK");
});

test("the standard's policy has none of these rules", () => {
  const s = createHsm({ policy: "pkcs11" }).openSession({ readWrite: true });
  for (const [step] of Object.values(STEPS)) expect(ckrOf(() => step(s))).toBe("OK");
});

test("R5 stands against a key around itself or its copy too", () => {
  const itself = (s: Session): unknown => {
    const w = aes(s, { usage: "wrap", EXTRACTABLE: true });
    return s.wrapKey(BOUND, w, s.copyObject(w));
  };
  expect(ckrOf(() => itself(sessionWithout()))).toBe("KEY_NOT_WRAPPABLE");
  expect(ckrOf(() => itself(sessionWithout("R5 the wrapping key is the stronger one")))).toBe("OK");
});

test("every rule of the table has a step here", () => {
  expect(strictRules.map((rule) => rule.name).filter((name) => !(name in STEPS))).toEqual([
    "R3 wrapping has a sub-key of its own",
  ]);
});

test("no policy lets an unwrap template set secrets, the token's own attributes or another key type", () => {
  const s = createHsm({ policy: "pkcs11" }).openSession({ readWrite: true });
  const w = aes(s, { usage: "wrap" });
  const blob = s.wrapKey(BOUND, w, victim(s));
  expect(ckrOf(() => s.unwrapKey(BOUND, w, blob, { VALUE: KNOWN }))).toBe("TEMPLATE_INCONSISTENT");
  expect(ckrOf(() => s.unwrapKey(BOUND, w, blob, { LOCAL: false }))).toBe("ATTRIBUTE_READ_ONLY");
  expect(ckrOf(() => s.unwrapKey(BOUND, w, blob, { TRUSTED: true }))).toBe("ATTRIBUTE_READ_ONLY");
  expect(ckrOf(() => s.unwrapKey(BOUND, w, blob, { KEY_TYPE: "GENERIC_SECRET" }))).toBe("TEMPLATE_INCONSISTENT");
  expect(ckrOf(() => s.unwrapKey(BOUND, w, blob, { LABEL: "other" }))).toBe("OK");
});
