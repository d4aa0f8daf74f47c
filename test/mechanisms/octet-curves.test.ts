import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, sign, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { XCurveName } from "../../src/crypto/engine.ts";
import { encodeEcParams, encodeEcPoint, OCTET_KEY_BYTES } from "../../src/der/ec-params.ts";
import { ecEdwardsKeyPairGen } from "../../src/mechanisms/ec-edwards-key-pair-gen.ts";
import { ecMontgomeryKeyPairGen } from "../../src/mechanisms/ec-montgomery-key-pair-gen.ts";
import { ecdh1Derive, ecdhSharedSecret } from "../../src/mechanisms/ecdh.ts";
import { eddsa } from "../../src/mechanisms/eddsa.ts";
import { keyTypes } from "../../src/mechanisms/key-types.ts";
import { strengthOf } from "../../src/objects/strength.ts";
import { context, expectCkr, finish, object, secretOf } from "./support/keys.ts";

const ctx = context("octet curves");
const { EC_EDWARDS, EC_MONTGOMERY } = keyTypes;
const message = new TextEncoder().encode("RFC 8410");

const nodePublic = (der: Uint8Array) => createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });
const nodePrivate = (der: Uint8Array) => createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" });

describe.each<XCurveName>(["X25519", "X448"])("%s", (curve) => {
  const made = finish(ecMontgomeryKeyPairGen.generateKeyPair!(ctx, { curve }, {}));
  const [publicKey, privateKey] = [object(made.publicKey), object(made.privateKey)];
  const length = OCTET_KEY_BYTES[curve];

  test("a new pair belongs together, by the parameter or by CKA_EC_PARAMS", () => {
    expect(privateKey.get("PUBLIC_KEY_INFO")).toEqual(publicKey.get("PUBLIC_KEY_INFO"));
    expect(publicKey.get("EC_POINT")).toEqual(publicKey.get("PUBLIC_KEY_INFO")!.slice(-length));
    expect(strengthOf(privateKey)).toBe(curve === "X25519" ? 128 : 224);
    const EC_PARAMS = encodeEcParams(curve);
    const again = finish(ecMontgomeryKeyPairGen.generateKeyPair!(ctx, {}, { EC_PARAMS }));
    expect(again.publicKey.attributes.EC_PARAMS).toEqual(EC_PARAMS);
    expectCkr("TEMPLATE_INCOMPLETE", () => finish(ecMontgomeryKeyPairGen.generateKeyPair!(ctx, {}, {})));
    const other = curve === "X448" ? "X25519" : "X448";
    expectCkr("TEMPLATE_INCONSISTENT", () =>
      finish(ecMontgomeryKeyPairGen.generateKeyPair!(ctx, { curve: other }, { EC_PARAMS })),
    );
    expectCkr("CURVE_NOT_SUPPORTED", () =>
      finish(ecMontgomeryKeyPairGen.generateKeyPair!(ctx, {}, { EC_PARAMS: encodeEcParams("P-256") })),
    );
  });

  test("both sides of an agreement are node:crypto's, whole, cut and through a KDF", () => {
    const peer = generateKeyPairSync(curve.toLowerCase() as "x448");
    const secret = Uint8Array.from(
      diffieHellman({ privateKey: peer.privateKey, publicKey: nodePublic(publicKey.get("PUBLIC_KEY_INFO")!) }),
    );
    const point = Uint8Array.from(peer.publicKey.export({ format: "der", type: "spki" })).slice(-length);
    for (const publicData of [point, encodeEcPoint(point)]) {
      const params = ecdh1Derive.parse({ publicData });
      expect(ecdh1Derive.derive!(ctx, privateKey, params, undefined)).toEqual(secret);
      expect(ecdh1Derive.derive!(ctx, privateKey, params, 16)).toEqual(secret.slice(-16));
      expect(ecdhSharedSecret.derive!(ctx, privateKey, { publicData }, length)).toEqual(secret);
      expectCkr("KEY_SIZE_RANGE", () => ecdh1Derive.derive!(ctx, privateKey, params, length + 1));
      const kdf = ecdh1Derive.parse({ publicData, kdf: "SHA256_KDF" });
      expect(ecdh1Derive.derive!(ctx, privateKey, kdf, 100)).toHaveLength(100);
    }
  });

  test("a peer's key that is too short, too long or of small order is one and the same error", () => {
    const good = publicKey.get("EC_POINT")!;
    const one = new Uint8Array(length);
    one[0] = 1;
    const bad = [new Uint8Array(0), good.subarray(1), Uint8Array.of(...good, 0), new Uint8Array(length), one];
    const messages = [...bad, ...bad.map(encodeEcPoint)].map((publicData) => {
      const params = ecdh1Derive.parse({ publicData });
      return expectCkr("MECHANISM_PARAM_INVALID", () => ecdh1Derive.derive!(ctx, privateKey, params, undefined))
        .message;
    });
    expect(new Set(messages).size).toBe(1);
  });

  test("keys come back from their attributes and from PKCS #8; what is no key is refused", () => {
    const EC_PARAMS = encodeEcParams(curve);
    const VALUE = secretOf(privateKey, "VALUE");
    expect(EC_MONTGOMERY.importPublic!(ctx, made.publicKey.attributes)).toEqual(made.publicKey);
    expect(EC_MONTGOMERY.importPrivate!(ctx, { EC_PARAMS, VALUE }).attributes).toEqual(made.privateKey.attributes);
    const pkcs8 = EC_MONTGOMERY.encodePrivate!(privateKey);
    expect(Uint8Array.from(nodePrivate(pkcs8).export({ format: "der", type: "pkcs8" }))).toEqual(pkcs8);
    expect(EC_MONTGOMERY.decodePrivate!(pkcs8, ctx).attributes).toEqual(made.privateKey.attributes);
    expectCkr("ATTRIBUTE_VALUE_INVALID", () => EC_EDWARDS.decodePrivate!(pkcs8, ctx));
    for (const EC_POINT of [new Uint8Array(length), new Uint8Array(length - 1).fill(9)]) {
      expectCkr("ATTRIBUTE_VALUE_INVALID", () => EC_MONTGOMERY.importPublic!(ctx, { EC_PARAMS, EC_POINT }));
    }
    expectCkr("ATTRIBUTE_VALUE_INVALID", () =>
      EC_MONTGOMERY.importPrivate!(ctx, { EC_PARAMS, VALUE: VALUE.subarray(1) }),
    );
    expectCkr("ATTRIBUTE_VALUE_INVALID", () =>
      EC_MONTGOMERY.importPrivate!(ctx, { EC_PARAMS, VALUE, PUBLIC_KEY_INFO: new Uint8Array(44) }),
    );
  });

  test("the public half agrees on nothing", () => {
    const publicData = publicKey.get("EC_POINT")!;
    expectCkr("KEY_TYPE_INCONSISTENT", () => ecdh1Derive.derive!(ctx, publicKey, { publicData }, undefined));
  });
});

