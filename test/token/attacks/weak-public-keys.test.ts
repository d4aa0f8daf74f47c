/** A13f: public keys that are none, or that make forgeries and known secrets, are refused where they come in. */

import { expect, test } from "vitest";
import type { KeyTemplate } from "../../../src/objects/template.ts";
import { expectCkr } from "../../support/ckr.ts";
import { nodeRsaKey } from "../../support/rsa-fixture.ts";
import { s, withFreshToken } from "./support.ts";

withFreshToken();

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const PUBLIC = { CLASS: "PUBLIC_KEY", VERIFY: true } as const;

/** Points of order 1, 2, 4 and 8 (RFC 7748, 6; RFC 8032): every message has a signature under such a key. */
test.each([
  ["Ed25519", "0100000000000000000000000000000000000000000000000000000000000000"],
  ["Ed25519", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
  ["Ed25519", "0000000000000000000000000000000000000000000000000000000000000000"],
  ["Ed25519", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"],
  ["Ed448", `01${"00".repeat(56)}`],
  ["Ed448", `fe${"ff".repeat(27)}fe${"ff".repeat(27)}00`],
  ["Ed448", "00".repeat(57)],
] as const)("a point of small order is no public key of %s: %s", (curve, point) => {
  const { publicKey } = s.generateKeyPair({ mechanism: "EC_EDWARDS_KEY_PAIR_GEN", curve }, { usage: "sign" });
  const { EC_PARAMS, EC_POINT } = s.getAttributes(publicKey, ["EC_PARAMS", "EC_POINT"]);
  const template = { ...PUBLIC, KEY_TYPE: "EC_EDWARDS", EC_PARAMS } as const;
  expectCkr(() => s.createObject({ ...template, EC_POINT }), "OK");
  expectCkr(() => s.createObject({ ...template, EC_POINT: hex(point) }), "ATTRIBUTE_VALUE_INVALID");
});

test.each([
  ["X25519", ["00".repeat(32), `01${"00".repeat(31)}`, `ec${"ff".repeat(30)}7f`, `ed${"ff".repeat(30)}7f`]],
  ["X448", ["00".repeat(56), `01${"00".repeat(55)}`, `fe${"ff".repeat(27)}fe${"ff".repeat(27)}`]],
] as const)("no secret is agreed on with a point of small order of %s (RFC 7748, 6)", (curve, points) => {
  const choice = { mechanism: "EC_MONTGOMERY_KEY_PAIR_GEN", curve } as const;
  const { privateKey } = s.generateKeyPair(choice, { usage: "derive" });
  for (const point of points)
    expectCkr(
      () => s.deriveKey({ mechanism: "ECDH1_DERIVE", publicData: hex(point) }, privateKey),
      "MECHANISM_PARAM_INVALID",
    );
});

test("a point of another curve, or at infinity, is no public key, of EC and of SM2", () => {
  const point = (curve: "P-256" | "secp256k1"): Uint8Array => {
    const { publicKey } = s.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve }, { usage: "sign" });
    return s.getAttributes(publicKey, ["EC_POINT"]).EC_POINT;
  };
  const parameters = (choice: unknown): Uint8Array =>
    s.getAttributes(s.generateKeyPair(choice as never, { usage: "sign" }).publicKey, ["EC_PARAMS"]).EC_PARAMS;
  const p256 = { ...PUBLIC, KEY_TYPE: "EC", EC_PARAMS: parameters({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }) };
  const sm2 = { ...PUBLIC, KEY_TYPE: "SM2", EC_PARAMS: parameters("PHSM_SM2_KEY_PAIR_GEN") };
  expectCkr(() => s.createObject({ ...p256, EC_POINT: point("P-256") } as KeyTemplate), "OK");
  for (const template of [p256, sm2])
    for (const bad of [point("secp256k1"), Uint8Array.of(0), Uint8Array.of(4, 1, 0), new Uint8Array(67)])
      expectCkr(() => s.createObject({ ...template, EC_POINT: bad } as KeyTemplate), "ATTRIBUTE_VALUE_INVALID");
});

test("an ML-KEM key whose coefficients are not reduced is none (FIPS 203, 7.2)", () => {
  const choice = { mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: "ML-KEM-768" } as const;
  const { publicKey } = s.generateKeyPair(choice, { usage: "encapsulate" });
  const { VALUE, PARAMETER_SET } = s.getAttributes(publicKey, ["VALUE", "PARAMETER_SET"]);
  const template = { CLASS: "PUBLIC_KEY", KEY_TYPE: "ML_KEM", PARAMETER_SET, ENCAPSULATE: true } as const;
  expectCkr(() => s.createObject({ ...template, VALUE }), "OK");
  const unreduced = Uint8Array.from(VALUE, (byte, i) => (i < 3 ? 0xff : byte));
  for (const bad of [unreduced, VALUE.subarray(1), new Uint8Array(VALUE.length).fill(0xff)])
    expectCkr(() => s.createObject({ ...template, VALUE: bad }), "ATTRIBUTE_VALUE_INVALID");
});

test("an RSA key of bad numbers is none, for encryption as for signatures", () => {
  const jwk = nodeRsaKey(2048).publicKey.export({
    format: "jwk",
  });
  const n = Uint8Array.from(Buffer.from(jwk.n as string, "base64url"));
  const even = Uint8Array.from(n, (byte, i) => (i === 255 ? byte & 0xfe : byte));
  const template = { CLASS: "PUBLIC_KEY", KEY_TYPE: "RSA", ENCRYPT: true } as const;
  const create =
    (MODULUS: Uint8Array, ...e: number[]) =>
    () =>
      s.createObject({ ...template, MODULUS, PUBLIC_EXPONENT: Uint8Array.from(e) });
  expectCkr(create(n, 1, 0, 1), "OK");
  for (const bad of [
    create(n, 1),
    create(n, 3),
    create(n, 1, 0, 0),
    create(even, 1, 0, 1),
    create(n.subarray(0, 128), 1, 0, 1),
  ])
    expectCkr(bad, "ATTRIBUTE_VALUE_INVALID");
  expect(s.findObjects(template)).toHaveLength(1);
});
