import { expect, test } from "vitest";
import { fromHex } from "../../src/bytes/bytes.ts";
import { readCertificate } from "../../src/der/certificate.ts";
import { DerError } from "../../src/der/der-error.ts";
import { contextTag, TAG, tlv } from "../../src/der/tlv.ts";

test("a time of any length is refused as a time, not by the stack", () => {
  const algorithm = tlv(TAG.SEQUENCE, tlv(TAG.OID, fromHex("2a8648ce3d040303")));
  const version = tlv(contextTag(0, true), tlv(TAG.INTEGER, Uint8Array.of(2)));
  const name = tlv(TAG.SEQUENCE, tlv(TAG.SET));
  const time = tlv(TAG.UTC_TIME, new Uint8Array(1_000_000).fill(0x30));
  const serial = tlv(TAG.INTEGER, Uint8Array.of(1));
  const tbs = tlv(TAG.SEQUENCE, version, serial, algorithm, name, tlv(TAG.SEQUENCE, time, time), name, name);
  const certificate = tlv(TAG.SEQUENCE, tbs, algorithm, tlv(TAG.BIT_STRING, Uint8Array.of(0)));
  expect(() => readCertificate(certificate)).toThrow(DerError);
  expect(() => readCertificate(certificate)).toThrow("has a time that is none");
});
