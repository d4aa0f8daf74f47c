/** The table of functions in docs/pkcs11.md names every function of PKCS #11, and methods that there are. */

import { expect, test } from "vitest";
import { FUNCTIONS } from "../../docs/functions.ts";
import { Hsm } from "../../src/token/hsm.ts";
import { Session } from "../../src/token/session.ts";

/** Not functions of PKCS #11: a card that is taken out and put back by hand, and self-tests on demand (FIPS 140-3). */
const BY_HAND = ["hsm.insertToken", "hsm.removeToken", "hsm.selfTest"];

const namesOf = (prototype: object): string[] =>
  prototype === Object.prototype
    ? []
    : [...Object.getOwnPropertyNames(prototype), ...namesOf(Object.getPrototypeOf(prototype))];
const methods = [
  ...namesOf(Hsm.prototype).map((name) => `hsm.${name}`),
  ...namesOf(Session.prototype).map((name) => `session.${name}`),
].filter((name) => !name.endsWith(".constructor"));

test("every method is the function that the table says, and every function has a method or a reason", () => {
  const named = Object.values(FUNCTIONS).flatMap((text) => text.match(/\b(?:hsm|session)\.\w+/g) ?? []);
  expect([...new Set(named), ...BY_HAND].sort()).toEqual([...methods].sort());
  for (const [name, text] of Object.entries(FUNCTIONS)) {
    expect(name).toMatch(/^C_[A-Z][A-Za-z]+$/);
    expect(text, name).toMatch(/^(?:hsm\.|session\.|createHsm;|none: )/);
  }
});
