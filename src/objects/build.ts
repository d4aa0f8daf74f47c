import { type AttributeName, type AttributeValue, type Template, UNAVAILABLE } from "../cryptoki/attributes.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import {
  type ClassRules,
  defaultAttributes,
  KIND_OF,
  type Kind,
  linkedRules,
  requiredAttributes,
  rulesOf,
} from "./class-rules.ts";
import type { TokenObject } from "./object.ts";
import { defaultsOf, type Policy } from "./policy.ts";
import { sameValue } from "./values.ts";

/** How an object comes to be. `bound` is an unwrap whose blob carries the attributes. */
export type Origin =
  | { readonly by: "create" | "unwrap" | "bound" }
  | { readonly by: "generate"; readonly mechanism: MechanismName }
  | { readonly by: "derive"; readonly base: TokenObject };

/** The rules of an object that a template describes. @throws CkrError CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT */
export function rulesFor(template: Kind): ClassRules {
  const { CLASS } = template;
  demand(CLASS !== undefined, "TEMPLATE_INCOMPLETE", "CKA_CLASS is missing");
  const rules = rulesOf(template);
  if (rules !== undefined) return rules;
  const kind = KIND_OF[CLASS];
  throw kind !== undefined && template[kind] === undefined
    ? new CkrError("TEMPLATE_INCOMPLETE", `CKA_${kind} is missing`)
    : new CkrError(
        "TEMPLATE_INCONSISTENT",
        kind === undefined
          ? `CKA_KEY_TYPE does not go with ${CLASS}`
          : `no ${CLASS} with CKA_${kind} ${template[kind]}`,
      );
}

/** Templates over one another, later ones on top, without a prototype. */
export function merged(...templates: readonly Template[]): Template {
  return Object.assign(Object.create(null), ...templates);
}

const kindOf = (object: TokenObject): Kind => ({
  CLASS: object.get("CLASS"),
  KEY_TYPE: object.get("KEY_TYPE"),
  CERTIFICATE_TYPE: object.get("CERTIFICATE_TYPE"),
});

/** Checks that a template has what C_CreateObject needs. @throws CkrError CKR_TEMPLATE_INCOMPLETE */
export function requireComplete(template: Template): void {
  for (const name of requiredAttributes(rulesFor(template))) {
    demand(template[name] !== undefined, "TEMPLATE_INCOMPLETE", `CKA_${name} is missing`);
  }
}

/**
 * The attributes of a new object: defaults, of the table and then of the policy, then the caller's template where the rules let it speak, then what the
 * mechanism contributed and what the object's origin decides.
 * @throws CkrError CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_READ_ONLY, CKR_TEMPLATE_INCONSISTENT
 */
export function buildAttributes(
  template: Template,
  material: Template,
  origin: Origin,
  { isSo, isPublic, policy }: { readonly isSo: boolean; readonly isPublic: boolean; readonly policy: Policy },
): Template {
  const contributed: { -readonly [N in AttributeName]?: Template[N] } = Object.assign(Object.create(null), material);
  const kind: Kind = {
    CLASS: contributed.CLASS ?? template.CLASS,
    KEY_TYPE: contributed.KEY_TYPE ?? template.KEY_TYPE,
    CERTIFICATE_TYPE: template.CERTIFICATE_TYPE,
  };
  const rules = rulesFor(kind);
  const attributes = merged(defaultAttributes(rules)) as Partial<Record<AttributeName, AttributeValue>>;
  if (kind.CLASS !== undefined)
    Object.assign(
      attributes,
      defaultsOf(policy, kind.CLASS, { template, isUnwrapped: origin.by === "unwrap", isPublic }),
    );
  for (const [name, value] of Object.entries(template) as [AttributeName, AttributeValue][]) {
    const rule = rules[name];
    demand(rule !== undefined, "ATTRIBUTE_TYPE_INVALID", `an object of this kind has no CKA_${name}`);
    demand(rule.settable !== "never", "ATTRIBUTE_READ_ONLY", `CKA_${name} is set by the token`);
    demand(rule.settable !== "so" || isSo || value === false, "ATTRIBUTE_READ_ONLY", `only the SO may set CKA_${name}`);
    demand(!rule.secret || origin.by === "create", "TEMPLATE_INCONSISTENT", `CKA_${name} is made by the mechanism`);
    const made = contributed[name];
    if (rule.computed) {
      const isLeftOut = (value as Uint8Array).length === 0;
      // Where the token finds none, what a template says is ignored (PKCS #11 v3.2, 4.11, CKA_CHECK_VALUE).
      const agrees = isLeftOut || made === undefined || sameValue(made, value);
      demand(agrees, "ATTRIBUTE_VALUE_INVALID", `CKA_${name} is not that of this object`);
      if (isLeftOut) delete contributed[name];
      continue;
    }
    demand(
      made === undefined || sameValue(made, value),
      "TEMPLATE_INCONSISTENT",
      `CKA_${name} does not fit the mechanism or key`,
    );
    if (!rule.secret) attributes[name] = value;
  }
  Object.assign(attributes, contributed);
  const complete = attributes as Template;
  requireTogether(complete);
  const isKey = kind.CLASS?.endsWith("_KEY") === true;
  return origin.by === "bound" || !isKey ? complete : Object.assign(complete, lineage(complete, origin));
}

const isEmpty = (value: unknown): boolean => (value as { readonly length?: number } | undefined)?.length === 0;

/** Attributes that go only with others, in an object as it is to be. @throws CkrError CKR_TEMPLATE_INCONSISTENT */
export function requireTogether(attributes: Template): void {
  for (const [name, { requires = {}, notBefore, orElse }] of linkedRules(rulesFor(attributes))) {
    const value = attributes[name];
    for (const [other, needed] of Object.entries(value === true ? requires : {}) as [AttributeName, AttributeValue][])
      demand(
        attributes[other] === needed,
        "TEMPLATE_INCONSISTENT",
        `CKA_${name} goes with CKA_${other} ${needed} only`,
      );
    const isThere = orElse === undefined || !isEmpty(value) || !isEmpty(attributes[orElse]);
    demand(isThere, "TEMPLATE_INCONSISTENT", `CKA_${name} and CKA_${orElse} are not both empty`);
    const start = notBefore && attributes[notBefore];
    demand(!value || !start || value >= start, "TEMPLATE_INCONSISTENT", `CKA_${name} is before CKA_${notBefore}`);
  }
}

/** LOCAL, KEY_GEN_MECHANISM, ALWAYS_SENSITIVE and NEVER_EXTRACTABLE (PKCS #11 v3.1, tables 24, 26 and 28). */
function lineage(attributes: Template, origin: Origin): Template {
  const generated = origin.by === "generate";
  const base = origin.by === "derive" ? origin.base : undefined;
  const local: Template = { LOCAL: generated, KEY_GEN_MECHANISM: generated ? origin.mechanism : UNAVAILABLE };
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
  const rule = rulesFor(kindOf(object))[name];
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
