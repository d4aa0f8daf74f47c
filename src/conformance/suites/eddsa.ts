/** Ed25519 and Ed448 through CKM_EDDSA. */

import type { MechanismChoice } from "../../mechanisms/registry.ts";
import { parseBotan } from "../parsers/botan.ts";
import { objectAt } from "../parsers/json.ts";
import { parseRsp } from "../parsers/rsp.ts";
import { parseSignInput } from "../parsers/sign-input.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { octetKey, publicKeyIfTold } from "./keys.ts";
import { byFormat, bytesAt, caseOf, difference, firstOf, type Input, suite, type Trial, textAt } from "./support.ts";
import { sharing, withKey } from "./token.ts";

export type EdCurve = "Ed25519" | "Ed448";

export const eddsa: Suite = suite(
  "eddsa",
  "Ed25519 and Ed448",
  ({ algorithm, format }) => (algorithm === "Ed25519" || algorithm === "Ed448") && format !== "evp",
  byFormat({ wycheproof, botan, "botan-inherited": botan, "sign-input": signInput }, rfc),
);

/** One pair and one signature: the public key, the signature and its verification. */
export interface EdCase {
  readonly curve: EdCurve;
  readonly seed: Uint8Array;
  readonly publicKey?: Uint8Array | undefined;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly mechanism?: MechanismChoice;
}

export function signAndVerify({ session }: Input, one: EdCase): string | undefined {
  const { curve, mechanism = "EDDSA" } = one;
  return withKey(session, octetKey("PRIVATE_KEY", curve, one.seed, "sign"), (privateKey) => {
    const told = publicKeyIfTold(session, privateKey);
    const publicKey = told ?? one.publicKey;
    const differs = firstOf(
      told && one.publicKey && difference(told, one.publicKey),
      difference(session.sign(mechanism, privateKey, one.message), one.signature),
    );
    if (differs !== undefined || publicKey === undefined) return differs;
    return withKey(session, octetKey("PUBLIC_KEY", curve, publicKey, "sign"), (key) => {
      session.verify(mechanism, key, one.message, one.signature);
      return undefined;
    });
  });
}

function* wycheproof({ session, text, file }: Input): Generator<Trial> {
  const curve = file.algorithm as EdCurve;
  for (const { fields: group, tests } of parseWycheproof(text).groups) {
    const publicKey = bytesAt(objectAt(group["publicKey"], "publicKey"), "pk");
    yield* sharing(
      session,
      () => octetKey("PUBLIC_KEY", curve, publicKey, "sign"),
      function* (key) {
        for (const test of tests) {
          const run = (): undefined => {
            session.verify("EDDSA", key.handle, bytesAt(test.fields, "msg"), bytesAt(test.fields, "sig"));
          };
          yield { ...caseOf(test), run };
        }
      },
    );
  }
}

function* signInput(input: Input): Generator<Trial> {
  for (const { id, seed, publicKey, message, signature } of parseSignInput(input.text)) {
    const fields = { seed, publicKey, message, signature };
    const run = () =>
      signAndVerify(input, {
        curve: "Ed25519",
        seed: bytesAt(fields, "seed"),
        publicKey: bytesAt(fields, "publicKey"),
        message: bytesAt(fields, "message"),
        signature: bytesAt(fields, "signature"),
      });
    yield { id, run };
  }
}

function* rfc(input: Input): Generator<Trial> {
  for (const { id, fields } of parseRsp(input.text)) {
    const context = fields["CONTEXT"] === undefined ? undefined : bytesAt(fields, "CONTEXT");
    const run = () =>
      signAndVerify(input, {
        curve: input.file.algorithm as EdCurve,
        seed: bytesAt(fields, "SECRET"),
        publicKey: bytesAt(fields, "PUBLIC"),
        message: bytesAt(fields, "MESSAGE"),
        signature: bytesAt(fields, "SIGNATURE"),
        mechanism: { mechanism: "EDDSA", context },
      });
    yield { id, run };
  }
}

/** `Valid = 0` or 1, for all cases until the next one. */
function* botan({ session, text }: Input): Generator<Trial> {
  for (const { id, section, fields } of parseBotan(text, true)) {
    const run = (): undefined =>
      withKey(session, octetKey("PUBLIC_KEY", "Ed25519", bytesAt(fields, "Pubkey"), "sign"), (key) => {
        session.verify("EDDSA", key, bytesAt(fields, "Msg"), bytesAt(fields, "Signature"));
        return undefined;
      });
    const skip = section === "" || section === "Pure" ? undefined : "no-mechanism";
    yield { id, skip, result: textAt(fields, "Valid") === "1" ? "valid" : "invalid", run };
  }
}
