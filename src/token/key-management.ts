/** Key management in the token (PKCS #11 v3.1, 5.7 and 5.18): create, generate, copy, derive. */

import { wipe } from "../bytes/bytes.ts";
import type { AttributeName, AttributeValue, Template } from "../cryptoki/attributes.ts";
import type { KeyType } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import { keyTypes } from "../mechanisms/key-types.ts";
import type { Context, Mechanism, NewKey } from "../mechanisms/mechanism.ts";
import type { ParsedChoice } from "../mechanisms/registry.ts";
import { checkChange, merged, requireComplete, requireTogether, rulesFor } from "../objects/build.ts";
import { underTemplate } from "../objects/key-templates.ts";
import type { TokenObject } from "../objects/object.ts";
import { enforce } from "../objects/policy.ts";
import { draft, fromMaterial, install, type Place } from "./drafts.ts";
import type { Ready } from "./operations.ts";

/** C_CreateObject (PKCS #11 v3.1, 5.7.1). */
export function create(place: Place, template: Template): TokenObject {
  requireComplete(template);
  try {
    const isKey = template.CLASS?.endsWith("_KEY") === true;
    const made = isKey ? importer(template)(place.context, template) : { attributes: {}, secrets: {} };
    const object = fromMaterial(place, template, made, { by: "create" });
    install(place, [object]);
    return object;
  } finally {
    const rules = rulesFor(template);
    for (const [name, value] of Object.entries(template)) {
      if (rules[name as AttributeName]?.secret) wipe(value as Uint8Array);
    }
  }
}

/** C_GenerateKey (5.18.1). */
export function generate(place: Place, { mechanism, params }: ParsedChoice, template: Template): TokenObject {
  if (mechanism.generateKey === undefined)
    throw new CkrError("MECHANISM_INVALID", `${mechanism.name} does not generate keys`);
  enforce(place.token.surroundings.policy, "use", "generateKey", mechanism, params);
  const made = mechanism.generateKey(place.context, params, template);
  const object = fromMaterial(place, template, made, { by: "generate", mechanism: mechanism.name });
  install(place, [object]);
  return object;
}

/** C_CopyObject (5.7.2). */
export function copy(place: Place, source: TokenObject, template: Template): TokenObject {
  const { token } = place;
  demand(source.isTrue("COPYABLE"), "ACTION_PROHIBITED", "CKA_COPYABLE is false");
  for (const [name, value] of Object.entries(template) as [AttributeName, AttributeValue][]) {
    checkChange(source, name, value, { copy: true, isSo: token.loggedIn(place.application) === "so" });
    enforce(token.surroundings.policy, "change", source, name, value);
  }
  const attributes = merged(source.attributes(), template);
  requireTogether(attributes);
  const protectedStill = {
    ALWAYS_SENSITIVE: source.isTrue("ALWAYS_SENSITIVE") && attributes.SENSITIVE === true,
    NEVER_EXTRACTABLE: source.isTrue("NEVER_EXTRACTABLE") && attributes.EXTRACTABLE === false,
  };
  const object = draft(
    place,
    source.has("SENSITIVE") ? { ...attributes, ...protectedStill } : attributes,
    source.cloneSecrets(),
  );
  object.countWith(source);
  install(place, [object]);
  return object;
}

/** C_DeriveKey (5.18.5). */
export function derive(place: Place, { mechanism, params, key: base, context }: Ready, given: Template): TokenObject {
  const template = underTemplate(base, "DERIVE_TEMPLATE", given);
  const { made: materialOf, template: own } = mechanism.derivesData ? asData(template) : asKey(mechanism, template);
  const value = (mechanism.derive as NonNullable<Mechanism["derive"]>)(context, base, params, template.VALUE_LEN);
  try {
    const object = fromMaterial(place, own, materialOf(value, context), { by: "derive", base });
    install(place, [object], () => {
      if (mechanism.inheritsProtection) requireSameProtection(base, object);
      if (!mechanism.releasesSecret) enforce(place.token.surroundings.policy, "derived", base, object);
    });
    return object;
  } finally {
    wipe(value);
  }
}

/** How a derived value becomes an object, and what the template says of that object. */
interface Derivation {
  readonly made: (value: Uint8Array, context: Context) => NewKey;
  readonly template: Template;
}

/** @throws CkrError CKR_TEMPLATE_INCONSISTENT */
function asKey(mechanism: Mechanism, template: Template): Derivation {
  const keyType = template.KEY_TYPE ?? "GENERIC_SECRET";
  demand((template.CLASS ?? "SECRET_KEY") === "SECRET_KEY", "TEMPLATE_INCONSISTENT", "a derived key is a secret key");
  const { fromValue } = keyTypes[keyType];
  if (fromValue === undefined || !mechanism.keyTypes?.includes(keyType))
    throw new CkrError("TEMPLATE_INCONSISTENT", `${mechanism.name} does not derive a key of type ${keyType}`);
  return { made: fromValue, template };
}

/** CKA_VALUE_LEN is for the mechanism; a data object has none. @throws CkrError CKR_TEMPLATE_INCONSISTENT */
function asData({ VALUE_LEN: _, ...template }: Template): Derivation {
  demand((template.CLASS ?? "DATA") === "DATA", "TEMPLATE_INCONSISTENT", "what is derived is a data object");
  const made = (value: Uint8Array): NewKey => ({
    attributes: { CLASS: "DATA", VALUE: Uint8Array.from(value) },
    secrets: {},
  });
  return { made, template: Object.assign(Object.create(null), template) };
}

/** @throws CkrError CKR_TEMPLATE_INCONSISTENT when a derived key is less protected than its base */
function requireSameProtection(base: TokenObject, key: TokenObject): void {
  const isSensitive = !base.isTrue("SENSITIVE") || key.isTrue("SENSITIVE");
  const isKept = base.isTrue("EXTRACTABLE") || !key.isTrue("EXTRACTABLE");
  demand(isSensitive && isKept, "TEMPLATE_INCONSISTENT", "the derived key is sensitive and unextractable as its base");
}

/** The importer of a class and key type. */
function importer(template: Template): (context: Context, template: Template) => NewKey {
  const spec = keyTypes[template.KEY_TYPE as KeyType];
  const byClass = { SECRET_KEY: spec.importSecret, PUBLIC_KEY: spec.importPublic, PRIVATE_KEY: spec.importPrivate };
  const found = byClass[template.CLASS as keyof typeof byClass];
  if (found === undefined)
    throw new CkrError("TEMPLATE_INCONSISTENT", `a ${template.CLASS} cannot be of type ${template.KEY_TYPE}`);
  return found;
}
