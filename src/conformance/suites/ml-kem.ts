/**
 * ML-KEM through CKM_ML_KEM: keys from seeds and expanded keys, C_DecapsulateKey.
 *
 * C_EncapsulateKey draws m from the token's DRBG, so a vector's m goes to the engine under proof; the token still checks
 * the encapsulation key, and encapsulates under it once with its own m.
 */

import { concat } from "../../bytes/bytes.ts";
import type { Encapsulated, MlKemSet } from "../../crypto/engine.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import type { KeyTemplate } from "../../objects/template.ts";
import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite, SuiteBench, TokenSession } from "../suite.ts";
import { checkPair, pqPrivate, pqPublic, pqPublicOf } from "./pq-keys.ts";
import { bytesAt, caseOf, difference, firstOf, type Input, Refusal, suite, type Trial, textAt } from "./support.ts";
import { derivedSecret, withKey } from "./token.ts";

export const mlKem: Suite = suite(
  "ml-kem",
  "ML-KEM",
  ({ algorithm }) => algorithm === "ML-KEM",
  (input) => (input.file.format === "acvp" ? acvp(input) : wycheproof(input)),
);

const SECRET_BYTES = 32;

/** The shared secret that a private key finds in a ciphertext. */
export function decapsulated(session: TokenSession, key: ObjectHandle, ciphertext: Uint8Array): Uint8Array {
  const agreed = session.decapsulateKey("ML_KEM", key, ciphertext, derivedSecret(SECRET_BYTES));
  const found = session.getAttributes(agreed, ["VALUE"]).VALUE;
  session.destroyObject(agreed);
  return found;
}

function decapsulate(
  { session }: Input,
  template: KeyTemplate,
  ciphertext: Uint8Array,
  secret: Uint8Array,
  publicKey?: Uint8Array,
): string | undefined {
  return withKey(session, template, (key) =>
    firstOf(
      difference(decapsulated(session, key, ciphertext), secret),
      publicKey === undefined ? undefined : difference(pqPublicOf(session, key), publicKey),
    ),
  );
}

/** Encapsulation with a given m, under a key that the token takes and has encapsulated under once. */
export function encapsulated(
  { session, engine }: SuiteBench,
  set: string,
  ek: Uint8Array,
  m: Uint8Array,
): Encapsulated {
  return withKey(session, pqPublic("ML_KEM", set, ek), (key) => {
    const own = session.encapsulateKey("ML_KEM", key, derivedSecret(SECRET_BYTES));
    session.destroyObject(own.key);
    const publicKey = engine.mlKem(set as MlKemSet).publicKey(ek);
    if (publicKey === undefined) throw new Refusal("no encapsulation key");
    return publicKey.encapsulate(() => Uint8Array.from(m));
  });
}

function encapsulate(input: Input, set: string, ek: Uint8Array, m: Uint8Array, c: Uint8Array, k: Uint8Array) {
  const { ciphertext, sharedSecret } = encapsulated(input, set, ek, m);
  return firstOf(difference(ciphertext, c), difference(sharedSecret, k));
}

function* wycheproof(input: Input): Generator<Trial> {
  for (const { type, fields: group, tests } of parseWycheproof(input.text).groups) {
    const set = textAt(group, "parameterSet");
    for (const test of tests) {
      const field = (name: string) => bytesAt(test.fields, name);
      const optional = (name: string) => (test.fields[name] === undefined ? undefined : field(name));
      const runs: Readonly<Record<string, () => string | undefined>> = {
        MLKEMTest: () =>
          decapsulate(input, pqPrivate("ML_KEM", set, { seed: field("seed") }), field("c"), field("K"), optional("ek")),
        MLKEMEncapsTest: () => encapsulate(input, set, field("ek"), field("m"), field("c"), field("K")),
        MLKEMKeyGen: () =>
          checkPair(input.session, pqPrivate("ML_KEM", set, { seed: field("seed") }), field("ek"), field("dk")),
        MLKEMDecapsValidationTest: () =>
          decapsulate(input, pqPrivate("ML_KEM", set, { value: field("dk") }), field("c"), optional("K") ?? field("c")),
      };
      yield { ...caseOf(test), run: runs[type] ?? (() => `the suite does not know the type ${type}`) };
    }
  }
}

function* acvp(input: Input): Generator<Trial> {
  for (const { id, set, group, test, expected } of joinAcvp(parseAcvp(input.text), parseAcvp(input.results ?? ""))) {
    const parameterSet = textAt(group, "parameterSet");
    const runs: Readonly<Record<string, () => string | undefined>> = {
      keyGen: () => {
        const seed = concat(bytesAt(test, "d"), bytesAt(test, "z"));
        const template = pqPrivate("ML_KEM", parameterSet, { seed });
        return checkPair(input.session, template, bytesAt(expected, "ek"), bytesAt(expected, "dk"));
      },
      encapsulation: () => {
        const [ek, m] = [bytesAt(test, "ek"), bytesAt(test, "m")];
        return encapsulate(input, parameterSet, ek, m, bytesAt(expected, "c"), bytesAt(expected, "k"));
      },
      decapsulation: () => {
        const value = bytesAt(group["dk"] === undefined ? test : group, "dk");
        const template = pqPrivate("ML_KEM", parameterSet, { value });
        return decapsulate(input, template, bytesAt(test, "c"), bytesAt(expected, "k"));
      },
    };
    const name = set.mode === "keyGen" ? "keyGen" : textAt(group, "function");
    yield { id, run: runs[name] ?? (() => `the suite does not know the function ${name}`) };
  }
}
