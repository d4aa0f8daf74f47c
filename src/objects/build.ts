import type { AttributeName, AttributeValue, Template } from "../cryptoki/attributes.ts";
import type { KeyType, MechanismName, ObjectClass } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import { type ClassRules, rulesOf } from "./class-rules.ts";
import type { TokenObject } from "./object.ts";

/** How an object comes to be. `bound` is an unwrap whose blob carries the attributes. */
export type Origin =
  | { readonly by: "create" | "unwrap" | "bound" }
  | { readonly by: "generate"; readonly mechanism: MechanismName }
  | { readonly by: "derive"; readonly base: TokenObject };

/** Whether two attribute values are the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (!(a instanceof Uint8Array || Array.isArray(a))) return a === b;
  const other = b as ArrayLike<unknown>;
  return (
    a.constructor === other?.constructor &&
    a.length === other.length &&
    (a as unknown[]).every((item, i) => item === other[i])
  );
}

/** The rules of an object that a template describes. @throws CkrError CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT */
export function rulesFor(objectClass: ObjectClass | undefined, keyType: KeyType | undefined): ClassRules {
  demand(objectClass !== undefined, "TEMPLATE_INCOMPLETE", "CKA_CLASS is missing");
  const rules = rulesOf(objectClass, keyType);
  if (rules !== undefined) return rules;
  const isKey = objectClass.endsWith("_KEY");
  throw isKey && keyType === undefined
    ? new CkrError("TEMPLATE_INCOMPLETE", "CKA_KEY_TYPE is missing")
    : new CkrError(
        "TEMPLATE_INCONSISTENT",
        isKey ? `no ${objectClass} of type ${keyType}` : `CKA_KEY_TYPE does not go with ${objectClass}`,
      );
}

/** Checks that a template has what C_CreateObject needs. @throws CkrError CKR_TEMPLATE_INCOMPLETE */
export function requireComplete(template: Template): void {
  for (const [name, rule] of Object.entries(rulesFor(template.CLASS, template.KEY_TYPE))) {
    demand(
      !rule.required || template[name as AttributeName] !== undefined,
      "TEMPLATE_INCOMPLETE",
      `CKA_${name} is missing`,
    );
  }
}

/**
 * The attributes of a new object: defaults, then the caller's template where the rules let it speak, then what the
 * mechanism contributed and what the object's origin decides.
 * @throws CkrError CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_READ_ONLY, CKR_TEMPLATE_INCONSISTENT
 */
export function buildAttributes(template: Template, material: Template, origin: Origin, isSo: boolean): Template {
  const contributed: Template = Object.assign(Object.create(null), material);
  const objectClass = contributed.CLASS ?? template.CLASS;
  const rules = rulesFor(objectClass, contributed.KEY_TYPE ?? template.KEY_TYPE);
  const attributes: Partial<Record<AttributeName, AttributeValue>> = Object.create(null);
  for (const [name, rule] of Object.entries(rules)) {
    if (rule.default !== undefined) attributes[name as AttributeName] = rule.default;
  }
  for (const [name, value] of Object.entries(template) as [AttributeName, AttributeValue][]) {
    const rule = rules[name];
    demand(rule !== undefined, "ATTRIBUTE_TYPE_INVALID", `an object of this kind has no CKA_${name}`);
    demand(rule.settable !== "never", "ATTRIBUTE_READ_ONLY", `CKA_${name} is set by the token`);
    demand(rule.settable !== "so" || isSo || value === false, "ATTRIBUTE_READ_ONLY", `only the SO may set CKA_${name}`);
    demand(!rule.secret || origin.by === "create", "TEMPLATE_INCONSISTENT", `CKA_${name} is made by the mechanism`);
    const made = contributed[name];
    demand(
      made === undefined || sameValue(made, value),
      "TEMPLATE_INCONSISTENT",
      `CKA_${name} does not fit the mechanism or key`,
    );
    if (!rule.secret) attributes[name] = value;
  }
  Object.assign(attributes, contributed);
  const complete = attributes as Template;
  requireTogether(complete, rules);
  const isKey = String(objectClass).endsWith("_KEY");
  return origin.by === "bound" || !isKey ? complete : Object.assign(complete, lineage(complete, origin));
}

/** Attributes that go only with others. @throws CkrError CKR_TEMPLATE_INCONSISTENT */
function requireTogether(attributes: Template, rules: ClassRules): void {
  for (const [name, { requires = {} }] of Object.entries(rules)) {
    if (attributes[name as AttributeName] !== true) continue;
    for (const [other, value] of Object.entries(requires) as [AttributeName, AttributeValue][])
      demand(attributes[other] === value, "TEMPLATE_INCONSISTENT", `CKA_${name} goes with CKA_${other} ${value} only`);
  }
}

/** LOCAL, KEY_GEN_MECHANISM, ALWAYS_SENSITIVE and NEVER_EXTRACTABLE (PKCS #11 v3.1, tables 24, 26 and 28). */
function lineage(attributes: Template, origin: Origin): Template {
  const generated = origin.by === "generate";
  const base = origin.by === "derive" ? origin.base : undefined;
  const local = { LOCAL: generated, ...(generated ? { KEY_GEN_MECHANISM: origin.mechanism } : {}) };
  if (attributes.CLASS === "PUBLIC_KEY") return local;
  return {
    ...local,
    ALWAYS_SENSITIVE: attributes.SENSITIVE === true && (generated || base?.isTrue("ALWAYS_SENSITIVE") === true),
    NEVER_EXTRACTABLE: attributes.EXTRACTABLE === false && (generated || base?.isTrue("NEVER_EXTRACTABLE") === true),
  };
}

/**
 * Checks one change of an existing object by the table.
 * @throws CkrError CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_READ_ONLY, CKR_TEMPLATE_INCONSISTENT
 */
export function checkChange(
  object: TokenObject,
  name: AttributeName,
  value: AttributeValue,
  how: { copy: boolean; isSo: boolean },
): void {
  const rule = rulesFor(object.get("CLASS"), object.get("KEY_TYPE"))[name];
  demand(rule !== undefined, "ATTRIBUTE_TYPE_INVALID", `an object of this kind has no CKA_${name}`);
  const before = object.get(name);
  const readOnly = (why: string): CkrError => new CkrError("ATTRIBUTE_READ_ONLY", `CKA_${name} ${why}`);
  if (rule.settable === "so" && !how.isSo && value !== before) throw readOnly("is the SO's to set");
  switch (rule.change) {
    case "free":
      return;
    case "only-to-true":
      if (value !== true && value !== before) throw readOnly("can only be set to true");
      return;
    case "only-to-false":
      if (value !== false && value !== before) throw readOnly("can only be set to false");
      return;
    case "copy-only":
      if (!how.copy) throw readOnly("can only be chosen when the object is made or copied");
      demand(
        !(name === "PRIVATE" && before === true && value === false),
        "TEMPLATE_INCONSISTENT",
        "a copy of a private object is private",
      );
      return;
    default:
      if (!how.copy || !sameValue(before, value)) throw readOnly("cannot be changed");
  }
}
