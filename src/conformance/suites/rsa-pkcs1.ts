/**
 * RSASSA-PKCS1-v1_5 through CKM_SHA…_RSA_PKCS and, for SHA-3 and the truncated SHA-512, CKM_RSA_PKCS on a DigestInfo.
 *
 * Signatures are deterministic: where the vector has a whole private key the token must make the same one. CAVP's
 * SigGen files have no primes, which the token needs, so there the vector's signature is verified.
 */

import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { objectAt } from "../parsers/json.ts";
import { parsePkcs1 } from "../parsers/pkcs1.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { padded, rsaBounds, rsaLimits, rsaPrivate, rsaPublic, unsignedHex } from "./keys.ts";
import { cavpSignatures } from "./rsa-cavp.ts";
import { pkcs1Of, pssOf, unlessPkcs1 } from "./rsa-hash.ts";
import { componentsOf, componentsOfPkcs8, privateBounds } from "./rsa-keys.ts";
import { byFormat, bytesAt, caseOf, difference, type Input, numberAt, suite, type Trial, textAt } from "./support.ts";
import { sessionFor, sharing, withKey } from "./token.ts";

export const rsaPkcs1: Suite = suite(
  "rsa-pkcs1",
  "RSA PKCS #1 v1.5 signatures",
  ({ algorithm, format }) =>
    algorithm === "RSA PKCS #1 v1.5 signature" ||
    algorithm === "RSA PKCS #1 v1.5 verification" ||
    (algorithm === "RSA" && format === "acvp"),
  byFormat({ wycheproof, pkcs1: rsaLabs, acvp }, cavp),
);

function wycheproof(input: Input): Iterable<Trial> {
  return input.file.path.includes("sig_gen") ? generation(input) : verification(input);
}

function* verification(input: Input): Generator<Trial> {
  for (const { fields: group, tests } of parseWycheproof(input.text).groups) {
    const publicKey = objectAt(group["publicKey"], "publicKey");
    const [n, e] = ["modulus", "publicExponent"].map((name) => unsignedHex(textAt(publicKey, name))) as [
      Uint8Array,
      Uint8Array,
    ];
    const hashName = textAt(group, "sha");
    const session = sessionFor(input, rsaLimits(n, e));
    yield* sharing(
      session,
      () => rsaPublic(n, e, "sign"),
      function* (key) {
        for (const test of tests) {
          const run = (): undefined => {
            const { mechanism, data } = pkcs1Of(input, hashName, bytesAt(test.fields, "msg"));
            session.verify(mechanism, key.handle, data, bytesAt(test.fields, "sig"));
          };
          yield { ...caseOf(test), skip: unlessPkcs1(hashName), stricter: rsaBounds(n, e), run };
        }
      },
    );
  }
}

function* generation(input: Input): Generator<Trial> {
  for (const { fields: group, tests } of parseWycheproof(input.text).groups) {
    const components = componentsOfPkcs8(bytesAt(group, "privateKeyPkcs8"));
    const { n, e } = components();
    const hashName = textAt(group, "sha");
    const session = sessionFor(input, rsaLimits(n, e));
    yield* sharing(
      session,
      () => rsaPrivate(components(), "sign"),
      function* (key) {
        for (const test of tests) {
          const run = (): string | undefined => {
            const { mechanism, data } = pkcs1Of(input, hashName, bytesAt(test.fields, "msg"));
            return difference(session.sign(mechanism, key.handle, data), bytesAt(test.fields, "sig"));
          };
          yield { ...caseOf(test), skip: unlessPkcs1(hashName), stricter: privateBounds(components()), run };
        }
      },
    );
  }
}

function* rsaLabs(input: Input): Generator<Trial> {
  for (const { id, key: keyFields, fields } of parsePkcs1(input.text)) {
    const components = componentsOf(keyFields);
    const session = sessionFor(input, rsaLimits(components.n, components.e));
    const run = () =>
      withKey(session, rsaPrivate(components, "sign"), (key) => {
        const { mechanism, data } = pkcs1Of(input, "SHA-1", bytesAt(fields, "Message to be signed"));
        return difference(session.sign(mechanism, key, data), bytesAt(fields, "Signature"));
      });
    yield { id, stricter: privateBounds(components), run };
  }
}

function cavp(input: Input): Generator<Trial> {
  return cavpSignatures(input, unlessPkcs1, ({ fields, hashName, modulusBytes }, key) => {
    const { mechanism, data } = pkcs1Of(input, hashName, evenHex(textAt(fields, "Msg")));
    key.session.verify(mechanism, key.handle, data, padded(unsignedHex(textAt(fields, "S")), modulusBytes));
  });
}

/** Some messages of these files have lost their first digit, a zero. */
function evenHex(text: string): Uint8Array {
  return bytesAt({ hex: text.length % 2 === 0 ? text : `0${text}` }, "hex");
}

/** The verification cases of ACVP, PSS among them. */
function* acvp(input: Input): Generator<Trial> {
  for (const { id, set, group, test, expected } of joinAcvp(parseAcvp(input.text), parseAcvp(input.results ?? ""))) {
    const [n, e] = [unsignedHex(textAt(group, "n")), unsignedHex(textAt(group, "e"))];
    const hashName = textAt(group, "hashAlg");
    const sigType = textAt(group, "sigType");
    const isPss = sigType === "pss";
    const session = sessionFor(input, rsaLimits(n, e));
    const run = () =>
      withKey(session, rsaPublic(n, e, "sign"), (key): undefined => {
        const message = bytesAt(test, "message");
        const { mechanism, data } = isPss
          ? pssOf(input, hashName, hashName, numberAt(group, "saltLen"), message)
          : pkcs1Of(input, hashName, message);
        session.verify(mechanism, key, data, bytesAt(test, "signature"));
      });
    const isKnown = set.mode === "sigVer" && (isPss || sigType === "pkcs1v1.5");
    const skip = isKnown ? unlessPkcs1(hashName) : "no-mechanism";
    yield { id, skip, result: expected["testPassed"] === true ? "valid" : "invalid", stricter: rsaBounds(n, e), run };
  }
}
