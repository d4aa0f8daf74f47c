/** What benches work on. */

import { randomBytes } from "node:crypto";

/** Random bytes in an array of their own: a Buffer of Node's may be a part of another, and has other methods. */
export const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(randomBytes(length));

export const hexOf = (data: Uint8Array): string => Buffer.from(data).toString("hex");

/** A string with a character for each byte, as older libraries take them. */
export const binaryOf = (data: Uint8Array): string => Buffer.from(data).toString("latin1");

/** `32 B`, `4 KiB`. */
export const sizeName = (length: number): string => (length < 1024 ? `${length} B` : `${length / 1024} KiB`);

/** Calls of a turn: what is a message's own work takes longer the longer it is. */
export const callsFor = (length: number, short: number): number => Math.max(2, Math.ceil((32 * short) / (32 + length)));
