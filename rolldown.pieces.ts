/** A file of `dist/` put together anew from its own parts, and its source map with it. */

import { readFileSync, writeFileSync } from "node:fs";
import { decodeMappings, encodeMappings, type Mapping } from "./rolldown.mappings.ts";

/** A part of a file, in characters. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** What a new file is put together from: parts of the old one, and text between them. */
export type Piece = Place | string;

/** What a source map says, beside where it belongs. */
export interface Origins {
  /** Each place that is mapped, in their order. */
  readonly mappings: readonly Mapping[];
  /** What names were in the source, by the fourth field of a mapping. */
  readonly names: readonly string[];
}

/** Rewrites a file that has a source map beside it. */
export function rewriteFile(file: string, piecesOf: (code: string, origins: Origins) => readonly Piece[]): void {
  const code = readFileSync(file, "utf8");
  const map = JSON.parse(readFileSync(`${file}.map`, "utf8")) as {
    mappings: string;
    readonly names: readonly string[];
  };
  const mappings = decodeMappings(map.mappings, code);
  const pieces = piecesOf(code, { mappings, names: map.names });
  const text = pieces.map((piece) => (typeof piece === "string" ? piece : code.slice(piece.start, piece.end))).join("");
  map.mappings = encodeMappings(moved(mappings, pieces), text);
  writeFileSync(file, text);
  writeFileSync(`${file}.map`, JSON.stringify(map));
}

/** Where the mapped places of the old file are in the new one. */
function moved<T extends { readonly at: number }>(mappings: readonly T[], pieces: readonly Piece[]): T[] {
  const result: T[] = [];
  let length = 0;
  for (const piece of pieces) {
    if (typeof piece === "string") length += piece.length;
    else {
      const { start, end } = piece;
      for (let i = firstFrom(mappings, start); i < mappings.length; i++) {
        const mapping = mappings[i] as T;
        if (mapping.at >= end) break;
        result.push({ ...mapping, at: length + mapping.at - start });
      }
      length += end - start;
    }
  }
  return result;
}

/** The index of the first mapping at a place or after it. */
function firstFrom(mappings: readonly { readonly at: number }[], place: number): number {
  let [low, high] = [0, mappings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((mappings[middle] as { readonly at: number }).at < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
