/** How p11-kit carries attributes: by what it takes the type of their value for, anything unknown to it as bytes. */

import * as ck from "../../cryptoki/pkcs11t.ts";
import type { RawAttribute, RawValue } from "../c/attributes.ts";
import { ULONG_BYTES } from "../c/memory.ts";
import { returnValueOf } from "../c/returned.ts";
import type { Version } from "./mechanisms.ts";
import { NULL_BYTES, WireError, type WireReader, type WireWriter } from "./wire.ts";

/** How deep templates may stand in templates, as in p11-kit. */
export const MAX_DEPTH = 8;
/** sizeof (CK_ATTRIBUTE): what the length of an array of them counts. */
const ATTRIBUTE_BYTES = 24;
/** Type and validity: the least that an attribute takes on the wire. */
const LEAST_BYTES = 5;

type Kind = "byte" | "ulong" | "bytes" | "mechanisms" | "attributes";

/** Dates have the form of bytes. */
// biome-ignore format: a table
const TYPES: Readonly<Record<Exclude<Kind, "bytes">, readonly number[]>> = {
  byte: [
    ck.CKA_TOKEN, ck.CKA_PRIVATE, ck.CKA_TRUSTED, ck.CKA_SENSITIVE, ck.CKA_ENCRYPT, ck.CKA_DECRYPT, ck.CKA_WRAP,
    ck.CKA_UNWRAP, ck.CKA_SIGN, ck.CKA_SIGN_RECOVER, ck.CKA_VERIFY, ck.CKA_VERIFY_RECOVER, ck.CKA_DERIVE,
    ck.CKA_EXTRACTABLE, ck.CKA_LOCAL, ck.CKA_NEVER_EXTRACTABLE, ck.CKA_ALWAYS_SENSITIVE, ck.CKA_MODIFIABLE,
    ck.CKA_COPYABLE, ck.CKA_SECONDARY_AUTH, ck.CKA_ALWAYS_AUTHENTICATE, ck.CKA_WRAP_WITH_TRUSTED,
    ck.CKA_RESET_ON_INIT, ck.CKA_HAS_RESET, ck.CKA_COLOR,
  ],
  ulong: [
    ck.CKA_CLASS, ck.CKA_CERTIFICATE_TYPE, ck.CKA_CERTIFICATE_CATEGORY, ck.CKA_JAVA_MIDP_SECURITY_DOMAIN,
    ck.CKA_KEY_TYPE, ck.CKA_MODULUS_BITS, ck.CKA_PRIME_BITS, ck.CKA_SUBPRIME_BITS, ck.CKA_VALUE_BITS,
    ck.CKA_VALUE_LEN, ck.CKA_KEY_GEN_MECHANISM, ck.CKA_AUTH_PIN_FLAGS, ck.CKA_HW_FEATURE_TYPE, ck.CKA_PIXEL_X,
    ck.CKA_PIXEL_Y, ck.CKA_RESOLUTION, ck.CKA_CHAR_ROWS, ck.CKA_CHAR_COLUMNS, ck.CKA_BITS_PER_PIXEL,
    ck.CKA_MECHANISM_TYPE,
  ],
  mechanisms: [ck.CKA_ALLOWED_MECHANISMS],
  attributes: [ck.CKA_WRAP_TEMPLATE, ck.CKA_UNWRAP_TEMPLATE, ck.CKA_DERIVE_TEMPLATE],
};

const KINDS: ReadonlyMap<number, Kind> = new Map(
  Object.entries(TYPES).flatMap(([kind, types]) => types.map((type) => [type, kind as Kind] as const)),
);

/** 0.24.1 does not know CKA_DERIVE_TEMPLATE: what it sends as bytes are pointers of its own. */
function kindOf(type: number, version: Version): Kind {
  if (version === 0 && type === ck.CKA_DERIVE_TEMPLATE) return "bytes";
  return KINDS.get(type) ?? "bytes";
}

/** A CK_ULONG between the wire, big-endian, and memory. */
const turned = (bytes: Uint8Array): Uint8Array => bytes.slice().reverse();

/** Attributes of a template. @throws WireError */
export function readAttributes(reader: WireReader, version: Version, depth = 0): RawAttribute[] {
  if (depth >= MAX_DEPTH) throw new WireError(`templates stand in each other up to ${MAX_DEPTH} deep`);
  return Array.from({ length: reader.count(LEAST_BYTES) }, () => {
    const type = reader.u32();
    const isValid = reader.u8() !== 0;
    if (!isValid) return { type, value: NULL_BYTES };
    const length = reader.u32();
    const value = READERS[kindOf(type, version)](reader, version, depth);
    return { type, value: length === 0 && value instanceof Uint8Array ? NULL_BYTES : value };
  });
}

