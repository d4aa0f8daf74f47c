/** CAVP's files of RSA signatures, PKCS #1 v1.5 and PSS. */

import { parseRsp } from "../parsers/rsp.ts";
import type { Fields } from "../parsers/text.ts";
import { rsaBounds, rsaLimits, rsaPublic, unsignedHex } from "./keys.ts";
import { type Input, type Trial, textAt } from "./support.ts";
import { type SharedKey, sessionFor, sharingInTurn } from "./token.ts";

export interface CavpSignature {
  readonly fields: Fields;
  readonly hashName: string;
  /** Length of the modulus. */
  readonly modulusBytes: number;
}

/**
 * The signatures of a file, verified under their public keys. Fields that many cases share stand before them.
 * @param unless the code of the skip for a hash that the scheme does not have
 * @param verify throws for a signature that is not valid
 */
export function* cavpSignatures(
  input: Input,
  unless: (hashName: string) => string | undefined,
  verify: (signature: CavpSignature, key: SharedKey) => void,
): Generator<Trial> {
  const cases = parseRsp(input.text).map(({ id, shared, fields }) => ({ id, fields: { ...shared, ...fields } }));
  const keyOf = (fields: Fields) => [unsignedHex(textAt(fields, "n")), unsignedHex(textAt(fields, "e"))] as const;
  yield* sharingInTurn(
    ({ fields }) => sessionFor(input, rsaLimits(...keyOf(fields))),
    cases,
    ({ fields }) => `${fields["n"]} ${fields["e"]}`,
    ({ fields }) => rsaPublic(...keyOf(fields), "sign"),
    ({ id, fields }, key) => {
      const [n, e] = keyOf(fields);
      const hashName = textAt(fields, "SHAAlg");
      const run = (): undefined => void verify({ fields, hashName, modulusBytes: n.length }, key);
      const result = (fields["Result"] ?? "P").startsWith("P") ? "valid" : "invalid";
      return { id, skip: unless(hashName), result, stricter: rsaBounds(n, e), run };
    },
  );
}
