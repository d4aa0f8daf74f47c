import { createHash, createHmac, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { concat } from "../../src/bytes/bytes.ts";
import { ecKeyPairGen } from "../../src/mechanisms/ec-key-pair-gen.ts";
import { genericSecretKeyGen } from "../../src/mechanisms/generic-secret.ts";
import { hkdfDerive } from "../../src/mechanisms/hkdf.ts";
import type { Mechanism } from "../../src/mechanisms/mechanism.ts";
import { mechanisms } from "../../src/mechanisms/registry.ts";
import { sp800108CounterKdf } from "../../src/mechanisms/sp800-108.ts";
import { aesObject, context, expectCkr, finish, flipped, object, secretObject, secretOf } from "./support/keys.ts";

const ctx = context("derive");
const values = fc.uint8Array({ minLength: 14, maxLength: 200 });
const data = fc.uint8Array({ maxLength: 300 });

const HMACS = [
  ["SHA_1_HMAC", "sha1"],
  ["SHA224_HMAC", "sha224"],
  ["SHA256_HMAC", "sha256"],
  ["SHA384_HMAC", "sha384"],
  ["SHA512_HMAC", "sha512"],
  ["SHA512_224_HMAC", "sha512-224"],
  ["SHA512_256_HMAC", "sha512-256"],
  ["SHA3_224_HMAC", "sha3-224"],
  ["SHA3_512_HMAC", "sha3-512"],
] as const;
const DIGESTS = [
  ["SHA_1", "sha1"],
  ["SHA224", "sha224"],
  ["SHA256", "sha256"],
  ["SHA384", "sha384"],
  ["SHA512", "sha512"],
  ["SHA512_224", "sha512-224"],
  ["SHA512_256", "sha512-256"],
  ["SHA3_224", "sha3-224"],
  ["SHA3_256", "sha3-256"],
  ["SHA3_384", "sha3-384"],
  ["SHA3_512", "sha3-512"],
] as const;

test.each(HMACS)("%s is node:crypto's, in one piece and in parts", (name, hash) => {
  const mechanism = mechanisms.get(name) as Mechanism;
  fc.assert(
    fc.property(values, data, data, (value, first, second) => {
      const key = secretObject(value);
      const expected = Uint8Array.from(createHmac(hash, value).update(first).update(second).digest());
      const whole = concat(first, second);
      expect(mechanism.sign!(ctx, key, {}, whole)).toEqual(expected);
      expect(mechanism.verify!(ctx, key, {}, whole, expected)).toBe(true);
      expect(mechanism.signatureBytes!(key, {})).toBe(expected.length);
      const stream = mechanism.verifyStart!(ctx, key, {});
      stream.update(first);
      stream.update(second);
      expect(stream.final(expected)).toBe(true);
    }),
    { numRuns: 20 },
  );
  const key = secretObject(new Uint8Array(32));
  const mac = mechanism.sign!(ctx, key, {}, new Uint8Array(3));
  for (const bad of [...flipped(mac), mac.subarray(1), new Uint8Array(0)]) {
    expect(mechanism.verify!(ctx, key, {}, new Uint8Array(3), bad)).toBe(false);
  }
});

test.each(DIGESTS)("%s is node:crypto's", (name, hash) => {
  fc.assert(
    fc.property(data, data, (first, second) => {
      const state = mechanisms.get(name)!.digest!(ctx, {});
      state.update(first);
      state.update(second);
      expect(state.digest()).toEqual(Uint8Array.from(createHash(hash).update(first).update(second).digest()));
    }),
    { numRuns: 20 },
  );
});

test.each(HMACS)("%s_GENERAL gives the front of the MAC, of any length that there is", (name, hash) => {
  const mechanism = mechanisms.get(`${name}_GENERAL`) as Mechanism;
  const key = secretObject(new Uint8Array(32).fill(3));
  const message = new Uint8Array(40);
  const whole = Uint8Array.from(createHmac(hash, new Uint8Array(32).fill(3)).update(message).digest());
  for (const macBytes of [1, 8, whole.length]) {
    const params = mechanism.parse({ macBytes });
    const mac = whole.slice(0, macBytes);
    expect(mechanism.sign!(ctx, key, params, message)).toEqual(mac);
    expect(mechanism.signatureBytes!(key, params)).toBe(macBytes);
    expect(mechanism.verify!(ctx, key, params, message, mac)).toBe(true);
    const running = mechanism.signStart!(ctx, key, params);
    running.update(message);
    expect(running.digest()).toEqual(mac);
    for (const bad of flipped(mac)) expect(mechanism.verify!(ctx, key, params, message, bad)).toBe(false);
  }
  for (const macBytes of [0, whole.length + 1, 1.5, undefined]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => mechanism.parse({ macBytes }));
  }
});

