import { expect, test } from "vitest";
import { run } from "../cli/endpoint.ts";

/** `npm run verify` runs all cases; this is one of every file, on one thread: what a second one makes ready twice is a fifth. */
test.each(["pure", "node"])(
  "A case of every vector file comes to its pinned verdict on the %s engine",
  async (engine) => {
    const { status, stdout, stderr } = await run(["verify", "--sample", "1", "--engine", engine, "--jobs", "1"]);
    const [sampled, result] = stdout.trimEnd().split("\n").slice(-2);
    console.log(`${sampled}\n${result}`);
    expect(sampled).toMatch(/^Sampled: at most 1 cases of each file, [\d,]+ of [\d,]+ in all\.$/);
    expect({ status, result, report: status === 0 ? "" : stdout + stderr }).toEqual({
      status: 0,
      result: expect.stringMatching(/^passed: /),
      report: "",
    });
  },
  240_000,
);
