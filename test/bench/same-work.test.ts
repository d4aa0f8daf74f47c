/** The rivals of a contest do the same work: where that has one result, each of them comes to it. */

import { describe, expect, test } from "vitest";
import { type Contest, isContest } from "../../bench/contest.ts";
import { contests as sm2 } from "../../bench/sm.ts";

const SUITES = ["modes", "digests", "derivation", "sm"] as const;
/** Their results are drawn, or are a verdict. */
const RANDOM = /^SM2 (sign|encrypt|key generation|verify)/;

/** A result as hexadecimal: bytes, words of CryptoJS, hexadecimal already, or a character a byte. */
function hexOf(result: unknown): string {
  if (result instanceof ArrayBuffer) return Buffer.from(result).toString("hex");
  if (ArrayBuffer.isView(result))
    return Buffer.from(result.buffer, result.byteOffset, result.byteLength).toString("hex");
  if (typeof result === "string")
    return /^([0-9a-f]{2})+$/.test(result) ? result : Buffer.from(result, "latin1").toString("hex");
  const { output, tag } = result as { readonly output?: unknown; readonly tag?: unknown };
  return output === undefined ? String(result) : hexOf(output) + hexOf(tag);
}

async function resultsOf({ rivals }: Contest): Promise<Map<string, string>> {
  const results = new Map<string, string>();
  for (const [name, rival] of Object.entries(await rivals(() => {}))) {
    if ("absent" in rival) continue;
    results.set(name, hexOf(await (typeof rival === "function" ? rival : rival.call)()));
  }
  return results;
}

describe.each(SUITES)("bench/%s.ts", async (suite) => {
  const { contests } = (await import(`../../bench/${suite}.ts`)) as { readonly contests: readonly Contest[] };
  const fixed = contests.filter(isContest).filter(({ name }) => !RANDOM.test(name));
  test.each(fixed.map((contest) => [contest.name, contest] as const))(
    "%s: all come to one result",
    async (_, contest) => {
      const results = await resultsOf(contest);
      const [ours = ""] = results.values();
      expect(ours.length).toBeGreaterThan(0);
      // Where Web Crypto pads, its result is a block longer.
      for (const [rival, result] of results) {
        expect(rival === "WebCrypto" ? result.slice(0, ours.length) : result, rival).toBe(ours);
      }
    },
  );
});

test("a signature of ours is one to everybody who verifies it with SM2", async () => {
  const verify = sm2.find(({ name }) => name.startsWith("SM2 verify")) as Contest;
  const rivals = Object.values(await verify.rivals(() => {})).filter((rival) => typeof rival === "function");
  for (const rival of rivals) expect(rival()).toBe(true);
});
