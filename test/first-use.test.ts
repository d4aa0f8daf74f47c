/** What is made only for those who use it, seen without a clock. */

import { beforeEach, expect, test, vi } from "vitest";
import type { CurveName } from "../src/crypto/engine.ts";
import { createHsm } from "../src/index.ts";
import { createKms } from "../src/kms.ts";

const made = vi.hoisted(() => ({ curves: [] as string[], tables: 0 }));

vi.mock("@noble/curves/abstract/weierstrass.js", async (actual) => {
  const module = await actual<typeof import("@noble/curves/abstract/weierstrass.js")>();
  const weierstrass: typeof module.weierstrass = (parameters, options) => {
    made.curves.push(`${parameters.p.toString(2).length} bits`);
    return module.weierstrass(parameters, options);
  };
  return { ...module, weierstrass };
});

/** A module whose tables are counted. */
const counting = vi.hoisted(() => async (actual: () => Promise<{ combOf: (...given: never[]) => unknown }>) => {
  const module = await actual();
  const combOf = (...given: never[]): unknown => {
    made.tables += 1;
    return module.combOf(...given);
  };
  return { ...module, combOf };
});
vi.mock("../src/crypto/field/multiples.ts", (actual) => counting(actual as never));
vi.mock("../src/crypto/field/edwards.ts", (actual) => counting(actual as never));

beforeEach(() => {
  made.curves.length = 0;
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
test.each<[CurveName, string, number]>([
  ["P-521", "521 bits", 1],
  ["brainpoolP512r1", "512 bits", 0],
  ["P-384", "384 bits", 1],
  ["P-224", "224 bits", 0],
])("the first key pair on %s makes that curve and no other, and its table alone", (curve, bits, tables) => {
  const session = createHsm().openSession({ readWrite: true });
  session.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve }, { usage: "sign" });
  expect(made).toEqual({ curves: [bits], tables });
});
