/** The table of self-tests against the source, the engines and broken engines. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { AesKey, Engine } from "../../src/crypto/engine.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { type KnownAnswerName, knownAnswerTests } from "../../src/selftest/all.ts";
import { pairwiseTests } from "../../src/selftest/pairwise.ts";
import { selfTestedEngine } from "../../src/selftest/self-tested-engine.ts";
import { SelfTests, selfTestNames } from "../../src/selftest/self-tests.ts";
import { overEngines } from "../crypto/engine-suite.ts";

/** Every self-test there is. Who adds one to the table, or takes one out, says so here. */
// biome-ignore format: a list
const NAMES = [
  ...["SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA512_224", "SHA512_256", "SHA3_224", "SHA3_256", "SHA3_384", "SHA3_512", "SM3"],
  ...["HMAC-SHA1", "HMAC-SHA224", "HMAC-SHA256", "HMAC-SHA384", "HMAC-SHA512", "HMAC-SHA512_224", "HMAC-SHA512_256", "HMAC-SHA3_224", "HMAC-SHA3_256"],
  ...["HMAC-SHA3_384", "HMAC-SHA3_512", "HMAC-SM3", "SHAKE128", "SHAKE256", "AES-GCM", "AES-CBC", "AES-CTR", "AES-CMAC", "AES-KW"],
  ...["AES-KWP", "CCM", "SM4-GCM", "SM4-CBC", "SM4-CTR", "ECDSA P-256 sign", "ECDSA P-384 sign"],
  ...["ECDSA P-521 sign", "ECDSA secp256k1 sign", "ECDSA P-224 sign", "ECDSA brainpoolP256r1 sign", "ECDSA brainpoolP384r1 sign"],
  ...["ECDSA brainpoolP512r1 sign", "ECDSA P-256 verify", "ECDSA P-384 verify", "ECDSA P-521 verify"],
  ...["ECDSA secp256k1 verify", "ECDSA P-224 verify", "ECDSA brainpoolP256r1 verify", "ECDSA brainpoolP384r1 verify"],
  ...["ECDSA brainpoolP512r1 verify", "ECDH P-256", "ECDH P-384", "ECDH P-521", "ECDH secp256k1", "ECDH P-224", "ECDH brainpoolP256r1", "ECDH brainpoolP384r1"],
  ...["ECDH brainpoolP512r1", "Ed25519 sign"],
  ...["Ed25519 verify", "Ed448 sign", "Ed448 verify", "X25519", "X448", "SM2 sign", "SM2 verify", "SM2 encrypt"],
  ...["SM2 decrypt", "SM2 agreement", "RSA sign", "RSA verify", "RSA encrypt", "RSA decrypt", "ML-KEM-512"],
  ...["ML-KEM-768", "ML-KEM-1024", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87", "SLH-DSA SHA2", "SLH-DSA SHAKE", "HKDF"],
  ...["KDF SP 800-108", "KDF X9.63", "PBKDF2", "CTR_DRBG", "scrypt", "pairwise RSA signature", "pairwise RSA encryption"],
  ...["pairwise ECDSA", "pairwise ECDH", "pairwise EdDSA", "pairwise X25519 and X448", "pairwise SM2 signature"],
  ...["pairwise SM2 encryption", "pairwise SM2 agreement", "pairwise ML-DSA", "pairwise SLH-DSA"],
  ...["pairwise ML-KEM"],
];

const names = Object.keys(knownAnswerTests) as KnownAnswerName[];
const source = (path: string): string => readFileSync(join(import.meta.dirname, "../../src", path), "utf8");
const contract = source("crypto/engine.ts");

/** The names of a union type of strings in the contract. */
function union(type: string): string[] {
  const text = new RegExp(`export type ${type} =([^;]*);`).exec(contract)?.[1];
  return [...(text ?? "").matchAll(/"([^"]+)"/g)].map((match) => match[1] as string);
}

/** The members of the contract that make keys and digests. */
const members = [
  ...(/export interface Engine \{\n([\s\S]*?)\n\}/.exec(contract)?.[1] ?? "").matchAll(
    /^ {2}readonly (\w+): (?:\(|AesMaker)/gm,
  ),
].map((match) => match[1] as keyof Engine);

/** What the first argument of a member chooses. */
const CHOICES: Readonly<Partial<Record<keyof Engine, readonly string[]>>> = {
  digest: union("HashName"),
  hash: union("HashName"),
  xof: union("XofName"),
  hmac: union("HashName"),
  ecPublic: union("CurveName"),
  ecPrivate: union("CurveName"),
  ecGenerate: union("CurveName"),
  xPrivate: union("XCurveName"),
  mlDsa: union("MlDsaSet"),
  slhDsa: union("SlhDsaSet"),
  mlKem: union("MlKemSet"),
};

/** The tests that stand before a member of the contract. */
function testsBefore(member: keyof Engine, choice?: string): string[] {
  const required: string[] = [];
  const idle = Object.fromEntries(members.map((name) => [name, () => undefined])) as unknown as Engine;
  const { engine } = selfTestedEngine(idle, (name) => required.push(name));
  // PBKDF2's hash is in its parameters.
  const given = member === "pbkdf2" ? ["", { hash: "SHA256" }] : [choice];
  (engine[member] as (...given: unknown[]) => unknown)(...given);
  return required;
}

test("the list of self-tests is the table's", () => {
  expect(selfTestNames).toEqual(NAMES);
  expect(selfTestNames).toEqual([...names, ...Object.keys(pairwiseTests)]);
});

test("the contract is read as it is written", () => {
  expect(members.length).toBe(Object.keys(pureEngine).length - 1);
  expect(Object.values(CHOICES).map((choices) => choices.length)).not.toContain(0);
});

describe("every algorithm of the contract stands behind a test of its own", () => {
  test.each(members)("%s", (member) => {
    for (const choice of CHOICES[member] ?? [undefined]) {
      const before = testsBefore(member, choice);
      expect(before.length, `src/selftest: ${member} ${choice} needs a known-answer test before it`).toBeGreaterThan(0);
      for (const name of before) {
        expect(names, `src/selftest/all.ts: there is no row ${name}, which ${member} ${choice} asks for`).toContain(
          name,
        );
      }
    }
  });

  test("no two hashes, MACs, curves or parameter sets of a lattice have a test in common", () => {
    for (const member of ["digest", "hmac", "ecPublic", "ecPrivate", "xPrivate", "mlDsa", "mlKem"] as const) {
      const choices = CHOICES[member] ?? [];
      const first = choices.map((choice) => testsBefore(member, choice)[0]);
      expect(new Set(first).size, `src/selftest: each choice of ${member} needs a row: ${choices}`).toBe(
        choices.length,
      );
    }
  });
});

test("every row of the table stands before something", () => {
  const reached = members.flatMap((member) =>
    (CHOICES[member] ?? [undefined]).flatMap((choice) => testsBefore(member, choice)),
  );
  const byToken = [source("token/hsm.ts"), source("token/token.ts")].flatMap((text) =>
    [...text.matchAll(/elfTests\.require\("([^"]+)"\)/g)].map((match) => match[1] as string),
  );
  expect([...new Set([...reached, ...byToken])].sort()).toEqual([...names].sort());
});

/** The engine's own answers with a bit changed, and its verdicts turned round. */
function broken<T>(value: T): T {
  if (typeof value === "boolean") return !value as T;
  if (value instanceof Uint8Array) return value.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) as T;
  if (typeof value === "function") return ((...given: unknown[]) => broken(value(...given))) as T;
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      const member = Reflect.get(target, key) as unknown;
      return broken(typeof member === "function" ? member.bind(target) : member);
    },
  });
}

