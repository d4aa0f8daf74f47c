/**
 * The KDFs of SP 800-108 (draft-celi-acvp-kbkdf) through CKM_SP800_108_COUNTER_KDF and the other modes of it.
 *
 * The implementation chooses the fixed data, and in the middle of it the place of the counter; so an answer is verified
 * by computing it again, block by block, with the MAC mechanism of the PRF.
 */

import { MIN_SECRET_BYTES } from "../../../mechanisms/keys/generic-secret.ts";
import type { KeyTemplate } from "../../../objects/template.ts";
import type { JsonObject } from "../../parsers/json.ts";
import { bytesAt, difference, numberAt, textAt } from "../../suites/support.ts";
import { derived, keyLimits, secretKey, withKey } from "../../suites/token.ts";
import type { AcvpHandler } from "../handler.ts";
import { choiceOf, computed, type Kbkdf, offeredModes, PRFS, prfOf } from "./kbkdf.ts";
import { bytesOr, eachTest, hexOf, leftBits, onToken } from "./support.ts";

const OWN_FIXED_BYTES = 16;
const MIDDLE = "middle fixed data";

/** What a test says of the KDF, with fixed data that somebody chose. */
function kbkdfOf(group: JsonObject, test: JsonObject, fixed: Uint8Array, broken: number): Kbkdf {
  return {
    mode: textAt(group, "kdfMode"),
    prf: prfOf(textAt(group, "macMode")),
    counterBits: numberAt(group, "counterLength"),
    location: textAt(group, "counterLocation"),
    iv: bytesOr(test, "iv"),
    fixed,
    broken,
  };
}

function baseKey(prf: string, keyIn: Uint8Array, usage: "derive" | "sign"): KeyTemplate {
  return secretKey(prf === "AES_CMAC" ? "AES" : "GENERIC_SECRET", keyIn, usage);
}

/** A prompt with the server's own fixed data (`internalProjection.json`) is answered for that. */
const kdfAnswer = eachTest((test, group, bench) => {
  const isGiven = test["fixedData"] !== undefined;
  const fixed = isGiven ? bytesAt(test, "fixedData") : bench.session.generateRandom(OWN_FIXED_BYTES);
  const isMiddle = group["counterLocation"] === MIDDLE;
  const broken = isGiven && isMiddle ? numberAt(test, "breakLocation") : 4 * fixed.length;
  const kbkdf = kbkdfOf(group, test, fixed, broken);
  const choice = choiceOf(kbkdf);
  const [keyIn, bits] = [bytesAt(test, "keyIn"), numberAt(group, "keyOutLength")];
  const byteLength = Math.ceil(bits / 8);
  const keyOut = onToken(bench, keyLimits(keyIn.length, byteLength) ?? "acvp-unknown", (session) =>
    withKey(session, baseKey(kbkdf.prf, keyIn, "derive"), (key) => derived(session, choice, key, byteLength)),
  );
  return {
    fixedData: hexOf(fixed),
    ...(isMiddle ? { breakLocation: broken } : {}),
    keyOut: hexOf(leftBits(keyOut, bits)),
  };
});

const kdfCheck: NonNullable<AcvpHandler["check"]> = ({ group, test }, answered, { lax }) => {
  const fixed = bytesAt(answered.test, "fixedData");
  const broken = group["counterLocation"] === MIDDLE ? numberAt(answered.test, "breakLocation") : 0;
  if (broken > 8 * fixed.length) return `breakLocation: expected at most ${8 * fixed.length}, found ${broken}`;
  const kbkdf = kbkdfOf(group, test, fixed, broken);
  const bits = numberAt(group, "keyOutLength");
  const again = withKey(lax, baseKey(kbkdf.prf, bytesAt(test, "keyIn"), "sign"), (key) => {
    const prf = (input: Uint8Array): Uint8Array => lax.sign(kbkdf.prf, key, input);
    return computed(kbkdf, prf, Math.ceil(bits / (8 * prf(fixed).length)));
  });
  return difference(leftBits(again, bits), bytesAt(answered.test, "keyOut"));
};

export const kdfSp800108: AcvpHandler = {
  algorithm: "KDF",
  mode: "",
  revisions: ["1.0"],
  capabilities: {
    capabilities: offeredModes.map(({ mode, locations, counterBits }) => ({
      kdfMode: mode,
      macMode: PRFS,
      supportedLengths: [{ min: 8 * MIN_SECRET_BYTES, max: 4096, increment: 1 }],
      fixedDataOrder: locations,
      counterLength: counterBits,
      ...(mode === "feedback" ? { supportsEmptyIv: true, requiresEmptyIv: false } : {}),
    })),
  },
  answer: kdfAnswer,
  check: kdfCheck,
};