test.each([
  ["PHSM_SHAKE128", "SHAKE_128_KEY_DERIVATION", "shake128", 32],
  ["PHSM_SHAKE256", "SHAKE_256_KEY_DERIVATION", "shake256", 64],
] as const)("%s and %s are node:crypto's, for outputs of any length", (digestName, derivation, hash, natural) => {
  fc.assert(
    fc.property(values, data, fc.integer({ min: 1, max: 500 }), (value, message, outputBytes) => {
      const shake = mechanisms.get(digestName) as Mechanism;
      const state = shake.digest!(ctx, shake.parse({ outputBytes }));
      state.update(message);
      const expected = createHash(hash, { outputLength: outputBytes }).update(message).digest();
      expect(state.digest()).toEqual(Uint8Array.from(expected));
      const kdf = mechanisms.get(derivation) as Mechanism;
      const key = createHash(hash, { outputLength: outputBytes }).update(value).digest();
      expect(kdf.derive!(ctx, secretObject(value), {}, outputBytes)).toEqual(Uint8Array.from(key));
      expect(kdf.derive!(ctx, secretObject(value), {}, undefined)).toHaveLength(natural);
      expect(shake.digest!(ctx, {}).digest()).toHaveLength(natural);
    }),
    { numRuns: 20 },
  );
  const { parse } = mechanisms.get(digestName) as Mechanism;
  for (const outputBytes of [0, -1, 1.5, 65_537]) expectCkr("MECHANISM_PARAM_INVALID", () => parse({ outputBytes }));
});

test("GENERIC_SECRET_KEY_GEN makes secrets of 1 to 4096 bytes", () => {
  const made = genericSecretKeyGen.generateKey!(ctx, {}, { VALUE_LEN: 48 });
  expect(made.attributes).toEqual({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE_LEN: 48 });
  expect(secretOf(object(made), "VALUE")).toHaveLength(48);
  expectCkr("TEMPLATE_INCOMPLETE", () => genericSecretKeyGen.generateKey!(ctx, {}, {}));
  for (const VALUE_LEN of [0, 4097]) {
    expectCkr("KEY_SIZE_RANGE", () => genericSecretKeyGen.generateKey!(ctx, {}, { VALUE_LEN }));
  }
});

test("HKDF_DERIVE is node:crypto's, and its two steps make the whole", () => {
  fc.assert(
    fc.property(values, data, data, fc.integer({ min: 1, max: 500 }), (value, salt, info, length) => {
      const key = secretObject(value);
      const expected = new Uint8Array(hkdfSync("sha512", value, salt, info, length));
      expect(hkdfDerive.derive!(ctx, key, hkdfDerive.parse({ hash: "SHA512", salt, info }), length)).toEqual(expected);
      const extract = hkdfDerive.parse({ hash: "SHA512", salt, expand: false });
      const middle = secretObject(hkdfDerive.derive!(ctx, key, extract, undefined));
      const expand = hkdfDerive.parse({ hash: "SHA512", info, extract: false });
      expect(hkdfDerive.derive!(ctx, middle, expand, length)).toEqual(expected);
    }),
    { numRuns: 20 },
  );
  const key = secretObject(new Uint8Array(32));
  expect(hkdfDerive.derive!(ctx, key, {}, undefined)).toHaveLength(32);
  expectCkr("KEY_SIZE_RANGE", () => hkdfDerive.derive!(ctx, key, { expand: false }, 16));
  expectCkr("KEY_SIZE_RANGE", () => hkdfDerive.derive!(ctx, key, {}, 4097));
  expectCkr("KEY_SIZE_RANGE", () => hkdfDerive.derive!(ctx, key, {}, 0));
  const salt = new Uint8Array(1);
  for (const bad of [
    { extract: false, expand: false },
    { extract: false, salt },
    { expand: false, info: salt },
    { hash: "MD5" },
  ]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => hkdfDerive.parse(bad));
  }
});

test("SP800_108_COUNTER_KDF is HMAC over counter, label, zero, context and length", () => {
  fc.assert(
    fc.property(
      values,
      data,
      data,
      fc.constantFrom(...HMACS),
      fc.integer({ min: 1, max: 200 }),
      (value, label, context, [prf, hash], length) => {
        const key = secretObject(value);
        const bits = Buffer.alloc(4);
        bits.writeUInt32BE(8 * length);
        const fixedInput = concat(label, Uint8Array.of(0), context, Uint8Array.from(bits));
        const blocks = Array.from({ length: 10 }, (_, i) =>
          createHmac(hash, value)
            .update(Uint8Array.of(0, 0, 0, i + 1))
            .update(fixedInput)
            .digest(),
        );
        const expected = Uint8Array.from(Buffer.concat(blocks)).slice(0, length);
        const derive = (choice: Record<string, unknown>) =>
          sp800108CounterKdf.derive!(ctx, key, sp800108CounterKdf.parse(choice), length);
        expect(derive({ prf, label, context })).toEqual(expected);
        expect(derive({ prf, fixedInput })).toEqual(expected);
      },
    ),
    { numRuns: 30 },
  );
  expect(sp800108CounterKdf.derive!(ctx, aesObject(new Uint8Array(32)), {}, undefined)).toHaveLength(32);
  const label = new Uint8Array(1);
  expectCkr("MECHANISM_PARAM_INVALID", () => sp800108CounterKdf.parse({ label, fixedInput: label }));
  expectCkr("MECHANISM_PARAM_INVALID", () => sp800108CounterKdf.parse({ prf: "SHA256" }));
});

test("a private key is no base for the KDFs of secret keys", () => {
  const { privateKey } = finish(ecKeyPairGen.generateKeyPair!(ctx, { curve: "P-256" }, {}));
  const key = object(privateKey);
  for (const params of [{}, { expand: false }, { extract: false }]) {
    expectCkr("KEY_TYPE_INCONSISTENT", () => hkdfDerive.derive!(ctx, key, params, undefined));
  }
  expectCkr("KEY_TYPE_INCONSISTENT", () => sp800108CounterKdf.derive!(ctx, key, {}, undefined));
});
