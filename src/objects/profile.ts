import type { AttributeName, AttributeValue } from "../cryptoki/attributes.ts";
import type { TokenObject } from "./object.ts";
import { textOf } from "./values.ts";

/** Attributes that tell objects apart: strings and byte strings, looked up by value. */
const TELLING: ReadonlySet<AttributeName> = new Set<AttributeName>([
  "LABEL",
  "UNIQUE_ID",
  "APPLICATION",
  "VALUE",
  "OBJECT_ID",
  "ISSUER",
  "SERIAL_NUMBER",
  "CHECK_VALUE",
  "SUBJECT",
  "ID",
  "START_DATE",
  "END_DATE",
  "MODULUS",
  "PUBLIC_EXPONENT",
  "PUBLIC_KEY_INFO",
  "EC_POINT",
]);

export type Attribute = readonly [AttributeName, AttributeValue];

/** An empty value tells nothing apart. */
export function isTelling([name, value]: Attribute): boolean {
  return TELLING.has(name) && (value as string | Uint8Array).length !== 0;
}

/**
 * What objects have in common that agree in all but the telling attributes: class, type, flags, sizes, of which a token
 * has a few dozen combinations. They are kept here once for all of them, so an object has only what is its own.
 */
export class Profile {
  /** Profiles of the same name are one. */
  readonly name: string;
  readonly shared: ReadonlyMap<AttributeName, AttributeValue>;
  /** The telling attributes that its objects have; each object has their texts, in this order. */
  readonly telling: readonly AttributeName[];
  /** In the order in which they came. */
  readonly members: Set<TokenObject> = new Set();

  constructor({ name, shared, telling }: Pick<Profile, "name" | "shared" | "telling">) {
    this.name = name;
    this.shared = shared;
    this.telling = telling;
  }
}

/** An object's attributes, parted into what its profile is made of and its own texts. */
export function partsOf(attributes: Iterable<Attribute>): Pick<Profile, "name" | "shared" | "telling"> & {
  readonly texts: readonly string[];
} {
  const sorted = [...attributes].sort(([a], [b]) => (a < b ? -1 : 1));
  const own = sorted.filter(isTelling);
  const shared = sorted.filter((attribute) => !isTelling(attribute));
  const telling = own.map(([name]) => name);
  return {
    name: JSON.stringify([telling, shared.map(([name, value]) => [name, textOf(value)])]),
    shared: new Map(shared),
    telling,
    texts: own.map(([, value]) => textOf(value)),
  };
}
