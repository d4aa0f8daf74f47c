import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readVectors } from "../support/vectors.ts";
import { run } from "./endpoint.ts";

const directory = mkdtempSync(join(tmpdir(), "pocket-hsm-test-"));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const [prompt, expected] = ["vectors", "expected"].map((folder) => readVectors(`${folder}/ACVP-AES-CTR`)) as [
  string,
  string,
];
const promptFile = file("prompt.json", `\uFEFF${prompt}`);
const expectedFile = file("expected.json", expected);
const flippedFile = file("flipped.json", expected.replace('"ct": "47e80108', '"ct": "47e80109'));

describe("pocket-hsm acvp", () => {
  test("writes the response to standard output, as JSON alone, and what it left out to standard error", async () => {
    const { status, stdout, stderr } = await run(["acvp", promptFile]);
    expect(status).toBe(0);
    const [header, set] = JSON.parse(stdout);
    expect(header).toMatchObject({ url: "acvp/v1/testSessions/129569" });
    expect(set).toMatchObject({ algorithm: "ACVP-AES-CTR", revision: "1.0", vsId: 397197 });
    expect(set.testGroups[0]).toEqual({ tgId: 1, tests: [{ tcId: 10, ct: "47E80108F073193B3461DBC2B44D1D13" }] });
    expect(stderr).toMatch(/^6 not answered \(ctr-wraps-around: .*; tgId 13, 15, 17, 19, 21, 23$/m);
    expect(stderr).toMatch(/42 tests answered, 6 not answered\n$/);
  });

  test("checks its answers on either engine", async () => {
    const ended = await Promise.all(
      ["pure", "node"].map((engine) => run(["acvp", promptFile, "--check", expectedFile, "--engine", engine])),
    );
    expect(ended.map(({ status }) => status)).toEqual([0, 0]);
    expect(ended[0]?.stdout).toBe(ended[1]?.stdout);
    expect(ended[0]?.stderr).toMatch(/42 matched, 0 verified, 0 failed, 6 not answered\n$/);
  });

  test("ends with exit status 1 at a difference, and names its test", async () => {
    const { status, stderr } = await run(["acvp", promptFile, "--check", flippedFile]);
    expect(status).toBe(1);
    expect(stderr).toContain('tgId 1, tcId 10: ct: expected "47e80109');
    expect(stderr).toMatch(/41 matched, 0 verified, 1 failed/);
  });

  test("checks a response that was made elsewhere, and runs nothing", async () => {
    const check = (response: string) => run(["acvp", promptFile, "--check", expectedFile, "--response", response]);
    const [same, other] = await Promise.all([check(expectedFile), check(flippedFile)]);
    expect(same).toMatchObject({ status: 0, stdout: "", stderr: "48 matched, 0 verified, 0 failed, 0 not answered\n" });
    expect(other).toMatchObject({ status: 1, stdout: "" });
  });

  test("ends with exit status 1 when nothing was answered", async () => {
    const unknown = file("unknown.json", prompt.replace("ACVP-AES-CTR", "ACVP-AES-XTS"));
    const { status, stdout, stderr } = await run(["acvp", unknown, "--check", expectedFile]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)[1].testGroups).toEqual([]);
    expect(stderr).toMatch(/48 not answered \(no-mechanism: .*no handler for ACVP-AES-XTS/);
  });

  test("prints the algorithms of a registration", async () => {
    const { status, stdout } = await run(["acvp", "--capabilities"]);
    expect(status).toBe(0);
    const algorithms = JSON.parse(stdout) as { algorithm: string; mode?: string; revision: string }[];
    expect(algorithms).toContainEqual(expect.objectContaining({ algorithm: "ACVP-AES-GCM", revision: "1.0" }));
    expect(algorithms).toContainEqual(
      expect.objectContaining({ algorithm: "KDA", mode: "HKDF", revision: "Sp800-56Cr2" }),
    );
    const names = algorithms.map(({ algorithm, mode = "" }) => `${algorithm} ${mode}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each([
    ["a file that is not there", ["nowhere.json"], /nowhere\.json cannot be read: ENOENT/],
    ["a file that is no ACVP file", [file("other.json", "[]")], /other\.json: line 1: the file holds no test case/],
    ["a response without expected results", [promptFile, "--response", expectedFile], /--response needs --check FILE/],
    ["capabilities of a file", [promptFile, "--capabilities"], /--capabilities goes with no file/],
    ["an engine that does not exist", [promptFile, "--engine", "steam"], /Allowed choices are pure, node/],
  ])("refuses %s with exit status 2", async (_, args, message) => {
    const { status, stdout, stderr } = await run(["acvp", ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});
