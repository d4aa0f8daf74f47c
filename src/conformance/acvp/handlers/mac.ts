/** CMAC-AES and HMAC (draft-fussell-acvp-mac). A MAC shorter than the mechanism's is the front of it. */

import { equalBytes } from "../../../bytes/bytes.ts";
import { MAX_SECRET_BYTES, MIN_SECRET_BYTES } from "../../../mechanisms/keys/generic-secret.ts";
import type { MechanismChoice } from "../../../mechanisms/registry.ts";
import type { JsonObject } from "../../parsers/json.ts";
import type { Bench } from "../../suite.ts";
import { bytesAt } from "../../suites/support.ts";
import { secretKey, withKey } from "../../suites/token.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import { acvpHashes } from "./hashes.ts";
import { bytesOr, eachTest, hexOf, isOffered, numberOf, offered, onToken, wholeBytes } from "./support.ts";

/** The whole MAC of a message. */
function mac(
  bench: Bench,
  reason: string,
  mechanism: MechanismChoice,
  template: ReturnType<typeof secretKey>,
  message: Uint8Array,
): Uint8Array {
  return onToken(bench, reason, (session) =>
    withKey(session, template, (key) => session.sign(mechanism, key, message)),
  );
}

function macBytes(group: JsonObject, test: JsonObject): number {
  return wholeBytes(numberOf(group, test, "macLen"), "a MAC");
}

/** Lengths of ACVP's 1.0 stand in the group, of 2.0 in the test. */
function requireWhole(group: JsonObject, test: JsonObject, ...names: readonly string[]): void {
  for (const name of names)
    if (test[name] !== undefined || group[name] !== undefined) wholeBytes(numberOf(group, test, name), name);
}

const cmacAnswer = eachTest((test, group, bench) => {
  requireWhole(group, test, "msgLen");
  const message = test["message"] === undefined ? bytesOr(test, "msg") : bytesAt(test, "message");
  const key = secretKey("AES", bytesAt(test, "key"), "sign");
  const made = mac(bench, "acvp-unknown", "AES_CMAC", key, message).slice(0, macBytes(group, test));
  switch (group["direction"] ?? "gen") {
    case "gen":
      return { mac: hexOf(made) };
    case "ver":
      return { testPassed: equalBytes(made, bytesAt(test, "mac")) };
    default:
      throw new Unanswered("acvp-unknown", `direction ${String(group["direction"])}`);
  }
});

const cmacAes: AcvpHandler = {
  algorithm: "CMAC-AES",
  mode: "",
  revisions: ["1.0"],
  capabilities: {
    capabilities: [
      {
        direction: ["gen", "ver"],
        keyLen: [128, 192, 256],
        msgLen: [{ min: 0, max: 65_536, increment: 8 }],
        macLen: [{ min: 32, max: 128, increment: 8 }],
      },
    ],
  },
  answer: cmacAnswer,
};

function hmacAnswer(mechanism: string): AcvpHandler["answer"] {
  return eachTest((test, group, bench) => {
    requireWhole(group, test, "keyLen", "msgLen");
    const value = bytesAt(test, "key");
    const reason = value.length > MAX_SECRET_BYTES ? "hmac-long-key" : "hmac-short-key";
    const key = secretKey("GENERIC_SECRET", value, "sign");
    const made = mac(bench, reason, offered(mechanism, mechanism), key, bytesOr(test, "msg"));
    return { mac: hexOf(made.subarray(0, macBytes(group, test))) };
  });
}

const hmacs: readonly AcvpHandler[] = acvpHashes
  .filter(({ hmac }) => isOffered(hmac))
  .map(({ name, hmac, bytes }) => ({
    algorithm: `HMAC-${name}`,
    mode: "",
    revisions: ["2.0", "1.0"],
    capabilities: {
      keyLen: [{ min: 8 * MIN_SECRET_BYTES, max: 8 * MAX_SECRET_BYTES, increment: 8 }],
      msgLen: [{ min: 0, max: 65_536, increment: 8 }],
      macLen: [{ min: 32, max: 8 * bytes, increment: 8 }],
    },
    answer: hmacAnswer(hmac),
  }));

export const macs: readonly AcvpHandler[] = [cmacAes, ...hmacs];
