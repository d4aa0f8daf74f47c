import { describe, expect, test } from "vitest";
import { mlDsaKeyGen, mlDsaSigGen, mlDsaSigVer } from "../../../src/conformance/acvp/handlers/ml-dsa.ts";
import { mlKemEncapDecap, mlKemKeyGen } from "../../../src/conformance/acvp/handlers/ml-kem.ts";
import { slhDsaKeyGen, slhDsaSigGen, slhDsaSigVer } from "../../../src/conformance/acvp/handlers/slh-dsa.ts";
import { type AcvpCase, joinAcvp, parseAcvp } from "../../../src/conformance/parsers/acvp.ts";
import type { JsonObject } from "../../../src/conformance/parsers/json.ts";
import { answered, broken, checks, compared, reasonOf, vector } from "./harness.ts";

const KEM = "circl/kem/mlkem/testdata/";
const DSA = "circl/sign/mldsa/testdata/";
const SLH = "circl/sign/slhdsa/testdata/";

/** The first cases of each group. */
function first(count: number): (one: AcvpCase) => boolean {
  const seen = new Map<number, number>();
  return ({ tgId }) => {
    seen.set(tgId, (seen.get(tgId) ?? 0) + 1);
    return (seen.get(tgId) ?? 0) <= count;
  };
}

describe("ML-KEM", () => {
  test("keys from d and z, ciphertexts from m and decapsulated secrets are those of the files", () => {
    for (const [mode, cases] of [
      ["keyGen", 75],
      ["encapDecap", 105],
    ] as const) {
      const folder = `${KEM}ML-KEM-${mode}-FIPS203/`;
      const handlers = [mlKemKeyGen, mlKemEncapDecap];
      const tally = compared(handlers, vector(`${folder}prompt.json`), vector(`${folder}expectedResults.json`));
      expect(tally).toEqual({ equal: cases, different: [], unanswered: {} });
    }
  });

  test("a decapsulation key may be its seed, and both keys are checked", () => {
    const parameterSet = "ML-KEM-768";
    const seed = { d: "11".repeat(32), z: "22".repeat(32) };
    const [{ ek, dk } = {} as JsonObject] = answered(mlKemKeyGen, { parameterSet }, [seed]).tests;
    const ask = (name: string, ...tests: JsonObject[]) =>
      answered(mlKemEncapDecap, { parameterSet, function: name }, tests).tests;
    const [{ c, k } = {} as JsonObject] = ask("encapsulation", { ek: ek ?? "", m: "33".repeat(32) });
    expect(ask("decapsulation", { ...seed, c: c ?? "" }, { dk: dk ?? "", c: c ?? "" })).toEqual([{ k }, { k }]);
    const badKey = `${String(dk).slice(0, -130)}${broken(String(dk).slice(-130, -128))}${String(dk).slice(-128)}`;
    expect(ask("decapsulationKeyCheck", { dk: dk ?? "" }, { dk: badKey }, { dk: String(dk).slice(2) })).toEqual([
      { testPassed: true },
      { testPassed: false },
      { testPassed: false },
    ]);
    const tooLarge = `FFFF${String(ek).slice(4)}`;
    expect(ask("encapsulationKeyCheck", { ek: ek ?? "" }, { ek: tooLarge })).toEqual([
      { testPassed: true },
      { testPassed: false },
    ]);
    const group = { parameterSet, function: "decapsulationKeyCheck", keyFormat: "none" };
    expect(reasonOf(mlKemEncapDecap, group)).toBe("acvp-input-missing");
    expect(reasonOf(mlKemKeyGen, { parameterSet: "ML-KEM-256" }, seed)).toBe("no-mechanism");
  });
});

