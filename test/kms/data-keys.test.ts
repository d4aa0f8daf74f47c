import { createPrivateKey, createPublicKey } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../src/bytes/bytes.ts";
import type { KeyRecord } from "../../src/kms/context.ts";
import { DRY_RUN, expectRefusal } from "./support/refusals.ts";
import { createService, type Service } from "./support/service.ts";

const LENGTH_TEXT = "Please specify either number of bytes or key spec.";
const ASYMMETRIC_TEXT = "You cannot generate a data key with an asymmetric CMK";
const EncryptionContext = { purpose: "test" };

let kms: Service;
let key: KeyRecord;
let rsa: KeyRecord;
let mac: KeyRecord;

beforeAll(async () => {
  kms = createService();
  key = await kms.createKey();
  rsa = await kms.createKey("RSA_2048", "ENCRYPT_DECRYPT");
  mac = await kms.createKey("HMAC_256");
});

beforeEach(() => {
  kms.asked.length = 0;
  kms.denied.clear();
});

describe.each(["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"] as const)("%s", (operation) => {
  const withPlaintext = operation === "GenerateDataKey";
  const call = (input: object): Promise<Record<string, Uint8Array>> =>
    kms.call(operation, { KeyId: key.keyId, ...input });

  test.each([
    [{ KeySpec: "AES_128" }, 16],
    [{ KeySpec: "AES_256" }, 32],
    [{ NumberOfBytes: 1 }, 1],
    [{ NumberOfBytes: 1024 }, 1024],
  ])("makes for %o a key of %i bytes that Decrypt gives back", async (input, length) => {
    const answer = await call({ ...input, EncryptionContext });
    expect(answer).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      KeyId: key.arn,
      KeyMaterialId: key.materials[0]?.id,
      ...(withPlaintext ? { Plaintext: expect.any(Uint8Array) } : {}),
    });
    const { CiphertextBlob } = answer;
    const { Plaintext } = await kms.call("Decrypt", { CiphertextBlob, EncryptionContext });
    expect(Plaintext.length).toBe(length);
    if (length > 1) expect(Plaintext).not.toEqual(new Uint8Array(length).fill(Plaintext[0]));
    if (withPlaintext) expect(answer["Plaintext"]).toEqual(Plaintext);
    await expectRefusal(kms.call("Decrypt", { CiphertextBlob }), "InvalidCiphertextException");
  });

  test("answers with a blob of the shape and size of AWS's data keys", async () => {
    const { CiphertextBlob } = await call({ KeySpec: "AES_256" });
    expect(toHex(CiphertextBlob as Uint8Array)).toMatch(/^0102030078/);
    expect(CiphertextBlob?.length).toBe(184);
  });

  test("wants exactly one of NumberOfBytes and KeySpec, after the lookup and before usage and state", async () => {
    const off = await kms.createKey("HMAC_256");
    await kms.setState(off, "Disabled");
    for (const KeyId of [key.keyId, off.keyId]) {
      await expectRefusal(call({ KeyId }), "ValidationException", LENGTH_TEXT);
      const both = { KeyId, KeySpec: "AES_256", NumberOfBytes: 32 };
      await expectRefusal(call(both), "ValidationException", LENGTH_TEXT);
    }
    await expectRefusal(call({ KeyId: "foo" }), "NotFoundException", "Invalid keyId 'foo'");
  });

  test("refuses an asymmetric key, and a key of another usage", async () => {
    const NumberOfBytes = 32;
    await expectRefusal(call({ KeyId: rsa.keyId, NumberOfBytes }), "InvalidKeyUsageException", ASYMMETRIC_TEXT);
    await expectRefusal(
      call({ KeyId: mac.keyId, NumberOfBytes }),
      "InvalidKeyUsageException",
      `${mac.arn} key usage is GENERATE_VERIFY_MAC which is not valid for ${operation}.`,
    );
  });

  test("refuses a key that is not enabled", async () => {
    const off = await kms.createKey();
    await kms.setState(off, "Disabled");
    await expectRefusal(call({ KeyId: off.keyId, NumberOfBytes: 1 }), "DisabledException", `${off.arn} is disabled.`);
    await kms.setState(off, "PendingDeletion");
    const pending = call({ KeyId: off.keyId, NumberOfBytes: 1 });
    await expectRefusal(pending, "KMSInvalidStateException", `${off.arn} is pending deletion.`);
  });

  test("asks for its own permission", async () => {
    kms.denied.add(`kms:${operation}`);
    await expectRefusal(call({ NumberOfBytes: 1, EncryptionContext }), "AccessDeniedException", "denied");
    expect(kms.asked).toEqual([{ action: `kms:${operation}`, resource: key.arn, conditions: {} }]);
  });

  test("stops a dry run after every check", async () => {
    await expectRefusal(call({ KeySpec: "AES_256", DryRun: true }), "DryRunOperationException", DRY_RUN);
    await expectRefusal(call({ DryRun: true }), "ValidationException", LENGTH_TEXT);
  });
});

