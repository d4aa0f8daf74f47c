/**
 * The KDF of SP 800-108 in counter mode (draft-celi-acvp-kbkdf) through CKM_SP800_108_COUNTER_KDF.
 *
 * The implementation chooses the fixed data, and in the middle of it the place of the counter; so an answer is verified
 * by computing it again, block by block, with the MAC mechanism of the PRF.
 */

import { concat, i2osp } from "../../bytes/bytes.ts";
import type { CounterBits } from "../../crypto/kdf.ts";
import { MIN_SECRET_BYTES } from "../../mechanisms/keys/generic-secret.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import type { KeyTemplate } from "../../objects/template.ts";
import type { JsonObject } from "../parsers/json.ts";
import type { Bench } from "../suite.ts";
import { bytesAt, difference, numberAt, textAt } from "../suites/support.ts";
import { derived, keyLimits, secretKey, withKey } from "../suites/token.ts";
import { type AcvpHandler, Unanswered } from "./handler.ts";
import { acvpHash, acvpHashes } from "./hashes.ts";
import { eachTest, hexOf, leftBits, offered, onToken } from "./support.ts";

const CMACS: readonly string[] = ["CMAC-AES128", "CMAC-AES192", "CMAC-AES256"];
const FIXED_BYTES = 16;
const none: Uint8Array = new Uint8Array(0);

/** The mechanism of a PRF by ACVP's `macMode`. @throws Unanswered */
function prfOf(macMode: string): MechanismChoice & string {
  if (CMACS.includes(macMode.toUpperCase())) return "AES_CMAC";
  const [, hash] = /^HMAC-(.+)$/i.exec(macMode) ?? [];
  if (hash === undefined) throw new Unanswered("no-mechanism", `no mechanism for ${macMode}`);
  return offered(acvpHash(hash).hmac, macMode);
}

interface Parameters {
  readonly prf: MechanismChoice & string;
  readonly keyIn: Uint8Array;
  readonly bits: number;
  readonly counterBits: CounterBits;
  readonly location: string;
}

function parametersOf(group: JsonObject, test: JsonObject): Parameters {
  const mode = textAt(group, "kdfMode");
  if (mode !== "counter") throw new Unanswered("no-mechanism", `SP 800-108 in ${mode} mode`);
  return {
    prf: prfOf(textAt(group, "macMode")),
    keyIn: bytesAt(test, "keyIn"),
    bits: numberAt(group, "keyOutLength"),
    counterBits: numberAt(group, "counterLength") as CounterBits,
    location: textAt(group, "counterLocation"),
  };
}

function baseKey(prf: string, keyIn: Uint8Array, usage: "derive" | "sign"): KeyTemplate {
  return secretKey(prf === "AES_CMAC" ? "AES" : "GENERIC_SECRET", keyIn, usage);
}

/** How many bits of the fixed data stand before the counter. `broken` is for the counter in the middle. */
function bitsBefore(location: string, fixedBits: number, broken: number): number {
  const before: Readonly<Record<string, number>> = {
    "before fixed data": 0,
    "after fixed data": fixedBits,
    "middle fixed data": broken,
  };
  const found = before[location];
  if (found === undefined) throw new Unanswered("acvp-unknown", `the counter ${location}`);
  return found;
}

/** The counter between two parts of the fixed data. */
function deriveAround(
  bench: Bench,
  { prf, keyIn, counterBits }: Pick<Parameters, "prf" | "keyIn" | "counterBits">,
  dataBefore: Uint8Array,
  fixedInput: Uint8Array,
  byteLength: number,
): Uint8Array {
  const mechanism = { mechanism: "SP800_108_COUNTER_KDF", prf, dataBefore, counterBits, fixedInput } as MechanismChoice;
  return onToken(bench, keyLimits(keyIn.length, byteLength) ?? "acvp-unknown", (session) =>
    withKey(session, baseKey(prf, keyIn, "derive"), (key) => derived(session, mechanism, key, byteLength)),
  );
}

/** A prompt with the server's own fixed data (`internalProjection.json`) is answered for that. */
const kdfAnswer = eachTest((test, group, bench) => {
  const parameters = parametersOf(group, test);
  const isGiven = test["fixedData"] !== undefined;
  const fixed = isGiven ? bytesAt(test, "fixedData") : bench.session.generateRandom(FIXED_BYTES);
  const isMiddle = parameters.location === "middle fixed data";
  const broken = isGiven && isMiddle ? numberAt(test, "breakLocation") : 4 * fixed.length;
  const bits = bitsBefore(parameters.location, 8 * fixed.length, broken);
  if (bits % 8 !== 0) throw new Unanswered("bit-oriented", `${bits} bits before the counter`);
  const [before, after] = [fixed.slice(0, bits / 8), fixed.slice(bits / 8)];
  const keyOut = deriveAround(bench, parameters, before, after, Math.ceil(parameters.bits / 8));
  return {
    fixedData: hexOf(fixed),
    ...(isMiddle ? { breakLocation: broken } : {}),
    keyOut: hexOf(leftBits(keyOut, parameters.bits)),
  };
});

const kdfCheck: NonNullable<AcvpHandler["check"]> = ({ group, test }, answered, bench) => {
  const parameters = parametersOf(group, test);
  const fixed = bytesAt(answered.test, "fixedData");
  const isMiddle = parameters.location === "middle fixed data";
  const broken = isMiddle ? numberAt(answered.test, "breakLocation") : 0;
  const bits = bitsBefore(parameters.location, 8 * fixed.length, broken);
  if (bits > 8 * fixed.length) return `breakLocation: expected at most ${8 * fixed.length}, found ${bits}`;
  return difference(again(bench, parameters, fixed, bits), bytesAt(answered.test, "keyOut"));
};

/** The counter may stand between any two bits of the fixed data. */
function again(
  { lax }: Bench,
  { prf, keyIn, bits, counterBits }: Parameters,
  fixed: Uint8Array,
  before: number,
): Uint8Array {
  const digits = [...fixed].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const input = (counter: number): Uint8Array => {
    const joined = digits.slice(0, before) + counter.toString(2).padStart(counterBits, "0") + digits.slice(before);
    return i2osp(BigInt(`0b${joined}`), joined.length / 8);
  };
  return withKey(lax, baseKey(prf, keyIn, "sign"), (key) => {
    let output = none;
    for (let counter = 1; 8 * output.length < bits; counter++)
      output = concat(output, lax.sign(prf, key, input(counter)));
    return leftBits(output, bits);
  });
}

export const kdfSp800108: AcvpHandler = {
  algorithm: "KDF",
  mode: "",
  revisions: ["1.0"],
  capabilities: {
    capabilities: [
      {
        kdfMode: "counter",
        macMode: [...CMACS, ...acvpHashes.map(({ name }) => `HMAC-${name}`)],
        supportedLengths: [{ min: 8 * MIN_SECRET_BYTES, max: 4096, increment: 1 }],
        fixedDataOrder: ["after fixed data", "before fixed data", "middle fixed data"],
        counterLength: [8, 16, 24, 32],
      },
    ],
  },
  answer: kdfAnswer,
  check: kdfCheck,
};
