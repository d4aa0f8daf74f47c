/**
 * AES-CBC through CKM_AES_CBC_PAD, the only CBC of this token.
 *
 * The vectors of CAVP and ACVP are whole blocks without padding. They are expressed like this: what the token encrypts
 * ends in one more block, of padding, which is left off; what it is to decrypt gets such a block from the token first.
 * ECB vectors are single blocks under a zero IV.
 */

import { concat } from "../../bytes/bytes.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { type JsonObject, listAt, objectAt } from "../parsers/json.ts";
import { parseRsp } from "../parsers/rsp.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite, TokenSession } from "../suite.ts";
import { bytesAt, caseOf, difference, firstOf, type Input, suite, type Trial } from "./support.ts";
import { secretKey, withKey } from "./token.ts";

export const aesCbc: Suite = suite(
  "aes-cbc",
  "AES-CBC",
  ({ algorithm }) => algorithm === "AES-CBC" || algorithm === "AES-ECB",
  (input) => {
    if (input.file.format === "wycheproof") return wycheproof(input);
    return input.file.format === "acvp" ? acvp(input) : cavp(input);
  },
);

const BLOCK = 16;
const none: Uint8Array = new Uint8Array(0);

/** CBC on whole blocks. */
export interface Cbc {
  encrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
  decrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
}

export function cbc(session: TokenSession, key: ObjectHandle): Cbc {
  const encrypt = (iv: Uint8Array, data: Uint8Array): Uint8Array =>
    session.encrypt({ mechanism: "AES_CBC_PAD", iv }, key, data);
  return {
    encrypt: (iv, blocks) => encrypt(iv, blocks).subarray(0, blocks.length),
    decrypt(iv, blocks) {
      const padding = encrypt(blocks.slice(-BLOCK), none);
      return session.decrypt({ mechanism: "AES_CBC_PAD", iv }, key, concat(blocks, padding));
    },
  };
}

function withCbc<T>({ session }: Input, key: Uint8Array, use: (aes: Cbc) => T): T {
  return withKey(session, secretKey("AES", key, "encrypt"), (handle) => use(cbc(session, handle)));
}

function* wycheproof(input: Input): Generator<Trial> {
  const { session } = input;
  for (const test of parseWycheproof(input.text).cases) {
    const { fields, result } = test;
    const mechanism = { mechanism: "AES_CBC_PAD", iv: bytesAt(fields, "iv") } as const;
    const [plaintext, ciphertext] = [bytesAt(fields, "msg"), bytesAt(fields, "ct")];
    const run = () =>
      withKey(session, secretKey("AES", bytesAt(fields, "key"), "encrypt"), (key) =>
        firstOf(
          result === "valid" ? difference(session.encrypt(mechanism, key, plaintext), ciphertext) : undefined,
          difference(session.decrypt(mechanism, key, ciphertext), plaintext),
        ),
      );
    yield { ...caseOf(test), run };
  }
}

function* cavp(input: Input): Generator<Trial> {
  const isMonteCarlo = input.file.path.includes("MCT");
  for (const { id, sections, fields } of parseRsp(input.text)) {
    const encrypts = sections.includes("ENCRYPT");
    const [key, iv] = [bytesAt(fields, "KEY"), bytesAt(fields, "IV")];
    const [plaintext, ciphertext] = [bytesAt(fields, "PLAINTEXT"), bytesAt(fields, "CIPHERTEXT")];
    const [from, to] = encrypts ? [plaintext, ciphertext] : [ciphertext, plaintext];
    const run = () =>
      withCbc(input, key, (aes) => {
        if (isMonteCarlo) return difference(monteCarlo(aes, encrypts, iv, from).last, to);
        return difference(encrypts ? aes.encrypt(iv, from) : aes.decrypt(iv, from), to);
      });
    yield { id, run };
  }
}

/** The 1,000 inner rounds of AESAVS, 6.4.2: each output is the input of the round after the next. */
function monteCarlo(aes: Cbc, encrypts: boolean, iv: Uint8Array, start: Uint8Array) {
  let [input, chain, before] = [start, iv, iv];
  let last = none;
  let previous = none;
  for (let round = 0; round < 1000; round++) {
    previous = last;
    last = encrypts ? aes.encrypt(chain, input) : aes.decrypt(chain, input);
    [chain, input, before] = encrypts ? [last, before, last] : [input, before, last];
  }
  return { last, previous };
}

const zeroIv: Uint8Array = new Uint8Array(BLOCK);

/** ECB: every block by itself under a zero IV. */
function ecb(aes: Cbc, encrypts: boolean, data: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += BLOCK) {
    const block = data.slice(at, at + BLOCK);
    blocks.push(encrypts ? aes.encrypt(zeroIv, block) : aes.decrypt(zeroIv, block));
  }
  return concat(...blocks);
}

function ecbMonteCarlo(aes: Cbc, encrypts: boolean, start: Uint8Array) {
  let last = start;
  let previous = none;
  for (let round = 0; round < 1000; round++) {
    previous = last;
    last = ecb(aes, encrypts, last);
  }
  return { last, previous };
}

function* acvp(input: Input): Generator<Trial> {
  const isEcb = input.file.algorithm === "AES-ECB";
  for (const { id, group, test, expected } of joinAcvp(parseAcvp(input.text), parseAcvp(input.results ?? ""))) {
    const encrypts = group["direction"] === "encrypt";
    const [from, to] = encrypts ? ["pt", "ct"] : ["ct", "pt"];
    const iv = isEcb ? zeroIv : bytesAt(test, "iv");
    const once = () =>
      withCbc(input, bytesAt(test, "key"), (aes) => {
        const data = bytesAt(test, from);
        const found = isEcb ? ecb(aes, encrypts, data) : encrypts ? aes.encrypt(iv, data) : aes.decrypt(iv, data);
        return difference(found, bytesAt(expected, to));
      });
    yield { id, run: group["testType"] === "MCT" ? () => chained(input, isEcb, encrypts, test, expected) : once };
  }
}

/** The 100 outer rounds of ACVP's Monte Carlo test, in which each result makes the next key, IV and input. */
function chained(input: Input, isEcb: boolean, encrypts: boolean, test: JsonObject, expected: JsonObject) {
  const [from, to] = encrypts ? ["pt", "ct"] : ["ct", "pt"];
  let key = bytesAt(test, "key");
  let iv = isEcb ? zeroIv : bytesAt(test, "iv");
  let start = bytesAt(test, from);
  for (const entry of listAt(expected["resultsArray"], "resultsArray")) {
    const round = objectAt(entry, "resultsArray");
    const { last, previous } = withCbc(input, key, (aes) =>
      isEcb ? ecbMonteCarlo(aes, encrypts, start) : monteCarlo(aes, encrypts, iv, start),
    );
    const differs = firstOf(difference(key, bytesAt(round, "key")), difference(last, bytesAt(round, to)));
    if (differs !== undefined) return differs;
    const mask = concat(previous, last).slice(-key.length);
    key = key.map((byte, index) => byte ^ (mask[index] as number));
    [iv, start] = isEcb ? [iv, last] : [last, previous];
  }
  return undefined;
}
