/** Signatures of calls, such as `uMuayaA`: what each letter of one stands for, how it is read and how it is written. */

import { utf8, wipe } from "../../bytes/bytes.ts";
import type { RawAttribute, RawValue } from "../c/attributes.ts";
import type { Version as VersionNumber } from "../c/info.ts";
import type { RawMechanism } from "../c/mechanism.ts";
import type { Room } from "../c/returned.ts";
import { readAttributes, readWanted, type Wanted, writeFound } from "./attributes.ts";
import { mayHaveParameter, readMechanism, type Version } from "./mechanisms.ts";
import { WireError, type WireReader, type WireWriter } from "./wire.ts";

/** What the letters of a request come out as; `a` is an array, `f` room for one. */
interface Requested {
  /** CK_BYTE. */
  y: number;
  /** CK_ULONG. */
  u: number;
  /** Text of a fixed width. */
  s: string;
  /** Text of any length. */
  z: Uint8Array;
  ay: Uint8Array;
  fy: Room;
  fu: Room;
  aA: RawAttribute[];
  fA: Wanted[];
  M: RawMechanism | undefined;
}

/** What the letters of a response are given as. */
interface Responded {
  u: number | bigint;
  v: VersionNumber;
  s: string;
  ay: Uint8Array;
  /** A list, and the room for it. */
  au: { readonly values: readonly number[]; readonly room: Room };
  /** The values of attributes; CKR_OK or why some are missing is the `u` that follows. */
  aA: { readonly wanted: readonly Wanted[]; readonly found: readonly (() => RawValue)[] };
  /** The mechanism whose parameter is not changed. */
  P: RawMechanism;
}

type Letters<S extends string, T> = S extends ""
  ? []
  : S extends `${infer A}${infer B}${infer Rest}`
    ? `${A}${B}` extends keyof T
      ? [T[`${A}${B}`], ...Letters<Rest, T>]
      : A extends keyof T
        ? [T[A], ...Letters<`${B}${Rest}`, T>]
        : never
    : S extends keyof T
      ? [T[S]]
      : never;

/** The arguments of a call with this signature. */
export type Request<S extends string> = Letters<S, Requested>;
/** The results of a call with this signature; `aAu` is one. */
export type Response<S extends string> = S extends "aAu" ? [Responded["aA"]] : Letters<S, Responded>;

/** The room that says NULL_PTR, and the one that says a buffer of no bytes. */
const NO_BUFFER = 0;
const EMPTY_BUFFER = 0xffff_ffff;

const roomOf = (length: number): Room => (length === NO_BUFFER ? undefined : length === EMPTY_BUFFER ? 0 : length);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const READERS: { readonly [L in keyof Requested]: (reader: WireReader, version: Version) => Requested[L] } = {
  y: (reader) => reader.u8(),
  u: (reader) => reader.u64(),
  s: (reader) => text(reader.byteArray()),
  z: (reader) => reader.byteArray(),
  ay: readBytes,
  fy: (reader) => roomOf(reader.u32()),
  fu: (reader) => roomOf(reader.u32()),
  aA: readAttributes,
  fA: readWanted,
  M: readMechanism,
};

/** Bytes, or no more than how many they are: that is how a client of a version that checks nothing says NULL_PTR. */
function readBytes(reader: WireReader): Uint8Array {
  if (reader.u8() !== 0) return reader.byteArray();
  throw new WireError(`a request says that ${reader.u32()} bytes are nowhere`);
}

const WRITERS: {
  readonly [L in keyof Responded]: (writer: WireWriter, value: Responded[L], version: Version) => void;
} = {
  u: (writer, value) => writer.u64(value),
  v: (writer, { major, minor }) => writer.u8(major).u8(minor),
  s: (writer, value) => writer.byteArray(utf8(value)),
  ay: (writer, value) => {
    writer.u8(1).byteArray(value);
    wipe(value);
  },
  au: (writer, { values, room }) => {
    const fits = room !== undefined && values.length <= room;
    writer.u8(fits ? 1 : 0).u32(values.length);
    if (fits) for (const value of values) writer.u64(value);
  },
  aA: (writer, { wanted, found }, version) => writer.u64(writeFound(writer, wanted, found, version)),
  P: (writer, { mechanism }) => {
    if (mayHaveParameter(mechanism)) writer.u8(0);
  },
};

/** The letters of a signature. */
function lettersOf(signature: string, known: object): string[] {
  const letters: string[] = [];
  for (let i = 0; i < signature.length; i += (letters.at(-1) as string).length) {
    const two = signature.slice(i, i + 2);
    letters.push(Object.hasOwn(known, two) ? two : two.slice(0, 1));
  }
  return letters;
}

/** Reads the arguments of a call; nothing may follow them. @throws WireError, ReturnedError CKR_MECHANISM_INVALID */
export function readRequest(signature: string, reader: WireReader, version: Version): unknown[] {
  const readers: Readonly<Record<string, (reader: WireReader, version: Version) => unknown>> = READERS;
  const values = lettersOf(signature, READERS).map((letter) => readers[letter]?.(reader, version));
  reader.end();
  return values;
}

export function writeResponse(
  signature: string,
  writer: WireWriter,
  values: readonly unknown[],
  version: Version,
): void {
  const writers = WRITERS as Readonly<Record<string, (writer: WireWriter, value: unknown, version: Version) => void>>;
  const letters = lettersOf(signature === "aAu" ? "aA" : signature, WRITERS);
  for (const [i, letter] of letters.entries()) writers[letter]?.(writer, values[i], version);
}
