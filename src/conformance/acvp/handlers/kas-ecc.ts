/**
 * ECC CDH shared secrets (SP 800-56A r3, 5.7.1.2) through CKM_ECDH1_DERIVE without a KDF. ECMQV has no mechanism.
 */

import { concat } from "../../../bytes/bytes.ts";
import type { CurveName } from "../../../crypto/engine.ts";
import type { ObjectHandle } from "../../../cryptoki/handles.ts";
import { FIELD_BYTES } from "../../../der/ec-params.ts";
import type { Session } from "../../../token/session.ts";
import type { JsonObject } from "../../parsers/json.ts";
import { agree } from "../../suites/ecdh.ts";
import { curveNamed, ecPrivate, ecPublic, padded, publicKeyOf, unsignedHex } from "../../suites/keys.ts";
import { bytesAt, textAt } from "../../suites/support.ts";
import { derived, withKey } from "../../suites/token.ts";
import { answers } from "../answers.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import { digestOf, membersOf, requireEqual, unlessAccepted, unlessHex, verdict, withPair } from "./common.ts";
import { coordinates, pointAt } from "./points.ts";
import { hexOf } from "./support.ts";

type Kind = "ephemeral" | "static";
type Scheme = Readonly<Record<"initiator" | "responder", readonly Kind[]>>;

/** The pairs that each party brings (SP 800-56A r3, 6.1 to 6.3). */
// biome-ignore format: a table
const SCHEMES: Readonly<Record<string, Scheme>> = {
  ephemeralUnified: { initiator: ["ephemeral"],           responder: ["ephemeral"] },
  fullUnified:      { initiator: ["ephemeral", "static"], responder: ["ephemeral", "static"] },
  onePassUnified:   { initiator: ["ephemeral", "static"], responder: ["static"] },
  onePassDh:        { initiator: ["ephemeral"],           responder: ["static"] },
  staticUnified:    { initiator: ["static"],              responder: ["static"] },
};

const CURVES = ["P-224", "P-256", "P-384", "P-521"];

/** Which pairs of the two parties agree, in the order of Z = Ze ‖ Zs: each side's ephemeral one where it has one. */
function agreements(own: readonly Kind[], peer: readonly Kind[]): (readonly [own: Kind, peer: Kind])[] {
  const first = (kinds: readonly Kind[]): Kind => (kinds.includes("ephemeral") ? "ephemeral" : "static");
  const pairs: (readonly [Kind, Kind])[] = [];
  if (own.includes("ephemeral") || peer.includes("ephemeral")) pairs.push([first(own), first(peer)]);
  if (own.includes("static") && peer.includes("static")) pairs.push(["static", "static"]);
  return pairs;
}

interface Parties {
  readonly curve: CurveName;
  readonly own: readonly Kind[];
  readonly peer: readonly Kind[];
}

/** @throws Unanswered for a curve or a scheme not here */
function partiesOf(group: JsonObject): Parties {
  const curve = curveNamed(textAt(group, "domainParameterGenerationMode"));
  if (curve === undefined) throw new Unanswered("no-curve", textAt(group, "domainParameterGenerationMode"));
  const scheme = SCHEMES[textAt(group, "scheme")];
  if (scheme === undefined) throw new Unanswered("no-mechanism", textAt(group, "scheme"));
  const isInitiator = textAt(group, "kasRole") === "initiator";
  const { initiator, responder } = scheme;
  return isInitiator ? { curve, own: initiator, peer: responder } : { curve, own: responder, peer: initiator };
}

/** Z as the answer has it: as such, or its hash. @throws Unanswered for a hash not here */
function secretMember(session: Session, group: JsonObject, z: Uint8Array): JsonObject {
  const name = group["hashFunctionZ"];
  if (typeof name !== "string" || name.toLowerCase() === "none") return { z: hexOf(z) };
  return { hashZ: hexOf(digestOf(session, name, z)) };
}

/** Lends pairs that the token generates, one of each kind, and their points as members of the answer. */
function withPairs<T>(
  session: Session,
  curve: CurveName,
  kinds: readonly Kind[],
  use: (keys: ReadonlyMap<Kind, ObjectHandle>, publicMembers: JsonObject) => T,
): T {
  const [kind, ...others] = kinds;
  if (kind === undefined) return use(new Map(), {});
  return withPair(session, { mechanism: "EC_KEY_PAIR_GEN", curve }, "derive", ({ privateKey }) => {
    const point = coordinates(publicKeyOf(session, privateKey), `${kind}PublicIut`);
    return withPairs(session, curve, others, (keys, members) =>
      use(new Map(keys).set(kind, privateKey), { ...point, ...members }),
    );
  });
}

/** Z = Ze ‖ Zs of one side. @throws what the token refuses a point with */
function sharedSecret(own: readonly Kind[], peer: readonly Kind[], agreeOn: (own: Kind, peer: Kind) => Uint8Array) {
  return concat(...agreements(own, peer).map(([mine, theirs]) => agreeOn(mine, theirs)));
}

function scalarAt(curve: CurveName, fields: JsonObject, name: string): Uint8Array {
  return padded(unsignedHex(textAt(fields, name)), FIELD_BYTES[curve]);
}

/** A generated pair for each kind, and Z with the server's keys. */
function generated({ curve, own, peer }: Parties, group: JsonObject, test: JsonObject, session: Session): JsonObject {
  return withPairs(session, curve, own, (keys, publicMembers) => {
    const z = sharedSecret(own, peer, (mine, theirs) => {
      const publicData = pointAt(curve, test, `${theirs}PublicServer`);
      const key = keys.get(mine) as ObjectHandle;
      return derived(session, { mechanism: "ECDH1_DERIVE", publicData }, key, FIELD_BYTES[curve]);
    });
    return { ...publicMembers, ...secretMember(session, group, z) };
  });
}

