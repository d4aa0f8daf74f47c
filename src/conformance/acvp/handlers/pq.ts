/** What the handlers of ML-KEM, ML-DSA and SLH-DSA share: parameter sets, formatted messages, keys in and out. */

import { concat, fromHex } from "../../../bytes/bytes.ts";
import { CKP } from "../../../cryptoki/constants.ts";
import type { Session } from "../../../token/session.ts";
import type { JsonObject } from "../../parsers/json.ts";
import type { Bench } from "../../suite.ts";
import { pqPrivate, pqPublicOf } from "../../suites/pq-keys.ts";
import { bytesAt, textAt } from "../../suites/support.ts";
import { withKey } from "../../suites/token.ts";
import { answers } from "../answers.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import { attribute, digestOf, membersOf, requireMembers, verdict } from "./common.ts";

export type PqType = keyof typeof CKP;

/** The parameter set of a group, or of its tests where the group names none. @throws Unanswered for one not here */
export function setIn(type: PqType, group: JsonObject, tests: readonly JsonObject[] = []): string {
  const set = textAt({ ...tests[0], ...group }, "parameterSet");
  if (!Object.hasOwn(CKP[type], set)) throw new Unanswered("no-mechanism", set);
  return set;
}

export function setsOf(type: PqType): readonly string[] {
  return Object.keys(CKP[type]);
}

/** The private key and its public one, as byte strings, of what the token makes of a seed or a private key. */
export function pairOf(
  session: Session,
  type: PqType,
  set: string,
  parts: Parameters<typeof pqPrivate>[2],
): { readonly privateKey: Uint8Array; readonly publicKey: Uint8Array } {
  return withKey(session, pqPrivate(type, set, parts), (key) => ({
    privateKey: attribute(session, key, "VALUE"),
    publicKey: pqPublicOf(session, key),
  }));
}

/** The last arc of each hash's object identifier, under 2.16.840.1.101.3.4.2 (FIPS 204, 5.4.1; NIST's registry). */
// biome-ignore format: a table
const HASH_ARCS: Readonly<Record<string, number>> = {
  "SHA2-256": 1, "SHA2-384": 2, "SHA2-512": 3, "SHA2-224":  4, "SHA2-512/224": 5, "SHA2-512/256": 6,
  "SHA3-224": 7, "SHA3-256": 8, "SHA3-384": 9, "SHA3-512": 10, "SHAKE-128":   11, "SHAKE-256":   12,
};
export const PREHASHES: readonly string[] = Object.keys(HASH_ARCS);

/** The interface of FIPS 204, 6.2, and FIPS 205, 9.2, which is the one of sets from before there was a choice. */
export function isInternal(fields: JsonObject): boolean {
  return (fields["signatureInterface"] ?? "internal") === "internal";
}

export function isPreHashed(fields: JsonObject): boolean {
  return !isInternal(fields) && fields["preHash"] === "preHash";
}

export function contextAt(fields: JsonObject): Uint8Array {
  return fields["context"] ? bytesAt(fields, "context") : new Uint8Array(0);
}

/**
 * M′: of a pre-hashed message (FIPS 204, 5.4; FIPS 205, 10.2.2), or the message itself on the internal interface, whose
 * caller has formatted it. @throws Unanswered for a hash not here
 */
export function formattedMessage(session: Session, fields: JsonObject): Uint8Array {
  const message = bytesAt(fields, "message");
  if (!isPreHashed(fields)) return message;
  const name = textAt(fields, "hashAlg").toUpperCase();
  const arc = HASH_ARCS[name];
  if (arc === undefined) throw new Unanswered("no-mechanism", name);
  const context = contextAt(fields);
  const identifier = concat(fromHex("06096086480165030402"), Uint8Array.of(arc));
  return concat(Uint8Array.of(1, context.length), context, identifier, digestOf(session, name, message));
}

/** What a registration says of the signatures of ML-DSA and SLH-DSA. */
export function signatureCapabilities(type: PqType): JsonObject {
  return {
    signatureInterfaces: ["external", "internal"],
    preHash: ["pure", "preHash"],
    capabilities: [
      {
        parameterSets: setsOf(type),
        messageLength: [{ min: 8, max: 65_536, increment: 8 }],
        contextLength: [{ min: 0, max: 2040, increment: 8 }],
        hashAlgs: PREHASHES,
      },
    ],
  };
}

/** `sigVer`, which ML-DSA and SLH-DSA have alike. `verify` throws for a signature that is not valid. */
export function signatureVerification(
  type: PqType,
  named: Pick<AcvpHandler, "algorithm" | "revisions" | "capabilities">,
  verify: (bench: Bench, fields: JsonObject, publicKey: Uint8Array) => void,
): AcvpHandler {
  return {
    ...named,
    mode: "sigVer",
    answer(group, tests, bench) {
      setIn(type, group, tests);
      const verified = (test: JsonObject): JsonObject => {
        const fields = membersOf({ group, test });
        requireMembers(fields, "pk");
        return verdict(() => verify(bench, fields, bytesAt(fields, "pk")));
      };
      return { tests: answers(tests, verified) };
    },
  };
}
