import { createECDH, createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import { DerError } from "../../src/der/der-error.ts";
import { decodePkcs8, type EcPrivateKeyInfo, encodePkcs8, type PrivateKeyInfo } from "../../src/der/pkcs8.ts";
import { curveNames, domains } from "../support/curves.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";
import { fixedEcKey, fixedOctetKey } from "./fixed-keys.ts";
import { type Codec, expectNoLaxByte, expectNoLaxStructure } from "./strictness.ts";

const codec: Codec<PrivateKeyInfo> = { decode: decodePkcs8, encode: encodePkcs8 };

const pkcs8 = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ type: "pkcs8", format: "der" }));
const ec = (namedCurve: string): KeyObject => generateKeyPairSync("ec", { namedCurve }).privateKey;
const rsa = nodeRsaKey(2048).privateKey;
const ed25519 = fixedOctetKey("Ed25519");
const bytes = (text: string | undefined): Uint8Array => new Uint8Array(Buffer.from(text ?? "", "base64url"));
const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

describe("PrivateKeyInfo", () => {
  test.each(curveNames)("of %s is what node:crypto writes, both ways", (curve) => {
    const key = ec(domains[curve].node);
    const info = decodePkcs8(pkcs8(key)) as EcPrivateKeyInfo;
    const ecdh = createECDH(domains[curve].node);
    ecdh.setPrivateKey(info.privateKey);
    expect(info).toEqual({
      type: "EC",
      curve,
      privateKey: expect.any(Uint8Array),
      point: new Uint8Array(ecdh.getPublicKey()),
    });
    expect(encodePkcs8(info)).toEqual(pkcs8(key));
  });

  test("of RSA is what node:crypto writes, both ways", () => {
    const { n, e, d, p, q, dp, dq, qi } = rsa.export({ format: "jwk" });
    const info: PrivateKeyInfo = {
      ...{ type: "RSA", n: bytes(n), e: bytes(e), d: bytes(d), p: bytes(p), q: bytes(q) },
      ...{ dp: bytes(dp), dq: bytes(dq), qi: bytes(qi) },
    };
    expect(encodePkcs8(info)).toEqual(pkcs8(rsa));
    expect(decodePkcs8(pkcs8(rsa))).toEqual(info);
  });

  test.each(["X25519", "X448", "Ed25519", "Ed448"] as const)("of %s is what node:crypto writes, both ways", (type) => {
    const { privateKey: key } = generateKeyPairSync(type.toLowerCase() as "ed25519");
    const info: PrivateKeyInfo = { type, seed: bytes(key.export({ format: "jwk" }).d) };
    expect(encodePkcs8(info)).toEqual(pkcs8(key));
    expect(decodePkcs8(pkcs8(key))).toEqual(info);
    expect(() => encodePkcs8({ type, seed: new Uint8Array(20) })).toThrow("bytes, not 20");
  });

  test.each(curveNames)("of %s may leave out the public point", (curve) => {
    const { point: _, ...info } = decodePkcs8(pkcs8(ec(domains[curve].node))) as EcPrivateKeyInfo;
    expect(decodePkcs8(encodePkcs8(info))).toEqual(info);
    expect(createPrivateKey({ key: Buffer.from(encodePkcs8(info)), format: "der", type: "pkcs8" }).type).toBe(
      "private",
    );
  });

  // RFC 9881, C.1.1.1, and what OpenSSL 4.0 writes for the seed 00 to 3f.
  test.each([
    ["ML-DSA-44", 32, "3034020100300b06096086480165030403110422 8020"],
    ["ML-KEM-768", 64, "3054020100300b0609608648016503040402 0442 8040"],
  ] as const)("of %s is the seed alone", (type, length, front) => {
    const seed = Uint8Array.from({ length }, (_, i) => i);
    expect(encodePkcs8({ type, seed })).toEqual(Uint8Array.of(...fromHex(front), ...seed));
    expect(() => encodePkcs8({ type, seed: seed.subarray(1) })).toThrow(`an ${type} seed has ${length} bytes`);
    expect(() => decodePkcs8(encodePkcs8({ type, seed }))).toThrow("is not read from PKCS #8");
  });

  test("of EC may repeat the curve inside, but not name another", () => {
    const scalar = "11".repeat(32);
    const head = "304d 020100 3013 06072a8648ce3d0201 06082a8648ce3d030107 0433 3031 020101 0420";
    const same = fromHex(`${head} ${scalar} a00a 06082a8648ce3d030107`);
    expect(decodePkcs8(same)).toEqual({ type: "EC", curve: "P-256", privateKey: fromHex(scalar) });
    const other = fromHex(`${head} ${scalar} a00a 06082a8648ce3d030101`);
    expect(() => decodePkcs8(other)).toThrow("another curve");
  });

  test("of every kind: no changed byte and no changed length is read as anything but itself", () => {
    expectNoLaxByte(codec, pkcs8(fixedEcKey("P-256")));
    expectNoLaxByte(codec, pkcs8(ed25519));
  });

  test("of RSA: no changed byte and no changed length is read as anything but itself", () => {
    const small = generateKeyPairSync("rsa", { modulusLength: 512 }).privateKey;
    expectNoLaxByte(codec, pkcs8(small));
  });

  test("of every kind: every other BER encoding and every changed structure is refused", () => {
    const withoutPoint = "tag a1: left out"; // A key without its public point is a key.
    for (const curve of curveNames) expectNoLaxStructure(codec, pkcs8(fixedEcKey(curve)), [withoutPoint]);
    expectNoLaxStructure(codec, pkcs8(rsa));
    expectNoLaxStructure(codec, pkcs8(ed25519));
  });

  test.each<[string, () => Uint8Array, string]>([
    [
      "attributes or a public key after the private key",
      () => fromHex(`3030 020100 3005 06032b6570 0422 0420 ${"11".repeat(32)} a000`),
      "has 4 fields where 3 are allowed",
    ],
    ["version 1", () => changedAt(pkcs8(ed25519), 4, 1), "version must be 0"],
    ["multi-prime RSA", () => changedAt(pkcs8(rsa), 32, 1), "RSAPrivateKey version must be 0"],
    [
      "a scalar that is too short",
      () =>
        fromHex(`303f 020100 3013 06072a8648ce3d0201 06082a8648ce3d030107 0425 3023 020101 041e ${"11".repeat(30)}`),
      "32 bytes, not 30",
    ],
    [
      "an algorithm that is not supported",
      () => pkcs8(ed25519).map((byte, i) => (i === 11 ? 0x74 : byte)),
      "rsaEncryption",
    ],
    [
      "a parameter set of ML-DSA",
      () => fromHex("3014 020100 300b 0609608648016503040311 0402 0400"),
      "a private key of ML-DSA-44 is not read from PKCS #8",
    ],
    ["a curve that is not supported", () => pkcs8(ec("brainpoolP320r1")), "curve that is not supported"],
    [
      "a bare ECPrivateKey",
      () => new Uint8Array(ec("P-256").export({ type: "sec1", format: "der" })),
      "PrivateKeyInfo has 4 fields",
    ],
    ["no bytes", () => new Uint8Array(0), "not ASN.1"],
  ])("is refused with %s, and the message says so", (_, der, message) => {
    const input = der();
    expect(() => decodePkcs8(input)).toThrow(DerError);
    expect(() => decodePkcs8(input)).toThrow(message);
  });

  test("is not written for values that have none", () => {
    const short = new Uint8Array(31).fill(1);
    expect(() => encodePkcs8({ type: "EC", curve: "P-256", privateKey: short })).toThrow("32 bytes, not 31");
    const privateKey = new Uint8Array(32).fill(1);
    expect(() => encodePkcs8({ type: "EC", curve: "P-256", privateKey, point: short })).toThrow(DerError);
    expect(() => encodePkcs8({ type: "Ed25519", seed: short })).toThrow("32 bytes, not 31");
  });
});

function changedAt(der: Uint8Array, index: number, value: number): Uint8Array {
  const copy = Uint8Array.from(der);
  copy[index] = value;
  return copy;
}
