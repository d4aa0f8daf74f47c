/** A cross-section of a vector file, the same every time. */

import { caseIds, type VectorFormat } from "./parsers/formats.ts";
import { parseRsp } from "./parsers/rsp.ts";
import { parseWycheproof } from "./parsers/wycheproof.ts";

/**
 * The ids of so many cases of a file, in the file's order: of each group the first, then of each the second, and so on.
 * Of more groups than that, every n-th gives one.
 */
export function sampleOf(format: VectorFormat, text: string, count: number): readonly string[] {
  const groups = groupsOf(format, text);
  const ids = groups.flat();
  if (ids.length <= count) return ids;
  const chosen = new Set<string>();
  if (groups.length >= count) {
    for (let i = 0; i < count; i++) chosen.add(groups[Math.floor((i * groups.length) / count)]?.[0] ?? "");
  } else {
    for (let turn = 0; chosen.size < count; turn++)
      for (const group of groups) if (turn < group.length && chosen.size < count) chosen.add(group[turn] ?? "");
  }
  return ids.filter((id) => chosen.has(id));
}

/** The cases by what the format calls a group: of one key, one hash, one set of lengths. */
function groupsOf(format: VectorFormat, text: string): readonly (readonly string[])[] {
  if (format === "wycheproof") return parseWycheproof(text).groups.map(({ tests }) => tests.map(({ id }) => id));
  if (format === "rsp") return grouped(parseRsp(text), ({ sections, shared }) => JSON.stringify([sections, shared]));
  const ids = caseIds(format, text).map((id) => ({ id }));
  // An id of an ACVP case is "tgId.tcId".
  return grouped(ids, ({ id }) => (id.includes(".") ? id.slice(0, id.lastIndexOf(".")) : ""));
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
