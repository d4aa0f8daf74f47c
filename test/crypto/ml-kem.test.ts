import { describe, expect, test } from "vitest";
import type { MlKemSet } from "../../src/crypto/engine.ts";
import { mlKem } from "../../src/crypto/ml-kem.ts";
import { seededRng } from "../support/seeded-rng.ts";
import { hex, readVectors, wycheproof } from "../support/vectors.ts";

interface Group {
  readonly tgId: number;
  readonly parameterSet: MlKemSet;
  readonly function: string;
  readonly dk?: string;
  readonly tests: readonly (Record<string, string> & { tcId: number })[];
}

function groups(name: string): readonly Group[] {
  const file = JSON.parse(readVectors(`ML-KEM-encapDecap-FIPS203/${name}.json`));
  return (Array.isArray(file) ? file.at(-1) : file).testGroups;
}

const expected = new Map(groups("expectedResults").flatMap(({ tests }) => tests.map((one) => [one.tcId, one])));

describe.each<MlKemSet>(["ML-KEM-512", "ML-KEM-768", "ML-KEM-1024"])("%s", (set) => {
  const kem = mlKem(set);
  const rng = seededRng(set);
  const prompts = groups("prompt").filter(({ parameterSet }) => parameterSet === set);
  const file = (what: string): string => `mlkem_${set.slice(7)}_${what}test.json`;

  test("ACVP: encapsulation gives the ciphertexts and secrets of the file", () => {
    const { tests } = prompts.find((group) => group.function === "encapsulation")!;
    for (const { tcId, ek, m } of tests.slice(0, 8)) {
      const { ciphertext, sharedSecret } = kem.publicKey(hex(ek))!.encapsulate(() => hex(m));
      expect(ciphertext, `case ${tcId}`).toEqual(hex(expected.get(tcId)!["c"]));
      expect(sharedSecret, `case ${tcId}`).toEqual(hex(expected.get(tcId)!["k"]));
    }
  });

  test("ACVP: decapsulation gives the secrets of the file, those of rejected ciphertexts among them", () => {
    const { dk, tests } = prompts.find((group) => group.function === "decapsulation")!;
    for (const { tcId, c } of tests) {
      expect(kem.privateKey(hex(dk))!.decapsulate(hex(c)), `case ${tcId}`).toEqual(hex(expected.get(tcId)!["k"]));
    }
    expect(tests).toHaveLength(10);
  });

  test("Wycheproof: seeds give their keys, and keys that are not reduced modulo q are refused", () => {
    const generated = wycheproof<object, Record<"seed" | "ek" | "dk", string>>(file("keygen_seed_"));
    for (const { seed, ek, dk, result } of generated.groups.flatMap(({ tests }) => tests).slice(0, 8)) {
      expect(result).toBe("valid");
      const { publicKey, privateKey } = kem.generate(hex(seed));
      expect([publicKey, privateKey]).toEqual([hex(ek), hex(dk)]);
      expect(kem.privateKey(privateKey)!.publicKey()).toEqual(publicKey);
    }
    const encaps = wycheproof<object, Record<"ek" | "m" | "c" | "K", string>>(file("encaps_"));
    let refused = 0;
    for (const { tcId, ek, m, c, K, result } of encaps.groups.flatMap(({ tests }) => tests)) {
      if (result === "valid" && tcId % 16 !== 0) continue;
      const key = kem.publicKey(hex(ek));
      if (result === "invalid") {
        expect(key, `case ${tcId}`).toBeUndefined();
        refused++;
      } else {
        expect(key!.encapsulate(() => hex(m))).toEqual({ ciphertext: hex(c), sharedSecret: hex(K) });
      }
    }
    expect(refused).toBeGreaterThan(5);
  });

  test("both sides agree; a changed ciphertext gives another secret, the same each time", () => {
    const { publicKey, privateKey } = kem.generate(rng(kem.seedBytes));
    const { ciphertext, sharedSecret } = kem.publicKey(publicKey)!.encapsulate(rng);
    expect([publicKey.length, ciphertext.length]).toEqual([kem.publicKeyBytes, kem.ciphertextBytes]);
    const key = kem.privateKey(privateKey)!;
    expect(key.decapsulate(ciphertext)).toEqual(sharedSecret);
    expect(sharedSecret.buffer.byteLength).toBe(32);
    const changed = Uint8Array.from(ciphertext);
    changed[0]! ^= 1;
    expect(key.decapsulate(changed)).not.toEqual(sharedSecret);
    expect(key.decapsulate(changed)).toEqual(key.decapsulate(changed));
    for (const length of [0, ciphertext.length - 1, ciphertext.length + 1]) {
      expect(key.decapsulate(new Uint8Array(length))).toBeUndefined();
    }
    key.destroy();
    expect(() => key.decapsulate(ciphertext)).toThrow("destroyed");
  });

  test("a private key of another length, with another hash or with a key inside that is none is refused", () => {
    const { privateKey } = kem.generate(rng(kem.seedBytes));
    const inside = (privateKey.length - 96) / 2;
    for (const at of [inside, privateKey.length - 33, privateKey.length - 64]) {
      const changed = Uint8Array.from(privateKey);
      changed[at]! ^= 1;
      expect(kem.privateKey(changed), `byte ${at}`).toBeUndefined();
    }
    expect(kem.privateKey(privateKey.subarray(1))).toBeUndefined();
    expect(kem.publicKey(new Uint8Array(kem.publicKeyBytes - 1))).toBeUndefined();
    expect(kem.publicKey(new Uint8Array(kem.publicKeyBytes).fill(0xff))).toBeUndefined();
  });
});
