/** Authenticated encryption through any mechanism of the token that has it, for the suites of CCM and SM4. */

import { concat } from "../../bytes/bytes.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { TokenSession } from "../suite.ts";
import { bytesAt, caseOf, difference, firstOf, type Input, type Trial } from "./support.ts";
import { secretKey, sessionFor, withKey } from "./token.ts";

export interface AeadCase {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly aad: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** How a mechanism takes the parameters of a case. */
export type AeadChoice = (one: AeadCase) => MechanismChoice;

export const aesCcmChoice: AeadChoice = ({ iv, aad, tag }) => ({
  mechanism: "AES_CCM",
  nonce: iv,
  aad,
  tagBytes: tag.length,
});

export const sm4CcmChoice: AeadChoice = ({ iv, aad, tag }) => ({
  mechanism: "PHSM_SM4_CCM",
  nonce: iv,
  aad,
  tagBytes: tag.length,
});

export const sm4GcmChoice: AeadChoice = ({ iv, aad, tag }) => ({
  mechanism: "PHSM_SM4_GCM",
  iv,
  aad,
  tagBytes: tag.length,
});

/** Opens, and for a valid case seals as well: both directions must agree with the vector. */
export function sealAndOpen(
  session: TokenSession,
  type: "AES" | "SM4",
  choice: AeadChoice,
  one: AeadCase,
  seals: boolean,
): string | undefined {
  const mechanism = choice(one);
  const sealed = concat(one.ciphertext, one.tag);
  return withKey(session, { ...secretKey("AES", one.key, "encrypt"), KEY_TYPE: type }, (key) =>
    firstOf(
      seals ? difference(session.encrypt(mechanism, key, one.plaintext), sealed) : undefined,
      difference(session.decrypt(mechanism, key, sealed), one.plaintext),
    ),
  );
}

export function* wycheproofAead(
  input: Input,
  type: "AES" | "SM4",
  choice: AeadChoice,
  limits: AeadLimits,
): Generator<Trial> {
  for (const test of parseWycheproof(input.text).cases) {
    const { fields } = test;
    const one = {
      key: bytesAt(fields, "key"),
      iv: bytesAt(fields, "iv"),
      aad: bytesAt(fields, "aad"),
      plaintext: bytesAt(fields, "msg"),
      ciphertext: bytesAt(fields, "ct"),
      tag: bytesAt(fields, "tag"),
    };
    const run = () => sealAndOpen(sessionFor(input, limits.strict(one)), type, choice, one, test.result === "valid");
    yield { ...caseOf(test), stricter: limits.always?.(one), run };
  }
}

/** What the strict policy refuses of a case, and what every policy does, by the code of the reason. */
export interface AeadLimits {
  readonly strict: (one: AeadCase) => string | undefined;
  readonly always?: (one: AeadCase) => string | undefined;
}

/** SP 800-38C has tags of 32 and 48 bits, but advises against those below 64 (B.2). */
export function ccmLimits({ tag }: AeadCase): string | undefined {
  return tag.length === 4 || tag.length === 6 ? "ccm-short-tag" : undefined;
}

/** What the engines do not take. */
export function gcmBounds({ iv }: Pick<AeadCase, "iv">): string | undefined {
  if (iv.length < 8) return "gcm-short-iv";
  return iv.length > 256 ? "gcm-long-iv" : undefined;
}

export function gcmLimits({ iv, tag }: Pick<AeadCase, "iv" | "tag">): string | undefined {
  if (iv.length < 12) return "gcm-short-iv";
  if (iv.length > 256) return "gcm-long-iv";
  return tag.length < 12 ? "gcm-short-tag" : undefined;
}
