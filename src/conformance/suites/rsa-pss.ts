/**
 * RSASSA-PSS through CKM_SHA…_RSA_PKCS_PSS, and CKM_RSA_PKCS_PSS for the other hashes.
 *
 * The token draws its salt, so a signature of a vector does not come out again: it is verified.
 */

import { objectAt } from "../parsers/json.ts";
import { parsePkcs1 } from "../parsers/pkcs1.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { hashOrXofOf } from "./hashes.ts";
import { rsaBounds, rsaLimits, rsaPublic, unsignedHex } from "./keys.ts";
import { cavpSignatures } from "./rsa-cavp.ts";
import { pssOf } from "./rsa-hash.ts";
import { bytesAt, caseOf, type Input, numberAt, suite, type Trial, textAt } from "./support.ts";
import { type SharedKey, sessionFor, sharing } from "./token.ts";

export const rsaPss: Suite = suite(
  "rsa-pss",
  "RSA-PSS",
  ({ algorithm, format }) => algorithm === "RSA-PSS" && format !== "evp",
  (input) => {
    if (input.file.format === "wycheproof") return wycheproof(input);
    return input.file.format === "pkcs1" ? rsaLabs(input) : cavp(input);
  },
);

/** The code of the skip for a hash or a mask generation function that the token does not have. */
export function unlessPss(...hashNames: string[]): string | undefined {
  return hashNames.every((name) => hashOrXofOf(name) !== undefined) ? undefined : "no-mechanism";
}

function* wycheproof(input: Input): Generator<Trial> {
  for (const { fields: group, tests } of parseWycheproof(input.text).groups) {
    const publicKey = objectAt(group["publicKey"], "publicKey");
    const [n, e] = [unsignedHex(textAt(publicKey, "modulus")), unsignedHex(textAt(publicKey, "publicExponent"))];
    const [hashName, saltBytes] = [textAt(group, "sha"), numberAt(group, "sLen")];
    // A SHAKE is the mask itself and has no hash of MGF1.
    const mgfName = textAt(group, group["mgf"] === "MGF1" ? "mgfSha" : "mgf");
    const session = sessionFor(input, rsaLimits(n, e));
    yield* sharing(
      session,
      () => rsaPublic(n, e, "sign"),
      function* (key) {
        for (const test of tests) {
          const run = (): undefined => {
            const { mechanism, data } = pssOf(input, hashName, mgfName, saltBytes, bytesAt(test.fields, "msg"));
            session.verify(mechanism, key.handle, data, bytesAt(test.fields, "sig"));
          };
          yield { ...caseOf(test), skip: unlessPss(hashName, mgfName), stricter: rsaBounds(n, e), run };
        }
      },
    );
  }
}

/** The salt has the length of SaltVal, of none when that is 00. */
function cavp(input: Input): Generator<Trial> {
  return cavpSignatures(input, unlessPss, ({ fields, hashName }, key) => {
    const salt = fields["SaltVal"] ?? fields["Salt"];
    const saltBytes = salt === undefined || salt === "00" ? 0 : salt.length / 2;
    verify(input, key, hashName, saltBytes, fields, "Msg", "S");
  });
}

function* rsaLabs(input: Input): Generator<Trial> {
  for (const { id, key: keyFields, fields } of parsePkcs1(input.text)) {
    const [n, e] = [unsignedHex(textAt(keyFields, "Modulus")), unsignedHex(textAt(keyFields, "Public exponent"))];
    const message = fields["Message"] === undefined ? "Message to be signed" : "Message";
    yield* sharing(
      sessionFor(input, rsaLimits(n, e)),
      () => rsaPublic(n, e, "sign"),
      function* (key) {
        const saltBytes = bytesAt(fields, "Salt").length;
        const run = (): undefined => verify(input, key, "SHA-1", saltBytes, fields, message, "Signature");
        yield { id, stricter: rsaBounds(n, e), run };
      },
    );
  }
}

function verify(
  input: Input,
  key: SharedKey,
  hashName: string,
  saltBytes: number,
  fields: Parameters<typeof bytesAt>[0],
  message: string,
  signature: string,
): undefined {
  const { mechanism, data } = pssOf(input, hashName, hashName, saltBytes, bytesAt(fields, message));
  key.session.verify(mechanism, key.handle, data, bytesAt(fields, signature));
}
