/** RSASP1 and RSADP through CKM_RSA_X_509, where the token has it. */

import { concat, i2osp, os2ip } from "../../../bytes/bytes.ts";
import type { MechanismChoice } from "../../../mechanisms/registry.ts";
import type { Usage } from "../../../objects/template.ts";
import { ours } from "../../bench.ts";
import type { JsonObject } from "../../parsers/json.ts";
import type { Bench } from "../../suite.ts";
import { rsaLimits, rsaPrivate, unsignedHex } from "../../suites/keys.ts";
import { bytesAt, textAt } from "../../suites/support.ts";
import { unlessOffered, withKey } from "../../suites/token.ts";
import { answers } from "../answers.ts";
import type { AcvpHandler } from "../handler.ts";
import { membersOf, requireAnswerable, requireMembers } from "./common.ts";
import { MODULI } from "./rsa-key-gen.ts";
import { componentsIn, numberIn } from "./rsa-numbers.ts";
import { hexOf } from "./support.ts";

/** The mechanism by its name, which the table of mechanisms may not have. */
const RAW = "RSA_X_509" as MechanismChoice & string;

/** The private operation on the input of a prompt. @throws Unanswered for a key that the token refuses */
function privateOperation(bench: Bench, fields: JsonObject, input: Uint8Array, usage: Usage): Uint8Array {
  requireAnswerable(unlessOffered(ours, RAW), RAW);
  // RSA without padding is what the strict policy refuses.
  const session = bench.lax;
  const [n, e] = [unsignedHex(textAt(fields, "n")), unsignedHex(textAt(fields, "e"))];
  requireAnswerable(rsaLimits(n, e), `a modulus of ${8 * n.length} bits`);
  const data = i2osp(os2ip(input), n.length);
  return withKey(session, rsaPrivate(componentsIn(fields), usage), (key) =>
    usage === "sign" ? session.sign(RAW, key, data) : session.decrypt(RAW, key, data),
  );
}

/** Padded to the modulus's length, which the token's raw decryption may or may not do. */
function asBlock(value: Uint8Array, fields: JsonObject): Uint8Array {
  const { length } = unsignedHex(textAt(fields, "n"));
  return concat(new Uint8Array(length - value.length), value);
}

const capabilities = { keyFormat: ["standard", "crt"], modulo: MODULI, pubExpMode: "random" };

/** RSASP1 (RFC 8017, 5.2.1): a representative out of [0, n − 1] fails. */
export const rsaSignaturePrimitive: AcvpHandler = {
  algorithm: "RSA",
  mode: "signaturePrimitive",
  revisions: ["2.0", "1.0"],
  capabilities,
  answer(group, tests, bench) {
    requireAnswerable(unlessOffered(ours, RAW), RAW);
    const signed = (test: JsonObject): JsonObject => {
      const fields = membersOf({ group, test });
      requireMembers(fields, "n", "e", "message");
      if (numberIn(fields, "message") >= numberIn(fields, "n")) return { testPassed: false };
      const signature = privateOperation(bench, fields, bytesAt(fields, "message"), "sign");
      return { testPassed: true, signature: hexOf(asBlock(signature, fields)) };
    };
    return { tests: answers(tests, signed) };
  },
};

/**
 * RSADP (SP 800-56B r2, 7.1.2): a ciphertext out of [2, n − 2] fails. Revision 1.0 has no keys in its prompts: the
 * implementation is to find one for each ciphertext, so that a given number of them is out of range. It is not answered.
 */
export const rsaDecryptionPrimitive: AcvpHandler = {
  algorithm: "RSA",
  mode: "decryptionPrimitive",
  revisions: ["Sp800-56Br2", "1.0"],
  capabilities,
  answer(group, tests, bench) {
    requireAnswerable(unlessOffered(ours, RAW), RAW);
    const decrypted = (test: JsonObject): JsonObject => {
      const fields = membersOf({ group, test });
      requireMembers(fields, "n", "e", "ct");
      const [c, n] = [numberIn(fields, "ct"), numberIn(fields, "n")];
      if (c <= 1n || c >= n - 1n) return { testPassed: false };
      const plaintext = privateOperation(bench, fields, bytesAt(fields, "ct"), "encrypt");
      return { testPassed: true, pt: hexOf(asBlock(plaintext, fields)) };
    };
    return { tests: answers(tests, decrypted) };
  },
};

/** None where the token lacks the mechanism: a registration lists what it has. */
export const rsaPrimitiveHandlers: readonly AcvpHandler[] =
  unlessOffered(ours, RAW) === undefined ? [rsaSignaturePrimitive, rsaDecryptionPrimitive] : [];
