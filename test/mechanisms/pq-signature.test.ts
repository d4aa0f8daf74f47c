import { describe, expect, test } from "vitest";
import { CKP } from "../../src/cryptoki/constants.ts";
import { keyTypes } from "../../src/mechanisms/key-types.ts";
import { mlDsa, mlDsaKeyPairGen, slhDsa, slhDsaKeyPairGen } from "../../src/mechanisms/pq-signature.ts";
import { strengthOf } from "../../src/objects/strength.ts";
import { context, expectCkr, finish, object, secretOf } from "./support/keys.ts";

const ctx = context("pq signatures");
const message = new TextEncoder().encode("FIPS 204 and 205");
const { ML_DSA, SLH_DSA } = keyTypes;

const seedOf = (key: ReturnType<typeof object>) => key.secret("SEED").use((seed) => Uint8Array.from(seed));

describe.each(["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"] as const)("%s", (parameterSet) => {
  const PARAMETER_SET = CKP.ML_DSA[parameterSet];
  const made = finish(mlDsaKeyPairGen.generateKeyPair!(ctx, { parameterSet }, {}));
  const [publicKey, privateKey] = [object(made.publicKey), object(made.privateKey)];

  test("signs and verifies, hedged or not, under one context", () => {
    const params = mlDsa.parse({ context: Uint8Array.of(7) });
    const [first, second] = [0, 1].map(() => mlDsa.sign!(ctx, privateKey, params, message)) as [Uint8Array, Uint8Array];
    expect(first).not.toEqual(second);
    expect(first).toHaveLength(mlDsa.signatureBytes!(publicKey, params));
    expect(mlDsa.verify!(ctx, publicKey, params, message, first)).toBe(true);
    expect(mlDsa.verify!(ctx, publicKey, {}, message, first)).toBe(false);
    expect(mlDsa.verify!(ctx, publicKey, params, message.subarray(1), first)).toBe(false);
    const fixed = mlDsa.parse({ hedge: "DETERMINISTIC_REQUIRED" });
    expect(mlDsa.sign!(ctx, privateKey, fixed, message)).toEqual(mlDsa.sign!(ctx, privateKey, fixed, message));
  });

  test("keys come back from their value, their seed, or both; what does not agree is refused", () => {
    expect(made.publicKey.attributes).toMatchObject({ CLASS: "PUBLIC_KEY", KEY_TYPE: "ML_DSA", PARAMETER_SET });
    expect(strengthOf(privateKey)).toBe([128, 192, 256][PARAMETER_SET - 1]);
    expect(ML_DSA.importPublic!(ctx, made.publicKey.attributes)).toEqual(made.publicKey);
    const [VALUE, SEED] = [secretOf(privateKey, "VALUE"), seedOf(privateKey)];
    for (const given of [{ VALUE }, { SEED }, { VALUE, SEED }]) {
      const key = object(ML_DSA.importPrivate!(ctx, { PARAMETER_SET, ...given }));
      expect(secretOf(key, "VALUE")).toEqual(VALUE);
      expect([...key.secretNames()]).toEqual("SEED" in given ? ["VALUE", "SEED"] : ["VALUE"]);
    }
    const changed = Uint8Array.from(VALUE);
    changed[70]! ^= 1;
    for (const bad of [
      { VALUE: changed },
      { VALUE: changed, SEED },
      { VALUE: VALUE.subarray(1) },
      { SEED: SEED.subarray(1) },
      { VALUE, SEED: new Uint8Array(32) },
    ]) {
      expectCkr("ATTRIBUTE_VALUE_INVALID", () => ML_DSA.importPrivate!(ctx, { PARAMETER_SET, ...bad }));
    }
    expectCkr("TEMPLATE_INCOMPLETE", () => ML_DSA.importPrivate!(ctx, { PARAMETER_SET }));
    expectCkr("TEMPLATE_INCOMPLETE", () => ML_DSA.importPrivate!(ctx, { VALUE }));
    expectCkr("PARAMETER_SET_NOT_SUPPORTED", () => ML_DSA.importPrivate!(ctx, { PARAMETER_SET: 4, VALUE }));
    expectCkr("ATTRIBUTE_VALUE_INVALID", () =>
      ML_DSA.importPublic!(ctx, { PARAMETER_SET, VALUE: new Uint8Array(1311) }),
    );
  });

  test("the wrong half or type of key is CKR_KEY_TYPE_INCONSISTENT", () => {
    expectCkr("KEY_TYPE_INCONSISTENT", () => mlDsa.sign!(ctx, publicKey, {}, message));
    expectCkr("KEY_TYPE_INCONSISTENT", () => mlDsa.verify!(ctx, privateKey, {}, message, new Uint8Array(2420)));
    expectCkr("KEY_TYPE_INCONSISTENT", () => slhDsa.sign!(ctx, privateKey, {}, message));
  });
});

