import { type AttributeName, type AttributeValue, CKA } from "../cryptoki/attributes.ts";
import type { TokenObject } from "./object.ts";
import { joined, textAt } from "./texts.ts";
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

/** What an object's attributes come apart into: what its profile is made of, and its own texts. */
interface Parts {
  /** Profiles of the same name are one. */
  readonly name: string;
  readonly shared: Map<AttributeName, AttributeValue>;
  /** The telling attributes that its objects have; each object has their texts, {@link joined} in this order. */
  readonly telling: readonly AttributeName[];
  readonly texts: string;
}

/**
 * What objects have in common that agree in all but the telling attributes: class, type, flags, sizes, of which a token
 * has a few dozen combinations. They are kept here once for all of them, so an object has only what is its own.
 */
export class Profile implements Omit<Parts, "texts"> {
  readonly name: string;
  readonly shared: Map<AttributeName, AttributeValue>;
  readonly telling: readonly AttributeName[];
  /** In the order in which they came. */
  readonly members: Set<TokenObject> = new Set();

  constructor({ name, shared, telling }: Parts) {
    this.name = name;
    this.shared = shared;
    this.telling = telling;
  }

  /** The text of a telling attribute of an object that has these texts. */
  textOf(name: AttributeName, texts: string): string | undefined {
    const place = this.telling.indexOf(name);
    return place < 0 ? undefined : textAt(texts, place);
  }
}

const NAMES = Object.keys(CKA) as readonly AttributeName[];

export function partsOf(object: TokenObject): Parts {
  let profile = "";
  const shared = new Map<AttributeName, AttributeValue>();
  const telling: AttributeName[] = [];
  const texts: string[] = [];
  for (const name of NAMES) {
    const value = object.get(name);
    if (value === undefined) continue;
    const text = textOf(value);
    if (isTelling([name, value])) {
      profile += `${name};`;
      telling.push(name);
      texts.push(text);
    } else {
      profile += `${name}=${text.length}:${text};`;
      shared.set(name, value);
    }
  }
  return { name: profile, shared, telling, texts: joined(texts) };
}
