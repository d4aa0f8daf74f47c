/** What is made only for those who use it, seen without a clock. */

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { CurveName } from "../src/crypto/engine.ts";
import type { MechanismChoice } from "../src/mechanisms/registry.ts";

const made: { curves: string[]; tables: number } = { curves: [], tables: 0 };

/** A module with one function that first takes note of its call. */
const noted = <M extends object>(module: M, name: keyof M, note: (...given: never[]) => void): M => ({
  ...module,
  [name]: (...given: never[]) => {
    note(...given);
    return (module[name] as (...given: never[]) => unknown)(...given);
  },
});

const WEIERSTRASS = "@noble/curves/abstract/weierstrass.js";
const TABLES = ["../src/crypto/field/multiples.ts", "../src/crypto/field/edwards.ts"];

let createHsm: typeof import("../src/index.ts").createHsm;
let createKms: typeof import("../src/kms.ts").createKms;

const ec = (curve: CurveName): MechanismChoice => ({ mechanism: "EC_KEY_PAIR_GEN", curve });

beforeAll(async () => {
  // Modules of its own, in which nothing has been used yet; other files of tests share theirs.
  vi.resetModules();
  vi.doMock(WEIERSTRASS, async (actual) =>
    noted(await actual<{ weierstrass: unknown }>(), "weierstrass", ({ p }: { p: bigint }) => {
      made.curves.push(`${p.toString(2).length} bits`);
    }),
  );
  for (const path of TABLES) {
    vi.doMock(path, async (actual) =>
      noted(await actual<{ combOf: unknown }>(), "combOf", () => {
        made.tables += 1;
      }),
    );
  }
  createHsm = (await import("../src/index.ts")).createHsm;
  createKms = (await import("../src/kms.ts")).createKms;
});

afterAll(() => {
  for (const path of [WEIERSTRASS, ...TABLES]) vi.doUnmock(path);
  vi.resetModules();
});

beforeEach(() => {
  made.curves = [];
  made.tables = 0;
});

class CreateKeyCommand {
  readonly input = {};
}

class EncryptCommand {
  readonly input: { readonly KeyId: string; readonly Plaintext: Uint8Array };
  constructor(KeyId: string) {
    this.input = { KeyId, Plaintext: new Uint8Array(32) };
  }
}

test("after the first Encrypt there is no elliptic curve and no table of one", async () => {
  const client = createKms().client();
  const { KeyMetadata } = (await client.send(new CreateKeyCommand() as never)) as { KeyMetadata: { KeyId: string } };
  expect(await client.send(new EncryptCommand(KeyMetadata.KeyId) as never)).toHaveProperty("CiphertextBlob");
  expect(made).toEqual({ curves: [], tables: 0 });
});

/** Curves with generated arithmetic have a table of their base point, which comes with their first pair. */
test.each<[name: string, choice: MechanismChoice, curves: readonly string[], tables: number]>([
  ["P-521", ec("P-521"), ["521 bits"], 1],
  ["brainpoolP512r1", ec("brainpoolP512r1"), ["512 bits"], 0],
  ["P-384", ec("P-384"), ["384 bits"], 1],
  ["P-224", ec("P-224"), ["224 bits"], 0],
  ["the SM2 curve", { mechanism: "PHSM_SM2_KEY_PAIR_GEN" }, ["256 bits"], 1],
  ["Ed25519", { mechanism: "EC_EDWARDS_KEY_PAIR_GEN", curve: "Ed25519" }, [], 1],
])("the first key pair on %s makes that curve and no other, and its table alone; the second nothing", (...row) => {
  const [, choice, curves, tables] = row;
  const session = createHsm().openSession({ readWrite: true });
  session.generateKeyPair(choice, { usage: "sign" });
  expect(made).toEqual({ curves, tables });
  session.generateKeyPair(choice, { usage: "sign" });
  expect(made).toEqual({ curves, tables });
});