describe("ML-DSA", () => {
  test.each([
    ["keyGen", 75],
    ["sigGen", 60],
    ["sigVer", 45],
  ] as const)(
    "every case of %s is answered as the file has it, hedged ones with their rnd among them",
    (mode, cases) => {
      const folder = `${DSA}ML-DSA-${mode}-FIPS204/`;
      const handlers = [mlDsaKeyGen, mlDsaSigGen, mlDsaSigVer];
      const tally = compared(handlers, vector(`${folder}prompt.json`), vector(`${folder}expectedResults.json`));
      expect(tally).toEqual({ equal: cases, different: [], unanswered: {} });
    },
  );

  const parameterSet = "ML-DSA-44";
  const seed = "44".repeat(32);
  const [{ pk = "", sk = "" } = {} as JsonObject] = answered(mlDsaKeyGen, { parameterSet }, [{ seed }]).tests;
  const external = { parameterSet, signatureInterface: "external", deterministic: true };
  const asked = { sk, message: "0102", context: "AA" };

  test("each interface verifies what it has signed, and nothing of another", () => {
    const ways: [group: JsonObject, members: JsonObject][] = [
      [{ ...external, preHash: "pure" }, asked],
      [
        { ...external, preHash: "preHash" },
        { ...asked, hashAlg: "SHA2-256" },
      ],
      [
        { ...external, preHash: "preHash" },
        { ...asked, hashAlg: "SHAKE-128" },
      ],
      [{ ...external, signatureInterface: "internal", externalMu: false }, asked],
      [
        { ...external, signatureInterface: "internal", externalMu: true },
        { sk, mu: "05".repeat(64) },
      ],
    ];
    const signatures = ways.map(([group, members]) => answered(mlDsaSigGen, group, [members]).tests[0]?.["signature"]);
    expect(new Set(signatures).size).toBe(ways.length);
    for (const [group, members] of ways) {
      const verdicts = signatures.map((signature) => ({ ...members, pk, signature: signature ?? "" }));
      const passed = answered(mlDsaSigVer, group, verdicts).tests.map(({ testPassed }) => testPassed);
      const own = answered(mlDsaSigGen, group, [members]).tests[0]?.["signature"];
      expect(passed).toEqual(signatures.map((signature) => signature === own));
    }
    const bySeed = { seed, message: asked.message, context: asked.context };
    const [{ signature } = {} as JsonObject] = answered(mlDsaSigGen, { ...external, preHash: "pure" }, [bySeed]).tests;
    expect(signature).toBe(signatures[0]);
    expect(reasonOf(mlDsaSigGen, { ...external, preHash: "preHash" }, { ...asked, hashAlg: "MD5" })).toBe(
      "no-mechanism",
    );
  });

  test("a deterministic answer is to be compared; a hedged one and one of an own key verify, a broken one does not", () => {
    const group = { ...external, preHash: "pure" };
    expect(checks(mlDsaSigGen, group, [asked], { group: {}, tests: [{}] })).toEqual(["compare"]);
    const hedged = { ...group, deterministic: false };
    const { sk: _, ...own } = asked;
    for (const test of [asked, own]) {
      const found = answered(mlDsaSigGen, hedged, [test]);
      const signature = broken(found.tests[0]?.["signature"]);
      expect(checks(mlDsaSigGen, hedged, [test], found)).toEqual([undefined]);
      expect(checks(mlDsaSigGen, hedged, [test], { ...found, tests: [{ signature }] })[0]).toBeTypeOf("string");
      expect(checks(mlDsaSigGen, hedged, [test], { ...found, tests: [{}] })[0]).toBeTypeOf("string");
    }
  });
});

describe("SLH-DSA", () => {
  // The fast sets alone: a signature of a small one takes seconds.
  const isFast = ({ group }: AcvpCase) => String(group["parameterSet"]).endsWith("128f");

  test("keys of the fast sets are those of the file", () => {
    const choose = first(1);
    const tally = compared(
      [slhDsaKeyGen],
      vector(`${SLH}keyGen_prompt.json`),
      vector(`${SLH}keyGen_results.json`),
      (one) => isFast(one) && choose(one),
    );
    expect(tally).toEqual({ equal: 2, different: [], unanswered: {} });
  });

  test("signatures, pure and pre-hashed, external and internal, are those of the file", () => {
    const text = vector("circl/SLH-DSA-sigGen-FIPS205-trim1.json");
    const isOfSha2 = (one: AcvpCase) => one.group["parameterSet"] === "SLH-DSA-SHA2-128f";
    const kinds = new Set(
      parseAcvp(text)
        .cases.filter(isOfSha2)
        .map(({ group }) => `${group["signatureInterface"]} ${group["preHash"]}`),
    );
    expect([...kinds].sort()).toEqual(["external preHash", "external pure", "internal undefined"]);
    const tally = compared([slhDsaSigGen], text, undefined, isOfSha2);
    expect(tally).toEqual({ equal: expect.any(Number), different: [], unanswered: {} });
    expect(tally.equal).toBe(6);
  });

  test("verdicts are those of the file", () => {
    const tally = compared([slhDsaSigVer], vector("circl/SLH-DSA-sigVer-FIPS205-trim1.json"), undefined, isFast);
    expect(tally).toEqual({ equal: expect.any(Number), different: [], unanswered: {} });
    expect(tally.equal).toBeGreaterThan(5);
  });

  test("a hedged answer verifies and a broken one does not", () => {
    const [one] = joinAcvp(parseAcvp(vector("circl/SLH-DSA-sigGen-FIPS205-trim1.json")));
    const group = { ...one?.group, deterministic: false };
    const asked = one?.test ?? {};
    const found = answered(slhDsaSigGen, group, [asked]);
    expect(found.tests[0]?.["signature"]).not.toBe(one?.expected["signature"]);
    expect(checks(slhDsaSigGen, group, [asked], found)).toEqual([undefined]);
    const signature = broken(found.tests[0]?.["signature"]);
    expect(checks(slhDsaSigGen, group, [asked], { group: {}, tests: [{ signature }] })[0]).toBeTypeOf("string");
    expect(checks(slhDsaSigGen, { ...group, deterministic: true }, [asked], found)).toEqual(["compare"]);
  });
});
