/** C_WrapKey, C_UnwrapKey and their authenticated forms in the token (PKCS #11 v3.2, 5.18). */

import { Secret } from "../bytes/secret.ts";
import type { AttributeName, AttributeValue, Template } from "../cryptoki/attributes.ts";
import type { ObjectClass } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import { keyTypes } from "../mechanisms/key-types.ts";
import type { AuthenticatedKey, Mechanism, NewKey, Unwrapped } from "../mechanisms/mechanism.ts";
import { requireWrappable, underTemplate } from "../objects/key-templates.ts";
import type { SecretValues, TokenObject } from "../objects/object.ts";
import { enforce } from "../objects/policy.ts";
import { sameValue } from "../objects/values.ts";
import { fromMaterial, install, type Place } from "./drafts.ts";
import type { GivenMessage } from "./messages.ts";
import type { Ready } from "./operations.ts";

/** C_WrapKey (5.18.3). */
export function wrap(place: Place, ready: Ready, target: TokenObject): Uint8Array {
  const { mechanism, params, key, context } = ready;
  requireWrapping(place, ready, target);
  return (mechanism.wrap as NonNullable<Mechanism["wrap"]>)(context, key, params, target);
}

/** C_WrapKeyAuthenticated (v3.2): the parameters are those of a message. @throws CkrError CKR_MECHANISM_INVALID */
export function wrapAuthenticated(
  place: Place,
  ready: Ready,
  target: TokenObject,
  given: GivenMessage,
): AuthenticatedKey {
  const { mechanism, key, context } = ready;
  const run = mechanism.wrapAuthenticated;
  if (run === undefined) throw new CkrError("MECHANISM_INVALID", `${mechanism.name} authenticates no data with a key`);
  const message = mechanism.parseMessage?.(given);
  requireWrapping(place, ready, target);
  return run(context, key, message, target);
}

/** C_UnwrapKeyAuthenticated (v3.2). @throws CkrError CKR_MECHANISM_INVALID, CKR_WRAPPED_KEY_INVALID */
export function unwrapAuthenticated(
  place: Place,
  ready: Ready,
  wrapped: Uint8Array,
  given: GivenMessage,
  template: Template,
): TokenObject {
  const { mechanism, key, context } = ready;
  const run = mechanism.unwrapAuthenticated;
  if (run === undefined) throw new CkrError("MECHANISM_INVALID", `${mechanism.name} authenticates no data with a key`);
  const message = mechanism.parseMessage?.(given);
  return takeIn(place, ready, template, () => {
    const opened = run(context, key, message, wrapped);
    if (opened === undefined) throw new CkrError("WRAPPED_KEY_INVALID", "the wrapped key is not authentic");
    return opened;
  });
}

function requireWrapping(place: Place, { mechanism, key: wrappingKey }: Ready, target: TokenObject): void {
  const { policy } = place.token.surroundings;
  demand(target.has("EXTRACTABLE"), "KEY_NOT_WRAPPABLE", "only secret and private keys are wrapped");
  demand(target.isTrue("EXTRACTABLE"), "KEY_UNEXTRACTABLE", "CKA_EXTRACTABLE is false");
  demand(
    !target.isTrue("WRAP_WITH_TRUSTED") || wrappingKey.isTrue("TRUSTED"),
    "KEY_NOT_WRAPPABLE",
    "the key may be wrapped only with a trusted key",
  );
  requireWrappable(wrappingKey, target);
  enforce(policy, "wrap", wrappingKey, target);
  enforce(policy, "wrapMechanism", mechanism);
}

/** C_UnwrapKey (5.18.4). */
export function unwrap(place: Place, ready: Ready, wrapped: Uint8Array, given: Template): TokenObject {
  const { mechanism, params, key, context } = ready;
  const run = mechanism.unwrap as NonNullable<Mechanism["unwrap"]>;
  return takeIn(place, ready, given, () => run(context, key, params, wrapped));
}

/** A key that comes in, once the unwrapping key and the policy let it. */
function takeIn(place: Place, { mechanism, key }: Ready, given: Template, open: () => Unwrapped): TokenObject {
  const { policy } = place.token.surroundings;
  const template = underTemplate(key, "UNWRAP_TEMPLATE", given);
  enforce(policy, "wrapMechanism", mechanism, key);
  const blob = open();
  if (blob.attributes !== undefined) return unwrapBound(place, template, blob.attributes, blob.secrets ?? {});
  const made = fromWrappedValue(place, template, blob.value ?? new Secret(new Uint8Array(0)));
  const object = fromMaterial(place, template, made, { by: "unwrap" });
  install(place, [object]);
  return object;
}

/**
 * R2: what the blob says of the key holds; a template may repeat it and choose only where the key is kept. Where a
 * policy lets it say more, it is what a template may say of any unwrapped key, and the class and type stay.
 */
function unwrapBound(place: Place, template: Template, bound: Template, secrets: SecretValues): TokenObject {
  const { policy } = place.token.surroundings;
  const { TOKEN = false, ...asked } = template;
  const overriding = (Object.entries(asked) as [AttributeName, AttributeValue][]).filter(
    ([name, value]) => !sameValue(bound[name], value),
  );
  try {
    for (const [name] of overriding) enforce(policy, "unwrapOverride", name);
  } catch (error) {
    for (const secret of Object.values(secrets)) secret.destroy();
    throw error;
  }
  const free = overriding.filter(([name]) => name !== "CLASS" && name !== "KEY_TYPE").map(([name]) => name);
  const attributes = Object.fromEntries(
    Object.entries(bound).filter(([name]) => !free.includes(name as AttributeName)),
  );
  const given: Template = { TOKEN, ...Object.fromEntries(overriding) };
  const object = fromMaterial(place, given, { attributes, secrets }, { by: "bound" });
  install(place, [object]);
  return object;
}

/** The key inside a blob that says nothing of it; whatever is wrong with the value is one and the same error. */
function fromWrappedValue(place: Place, template: Template, value: Secret): NewKey {
  const objectClass: ObjectClass | undefined = template.CLASS;
  demand(
    objectClass !== undefined && template.KEY_TYPE !== undefined,
    "TEMPLATE_INCOMPLETE",
    "CKA_CLASS and CKA_KEY_TYPE are needed",
  );
  const { fromValue, decodePrivate } = keyTypes[template.KEY_TYPE];
  const read = objectClass === "SECRET_KEY" ? fromValue : objectClass === "PRIVATE_KEY" ? decodePrivate : undefined;
  if (read === undefined)
    throw new CkrError("TEMPLATE_INCONSISTENT", `a ${objectClass} of type ${template.KEY_TYPE} cannot be unwrapped`);
  try {
    return value.use((bytes) => read(bytes, place.context));
  } catch {
    place.token.surroundings.requireOperational();
    throw new CkrError("WRAPPED_KEY_INVALID", "the wrapped key is not valid");
  } finally {
    value.destroy();
  }
}
