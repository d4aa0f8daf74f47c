import type { VectorFile } from "../../conformance/parsers/manifest.ts";
import { readText } from "./vectors.ts";

/** The texts of one file at a time, for a worker that runs its parts one after the other. */
export class Texts {
  readonly #directory: string;
  readonly #known: Map<string, string> = new Map();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The file's text and that of its results; those of the file before it are let go. */
  of({ path, results }: VectorFile): { readonly text: string; readonly expected: string | undefined } {
    const wanted = results === "-" ? [path] : [path, results];
    for (const known of [...this.#known.keys()]) if (!wanted.includes(known)) this.#known.delete(known);
    for (const one of wanted) if (!this.#known.has(one)) this.#known.set(one, readText(this.#directory, one));
    return { text: this.#known.get(path) ?? "", expected: this.#known.get(results) };
  }
}
