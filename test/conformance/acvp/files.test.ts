/** The committed ACVP files of symmetric algorithms: every answer is the expected one. */

import { describe, expect, test } from "vitest";
import { answerAcvp } from "../../../src/conformance/acvp/answer.ts";
import { checkAcvp } from "../../../src/conformance/acvp/check.ts";
import { createBench } from "../../../src/conformance/bench.ts";
import type { JsonObject } from "../../../src/conformance/parsers/json.ts";
import { pureEngine } from "../../../src/crypto/pure-engine.ts";
import { readVectors } from "../../support/vectors.ts";
import { bench as nodeBench } from "./prompts.ts";

/** What may be left out of the response to a file, and why; of the others nothing. */
// biome-ignore format: a table
const FILES: Readonly<Record<string, readonly string[]>> = {
  "ACVP-AES-CBC":      [],
  "ACVP-AES-CTR":      ["ctr-wraps-around"],
  "ACVP-AES-GCM":      ["gcm-short-tag"],
  "ACVP-AES-KW":       [],
  "ACVP-AES-KWP":      [],
  "CMAC-AES":          [],
  "HKDF":              ["no-mechanism"],
  "HMAC-SHA-1":        ["hmac-short-key"],
  "HMAC-SHA2-224":     [],
  "HMAC-SHA2-256":     ["hmac-short-key"],
  "HMAC-SHA2-384":     ["hmac-short-key"],
  "HMAC-SHA2-512":     ["hmac-short-key"],
  "HMAC-SHA2-512-256": ["no-mechanism"],
  "KDA":               [],
  "SHA-1":             [],
  "SHA2-224":          [],
  "SHA2-256":          [],
  "SHA2-384":          [],
  "SHA2-512":          [],
  "ctrDRBG":           [],
};

/** The file with the groups of one kind of test only, as a list with its header. */
function filesOf(
  name: string,
  keeps: (group: JsonObject) => boolean,
): { readonly prompt: string; readonly expected: string } {
  const [prompt, expected] = ["vectors", "expected"].map(
    (folder) => JSON.parse(readVectors(`${folder}/${name}`)) as [JsonObject, JsonObject],
  ) as [[JsonObject, JsonObject], [JsonObject, JsonObject]];
  const groups = (prompt[1]["testGroups"] as readonly JsonObject[]).filter(keeps);
  const ids = new Set(groups.map(({ tgId }) => tgId));
  const results = (expected[1]["testGroups"] as readonly JsonObject[]).filter(({ tgId }) => ids.has(tgId ?? null));
  return {
    prompt: JSON.stringify([prompt[0], { ...prompt[1], testGroups: groups }]),
    expected: JSON.stringify([expected[0], { ...expected[1], testGroups: results.toReversed() }]),
  };
}

describe("the answers to NIST's prompts", () => {
  test.each(Object.entries(FILES))("%s: what is answered is as expected", (name, mayLack) => {
    const { prompt, expected } = filesOf(name, ({ testType }) => testType !== "MCT");
    const bench = createBench(pureEngine);
    const { response, answered, unanswered, faults } = answerAcvp(prompt, bench);
    expect(faults).toEqual([]);
    expect(unanswered.filter(({ reason }) => !mayLack.includes(reason))).toEqual([]);
    if (answered === 0) return;
    expect(checkAcvp(prompt, JSON.stringify(response), expected, bench)).toEqual({
      matched: answered,
      verified: 0,
      unanswered: unanswered.length,
      differences: [],
    });
  });

  test.each(["ACVP-AES-CBC", "SHA-1", "SHA2-256"])("%s: so is a Monte Carlo chain", (name) => {
    const chains = filesOf(name, ({ testType, direction }) => testType === "MCT" && direction !== "decrypt");
    const { response, answered } = answerAcvp(chains.prompt, nodeBench);
    expect(checkAcvp(chains.prompt, JSON.stringify(response), chains.expected, nodeBench)).toMatchObject({
      matched: answered,
      differences: [],
    });
    expect(answered).toBe(1);
  });

  test("One flipped digit of an expected result fails with its tgId and tcId", () => {
    const { prompt, expected } = filesOf("ACVP-AES-KW", () => true);
    const { response } = answerAcvp(prompt, nodeBench);
    const flipped = expected.replace(/"ct":"0/, '"ct":"1');
    expect(flipped).not.toBe(expected);
    const [, group, id] = /"tgId":(\d+),"tests":\[\{"tcId":(\d+),"ct":"1/.exec(flipped) ?? [];
    expect(checkAcvp(prompt, JSON.stringify(response), flipped, nodeBench).differences).toMatchObject([
      { tgId: Number(group), tcId: Number(id) },
    ]);
  });
});