const READERS: Readonly<Record<Kind, (reader: WireReader, version: Version, depth: number) => RawValue>> = {
  byte: (reader) => reader.take(1),
  ulong: (reader) => turned(reader.take(ULONG_BYTES)),
  bytes: (reader) => reader.byteArray(),
  mechanisms: (reader) => turnedEach(reader.take(ULONG_BYTES * reader.count(ULONG_BYTES))),
  attributes: (reader, version, depth) => readAttributes(reader, version, depth + 1),
};

function turnedEach(ulongs: Uint8Array): Uint8Array {
  const result = new Uint8Array(ulongs.length);
  for (let i = 0; i < ulongs.length; i += ULONG_BYTES) result.set(turned(ulongs.subarray(i, i + ULONG_BYTES)), i);
  return result;
}

/** An attribute that is asked for: how much room there is for its value, 0 for a question of how long it is. */
export interface Wanted {
  readonly type: number;
  readonly room: number;
  /** Room for the attributes of a template, in their order. */
  readonly inner: readonly Wanted[];
}

/** @throws WireError */
export function readWanted(reader: WireReader, version: Version, depth = 0): Wanted[] {
  if (depth >= MAX_DEPTH) throw new WireError(`templates stand in each other up to ${MAX_DEPTH} deep`);
  return Array.from({ length: reader.count(8) }, () => {
    const [type, room] = [reader.u32(), reader.u32()];
    const isNested = version > 0 && room > 0 && kindOf(type, version) === "attributes";
    return { type, room, inner: isNested ? readWanted(reader, version, depth + 1) : [] };
  });
}

/**
 * Writes what was found of the attributes that were asked for.
 * @returns CKR_OK, or one of the return values that go with attributes that are left out (PKCS #11 v3.1, 5.7.5)
 * @throws what an attribute throws that ends the call
 */
export function writeFound(
  writer: WireWriter,
  wanted: readonly Wanted[],
  found: readonly (() => RawValue)[],
  version: Version,
): number {
  writer.u32(wanted.length);
  let result: number = ck.CKR_OK;
  for (const [i, { type, room, inner }] of wanted.entries()) {
    const value = readOr(found[i] as () => RawValue);
    writer.u32(type);
    const isTooLong = typeof value !== "number" && room > 0 && lengthOf(value) > room;
    if (typeof value === "number" || isTooLong) {
      writer.u8(0);
      result = typeof value === "number" ? value : ck.CKR_BUFFER_TOO_SMALL;
    } else {
      writer.u8(1).u32(lengthOf(value));
      const code = writeValue(writer, kindOf(type, version), value, room === 0 ? undefined : inner, version);
      if (code !== ck.CKR_OK) result = code;
    }
  }
  return result;
}

/** A value, or the return value that says why there is none. */
function readOr(read: () => RawValue): RawValue | number {
  try {
    return read();
  } catch (error) {
    const code = returnValueOf(error);
    if (code === ck.CKR_ATTRIBUTE_SENSITIVE || code === ck.CKR_ATTRIBUTE_TYPE_INVALID) return code;
    throw error;
  }
}

function lengthOf(value: RawValue): number {
  return value instanceof Uint8Array ? value.length : ATTRIBUTE_BYTES * value.length;
}

/** @param inner `undefined` when only the length was asked for */
function writeValue(
  writer: WireWriter,
  kind: Kind,
  value: RawValue,
  inner: readonly Wanted[] | undefined,
  version: Version,
): number {
  if (!(value instanceof Uint8Array)) {
    if (inner === undefined) writer.u32(0);
    else return writeFound(writer, ...asked(value, inner), version);
  } else if (kind === "mechanisms") {
    writer.u32(inner === undefined ? 0 : value.length / ULONG_BYTES);
    if (inner !== undefined) writer.raw(turnedEach(value));
  } else if (kind === "byte" || kind === "ulong") {
    const width = kind === "byte" ? 1 : ULONG_BYTES;
    writer.raw(inner === undefined || value.length !== width ? new Uint8Array(width) : turned(value));
  } else {
    writer.byteArray(inner === undefined ? NULL_BYTES : value);
  }
  return ck.CKR_OK;
}

/** The attributes of a template, each with the room there is for it; their types are the template's. */
function asked(attributes: readonly RawAttribute[], inner: readonly Wanted[]): [Wanted[], (() => RawValue)[]] {
  return [
    attributes.map(({ type }, i) => ({ type, room: inner[i]?.room ?? 0, inner: inner[i]?.inner ?? [] })),
    attributes.map(
      ({ value }) =>
        () =>
          value,
    ),
  ];
}
