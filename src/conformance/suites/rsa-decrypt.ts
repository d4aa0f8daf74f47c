/**
 * RSAES-PKCS1-v1_5 decryption through CKM_RSA_PKCS.
 *
 * The token never says that a padding is bad: it gives another message, fixed by key and ciphertext (implicit
 * rejection, draft-irtf-cfrg-rsa-guidance). Such a message counts as a refusal. It is told from a message that was
 * let through by looking at the padded block itself, of which the latter would be the end.
 */

import { equalBytes, i2osp, os2ip } from "../../bytes/bytes.ts";
import type { RsaComponents } from "../../crypto/engine.ts";
import { parsePkcs1 } from "../parsers/pkcs1.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { rsaLimits, rsaPrivate } from "./keys.ts";
import { componentsOf, componentsOfPkcs8, privateBounds } from "./rsa-keys.ts";
import { bytesAt, caseOf, difference, type Input, Refusal, suite, type Trial } from "./support.ts";
import { sessionFor, sharing, withKey } from "./token.ts";

export const rsaDecrypt: Suite = suite(
  "rsa-decrypt",
  "RSA PKCS #1 v1.5 decryption",
  ({ algorithm }) => algorithm === "RSA PKCS #1 v1.5 decryption",
  (input) => (input.file.format === "wycheproof" ? wycheproof(input) : rsaLabs(input)),
);

function* wycheproof(input: Input): Generator<Trial> {
  for (const { fields: group, tests } of parseWycheproof(input.text).groups) {
    const components = componentsOfPkcs8(bytesAt(group, "privateKeyPkcs8"));
    const { n, e } = components();
    const session = sessionFor(input, rsaLimits(n, e));
    yield* sharing(
      session,
      () => rsaPrivate(components(), "encrypt"),
      function* (key) {
        for (const test of tests) {
          const run = (): string | undefined => {
            const ciphertext = bytesAt(test.fields, "ct");
            const found = session.decrypt("RSA_PKCS", key.handle, ciphertext);
            if (test.result === "valid") return difference(found, bytesAt(test.fields, "msg"));
            const again = session.decrypt("RSA_PKCS", key.handle, ciphertext);
            const isImplicit = equalBytes(found, again) && !isEndOf(found, ciphertext, components());
            if (isImplicit) throw new Refusal("implicit rejection");
            return undefined;
          };
          yield { ...caseOf(test), stricter: privateBounds(components()), run };
        }
      },
    );
  }
}

/** Whether a message is the end of the padded block; one of no bytes says nothing. */
function isEndOf(message: Uint8Array, ciphertext: Uint8Array, { n, d }: RsaComponents): boolean {
  const block = i2osp(power(os2ip(ciphertext), os2ip(d), os2ip(n)), n.length);
  return message.length > 0 && equalBytes(block.subarray(block.length - message.length), message);
}

/** Square and multiply: the key is a public vector's, and nothing here need be constant-time. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

function* rsaLabs(input: Input): Generator<Trial> {
  for (const { id, key: keyFields, fields } of parsePkcs1(input.text)) {
    const components = componentsOf(keyFields);
    const session = sessionFor(input, rsaLimits(components.n, components.e));
    const run = () =>
      withKey(session, rsaPrivate(components, "encrypt"), (key) =>
        difference(session.decrypt("RSA_PKCS", key, bytesAt(fields, "Encryption")), bytesAt(fields, "Message")),
      );
    yield { id, stricter: privateBounds(components), run };
  }
}
