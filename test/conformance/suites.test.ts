import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createBench } from "../../src/conformance/bench.ts";
import { parseManifest, type VectorFile } from "../../src/conformance/parsers/manifest.ts";
import { parseWycheproof } from "../../src/conformance/parsers/wycheproof.ts";
import type { CaseResult, Suite } from "../../src/conformance/suite.ts";
import { suites } from "../../src/conformance/suites/all.ts";
import { judge, Refusal, type Trial } from "../../src/conformance/suites/support.ts";
import type { Engine } from "../../src/crypto/engine.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { CkrError } from "../../src/cryptoki/error.ts";

const VECTORS = new URL("../../vectors/", import.meta.url);
const manifest = parseManifest(readFileSync(new URL("SOURCES.tsv", VECTORS), "utf8"));

function read(path: string): string {
  return brotliDecompressSync(readFileSync(new URL(path, VECTORS))).toString("utf8");
}

interface Sample {
  readonly path: string;
  /** A case that passes and, where the format is not Wycheproof's, the field of its answer. */
  readonly answer?: readonly [id: string, value: RegExp];
  /** What to break in the engine, down to the operation; none where the suite does not run on an engine. */
  readonly breaks: string | undefined;
}

const W = "wycheproof/";

/** A file of each suite that shows both a wrong expectation and a broken engine. */
// biome-ignore format: a table
const SAMPLES: Readonly<Record<string, Sample>> = {
  "aes-cbc":      { path: `${W}aes_cbc_pkcs5_test.json.br`, breaks: "aes.cbcDecrypt" },
  "aes-ccm":      { path: `${W}aes_ccm_test.json.br`, breaks: "aes.ctr" },
  "aes-cmac":     { path: `${W}aes_cmac_test.json.br`, breaks: "aes.cmac.digest" },
  "aes-ctr":      { path: "pyca/ciphers/AES/CTR/aes-256-ctr.txt.br", answer: ["1", /CIPHERTEXT = ([0-9a-f]+)/i], breaks: "aes.ctr" },
  "aes-gcm":      { path: `${W}aes_gcm_test.json.br`, breaks: "aes.gcmOpen" },
  "aes-kw":       { path: `${W}aes_wrap_test.json.br`, breaks: "aes.kwUnwrap" },
  digest:         { path: "pyca/hashes/SHA2/SHA256ShortMsg.rsp.br", answer: ["1", /MD = ([0-9a-f]+)/], breaks: "hash.digest" },
  drbg:           { path: "openssl/ctr_drbg_aes256_evprand.txt.br", answer: ["1.0", /Output\.0 = ([0-9a-f]+)/], breaks: undefined },
  "ec-curves":    { path: `${W}ec_prime_order_curves_test.json.br`, breaks: "ecPrivate.publicPoint" },
  ecdh:           { path: `${W}ecdh_secp256r1_ecpoint_test.json.br`, breaks: "ecPrivate.agree" },
  ecdsa:          { path: `${W}ecdsa_secp256r1_sha256_test.json.br`, breaks: "ecPublic.verify" },
  eddsa:          { path: `${W}ed25519_test.json.br`, breaks: "edPublic.verify" },
  hkdf:           { path: `${W}hkdf_sha256_test.json.br`, breaks: "hmac.mac" },
  hmac:           { path: `${W}hmac_sha256_test.json.br`, breaks: "hmac.mac" },
  "ml-dsa":       { path: `${W}mldsa_44_verify_test.json.br`, breaks: "mlDsa.publicKey.verify" },
  "ml-kem":       { path: `${W}mlkem_512_test.json.br`, breaks: "mlKem.privateKey.decapsulate" },
  "one-step-kdf": { path: "pyca/KDF/ansx963_2001.txt.br", answer: ["1", /key_data = ([0-9a-f]+)/], breaks: "digest" },
  "openssl-ec":   { path: "openssl/evppkey_ecx_sigalg.txt.br", answer: ["3", /Sign-Message = [\s\S]*?Output = ([0-9a-f]+)/i], breaks: "edPrivate.sign" },
  "openssl-rsa":  { path: "openssl/evppkey_rsa_sigalg.txt.br", answer: ["10", /Sign-Message = RSA-SHA256[\s\S]*?Output = ([0-9a-f]+)/i], breaks: "rsaPrivate.pkcs1Sign" },
  pbkdf2:         { path: `${W}pbkdf2_hmacsha256_test.json.br`, breaks: "pbkdf2" },
  primality:      { path: `${W}primality_test.json.br`, breaks: undefined },
  "rsa-decrypt":  { path: `${W}rsa_pkcs1_2048_test.json.br`, breaks: "rsaPrivate.pkcs1Decrypt" },
  "rsa-oaep":     { path: `${W}rsa_oaep_2048_sha256_mgf1sha256_test.json.br`, breaks: "rsaPrivate.oaepDecrypt" },
  "rsa-pkcs1":    { path: `${W}rsa_signature_2048_sha256_test.json.br`, breaks: "rsaPublic.pkcs1Verify" },
  "rsa-pss":      { path: `${W}rsa_pss_2048_sha256_mgf1_32_test.json.br`, breaks: "rsaPublic.pssVerify" },
  "slh-dsa":      { path: "circl/SLH-DSA-sigVer-FIPS205-trim1.json.br", answer: ["1.14", /"testPassed":\s*(false)/], breaks: "slhDsa.publicKey.verify" },
  sm2:            { path: "openssl/evppkey_sm2.txt.br", answer: ["4", /Output = "([^"]+)/], breaks: "sm2Private.decrypt" },
  sm4:            { path: `${W}sm4_gcm_test.json.br`, breaks: "sm4.gcmOpen" },
  "sp800-108":    { path: "openssl/evpkdf_kbkdf_counter.txt.br", answer: ["93", /digest:SHA256\n(?:Ctrl.*\n)*?Ctrl\.r = r:32\n(?:Ctrl.*\n)*Output = ([0-9a-f]+)/], breaks: "hmac.mac" },
  xdh:            { path: `${W}x25519_test.json.br`, breaks: "xPrivate.agree" },
};

