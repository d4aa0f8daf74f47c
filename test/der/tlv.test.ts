import { expect, test } from "vitest";
import { fromHex, toHex } from "../../src/bytes/bytes.ts";
import { encodePem, readPem, readPrivateKeyPem } from "../../src/der/key-file.ts";
import { inside, readTlv, readTlvs, TAG, tlv } from "../../src/der/tlv.ts";

const read = (hex: string) => () => readTlv(fromHex(hex), "the value");

test("What is written is read again, at every length of a length", () => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
    const encoding = tlv(TAG.OCTET_STRING, new Uint8Array(length));
    expect(readTlv(encoding, "x")).toEqual({ tag: TAG.OCTET_STRING, contents: new Uint8Array(length), encoding });
  }
  const sequence = tlv(TAG.SEQUENCE, tlv(TAG.NULL, new Uint8Array(0)), tlv(TAG.INTEGER, Uint8Array.of(5)));
  expect(toHex(sequence)).toBe("30050500020105");
  expect(inside(readTlv(sequence, "x"), TAG.SEQUENCE, "x").map(({ tag }) => tag)).toEqual([TAG.NULL, TAG.INTEGER]);
  expect(readTlvs(new Uint8Array(0), "x")).toEqual([]);
});

test.each([
  ["", "must be one DER value"],
  ["0500050000", "a length is missing"],
  ["05000500", "must be one DER value"],
  ["04", "a length is missing"],
  ["0401", "longer than what is around it"],
  ["0481", "a length is missing"],
  ["3080050000", "indefinite"],
  ["048101aa", "longer than it needs to be"],
  ["04820001aa", "longer than it needs to be"],
  ["0485000000000100", "more than four octets"],
  ["1f8101", "a tag number is above 30"],
])("%s is refused", (hex, message) => {
  expect(read(hex)).toThrow(message);
});

test("A PEM text may explain itself, and has exactly one private key", () => {
  const pem = encodePem("PRIVATE KEY", Uint8Array.of(0x30, 0));
  expect(pem).toBe("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n");
  expect(readPem(`a key:\r\n${pem.replaceAll("\n", "\r\n")}${encodePem("X", new Uint8Array(100))}`)).toEqual([
    { label: "PRIVATE KEY", bytes: Uint8Array.of(0x30, 0) },
    { label: "X", bytes: new Uint8Array(100) },
  ]);
  expect(readPrivateKeyPem(encodePem("EC PARAMETERS", new Uint8Array(3)) + pem)).toEqual(Uint8Array.of(0x30, 0));
  for (const bad of [
    "",
    pem + pem,
    encodePem("ENCRYPTED PRIVATE KEY", new Uint8Array(3)),
    pem.replace("MAA=", "MAA"),
  ]) {
    expect(() => readPrivateKeyPem(bad)).toThrow(/PEM/);
  }
  expect(() => readPrivateKeyPem(encodePem("EC PRIVATE KEY", fromHex("3003020101")))).toThrow("must name its curve");
});
