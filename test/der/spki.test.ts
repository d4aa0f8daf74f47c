import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { describe, expect, test } from "vitest";
import { DerError } from "../../src/der/der-error.ts";
import { FIELD_BYTES } from "../../src/der/ec-params.ts";
import { decodeSpki, encodeSpki, type PublicKeyInfo } from "../../src/der/spki.ts";
import { curveNames, domains } from "../support/curves.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";
import { hex, wycheproof } from "../support/vectors.ts";
import { fixedEcKey, fixedOctetKey } from "./fixed-keys.ts";
import { accepts, type Codec, expectNoLaxByte, expectNoLaxStructure } from "./strictness.ts";

const codec: Codec<PublicKeyInfo> = { decode: decodeSpki, encode: encodeSpki };

const spki = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ type: "spki", format: "der" }));
const ec = (namedCurve: string): KeyObject => generateKeyPairSync("ec", { namedCurve }).publicKey;
const rsa = nodeRsaKey(2048).publicKey;
const ed25519 = createPublicKey(fixedOctetKey("Ed25519"));
const unpadded = (text: string | undefined): Uint8Array => new Uint8Array(Buffer.from(text ?? "", "base64url"));

describe("SubjectPublicKeyInfo", () => {
  test.each(curveNames)("of %s is what node:crypto writes, both ways", (curve) => {
    const key = ec(domains[curve].node);
    const point = spki(key).slice(-(1 + 2 * FIELD_BYTES[curve]));
    const info: PublicKeyInfo = { type: "EC", curve, point };
    expect(encodeSpki(info)).toEqual(spki(key));
    expect(decodeSpki(spki(key))).toEqual(info);
  });

  test("of RSA is what node:crypto writes, both ways", () => {
    const { n, e } = rsa.export({ format: "jwk" });
    const info: PublicKeyInfo = { type: "RSA", n: unpadded(n), e: unpadded(e) };
    expect(encodeSpki(info)).toEqual(spki(rsa));
    expect(decodeSpki(spki(rsa))).toEqual(info);
  });

  test.each(["X25519", "X448", "Ed25519", "Ed448"] as const)("of %s is what node:crypto writes, both ways", (type) => {
    const key = createPublicKey(fixedOctetKey(type));
    const info: PublicKeyInfo = { type, publicKey: unpadded(key.export({ format: "jwk" }).x) };
    expect(encodeSpki(info)).toEqual(spki(key));
    expect(decodeSpki(spki(key))).toEqual(info);
    expectNoLaxStructure(codec, spki(key));
    expect(() => encodeSpki({ type, publicKey: new Uint8Array(20) })).toThrow("bytes, not 20");
  });

  test.each(["44", "65", "87"])("of ML-DSA-%s is what Wycheproof's files hold, both ways", (set) => {
    const { groups } = wycheproof<{ publicKey: string; publicKeyDer: string }, object>(`mldsa_${set}_verify_test.json`);
    const { publicKey, publicKeyDer } = groups[0]!;
    const info = { type: `ML-DSA-${set}`, publicKey: hex(publicKey) } as PublicKeyInfo;
    expect(encodeSpki(info)).toEqual(hex(publicKeyDer));
    expect(decodeSpki(hex(publicKeyDer))).toEqual(info);
  });

  test.each([
    ["ML-KEM-512", 800, "3082033230 0b0609608648016503040401 03820321 00"],
    ["ML-KEM-1024", 1568, "3082063230 0b0609608648016503040403 03820621 00"],
    ["SLH-DSA-SHA2-128s", 32, "3030300b0609608648016503040314 032100"],
    ["SLH-DSA-SHAKE-256f", 64, "3050300b060960864801650304031f 034100"],
  ] as const)("of %s has the object identifier and no parameters", (type, length, head) => {
    const publicKey = new Uint8Array(length).fill(0x5a);
    const der = encodeSpki({ type, publicKey });
    expect(der).toEqual(Uint8Array.of(...hex(head.replaceAll(" ", "")), ...publicKey));
    expect(decodeSpki(der)).toEqual({ type, publicKey });
    expect(() => encodeSpki({ type, publicKey: publicKey.subarray(1) })).toThrow(`${length} bytes, not ${length - 1}`);
  });

  test("of RSA drops leading zeros when writing", () => {
    const { n, e } = decodeSpki(spki(rsa)) as PublicKeyInfo & { type: "RSA" };
    expect(encodeSpki({ type: "RSA", n: Uint8Array.of(0, 0, ...n), e: Uint8Array.of(0, ...e) })).toEqual(spki(rsa));
  });

  test("gives copies, not views of the input", () => {
    const der = spki(ec("P-256"));
    const info = decodeSpki(der) as PublicKeyInfo & { type: "EC" };
    const before = Uint8Array.from(info.point);
    der.fill(0);
    expect(info.point).toEqual(before);
  });

  test("of every kind: no changed byte and no changed length is read as anything but itself", () => {
    expectNoLaxByte(codec, spki(createPublicKey(fixedEcKey("P-256"))));
    expectNoLaxByte(codec, spki(ed25519));
    expectNoLaxByte(codec, spki(rsa));
  });

  test("of every kind: every other BER encoding and every changed structure is refused", () => {
    for (const curve of curveNames) expectNoLaxStructure(codec, spki(createPublicKey(fixedEcKey(curve))));
    expectNoLaxStructure(codec, spki(rsa), ["tag 30: values turned round"]); // (e, n) has the form of a key.
    expectNoLaxStructure(codec, spki(ed25519));
  });

  test.each<[string, () => Uint8Array, string]>([
    ["a compressed point", () => compressed(), "compressed points are refused"],
    ["explicit curve parameters", () => explicitParameters(), "named curve"],
    ["a curve that is not supported", () => spki(ec("brainpoolP320r1")), "curve that is not supported"],
    [
      "an algorithm that is not supported",
      () => spki(ed25519).map((byte, i) => (i === 8 ? 0x74 : byte)),
      "rsaEncryption",
    ],
    ["id-RSASSA-PSS", () => spki(generateKeyPairSync("rsa-pss", { modulusLength: 1024 }).publicKey), "rsaEncryption"],
    ["RSA without NULL", () => without(spki(rsa), [5, 0]), "SubjectPublicKeyInfo|NULL"],
    ["no bytes", () => new Uint8Array(0), "not ASN.1"],
    ["more bytes than any key has", () => new Uint8Array(6000), "longer than 5120"],
  ])("is refused with %s, and the message says so", (_, der, message) => {
    expect(() => decodeSpki(der())).toThrow(DerError);
    expect(() => decodeSpki(der())).toThrow(new RegExp(message));
  });

  test("is not written for values that have none", () => {
    const point = new Uint8Array(65).fill(4);
    expect(() => encodeSpki({ type: "EC", curve: "P-384", point })).toThrow("P-384 point has 97 bytes, not 65");
    expect(() => encodeSpki({ type: "EC", curve: "P-256", point: new Uint8Array(65) })).toThrow(DerError);
    expect(() => encodeSpki({ type: "Ed25519", publicKey: point })).toThrow("32 bytes, not 65");
    const one = Uint8Array.of(1);
    expect(() => encodeSpki({ type: "RSA", n: new Uint8Array(4), e: one })).toThrow("zero or empty");
    expect(() => encodeSpki({ type: "RSA", n: one, e: new Uint8Array(0) })).toThrow("zero or empty");
  });
});

