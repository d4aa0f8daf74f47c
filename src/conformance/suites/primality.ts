/**
 * Primality by FIPS 186-5, B.3, on src/crypto/rsa/primes.ts, not through the token: no service of it takes a candidate.
 */

import { fromHex, os2ip } from "../../bytes/bytes.ts";
import { isProbablePrime } from "../../crypto/rsa/primes.ts";
import { parseBotan } from "../parsers/botan.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { caseOf, type Input, Refusal, suite, type Trial, textAt } from "./support.ts";

export const primality: Suite = suite(
  "primality",
  "Primality",
  ({ algorithm }) => algorithm === "primality",
  (input) => (input.file.format === "botan" ? botan(input) : wycheproof(input)),
);

/** A composite is a refusal. The bases come from the token. */
function requirePrime({ session }: Input, candidate: bigint): undefined {
  const rng = (byteLength: number) => session.generateRandom(byteLength);
  if (!isProbablePrime(candidate, rng)) throw new Refusal("composite");
}

/** Values are in two's complement. */
function* wycheproof(input: Input): Generator<Trial> {
  for (const test of parseWycheproof(input.text).cases) {
    const bytes = fromHex(textAt(test.fields, "value"));
    const candidate = BigInt.asIntN(8 * bytes.length, os2ip(bytes));
    yield { ...caseOf(test), run: () => requirePrime(input, candidate) };
  }
}

function* botan(input: Input): Generator<Trial> {
  for (const { id, section, fields } of parseBotan(input.text, false)) {
    const run = () => requirePrime(input, BigInt(textAt(fields, "X")));
    yield { id, result: section === "Prime" ? "valid" : "invalid", run };
  }
}
