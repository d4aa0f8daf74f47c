/** What a report says of a case beside its verdict: its inputs as the file has them, and what its flags mean. */

import { joinAcvp, parseAcvp } from "./parsers/acvp.ts";
import { parseBotan } from "./parsers/botan.ts";
import { parseEvp } from "./parsers/evp.ts";
import type { VectorFormat } from "./parsers/formats.ts";
import { parsePkcs1 } from "./parsers/pkcs1.ts";
import { parseRsp } from "./parsers/rsp.ts";
import { parseSignInput } from "./parsers/sign-input.ts";
import { parseWycheproof } from "./parsers/wycheproof.ts";

export interface CaseDetails {
  /** By the names that the file gives them; long values are cut, and say so. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What each flag means, where the file tells. */
  readonly notes: Readonly<Record<string, string>>;
}

/** The details of some of a file's cases, by id. */
export function detailsOf(
  format: VectorFormat,
  text: string,
  ids: ReadonlySet<string>,
  expected?: string,
): ReadonlyMap<string, CaseDetails> {
  const details = new Map<string, CaseDetails>();
  for (const { id, members, notes = {} } of SOURCES[format](text, expected)) {
    if (ids.has(id)) details.set(id, { inputs: flattened(members), notes });
  }
  return details;
}

interface Source {
  readonly id: string;
  readonly members: Readonly<Record<string, unknown>>;
  readonly notes?: Readonly<Record<string, string>>;
}

const SOURCES: Readonly<Record<VectorFormat, (text: string, results?: string) => Iterable<Source>>> = {
  acvp: (text, results) => acvpSources(text, results),
  "acvp-expected": (text) => parseAcvp(text).cases.map(({ id, test }) => ({ id, members: test })),
  "acvp-merged": (text) => acvpSources(text),
  botan: (text) =>
    parseBotan(text, false).map(({ id, line, section, fields }) => ({ id, members: { line, section, ...fields } })),
  "botan-inherited": (text) =>
    parseBotan(text, true).map(({ id, line, section, fields }) => ({ id, members: { line, section, ...fields } })),
  evp: (text) => parseEvp(text).cases.map(({ id, ...members }) => ({ id, members })),
  pkcs1: (text) =>
    parsePkcs1(text).map(({ id, line, title, key, fields }) => ({ id, members: { line, title, ...key, ...fields } })),
  rsp: (text) =>
    parseRsp(text).map(({ id, line, sections, shared, fields }) => ({
      id,
      members: { line, sections, ...shared, ...fields },
    })),
  "sign-input": (text) => parseSignInput(text).map(({ id, ...members }) => ({ id, members })),
  wycheproof: (text) => wycheproofSources(text),
};

function acvpSources(text: string, results?: string): Iterable<Source> {
  return joinAcvp(parseAcvp(text), results === undefined ? undefined : parseAcvp(results)).map(
    ({ id, group, test, expected }) => ({ id, members: { ...group, ...test, expected } }),
  );
}

function* wycheproofSources(text: string): Generator<Source> {
  const { groups, notes } = parseWycheproof(text);
  for (const { fields: group, tests } of groups) {
    for (const { id, fields, flags } of tests) {
      const meanings = flags.flatMap((flag) => {
        const note = notes.get(flag);
        if (note === undefined) return [];
        const { bugType, description, effect, cves } = note;
        return [[flag, [bugType, description, effect, ...cves].filter((part) => part !== "").join(" · ")]];
      });
      yield { id, members: { ...group, ...fields }, notes: Object.fromEntries(meanings) };
    }
  }
}

/** The members as text, those of objects as `object.member`. */
function flattened(members: Readonly<Record<string, unknown>>, prefix = ""): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]): (readonly [string, string])[] => {
      const path = `${prefix}${name}`;
      if (typeof value === "object" && value !== null && !Array.isArray(value))
        return Object.entries(flattened(value as Record<string, unknown>, `${path}.`));
      return [[path, excerpt(typeof value === "string" ? value : JSON.stringify(value))]];
    }),
  );
}

function excerpt(text: string): string {
  const most = 400;
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text;
}
