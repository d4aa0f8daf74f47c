import { copyBytes, wipe } from "../bytes/bytes.ts";
import {
  type AttributeKind,
  type AttributeName,
  type AttributeValue,
  CKA,
  type Template,
  UNAVAILABLE,
} from "../cryptoki/attributes.ts";
import { copyList, readFrom } from "../cryptoki/caller.ts";
import { CKK, CKM, CKO, type MechanismName, type ObjectClass } from "../cryptoki/constants.ts";
import { checked, demand } from "../cryptoki/error.ts";

/** What a key is for. A pair is given one usage; each half holds its side of it. */
export type Usage = "encrypt" | "sign" | "wrap" | "derive" | "encapsulate";

/** A template with short names for what is set most often. `usage` sets exactly the flags of its kind. */
export type KeyTemplate = Template & {
  readonly usage?: Usage;
  readonly label?: string;
  readonly id?: Uint8Array;
  readonly token?: boolean;
  readonly sensitive?: boolean;
  readonly extractable?: boolean;
};

// biome-ignore format: a table
const SHORT_NAMES: Readonly<Record<string, AttributeName>> = {
  label: "LABEL", id: "ID", token: "TOKEN", sensitive: "SENSITIVE", extractable: "EXTRACTABLE",
};

/** The usage attributes, by usage and class (PKCS #11 v3.1, tables 25, 26 and 28). */
// biome-ignore format: a table
export const USAGE_FLAGS: Readonly<Record<Usage, Readonly<Partial<Record<ObjectClass, readonly AttributeName[]>>>>> = {
  encrypt:     { SECRET_KEY: ["ENCRYPT", "DECRYPT"], PUBLIC_KEY: ["ENCRYPT"], PRIVATE_KEY: ["DECRYPT"] },
  sign:        { SECRET_KEY: ["SIGN", "VERIFY"],     PUBLIC_KEY: ["VERIFY"],  PRIVATE_KEY: ["SIGN"] },
  wrap:        { SECRET_KEY: ["WRAP", "UNWRAP"],     PUBLIC_KEY: ["WRAP"],    PRIVATE_KEY: ["UNWRAP"] },
  derive:      { SECRET_KEY: ["DERIVE"],             PUBLIC_KEY: [],          PRIVATE_KEY: ["DERIVE"] },
  encapsulate: { SECRET_KEY: [], PUBLIC_KEY: ["ENCAPSULATE"], PRIVATE_KEY: ["DECAPSULATE"] },
};

/** The usage that a flag belongs to. */
// biome-ignore format: a table
export const USAGE_OF: Readonly<Partial<Record<AttributeName, Usage>>> = {
  ENCRYPT: "encrypt", DECRYPT: "encrypt", SIGN: "sign", VERIFY: "sign", WRAP: "wrap", UNWRAP: "wrap", DERIVE: "derive",
  ENCAPSULATE: "encapsulate", DECAPSULATE: "encapsulate", SIGN_RECOVER: "sign", VERIFY_RECOVER: "sign",
};

const isString = (value: unknown): value is string => typeof value === "string";
const isMechanism = (value: unknown): value is MechanismName => isString(value) && Object.hasOwn(CKM, value);

/** How a value of each kind is recognised; byte strings and lists are copied first. */
const KINDS: Readonly<
  Record<Exclude<AttributeKind, "bytes" | "integer" | "mechanisms" | "template">, (value: unknown) => boolean>
> = {
  bool: (value) => typeof value === "boolean",
  text: isString,
  date: isDate,
  number: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  class: (value) => isString(value) && Object.hasOwn(CKO, value),
  keyType: (value) => isString(value) && Object.hasOwn(CKK, value),
  mechanism: (value) => isMechanism(value) || value === UNAVAILABLE,
};

/** A caller's template after reading: attributes, and a usage whose flags depend on the class of the object. */
export interface ReadTemplate {
  readonly attributes: Template;
  readonly usage: Usage | undefined;
}

/**
 * Reads a caller's template: own properties only, each once, every value checked and copied, short names resolved.
 * The caller's own code may run here, in getters, and nowhere later.
 * @throws CkrError CKR_ARGUMENTS_BAD, CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID, CKR_TEMPLATE_INCONSISTENT
 */
export function takeTemplate(input: unknown): ReadTemplate {
  return take(input, false);
}