describe("Wycheproof ECDH P-256 public keys", () => {
  interface Case {
    readonly public: string;
  }
  const { groups, count } = wycheproof<object, Case>("ecdh_secp256r1_test.json");
  const cases = groups.flatMap((group) => group.tests);

  test("that are valid are read as P-256 points on the curve, and are canonical", () => {
    const valid = cases.filter((each) => each.result === "valid");
    for (const each of valid) {
      const info = decodeSpki(hex(each.public));
      if (info.type !== "EC" || info.curve !== "P-256") throw new Error(`case ${each.tcId}: not P-256`);
      p256.Point.fromBytes(info.point).assertValidity();
      expect(encodeSpki(info)).toEqual(hex(each.public));
    }
    expect(valid.length).toBeGreaterThan(300);
  });

  test("that are not valid or not canonical are refused, here or by the curve", () => {
    const others = cases.filter((each) => each.result !== "valid");
    const passed = others.filter((each) => {
      try {
        const info = decodeSpki(hex(each.public));
        if (info.type !== "EC" || info.curve !== "P-256") return false;
        p256.Point.fromBytes(info.point).assertValidity();
        return true;
      } catch {
        return false;
      }
    });
    expect(passed.map((each) => `${each.tcId} ${each.flags} ${each.comment}`)).toEqual([]);
    expect(others.length).toBeGreaterThan(250);
    expect(others.length).toBeLessThan(count);
  });

  test("with malformed ASN.1, unnamed curves or compressed points are all refused by the decoder alone", () => {
    const flags = ["InvalidAsn", "UnnamedCurve", "CompressedPoint", "InvalidEncoding"];
    const malformed = cases.filter((each) => each.flags.some((flag) => flags.includes(flag)));
    const accepted = malformed.filter((each) => accepts(codec, hex(each.public)));
    // Case 605 changes the point's last byte: good DER, and the curve refuses it (the test before this one).
    expect(accepted.map((each) => `${each.tcId} ${each.comment}`)).toEqual(["605 modifying last byte of bit string"]);
    expect(malformed.length).toBeGreaterThan(220);
  });

  test("encode to themselves whenever they are accepted", () => {
    const accepted = cases.filter((each) => accepts(codec, hex(each.public)));
    expect(accepted.length).toBeGreaterThan(300);
    expect(accepted.length).toBeLessThan(count);
  });
});

function compressed(): Uint8Array {
  const der = spki(ec("P-256"));
  const short = der.slice(0, 27 + 32);
  short[1] = 0x39;
  short[24] = 0x22;
  short[26] = 0x02;
  expect(createPublicKey({ key: Buffer.from(short), format: "der", type: "spki" }).asymmetricKeyType).toBe("ec");
  return short;
}

function explicitParameters(): Uint8Array {
  const options = { namedCurve: "P-256", paramEncoding: "explicit" as const };
  return spki(generateKeyPairSync("ec", options).publicKey);
}

function without(der: Uint8Array, part: number[]): Uint8Array {
  const at = Buffer.from(der).indexOf(Buffer.from(part));
  const rest = Uint8Array.of(...der.subarray(0, at), ...der.subarray(at + part.length));
  rest[3] -= part.length; // The outer length has two bytes.
  rest[5] -= part.length;
  return rest;
}
