import { expect, test } from "vitest";
import { CKP } from "../../src/cryptoki/constants.ts";
import { keyTypes } from "../../src/mechanisms/key-types.ts";
import { mlKem, mlKemKeyPairGen } from "../../src/mechanisms/ml-kem.ts";
import { mechanismInfo } from "../../src/mechanisms/registry.ts";
import { strengthOf } from "../../src/objects/strength.ts";
import { context, expectCkr, finish, object, secretObject, secretOf } from "./support/keys.ts";

const ctx = context("ml-kem");
const { ML_KEM } = keyTypes;

test.each([
  ["ML-KEM-512", 128],
  ["ML-KEM-768", 192],
  ["ML-KEM-1024", 256],
] as const)("%s: both halves agree, and keys come back from their attributes", (parameterSet, strength) => {
  const PARAMETER_SET = CKP.ML_KEM[parameterSet];
  const made = finish(mlKemKeyPairGen.generateKeyPair!(ctx, { parameterSet }, {}));
  const [publicKey, privateKey] = [object(made.publicKey), object(made.privateKey)];
  const { ciphertext, sharedSecret } = mlKem.encapsulate!(ctx, publicKey, {});
  expect(mlKem.decapsulate!(ctx, privateKey, {}, ciphertext)).toEqual(sharedSecret);
  expect(strengthOf(privateKey)).toBe(strength);
  expect(ML_KEM.importPublic!(ctx, made.publicKey.attributes)).toEqual(made.publicKey);

  const VALUE = secretOf(privateKey, "VALUE");
  const SEED = privateKey.secret("SEED").use((seed) => Uint8Array.from(seed));
  for (const given of [{ VALUE }, { SEED }, { VALUE, SEED }]) {
    const again = object(ML_KEM.importPrivate!(ctx, { PARAMETER_SET, ...given }));
    expect(mlKem.decapsulate!(ctx, again, {}, ciphertext)).toEqual(sharedSecret);
  }
  const changed = Uint8Array.from(VALUE);
  changed[VALUE.length - 40]! ^= 1;
  for (const bad of [{ VALUE: changed }, { VALUE: VALUE.subarray(1) }, { VALUE: changed, SEED }, { SEED: VALUE }]) {
    expectCkr("ATTRIBUTE_VALUE_INVALID", () => ML_KEM.importPrivate!(ctx, { PARAMETER_SET, ...bad }));
  }
  expectCkr("KEY_TYPE_INCONSISTENT", () => mlKem.encapsulate!(ctx, privateKey, {}));
  expectCkr("KEY_TYPE_INCONSISTENT", () => mlKem.decapsulate!(ctx, publicKey, {}, ciphertext));
});

test("keys of another type are refused, and the flags say what it does", () => {
  const other = secretObject(new Uint8Array(32));
  expectCkr("KEY_TYPE_INCONSISTENT", () => mlKem.encapsulate!(ctx, other, {}));
  expectCkr("KEY_TYPE_INCONSISTENT", () => mlKem.decapsulate!(ctx, other, {}, new Uint8Array(768)));
  expect(mechanismInfo("ML_KEM").flags).toEqual(["encapsulate", "decapsulate"]);
  expectCkr("MECHANISM_PARAM_INVALID", () => mlKemKeyPairGen.parse({ parameterSet: "ML-DSA-44" }));
});
