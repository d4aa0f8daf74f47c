/** Attributes and templates as they stand in memory: a number and the bytes of a value. */

import { equalBytes, utf8 } from "../../bytes/bytes.ts";
import {
  type AttributeKind,
  type AttributeName,
  type AttributeValue,
  CKA,
  UNAVAILABLE,
} from "../../cryptoki/attributes.ts";
import { CKK, CKM, CKO } from "../../cryptoki/constants.ts";
import type { Session } from "../../token/session.ts";
import { readUlong, ULONG_BYTES, ulong } from "./memory.ts";
import { ensure } from "./returned.ts";

/** The template that the token takes. */
export type TokenTemplate = Parameters<Session["createObject"]>[0];

/** CK_ATTRIBUTE: its memory, or the attributes of a template in it, for which C has pointers. */
export interface RawAttribute {
  readonly type: number;
  readonly value: RawValue;
}

export type RawValue = Uint8Array | readonly RawAttribute[];

/** How the values of a kind stand in memory; `decode` gives `undefined` for what cannot be one. */
interface Codec {
  readonly decode: (bytes: Uint8Array) => unknown;
  readonly encode: (value: never) => Uint8Array;
}

const asIs: Codec = { decode: (bytes) => bytes, encode: (value: Uint8Array) => value };
const codes: Codec = { decode: readUlong, encode: ulong };
const text: Codec = { decode: (bytes) => new TextDecoder().decode(bytes), encode: (value: string) => utf8(value) };

function named(table: Readonly<Record<string, number>>): Codec {
  const names = new Map(Object.entries(table).map(([name, code]) => [code, name]));
  return {
    decode: (bytes) => names.get(readUlong(bytes) ?? -1),
    encode: (name: string) => ulong(table[name] as number),
  };
}

const byName = named(CKM);
/** CK_UNAVAILABLE_INFORMATION is a CK_ULONG of nothing but ones. */
const mechanism: Codec = {
  decode: (bytes) => (bytes.every((byte) => byte === 0xff) ? UNAVAILABLE : byName.decode(bytes)),
  encode: (name: never) => (name === UNAVAILABLE ? new Uint8Array(ULONG_BYTES).fill(0xff) : byName.encode(name)),
};

/** CK_BBOOL, CK_ULONG, UTF-8 and byte strings (PKCS #11 v3.1, 2.1 and 4.1). */
const CODECS: Readonly<Record<Exclude<AttributeKind, "template">, Codec>> = {
  bool: {
    decode: (bytes) => (bytes.length === 1 ? bytes[0] !== 0 : undefined),
    encode: (value: boolean) => Uint8Array.of(value ? 1 : 0),
  },
  text,
  date: text,
  bytes: asIs,
  integer: asIs,
  number: codes,
  class: named(CKO),
  keyType: named(CKK),
  mechanism,
  mechanisms: {
    decode(bytes) {
      if (bytes.length % ULONG_BYTES !== 0) return undefined;
      return Array.from({ length: bytes.length / ULONG_BYTES }, (_, i) =>
        mechanism.decode(bytes.subarray(ULONG_BYTES * i, ULONG_BYTES * (i + 1))),
      );
    },
    encode(names: readonly string[]) {
      const bytes = new Uint8Array(ULONG_BYTES * names.length);
      for (const [i, name] of names.entries()) bytes.set(mechanism.encode(name as never), ULONG_BYTES * i);
      return bytes;
    },
  },
};

const NAMES: ReadonlyMap<number, AttributeName> = new Map(
  Object.entries(CKA).map(([name, [code]]) => [code, name as AttributeName]),
);

/** The token's name of a CKA_ number. @throws ReturnedError CKR_ATTRIBUTE_TYPE_INVALID */
export function attributeName(type: number): AttributeName {
  const name = NAMES.get(type);
  ensure(name !== undefined, "CKR_ATTRIBUTE_TYPE_INVALID", `the token has no attribute 0x${type.toString(16)}`);
  return name;
}

/**
 * A template as the token takes it. An attribute may come twice with one value, which PKCS #11 v3.2, 4.1.1 leaves to the
 * token; never with two.
 * @throws ReturnedError CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID, CKR_TEMPLATE_INCONSISTENT
 */
export function readTemplate(attributes: readonly RawAttribute[]): TokenTemplate {
  const raw = new Map<AttributeName, RawValue>();
  for (const { type, value } of attributes) {
    const name = attributeName(type);
    const isSame = !raw.has(name) || sameRaw(raw.get(name), value);
    ensure(isSame, "CKR_TEMPLATE_INCONSISTENT", `CKA_${name} is given twice, with two values`);
    raw.set(name, value);
  }
  return Object.fromEntries(
    Array.from(raw, ([name, value]) => {
      const decoded = decode(CKA[name][1], value);
      ensure(decoded !== undefined, "CKR_ATTRIBUTE_VALUE_INVALID", `CKA_${name} cannot have such a value`);
      return [name, decoded];
    }),
  );
}

function sameRaw(a: unknown, b: unknown): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array && equalBytes(a, b);
}

function decode(kind: AttributeKind, value: RawValue): unknown {
  if (kind === "template") return value instanceof Uint8Array ? undefined : readTemplate(value);
  return value instanceof Uint8Array ? CODECS[kind].decode(value) : undefined;
}

/** An attribute's value as it goes out: its memory, or for a template its attributes. */
export function writeValue(name: AttributeName, value: AttributeValue): RawValue {
  const kind: AttributeKind = CKA[name][1];
  if (kind !== "template") return CODECS[kind].encode(value as never);
  const inner = Object.entries(value as object) as [AttributeName, AttributeValue][];
  return inner.map(([each, its]) => ({ type: CKA[each][0], value: writeValue(each, its) }));
}
