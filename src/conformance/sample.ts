/** A cross-section of a vector file, the same every time. */

import { caseIds, type VectorFormat } from "./parsers/formats.ts";
import { parseRsp } from "./parsers/rsp.ts";
import { parseWycheproof } from "./parsers/wycheproof.ts";

/**
 * The ids of so many cases of a file, in the file's order: one of each group, then a second of each, and so on, where the
 * format tells kinds of cases (valid, invalid, with which flags) of another kind each time. Of more groups than that,
 * every n-th gives one, the first its first, the second its second.
 */
export function sampleOf(format: VectorFormat, text: string, count: number): readonly string[] {
  const groups = groupsOf(format, text);
  const ids = caseIds(format, text);
  if (ids.length <= count) return ids;
  const chosen = new Set<string>();
  if (groups.length >= count) {
    for (let i = 0; i < count; i++) {
      const group = groups[Math.floor((i * groups.length) / count)] as readonly string[];
      chosen.add(group[i % group.length] as string);
    }
  } else {
    for (let turn = 0; chosen.size < count; turn++)
      for (const group of groups) if (turn < group.length && chosen.size < count) chosen.add(group[turn] ?? "");
  }
  return ids.filter((id) => chosen.has(id));
}

/** The cases by what the format calls a group: of one key, one hash, one set of lengths. */
function groupsOf(format: VectorFormat, text: string): readonly (readonly string[])[] {
  if (format === "wycheproof")
    return parseWycheproof(text).groups.map(({ tests }) =>
      inTurns(grouped(tests, ({ result, flags }) => `${result} ${flags.join(" ")}`)),
    );
  if (format === "rsp") return grouped(parseRsp(text), ({ sections, shared }) => JSON.stringify([sections, shared]));
  const ids = caseIds(format, text).map((id) => ({ id }));
  // An id of an ACVP case is "tgId.tcId".
  return grouped(ids, ({ id }) => (id.includes(".") ? id.slice(0, id.lastIndexOf(".")) : ""));
}

/** The first of each list, then the second of each, and so on. */
function inTurns<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1))).flat();
}

function grouped<Case extends { readonly id: string }>(
  cases: readonly Case[],
  groupOf: (one: Case) => string,
): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const one of cases) {
    const key = groupOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one.id]);
    else group.push(one.id);
  }
  return [...groups.values()];
}
