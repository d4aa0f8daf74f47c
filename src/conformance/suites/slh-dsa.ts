/**
 * SLH-DSA through CKM_SLH_DSA, deterministic where the vector is; a hedged signature of a vector is verified.
 *
 * The internal interface (FIPS 205, 9.2) has no mechanism and runs on the engine under proof; pre-hashed signatures are
 * skipped.
 */

import type { SlhDsaSet } from "../../crypto/engine.ts";
import { type AcvpAnsweredCase, joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { parseEvp } from "../parsers/evp.ts";
import type { Suite } from "../suite.ts";
import { checkPair, pqPrivate, pqPublic, pqPublicOf } from "./pq-keys.ts";
import { bytesAt, difference, firstOf, type Input, Refusal, suite, type Trial, textAt } from "./support.ts";
import { withKey } from "./token.ts";

export const slhDsa: Suite = suite(
  "slh-dsa",
  "SLH-DSA",
  ({ algorithm }) => algorithm === "SLH-DSA",
  (input) => (input.file.format === "evp" ? openssl(input) : acvp(input)),
);

/** The private key begins with its seed, from which the token makes it again. */
function keyGeneration({ session }: Input, set: string, value: Uint8Array, publicKey: Uint8Array) {
  return checkPair(session, pqPrivate("SLH_DSA", set, { value }), publicKey, value);
}

function* acvp(input: Input): Generator<Trial> {
  const { text, file, results } = input;
  const cases =
    file.format === "acvp-merged" ? joinAcvp(parseAcvp(text)) : joinAcvp(parseAcvp(text), parseAcvp(results ?? ""));
  for (const one of cases) {
    const { id, set, group, expected } = one;
    const isInvalid = expected["testPassed"] === false;
    const isPreHashed = group["preHash"] === "preHash";
    const isInternal = group["signatureInterface"] === "internal";
    const run = (): string | undefined => {
      if (set.mode === "keyGen")
        return keyGeneration(input, textAt(group, "parameterSet"), bytesAt(expected, "sk"), bytesAt(expected, "pk"));
      if (set.mode === "sigVer") return isInternal ? internalVerify(input, one) : verify(input, one);
      return isInternal ? internalSign(input, one) : sign(input, one);
    };
    yield { id, skip: isPreHashed ? "no-mechanism" : undefined, result: isInvalid ? "invalid" : "valid", run };
  }
}

function mechanismOf({ test, group }: AcvpAnsweredCase) {
  const hedge = group["deterministic"] === true ? "DETERMINISTIC_REQUIRED" : "HEDGE_PREFERRED";
  return { mechanism: "SLH_DSA", context: bytesAt(test, "context"), hedge } as const;
}

function verify({ session }: Input, one: AcvpAnsweredCase): undefined {
  const { test, group } = one;
  const template = pqPublic("SLH_DSA", textAt(group, "parameterSet"), bytesAt(test, "pk"));
  withKey(session, template, (key) =>
    session.verify(mechanismOf(one), key, bytesAt(test, "message"), bytesAt(test, "signature")),
  );
}

/** SK ends in PK (FIPS 205, 9.1). */
export function publicPart(value: Uint8Array): Uint8Array {
  return value.subarray(value.length / 2);
}

function sign({ session }: Input, one: AcvpAnsweredCase): string | undefined {
  const { test, group, expected } = one;
  const set = textAt(group, "parameterSet");
  const [value, message, signature] = [bytesAt(test, "sk"), bytesAt(test, "message"), bytesAt(expected, "signature")];
  if (group["deterministic"] !== true) {
    return withKey(session, pqPublic("SLH_DSA", set, publicPart(value)), (key): undefined => {
      session.verify(mechanismOf(one), key, message, signature);
    });
  }
  return withKey(session, pqPrivate("SLH_DSA", set, { value }), (key) =>
    firstOf(
      difference(pqPublicOf(session, key), publicPart(value)),
      difference(session.sign(mechanismOf(one), key, message), signature),
    ),
  );
}

function internalVerify({ engine }: Input, { group, test }: AcvpAnsweredCase): undefined {
  const key = engine.slhDsa(textAt(group, "parameterSet") as SlhDsaSet).publicKey(bytesAt(test, "pk"));
  if (key?.verify({ formatted: bytesAt(test, "message") }, bytesAt(test, "signature")) !== true)
    throw new Refusal("the signature is not valid");
}

function internalSign({ engine }: Input, { group, test, expected }: AcvpAnsweredCase): string | undefined {
  const scheme = engine.slhDsa(textAt(group, "parameterSet") as SlhDsaSet);
  const [value, formatted] = [bytesAt(test, "sk"), bytesAt(test, "message")];
  const signature = bytesAt(expected, "signature");
  if (group["deterministic"] !== true) {
    const isValid = scheme.publicKey(publicPart(value))?.verify({ formatted }, signature) === true;
    return isValid ? undefined : "the signature of the vector does not verify";
  }
  const key = scheme.privateKey(value);
  if (key === undefined) throw new Refusal("no private key");
  try {
    return difference(key.sign({ formatted }, undefined), signature);
  } finally {
    key.destroy();
  }
}

/** `Ctrl` has the seed, `CtrlOut` the two keys. */
function* openssl(input: Input): Generator<Trial> {
  for (const { id, target, fields } of parseEvp(input.text).cases) {
    const outputs = new Map(
      textAt(fields, "CtrlOut")
        .split("\n")
        .map((line) => line.split(":") as [string, string]),
    );
    const part = (name: string) => bytesAt(Object.fromEntries(outputs), name);
    yield { id, run: () => keyGeneration(input, target, part("hexpriv"), part("hexpub")) };
  }
}
