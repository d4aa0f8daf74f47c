import {
  createECDH,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign as nodeSign,
  verify as nodeVerify,
} from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CurveName } from "../../src/crypto/engine.ts";
import { x963Kdf } from "../../src/crypto/kdf.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { encodeEcParams, encodeEcPoint, FIELD_BYTES } from "../../src/der/ec-params.ts";
import { ecEdwardsKeyPairGen } from "../../src/mechanisms/ec-edwards-key-pair-gen.ts";
import { ecKeyPairGen } from "../../src/mechanisms/ec-key-pair-gen.ts";
import { ecdh1Derive, ecdhSharedSecret } from "../../src/mechanisms/ecdh.ts";
import { ecdsa, ecdsaSha1, ecdsaSha224, ecdsaSha256, ecdsaSha384, ecdsaSha512 } from "../../src/mechanisms/ecdsa.ts";
import { eddsa } from "../../src/mechanisms/eddsa.ts";
import { newEdPrivateKey, newEdPublicKey } from "../../src/mechanisms/keys/ec-edwards.ts";
import { strengthOf } from "../../src/objects/strength.ts";
import { curveNames, domains } from "../support/curves.ts";
import { deterministicSignature } from "../support/rfc6979.ts";
import { hex } from "../support/vectors.ts";
import { aesObject, context, expectCkr, finish, flipped, object, secretOf } from "./support/keys.ts";

const ctx = context("ec");
const HASHED = [
  [ecdsaSha1, "sha1"],
  [ecdsaSha224, "sha224"],
  [ecdsaSha256, "sha256"],
  [ecdsaSha384, "sha384"],
  [ecdsaSha512, "sha512"],
] as const;

function pair(curve: CurveName) {
  const made = finish(ecKeyPairGen.generateKeyPair!(ctx, { curve }, {}));
  return { publicKey: object(made.publicKey), privateKey: object(made.privateKey) };
}

const nodePublic = (spki: Uint8Array) => createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });

