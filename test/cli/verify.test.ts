import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { formatManifest, parseManifest, type VectorFile } from "../../src/conformance/parsers/manifest.ts";
import type { Report } from "../../src/conformance/report/model.ts";
import { run } from "./endpoint.ts";

const VECTORS = resolve(import.meta.dirname, "../../vectors");
const FILE = "wycheproof/hmac_sha256_test.json";
const directory = mkdtempSync(join(tmpdir(), "pocket-hsm-test-"));
afterAll(() => rmSync(directory, { recursive: true }));

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const manifest = parseManifest(readFileSync(join(VECTORS, "SOURCES.tsv"), "utf8"));
const listed = manifest.find(({ path }) => path === `${FILE}.br`) as VectorFile;
const original = brotliDecompressSync(readFileSync(join(VECTORS, listed.path))).toString();

interface Folder {
  readonly text?: string;
  readonly listed?: Partial<VectorFile>;
  readonly more?: readonly VectorFile[];
}

/** A folder of vectors with the one file, as it is or changed; its manifest tells the truth unless told otherwise. */
function folder(name: string, { text = original, listed: changes = {}, more = [] }: Folder = {}): string {
  const path = join(directory, name);
  mkdirSync(join(path, "wycheproof"), { recursive: true });
  const packed = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  writeFileSync(join(path, listed.path), packed);
  const hashes = { sha256: sha256(packed), originalSha256: sha256(Buffer.from(text)) };
  writeFileSync(join(path, "SOURCES.tsv"), formatManifest([{ ...listed, ...hashes, ...changes }, ...more]));
  return path;
}

/** The file with one bit of the first valid tag turned. */
function tampered(): { readonly text: string; readonly id: string } {
  const file = JSON.parse(original) as { testGroups: { tests: { tcId: number; result: string; tag: string }[] }[] };
  const test = file.testGroups
    .flatMap(({ tests }) => tests)
    .find(({ result, tag }) => result === "valid" && tag !== "");
  if (test === undefined) throw new Error("no valid case");
  test.tag = (Number.parseInt(test.tag.slice(0, 2), 16) ^ 1).toString(16).padStart(2, "0") + test.tag.slice(2);
  return { text: JSON.stringify(file), id: String(test.tcId) };
}

/** For a single file: each thread takes a while to begin. */
const ONE_THREAD = ["--jobs", "1"];

const reportAt = (path: string): Report => JSON.parse(readFileSync(path, "utf8")) as Report;

