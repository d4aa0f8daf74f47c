/**
 * SLH-DSA through CKM_SLH_DSA. What it has no mechanism for runs on the engine under proof: the internal interface
 * (FIPS 205, 9.2), on which pre-hashed messages are signed too, and a prompt's own random string.
 */

import { concat } from "../../../bytes/bytes.ts";
import type { PqInput, SlhDsaSet } from "../../../crypto/engine.ts";
import type { JsonObject } from "../../parsers/json.ts";
import type { Bench } from "../../suite.ts";
import { pqPrivate, pqPublic } from "../../suites/pq-keys.ts";
import { publicPart } from "../../suites/slh-dsa.ts";
import { bytesAt, Refusal } from "../../suites/support.ts";
import { withKey } from "../../suites/token.ts";
import { answers } from "../answers.ts";
import type { AcvpHandler } from "../handler.ts";
import { membersOf, requireMembers, unlessAccepted, unlessHex } from "./common.ts";
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

function schemeOf({ engine }: Bench, fields: JsonObject) {
  return engine.slhDsa(setIn("SLH_DSA", fields) as SlhDsaSet);
}

/** The private key needs its root, which the engine computes; the token makes it again from the seeds and compares. */
export const slhDsaKeyGen: AcvpHandler = {
  algorithm: "SLH-DSA",
  mode: "keyGen",
  revisions: ["FIPS205"],
  capabilities: { parameterSets: setsOf("SLH_DSA") },
  answer(group, tests, bench) {
    const set = setIn("SLH_DSA", group, tests);
    const pair = (test: JsonObject): JsonObject => {
      requireMembers(test, "skSeed", "skPrf", "pkSeed");
      const seed = concat(bytesAt(test, "skSeed"), bytesAt(test, "skPrf"), bytesAt(test, "pkSeed"));
      const { privateKey: value } = schemeOf(bench, { parameterSet: set }).generate(seed);
      const { privateKey, publicKey } = pairOf(bench.session, "SLH_DSA", set, { value });
      return { sk: hexOf(privateKey), pk: hexOf(publicKey) };
    };
    return { tests: answers(tests, pair) };
  },
};

/** Whether the token signs and verifies it itself. */
function isOfToken(fields: JsonObject): boolean {
  return !isInternal(fields) && !isPreHashed(fields);
}

function inputOf(bench: Bench, fields: JsonObject): PqInput {
  if (!isOfToken(fields)) return { formatted: formattedMessage(bench.session, fields) };
  return { message: bytesAt(fields, "message"), context: contextAt(fields) };
}

function mechanismOf(fields: JsonObject) {
  const hedge = fields["deterministic"] === true ? "DETERMINISTIC_REQUIRED" : "HEDGE_REQUIRED";
  return { mechanism: "SLH_DSA", context: contextAt(fields), hedge } as const;
}

function verify(bench: Bench, fields: JsonObject, publicKey: Uint8Array): void {
  const { session } = bench;
  const signature = bytesAt(fields, "signature");
  if (isOfToken(fields)) {
    withKey(session, pqPublic("SLH_DSA", setIn("SLH_DSA", fields), publicKey), (key) =>
      session.verify(mechanismOf(fields), key, bytesAt(fields, "message"), signature),
    );
    return;
  }
  const isValid = schemeOf(bench, fields).publicKey(publicKey)?.verify(inputOf(bench, fields), signature);
  if (isValid !== true) throw new Refusal("the signature is not valid");
}

/** The random string of a hedged signature that the prompt gives, if it does. */
function randomAt(fields: JsonObject): Uint8Array | undefined {
  const isGiven = fields["deterministic"] !== true && fields["additionalRandomness"] !== undefined;
  return isGiven ? bytesAt(fields, "additionalRandomness") : undefined;
}

function sign(bench: Bench, fields: JsonObject): Uint8Array {
  const { session } = bench;
  const value = bytesAt(fields, "sk");
  const random = randomAt(fields);
  if (isOfToken(fields) && random === undefined) {
    return withKey(session, pqPrivate("SLH_DSA", setIn("SLH_DSA", fields), { value }), (key) =>
      session.sign(mechanismOf(fields), key, bytesAt(fields, "message")),
    );
  }
  const key = schemeOf(bench, fields).privateKey(value);
  if (key === undefined) throw new Refusal("no private key");
  const drawn = (byteLength: number) => random?.slice() ?? session.generateRandom(byteLength);
  try {
    return key.sign(inputOf(bench, fields), fields["deterministic"] === true ? undefined : drawn);
  } finally {
    key.destroy();
  }
}

export const slhDsaSigGen: AcvpHandler = {
  algorithm: "SLH-DSA",
  mode: "sigGen",
  revisions: ["FIPS205"],
  capabilities: { deterministic: [true, false], ...signatureCapabilities("SLH_DSA") },
  answer(group, tests, bench) {
    setIn("SLH_DSA", group, tests);
    const signed = (test: JsonObject): JsonObject => {
      const fields = membersOf({ group, test });
      requireMembers(fields, "sk");
      return { signature: hexOf(sign(bench, fields)) };
    };
    return { tests: answers(tests, signed) };
  },
  /** A signature is compared where the prompt determines it. */
  check(asked, answered, bench) {
    const fields = membersOf(asked);
    if (fields["deterministic"] === true || randomAt(fields) !== undefined) return "compare";
    const all = { ...fields, ...answered.test };
    const publicKey = publicPart(bytesAt(fields, "sk"));
    return unlessHex(all, "signature") ?? unlessAccepted(() => verify(bench, all, publicKey), "the signature");
  },
};

export const slhDsaSigVer: AcvpHandler = signatureVerification(
  "SLH_DSA",
  { algorithm: "SLH-DSA", revisions: ["FIPS205"], capabilities: signatureCapabilities("SLH_DSA") },
  verify,
);

export const slhDsaHandlers: readonly AcvpHandler[] = [slhDsaKeyGen, slhDsaSigGen, slhDsaSigVer];