describe.each(curveNames)("on %s", (curve) => {
  const { publicKey, privateKey } = pair(curve);
  const oracle = nodePublic(publicKey.get("PUBLIC_KEY_INFO")!);

  test("a new pair belongs together, by the parameter or by CKA_EC_PARAMS", () => {
    expect(privateKey.get("PUBLIC_KEY_INFO")).toEqual(publicKey.get("PUBLIC_KEY_INFO"));
    const ecdh = createECDH(domains[curve].node);
    ecdh.setPrivateKey(secretOf(privateKey, "VALUE"));
    expect(publicKey.get("EC_POINT")).toEqual(encodeEcPoint(Uint8Array.from(ecdh.getPublicKey())));
    expect(secretOf(privateKey, "VALUE")).toHaveLength(FIELD_BYTES[curve]);
    const made = finish(ecKeyPairGen.generateKeyPair!(ctx, {}, { EC_PARAMS: encodeEcParams(curve) }));
    expect(made.publicKey.attributes.EC_PARAMS).toEqual(encodeEcParams(curve));
  });

  test("node:crypto verifies what the hashed mechanisms sign, and the other way round", () => {
    const message = new TextEncoder().encode(`message on ${curve}`);
    for (const [mechanism, hash] of HASHED) {
      const signature = mechanism.sign!(ctx, privateKey, {}, message);
      expect(signature).toHaveLength(mechanism.signatureBytes!(privateKey, {}));
      expect(nodeVerify(hash, message, { key: oracle, dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
      const digest = Uint8Array.from(createHash(hash).update(message).digest());
      expect(ecdsa.verify!(ctx, publicKey, {}, digest, signature)).toBe(true);
      expect(mechanism.verify!(ctx, publicKey, {}, digest, signature)).toBe(false);

      const stream = mechanism.signStart!(ctx, privateKey, {});
      for (const byte of message) stream.update(Uint8Array.of(byte));
      const check = mechanism.verifyStart!(ctx, publicKey, {});
      check.update(message);
      expect(check.final(stream.digest())).toBe(true);
    }
    const { privateKey: nodePrivate, publicKey: nodeKey } = generateKeyPairSync("ec", {
      namedCurve: domains[curve].node,
    });
    const point = Uint8Array.from(nodeKey.export({ format: "der", type: "spki" })).slice(-1 - 2 * FIELD_BYTES[curve]);
    const imported = object({
      attributes: { KEY_TYPE: "EC", EC_PARAMS: encodeEcParams(curve), EC_POINT: encodeEcPoint(point) },
      secrets: {},
    });
    const signature = nodeSign("sha256", message, { key: nodePrivate, dsaEncoding: "ieee-p1363" });
    expect(ecdsaSha256.verify!(ctx, imported, {}, message, Uint8Array.from(signature))).toBe(true);
  });

  test("a deterministic signature is the one of RFC 6979, over the message and over its digest", () => {
    const message = new TextEncoder().encode("sample");
    const scalar = secretOf(privateKey, "VALUE");
    for (const [mechanism, nodeHash] of HASHED) {
      const digest = Uint8Array.from(createHash(nodeHash).update(message).digest());
      const expected = deterministicSignature(domains[curve], scalar, digest, nodeHash);
      const params = mechanism.parse({ deterministic: true });
      expect(mechanism.sign!(ctx, privateKey, params, message)).toEqual(expected);
      const stream = mechanism.signStart!(ctx, privateKey, params);
      stream.update(message);
      expect(stream.digest()).toEqual(expected);
      expect(mechanism.verify!(ctx, publicKey, params, message, expected)).toBe(true);
      const bare = ecdsa.parse({ deterministic: true, hash: nodeHash.toUpperCase() });
      expect(ecdsa.sign!(ctx, privateKey, bare, digest)).toEqual(expected);
      expect(ecdsa.verify!(ctx, publicKey, bare, digest, expected)).toBe(true);
      for (const hedged of [{}, { deterministic: false }]) {
        expect(mechanism.sign!(ctx, privateKey, mechanism.parse(hedged), message)).not.toEqual(expected);
      }
    }
  });

  test("a changed signature does not verify, nor (0, 0), nor another length", () => {
    const digest = new Uint8Array(32).fill(3);
    const signature = ecdsa.sign!(ctx, privateKey, {}, digest);
    const length = signature.length;
    expect(ecdsa.verify!(ctx, publicKey, {}, digest, signature)).toBe(true);
    for (const changed of [...flipped(signature)].filter((_, i) => i % 8 === 0)) {
      expect(ecdsa.verify!(ctx, publicKey, {}, digest, changed)).toBe(false);
    }
    for (const other of [new Uint8Array(length), new Uint8Array(length).fill(0xff), signature.subarray(1)]) {
      expect(ecdsa.verify!(ctx, publicKey, {}, digest, other)).toBe(false);
    }
  });

  test("both sides of an ECDH agree with node:crypto, with and without a KDF", () => {
    const ecdh = createECDH(domains[curve].node);
    const peer = Uint8Array.from(ecdh.generateKeys());
    const own = publicKey.get("EC_POINT")!.slice(-1 - 2 * FIELD_BYTES[curve]);
    const secret = Uint8Array.from(ecdh.computeSecret(own));
    for (const publicData of [peer, encodeEcPoint(peer)]) {
      expect(ecdh1Derive.derive!(ctx, privateKey, ecdh1Derive.parse({ publicData }), undefined)).toEqual(secret);
      expect(ecdhSharedSecret.derive!(ctx, privateKey, ecdhSharedSecret.parse({ publicData }), undefined)).toEqual(
        secret,
      );
    }
    // PKCS #11: truncation removes bytes from the leading end.
    const params = ecdh1Derive.parse({ publicData: peer });
    expect(ecdh1Derive.derive!(ctx, privateKey, params, 16)).toEqual(secret.slice(-16));
    expectCkr("KEY_SIZE_RANGE", () => ecdh1Derive.derive!(ctx, privateKey, params, secret.length + 1));
    const sharedData = Uint8Array.of(1, 2, 3);
    const withKdf = ecdh1Derive.parse({ publicData: peer, kdf: "SHA256_KDF", sharedData });
    expect(ecdh1Derive.derive!(ctx, privateKey, withKdf, 80)).toEqual(
      x963Kdf(pureEngine, "SHA256", secret, sharedData, 80),
    );
    const first = createHash("sha256")
      .update(secret)
      .update(Uint8Array.of(0, 0, 0, 1))
      .update(sharedData)
      .digest();
    expect(ecdh1Derive.derive!(ctx, privateKey, withKdf, undefined)).toEqual(Uint8Array.from(first));
  });

  test("every invalid point is one and the same error", () => {
    const peer = Uint8Array.from(createECDH(domains[curve].node).generateKeys());
    const field = FIELD_BYTES[curve];
    const compressed = peer.slice(0, 1 + field);
    compressed[0] = 0x02 + (peer.at(-1)! & 1);
    const offCurve = Uint8Array.from(peer);
    offCurve[2 * field]! ^= 1;
    const xTooLarge = Uint8Array.from(peer).fill(0xff, 1, 1 + field);
    const hybrid = Uint8Array.from(peer);
    hybrid[0] = 0x06;
    const bad = [
      new Uint8Array(0),
      Uint8Array.of(0),
      compressed,
      encodeEcPoint(compressed),
      offCurve,
      encodeEcPoint(offCurve),
      xTooLarge,
      hybrid,
      peer.subarray(1),
      new Uint8Array(1 + 2 * field),
      new Uint8Array(1024).fill(4),
      Uint8Array.from([...encodeEcPoint(peer), 0]),
    ];
    const messages = bad.map((publicData) => {
      const params = ecdh1Derive.parse({ publicData });
      return expectCkr("MECHANISM_PARAM_INVALID", () => ecdh1Derive.derive!(ctx, privateKey, params, undefined))
        .message;
    });
    expect(new Set(messages).size).toBe(1);
  });
});

test("a P-256 signature of one message never comes twice", () => {
  const { privateKey } = pair("P-256");
  const halves = Array.from({ length: 50 }, () =>
    ecdsa.sign!(ctx, privateKey, {}, new Uint8Array(32)).slice(0, 32).join(),
  );
  expect(new Set(halves).size).toBe(50);
});

test("generation refuses a missing, contradictory or other curve", () => {
  const generate = (params: object, template: object) => () =>
    finish(ecKeyPairGen.generateKeyPair!(ctx, params, template));
  expectCkr("TEMPLATE_INCOMPLETE", generate({}, {}));
  expectCkr("TEMPLATE_INCONSISTENT", generate({ curve: "P-256" }, { EC_PARAMS: encodeEcParams("P-384") }));
  expectCkr("CURVE_NOT_SUPPORTED", generate({}, { EC_PARAMS: encodeEcParams("Ed25519") }));
  expectCkr("ATTRIBUTE_VALUE_INVALID", generate({}, { EC_PARAMS: Uint8Array.of(6, 1) }));
  expectCkr("MECHANISM_PARAM_INVALID", () => ecKeyPairGen.parse({ curve: "P-192" }));
});

test("raw ECDSA takes a digest and nothing longer, and an empty one not at all", () => {
  const { privateKey, publicKey } = pair("P-256");
  for (const length of [0, 65]) {
    expectCkr("DATA_LEN_RANGE", () => ecdsa.sign!(ctx, privateKey, {}, new Uint8Array(length)));
    expectCkr("DATA_LEN_RANGE", () => ecdsa.verify!(ctx, publicKey, {}, new Uint8Array(length), new Uint8Array(64)));
  }
});

test("a deterministic signature over a digest needs its hash, which nothing else does", () => {
  const { privateKey } = pair("P-256");
  for (const bad of [
    { deterministic: true },
    { hash: "SHA256" },
    { deterministic: false, hash: "SHA256" },
    { deterministic: true, hash: "SHA-256" },
    { deterministic: 1, hash: "SHA256" },
  ]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => ecdsa.parse(bad));
  }
  expectCkr("MECHANISM_PARAM_INVALID", () => ecdsaSha256.parse({ deterministic: true, hash: "SHA256" }));
  const params = ecdsa.parse({ deterministic: true, hash: "SHA256" });
  for (const length of [0, 31, 33]) {
    expectCkr("DATA_LEN_RANGE", () => ecdsa.sign!(ctx, privateKey, params, new Uint8Array(length)));
  }
});

test("the strength of a key is its curve's", () => {
  const strengths = { 224: 112, 256: 128, 384: 192, 512: 256, 521: 256 };
  for (const curve of curveNames) {
    const bits = Number(/\d{3}/.exec(curve)?.[0]) as keyof typeof strengths;
    expect(strengthOf(pair(curve).privateKey), curve).toBe(strengths[bits]);
  }
});

test("the wrong half or type of key is CKR_KEY_TYPE_INCONSISTENT", () => {
  const { publicKey } = pair("P-256");
  expectCkr("KEY_TYPE_INCONSISTENT", () => ecdsa.sign!(ctx, publicKey, {}, new Uint8Array(32)));
  for (const key of [
    aesObject(new Uint8Array(32)),
    object(finish(ecEdwardsKeyPairGen.generateKeyPair!(ctx, {}, {})).privateKey),
  ]) {
    expectCkr("KEY_TYPE_INCONSISTENT", () => ecdsa.sign!(ctx, key, {}, new Uint8Array(32)));
    expectCkr("KEY_TYPE_INCONSISTENT", () => ecdsa.verify!(ctx, key, {}, new Uint8Array(32), new Uint8Array(64)));
    expectCkr("KEY_TYPE_INCONSISTENT", () => ecdsa.signatureBytes!(key, {}));
  }
});

test("shared data without a KDF, and unknown KDFs, are refused", () => {
  const publicData = new Uint8Array(65);
  for (const bad of [
    { sharedData: new Uint8Array(1) },
    { kdf: "NULL", sharedData: new Uint8Array(1) },
    { kdf: "MD5_KDF" },
    { kdf: "toString" },
  ]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => ecdh1Derive.parse({ publicData, ...bad }));
  }
  expectCkr("MECHANISM_PARAM_INVALID", () => ecdh1Derive.parse({}));
  expectCkr("MECHANISM_PARAM_INVALID", () => ecdhSharedSecret.parse({ publicData, kdf: "SHA256_KDF" }));
});

test("the shared secret comes whole or not at all, and only by its owner's leave", () => {
  const { privateKey, publicKey } = pair("P-384");
  const publicData = publicKey.get("EC_POINT")!;
  expect(ecdhSharedSecret.derive!(ctx, privateKey, { publicData }, 48)).toHaveLength(48);
  expectCkr("KEY_SIZE_RANGE", () => ecdhSharedSecret.derive!(ctx, privateKey, { publicData }, 32));
  expect(ecdhSharedSecret.mustBeAllowed && ecdhSharedSecret.releasesSecret).toBe(true);
});

test("EDDSA agrees with node:crypto on any message", () => {
  const made = finish(ecEdwardsKeyPairGen.generateKeyPair!(ctx, {}, {}));
  const [publicKey, privateKey] = [object(made.publicKey), object(made.privateKey)];
  const oracle = nodePublic(publicKey.get("PUBLIC_KEY_INFO")!);
  expect(publicKey.get("EC_POINT")).toEqual(publicKey.get("PUBLIC_KEY_INFO")!.slice(-32));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
      const signature = eddsa.sign!(ctx, privateKey, {}, message);
      expect(nodeVerify(null, message, oracle, signature)).toBe(true);
      expect(eddsa.verify!(ctx, publicKey, {}, message, signature)).toBe(true);
      expect(eddsa.verify!(ctx, publicKey, { phFlag: true }, message, signature)).toBe(false);
    }),
    { numRuns: 15 },
  );
});

