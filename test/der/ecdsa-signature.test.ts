import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DerError } from "../../src/der/der-error.ts";
import { decodeEcdsaSignature, encodeEcdsaSignature } from "../../src/der/ecdsa-signature.ts";
import { hex, wycheproof } from "../support/vectors.ts";
import { byteChanges, lengthChanges, structureChanges } from "./mutations.ts";

const ORDER_BYTES = {
  secp224r1: 28,
  "P-256": 32,
  "P-384": 48,
  "P-521": 66,
  secp256k1: 32,
  brainpoolP512r1: 64,
} as const;

describe("ECDSA signatures in DER", () => {
  test.each(Object.entries(ORDER_BYTES))(
    "of %s: node:crypto's are read, and written again byte for byte",
    (curve, n) => {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: curve });
      for (let i = 0; i < 100; i++) {
        const der = new Uint8Array(sign("sha256", Uint8Array.of(i), { key: privateKey, dsaEncoding: "der" }));
        const rs = decodeEcdsaSignature(der, n);
        expect(rs?.length).toBe(2 * n);
        expect(encodeEcdsaSignature(rs as Uint8Array)).toEqual(der);
      }
    },
  );

  test("of any r and s come back, also zero and all ones", () => {
    const half = fc.oneof(fc.constant(new Uint8Array(66)), fc.uint8Array({ minLength: 66, maxLength: 66 }));
    fc.assert(
      fc.property(half, half, fc.constantFrom(32, 48, 66), fc.nat(66), (r, s, n, zeros) => {
        const rs = Uint8Array.of(...r.subarray(0, n).fill(0, 0, Math.min(zeros, n)), ...s.subarray(0, n));
        expect(decodeEcdsaSignature(encodeEcdsaSignature(rs), n)).toEqual(rs);
      }),
    );
    const ones = new Uint8Array(132).fill(0xff);
    expect(decodeEcdsaSignature(encodeEcdsaSignature(ones), 66)).toEqual(ones);
  });

  test.each([32, 66])("with integers of %i bytes: no change is read as anything but itself", (n) => {
    const rs = new Uint8Array(2 * n).map((_, i) => (i * 37 + 0xa5) & (n === 66 && i % 66 === 0 ? 1 : 0xff));
    const der = encodeEcdsaSignature(rs);
    for (const mutant of byteChanges(der)) {
      const read = decodeEcdsaSignature(mutant, n);
      if (read !== undefined && Buffer.compare(encodeEcdsaSignature(read), mutant) !== 0) {
        throw new Error(`accepted but not canonical: ${Buffer.from(mutant).toString("hex")}`);
      }
    }
    for (const mutant of lengthChanges(der)) expect(decodeEcdsaSignature(mutant, n)).toBeUndefined();
    const reversed = "tag 30: values turned round"; // (s, r) has the form of a signature.
    const accepted = [...structureChanges(der)].filter((mutant) => decodeEcdsaSignature(mutant.der, n) !== undefined);
    expect(accepted.map((mutant) => mutant.how).filter((how) => how !== reversed)).toEqual([]);
  });

  test("longer than the order are refused", () => {
    const wide = encodeEcdsaSignature(new Uint8Array(66).fill(1));
    expect(decodeEcdsaSignature(wide, 33)).toBeDefined();
    expect(decodeEcdsaSignature(wide, 32)).toBeUndefined();
  });

  test("are not written from halves of different length", () => {
    expect(() => encodeEcdsaSignature(new Uint8Array(63))).toThrow(DerError);
    expect(() => encodeEcdsaSignature(new Uint8Array(0))).toThrow(DerError);
  });

  test("of Wycheproof: the valid are read and canonical, the malformed are refused", () => {
    const { groups } = wycheproof<object, { sig: string }>("ecdsa_secp256r1_sha256_test.json");
    let valid = 0;
    let malformed = 0;
    for (const each of groups.flatMap((group) => group.tests)) {
      const read = decodeEcdsaSignature(hex(each.sig), 32);
      if (read !== undefined) expect(encodeEcdsaSignature(read), `case ${each.tcId}`).toEqual(hex(each.sig));
      if (each.result === "valid") {
        expect(read, `case ${each.tcId}`).toBeDefined();
        valid++;
      }
      const flags = ["BerEncodedSignature", "InvalidEncoding", "InvalidTypesInSignature", "MissingZero"];
      if (each.flags.some((flag) => flags.includes(flag))) {
        expect(read, `case ${each.tcId} ${each.comment}`).toBeUndefined();
        malformed++;
      }
    }
    expect([valid > 150, malformed]).toEqual([true, 163]);
  });
});
