/** The Monte Carlo tests of ACVP for AES: 100 rounds of 1,000 blocks, each round with the key that the one before it makes. */

import { concat } from "../../../bytes/bytes.ts";
import type { JsonObject } from "../../parsers/json.ts";
import { hexOf } from "./support.ts";

const OUTER = 100;
const INNER = 1000;

type Crypt = (iv: Uint8Array, data: Uint8Array) => Uint8Array;

export interface Seed {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly input: Uint8Array;
  /** The member that holds the input, and the one that holds the output. */
  readonly from: string;
  readonly to: string;
  readonly encrypts: boolean;
}

/** The entries of `resultsArray`. */
export type Chain = (
  seed: Seed,
  withCipher: <T>(key: Uint8Array, use: (crypt: Crypt) => T) => T,
) => Generator<JsonObject>;

const none: Uint8Array = new Uint8Array(0);

/** ECB: each output is the next input. */
export const blockChain: Chain = function* ({ key: first, input, from, to }, withCipher) {
  let [key, start] = [first, input];
  for (let round = 0; round < OUTER; round++) {
    const [previous, last] = withCipher(key, (crypt) => {
      let [before, block] = [none, start];
      for (let inner = 0; inner < INNER; inner++) [before, block] = [block, crypt(none, block)];
      return [before, block];
    });
    yield { key: hexOf(key), [from]: hexOf(start), [to]: hexOf(last) };
    [key, start] = [shuffled(key, previous, last), last];
  }
};

/** CBC: each output is the input after the next, and what is chained is the ciphertext of the block before. */
export const feedbackChain: Chain = function* ({ key: first, iv: firstIv, input, from, to, encrypts }, withCipher) {
  let [key, iv, start] = [first, firstIv, input];
  for (let round = 0; round < OUTER; round++) {
    const [previous, last] = withCipher(key, (crypt) => {
      let [chain, next, after, output, before] = [iv, start, iv, none, none];
      for (let inner = 0; inner < INNER; inner++) {
        [before, output] = [output, crypt(chain, next)];
        [chain, next, after] = [encrypts ? output : next, after, output];
      }
      return [before, output];
    });
    yield { key: hexOf(key), iv: hexOf(iv), [from]: hexOf(start), [to]: hexOf(last) };
    [key, iv, start] = [shuffled(key, previous, last), last, previous];
  }
};

/** The next key: the one before it, changed by as many of the last output bits as it has. */
function shuffled(key: Uint8Array, previous: Uint8Array, last: Uint8Array): Uint8Array {
  const mask = concat(previous, last).slice(-key.length);
  return key.map((byte, index) => byte ^ (mask[index] as number));
}