describe.each(["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"] as const)("%s", (operation) => {
  const withPlaintext = operation === "GenerateDataKeyPair";
  const call = (input: object): Promise<Record<string, Uint8Array>> =>
    kms.call(operation, { KeyId: key.keyId, KeyPairSpec: "ECC_NIST_P256", ...input });

  test.each([
    ["RSA_2048", "rsa"],
    ["ECC_NIST_P256", "ec"],
    ["ECC_NIST_P384", "ec"],
    ["ECC_NIST_P521", "ec"],
    ["ECC_SECG_P256K1", "ec"],
    ["ECC_NIST_EDWARDS25519", "ed25519"],
  ])("makes a pair of %s, whose private half Decrypt gives back", async (KeyPairSpec, type) => {
    const answer = await call({ KeyPairSpec, EncryptionContext });
    expect(answer).toEqual({
      PrivateKeyCiphertextBlob: expect.any(Uint8Array),
      PublicKey: expect.any(Uint8Array),
      KeyId: key.arn,
      KeyPairSpec,
      KeyMaterialId: key.materials[0]?.id,
      ...(withPlaintext ? { PrivateKeyPlaintext: expect.any(Uint8Array) } : {}),
    });
    const CiphertextBlob = answer["PrivateKeyCiphertextBlob"];
    const { Plaintext } = await kms.call("Decrypt", { CiphertextBlob, EncryptionContext });
    if (withPlaintext) expect(answer["PrivateKeyPlaintext"]).toEqual(Plaintext);
    const privateKey = createPrivateKey({ key: Buffer.from(Plaintext), type: "pkcs8", format: "der" });
    expect(privateKey.asymmetricKeyType).toBe(type);
    const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
    expect(answer["PublicKey"]).toEqual(Uint8Array.from(publicKey));
  });

  test.each([
    ["us-east-1", "SM2"],
    ["cn-north-1", "ML_KEM_512"],
    ["cn-northwest-1", "ML_KEM_1024"],
  ])("says that %s has no pairs of %s", async (region, KeyPairSpec) => {
    const there = createService({ region });
    const { keyId } = await there.createKey();
    const refused = there.call(operation, { KeyId: keyId, KeyPairSpec });
    const text = `KeyPairSpec ${KeyPairSpec} is not supported in ${region}.`;
    await expectRefusal(refused, "UnsupportedOperationException", text);
  });

  test("refuses an asymmetric key, a key of another usage, and one that is disabled", async () => {
    const off = await kms.createKey();
    await kms.setState(off, "Disabled");
    await expectRefusal(call({ KeyId: rsa.keyId }), "InvalidKeyUsageException", ASYMMETRIC_TEXT);
    await expectRefusal(
      call({ KeyId: mac.keyId }),
      "InvalidKeyUsageException",
      `${mac.arn} key usage is GENERATE_VERIFY_MAC which is not valid for ${operation}.`,
    );
    await expectRefusal(call({ KeyId: off.keyId }), "DisabledException", `${off.arn} is disabled.`);
  });

  test("asks for its own permission", async () => {
    kms.denied.add(`kms:${operation}`);
    await expectRefusal(call({}), "AccessDeniedException", "denied");
    expect(kms.asked).toEqual([{ action: `kms:${operation}`, resource: key.arn, conditions: {} }]);
  });

  test("stops a dry run after every check", async () => {
    await expectRefusal(call({ DryRun: true }), "DryRunOperationException", DRY_RUN);
    const unsupported = call({ DryRun: true, KeyPairSpec: "SM2" });
    await expectRefusal(unsupported, "UnsupportedOperationException", "KeyPairSpec SM2 is not supported in us-east-1.");
  });
});

test.each([
  ["GenerateDataKey", { KeySpec: "AES_256" }],
  ["GenerateDataKeyPair", { KeyPairSpec: "ECC_NIST_P256" }],
] as const)(
  "%s refuses a recipient that proves nothing instead of answering in plaintext",
  async (operation, input) => {
    const Recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument: fromHex("00") };
    await expectRefusal(
      kms.call(operation, { KeyId: key.keyId, ...input, Recipient }),
      "ValidationException",
      "The attestation document is not valid: it is not a COSE_Sign1.",
    );
  },
);
