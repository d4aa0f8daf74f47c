import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/conformance/report/model.ts";
import { describeWithSoftHsm, PEERS, PIN, SOFTHSM2, softHsmToken, TOKENS } from "../support/softhsm.ts";
import { run } from "./endpoint.ts";

const directory = mkdtempSync(join(TOKENS, "pocket-hsm-test-"));
afterAll(() => rmSync(directory, { recursive: true }));

const reportAt = (path: string): Report => JSON.parse(readFileSync(path, "utf8")) as Report;

describeWithSoftHsm("pocket-hsm verify --module with SoftHSM2", () => {
  const env = softHsmToken(directory, "vectors");
  const verify = (...args: readonly string[]) => run(["verify", "--module", SOFTHSM2, ...args], env, PEERS);

  test("Vectors go through SoftHSM2 and the reports name it", async () => {
    const [json, junit, html] = ["json", "xml", "html"].map((end) => join(directory, `softhsm.${end}`)) as [
      string,
      string,
      string,
    ];
    const choice = ["--suite", "aes-cbc", "aes-cmac", "hmac", "rsa-pkcs1", "ecdh", "--sample", "4"];
    const ended = await verify(...choice, "--pin", PIN, "--json", json, "--junit", junit, "--html", html);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(ended.stdout).toMatch(/PKCS #11 module .*: Implementation of PKCS11, SoftHSM 2\.\d+, Cryptoki 2\.40/);
    expect(ended.stdout).toMatch(/\npassed: .* 0 failed, .* engine SoftHSM 2\.\d+,/);
    const report = reportAt(json);
    expect(report.circumstances.engine).toMatchObject({
      name: expect.stringMatching(/^SoftHSM 2\./),
      module: { path: SOFTHSM2, manufacturer: "SoftHSM", cryptokiVersion: "2.40", tokenModel: "SoftHSM v2" },
    });
    expect(report.circumstances.jobs).toBe(1);
    expect(report.tally["passed"]).toBeGreaterThan(200);
    expect(readFileSync(junit, "utf8")).toContain("SoftHSM");
    expect(readFileSync(html, "utf8")).toContain("Engine SoftHSM 2");
  });

  test("Nothing is left in the token", () => {
    const tokens = join(directory, "tokens");
    const files = readdirSync(tokens, { recursive: true }).map(String);
    expect(files.filter((file) => /object$/.test(file) && !/token\.object$/.test(file))).toEqual([]);
  });

  test("What SoftHSM2 does otherwise than a vector says is a failure with the line that shows it again", async () => {
    const file = "wycheproof/rsa_oaep_2048_sha256_mgf1sha256_test.json";
    const ended = await verify("--suite", "rsa-oaep", "--case", `${file}#1`);
    expect(ended.status).toBe(1);
    expect(ended.stdout).toContain(`${file}#1 [Normal] failed: a valid case is refused: CKR_ARGUMENTS_BAD`);
    expect(ended.stdout).toContain(`verify --module ${SOFTHSM2} --suite rsa-oaep --case ${file}#1`);
  });

  test("What it does not have is skipped with a reason, and what is not through PKCS #11 too", async () => {
    const json = join(directory, "skipped.json");
    const ended = await verify("--suite", "aes-ccm", "drbg", "xdh", "sm4", "--sample", "2", "--json", json);
    expect(ended.status).toBe(0);
    const reasons = new Map(reportAt(json).files.map((file) => [file.suite, Object.keys(file.tally)]));
    expect(Object.fromEntries(reasons)).toEqual({
      "aes-ccm": ["skipped:no-mechanism"],
      drbg: ["skipped:not-through-pkcs11"],
      xdh: ["skipped:no-key-type"],
      sm4: ["skipped:not-through-pkcs11"],
    });
  });

  test("Keys are wrapped and unwrapped where AES key wrapping is no cipher of the module", async () => {
    const json = join(directory, "wrap.json");
    const ended = await verify("--suite", "aes-kw", "--algorithm", "AES-KW", "--sample", "6", "--json", json);
    expect(ended.status).toBe(0);
    const file = reportAt(json).files.find(({ file }) => file === "wycheproof/aes_wrap_test.json");
    expect(file?.tally).toEqual({ passed: 6 });
  });

  test("A PIN that is wrong, and a slot that is not there, are said before anything runs", async () => {
    const wrongPin = await verify("--suite", "aes-cbc", "--pin", "9999");
    expect(wrongPin).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("CKR_PIN_INCORRECT") });
    const wrongSlot = await verify("--suite", "aes-cbc", "--slot", "nowhere");
    expect(wrongSlot.status).toBe(2);
    expect(wrongSlot.stderr).toMatch(/^pocket-hsm: no slot or token is called nowhere; there are \d+ \(vectors\)\n$/);
    const byLabel = await verify("--suite", "aes-cbc", "--sample", "1", "--slot", "vectors");
    expect(byLabel.status).toBe(0);
  });

  test("A file that is no PKCS #11 module is refused", async () => {
    const text = join(directory, "text.so");
    writeFileSync(text, "not a library");
    const ended = await run(["verify", "--module", text], env, PEERS);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(`${text} cannot be loaded as a PKCS #11 module`);
    const absent = await run(["verify", "--module", join(directory, "absent.so")], env, PEERS);
    expect(absent.stderr).toMatch(/there is no PKCS #11 module at .*absent\.so/);
  });
});

