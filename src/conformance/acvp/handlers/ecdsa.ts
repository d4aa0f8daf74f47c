/**
 * ECDSA and DetECDSA on the NIST prime curves through CKM_EC_KEY_PAIR_GEN, CKM_ECDSA_SHA… and, for the other hashes and for
 * components, CKM_ECDSA.
 */

import { concat } from "../../../bytes/bytes.ts";
import type { CurveName } from "../../../crypto/engine.ts";
import { FIELD_BYTES } from "../../../der/ec-params.ts";
import type { MechanismChoice } from "../../../mechanisms/registry.ts";
import type { Session } from "../../../token/session.ts";
import type { JsonObject } from "../../parsers/json.ts";
import type { Bench } from "../../suite.ts";
import { deterministicEcdsaOf, ecdsaOf, unlessEcdsa } from "../../suites/ecdsa.ts";
import { hashOf } from "../../suites/hashes.ts";
import { curveNamed, ecPrivate, ecPublic, padded, publicKeyOf, unsignedHex } from "../../suites/keys.ts";
import { bytesAt, textAt } from "../../suites/support.ts";
import { withKey } from "../../suites/token.ts";
import { answers } from "../answers.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import {
  attribute,
  destroyPair,
  generatedPair,
  membersOf,
  type Pair,
  requireAnswerable,
  requireEqual,
  requirePlainMessages,
  unlessAccepted,
  unlessHex,
  verdict,
  withPair,
} from "./common.ts";
import { coordinates, pointAt } from "./points.ts";
import { hexOf } from "./support.ts";

const CURVES = ["P-224", "P-256", "P-384", "P-521"];
const HASHES = [
  ...["SHA2-224", "SHA2-256", "SHA2-384", "SHA2-512", "SHA2-512/224", "SHA2-512/256"],
  ...["SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512", "SHAKE-128", "SHAKE-256"],
];
const REVISIONS = ["FIPS186-5", "1.0"];

/** The curve of a group, or of its tests where the group names none. @throws Unanswered for one not here */
export function curveIn(group: JsonObject, tests: readonly JsonObject[] = []): CurveName {
  const name = textAt({ ...tests[0], ...group }, "curve");
  const curve = curveNamed(name.toUpperCase());
  if (curve === undefined) throw new Unanswered("no-curve", name);
  return curve;
}

/** What a group signs with: a component is the digest itself. */
function signing(
  group: JsonObject,
  curve: CurveName,
): (bench: Bench, message: Uint8Array) => { readonly mechanism: MechanismChoice; readonly data: Uint8Array } {
  requirePlainMessages(group);
  const hashName = textAt(group, "hashAlg");
  const isComponent = group["componentTest"] === true;
  if (!isComponent) requireAnswerable(unlessEcdsa(curve, hashName), textAt(group, "hashAlg"));
  return (bench, message) =>
    isComponent ? ({ mechanism: "ECDSA", data: message } as const) : ecdsaOf(bench, hashName, message);
}

/** @throws Refusal when the scalar is longer than the order */
function scalarAt(fields: JsonObject, curve: CurveName): Uint8Array {
  return padded(unsignedHex(textAt(fields, "d")), FIELD_BYTES[curve]);
}

/** r ‖ s, each of the order's length. @throws Refusal when one is longer */
function signatureAt(fields: JsonObject, curve: CurveName): Uint8Array {
  const half = (name: string) => padded(unsignedHex(textAt(fields, name)), FIELD_BYTES[curve]);
  return concat(half("r"), half("s"));
}

function verify(bench: Bench, fields: JsonObject): void {
  const curve = curveIn(fields);
  const { mechanism, data } = signing(fields, curve)(bench, bytesAt(fields, "message"));
  withKey(bench.session, ecPublic(curve, pointAt(curve, fields, "q")), (key) =>
    bench.session.verify(mechanism, key, data, signatureAt(fields, curve)),
  );
}

/** The token draws scalars with extra random bits (FIPS 186-5, A.2.1), not by testing candidates (A.2.2). */
export const ecdsaKeyGen: AcvpHandler = {
  algorithm: "ECDSA",
  mode: "keyGen",
  revisions: REVISIONS,
  capabilities: { curve: CURVES, secretGenerationMode: ["extra bits"] },
  answer(group, tests, { session }) {
    const curve = curveIn(group, tests);
    const mode = group["secretGenerationMode"] ?? "extra bits";
    requireAnswerable(mode === "extra bits" ? undefined : "key-generation-method", String(mode));
    const pair = () =>
      withPair(session, { mechanism: "EC_KEY_PAIR_GEN", curve }, "sign", ({ privateKey }) => ({
        d: hexOf(attribute(session, privateKey, "VALUE")),
        ...coordinates(publicKeyOf(session, privateKey), "q"),
      }));
    return { tests: answers(tests, pair) };
  },
  check(asked, answered, { session }) {
    const fields = { ...membersOf(asked), ...answered.test };
    const curve = curveIn(fields);
    const compare = () =>
      withKey(session, ecPrivate(curve, scalarAt(fields, curve), "sign"), (key) =>
        requireEqual(publicKeyOf(session, key), pointAt(curve, fields, "q")),
      );
    return unlessHex(fields, "d", "qx", "qy") ?? unlessAccepted(compare, "the pair");
  },
};

