/**
 * AES-CMAC through CKM_AES_CMAC, whose MACs are whole blocks: those of vectors with shorter ones are compared with the
 * front of what the token computes, the others are verified by the token.
 */

import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { parseRsp } from "../parsers/rsp.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { checkMac, verifyMac } from "./mac.ts";
import { bytesAt, caseOf, type Input, numberAt, suite, type Trial, textAt } from "./support.ts";
import { secretKey } from "./token.ts";

export const aesCmac: Suite = suite(
  "aes-cmac",
  "AES-CMAC",
  ({ algorithm }) => algorithm === "AES-CMAC",
  (input) => {
    if (input.file.format === "wycheproof") return wycheproof(input);
    if (input.file.format === "acvp") return acvp(input);
    return input.file.path.includes("cavp") ? cavp(input) : examples(input);
  },
);

const MECHANISM = "AES_CMAC";

function* wycheproof({ session, text }: Input): Generator<Trial> {
  for (const test of parseWycheproof(text).cases) {
    const [key, message, mac] = [bytesAt(test.fields, "key"), bytesAt(test.fields, "msg"), bytesAt(test.fields, "tag")];
    const template = secretKey("AES", key, "sign");
    yield { ...caseOf(test), run: () => verifyMac(session, MECHANISM, template, message, mac) };
  }
}

/** Verification: `Result = P`, or F with what was changed. Mlen counts the bytes, of which the file has at least one. */
function* cavp({ session, text }: Input): Generator<Trial> {
  for (const { id, fields } of parseRsp(text)) {
    const template = secretKey("AES", bytesAt(fields, "Key"), "sign");
    const message = bytesAt(fields, "Msg").subarray(0, numberAt(fields, "Mlen"));
    const result = textAt(fields, "Result").startsWith("P") ? "valid" : "invalid";
    yield { id, result, run: () => verifyMac(session, MECHANISM, template, message, bytesAt(fields, "Mac")) };
  }
}

function* examples({ session, text }: Input): Generator<Trial> {
  for (const { id, fields } of parseRsp(text)) {
    const template = secretKey("AES", bytesAt(fields, "KEY"), "sign");
    const [message, mac] = [bytesAt(fields, "MESSAGE"), bytesAt(fields, "OUTPUT")];
    yield { id, run: () => checkMac(session, MECHANISM, template, message, mac) };
  }
}

function* acvp({ session, text, results }: Input): Generator<Trial> {
  for (const { id, group, test, expected } of joinAcvp(parseAcvp(text), parseAcvp(results ?? ""))) {
    const template = secretKey("AES", bytesAt(test, "key"), "sign");
    const message = bytesAt(test, "message");
    if (group["direction"] === "gen") {
      yield { id, run: () => checkMac(session, MECHANISM, template, message, bytesAt(expected, "mac")) };
    } else {
      const result = expected["testPassed"] === true ? "valid" : "invalid";
      yield { id, result, run: () => verifyMac(session, MECHANISM, template, message, bytesAt(test, "mac")) };
    }
  }
}
