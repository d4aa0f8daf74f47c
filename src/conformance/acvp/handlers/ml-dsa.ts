/**
 * ML-DSA through CKA_SEED and CKM_ML_DSA. The internal interface and pre-hashed messages go through the token by way of
 * µ, which it takes from outside (FIPS 204, 6.2). A prompt's `rnd` goes to the engine: the token draws its own.
 */

import type { MlDsaSet, PqInput } from "../../../crypto/engine.ts";
import type { JsonObject } from "../../parsers/json.ts";
import type { Bench } from "../../suite.ts";
import { muOf } from "../../suites/ml-dsa.ts";
import { pqPrivate, pqPublic, pqPublicOf } from "../../suites/pq-keys.ts";
import { bytesAt, Refusal } from "../../suites/support.ts";
import { withKey } from "../../suites/token.ts";
import { answers } from "../answers.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import {
  attribute,
  destroyPair,
  generatedPair,
  membersOf,
  requireMembers,
  unlessAccepted,
  unlessHex,
} from "./common.ts";
import {
  contextAt,
  formattedMessage,
  isInternal,
  isPreHashed,
  pairOf,
  setIn,
  setsOf,
  signatureCapabilities,
  signatureVerification,
} from "./pq.ts";
import { hexOf } from "./support.ts";

const parameterSets = setsOf("ML_DSA");

export const mlDsaKeyGen: AcvpHandler = {
  algorithm: "ML-DSA",
  mode: "keyGen",
  revisions: ["FIPS204"],
  capabilities: { parameterSets },
  answer(group, tests, { session }) {
    const set = setIn("ML_DSA", group, tests);
    const pair = (test: JsonObject): JsonObject => {
      requireMembers(test, "seed");
      const { privateKey, publicKey } = pairOf(session, "ML_DSA", set, { seed: bytesAt(test, "seed") });
      return { pk: hexOf(publicKey), sk: hexOf(privateKey) };
    };
    return { tests: answers(tests, pair) };
  },
};

/** What is signed: the message with its context, or µ. */
function inputOf(bench: Bench, fields: JsonObject, publicKey: Uint8Array): PqInput {
  if (isInternal(fields) && fields["externalMu"] === true) return { mu: bytesAt(fields, "mu") };
  if (isInternal(fields) || isPreHashed(fields))
    return { mu: muOf(publicKey, formattedMessage(bench.session, fields)) };
  return { message: bytesAt(fields, "message"), context: contextAt(fields) };
}

/** The mechanism for an input, and its data. */
function signing(input: PqInput, isDeterministic: boolean) {
  const hedge = isDeterministic ? "DETERMINISTIC_REQUIRED" : "HEDGE_REQUIRED";
  const own = { mechanism: "ML_DSA", hedge } as const;
  if ("message" in input) return { mechanism: { ...own, context: input.context }, data: input.message };
  return { mechanism: { ...own, externalMu: true }, data: "mu" in input ? input.mu : input.formatted };
}

function verify(bench: Bench, fields: JsonObject, publicKey: Uint8Array): void {
  const { session } = bench;
  const { mechanism, data } = signing(inputOf(bench, fields, publicKey), true);
  withKey(session, pqPublic("ML_DSA", setIn("ML_DSA", fields), publicKey), (key) =>
    session.verify(mechanism, key, data, bytesAt(fields, "signature")),
  );
}

/** The key of a prompt: expanded, or as its seed. */
function privateParts(fields: JsonObject): Parameters<typeof pqPrivate>[2] | undefined {
  if (fields["sk"] !== undefined) return { value: bytesAt(fields, "sk") };
  return fields["seed"] === undefined ? undefined : { seed: bytesAt(fields, "seed") };
}

/** Hedged with a random string of the prompt, which no mechanism takes. */
function signWith(bench: Bench, set: string, value: Uint8Array, input: PqInput, rnd: Uint8Array): Uint8Array {
  const key = bench.engine.mlDsa(set as MlDsaSet).privateKey(value);
  if (key === undefined) throw new Refusal("no private key");
  try {
    return key.sign(input, () => Uint8Array.from(rnd));
  } finally {
    key.destroy();
  }
}

export const mlDsaSigGen: AcvpHandler = {
  algorithm: "ML-DSA",
  mode: "sigGen",
  revisions: ["FIPS204-tr1", "FIPS204"],
  capabilities: {
    deterministic: [true, false],
    externalMu: [true, false],
    keyFormats: ["seed", "expanded"],
    ...signatureCapabilities("ML_DSA"),
  },
  answer(group, tests, bench) {
    const { session } = bench;
    const set = setIn("ML_DSA", group, tests);
    const isOwn = tests.every((test) => privateParts(membersOf({ group, test })) === undefined);
    const own = isOwn
      ? generatedPair(session, { mechanism: "ML_DSA_KEY_PAIR_GEN", parameterSet: set as MlDsaSet }, "sign")
      : undefined;
    const sign = (fields: JsonObject, key: Parameters<typeof pqPublicOf>[1]): JsonObject => {
      const input = inputOf(bench, fields, pqPublicOf(session, key));
      const isDeterministic = fields["deterministic"] === true;
      if (!isDeterministic && fields["rnd"] !== undefined) {
        const value = attribute(session, key, "VALUE");
        return { signature: hexOf(signWith(bench, set, value, input, bytesAt(fields, "rnd"))) };
      }
      const { mechanism, data } = signing(input, isDeterministic);
      return { signature: hexOf(session.sign(mechanism, key, data)) };
    };
    const signed = (test: JsonObject): JsonObject => {
      const fields = membersOf({ group, test });
      if (own !== undefined) return sign(fields, own.privateKey);
      const parts = privateParts(fields);
      if (parts === undefined) throw new Unanswered("acvp-input-missing", "no private key in the prompt");
      return withKey(session, pqPrivate("ML_DSA", set, parts), (key) => sign(fields, key));
    };
    if (own === undefined) return { tests: answers(tests, signed) };
    return {
      group: { pk: hexOf(pqPublicOf(session, own.privateKey)) },
      tests: answers(tests, signed, () => destroyPair(session, own)),
    };
  },
  /** A signature is compared where the prompt determines it. */
  check(asked, answered, bench) {
    const fields = membersOf(asked);
    const parts = privateParts(fields);
    if (parts !== undefined && (fields["deterministic"] === true || fields["rnd"] !== undefined)) return "compare";
    const all = { ...fields, ...membersOf(answered) };
    const malformed = unlessHex(all, "signature", ...(parts === undefined ? ["pk"] : []));
    if (malformed !== undefined) return malformed;
    const publicKey =
      parts === undefined
        ? bytesAt(all, "pk")
        : pairOf(bench.session, "ML_DSA", setIn("ML_DSA", fields), parts).publicKey;
    return unlessAccepted(() => verify(bench, all, publicKey), "the signature");
  },
};

export const mlDsaSigVer: AcvpHandler = signatureVerification(
  "ML_DSA",
  {
    algorithm: "ML-DSA",
    revisions: ["FIPS204"],
    capabilities: { externalMu: [true, false], ...signatureCapabilities("ML_DSA") },
  },
  verify,
);

export const mlDsaHandlers: readonly AcvpHandler[] = [mlDsaKeyGen, mlDsaSigGen, mlDsaSigVer];
