/** EdDSA through CKM_EC_EDWARDS_KEY_PAIR_GEN and CKM_EDDSA. A context needs an Ed448 key, as in the token. */

import type { ObjectHandle } from "../../../cryptoki/handles.ts";
import type { Session } from "../../../token/session.ts";
import type { JsonObject } from "../../parsers/json.ts";
import type { EdCurve } from "../../suites/eddsa.ts";
import { octetKey, publicKeyOf } from "../../suites/keys.ts";
import { bytesAt, textAt } from "../../suites/support.ts";
import { withKey } from "../../suites/token.ts";
import { answers } from "../answers.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import {
  attribute,
  destroyPair,
  generatedPair,
  membersOf,
  requireAnswerable,
  requireEqual,
  unlessAccepted,
  unlessHex,
  verdict,
  withPair,
} from "./common.ts";
import { hexOf } from "./support.ts";

const CURVES: Readonly<Record<string, EdCurve>> = { "ED-25519": "Ed25519", "ED-448": "Ed448" };

function curveIn(group: JsonObject, tests: readonly JsonObject[] = []): EdCurve {
  const name = textAt({ ...tests[0], ...group }, "curve");
  const curve = CURVES[name.toUpperCase()];
  if (curve === undefined) throw new Unanswered("no-curve", name);
  return curve;
}

/** @throws Unanswered for a context with Ed25519 */
function mechanismOf(fields: JsonObject) {
  const context = fields["context"] ? bytesAt(fields, "context") : undefined;
  const isOffered = context === undefined || curveIn(fields) === "Ed448";
  requireAnswerable(isOffered ? undefined : "no-mechanism", "Ed25519 with a context");
  return { mechanism: "EDDSA", phFlag: fields["preHash"] === true, context } as const;
}

function verify(session: Session, fields: JsonObject): void {
  const mechanism = mechanismOf(fields);
  withKey(session, octetKey("PUBLIC_KEY", curveIn(fields), bytesAt(fields, "q"), "sign"), (key: ObjectHandle) =>
    session.verify(mechanism, key, bytesAt(fields, "message"), bytesAt(fields, "signature")),
  );
}

const curve = Object.keys(CURVES);
const revisions = ["1.0"];
/** A registration cannot say that contexts are for Ed448 alone. */
const signatures = { curve, pure: true, preHash: true, contextLength: [0] };

export const eddsaKeyGen: AcvpHandler = {
  algorithm: "EDDSA",
  mode: "keyGen",
  revisions,
  capabilities: { curve },
  answer(group, tests, { session }) {
    const mechanism = { mechanism: "EC_EDWARDS_KEY_PAIR_GEN", curve: curveIn(group, tests) } as const;
    const pair = () =>
      withPair(session, mechanism, "sign", ({ privateKey }) => ({
        d: hexOf(attribute(session, privateKey, "VALUE")),
        q: hexOf(publicKeyOf(session, privateKey)),
      }));
    return { tests: answers(tests, pair) };
  },
  check(asked, answered, { session }) {
    const fields = { ...membersOf(asked), ...answered.test };
    const compare = () =>
      withKey(session, octetKey("PRIVATE_KEY", curveIn(fields), bytesAt(fields, "d"), "sign"), (key) =>
        requireEqual(publicKeyOf(session, key), bytesAt(fields, "q")),
      );
    return unlessHex(fields, "d", "q") ?? unlessAccepted(compare, "the pair");
  },
};

export const eddsaKeyVer: AcvpHandler = {
  algorithm: "EDDSA",
  mode: "keyVer",
  revisions,
  capabilities: { curve },
  answer(group, tests, { session }) {
    const own = curveIn(group, tests);
    return {
      tests: answers(tests, (test) =>
        verdict(() => withKey(session, octetKey("PUBLIC_KEY", own, bytesAt(test, "q"), "sign"), () => undefined)),
      ),
    };
  },
};

export const eddsaSigGen: AcvpHandler = {
  algorithm: "EDDSA",
  mode: "sigGen",
  revisions,
  capabilities: signatures,
  answer(group, tests, { session }) {
    const pair = generatedPair(session, { mechanism: "EC_EDWARDS_KEY_PAIR_GEN", curve: curveIn(group, tests) }, "sign");
    const signed = (test: JsonObject): JsonObject => {
      const mechanism = mechanismOf(membersOf({ group, test }));
      return { signature: hexOf(session.sign(mechanism, pair.privateKey, bytesAt(test, "message"))) };
    };
    return {
      group: { q: hexOf(publicKeyOf(session, pair.privateKey)) },
      tests: answers(tests, signed, () => destroyPair(session, pair)),
    };
  },
  check(asked, answered, { session }) {
    const fields = { ...membersOf(asked), ...membersOf(answered) };
    return unlessHex(fields, "q", "signature") ?? unlessAccepted(() => verify(session, fields), "the signature");
  },
};

export const eddsaSigVer: AcvpHandler = {
  algorithm: "EDDSA",
  mode: "sigVer",
  revisions,
  capabilities: signatures,
  answer(group, tests, { session }) {
    curveIn(group, tests);
    return { tests: answers(tests, (test) => verdict(() => verify(session, membersOf({ group, test })))) };
  },
};

export const eddsaHandlers: readonly AcvpHandler[] = [eddsaKeyGen, eddsaKeyVer, eddsaSigGen, eddsaSigVer];