function fileOf(path: string): VectorFile {
  const file = manifest.find((one) => one.path === path);
  if (file === undefined) throw new Error(`${path} is not in the manifest`);
  return file;
}

function runAll(suite: Suite, path: string, text: string, engine: Engine, only?: ReadonlySet<string>): CaseResult[] {
  const bench = createBench(engine);
  const results = [...suite.run(text, fileOf(path), bench, only)];
  expect(bench.session.findObjects(), "objects left behind").toEqual([]);
  expect(bench.lax.findObjects(), "objects left behind").toEqual([]);
  return results;
}

const CASES_OF_EACH = 6;

/** A few valid and invalid cases, or the one case of the sample. */
function chosenIds({ answer }: Sample, text: string): { readonly valid: string[]; readonly invalid: string[] } {
  if (answer !== undefined) return { valid: [answer[0]], invalid: [] };
  const { cases } = parseWycheproof(text);
  const some = (result: string): string[] => {
    const ids = cases.filter((one) => one.result === result).map(({ id }) => id);
    const step = cases.length > 30 ? Math.ceil(ids.length / CASES_OF_EACH) : 1;
    return ids.filter((_, index) => index % step === 0);
  };
  return { valid: some("valid"), invalid: some("invalid") };
}

/** The engine with one operation that, once it breaks, gives true for false, and bytes with a bit flipped. */
function breakable(path: string): { readonly engine: Engine; break(): void } {
  let isBroken = false;
  return {
    engine: breakAt(pureEngine, path.split("."), () => isBroken) as Engine,
    break: () => {
      isBroken = true;
    },
  };
}

function breakAt(target: object, [name, ...rest]: readonly string[], isBroken: () => boolean): object {
  return new Proxy(target, {
    get(object, property) {
      const member = Reflect.get(object, property, object);
      if (typeof member !== "function") return member;
      if (property !== name) return member.bind(object);
      return (...args: unknown[]) => {
        const result = member.apply(object, args);
        if (rest.length > 0) return result === undefined ? undefined : breakAt(result, rest, isBroken);
        if (!isBroken()) return result;
        if (typeof result === "boolean") return true;
        if (result instanceof Uint8Array && result.length > 0) result[0] = (result[0] as number) ^ 1;
        return result;
      };
    },
  });
}

const swap: Readonly<Record<string, string>> = { valid: "invalid", invalid: "valid" };

/** The text with another expectation for one case. */
function sabotaged(text: string, { path, answer }: Sample, id: string): string {
  if (path.startsWith(W)) {
    const file = JSON.parse(text);
    for (const group of file.testGroups)
      for (const one of group.tests) if (String(one.tcId) === id) one.result = swap[one.result];
    return JSON.stringify(file);
  }
  const found = answer?.[1].exec(text);
  const value = found?.[1] ?? "";
  expect(value).not.toBe("");
  const other = value === "false" ? "true" : value.slice(0, -1) + (value.endsWith("0") ? "1" : "0");
  const end = (found?.index ?? 0) + (found?.[0].length ?? 0);
  return text.slice(0, end - value.length) + other + text.slice(end);
}

