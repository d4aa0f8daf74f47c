/**
 * RSA key generation through CKM_RSA_PKCS_KEY_PAIR_GEN: random probable primes (FIPS 186-5, A.1.3; FIPS 186-4, B.3.3), the
 * one method of the token. Known-answer groups ask whether two numbers are primes of a key.
 */

import { utf8 } from "../../../bytes/bytes.ts";
import type { RsaComponents } from "../../../crypto/engine.ts";
import type { MechanismChoice } from "../../../mechanisms/registry.ts";
import type { Session } from "../../../token/session.ts";
import type { JsonObject } from "../../parsers/json.ts";
import { rsaPrivate, rsaPublic, unsignedHex } from "../../suites/keys.ts";
import { numberAt, textAt } from "../../suites/support.ts";
import { withKey } from "../../suites/token.ts";
import { answers } from "../answers.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import {
  attribute,
  membersOf,
  type Pair,
  requireAnswerable,
  requireMembers,
  unlessAccepted,
  unlessHex,
  withPair,
} from "./common.ts";
import { componentsIn, keyFault, keyMembers, numberIn, primesFault } from "./rsa-numbers.ts";
import { hexOf } from "./support.ts";

export const MODULI: readonly number[] = [2048, 3072, 4096];

/** @throws Unanswered for a modulus that the token does not have */
export function moduloIn(fields: JsonObject): number {
  const modulo = numberAt(fields, "modulo");
  if (!MODULI.includes(modulo)) throw new Unanswered("rsa-modulus-length", `${modulo} bits`);
  return modulo;
}

/** The pair generation of a modulus and, where the prompt gives one, a public exponent. */
export function rsaGeneration(modulusBits: number, publicExponent?: Uint8Array): MechanismChoice {
  return { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits, publicExponent };
}

/** The methods that draw random probable primes, by both revisions' names. */
const OWN_METHODS: readonly string[] = ["B.3.3", "probable"];

function isOwnMethod(group: JsonObject): boolean {
  return OWN_METHODS.includes(textAt(group, "randPQ"));
}

/** @throws Unanswered for another method, and for primes of a given residue modulo 8 */
function requireMethod(group: JsonObject): void {
  requireAnswerable(isOwnMethod(group) ? undefined : "key-generation-method", textAt(group, "randPQ"));
  const residues = ["pMod8", "qMod8"].filter((name) => Number(group[name] ?? 0) !== 0);
  requireAnswerable(residues.length === 0 ? undefined : "key-generation-method", residues.join(", "));
}

function isCrt(group: JsonObject): boolean {
  return group["keyFormat"] === "crt";
}

/** The exponent that a prompt fixes: the test's, or the group's. @throws Unanswered for one that the token refuses */
function exponentIn(fields: JsonObject): Uint8Array | undefined {
  const name = ["e", "fixedPubExp"].find((one) => typeof fields[one] === "string" && fields[one] !== "");
  if (name === undefined) return undefined;
  const e = numberIn(fields, name);
  const isOffered = e > 0x1_0000n && e % 2n === 1n && e < 1n << 256n;
  requireAnswerable(isOffered ? undefined : "rsa-public-exponent", textAt(fields, name));
  return unsignedHex(textAt(fields, name));
}

/** The components of a private key that may be read. */
function componentsOf(session: Session, { privateKey }: Pair): RsaComponents {
  const read = (name: Parameters<typeof attribute>[2]) => attribute(session, privateKey, name);
  return {
    n: read("MODULUS"),
    e: read("PUBLIC_EXPONENT"),
    d: read("PRIVATE_EXPONENT"),
    p: read("PRIME_1"),
    q: read("PRIME_2"),
    dp: read("EXPONENT_1"),
    dq: read("EXPONENT_2"),
    qi: read("COEFFICIENT"),
  };
}

/** Whether the numbers of a known-answer test are the primes of a key. The names are NIST's, old and new. */
function arePrimes(group: JsonObject, test: JsonObject, session: Session): JsonObject {
  const fields = { ...test, p: test["pRand"] ?? test["p"] ?? null, q: test["qRand"] ?? test["q"] ?? null };
  requireMembers(fields, "p", "q", "e");
  const [p, q, e] = [numberIn(fields, "p"), numberIn(fields, "q"), numberIn(fields, "e")];
  const fault = primesFault(p, q, e, moduloIn(group), (byteLength) => session.generateRandom(byteLength));
  return { testPassed: fault === undefined };
}

/** A key of the answer signs and its public half verifies: what the token says of the pair. */
function pairwise(session: Session, fields: JsonObject): void {
  const components = componentsIn(fields);
  const data = utf8("pairwise consistency");
  const signature = withKey(session, rsaPrivate(components, "sign"), (key) =>
    session.sign("SHA256_RSA_PKCS", key, data),
  );
  withKey(session, rsaPublic(components.n, components.e, "sign"), (key) =>
    session.verify("SHA256_RSA_PKCS", key, data, signature),
  );
}

export const rsaKeyGen: AcvpHandler = {
  algorithm: "RSA",
  mode: "keyGen",
  revisions: ["FIPS186-5", "FIPS186-4", "1.0"],
  capabilities: {
    infoGeneratedByServer: false,
    pubExpMode: "random",
    keyFormat: "crt",
    capabilities: [
      {
        randPQ: "probable",
        properties: MODULI.map((modulo) => ({ modulo, primeTest: ["2powSecStr"], pMod8: 0, qMod8: 0 })),
      },
    ],
  },
  answer(group, tests, { session }) {
    const modulusBits = moduloIn(group);
    requireMethod(group);
    if (group["testType"] === "KAT") return { tests: answers(tests, (test) => arePrimes(group, test, session)) };
    const generated = (test: JsonObject): JsonObject => {
      const exponent = exponentIn(membersOf({ group, test }));
      return withPair(session, rsaGeneration(modulusBits, exponent), "sign", (pair) => {
        const members = Object.entries(keyMembers(componentsOf(session, pair), isCrt(group)));
        return Object.fromEntries(members.map(([name, value]) => [name, hexOf(value)]));
      });
    };
    return { tests: answers(tests, generated) };
  },
  /** What the server's own numbers determine is compared. */
  check({ group, test }, { test: fields }, { session }) {
    const isDetermined = group["infoGeneratedByServer"] === true && !isOwnMethod(group);
    if (group["testType"] === "KAT" || isDetermined) return "compare";
    const parts = isCrt(group) ? ["dmp1", "dmq1", "iqmp"] : ["d"];
    const malformed = unlessHex(fields, "n", "e", "p", "q", ...parts);
    if (malformed !== undefined) return malformed;
    const wanted = exponentIn(membersOf({ group, test }));
    if (wanted !== undefined && hexOf(wanted) !== hexOf(unsignedHex(textAt(fields, "e"))))
      return "e is not the one asked for";
    const rng = (byteLength: number) => session.generateRandom(byteLength);
    const fault = keyFault(fields, moduloIn(group), isCrt(group), rng);
    return fault ?? unlessAccepted(() => pairwise(session, fields), "the pair");
  },
};
