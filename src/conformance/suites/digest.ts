/** SHA-1, SHA-2, SHA-3, SHAKE and SM3 through C_Digest, with CAVP's and ACVP's Monte Carlo tests. */

import { concat, utf8 } from "../../bytes/bytes.ts";
import type { HashName } from "../../crypto/engine.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { parseBotan } from "../parsers/botan.ts";
import { parseEvp } from "../parsers/evp.ts";
import { listAt, objectAt } from "../parsers/json.ts";
import { parseRsp } from "../parsers/rsp.ts";
import type { Fields } from "../parsers/text.ts";
import type { Suite } from "../suite.ts";
import { evpBytes } from "./evp.ts";
import { digestMechanism, hashOf } from "./hashes.ts";
import { byFormat, bytesAt, difference, type Input, numberAt, suite, type Trial, textAt } from "./support.ts";
import { unlessOffered } from "./token.ts";

export const digest: Suite = suite(
  "digest",
  "SHA-1, SHA-2, SHA-3, SHAKE and SM3",
  ({ algorithm }) => ["SHA-1", "SHA-2", "SHA-3", "SHA-1, SHA-2 and SHA-3", "SHAKE", "SM3"].includes(algorithm),
  byFormat({ acvp, evp: openssl, botan }, (input) => {
    if (input.file.algorithm === "SHAKE") return input.file.path.includes("Monte") ? shakeChain(input) : shakes(input);
    return input.file.path.includes("Monte") ? monteCarlo(input) : messages(input);
  }),
);

/** `SHA512_224Monte.rsp`, `ShortMsgKAT_SHA3-224.txt`, `hashes/SM3/oscca.txt`. */
function hashOfPath(path: string): HashName | undefined {
  if (path.includes("SM3")) return "SM3";
  return hashOf(/(SHA(?:3[-_])?[\d_]+?)(?:Short|Long|Monte|\.)/.exec(path)?.[1] ?? "");
}

function mechanismOf(hash: HashName | undefined): MechanismChoice & string {
  return (hash === undefined ? "" : digestMechanism(hash)) as MechanismChoice & string;
}

/** `Len` counts bits; a message of none is written as 00. */
function* messages(input: Input): Generator<Trial> {
  const { session, text, file } = input;
  const mechanism = mechanismOf(hashOfPath(file.path));
  for (const { id, fields } of parseRsp(text)) {
    const message = bytesAt(fields, "Msg").subarray(0, numberAt(fields, "Len") / 8);
    const run = () => difference(session.digest(mechanism, message), bytesAt(fields, "MD"));
    yield { id, skip: unlessOffered(input, mechanism), run };
  }
}

/** SHAVS, 6.4 (three digests make the next message) and SHA3VS, 6.2.3 (each digest is the next message). */
function inner({ session }: Input, hash: HashName | undefined, seed: Uint8Array): Uint8Array {
  const mechanism = mechanismOf(hash);
  let [a, b, c] = [seed, seed, seed];
  const isSha3 = hash?.startsWith("SHA3_") === true;
  for (let round = 0; round < 1000; round++) {
    [a, b, c] = [b, c, session.digest(mechanism, isSha3 ? c : concat(a, b, c))];
  }
  return c;
}

/** Each of the 100 results is the seed of the next; a case runs the ones before it as far as they have not been run. */
function* monteCarlo(input: Input): Generator<Trial> {
  const hash = hashOfPath(input.file.path);
  const seeds: Uint8Array[] = [];
  for (const [index, { id, shared, fields }] of parseRsp(input.text).entries()) {
    const run = (): string | undefined => {
      if (seeds.length === 0) seeds.push(bytesAt(shared, "Seed"));
      while (seeds.length <= index + 1) seeds.push(inner(input, hash, seeds.at(-1) as Uint8Array));
      return difference(seeds[index + 1] as Uint8Array, bytesAt(fields, "MD"));
    };
    yield { id, skip: hash === undefined ? "no-mechanism" : unlessOffered(input, digestMechanism(hash)), run };
  }
}

function shake({ session, file }: Input, message: Uint8Array, outputBytes: number): Uint8Array {
  const mechanism = file.path.includes("SHAKE128") ? "PHSM_SHAKE128" : "PHSM_SHAKE256";
  return session.digest({ mechanism, outputBytes }, message);
}

