import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { ed448 } from "@noble/curves/ed448.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ed448Prehash, ed448Private, ed448Public } from "../../src/crypto/ed448.ts";
import { encodePkcs8 } from "../../src/der/pkcs8.ts";
import { hex } from "../support/vectors.ts";

const L = ed448.Point.Fn.ORDER;
const P = ed448.Point.Fp.ORDER;
const none = new Uint8Array(0);

/** RFC 8032, 7.4 and 7.5. */
const EXAMPLES = [
  {
    name: "blank",
    variant: "pure",
    seed: "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
    message: "",
    context: "",
    signature:
      "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980" +
      "ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600",
  },
  {
    name: "1 octet with a context",
    variant: "pure",
    seed: "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e",
    message: "03",
    context: "666f6f",
    signature:
      "d4f8f6131770dd46f40867d6fd5d5055de43541f8c5e35abbcd001b32a89f7d2151f7647f11d8ca2ae279fb842d607217fce6e042f6815ea00" +
      "0c85741de5c8da1144a6a1aba7f96de42505d7a7298524fda538fccbbb754f578c1cad10d54d0d5428407e85dcbc98a49155c13764e66c3c00",
  },
  {
    name: "Ed448ph of abc",
    variant: "prehashed",
    seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42ef7822e0d5104127dc05d6dbefde69e3ab2cec7c867c6e2c49",
    message: "616263",
    context: "",
    signature:
      "822f6901f7480f3d5f562c592994d9693602875614483256505600bbc281ae381f54d6bce2ea911574932f52a4e6cadd78769375ec3ffd1b80" +
      "1a0d9b3f4030cd433964b6457ea39476511214f97469b57dd32dbc560a9a94d00bff07620464a3ad203df7dc7ce360c3cd3696d9d9fab90f00",
  },
] as const;

test.each(EXAMPLES)("RFC 8032: $name", ({ variant, seed, message, context, signature }) => {
  const key = ed448Private(hex(seed));
  const input = variant === "pure" ? hex(message) : ed448Prehash(hex(message));
  expect(key.sign(input, variant, hex(context))).toEqual(hex(signature));
  const publicKey = ed448Public(key.publicKey())!;
  expect(publicKey.verify(input, hex(signature), variant, hex(context))).toBe(true);
  expect(publicKey.verify(input, hex(signature), variant, hex("626172"))).toBe(false);
  expect(publicKey.verify(input, hex(signature), variant === "pure" ? "prehashed" : "pure", hex(context))).toBe(false);
});

test("agrees with Node both ways: signatures are equal, and each verifies the other's", () => {
  const seeds = fc.uint8Array({ minLength: 57, maxLength: 57 });
  fc.assert(
    fc.property(seeds, fc.uint8Array({ maxLength: 300 }), (seed, message) => {
      const der = Buffer.from(encodePkcs8({ type: "Ed448", seed }));
      const nodeKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
      const key = ed448Private(seed);
      const signature = key.sign(message, "pure", none);
      expect(signature).toEqual(Uint8Array.from(sign(null, message, nodeKey)));
      expect(verify(null, message, createPublicKey(nodeKey), signature)).toBe(true);
      expect(ed448Public(key.publicKey())!.verify(message, signature, "pure", none)).toBe(true);
    }),
    { numRuns: 8 },
  );
});

test("a changed signature does not verify, nor S + L, nor another length", () => {
  const key = ed448Private(new Uint8Array(57).fill(1));
  const publicKey = ed448Public(key.publicKey())!;
  const message = Uint8Array.of(1, 2, 3);
  const signature = key.sign(message, "pure", none);
  for (let i = 0; i < signature.length; i += 9) {
    const changed = Uint8Array.from(signature);
    changed[i]! ^= 1;
    expect(publicKey.verify(message, changed, "pure", none), `byte ${i}`).toBe(false);
  }
  const s = signature.subarray(57).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const malleable = Uint8Array.from([...signature.subarray(0, 57), ...littleEndian(s + L)]);
  expect(publicKey.verify(message, malleable, "pure", none)).toBe(false);
  const highByte = Uint8Array.from(signature);
  highByte[113] = 1;
  expect(publicKey.verify(message, highByte, "pure", none)).toBe(false);
  for (const length of [0, 113, 115]) {
    expect(publicKey.verify(message, new Uint8Array(length), "pure", none)).toBe(false);
  }
});

test("public keys of small order, not on the curve, not canonical or of another length are refused", () => {
  const sign = Uint8Array.from(littleEndian(1n));
  sign[56] = 0x80;
  const good = ed448Private(new Uint8Array(57).fill(2)).publicKey();
  const lowBits = Uint8Array.from(good);
  lowBits[56]! |= 1;
  const mixedOrder = ed448.Point.fromBytes(good).add(ed448.Point.fromAffine({ x: 0n, y: P - 1n }));
  for (const [what, encoded] of Object.entries({
    neutral: littleEndian(1n),
    "neutral with a sign": sign,
    "order 2": littleEndian(P - 1n),
    "order 4": littleEndian(0n),
    "neutral, not reduced": littleEndian(P + 1n),
    "bits above the field": lowBits,
    "mixed order": mixedOrder.toBytes(),
    short: good.subarray(1),
    long: Uint8Array.from([...good, 0]),
    "not on the curve": littleEndian(notOnCurve()),
  })) {
    expect(ed448Public(encoded), what).toBeUndefined();
  }
  expect(ed448Public(good)).toBeDefined();
});

test("lengths are checked, and a destroyed key signs nothing", () => {
  expect(() => ed448Private(new Uint8Array(56))).toThrow("57 bytes, not 56");
  const key = ed448Private(new Uint8Array(57));
  expect(() => key.sign(none, "prehashed", none)).toThrow("64 bytes, not 0");
  expect(() => key.sign(none, "pure", new Uint8Array(256))).toThrow("255 bytes, not 256");
  const publicKey = ed448Public(key.publicKey())!;
  expect(publicKey.verify(none, new Uint8Array(114), "pure", new Uint8Array(256))).toBe(false);
  expect(publicKey.verify(none, new Uint8Array(114), "prehashed", none)).toBe(false);
  key.publicKey();
  key.destroy();
  expect(() => key.publicKey()).toThrow("destroyed");
  expect(() => key.sign(none, "pure", none)).toThrow("destroyed");
});

function notOnCurve(): bigint {
  for (let y = 2n; ; y++) {
    try {
      ed448.Point.fromBytes(littleEndian(y));
    } catch {
      return y;
    }
  }
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 57 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}
