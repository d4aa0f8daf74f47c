/** SHAKE-128 and SHAKE-256 (draft-celi-acvp-sha3) through C_Digest. */

import type { MechanismChoice } from "../../../mechanisms/registry.ts";
import type { Session } from "../../../token/session.ts";
import type { JsonObject } from "../../parsers/json.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import { digestOfLargeMessage } from "./large-message.ts";
import { asLongAs, messageOf } from "./sha.ts";
import { eachTest, hexOf, isOffered, numberOf, onToken, wholeBytes } from "./support.ts";

/** The vendor's digest mechanisms; PKCS #11 has SHAKE for the derivation of keys only. */
const MECHANISMS: Readonly<Record<string, string>> = { "SHAKE-128": "PHSM_SHAKE128", "SHAKE-256": "PHSM_SHAKE256" };

const OUTER = 100;
const INNER = 1000;
/** Every message of a Monte Carlo chain has 128 bits. */
const CHAIN_BYTES = 16;

type Xof = (message: Uint8Array, outputBytes: number) => Uint8Array;

/** The entries of a Monte Carlo test: each output says by its last 16 bits how long the next one is. */
export function* shakeChain(xof: Xof, seed: Uint8Array, least: number, most: number): Generator<JsonObject> {
  let [output, length] = [seed, most];
  for (let round = 0; round < OUTER; round++) {
    for (let inner = 0; inner < INNER; inner++) {
      output = xof(asLongAs(output, CHAIN_BYTES), length);
      const [high = 0, low = 0] = output.subarray(-2);
      length = least + ((256 * high + low) % (most - least + 1));
    }
    yield { md: hexOf(output), outLen: 8 * output.length };
  }
}

function outputBytes(group: JsonObject, test: JsonObject, name: string): number {
  return wholeBytes(numberOf(group, test, name), "an output");
}

function shakeAnswer(mechanism: string): AcvpHandler["answer"] {
  const choice = (length: number) => ({ mechanism, outputBytes: length }) as unknown as MechanismChoice;
  return eachTest((test, group, bench) =>
    onToken(bench, "acvp-unknown", (session: Session): JsonObject => {
      switch (group["testType"]) {
        case "AFT":
        case "VOT": {
          const length = outputBytes(group, test, "outLen");
          return { md: hexOf(session.digest(choice(length), messageOf(test))), outLen: 8 * length };
        }
        case "MCT": {
          const [least, most] = [outputBytes(group, test, "minOutLen"), outputBytes(group, test, "maxOutLen")];
          if (least < 2) throw new Unanswered("acvp-unknown", `outputs of ${least} bytes in a Monte Carlo chain`);
          const xof: Xof = (message, length) => session.digest(choice(length), message);
          return { resultsArray: [...shakeChain(xof, messageOf(test), least, most)] };
        }
        case "LDT": {
          const length = outputBytes(group, test, "outLen");
          return { md: hexOf(digestOfLargeMessage(session, choice(length), test)), outLen: 8 * length };
        }
        default:
          throw new Unanswered("acvp-unknown", `test type ${String(group["testType"])} of a SHAKE`);
      }
    }),
  );
}

export const shake: readonly AcvpHandler[] = Object.entries(MECHANISMS)
  .filter(([, mechanism]) => isOffered(mechanism))
  .map(([algorithm, mechanism]) => ({
    algorithm,
    mode: "",
    revisions: ["FIPS202", "1.0"],
    capabilities: {
      messageLength: [{ min: 0, max: 65_536, increment: 8 }],
      outputLen: [{ min: 16, max: 65_536, increment: 8 }],
    },
    answer: shakeAnswer(mechanism),
  }));
