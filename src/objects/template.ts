import { copyBytes, wipe } from "../bytes/bytes.ts";
import {
  type AttributeKind,
  type AttributeName,
  type AttributeValue,
  CKA,
  type Template,
} from "../cryptoki/attributes.ts";
import { CKK, CKM, CKO, type ObjectClass } from "../cryptoki/constants.ts";
import { checked, demand } from "../cryptoki/error.ts";

/** What a key is for. A pair is given one usage; each half holds its side of it. */
export type Usage = "encrypt" | "sign" | "wrap" | "derive";

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
  encrypt: { SECRET_KEY: ["ENCRYPT", "DECRYPT"], PUBLIC_KEY: ["ENCRYPT"], PRIVATE_KEY: ["DECRYPT"] },
  sign:    { SECRET_KEY: ["SIGN", "VERIFY"],     PUBLIC_KEY: ["VERIFY"],  PRIVATE_KEY: ["SIGN"] },
  wrap:    { SECRET_KEY: ["WRAP", "UNWRAP"],     PUBLIC_KEY: ["WRAP"],    PRIVATE_KEY: ["UNWRAP"] },
  derive:  { SECRET_KEY: ["DERIVE"],             PUBLIC_KEY: [],          PRIVATE_KEY: ["DERIVE"] },
};

/** The usage that a flag belongs to. */
// biome-ignore format: a table
export const USAGE_OF: Readonly<Partial<Record<AttributeName, Usage>>> = {
  ENCRYPT: "encrypt", DECRYPT: "encrypt", SIGN: "sign", VERIFY: "sign", WRAP: "wrap", UNWRAP: "wrap", DERIVE: "derive",
};

const isString = (value: unknown): value is string => typeof value === "string";
const isBytes = (value: unknown): boolean => value instanceof Uint8Array;
const isMechanism = (value: unknown): boolean => isString(value) && Object.hasOwn(CKM, value);

/** How a value of each kind is recognised. */
const KINDS: Readonly<Record<AttributeKind, (value: unknown) => boolean>> = {
  bool: (value) => typeof value === "boolean",
  text: isString,
  bytes: isBytes,
  integer: isBytes,
  number: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  class: (value) => isString(value) && Object.hasOwn(CKO, value),
  keyType: (value) => isString(value) && Object.hasOwn(CKK, value),
  mechanism: isMechanism,
  mechanisms: (value) => Array.isArray(value) && value.every(isMechanism),
};

/**
 * Reads a caller's template: own properties only, every value checked and copied, short names and `usage` resolved
 * for an object of `objectClass` (or the class that the template names).
 * @throws CkrError CKR_ARGUMENTS_BAD, CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID, CKR_TEMPLATE_INCONSISTENT
 */
export function readTemplate(input: unknown, objectClass?: ObjectClass): Template {
  demand(
    typeof input === "object" && input !== null && !Array.isArray(input),
    "ARGUMENTS_BAD",
    "a template must be an object",
  );
  const template: Partial<Record<AttributeName, AttributeValue>> = Object.create(null);
  const put = (name: AttributeName, value: AttributeValue): void => {
    demand(!Object.hasOwn(template, name), "TEMPLATE_INCONSISTENT", `CKA_${name} is given twice`);
    template[name] = value;
  };
  let usage: unknown;
  for (const [given, value] of Object.entries(input)) {
    if (value === undefined) continue;
    if (given === "usage") {
      usage = value;
      continue;
    }
    const name = Object.hasOwn(SHORT_NAMES, given) ? SHORT_NAMES[given] : given;
    put(name as AttributeName, readValue(name as AttributeName, value));
  }
  if (usage !== undefined) {
    demand(
      isString(usage) && Object.hasOwn(USAGE_FLAGS, usage),
      "ATTRIBUTE_VALUE_INVALID",
      `usage must be one of ${Object.keys(USAGE_FLAGS).join(", ")}`,
    );
    for (const flag of USAGE_FLAGS[usage as Usage][(template.CLASS as ObjectClass) ?? objectClass] ?? [])
      put(flag, true);
  }
  return template as Template;
}

/** One attribute of a template, checked for its kind and copied. */
function readValue(name: AttributeName, value: unknown): AttributeValue {
  demand(Object.hasOwn(CKA, name), "ATTRIBUTE_TYPE_INVALID", "no such attribute");
  const kind: AttributeKind = CKA[name][1];
  demand(KINDS[kind](value), "ATTRIBUTE_VALUE_INVALID", `CKA_${name} takes a value of kind ${kind}`);
  if (kind === "bytes" || kind === "integer") {
    const bytes = checked(() => copyBytes(value, `CKA_${name}`), "ATTRIBUTE_VALUE_INVALID");
    return kind === "bytes" ? bytes : withoutLeadingZeros(bytes);
  }
  return kind === "mechanisms" ? Object.freeze([...(value as [])]) : (value as AttributeValue);
}

/** The shortest form of a big integer, in a buffer of its own. */
function withoutLeadingZeros(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  if (start === 0) return bytes;
  const shortest = start < 0 ? new Uint8Array(0) : bytes.slice(start);
  wipe(bytes);
  return shortest;
}