describe("Ed448", () => {
  const made = finish(ecEdwardsKeyPairGen.generateKeyPair!(ctx, { curve: "Ed448" }, {}));
  const [publicKey, privateKey] = [object(made.publicKey), object(made.privateKey)];

  test("signs what node:crypto verifies, and the other way round", () => {
    const signature = eddsa.sign!(ctx, privateKey, {}, message);
    expect(signature).toHaveLength(eddsa.signatureBytes!(publicKey, {}));
    expect(verify(null, message, nodePublic(publicKey.get("PUBLIC_KEY_INFO")!), signature)).toBe(true);
    const pkcs8 = EC_EDWARDS.encodePrivate!(privateKey);
    expect(Uint8Array.from(sign(null, message, nodePrivate(pkcs8)))).toEqual(signature);
    expect(eddsa.verify!(ctx, publicKey, {}, message, signature)).toBe(true);
    expect(EC_EDWARDS.decodePrivate!(pkcs8, ctx).attributes).toEqual(made.privateKey.attributes);
  });

  test("binds the context, and hashes as RFC 8032, 5.2 says", () => {
    const params = eddsa.parse({ context: message, phFlag: true });
    const signature = eddsa.sign!(ctx, privateKey, params, message);
    expect(eddsa.verify!(ctx, publicKey, params, message, signature)).toBe(true);
    expect(eddsa.verify!(ctx, publicKey, { phFlag: true }, message, signature)).toBe(false);
    expect(eddsa.verify!(ctx, publicKey, { context: message }, message, signature)).toBe(false);
    expectCkr("MECHANISM_PARAM_INVALID", () => eddsa.parse({ context: new Uint8Array(256) }));
    expectCkr("DATA_LEN_RANGE", () => eddsa.sign!(ctx, privateKey, { prehashed: true }, message));
    const ed25519 = object(finish(ecEdwardsKeyPairGen.generateKeyPair!(ctx, {}, {})).privateKey);
    expectCkr("MECHANISM_PARAM_INVALID", () => eddsa.sign!(ctx, ed25519, params, message));
  });

  test("is chosen by CKA_EC_PARAMS too; the key's length is its curve's", () => {
    const EC_PARAMS = encodeEcParams("Ed448");
    const again = finish(ecEdwardsKeyPairGen.generateKeyPair!(ctx, {}, { EC_PARAMS }));
    expect(again.publicKey.attributes.EC_POINT).toHaveLength(57);
    expect(strengthOf(object(again.privateKey))).toBe(224);
    expectCkr("TEMPLATE_INCONSISTENT", () =>
      finish(ecEdwardsKeyPairGen.generateKeyPair!(ctx, { curve: "Ed25519" }, { EC_PARAMS })),
    );
    expect(EC_EDWARDS.importPublic!(ctx, made.publicKey.attributes)).toEqual(made.publicKey);
    expectCkr("ATTRIBUTE_VALUE_INVALID", () =>
      EC_EDWARDS.importPrivate!(ctx, { EC_PARAMS, VALUE: new Uint8Array(32) }),
    );
    expectCkr("ATTRIBUTE_VALUE_INVALID", () =>
      EC_EDWARDS.importPublic!(ctx, { EC_PARAMS, EC_POINT: new Uint8Array(57) }),
    );
  });
});