/** `Len` and `Outputlen` count bits; without a `Len` the message is whole. */
function* shakes(input: Input): Generator<Trial> {
  for (const { id, fields } of parseRsp(input.text)) {
    const whole = bytesAt(fields, "Msg");
    const message = fields["Len"] === undefined ? whole : whole.subarray(0, numberAt(fields, "Len") / 8);
    const output = bytesAt(fields, "Output");
    yield { id, run: () => difference(shake(input, message, output.length), output) };
  }
}

/**
 * SHA3VS, 6.3.3: the message is the first 128 bits of the output before it, and the last 16 bits of an output choose
 * the length of the next, from the least to the most that the file names. The first one has the most.
 */
function* shakeChain(input: Input): Generator<Trial> {
  const cases = parseRsp(input.text);
  const bound = (which: string): number =>
    Number(new RegExp(`\\[${which} Output Length \\(bits\\) = (\\d+)`).exec(input.text)?.[1]) / 8;
  const [least, most] = [bound("Minimum"), bound("Maximum")];
  const outputs: Uint8Array[] = [];
  let length = most;
  const next = (message: Uint8Array): Uint8Array => {
    let output = message;
    for (let round = 0; round < 1000; round++) {
      const seed = new Uint8Array(16);
      seed.set(output.subarray(0, 16));
      output = shake(input, seed, length);
      const [high = 0, low = 0] = output.subarray(-2);
      length = least + ((256 * high + low) % (most - least + 1));
    }
    return output;
  };
  for (const [index, { id, shared, fields }] of cases.entries()) {
    const run = (): string | undefined => {
      while (outputs.length <= index) outputs.push(next(outputs.at(-1) ?? bytesAt(shared, "Msg")));
      return difference(outputs[index] as Uint8Array, bytesAt(fields, "Output"));
    };
    yield { id, run };
  }
}

function* acvp(input: Input): Generator<Trial> {
  const { session, text, results } = input;
  for (const { id, set, group, test, expected } of joinAcvp(parseAcvp(text), parseAcvp(results ?? ""))) {
    const hash = hashOf(set.algorithm);
    const mechanism = mechanismOf(hash);
    const message = bytesAt(test, "msg").subarray(0, numberAt(test, "len") / 8);
    const chain = (): string | undefined => {
      let seed = message;
      for (const entry of listAt(expected["resultsArray"], "resultsArray")) {
        seed = inner(input, hash, seed);
        const differs = difference(seed, bytesAt(objectAt(entry, "resultsArray"), "md"));
        if (differs !== undefined) return differs;
      }
      return undefined;
    };
    const once = () => difference(session.digest(mechanism, message), bytesAt(expected, "md"));
    yield { id, skip: unlessOffered(input, mechanism), run: group["testType"] === "MCT" ? chain : once };
  }
}

/** `Input` comes once or more, each with the `Ncopy` and `Count` of how often it is repeated. */
function* openssl(input: Input): Generator<Trial> {
  const { session, text } = input;
  for (const { id, target, fields } of parseEvp(text).cases) {
    const output = evpBytes(textAt(fields, "Output"));
    const mechanism = /^SHAKE-?(128|256)$/.test(target)
      ? ({ mechanism: `PHSM_${target.replace("-", "")}` as "PHSM_SHAKE128", outputBytes: output.length } as const)
      : mechanismOf(hashOf(target));
    const run = (): string | undefined => {
      session.digestInit(mechanism);
      for (const part of partsOf(fields)) session.digestUpdate(part);
      return difference(session.digestFinal(), output);
    };
    yield { id, skip: unlessOffered(input, typeof mechanism === "string" ? mechanism : mechanism.mechanism), run };
  }
}

function* partsOf(fields: Fields): Generator<Uint8Array> {
  const [copies, counts] = ["Ncopy", "Count"].map((name) => (fields[name] ?? "1").split("\n").map(Number));
  for (const [index, value] of textAt(fields, "Input").split("\n").entries()) {
    const bytes = evpBytes(value);
    const part = concat(...Array.from({ length: copies?.[index] ?? 1 }, () => bytes));
    for (let count = counts?.[index] ?? 1; count > 0; count--) yield part;
  }
}

function* botan(input: Input): Generator<Trial> {
  const { session, text } = input;
  for (const { id, section, fields } of parseBotan(text, false)) {
    const mechanism = mechanismOf(hashOf(section));
    const message = fields["In"] === undefined ? utf8("") : bytesAt(fields, "In");
    const run = () => difference(session.digest(mechanism, message), bytesAt(fields, "Out"));
    yield { id, skip: unlessOffered(input, mechanism), run };
  }
}
