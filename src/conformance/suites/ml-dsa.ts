/**
 * ML-DSA through CKM_ML_DSA, deterministic where the vector is; a hedged signature of a vector is verified.
 *
 * The internal interface (FIPS 204, 6.2) signs M′ as it is. It goes through the token by way of µ = SHAKE256(tr ‖ M′),
 * which the token takes from outside.
 */

import { shake256 } from "@noble/hashes/sha3.js";
import { concat } from "../../bytes/bytes.ts";
import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { parseWycheproof, type WycheproofCase } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { checkPair, pqPrivate, pqPublic, pqPublicOf } from "./pq-keys.ts";
import { bytesAt, caseOf, difference, firstOf, type Input, suite, type Trial, textAt } from "./support.ts";
import { type SharedKey, sharing, withKey } from "./token.ts";

export const mlDsa: Suite = suite(
  "ml-dsa",
  "ML-DSA",
  ({ algorithm }) => algorithm === "ML-DSA",
  (input) => {
    if (input.file.format === "acvp") return acvp(input);
    return input.file.path.includes("verify") ? verification(input) : generation(input);
  },
);

const DETERMINISTIC = { mechanism: "ML_DSA", hedge: "DETERMINISTIC_REQUIRED" } as const;

/** µ of FIPS 204, 6.2, step 6, from the public key. */
export function muOf(publicKey: Uint8Array, formatted: Uint8Array): Uint8Array {
  const tr = shake256(publicKey, { dkLen: 64 });
  return shake256(concat(tr, formatted), { dkLen: 64 });
}

function contextOf({ fields }: WycheproofCase): { context?: Uint8Array } {
  return fields["ctx"] === undefined ? {} : { context: bytesAt(fields, "ctx") };
}

function* verification({ session, text, file }: Input): Generator<Trial> {
  for (const { fields: group, tests } of parseWycheproof(text).groups) {
    yield* sharing(
      session,
      () => pqPublic("ML_DSA", setOf(file.path), bytesAt(group, "publicKey")),
      function* (key) {
        for (const test of tests) {
          const run = (): undefined => {
            const mechanism = { mechanism: "ML_DSA", ...contextOf(test) } as const;
            session.verify(mechanism, key.handle, bytesAt(test.fields, "msg"), bytesAt(test.fields, "sig"));
          };
          yield { ...caseOf(test), run };
        }
      },
    );
  }
}

function setOf(path: string): string {
  return `ML-DSA-${/mldsa_(\d+)/.exec(path)?.[1]}`;
}

function* generation(input: Input): Generator<Trial> {
  const set = setOf(input.file.path);
  for (const { fields: group, tests } of parseWycheproof(input.text).groups) {
    const parts = () =>
      group["privateSeed"] === undefined
        ? { value: bytesAt(group, "privateKey") }
        : { seed: bytesAt(group, "privateSeed") };
    yield* sharing(
      input.session,
      () => pqPrivate("ML_DSA", set, parts()),
      function* (key) {
        for (const test of tests) yield { ...caseOf(test), run: () => sign(input, set, key, test) };
      },
    );
  }
}

/** Over the message where there is one, and over µ where there is one. */
function sign({ session }: Input, set: string, key: SharedKey, test: WycheproofCase): string | undefined {
  const { fields } = test;
  const signature = bytesAt(fields, "sig");
  if (fields["rnd"] !== undefined) {
    const template = pqPublic("ML_DSA", set, pqPublicOf(session, key.handle));
    return withKey(session, template, (publicKey): undefined => {
      session.verify("ML_DSA", publicKey, bytesAt(fields, "msg"), signature);
    });
  }
  const overMessage = () => {
    const mechanism = { ...DETERMINISTIC, ...contextOf(test) };
    return difference(session.sign(mechanism, key.handle, bytesAt(fields, "msg")), signature);
  };
  const overMu = () =>
    difference(session.sign({ ...DETERMINISTIC, externalMu: true }, key.handle, bytesAt(fields, "mu")), signature);
  return firstOf(
    fields["msg"] === undefined ? undefined : overMessage(),
    fields["mu"] === undefined ? undefined : overMu(),
  );
}

function* acvp(input: Input): Generator<Trial> {
  for (const { id, set, group, test, expected } of joinAcvp(parseAcvp(input.text), parseAcvp(input.results ?? ""))) {
    const parameterSet = textAt(group, "parameterSet");
    const { session } = input;
    const verify = (publicKey: Uint8Array, signature: Uint8Array): undefined =>
      withKey(session, pqPublic("ML_DSA", parameterSet, publicKey), (key) => {
        const mu = muOf(publicKey, bytesAt(test, "message"));
        session.verify({ mechanism: "ML_DSA", externalMu: true }, key, mu, signature);
        return undefined;
      });
    const runs: Readonly<Record<string, () => string | undefined>> = {
      keyGen: () => {
        const template = pqPrivate("ML_DSA", parameterSet, { seed: bytesAt(test, "seed") });
        return checkPair(session, template, bytesAt(expected, "pk"), bytesAt(expected, "sk"));
      },
      sigGen: () =>
        withKey(session, pqPrivate("ML_DSA", parameterSet, { value: bytesAt(test, "sk") }), (key) => {
          const publicKey = pqPublicOf(session, key);
          const signature = bytesAt(expected, "signature");
          if (group["deterministic"] !== true) return verify(publicKey, signature);
          const mu = muOf(publicKey, bytesAt(test, "message"));
          return difference(session.sign({ ...DETERMINISTIC, externalMu: true }, key, mu), signature);
        }),
      sigVer: () => verify(bytesAt(group["pk"] === undefined ? test : group, "pk"), bytesAt(test, "signature")),
    };
    const isInvalid = expected["testPassed"] === false;
    const run = runs[set.mode] ?? (() => `the suite does not know the mode ${set.mode}`);
    yield { id, result: isInvalid ? "invalid" : "valid", run };
  }
}
