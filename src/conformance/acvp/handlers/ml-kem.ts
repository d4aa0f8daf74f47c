/**
 * ML-KEM through CKA_SEED, CKM_ML_KEM and C_DecapsulateKey. C_EncapsulateKey draws m from the token's DRBG, so a prompt's
 * m goes to the engine, under a key that the token has taken and used.
 */

import { concat } from "../../../bytes/bytes.ts";
import type { JsonObject } from "../../parsers/json.ts";
import type { Bench } from "../../suite.ts";
import { decapsulated, encapsulated } from "../../suites/ml-kem.ts";
import { pqPrivate, pqPublic } from "../../suites/pq-keys.ts";
import { bytesAt, textAt } from "../../suites/support.ts";
import { withKey } from "../../suites/token.ts";
import { answers } from "../answers.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import { membersOf, requireMembers, verdict } from "./common.ts";
import { pairOf, setIn, setsOf } from "./pq.ts";
import { hexOf } from "./support.ts";

const parameterSets = setsOf("ML_KEM");

export const mlKemKeyGen: AcvpHandler = {
  algorithm: "ML-KEM",
  mode: "keyGen",
  revisions: ["FIPS203"],
  capabilities: { parameterSets },
  answer(group, tests, { session }) {
    const set = setIn("ML_KEM", group, tests);
    const pair = (test: JsonObject): JsonObject => {
      requireMembers(test, "d", "z");
      const { privateKey, publicKey } = pairOf(session, "ML_KEM", set, { seed: seedAt(test) });
      return { ek: hexOf(publicKey), dk: hexOf(privateKey) };
    };
    return { tests: answers(tests, pair) };
  },
};

function seedAt(fields: JsonObject): Uint8Array {
  return concat(bytesAt(fields, "d"), bytesAt(fields, "z"));
}

/** A decapsulation key as a prompt has it: expanded, or as d and z. @throws Unanswered when it has neither */
function decapsulationKey(set: string, fields: JsonObject) {
  if (fields["dk"] !== undefined) return pqPrivate("ML_KEM", set, { value: bytesAt(fields, "dk") });
  requireMembers(fields, "d", "z");
  return pqPrivate("ML_KEM", set, { seed: seedAt(fields) });
}

type Answer = (bench: Bench, set: string, fields: JsonObject) => JsonObject;

/** The functions of the vector set (FIPS 203, 7.2 and 7.3). */
const FUNCTIONS: Readonly<Record<string, Answer>> = {
  encapsulation(bench, set, fields) {
    requireMembers(fields, "ek", "m");
    const { ciphertext, sharedSecret } = encapsulated(bench, set, bytesAt(fields, "ek"), bytesAt(fields, "m"));
    return { c: hexOf(ciphertext), k: hexOf(sharedSecret) };
  },
  decapsulation({ session }, set, fields) {
    const template = decapsulationKey(set, fields);
    return withKey(session, template, (key) => ({ k: hexOf(decapsulated(session, key, bytesAt(fields, "c"))) }));
  },
  encapsulationKeyCheck({ session }, set, fields) {
    requireMembers(fields, "ek");
    return verdict(() => withKey(session, pqPublic("ML_KEM", set, bytesAt(fields, "ek")), () => undefined));
  },
  decapsulationKeyCheck({ session }, set, fields) {
    const template = decapsulationKey(set, fields);
    return verdict(() => withKey(session, template, () => undefined));
  },
};

export const mlKemEncapDecap: AcvpHandler = {
  algorithm: "ML-KEM",
  mode: "encapDecap",
  revisions: ["FIPS203-tr1", "FIPS203"],
  capabilities: { parameterSets, functions: Object.keys(FUNCTIONS), keyFormats: ["seed", "expanded"] },
  answer(group, tests, bench) {
    const set = setIn("ML_KEM", group, tests);
    const name = textAt(group, "function");
    const answer = FUNCTIONS[name];
    if (answer === undefined) throw new Unanswered("no-mechanism", name);
    return { tests: answers(tests, (test) => answer(bench, set, membersOf({ group, test }))) };
  },
};

export const mlKemHandlers: readonly AcvpHandler[] = [mlKemKeyGen, mlKemEncapDecap];