/** Whether the pairs of the prompt belong together and give its Z. @throws Refusal, and what the token refuses with */
function validate({ curve, own, peer }: Parties, group: JsonObject, test: JsonObject, session: Session): void {
  for (const kind of own.filter((name) => test[`${name}PublicIutX`] !== undefined)) {
    const template = ecPrivate(curve, scalarAt(curve, test, `${kind}PrivateIut`), "derive");
    const point = withKey(session, template, (key) => publicKeyOf(session, key));
    requireEqual(point, pointAt(curve, test, `${kind}PublicIut`));
  }
  const z = sharedSecret(own, peer, (mine, theirs) =>
    agree(
      { session },
      curve,
      scalarAt(curve, test, `${mine}PrivateIut`),
      pointAt(curve, test, `${theirs}PublicServer`),
    ),
  );
  requireSecret(secretMember(session, group, z), test);
}

function requireSecret(own: JsonObject, given: JsonObject): void {
  for (const name of Object.keys(own)) requireEqual(bytesAt(own, name), bytesAt(given, name));
}

/**
 * What is wrong with an answer whose pairs the implementation chose: its points must be on the curve. Z itself is
 * compared where the prompt has the server's private keys, as NIST's internal projection does; without them its length.
 */
function checked({ curve, own, peer }: Parties, group: JsonObject, fields: JsonObject, session: Session) {
  const [[secretName, secretOfZeros] = ["z", ""]] = Object.entries(
    secretMember(session, group, new Uint8Array(FIELD_BYTES[curve] * agreements(own, peer).length)),
  );
  const points = own.flatMap((kind) => [`${kind}PublicIutX`, `${kind}PublicIutY`]);
  const malformed = unlessHex(fields, ...points, secretName);
  if (malformed !== undefined) return malformed;
  const pointOfIut = (kind: Kind) => pointAt(curve, fields, `${kind}PublicIut`);
  for (const kind of own) {
    const create = () => withKey(session, ecPublic(curve, pointOfIut(kind), "derive"), () => undefined);
    const wrong = unlessAccepted(create, `the ${kind} public key`);
    if (wrong !== undefined) return wrong;
  }
  if (peer.some((kind) => fields[`${kind}PrivateServer`] === undefined)) {
    const [found, wanted] = [textAt(fields, secretName).length / 2, String(secretOfZeros).length / 2];
    return found === wanted ? undefined : `${secretName} has ${found} bytes, not ${wanted}`;
  }
  const z = sharedSecret(peer, own, (theirs, mine) =>
    agree({ session }, curve, scalarAt(curve, fields, `${theirs}PrivateServer`), pointOfIut(mine)),
  );
  return unlessAccepted(() => requireSecret(secretMember(session, group, z), fields), "the shared secret");
}

export const kasEccSsc: AcvpHandler = {
  algorithm: "KAS-ECC-SSC",
  mode: "",
  revisions: ["Sp800-56Ar3"],
  capabilities: {
    domainParameterGenerationMethods: CURVES,
    hashFunctionZ: "none",
    scheme: Object.fromEntries(Object.keys(SCHEMES).map((name) => [name, { kasRole: ["initiator", "responder"] }])),
  },
  answer(group, tests, { session }) {
    const parties = partiesOf(group);
    const answer = (test: JsonObject) =>
      group["testType"] === "VAL"
        ? verdict(() => validate(parties, group, test, session))
        : generated(parties, group, test, session);
    return { tests: answers(tests, answer) };
  },
  check(asked, answered, { session }) {
    if (asked.group["testType"] === "VAL") return "compare";
    const fields = { ...membersOf(asked), ...answered.test };
    return checked(partiesOf(asked.group), asked.group, fields, session);
  },
};

/** The component's names for the keys of {@link kasEccSsc}'s ephemeralUnified. */
// biome-ignore format: a table
const COMPONENT_NAMES: Readonly<Record<string, string>> = {
  publicServerX: "ephemeralPublicServerX", publicServerY: "ephemeralPublicServerY",
  publicIutX:    "ephemeralPublicIutX",    publicIutY:    "ephemeralPublicIutY",
  privateServer: "ephemeralPrivateServer", privateIut:    "ephemeralPrivateIut",
};

function renamed(fields: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [names[name] ?? name, value]));
}

const toComponent = Object.fromEntries(Object.entries(COMPONENT_NAMES).map(([own, name]) => [name, own]));

/** The component's group as one of ephemeral keys on both sides, which is the same computation. */
function asScheme(group: JsonObject, tests: readonly JsonObject[] = []): JsonObject {
  const curve = textAt({ ...tests[0], ...group }, "curve");
  return { ...group, domainParameterGenerationMode: curve, scheme: "ephemeralUnified", kasRole: "initiator" };
}

export const kasEccCdhComponent: AcvpHandler = {
  algorithm: "KAS-ECC",
  mode: "CDH-Component",
  revisions: ["Sp800-56Ar3", "1.0"],
  capabilities: { curve: CURVES },
  answer(group, tests, { session }) {
    const parties = partiesOf(asScheme(group, tests));
    const answer = (test: JsonObject) =>
      renamed(generated(parties, group, renamed(test, COMPONENT_NAMES), session), toComponent);
    return { tests: answers(tests, answer) };
  },
  check(asked, answered, { session }) {
    const fields = renamed({ ...membersOf(asked), ...answered.test }, COMPONENT_NAMES);
    return checked(partiesOf(asScheme(asked.group, [asked.test])), asked.group, fields, session);
  },
};

export const kasEccHandlers: readonly AcvpHandler[] = [kasEccSsc, kasEccCdhComponent];
