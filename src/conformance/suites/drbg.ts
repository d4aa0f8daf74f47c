/**
 * CTR_DRBG with AES-256 on the DRBG itself (src/crypto/drbg.ts), not through the token: the token's DRBG has its own
 * personalization, and its entropy passes health tests, so no vector's inputs can be given to it byte by byte.
 */

import { concat } from "../../bytes/bytes.ts";
import { CtrDrbg } from "../../crypto/drbg.ts";
import type { Engine } from "../../crypto/engine.ts";
import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { parseEvp } from "../parsers/evp.ts";
import { type JsonObject, listAt, objectAt } from "../parsers/json.ts";
import type { Fields } from "../parsers/text.ts";
import type { Suite } from "../suite.ts";
import { bytesAt, difference, type Input, numberAt, suite, type Trial, textAt } from "./support.ts";

export const drbg: Suite = suite(
  "drbg",
  "CTR_DRBG AES-256",
  ({ algorithm }) => algorithm === "CTR_DRBG AES-256",
  (input) => (input.file.format === "acvp" ? acvp(input) : cavp(input)),
);

/** An entropy source that gives what it is told, in that order. */
class Script {
  readonly #inputs: Uint8Array[] = [];

  add(entropy: Uint8Array): void {
    this.#inputs.push(entropy);
  }

  readonly source = (byteLength: number): Uint8Array => {
    const next = this.#inputs.shift();
    if (next?.length !== byteLength)
      throw new RangeError(`the vector has no entropy input of ${byteLength} bytes here`);
    return Uint8Array.from(next);
  };
}

function bytesOr(fields: Fields, name: string): Uint8Array {
  return fields[name] === undefined ? new Uint8Array(0) : bytesAt(fields, name);
}

/** DRBGVS, 4: instantiate, reseed where the test does, generate twice; the second output counts. */
function* cavp({ text, engine }: Input): Generator<Trial> {
  for (const { id, fields } of parseEvp(text).cases) {
    const run = (): string | undefined => {
      const script = new Script();
      script.add(bytesAt(fields, "Entropy"));
      const derivationFunction = fields["DerivationFunction"] === "1";
      const state = new CtrDrbg({
        entropy: script.source,
        derivationFunction,
        entropyBytes: bytesAt(fields, "Entropy").length,
        personalization: bytesOr(fields, "PersonalisationString"),
        cipher: engine.drbgCipher,
        ...(derivationFunction ? { nonce: bytesAt(fields, "Nonce") } : {}),
      });
      if (fields["ReseedEntropy"] !== undefined) {
        script.add(bytesAt(fields, "ReseedEntropy"));
        state.reseed(bytesOr(fields, "ReseedAdditionalInput"));
      }
      const predictionResistance = fields["PredictionResistance"] === "1";
      const generate = (which: "A" | "B"): Uint8Array => {
        if (predictionResistance) script.add(bytesAt(fields, `EntropyPredictionResistance${which}`));
        const additional = bytesOr(fields, `AdditionalInput${which}`);
        return state.generate(numberAt(fields, "GenerateBits") / 8, { additional, predictionResistance });
      };
      generate("A");
      return difference(generate("B"), bytesAt(fields, "Output"));
    };
    const isOurs = textAt(fields, "Cipher") === "AES-256-CTR";
    yield { id, skip: isOurs ? undefined : "no-mechanism", run };
  }
}

function* acvp({ text, results, engine }: Input): Generator<Trial> {
  for (const { id, group, test, expected } of joinAcvp(parseAcvp(text), parseAcvp(results ?? ""))) {
    const run = () => difference(returnedBits(engine, group, test), bytesAt(expected, "returnedBits"));
    yield { id, skip: group["mode"] === "AES-256" ? undefined : "no-mechanism", run };
  }
}

/**
 * What the last request of an ACVP test gives. Entropy input in a request means prediction resistance.
 * @throws RangeError for lengths that this DRBG does not take
 */
export function returnedBits({ drbgCipher: cipher }: Engine, group: JsonObject, test: JsonObject): Uint8Array {
  const script = new Script();
  const entropy = bytesAt(test, "entropyInput");
  script.add(entropy);
  const derivationFunction = group["derFunc"] === true;
  const state = new CtrDrbg({
    entropy: script.source,
    derivationFunction,
    entropyBytes: entropy.length,
    personalization: bytesAt(test, "persoString"),
    cipher,
    ...(derivationFunction ? { nonce: bytesAt(test, "nonce") } : {}),
  });
  let output: Uint8Array = concat();
  for (const entry of listAt(test["otherInput"], "otherInput")) {
    const step = objectAt(entry, "otherInput");
    const [additional, fresh] = [bytesAt(step, "additionalInput"), bytesAt(step, "entropyInput")];
    if (fresh.length > 0) script.add(fresh);
    if (step["intendedUse"] === "reSeed") state.reseed(additional);
    else
      output = state.generate(numberAt(group, "returnedBitsLen") / 8, {
        additional,
        predictionResistance: fresh.length > 0,
      });
  }
  return output;
}
