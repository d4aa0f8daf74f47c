/** Derivation and keys from outside (Clulow, CHES 2003; Biehl, Meyer and Müller, CRYPTO 2000). */

import { describe, expect, test } from "vitest";
import { encodeEcParams } from "../../../src/der/ec-params.ts";
import type { MechanismChoice } from "../../../src/mechanisms/registry.ts";
import { expectCkr } from "../../support/ckr.ts";
import { aes, s, withFreshToken } from "./support.ts";

withFreshToken();

describe("A12, A13: derivation", () => {
  test("A12: keys are not joined, cut or mixed with known bytes", () => {
    const [base, other] = [aes({ usage: "derive" }), aes({ usage: "derive" })];
    const derive = (mechanism: MechanismChoice) => () => s.deriveKey(mechanism, base, { VALUE_LEN: 16 });
    expectCkr(derive({ mechanism: "XOR_BASE_AND_DATA", data: new Uint8Array(32) }), "MECHANISM_INVALID");
    expectCkr(derive({ mechanism: "EXTRACT_KEY_FROM_KEY", bit: 0 }), "MECHANISM_INVALID");
    expectCkr(derive({ mechanism: "CONCATENATE_BASE_AND_KEY", key: other }), "MECHANISM_INVALID");
  });

  test("A13: what is derived from a sensitive key is sensitive", () => {
    const { publicKey, privateKey } = s.generateKeyPair(
      { mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" },
      { usage: "derive" },
    );
    const { EC_POINT } = s.getAttributes(publicKey, ["EC_POINT"]);
    const ecdh = { mechanism: "ECDH1_DERIVE", publicData: EC_POINT } as const;
    expectCkr(() => s.deriveKey(ecdh, privateKey, { SENSITIVE: false }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => s.deriveKey(ecdh, privateKey, { SENSITIVE: false, EXTRACTABLE: true }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => s.deriveKey(ecdh, privateKey, { EXTRACTABLE: true }), "TEMPLATE_INCONSISTENT");
    expectCkr(
      () =>
        s.deriveKey({ mechanism: "PHSM_ECDH_SHARED_SECRET", publicData: EC_POINT }, privateKey, { SENSITIVE: false }),
      "MECHANISM_INVALID",
    );
    const derived = s.deriveKey(ecdh, privateKey, {});
    expectCkr(() => s.getAttributes(derived, ["VALUE"]), "ATTRIBUTE_SENSITIVE");
    expect(s.findObjects({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET" })).toEqual([derived]);
  });

  test("A13b: every bad peer point is one and the same error", () => {
    const { privateKey } = s.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }, { usage: "derive" });
    const points = [
      new Uint8Array(0),
      Uint8Array.of(0),
      new Uint8Array(65),
      new Uint8Array(65).fill(255),
      Uint8Array.from({ length: 65 }, (_, i) => (i === 0 ? 4 : 1)),
      new Uint8Array(97).fill(4),
      Uint8Array.from({ length: 33 }, (_, i) => (i === 0 ? 2 : 1)),
    ];
    for (const publicData of points)
      expectCkr(
        () => s.deriveKey({ mechanism: "ECDH1_DERIVE", publicData }, privateKey, {}),
        "MECHANISM_PARAM_INVALID",
      );
  });

  test("A13c-e: EC keys off the curve or out of range are not imported", () => {
    const EC_PARAMS = encodeEcParams("P-256");
    const point = Uint8Array.from({ length: 67 }, (_, i) => [4, 65, 4][i] ?? 1);
    expectCkr(
      () => s.createObject({ CLASS: "PUBLIC_KEY", KEY_TYPE: "EC", EC_PARAMS, EC_POINT: point, VERIFY: true }),
      "ATTRIBUTE_VALUE_INVALID",
    );
    for (const fill of [0, 255])
      expectCkr(
        () =>
          s.createObject({
            CLASS: "PRIVATE_KEY",
            KEY_TYPE: "EC",
            EC_PARAMS,
            VALUE: new Uint8Array(32).fill(fill),
            SIGN: true,
          }),
        "ATTRIBUTE_VALUE_INVALID",
      );
  });
});
