/** New objects on their way into the token: drafted, checked by the policy, installed. */

import { toHex } from "../bytes/bytes.ts";
import type { Template } from "../cryptoki/attributes.ts";
import { demand } from "../cryptoki/error.ts";
import type { SessionHandle } from "../cryptoki/handles.ts";
import type { Context, NewKey } from "../mechanisms/mechanism.ts";
import { buildAttributes, type Origin } from "../objects/build.ts";
import { type SecretValues, TokenObject } from "../objects/object.ts";
import { enforce } from "../objects/policy.ts";
import { checkValueOf } from "./check-value.ts";
import { requireConsistent } from "./pairwise.ts";
import type { Application, Token } from "./token.ts";

/** Where a new object goes and on whose behalf. */
export interface Place {
  readonly token: Token;
  readonly application: Application;
  readonly session: SessionHandle;
  readonly readWrite: boolean;
  readonly context: Context;
}

/**
 * Makes an object of complete attributes: checks that this session may create it and that the policy accepts it.
 * The object is not in the token yet. On any refusal the secrets are wiped.
 */
export function draft(place: Place, attributes: Template, secrets: SecretValues): TokenObject {
  const { token } = place;
  const session = attributes.TOKEN ? undefined : place.session;
  const object = new TokenObject(token.surroundings.nextHandle(), session, attributes, secrets);
  try {
    object.set("UNIQUE_ID", toHex(token.surroundings.rng(16)));
    demand(session === undefined || token.sessions.has(session), "SESSION_HANDLE_INVALID", "the session has ended");
    demand(!object.isTrue("TOKEN") || place.readWrite, "SESSION_READ_ONLY", "token objects need a read-write session");
    if (object.isTrue("PRIVATE")) token.requireOwnPin(place.application);
    demand(
      !object.isTrue("PRIVATE") || token.privateAccess(place.application),
      "USER_NOT_LOGGED_IN",
      "private objects need the user to be logged in",
    );
    enforce(token.surroundings.policy, "object", object);
    return object;
  } catch (error) {
    object.destroy();
    throw error;
  }
}

/** Puts drafts into the token, all or none. */
export function install<T extends readonly TokenObject[]>(
  place: Place,
  drafts: T,
  check: () => void = () => undefined,
): T {
  try {
    check();
  } catch (error) {
    for (const object of drafts) object.destroy();
    throw error;
  }
  for (const object of drafts) place.token.add(object);
  return drafts;
}

/**
 * An object from a mechanism's material; the secrets are wiped when it is refused. Every new private key comes by
 * here, and is tested together with its public key.
 */
export function fromMaterial(place: Place, template: Template, made: NewKey, origin: Origin): TokenObject {
  let attributes: Template;
  try {
    const check = origin.by === "bound" ? undefined : checkValueOf(place.context, template, made);
    const material = check === undefined ? made.attributes : { ...made.attributes, CHECK_VALUE: check };
    const { application, token } = place;
    const { policy } = token.surroundings;
    attributes = buildAttributes(template, material, origin, {
      isSo: token.loggedIn(application) === "so",
      isPublic: !token.privateAccess(application),
      policy,
    });
  } catch (error) {
    for (const secret of Object.values(made.secrets)) secret.destroy();
    throw error;
  }
  const object = draft(place, attributes, made.secrets);
  try {
    requireConsistent(place, object, origin);
    return object;
  } catch (error) {
    object.destroy();
    throw error;
  }
}
