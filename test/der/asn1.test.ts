import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  encode,
  integer,
  objectId,
  octets,
  parse,
  readInteger,
  readObjectId,
  readOctets,
  sequence,
} from "../../src/der/asn1.ts";
import { DerError } from "../../src/der/der-error.ts";

const parsed = (hex: string) => parse(Uint8Array.from(Buffer.from(hex, "hex")), "a value");

describe("DER", () => {
  test("has lengths in as few octets as possible, on both sides of where they grow", () => {
    for (const [length, head] of [
      [0, "0400"],
      [127, "047f"],
      [128, "048180"],
      [255, "0481ff"],
      [256, "04820100"],
      [5000, "04821388"],
    ] as const) {
      const contents = new Uint8Array(length).fill(7);
      const der = encode(octets(contents));
      expect(Buffer.from(der).toString("hex")).toBe(head + Buffer.from(contents).toString("hex"));
      expect(readOctets(parse(der, "octets"), "octets")).toEqual(contents);
    }
  });

  test("writes integers and object identifiers that read back as they were", () => {
    const arc = fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 2 ** 31 }), fc.maxSafeInteger().map(Math.abs));
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 39 })),
        fc.array(arc, { maxLength: 6 }),
        (bytes, first, arcs) => {
          const first8 = bytes.findIndex((byte) => byte !== 0);
          const expected = first8 === -1 ? new Uint8Array(0) : bytes.slice(first8);
          expect(readInteger(parse(encode(integer(bytes)), "n"), "n")).toEqual(expected);
          const oid = [...first, ...arcs].join(".");
          expect(readObjectId(parse(encode(objectId(oid)), "oid"), "oid")).toBe(oid);
        },
      ),
    );
  });

  test("writes object identifiers as OpenSSL reads them", (context) => {
    let shown: string;
    const oid = "1.2.840.113549.1.1.4294967295.127.128.16383.16384";
    try {
      shown = execFileSync("openssl", ["asn1parse", "-inform", "DER"], {
        input: encode(objectId(oid)),
        encoding: "utf8",
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return context.skip("openssl is not installed");
      throw error;
    }
    expect(shown.trim().split(":").at(-1)).toBe(oid);
  });

  test.each([
    ["nothing", "", "not ASN.1"],
    ["a tag and no length", "04", "a length is missing"],
    ["a length that has no end", "3080020101", "a length is missing, indefinite"],
    ["a length of three octets where one will do", "0483000001ff", "longer than it needs to be"],
    ["a length of five octets", "048500000001ff", "more than four octets"],
    ["contents that are cut off", "040311", "longer than what is around it"],
    ["a value that is longer than the one around it", "30030402ff", "longer than what is around it"],
    ["a tag number above 30", "1f8103020101", "above 30"],
    ["more than one value", "05000500", "trailing bytes"],
    ["an arc that a number cannot hold", "060a2a9fffffffffffffffff7f".replace("0a", "0b"), "above 2^53"],
  ])("with %s is refused", (_, hex, message) => {
    const read = () => readObjectId(parsed(hex), "the identifier");
    expect(read).toThrow(DerError);
    expect(read).toThrow(message);
  });

  test("is read to a depth of 16 values", () => {
    const nested = (depth: number) => {
      let block = sequence();
      for (let i = 1; i < depth; i++) block = sequence(block);
      return encode(block);
    };
    expect(() => parse(nested(16), "a value")).not.toThrow();
    expect(() => parse(nested(17), "a value")).toThrow("nested deeper than 16");
    expect(() => parse(nested(1500), "a value")).toThrow(DerError);
  });
});
