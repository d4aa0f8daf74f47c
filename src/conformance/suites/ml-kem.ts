/**
 * ML-KEM through CKM_ML_KEM: keys from seeds and expanded keys, C_DecapsulateKey.
 *
 * C_EncapsulateKey draws m from the token's DRBG, so a vector's m goes to the engine under proof; the token still checks
 * the encapsulation key, and encapsulates under it once with its own m.
 */

import { concat } from "../../bytes/bytes.ts";
import type { MlKemSet } from "../../crypto/engine.ts";
import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
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

function decapsulate(
  { session }: Input,
  template: Parameters<Input["session"]["createObject"]>[0],
  ciphertext: Uint8Array,
  secret: Uint8Array,
  publicKey?: Uint8Array,
): string | undefined {
  return withKey(session, template, (key) => {
    const agreed = session.decapsulateKey("ML_KEM", key, ciphertext, derivedSecret(SECRET_BYTES));
    const found = session.getAttributes(agreed, ["VALUE"]).VALUE;
    session.destroyObject(agreed);
    return firstOf(
      difference(found, secret),
      publicKey === undefined ? undefined : difference(pqPublicOf(session, key), publicKey),
    );
  });
}

function encapsulate(input: Input, set: string, ek: Uint8Array, m: Uint8Array, c: Uint8Array, k: Uint8Array) {
  const { session, engine } = input;
  return withKey(session, pqPublic("ML_KEM", set, ek), (key) => {
    const own = session.encapsulateKey("ML_KEM", key, derivedSecret(SECRET_BYTES));
    session.destroyObject(own.key);
    const publicKey = engine.mlKem(set as MlKemSet).publicKey(ek);
    if (publicKey === undefined) throw new Refusal("no encapsulation key");
    const { ciphertext, sharedSecret } = publicKey.encapsulate(() => Uint8Array.from(m));
    return firstOf(difference(ciphertext, c), difference(sharedSecret, k));
  });
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