test("every suite has a sample here", () => {
  const names = suites.map(({ name }) => name);
  expect(Object.keys(SAMPLES).sort()).toEqual(names.sort());
});

test("every file of the manifest is claimed by exactly one suite, but results of prompts by none", () => {
  const wrong = manifest.filter((file) => {
    const claims = suites.filter((suite) => suite.claims(file)).length;
    return file.format !== "acvp-expected" && claims !== 1;
  });
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

describe.each(suites)("The suite $name", (suite) => {
  const sample = SAMPLES[suite.name] as Sample;
  const text = read(sample.path);

  const { valid, invalid } = chosenIds(sample, text);
  const chosen = new Set([...valid, ...invalid]);

  test("fails a case whose expectation is another, and no other case", () => {
    const sound = runAll(suite, sample.path, text, pureEngine, chosen);
    expect(sound.filter(isFault)).toEqual([]);
    const passed = new Set(sound.filter(({ verdict }) => verdict === "passed").map(({ id }) => id));
    const ids = [valid, invalid].flatMap((some) => some.filter((id) => passed.has(id)).slice(-1));
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids) {
      const results = runAll(suite, sample.path, sabotaged(text, sample, id), pureEngine, chosen);
      expect(results.filter(isFault).map((result) => [result.id, result.verdict])).toEqual([[id, "failed"]]);
    }
  });

  const { breaks } = sample;
  if (breaks === undefined) return;
  test("fails a run on a broken engine", () => {
    const { engine, break: breakNow } = breakable(breaks);
    // The token's self-tests would find it out before any vector. They pass once an engine, and then it breaks.
    expect(runAll(suite, sample.path, text, engine, chosen).filter(isFault)).toEqual([]);
    breakNow();
    const results = runAll(suite, sample.path, text, engine, chosen);
    expect(results.filter(isFault).length).toBeGreaterThan(0);
  });
});

function isFault({ verdict }: CaseResult): boolean {
  return verdict === "failed" || verdict === "error";
}

describe("A case is judged", () => {
  const trial = (more: Partial<Trial>): Trial => ({ id: "1", run: () => undefined, ...more });
  const refuse = (): never => {
    throw new CkrError("SIGNATURE_INVALID", "the signature is not valid");
  };

  test.each<[string, Partial<Trial>, CaseResult["verdict"]]>([
    ["passed when a valid one is accepted", {}, "passed"],
    ["failed when a valid one comes out otherwise", { run: () => "another tag" }, "failed"],
    ["failed when a valid one is refused", { run: refuse }, "failed"],
    ["passed when an invalid one is refused", { result: "invalid", run: refuse }, "passed"],
    ["failed when an invalid one is accepted", { result: "invalid" }, "failed"],
    ["failed when an acceptable one comes out otherwise", { result: "acceptable", run: () => "other" }, "failed"],
    ["accepted or rejected when it is acceptable", { result: "acceptable", run: refuse }, "rejected-acceptable"],
    ["stricter-reject when it is refused on purpose", { stricter: "gcm-short-iv", run: refuse }, "stricter-reject"],
    ["failed when what should be refused is accepted", { stricter: "gcm-short-iv" }, "failed"],
    ["skipped, and then it is not run", { skip: "no-curve", run: refuse }, "skipped"],
  ])("%s", (_name, more, verdict) => {
    expect(judge(trial(more)).verdict).toBe(verdict);
  });

  test("as an error when it throws what is no refusal, an invalid one too", () => {
    const thrown = [
      new Error("a bug"),
      new CkrError("TEMPLATE_INCOMPLETE", "x"),
      new CkrError("DEVICE_ERROR", "x"),
      "?",
    ];
    for (const error of thrown) {
      const run = (): never => {
        throw error;
      };
      expect(judge(trial({ result: "invalid", run })).verdict).toBe("error");
      expect(judge(trial({ run })).verdict).toBe("error");
    }
  });

  test("as refused when an encoding outside the token is", () => {
    const run = (): never => {
      throw new Refusal("not DER");
    };
    expect(judge(trial({ result: "invalid", run })).verdict).toBe("passed");
  });
});