describe("pocket-hsm verify", () => {
  test("Vectors that are as pinned end with exit status 0, on every number of threads and with the same report", async () => {
    const reports = await Promise.all(
      ["1", "3"].map(async (jobs) => {
        const json = join(directory, `jobs-${jobs}.json`);
        const ended = await run(["verify", "--vectors", folder("intact"), "--jobs", jobs, "--json", json]);
        expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 0, stderr: "" });
        expect(ended.stdout).toMatch(/\npassed: \d+ cases of 1 files executed, 0 failed/);
        const { circumstances, ...report } = reportAt(json);
        expect(circumstances).toMatchObject({ jobs: Number(jobs), engine: { name: "pure" } });
        expect(circumstances.dependencies["@noble/hashes"]).toMatch(/^\d+\./);
        return report;
      }),
    );
    expect(reports[0]).toEqual(reports[1]);
    expect(reports[0]?.cases).toBe(listed.cases);
  });

  test("A wrong vector ends with exit status 1, the file and case named and the line that shows it again", async () => {
    const { text, id } = tampered();
    const vectors = folder("tampered", { text });
    const [json, junit, html] = ["json", "junit", "html"].map((name) => join(directory, `tampered.${name}`)) as [
      string,
      string,
      string,
    ];
    const outputs = ["--json", json, "--junit", junit, "--html", html];
    const ended = await run(["verify", ...ONE_THREAD, "--unpinned", "--vectors", vectors, ...outputs]);
    expect(ended.status).toBe(1);
    expect(ended.stdout).toContain(`${FILE}#${id}`);
    expect(ended.stdout).toContain(`npx pocket-hsm verify --suite hmac --case ${FILE}#${id}`);
    expect(reportAt(json).tally["failed"]).toBe(1);
    expect(readFileSync(junit, "utf8")).toContain('failures="1"');
    expect(readFileSync(html, "utf8")).toContain(`${FILE}#${id}`);
    const again = await run([
      "verify",
      "--unpinned",
      "--vectors",
      vectors,
      "--suite",
      "hmac",
      "--case",
      `${FILE}#${id}`,
    ]);
    expect(again.status).toBe(1);
    expect(again.stdout).toContain("failed: 1 cases of 1 files executed, 1 failed");
  });

  test("Vectors with other content than the pinned one end with exit status 1, unless that is allowed", async () => {
    const vectors = folder("unpinned", { text: `${original} ` });
    const ended = await run(["verify", ...ONE_THREAD, "--vectors", vectors]);
    expect(ended.status).toBe(1);
    expect(ended.stdout).toContain(`${FILE}: the verdicts on this file are not pinned`);
    expect((await run(["verify", ...ONE_THREAD, "--vectors", vectors, "--unpinned"])).status).toBe(0);
  });

  test("A file that no suite claims ends with exit status 1, in a list too", async () => {
    const text = "unclaimed";
    const more = [{ ...listed, path: "wycheproof/other.json.br", algorithm: "ROT13" }];
    const vectors = folder(text, { more });
    for (const args of [["--list"], []]) {
      const { status, stdout, stderr } = await run(["verify", ...ONE_THREAD, "--vectors", vectors, ...args]);
      expect(status).toBe(1);
      expect(stdout + stderr).toContain("wycheproof/other.json: no suite claims this file");
    }
  });

  test("A folder of Wycheproof's own files needs no manifest", async () => {
    const vectors = join(directory, "plain");
    mkdirSync(vectors);
    writeFileSync(join(vectors, "my_hmac_test.json"), original);
    const ended = await run(["verify", ...ONE_THREAD, "--vectors", vectors]);
    expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 0, stderr: "" });
    expect(ended.stdout).toContain("cases of 1 files executed, 0 failed");
    const { text, id } = tampered();
    writeFileSync(join(vectors, "my_hmac_test.json"), text);
    const again = await run(["verify", ...ONE_THREAD, "--vectors", vectors]);
    expect(again.status).toBe(1);
    expect(again.stdout).toContain(`wycheproof/my_hmac_test.json#${id}`);
    writeFileSync(join(vectors, "other.json"), "{}");
    expect(await run(["verify", ...ONE_THREAD, "--vectors", vectors])).toMatchObject({ status: 2, stdout: "" });
  });

  test("Vectors that are missing or corrupt end with exit status 2 and one line that says how to get them", async () => {
    const corrupt = folder("corrupt", { listed: { sha256: "0".repeat(64) } });
    const malformed = folder("malformed");
    writeFileSync(join(malformed, "SOURCES.tsv"), "nothing\n");
    const incomplete = folder("incomplete");
    rmSync(join(incomplete, listed.path));
    for (const vectors of [join(directory, "nowhere"), corrupt, malformed, incomplete]) {
      const { status, stdout, stderr } = await run(["verify", ...ONE_THREAD, "--vectors", vectors]);
      expect({ vectors, status, stdout }).toEqual({ vectors, status: 2, stdout: "" });
      expect(stderr).toMatch(/^pocket-hsm: .*npm i -D pocket-hsm-vectors, or name a folder with --vectors DIR\n$/);
    }
  });

  test("What is typed wrongly ends with exit status 2 and one line", async () => {
    const vectors = folder("usage");
    for (const args of [
      ["--suite", "fork"],
      ["--algorithm", "ROT13"],
      ["--source", "nobody"],
      ["--case", "x"],
      ["--engine", "steam"],
      ["--jobs", "0"],
      ["--sample", "1", "--case", `${FILE}#1`],
      ["--merge", "a.json"],
      ["--merge", FILE, "--html", join(directory, "x.html")],
    ]) {
      const { status, stdout, stderr } = await run(["verify", ...ONE_THREAD, "--vectors", vectors, ...args]);
      expect({ args, status, stdout }).toEqual({ args, status: 2, stdout: "" });
      expect(stderr).toMatch(/^pocket-hsm: .+\n$/);
    }
  });

  test("--fail-fast ends at the first failure and does not say passed", async () => {
    const vectors = folder("fail-fast", { text: tampered().text });
    const { status, stdout } = await run(["verify", ...ONE_THREAD, "--unpinned", "--fail-fast", "--vectors", vectors]);
    expect(status).toBe(1);
    expect(stdout).toContain("Stopped at the first failure");
  });

  test("--merge makes one page of the runs of two engines", async () => {
    const vectors = folder("merge");
    const reports = await Promise.all(
      ["pure", "node"].map(async (engine) => {
        const json = join(directory, `merge-${engine}.json`);
        expect(
          (await run(["verify", ...ONE_THREAD, "--vectors", vectors, "--engine", engine, "--json", json])).status,
        ).toBe(0);
        return json;
      }),
    );
    const html = join(directory, "merge.html");
    expect((await run(["verify", "--merge", ...reports, "--html", html])).status).toBe(0);
    const page = readFileSync(html, "utf8");
    for (const engine of ["pure", "node"]) expect(page).toContain(`<span class="engine">${engine}</span>`);
  });
});