test("Ed25519ph gives the example of RFC 8032 (7.3), hashed by the token or by the caller", () => {
  const seed = hex("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42");
  const signature = hex(
    "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41" +
      "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406",
  );
  const message = new TextEncoder().encode("abc");
  const digest = Uint8Array.from(createHash("sha512").update(message).digest());
  const privateKey = object(newEdPrivateKey(ctx, seed));
  const publicKey = object(newEdPublicKey(ctx, privateKey.get("PUBLIC_KEY_INFO")!.slice(-32)));
  expect(eddsa.sign!(ctx, privateKey, { phFlag: true }, message)).toEqual(signature);
  expect(eddsa.sign!(ctx, privateKey, { prehashed: true }, digest)).toEqual(signature);
  expect(eddsa.verify!(ctx, publicKey, { phFlag: true }, message, signature)).toBe(true);
  expect(eddsa.verify!(ctx, publicKey, { prehashed: true }, digest, signature)).toBe(true);
  expect(eddsa.verify!(ctx, publicKey, {}, message, signature)).toBe(false);
  for (const changed of [...flipped(signature)].filter((_, i) => i % 8 === 0)) {
    expect(eddsa.verify!(ctx, publicKey, { phFlag: true }, message, changed)).toBe(false);
  }
  expectCkr("DATA_LEN_RANGE", () => eddsa.sign!(ctx, privateKey, { prehashed: true }, message));
});
