import { beforeEach, expect, test } from "vitest";
import { fromHex } from "../../src/bytes/bytes.ts";
import { expectRefusal } from "./support/refusals.ts";
import { createService, type Service } from "./support/service.ts";

let kms: Service;

beforeEach(() => {
  kms = createService();
});

test.each([1, 32, 1024])("gives %i bytes, others every time", async (NumberOfBytes) => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => kms.call("GenerateRandom", { NumberOfBytes })));
  for (const answer of answers) expect(answer).toEqual({ Plaintext: expect.any(Uint8Array) });
  for (const { Plaintext } of answers) expect(Plaintext.length).toBe(NumberOfBytes);
  const different = new Set(answers.map(({ Plaintext }) => Plaintext.join()));
  expect(different.size).toBeGreaterThan(1);
});

test("wants a number of bytes between 1 and 1024", async () => {
  await expectRefusal(kms.call("GenerateRandom", {}), "ValidationException", "NumberOfBytes is required.");
  await expectRefusal(
    kms.call("GenerateRandom", { NumberOfBytes: 0 }),
    "ValidationException",
    "1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: " +
      "Member must have value greater than or equal to 1",
  );
  await expectRefusal(
    kms.call("GenerateRandom", { NumberOfBytes: 1025 }),
    "ValidationException",
    "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: " +
      "Member must have value less than or equal to 1024",
  );
});

test("finds no custom key store where there is none", async () => {
  const input = { NumberOfBytes: 1, CustomKeyStoreId: "cks-1234567890abcdef0" };
  const text = `Custom key store ${input.CustomKeyStoreId} is not found.`;
  await expectRefusal(kms.call("GenerateRandom", input), "CustomKeyStoreNotFoundException", text);
});

test("refuses a recipient that proves nothing instead of answering in plaintext", async () => {
  const Recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument: fromHex("00") };
  await expectRefusal(
    kms.call("GenerateRandom", { NumberOfBytes: 1, Recipient }),
    "ValidationException",
    "The attestation document is not valid: it is not a COSE_Sign1.",
  );
});

test("asks for kms:GenerateRandom on every resource", async () => {
  kms.denied.add("kms:GenerateRandom");
  await expectRefusal(kms.call("GenerateRandom", { NumberOfBytes: 1 }), "AccessDeniedException", "denied");
  expect(kms.asked).toEqual([{ action: "kms:GenerateRandom", resource: "*", conditions: {} }]);
});