test("with externalMu ML_DSA signs the 64 bytes of µ, which carry the context", () => {
  const made = finish(mlDsaKeyPairGen.generateKeyPair!(ctx, {}, { PARAMETER_SET: CKP.ML_DSA["ML-DSA-44"] }));
  const [publicKey, privateKey] = [object(made.publicKey), object(made.privateKey)];
  const params = mlDsa.parse({ externalMu: true });
  const mu = new Uint8Array(64).fill(3);
  const signature = mlDsa.sign!(ctx, privateKey, params, mu);
  expect(mlDsa.verify!(ctx, publicKey, params, mu, signature)).toBe(true);
  expect(mlDsa.verify!(ctx, publicKey, {}, mu, signature)).toBe(false);
  expectCkr("DATA_LEN_RANGE", () => mlDsa.sign!(ctx, privateKey, params, message));
  expectCkr("DATA_LEN_RANGE", () => mlDsa.verify!(ctx, publicKey, params, message, signature));
  expectCkr("MECHANISM_PARAM_INVALID", () => mlDsa.parse({ externalMu: true, context: new Uint8Array(0) }));
});

test("SLH_DSA signs and verifies; a private key whose root is another's is refused", () => {
  const parameterSet = "SLH-DSA-SHA2-128f";
  const PARAMETER_SET = CKP.SLH_DSA[parameterSet];
  const made = finish(slhDsaKeyPairGen.generateKeyPair!(ctx, { parameterSet }, { PARAMETER_SET }));
  const [publicKey, privateKey] = [object(made.publicKey), object(made.privateKey)];
  const params = slhDsa.parse({ context: message, hedge: "HEDGE_REQUIRED" });
  const signature = slhDsa.sign!(ctx, privateKey, params, message);
  expect(signature).toHaveLength(slhDsa.signatureBytes!(publicKey, params));
  expect(slhDsa.verify!(ctx, publicKey, params, message, signature)).toBe(true);
  expect(slhDsa.verify!(ctx, publicKey, {}, message, signature)).toBe(false);
  expect(strengthOf(privateKey)).toBe(128);
  expect([...privateKey.secretNames()]).toEqual(["VALUE"]);

  const VALUE = secretOf(privateKey, "VALUE");
  expect(SLH_DSA.importPrivate!(ctx, { PARAMETER_SET, VALUE }).attributes).toEqual(made.privateKey.attributes);
  expect(SLH_DSA.importPublic!(ctx, made.publicKey.attributes)).toEqual(made.publicKey);
  const changed = Uint8Array.from(VALUE);
  changed[63]! ^= 1;
  for (const bad of [changed, VALUE.subarray(1), new Uint8Array(0)]) {
    expectCkr("ATTRIBUTE_VALUE_INVALID", () => SLH_DSA.importPrivate!(ctx, { PARAMETER_SET, VALUE: bad }));
  }
  expectCkr("TEMPLATE_INCOMPLETE", () => SLH_DSA.importPrivate!(ctx, { PARAMETER_SET }));
  const lengths = Object.values(CKP.SLH_DSA).map((set) =>
    slhDsa.signatureBytes!(object(made.publicKey, { PARAMETER_SET: set }), params),
  );
  expect(lengths).toEqual([7856, 7856, 17_088, 17_088, 16_224, 16_224, 35_664, 35_664, 29_792, 29_792, 49_856, 49_856]);
});

test("generation refuses a missing, unknown or contradictory parameter set", () => {
  const generate = (params: object, template: object) => () =>
    finish(mlDsaKeyPairGen.generateKeyPair!(ctx, params, template));
  expectCkr("TEMPLATE_INCOMPLETE", generate({}, {}));
  expectCkr("PARAMETER_SET_NOT_SUPPORTED", generate({}, { PARAMETER_SET: 0 }));
  expectCkr("TEMPLATE_INCONSISTENT", generate({ parameterSet: "ML-DSA-44" }, { PARAMETER_SET: 2 }));
  expectCkr("MECHANISM_PARAM_INVALID", () => mlDsaKeyPairGen.parse({ parameterSet: "SLH-DSA-SHA2-128f" }));
  expectCkr("MECHANISM_PARAM_INVALID", () => slhDsaKeyPairGen.parse({ parameterSet: "toString" }));
  for (const bad of [{ context: new Uint8Array(256) }, { hedge: "NONE" }, { hedge: "constructor" }]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => mlDsa.parse(bad));
    expectCkr("MECHANISM_PARAM_INVALID", () => slhDsa.parse(bad));
  }
  expectCkr("MECHANISM_PARAM_INVALID", () => slhDsa.parse({ externalMu: true }));
});
