/**
 * AES-GCM, and AES-GMAC as GCM without a plaintext, through CKM_AES_GCM.
 *
 * The strict policy takes IVs and tags from 96 bits (SP 800-38D, 5.2.1 and appendix C); shorter ones are for the lax one.
 */

import { concat } from "../../bytes/bytes.ts";
import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { parseRsp } from "../parsers/rsp.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { type AeadCase, gcmBounds, gcmLimits } from "./aead.ts";
import { bytesAt, caseOf, difference, type Input, suite, type Trial } from "./support.ts";
import { secretKey, sessionFor, withKey } from "./token.ts";

export const aesGcm: Suite = suite(
  "aes-gcm",
  "AES-GCM",
  ({ algorithm }) => algorithm === "AES-GCM" || algorithm === "AES-GMAC",
  (input) => {
    if (input.file.format === "rsp") return cavp(input);
    return input.file.format === "acvp" ? acvp(input) : wycheproof(input);
  },
);

const none = new Uint8Array(0);
function seal(input: Input, one: AeadCase): string | undefined {
  const { key, iv, aad, plaintext, ciphertext, tag } = one;
  const session = sessionFor(input, gcmLimits(one));
  const mechanism = { mechanism: "AES_GCM", iv, aad, tagBytes: tag.length } as const;
  return withKey(session, secretKey("AES", key, "encrypt"), (handle) =>
    difference(session.encrypt(mechanism, handle, plaintext), concat(ciphertext, tag)),
  );
}

function open(input: Input, one: AeadCase): string | undefined {
  const { key, iv, aad, plaintext, ciphertext, tag } = one;
  const session = sessionFor(input, gcmLimits(one));
  const mechanism = { mechanism: "AES_GCM", iv, aad, tagBytes: tag.length } as const;
  return withKey(session, secretKey("AES", key, "encrypt"), (handle) =>
    difference(session.decrypt(mechanism, handle, concat(ciphertext, tag)), plaintext),
  );
}

function* cavp(input: Input): Generator<Trial> {
  const encrypts = input.file.path.includes("Encrypt");
  for (const { id, fields } of parseRsp(input.text)) {
    const isInvalid = fields["FAIL"] !== undefined;
    const one: AeadCase = {
      key: bytesAt(fields, "Key"),
      iv: bytesAt(fields, "IV"),
      aad: bytesAt(fields, "AAD"),
      plaintext: isInvalid ? none : bytesAt(fields, "PT"),
      ciphertext: bytesAt(fields, "CT"),
      tag: bytesAt(fields, "Tag"),
    };
    yield {
      id,
      result: isInvalid ? "invalid" : "valid",
      stricter: gcmBounds(one),
      run: () => (encrypts ? seal(input, one) : open(input, one)),
    };
  }
}

/** A valid case is sealed as well: both directions must agree with the vector. */
function* wycheproof(input: Input): Generator<Trial> {
  for (const { tests } of parseWycheproof(input.text).groups) {
    for (const test of tests) {
      const { fields } = test;
      const isGmac = input.file.algorithm === "AES-GMAC";
      const one: AeadCase = {
        key: bytesAt(fields, "key"),
        iv: bytesAt(fields, "iv"),
        aad: bytesAt(fields, isGmac ? "msg" : "aad"),
        plaintext: isGmac ? none : bytesAt(fields, "msg"),
        ciphertext: isGmac ? none : bytesAt(fields, "ct"),
        tag: bytesAt(fields, "tag"),
      };
      const run = () => (test.result === "valid" ? seal(input, one) : undefined) ?? open(input, one);
      yield { ...caseOf(test), stricter: gcmBounds(one), run };
    }
  }
}

function* acvp(input: Input): Generator<Trial> {
  for (const { id, group, test, expected } of joinAcvp(parseAcvp(input.text), parseAcvp(input.results ?? ""))) {
    const encrypts = group["direction"] === "encrypt";
    const isInvalid = expected["testPassed"] === false;
    const ownIv = group["ivGen"] === "internal";
    const one: AeadCase = {
      key: bytesAt(test, "key"),
      iv: ownIv ? none : bytesAt(test, "iv"),
      aad: bytesAt(test, "aad"),
      plaintext: encrypts ? bytesAt(test, "pt") : isInvalid ? none : bytesAt(expected, "pt"),
      ciphertext: ownIv ? none : bytesAt(encrypts ? expected : test, "ct"),
      tag: ownIv ? none : bytesAt(encrypts ? expected : test, "tag"),
    };
    yield {
      id,
      result: isInvalid ? "invalid" : "valid",
      skip: ownIv ? "iv-of-implementation" : undefined,
      stricter: gcmBounds(one),
      run: () => (encrypts ? seal(input, one) : open(input, one)),
    };
  }
}