export const ecdsaKeyVer: AcvpHandler = {
  algorithm: "ECDSA",
  mode: "keyVer",
  revisions: REVISIONS,
  capabilities: { curve: CURVES },
  answer(group, tests, { session }) {
    const curve = curveIn(group, tests);
    return {
      tests: answers(tests, (test) =>
        verdict(() => withKey(session, ecPublic(curve, pointAt(curve, test, "q")), () => undefined)),
      ),
    };
  },
};

type Signing = typeof signing;

/** Signatures of one pair a group. */
function sigGenAnswers(
  pairOf: (session: Session, group: JsonObject, curve: CurveName) => Pair,
  how: Signing,
): AcvpHandler["answer"] {
  return (group, tests, bench) => {
    const { session } = bench;
    const curve = curveIn(group, tests);
    const sign = how(group, curve);
    const pair = pairOf(session, group, curve);
    const signed = (test: JsonObject): JsonObject => {
      const { mechanism, data } = sign(bench, bytesAt(test, "message"));
      const signature = session.sign(mechanism, pair.privateKey, data);
      const half = FIELD_BYTES[curve];
      return { r: hexOf(signature.subarray(0, half)), s: hexOf(signature.subarray(half)) };
    };
    return {
      group: coordinates(publicKeyOf(session, pair.privateKey), "q"),
      tests: answers(tests, signed, () => destroyPair(session, pair)),
    };
  };
}

function newPair(session: Session, _group: JsonObject, curve: CurveName): Pair {
  return generatedPair(session, { mechanism: "EC_KEY_PAIR_GEN", curve }, "sign");
}

export const ecdsaSigGen: AcvpHandler = {
  algorithm: "ECDSA",
  mode: "sigGen",
  revisions: REVISIONS,
  capabilities: { capabilities: [{ curve: CURVES, hashAlg: HASHES }], componentTest: true },
  answer: sigGenAnswers(newPair, signing),
  check(asked, answered, bench) {
    const fields = { ...membersOf(asked), ...membersOf(answered) };
    return unlessHex(fields, "qx", "qy", "r", "s") ?? unlessAccepted(() => verify(bench, fields), "the signature");
  },
};

export const ecdsaSigVer: AcvpHandler = {
  algorithm: "ECDSA",
  mode: "sigVer",
  revisions: REVISIONS,
  capabilities: { capabilities: [{ curve: CURVES, hashAlg: HASHES }], componentTest: true },
  answer(group, tests, bench) {
    signing(group, curveIn(group, tests));
    return { tests: answers(tests, (test) => verdict(() => verify(bench, membersOf({ group, test })))) };
  },
};

/** HMAC gives the nonces, which no SHAKE is a hash of. */
const DETERMINISTIC_HASHES = HASHES.filter((name) => hashOf(name) !== undefined);

const deterministicSigning: Signing = (group) => {
  requirePlainMessages(group);
  requireAnswerable(group["componentTest"] === true ? "no-mechanism" : undefined, "a deterministic component");
  const hashName = textAt(group, "hashAlg");
  requireAnswerable(hashOf(hashName) === undefined ? "no-mechanism" : undefined, hashName);
  return (bench, message) => deterministicEcdsaOf(bench, hashName, message);
};

/** The pair of the private key in the group, which NIST's internal projection has, or a new one. */
function givenPair(session: Session, group: JsonObject, curve: CurveName): Pair {
  if (group["d"] === undefined) return newPair(session, group, curve);
  const privateKey = session.createObject(ecPrivate(curve, scalarAt(group, curve), "sign"));
  return { publicKey: session.createObject(ecPublic(curve, publicKeyOf(session, privateKey))), privateKey };
}

/** ECDSA with nonces by RFC 6979, 3.2 (FIPS 186-5, A.3.3). */
export const detEcdsaSigGen: AcvpHandler = {
  algorithm: "DetECDSA",
  mode: "sigGen",
  revisions: ["FIPS186-5"],
  capabilities: { capabilities: [{ curve: CURVES, hashAlg: DETERMINISTIC_HASHES }], componentTest: false },
  answer: sigGenAnswers(givenPair, deterministicSigning),
  /** With its private key there is but one signature. */
  check(asked, answered, bench) {
    const upper = (value: unknown) => String(value).toUpperCase();
    const isSameKey = ["qx", "qy"].every((name) => upper(asked.group[name]) === upper(answered.group[name]));
    return asked.group["d"] !== undefined && isSameKey ? "compare" : ecdsaSigGen.check?.(asked, answered, bench);
  },
};

export const ecdsaHandlers: readonly AcvpHandler[] = [
  ecdsaKeyGen,
  ecdsaKeyVer,
  ecdsaSigGen,
  ecdsaSigVer,
  detEcdsaSigGen,
];
