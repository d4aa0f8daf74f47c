/**
 * HMAC through the token's HMAC mechanisms, and the CMAC and GMAC cases of the file that has all three.
 *
 * The strict policy takes keys of 112 bits and more (SP 800-131A r2, section 10); shorter ones are for the lax one.
 */

import { concat } from "../../bytes/bytes.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { type EvpCase, parseEvp } from "../parsers/evp.ts";
import { parseRsp } from "../parsers/rsp.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite, TokenSession } from "../suite.ts";
import { evpBytes } from "./evp.ts";
import { hashOf, hmacMechanism } from "./hashes.ts";
import { checkMac, verifyMac } from "./mac.ts";
import { byFormat, bytesAt, caseOf, difference, type Input, suite, type Trial, textAt } from "./support.ts";
import { secretBounds, secretKey, sessionFor, unlessOffered, withKey } from "./token.ts";

export const hmac: Suite = suite(
  "hmac",
  "HMAC",
  ({ algorithm }) => ["HMAC", "HMAC-SM3", "HMAC, CMAC and KMAC"].includes(algorithm),
  byFormat({ wycheproof, acvp, evp: openssl }, rfc),
);

const FEWEST_KEY_BYTES = 14;

function mechanismOf(hashName: string): MechanismChoice & string {
  const hash = hashOf(hashName);
  return (hash === undefined ? "" : hmacMechanism(hash)) as MechanismChoice & string;
}

function sessionOf(input: Input, key: Uint8Array): TokenSession {
  return sessionFor(input, key.length < FEWEST_KEY_BYTES ? "hmac-short-key" : undefined);
}

/** The algorithm is "HMACSHA3-256", with no hyphen before the hash. */
function* wycheproof(input: Input): Generator<Trial> {
  const file = parseWycheproof(input.text);
  const mechanism = mechanismOf(file.algorithm.replace(/^HMAC/, ""));
  for (const test of file.cases) {
    const [key, message, mac] = [bytesAt(test.fields, "key"), bytesAt(test.fields, "msg"), bytesAt(test.fields, "tag")];
    const template = secretKey("GENERIC_SECRET", key, "sign");
    const run = () => verifyMac(sessionOf(input, key), mechanism, template, message, mac);
    yield { ...caseOf(test), skip: unlessOffered(input, mechanism), stricter: secretBounds(key.length), run };
  }
}

/** `rfc-4231-sha224.txt`. `Len` counts the bits of the message. */
function* rfc(input: Input): Generator<Trial> {
  const mechanism = mechanismOf(/(sha\d+)\.txt/.exec(input.file.path)?.[1] ?? "");
  for (const { id, fields } of parseRsp(input.text)) {
    const [key, message, mac] = [bytesAt(fields, "Key"), bytesAt(fields, "Msg"), bytesAt(fields, "MD")];
    const template = secretKey("GENERIC_SECRET", key, "sign");
    const run = () => checkMac(sessionOf(input, key), mechanism, template, message, mac);
    yield { id, skip: unlessOffered(input, mechanism), stricter: secretBounds(key.length), run };
  }
}

function* acvp(input: Input): Generator<Trial> {
  for (const { id, set, test, expected } of joinAcvp(parseAcvp(input.text), parseAcvp(input.results ?? ""))) {
    const mechanism = mechanismOf(set.algorithm.replace(/^HMAC-/, ""));
    const [key, message, mac] = [bytesAt(test, "key"), bytesAt(test, "msg"), bytesAt(expected, "mac")];
    const template = secretKey("GENERIC_SECRET", key, "sign");
    const run = () => checkMac(sessionOf(input, key), mechanism, template, message, mac);
    yield { id, skip: unlessOffered(input, mechanism), stricter: secretBounds(key.length), run };
  }
}

function* openssl(input: Input): Generator<Trial> {
  for (const one of parseEvp(input.text).cases) {
    const { id, target, fields } = one;
    if (fields["Result"] !== undefined || fields["Key"] === undefined || fields["Output"] === undefined) {
      yield { id, skip: "openssl-interface", run: () => undefined };
    } else if (target.startsWith("HMAC")) {
      yield hmacTrial(input, one);
    } else if (target.startsWith("CMAC") || target === "GMAC") {
      yield blockCipherTrial(input, one);
    } else {
      yield { id, skip: "no-mechanism", run: () => undefined };
    }
  }
}

function hmacTrial(input: Input, { id, fields }: EvpCase): Trial {
  const mechanism = mechanismOf(textAt(fields, "Algorithm"));
  const key = evpBytes(textAt(fields, "Key"));
  const [message, mac] = [evpBytes(textAt(fields, "Input")), evpBytes(textAt(fields, "Output"))];
  const template = secretKey("GENERIC_SECRET", key, "sign");
  const run = () => checkMac(sessionOf(input, key), mechanism, template, message, mac);
  return { id, skip: unlessOffered(input, mechanism), stricter: secretBounds(key.length), run };
}

function blockCipherTrial({ session }: Input, { id, target, fields }: EvpCase): Trial {
  const skip = textAt(fields, "Algorithm").startsWith("AES-") ? undefined : "no-mechanism";
  const key = evpBytes(textAt(fields, "Key"));
  const [message, mac] = [evpBytes(textAt(fields, "Input")), evpBytes(textAt(fields, "Output"))];
  if (target.startsWith("CMAC"))
    return { id, skip, run: () => checkMac(session, "AES_CMAC", secretKey("AES", key, "sign"), message, mac) };
  const mechanism = { mechanism: "AES_GCM", iv: evpBytes(textAt(fields, "IV")), aad: message } as const;
  const seal = () =>
    withKey(session, secretKey("AES", key, "encrypt"), (handle) =>
      difference(session.encrypt(mechanism, handle, concat()), mac),
    );
  return { id, skip, run: seal };
}
