/** The formats of vector files by the names that `vectors/SOURCES.tsv` gives them. */

import { joinAcvp, parseAcvp } from "./acvp.ts";
import { parseBotan } from "./botan.ts";
import { parseEvp } from "./evp.ts";
import { parsePkcs1 } from "./pkcs1.ts";
import { parseRsp } from "./rsp.ts";
import { parseSignInput } from "./sign-input.ts";
import { parseWycheproof } from "./wycheproof.ts";

/**
 * `acvp` is a prompt whose results are in a file of their own (`acvp-expected`), `acvp-merged` holds both;
 * `botan-inherited` is a Botan file whose cases inherit the fields of those before.
 */
export type VectorFormat =
  | "acvp"
  | "acvp-expected"
  | "acvp-merged"
  | "botan"
  | "botan-inherited"
  | "evp"
  | "pkcs1"
  | "rsp"
  | "sign-input"
  | "wycheproof";

/** The ids of the cases that a text of each format holds, by the same parsers that the conformance run uses. */
const IDS: Readonly<Record<VectorFormat, (text: string) => readonly { readonly id: string }[]>> = {
  acvp: (text) => parseAcvp(text).cases,
  "acvp-expected": (text) => parseAcvp(text).cases,
  "acvp-merged": (text) => joinAcvp(parseAcvp(text)),
  botan: (text) => parseBotan(text, false),
  "botan-inherited": (text) => parseBotan(text, true),
  evp: (text) => parseEvp(text).cases,
  pkcs1: parsePkcs1,
  rsp: parseRsp,
  "sign-input": parseSignInput,
  wycheproof: (text) => parseWycheproof(text).cases,
};

export function isVectorFormat(name: string): name is VectorFormat {
  return Object.hasOwn(IDS, name);
}

/**
 * The ids of the cases in a vector text, in their order.
 * @throws VectorFormatError when the text is not of that format or holds no case.
 * @throws Error when an id comes twice, which would be a fault of the parser.
 */
export function caseIds(format: VectorFormat, text: string): readonly string[] {
  const ids = IDS[format](text).map((one) => one.id);
  if (new Set(ids).size !== ids.length) throw new Error(`a case id comes twice in a ${format} text`);
  return ids;
}
