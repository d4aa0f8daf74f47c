/** X25519 and X448 through CKM_EC_MONTGOMERY_KEY_PAIR_GEN and CKM_ECDH1_DERIVE. */

import type { XCurveName } from "../../../crypto/engine.ts";
import { OCTET_KEY_BYTES } from "../../../der/ec-params.ts";
import type { JsonObject } from "../../parsers/json.ts";
import { octetKey, publicKeyOf } from "../../suites/keys.ts";
import { bytesAt, textAt } from "../../suites/support.ts";
import { derived, withKey } from "../../suites/token.ts";
import { xAgree } from "../../suites/xdh.ts";
import { answers } from "../answers.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import { attribute, membersOf, requireEqual, unlessAccepted, unlessHex, verdict, withPair } from "./common.ts";
import { hexOf } from "./support.ts";

const CURVES: Readonly<Record<string, XCurveName>> = { Curve25519: "X25519", Curve448: "X448" };

function curveIn(group: JsonObject, tests: readonly JsonObject[] = []): XCurveName {
  const name = textAt({ ...tests[0], ...group }, "curve");
  const curve = CURVES[name];
  if (curve === undefined) throw new Unanswered("no-curve", name);
  return curve;
}

const common = { algorithm: "XECDH", revisions: ["RFC7748"], capabilities: { curve: Object.keys(CURVES) } } as const;

export const xecdhKeyGen: AcvpHandler = {
  ...common,
  mode: "keyGen",
  answer(group, tests, { session }) {
    const mechanism = { mechanism: "EC_MONTGOMERY_KEY_PAIR_GEN", curve: curveIn(group, tests) } as const;
    const pair = () =>
      withPair(session, mechanism, "derive", ({ privateKey }) => ({
        privateKey: hexOf(attribute(session, privateKey, "VALUE")),
        publicKey: hexOf(publicKeyOf(session, privateKey)),
      }));
    return { tests: answers(tests, pair) };
  },
  check(asked, answered, { session }) {
    const fields = { ...membersOf(asked), ...answered.test };
    const compare = () =>
      withKey(session, octetKey("PRIVATE_KEY", curveIn(fields), bytesAt(fields, "privateKey"), "derive"), (key) =>
        requireEqual(publicKeyOf(session, key), bytesAt(fields, "publicKey")),
      );
    return unlessHex(fields, "privateKey", "publicKey") ?? unlessAccepted(compare, "the pair");
  },
};

/** A public key is any string of the curve's length (RFC 7748, 5). */
export const xecdhKeyVer: AcvpHandler = {
  ...common,
  mode: "keyVer",
  answer(group, tests, { session }) {
    const curve = curveIn(group, tests);
    const create = (test: JsonObject) =>
      withKey(session, octetKey("PUBLIC_KEY", curve, bytesAt(test, "publicKey"), "derive"), () => undefined);
    return { tests: answers(tests, (test) => verdict(() => create(test))) };
  },
};

export const xecdhSsc: AcvpHandler = {
  ...common,
  mode: "SSC",
  answer(group, tests, { session }) {
    const curve = curveIn(group, tests);
    const agreed = (test: JsonObject): JsonObject =>
      withPair(session, { mechanism: "EC_MONTGOMERY_KEY_PAIR_GEN", curve }, "derive", ({ privateKey }) => {
        const mechanism = { mechanism: "ECDH1_DERIVE", publicData: bytesAt(test, "publicServer") } as const;
        const z = derived(session, mechanism, privateKey, OCTET_KEY_BYTES[curve]);
        return { publicIut: hexOf(publicKeyOf(session, privateKey)), z: hexOf(z) };
      });
    const validate = (test: JsonObject): void => {
      const own = bytesAt(test, "privateIut");
      const point = withKey(session, octetKey("PRIVATE_KEY", curve, own, "derive"), (key) => publicKeyOf(session, key));
      requireEqual(point, bytesAt(test, "publicIut"));
      requireEqual(xAgree({ session }, curve, own, bytesAt(test, "publicServer")), bytesAt(test, "z"));
    };
    const isValidation = group["testType"] === "VAL";
    return {
      tests: answers(tests, (test) => (isValidation ? verdict(() => validate(test)) : agreed(test))),
    };
  },
  /** Z is compared where the prompt has the server's private key; without it, its length. */
  check(asked, answered, { session }) {
    if (asked.group["testType"] === "VAL") return "compare";
    const fields = { ...membersOf(asked), ...answered.test };
    const curve = curveIn(fields);
    const malformed = unlessHex(fields, "publicIut", "z");
    if (malformed !== undefined) return malformed;
    const [z, publicIut] = [bytesAt(fields, "z"), bytesAt(fields, "publicIut")];
    const length = OCTET_KEY_BYTES[curve];
    if (z.length !== length || publicIut.length !== length) return `z and publicIut have ${length} bytes`;
    if (fields["privateServer"] === undefined) return undefined;
    const compare = () => requireEqual(xAgree({ session }, curve, bytesAt(fields, "privateServer"), publicIut), z);
    return unlessAccepted(compare, "the shared secret");
  },
};

export const xecdhHandlers: readonly AcvpHandler[] = [xecdhKeyGen, xecdhKeyVer, xecdhSsc];