function take(input: unknown, isInner: boolean): ReadTemplate {
  const given = readFrom("the template", () =>
    typeof input === "object" && input !== null && !Array.isArray(input) ? Object.entries(input) : undefined,
  );
  demand(given, "ARGUMENTS_BAD", "a template must be an object");
  const attributes: Partial<Record<AttributeName, AttributeValue>> = Object.create(null);
  let usage: Usage | undefined;
  for (const [name, value] of given) {
    if (value === undefined) continue;
    if (name === "usage") usage = readUsage(value);
    else
      put(attributes, (Object.hasOwn(SHORT_NAMES, name) ? SHORT_NAMES[name] : name) as AttributeName, value, isInner);
  }
  return { attributes: attributes as Template, usage };
}

/** A template with the flags of its usage, for an object of `objectClass` or the class that the template names. */
export function forClass({ attributes, usage }: ReadTemplate, objectClass?: ObjectClass): Template {
  const template: Partial<Record<AttributeName, AttributeValue>> = Object.assign(Object.create(null), attributes);
  const namedClass = attributes.CLASS ?? objectClass;
  const flags = usage && namedClass && USAGE_FLAGS[usage][namedClass];
  for (const flag of flags ?? []) put(template, flag, true);
  // The half of a pair that has no part in its usage is told so: a policy may have uses for keys that name none.
  if (flags?.length === 0 && !Object.hasOwn(template, "DERIVE")) template.DERIVE = false;
  return template as Template;
}

/** Both of the above, where the class is known. */
export function readTemplate(input: unknown, objectClass?: ObjectClass): Template {
  return forClass(takeTemplate(input), objectClass);
}

function put(
  template: Partial<Record<AttributeName, AttributeValue>>,
  name: AttributeName,
  value: unknown,
  isInner = false,
): void {
  demand(Object.hasOwn(CKA, name), "ATTRIBUTE_TYPE_INVALID", "no such attribute");
  demand(!Object.hasOwn(template, name), "TEMPLATE_INCONSISTENT", `CKA_${name} is given twice`);
  template[name] = readValue(name, value, isInner);
}

function readUsage(value: unknown): Usage {
  demand(
    isString(value) && Object.hasOwn(USAGE_FLAGS, value),
    "ATTRIBUTE_VALUE_INVALID",
    `usage must be one of ${Object.keys(USAGE_FLAGS).join(", ")}`,
  );
  return value as Usage;
}

/** One value of a template, copied and checked for its kind. */
function readValue(name: AttributeName, value: unknown, isInner: boolean): AttributeValue {
  const kind: AttributeKind = CKA[name][1];
  if (kind === "template") {
    demand(!isInner, "ATTRIBUTE_VALUE_INVALID", "a template within a template holds no other");
    return readInner(name, value);
  }
  if (kind === "bytes" || kind === "integer") {
    const bytes = checked(() => copyBytes(value, `CKA_${name}`), "ATTRIBUTE_VALUE_INVALID");
    return kind === "bytes" ? bytes : withoutLeadingZeros(bytes);
  }
  const own = kind === "mechanisms" ? copyList(value, MAX_MECHANISMS) : value;
  const isOfKind = kind === "mechanisms" ? (own as unknown[] | undefined)?.every(isMechanism) : KINDS[kind](own);
  demand(isOfKind, "ATTRIBUTE_VALUE_INVALID", `CKA_${name} takes a value of kind ${kind}`);
  return own as AttributeValue;
}

/** The template of CKA_WRAP_TEMPLATE and its like: a frozen one, in which `usage` needs the class that it is for. */
function readInner(name: AttributeName, value: unknown): Template {
  demand(typeof value === "object" && value !== null, "ATTRIBUTE_VALUE_INVALID", `CKA_${name} takes a template`);
  const inner = take(value, true);
  demand(
    inner.usage === undefined || inner.attributes.CLASS !== undefined,
    "ATTRIBUTE_VALUE_INVALID",
    `a usage in CKA_${name} needs a CLASS beside it`,
  );
  return Object.freeze(forClass(inner));
}

/** CK_DATE (PKCS #11 v3.2, 3.7.1): YYYYMMDD, a day that there is; or nothing. */
function isDate(value: unknown): boolean {
  if (value === "") return true;
  const [, year, month, day] = isString(value) ? (/^(\d{4})(\d{2})(\d{2})$/.exec(value) ?? []) : [];
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}

/** No mechanism needs to be named twice. */
const MAX_MECHANISMS = Object.keys(CKM).length;

/** The shortest form of a big integer, in a buffer of its own. */
function withoutLeadingZeros(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  if (start === 0) return bytes;
  const shortest = start < 0 ? new Uint8Array(0) : bytes.slice(start);
  wipe(bytes);
  return shortest;
}
