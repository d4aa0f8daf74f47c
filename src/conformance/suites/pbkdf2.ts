/**
 * PBKDF2 through CKM_PKCS5_PBKD2.
 *
 * The strict policy wants salts of 128 bits, 1,000 iterations and keys of 112 bits (SP 800-132, 5); weaker cases are
 * for the lax one. More iterations than the token does in one call are refused by both.
 */

import type { Pbkdf2Prf } from "../../mechanisms/pbkdf2.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { hashOf, hmacMechanism } from "./hashes.ts";
import { bytesAt, caseOf, difference, numberAt, suite } from "./support.ts";
import { derivedSecret, readOut } from "./token.ts";

const MOST_ROUNDS = 10_000_000;

export const pbkdf2: Suite = suite(
  "pbkdf2",
  "PBKDF2",
  ({ algorithm }) => algorithm === "PBKDF2",
  function* ({ session, lax, text }) {
    const file = parseWycheproof(text);
    const hash = hashOf(file.algorithm.replace(/^PBKDF2-HMAC/, ""));
    if (hash === undefined) throw new TypeError(`the suite does not know ${file.algorithm}`);
    const prf = hmacMechanism(hash) as Pbkdf2Prf;
    for (const test of file.cases) {
      const { fields } = test;
      const [iterations, length] = [numberAt(fields, "iterationCount"), numberAt(fields, "dkLen")];
      const [password, salt] = [bytesAt(fields, "password"), bytesAt(fields, "salt")];
      const own = salt.length >= 16 && iterations >= 1000 && length >= 14 ? session : lax;
      const run = () => {
        const mechanism = { mechanism: "PKCS5_PBKD2", prf, password, salt, iterations } as const;
        return difference(readOut(own, own.generateKey(mechanism, derivedSecret(length))), bytesAt(fields, "dk"));
      };
      yield { ...caseOf(test), stricter: iterations > MOST_ROUNDS ? "pbkdf2-iterations" : undefined, run };
    }
  },
);
