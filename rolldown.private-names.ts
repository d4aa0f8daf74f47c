/**
 * Private members under the names that they have in the source. The minifier shortens them with the variables, whatever
 * else keeps its name; but `#requirePin` stands in a trace, and `#c` says nothing.
 */

import { parseSync, Visitor } from "rolldown/utils";
import { type Origins, type Piece, type Place, rewriteFile } from "./rolldown.pieces.ts";

interface Name extends Place {
  readonly name: string;
}

/** The private names that are written inside a class: those it declares, and all that mean them. */
interface Class {
  readonly declared: Set<string>;
  readonly written: Name[];
}

/** Rewrites a file of `dist/` that has a source map beside it. */
export function restorePrivateNames(file: string): void {
  rewriteFile(file, piecesOf);
}

function piecesOf(code: string, { mappings, names }: Origins): readonly Piece[] {
  const sourceNames = new Map(
    mappings.flatMap(({ at, fields: [, , , name] }) => (name === undefined ? [] : [[at, names[name] as string]])),
  );
  const pieces: Piece[] = [];
  let from = 0;
  for (const { start, end, name } of classesOf(code)
    .flatMap((one) => restored(one, sourceNames))
    .sort(inOrder)) {
    // The sign stays, and with it what is mapped there.
    pieces.push({ start: from, end: start + 1 }, name.slice(1));
    from = end;
  }
  return [...pieces, { start: from, end: code.length }];
}

const inOrder = (a: Place, b: Place): number => a.start - b.start;

function classesOf(code: string): readonly Class[] {
  const all: Class[] = [];
  const around: Class[] = [];
  new Visitor({
    ClassBody({ body }) {
      const keys = body.flatMap((member) => ("key" in member ? [member.key] : []));
      const declared = keys.flatMap((key) => (key.type === "PrivateIdentifier" ? [key.name] : []));
      const one: Class = { declared: new Set(declared), written: [] };
      all.push(one);
      around.push(one);
    },
    "ClassBody:exit": () => void around.pop(),
    PrivateIdentifier({ start, end, name }) {
      around.findLast(({ declared }) => declared.has(name))?.written.push({ start, end, name });
    },
  }).visit(parseSync("chunk.js", code).program);
  return all;
}

/** With the names of the source, which the uses tell; what is nowhere used keeps the shorter one. */
function restored({ written }: Class, sourceNames: ReadonlyMap<number, string>): readonly Name[] {
  const given = new Map<string, string>();
  for (const { start, name } of written) {
    const original = sourceNames.get(start);
    if (original !== undefined) given.set(name, original);
  }
  return written.flatMap((one) => {
    const name = given.get(one.name);
    return name === undefined ? [] : [{ ...one, name }];
  });
}
