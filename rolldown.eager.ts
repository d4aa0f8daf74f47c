/**
 * Functions that run before the first Encrypt is answered, between parentheses: V8 compiles them while it reads the file,
 * instead of passing over them and reading them again (docs/decisions.md, "Start-up").
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseSync, Visitor } from "rolldown/utils";
import { type Piece, type Place, rewriteFile } from "./rolldown.pieces.ts";

interface Covered {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
  }[];
}

/** The first Encrypt, in a process that counts which functions run. */
const firstEncrypt = (dist: string): string => `
  import { Session } from "node:inspector/promises";
  class CreateKeyCommand { input = {} }
  class EncryptCommand { constructor(input) { this.input = input } }
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  const { createKms } = await import(${JSON.stringify(`${pathToFileURL(dist)}/kms.js`)});
  const client = createKms().client();
  const { KeyMetadata: { KeyId } } = await client.send(new CreateKeyCommand());
  await client.send(new EncryptCommand({ KeyId, Plaintext: new Uint8Array(32) }));
  const { result } = await session.post("Profiler.takePreciseCoverage");
  console.log(JSON.stringify(result.filter(({ url }) => url.startsWith(${JSON.stringify(`${pathToFileURL(dist)}/`)}))));`;

/** Rewrites the files of `dist` from which the first Encrypt runs. @throws Error when it cannot be run */
export function compileEagerly(dist: string): void {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", firstEncrypt(dist)],
    {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    },
  );
  if (status !== 0) throw new Error(`the first Encrypt failed: ${stderr}`);
  for (const { url, functions } of JSON.parse(stdout) as readonly Covered[]) {
    const ran = functions.flatMap(({ ranges: [whole] }) => (whole && whole.count > 0 ? [whole] : []));
    rewrite(fileURLToPath(url), new Set(ran.map(({ startOffset, endOffset }) => `${startOffset}-${endOffset}`)));
  }
}

function rewrite(file: string, ran: ReadonlySet<string>): void {
  // The bundler's own helper has no source.
  if (!existsSync(`${file}.map`)) return;
  rewriteFile(file, (code) => piecesOf(code, (place) => ran.has(`${place.start}-${place.end}`)));
}

/**
 * The code with parentheses around what has run. A declared function is there from the start, wherever it stands; as a
 * constant, it is made before all else.
 */
function piecesOf(code: string, hasRun: (place: Place) => boolean): readonly Piece[] {
  const { program } = parseSync("chunk.js", code);
  const methods = new Set<Place>();
  const expressions: Place[] = [];
  const assigned = new Set<string>();
  const note = (target: { readonly type: string; readonly name?: unknown }): void => {
    if (target.type === "Identifier") assigned.add(String(target.name));
  };
  new Visitor({
    AssignmentExpression: ({ left }) => note(left),
    UpdateExpression: ({ argument }) => note(argument),
    MethodDefinition: ({ value }) => void methods.add(value),
    Property: ({ method, kind, value }) => void ((method || kind !== "init") && methods.add(value)),
    FunctionExpression: (node) => void (!methods.has(node) && hasRun(node) && expressions.push(node)),
    ArrowFunctionExpression: (node) => void (hasRun(node) && expressions.push(node)),
  }).visit(program);
  const marks = expressions
    .flatMap(({ start, end }) => [
      { at: start, text: "(" },
      { at: end, text: ")" },
    ])
    .sort((a, b) => a.at - b.at);

  /** A part of the code, with the parentheses in it. */
  const between = (start: number, end: number): Piece[] => {
    const pieces: Piece[] = [];
    let from = start;
    for (const { at, text } of marks.filter(({ at }) => at > start && at < end)) {
      pieces.push({ start: from, end: at }, text);
      from = at;
    }
    return [...pieces, { start: from, end }];
  };

  const imports = program.body.filter(({ type }) => type === "ImportDeclaration");
  let from = imports.at(-1)?.end ?? 0;
  const first: Piece[] = [{ start: 0, end: from }];
  const rest: Piece[] = [];
  for (const node of program.body) {
    if (node.type !== "FunctionDeclaration" || node.id === null || assigned.has(node.id.name) || !hasRun(node))
      continue;
    first.push(`const ${node.id.name}=(`, ...between(node.start, node.end), ");");
    rest.push(...between(from, node.start));
    from = node.end;
  }
  return [...first, ...rest, ...between(from, code.length)];
}
