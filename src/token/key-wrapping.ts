/** C_WrapKey and C_UnwrapKey in the token (PKCS #11 v3.1, 5.18). */

import { Secret } from "../bytes/secret.ts";
import type { AttributeName, AttributeValue, Template } from "../cryptoki/attributes.ts";
import type { ObjectClass } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import { keyTypes } from "../mechanisms/key-types.ts";
import type { Mechanism, NewKey } from "../mechanisms/mechanism.ts";
import { requireWrappable, underTemplate } from "../objects/key-templates.ts";
import type { SecretValues, TokenObject } from "../objects/object.ts";
import { enforce } from "../objects/policy.ts";
import { sameValue } from "../objects/values.ts";
import { fromMaterial, install, type Place } from "./drafts.ts";
import type { Ready } from "./operations.ts";

/** C_WrapKey (5.18.3). */
export function wrap(
  place: Place,
  { mechanism, params, key: wrappingKey, context }: Ready,
  target: TokenObject,
): Uint8Array {
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
  return (mechanism.wrap as NonNullable<Mechanism["wrap"]>)(context, wrappingKey, params, target);
}

/** C_UnwrapKey (5.18.4). */
export function unwrap(
  place: Place,
  { mechanism, params, key, context }: Ready,
  wrapped: Uint8Array,
  given: Template,
): TokenObject {
  const { policy } = place.token.surroundings;
  const template = underTemplate(key, "UNWRAP_TEMPLATE", given);
  enforce(policy, "wrapMechanism", mechanism, key);
  const blob = (mechanism.unwrap as NonNullable<Mechanism["unwrap"]>)(context, key, params, wrapped);
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
