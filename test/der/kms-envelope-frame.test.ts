import fc from "fast-check";
import { expect, test } from "vitest";
import { concat } from "../../src/bytes/bytes.ts";
import { type EnvelopePurpose, envelopeKeyId, readEnvelopeFrame } from "../../src/der/kms-envelope-frame.ts";
import { encodeEnvelopeHeader } from "../support/envelope-header.ts";

const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const headers = fc.record({
  purpose: fc.constantFrom<EnvelopePurpose>("ENCRYPT", "DATAKEY"),
  keyIdentifier: exactly(32),
  nonce: exactly(16),
  iv: exactly(12),
});

test("a frame is read as it was written, for any number of octets", () => {
  fc.assert(
    fc.property(headers, fc.nat(65_000), (fields, octetCount) => {
      const octets = new Uint8Array(octetCount).fill(0x5a);
      const header = encodeEnvelopeHeader(fields, octetCount);
      const blob = concat(header, octets);
      const { octets: readOctets, ...rest } = readEnvelopeFrame(blob)!;
      expect(rest).toEqual({ ...fields, header });
      expect(Buffer.compare(readOctets, octets)).toBe(0);
      expect(envelopeKeyId(blob)).toEqual(fields.keyIdentifier);
    }),
    { numRuns: 100 },
  );
});

test("around every change of a DER length's form, each number of octets has one frame", () => {
  const fields = {
    purpose: "ENCRYPT" as const,
    keyIdentifier: new Uint8Array(32),
    nonce: new Uint8Array(16),
    iv: new Uint8Array(12),
  };
  const around = [0, 27, 32, 128, 160, 256].flatMap((middle) => Array.from({ length: 70 }, (_, i) => middle + i));
  for (const octetCount of around) {
    const header = encodeEnvelopeHeader(fields, octetCount);
    const frame = readEnvelopeFrame(concat(header, new Uint8Array(octetCount)));
    expect(frame?.octets.length, `${octetCount} octets`).toBe(octetCount);
  }
});

test("a changed byte of the header is either another field's value or no frame", () => {
  const fields = {
    purpose: "DATAKEY" as const,
    keyIdentifier: new Uint8Array(32).fill(1),
    nonce: new Uint8Array(16).fill(2),
    iv: new Uint8Array(12).fill(3),
  };
  const header = encodeEnvelopeHeader(fields, 59);
  const isField = (i: number) => i === 2 || (i >= 5 && i < 37) || (i >= 38 && i < 54) || (i >= 108 && i < 120);
  for (let i = 0; i < header.length; i++) {
    const blob = concat(header, new Uint8Array(59));
    blob[i]! ^= 0x01;
    expect(readEnvelopeFrame(blob) !== undefined, `byte ${i}`).toBe(isField(i));
  }
});

test("random bytes are no frame, and fields of other lengths have none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(readEnvelopeFrame(bytes)).toBeUndefined();
    }),
  );
  const fields = {
    purpose: "ENCRYPT" as const,
    keyIdentifier: new Uint8Array(31),
    nonce: new Uint8Array(16),
    iv: new Uint8Array(12),
  };
  expect(() => encodeEnvelopeHeader(fields, 27)).toThrow(RangeError);
  expect(() => encodeEnvelopeHeader({ ...fields, keyIdentifier: new Uint8Array(32) }, 65_001)).toThrow(RangeError);
});
