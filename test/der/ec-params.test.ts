import { describe, expect, test } from "vitest";
import { DerError } from "../../src/der/der-error.ts";
import {
  decodeEcParams,
  decodeEcPoint,
  type EcCurve,
  encodeEcParams,
  encodeEcPoint,
  type OctetCurve,
} from "../../src/der/ec-params.ts";
import { type Codec, expectNoLaxByte, expectNoLaxStructure } from "./strictness.ts";

const params: Codec<EcCurve | OctetCurve> = { decode: decodeEcParams, encode: encodeEcParams };
const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const printable = (text: string): Uint8Array => Uint8Array.of(0x13, text.length, ...Buffer.from(text));

describe("CKA_EC_PARAMS", () => {
  test.each([
    ["P-224", "06052b81040021"],
    ["P-256", "06082a8648ce3d030107"],
    ["P-384", "06052b81040022"],
    ["P-521", "06052b81040023"],
    ["secp256k1", "06052b8104000a"],
    ["brainpoolP256r1", "06092b2403030208010107"],
    ["brainpoolP384r1", "06092b240303020801010b"],
    ["brainpoolP512r1", "06092b240303020801010d"],
    ["X25519", "06032b656e"],
    ["X448", "06032b656f"],
    ["Ed25519", "06032b6570"],
    ["Ed448", "06032b6571"],
  ] as const)("of %s is %s", (curve, der) => {
    expect(encodeEcParams(curve)).toEqual(fromHex(der));
    expect(decodeEcParams(fromHex(der))).toBe(curve);
    expectNoLaxByte(params, fromHex(der));
    for (const tail of ["00", "0500", der]) expect(() => decodeEcParams(fromHex(der + tail))).toThrow(DerError);
  });

  test("of the curves of RFC 8410 may be the names that PKCS #11 gives them", () => {
    expect(decodeEcParams(printable("edwards25519"))).toBe("Ed25519");
    expect(decodeEcParams(printable("edwards448"))).toBe("Ed448");
    expect(decodeEcParams(printable("curve25519"))).toBe("X25519");
    expect(decodeEcParams(printable("curve448"))).toBe("X448");
    for (const text of ["Edwards25519", "edwards2551", "edwards4480", "curve25519 ", "Ed448", ""]) {
      expect(() => decodeEcParams(printable(text)), text).toThrow(DerError);
    }
    const name = printable("edwards25519");
    const utf8 = Uint8Array.of(0x0c, ...name.subarray(1));
    const constructed = Uint8Array.of(0x33, name.length, ...name);
    const longLength = Uint8Array.of(0x13, 0x81, 12, ...name.subarray(2));
    for (const lax of [utf8, constructed, longLength]) expect(() => decodeEcParams(lax)).toThrow(DerError);
  });

  test.each([
    ["another curve", "06092b2403030208010108", "curve that is not supported"],
    ["an arc with a needless 80", "06092a8648ce3d80030107", "curve that is not supported|not ASN.1|not DER"],
    ["implicitCA", "0500", "must be an OBJECT IDENTIFIER"],
    ["explicit parameters", "30030201 01".replace(" ", ""), "must be an OBJECT IDENTIFIER"],
    ["no bytes", "", "not ASN.1"],
  ])("is refused for %s", (_, der, message) => {
    expect(() => decodeEcParams(fromHex(der))).toThrow(DerError);
    expect(() => decodeEcParams(fromHex(der))).toThrow(new RegExp(message));
  });
});

describe("CKA_EC_POINT", () => {
  const codec: Codec<Uint8Array> = { decode: decodeEcPoint, encode: encodeEcPoint };

  test.each([65, 97, 133])("of %i bytes is an OCTET STRING, both ways", (length) => {
    const point = new Uint8Array(length).fill(0x5a);
    const header = length < 128 ? [0x04, length] : [0x04, 0x81, length];
    expect(encodeEcPoint(point)).toEqual(Uint8Array.of(...header, ...point));
    expect(decodeEcPoint(encodeEcPoint(point))).toEqual(point);
  });

  test("is refused bare, in a BIT STRING, and in every other BER encoding", () => {
    const point = new Uint8Array(65).fill(0x5a);
    point[0] = 4;
    expect(() => decodeEcPoint(point)).toThrow(DerError);
    expect(() => decodeEcPoint(Uint8Array.of(3, 66, 0, ...point))).toThrow("must be an OCTET STRING");
    expectNoLaxByte(codec, encodeEcPoint(point));
    expectNoLaxStructure(codec, encodeEcPoint(point), ["tag 4: empty"]); // The empty string is one, too.
  });
});