overEngines((engine) => {
  test.each(names)("%s gives the known answer", (name) => {
    expect(knownAnswerTests[name].run(engine)).toBe(true);
  });

  test.each(names.filter((name) => name !== "CTR_DRBG" && name !== "scrypt"))("%s fails on a broken engine", (name) => {
    const failed: string[] = [];
    const tests = new SelfTests(broken({ ...engine }), [], (failing) => {
      failed.push(failing);
      throw new Error(failing);
    });
    expect(() => tests.require(name)).toThrow(name);
    expect(failed).toEqual([name]);
  });
});

test("an AES key for one mode stands behind that mode's test, and a key for all modes behind all of them", () => {
  const required: string[] = [];
  const { engine } = selfTestedEngine(pureEngine, (name) => required.push(name));
  const key = new Uint8Array(16);
  engine.aes(key, "GCM");
  expect(required.splice(0)).toEqual(["AES-GCM"]);
  engine.aes(key, "CBC");
  expect(required.splice(0)).toEqual(["AES-CBC"]);
  engine.aes(key);
  expect(required.splice(0).sort()).toEqual(names.filter((name) => /^AES-|^CCM$/.test(name)).sort());
});

describe("what has passed", () => {
  const counting = (): { engine: Engine; calls: () => number } => {
    let calls = 0;
    const digest: Engine["digest"] = (hash, data) => {
      calls++;
      return pureEngine.digest(hash, data);
    };
    return { engine: { ...pureEngine, digest }, calls: () => calls };
  };
  const never = (name: string): never => {
    throw new Error(name);
  };

  test("is not tested again, not even for a second module on the engine, until it starts anew", () => {
    const { engine, calls } = counting();
    const first = new SelfTests(engine, [], never);
    first.engine.digest("SHA256", new Uint8Array(1));
    expect(calls()).toBe(2);
    first.engine.hash("SHA256");
    const second = new SelfTests(engine, [], never);
    second.engine.hash("SHA256");
    expect(calls()).toBe(2);
    second.reset();
    second.engine.hash("SHA256");
    expect(calls()).toBe(3);
    first.engine.hash("SHA256");
    expect(calls()).toBe(3);
  });

  test("does not keep a test from being made to fail", () => {
    const { engine } = counting();
    new SelfTests(engine, [], never).require("SHA256");
    expect(() => new SelfTests(engine, ["SHA256"], never).engine.hash("SHA256")).toThrow("SHA256");
  });

  test("leaves the engine's own objects: an operation costs nothing more", () => {
    const made = {} as AesKey;
    const { engine } = selfTestedEngine({ ...pureEngine, aes: () => made }, () => undefined);
    expect(engine.aes(new Uint8Array(16))).toBe(made);
  });
});