/** A working directory whose `pkcs11js` has one slot and ends the process in the given function. */
function fakePeer(name: string, crashesIn: string): string {
  const folder = join(directory, name, "node_modules/pkcs11js");
  mkdirSync(folder, { recursive: true });
  const handle = "new Uint8Array(8)";
  writeFileSync(join(folder, "package.json"), `{ "name": "pkcs11js", "main": "index.js" }`);
  writeFileSync(
    join(folder, "index.js"),
    `exports.PKCS11 = class {
      load() {} close() {} C_Initialize() {} C_Finalize() {} C_CloseSession() {} C_DestroyObject() {} C_DigestInit() {}
      C_GetInfo() {
        const version = { major: 2, minor: 40 };
        return { cryptokiVersion: version, libraryVersion: version, manufacturerID: "Fake ", libraryDescription: "" };
      }
      C_GetSlotList() { return [${handle}]; }
      C_GetTokenInfo() { return { label: "fake ", manufacturerID: "", model: "", flags: 0x400 }; }
      C_GetMechanismList() { return [0x250, 0x260]; }
      C_OpenSession() { return ${handle}; }
      C_Digest(session, data, output) { return output.subarray(0, 32); }
      ${crashesIn}() { process.kill(process.pid, "SIGSEGV"); for (;;); }
    };\n`,
  );
  return join(directory, name);
}

describe("pocket-hsm verify --module", () => {
  const module = process.execPath;

  test("Without pkcs11js one line says how to get it", async () => {
    const ended = await run(["verify", "--module", module, "--suite", "aes-cbc"], {}, directory);
    const stderr = "pocket-hsm: --module needs the package pkcs11js: get it with npm i -D pkcs11js\n";
    expect(ended).toEqual({ status: 2, stdout: "", stderr });
  });

  test("A case that crashes the module is a problem that names it, and the cases after it are run", async () => {
    const cwd = fakePeer("crashing", "C_DigestUpdate");
    const [crashes, runs] = ["openssl/evpmd_sha.txt", "pyca/hashes/SHA2/SHA256ShortMsg.rsp"];
    const json = join(directory, "crash.json");
    const cases = [...["1", "7", "8", "10"].map((id) => `${crashes}#${id}`), `${runs}#1`];
    const ended = await run(["verify", "--module", module, "--case", ...cases, "--json", json], {}, cwd);
    expect(ended.status).toBe(1);
    const report = reportAt(json);
    const how = "the module ended its process (SIGSEGV)";
    const problem = (id: string) => ({ file: crashes, message: `at the case ${id} ${how}` });
    expect(report.problems).toEqual([problem("7"), problem("8")]);
    const crashed = report.files.find(({ file }) => file === crashes);
    expect(crashed?.tally).toEqual({ error: 2, "skipped:no-mechanism": 2 });
    expect(crashed?.notable.find(({ id }) => id === "7")).toMatchObject({ verdict: "error", detail: how });
    expect(report.files.find(({ file }) => file === runs)?.tally).toEqual({ failed: 1 });
  });

  test("A module that crashes as it is opened ends the run with that", async () => {
    const ended = await run(["verify", "--module", module, "--suite", "digest"], {}, fakePeer("dead", "C_Initialize"));
    expect(ended).toEqual({ status: 1, stdout: "", stderr: "pocket-hsm: the module ended its process (SIGSEGV)\n" });
  });

  test("Options that make no sense together are refused", async () => {
    for (const options of [
      ["--slot", "1"],
      ["--pin", "1"],
    ]) {
      const ended = await run(["verify", ...options]);
      expect(ended).toMatchObject({ status: 2, stderr: "pocket-hsm: --slot and --pin need --module\n" });
    }
    expect((await run(["verify", "--module", module, "--engine", "node"])).status).toBe(2);
  });
});
