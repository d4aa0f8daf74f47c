import { describe, expect, test } from "vitest";
import { toHex } from "../../src/bytes/bytes.ts";
import type { MlDsaSet, PqInput, SlhDsaSet } from "../../src/crypto/engine.ts";
import { mlDsa, slhDsa } from "../../src/crypto/pq-signature.ts";
import { seededRng } from "../support/seeded-rng.ts";
import { hex, readVectors, type WycheproofCase, wycheproof } from "../support/vectors.ts";

const ML_DSA: readonly MlDsaSet[] = ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"];
const none = new Uint8Array(0);
const message = new TextEncoder().encode("stateless");

/** The first cases of every flag and verdict: `npm run verify` runs them all. */
function slice<C extends WycheproofCase>(cases: readonly C[], each: number): readonly C[] {
  const counts = new Map<string, number>();
  return cases.filter(({ flags, result }) => {
    const kind = `${flags[0]} ${result}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return (counts.get(kind) as number) <= each;
  });
}

interface SignCase {
  readonly msg?: string;
  readonly mu?: string;
  readonly ctx?: string;
  readonly sig: string;
}

const inputOf = ({ msg, mu, ctx = "" }: Omit<SignCase, "sig">): PqInput =>
  msg === undefined ? { mu: hex(mu) } : { message: hex(msg), context: hex(ctx) };

describe.each(ML_DSA)("%s", (set) => {
  const scheme = mlDsa(set);
  const file = set.toLowerCase().replace("-", "").replace("-", "_");

  test("Wycheproof: verification gives the verdicts of the file", () => {
    const { groups } = wycheproof<{ publicKey: string }, SignCase>(`${file}_verify_test.json`);
    const cases = groups.flatMap(({ publicKey, tests }) => tests.map((one) => ({ publicKey, ...one })));
    const seen = new Set<string>();
    for (const { tcId, comment, publicKey, sig, result, ...given } of slice(cases, 2)) {
      const key = scheme.publicKey(hex(publicKey));
      expect(key?.verify(inputOf(given), hex(sig)) === true, `${tcId} ${comment}`).toBe(result === "valid");
      seen.add(result);
    }
    expect(seen.size).toBe(2);
  });

  test.each(["seed", "noseed"])("Wycheproof: deterministic signatures from a key, %s", (kind) => {
    const { groups } = wycheproof<{ privateSeed?: string; privateKey?: string }, SignCase>(
      `${file}_sign_${kind}_test.json`,
    );
    const cases = groups.flatMap(({ privateSeed, privateKey, tests }) =>
      tests.map((one) => ({ privateSeed, privateKey, ...one })),
    );
    const seen = new Set<string>();
    for (const { tcId, comment, flags, privateSeed, privateKey, sig, result, ...given } of slice(cases, 2)) {
      if (flags.includes("Randomized")) continue;
      const bytes = () => (privateSeed === undefined ? hex(privateKey) : scheme.generate(hex(privateSeed)).privateKey);
      const sign = () => scheme.privateKey(bytes())!.sign(inputOf(given), undefined);
      if (result === "valid") expect(toHex(sign()), `${tcId} ${comment}`).toBe(sig);
      else expect(sign, `${tcId} ${comment}`).toThrow();
      seen.add(result);
    }
    expect(seen.size).toBe(2);
  });

  test("a hedged signature is another one each time, draws 32 bytes, and verifies under its own context alone", () => {
    const rng = seededRng(set);
    const { publicKey, privateKey } = scheme.generate(rng(scheme.seedBytes));
    const [key, verifier] = [scheme.privateKey(privateKey)!, scheme.publicKey(publicKey)!];
    expect(key.publicKey()).toEqual(publicKey);
    const input = { message, context: Uint8Array.of(1) };
    const drawn: number[] = [];
    const counting = (length: number) => {
      drawn.push(length);
      return rng(length);
    };
    const [first, second] = [key.sign(input, counting), key.sign(input, counting)];
    expect(drawn).toEqual([32, 32]);
    expect(first).toHaveLength(scheme.signatureBytes);
    expect(first).not.toEqual(second);
    expect(key.sign(input, undefined)).toEqual(key.sign(input, undefined));
    for (const signature of [first, second]) {
      expect(verifier.verify(input, signature)).toBe(true);
      expect(verifier.verify({ message, context: none }, signature)).toBe(false);
      expect(verifier.verify({ ...input, message: none }, signature)).toBe(false);
      expect(verifier.verify(input, signature.subarray(1))).toBe(false);
    }
    const pure = key.sign({ message, context: none }, undefined);
    expect(verifier.verify({ formatted: Uint8Array.of(0, 0, ...message) }, pure)).toBe(true);
    expect(() => key.sign({ message, context: new Uint8Array(256) }, undefined)).toThrow(RangeError);
    expect(() => key.sign({ mu: new Uint8Array(63) }, undefined)).toThrow(RangeError);
    key.destroy();
    expect(() => key.sign(input, undefined)).toThrow("destroyed");
  });

  test("a private key whose parts do not belong together is refused", () => {
    const { privateKey } = scheme.generate(new Uint8Array(32));
    for (const at of [0, 64, 127, 200]) {
      const changed = Uint8Array.from(privateKey);
      changed[at]! ^= 1;
      expect(scheme.privateKey(changed), `byte ${at}`).toBeUndefined();
    }
    expect(scheme.privateKey(privateKey.subarray(1))).toBeUndefined();
    expect(scheme.publicKey(new Uint8Array(scheme.publicKeyBytes + 1))).toBeUndefined();
  });
});

interface AcvpGroup {
  readonly tgId: number;
  readonly parameterSet: SlhDsaSet;
  readonly deterministic: boolean;
  readonly signatureInterface: string;
  readonly preHash: string;
  readonly tests: readonly (Record<string, string> & { tcId: number; expected: { signature: string } })[];
}

const acvp = (name: string): { testGroups: readonly AcvpGroup[] } => {
  const file = JSON.parse(readVectors(name));
  return Array.isArray(file) ? file.at(-1) : file;
};

describe("SLH-DSA", () => {
  const prompt = acvp("slhdsa/testdata/keyGen_prompt.json").testGroups;
  const results = acvp("slhdsa/testdata/keyGen_results.json").testGroups;

  test("ACVP: keys of the fast parameter sets come from their seeds", () => {
    const groups = prompt.filter(({ parameterSet }) => parameterSet.endsWith("f"));
    for (const { tgId, parameterSet, tests } of groups) {
      const { tcId, skSeed, skPrf, pkSeed } = tests[0]!;
      const expected = results.find((group) => group.tgId === tgId)!.tests.find((one) => one.tcId === tcId)!;
      const scheme = slhDsa(parameterSet);
      const { publicKey, privateKey } = scheme.generate(hex(`${skSeed}${skPrf}${pkSeed}`));
      expect(publicKey, parameterSet).toEqual(hex(expected["pk"]));
      expect(privateKey, parameterSet).toEqual(hex(expected["sk"]));
      expect(scheme.privateKey(privateKey)!.publicKey()).toEqual(publicKey);
      expect(scheme.publicKey(publicKey.subarray(1))).toBeUndefined();
      expect(scheme.privateKey(privateKey.subarray(1))).toBeUndefined();
    }
    expect([prompt.length, groups.length]).toEqual([12, 6]);
  });

  const sigGen = acvp("SLH-DSA-sigGen-FIPS205-trim1.json").testGroups.filter(
    ({ signatureInterface, preHash }) => signatureInterface === "external" && preHash === "pure",
  );

  test("ACVP: signatures of every parameter set verify, and no others", () => {
    const groups = sigGen.filter(({ deterministic }) => deterministic);
    for (const { parameterSet, tests } of groups) {
      const { sk, message: text, context, expected } = tests[0]!;
      const scheme = slhDsa(parameterSet);
      const publicKey = scheme.publicKey(hex(sk).slice(-scheme.publicKeyBytes))!;
      const [input, signature] = [{ message: hex(text), context: hex(context) }, hex(expected.signature)];
      expect(signature).toHaveLength(scheme.signatureBytes);
      expect(publicKey.verify(input, signature), parameterSet).toBe(true);
      const changed = Uint8Array.from(signature);
      changed[signature.length - 1]! ^= 1;
      expect(publicKey.verify(input, changed)).toBe(false);
      expect(publicKey.verify({ ...input, context: message }, signature)).toBe(false);
      expect(publicKey.verify(input, signature.subarray(1))).toBe(false);
      expect(publicKey.verify({ mu: new Uint8Array(64) }, signature)).toBe(false);
    }
    expect(groups).toHaveLength(12);
  });

  test("ACVP: SLH-DSA-SHA2-128f signs deterministically and hedged", () => {
    const groups = sigGen.filter(({ parameterSet }) => parameterSet === "SLH-DSA-SHA2-128f");
    for (const { deterministic, parameterSet, tests } of groups) {
      const { sk, message: text, context, additionalRandomness, expected } = tests[0]!;
      const key = slhDsa(parameterSet).privateKey(hex(sk))!;
      const rng = deterministic ? undefined : () => hex(additionalRandomness);
      const signature = key.sign({ message: hex(text), context: hex(context) }, rng);
      expect(toHex(signature).toUpperCase()).toBe(expected.signature);
      key.destroy();
      expect(() => key.sign({ message, context: none }, rng)).toThrow("destroyed");
    }
    expect(groups).toHaveLength(2);
    const { privateKey } = slhDsa("SLH-DSA-SHA2-128f").generate(new Uint8Array(48));
    expect(() =>
      slhDsa("SLH-DSA-SHA2-128f")
        .privateKey(privateKey)!
        .sign({ mu: new Uint8Array(64) }, undefined),
    ).toThrow(RangeError);
  });
});
