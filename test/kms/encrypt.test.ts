import { constants, createPublicKey, publicEncrypt } from "node:crypto";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fromHex, toHex, utf8 } from "../../src/bytes/bytes.ts";
import type { KeyRecord } from "../../src/kms/context.ts";
import { CONTEXT_WITH_RSA, DRY_RUN, expectRefusal, INCORRECT_KEY, NO_SUCH_KEY } from "./support/refusals.ts";
import { createService, type Service, UNKNOWN_KEY } from "./support/service.ts";

const PLAINTEXT = utf8("attack at dawn");
const CONTEXT = { ab: "c" };

let kms: Service;
let symmetric: KeyRecord;
let rsa: KeyRecord;
let mac: KeyRecord;
let signing: KeyRecord;

beforeAll(async () => {
  kms = createService();
  symmetric = await kms.createKey();
  rsa = await kms.createKey("RSA_2048", "ENCRYPT_DECRYPT");
  mac = await kms.createKey("HMAC_256");
  signing = await kms.createKey("RSA_2048", "SIGN_VERIFY");
});

beforeEach(() => {
  kms.asked.length = 0;
  kms.denied.clear();
});

const seal = async (input: object = {}): Promise<Uint8Array> =>
  (await kms.call("Encrypt", { KeyId: symmetric.keyId, Plaintext: PLAINTEXT, ...input })).CiphertextBlob;

const sealRsa = (): Promise<Uint8Array> => seal({ KeyId: rsa.keyId, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" });

describe("Encrypt", () => {
  test("answers with a blob of AWS's shape, the key's ARN and the algorithm", async () => {
    const answer = await kms.call("Encrypt", { KeyId: symmetric.keyId, Plaintext: PLAINTEXT });
    expect(answer).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      KeyId: symmetric.arn,
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
    });
    expect(toHex(answer.CiphertextBlob)).toMatch(/^0102020078/);
    expect(answer.CiphertextBlob.length).toBe(PLAINTEXT.length + 152);
  });

  test("never gives the same blob twice", async () => {
    expect(await seal()).not.toEqual(await seal());
  });

  test("asks for kms:Encrypt on the key", async () => {
    await seal({ EncryptionContext: CONTEXT });
    expect(kms.asked).toEqual([{ action: "kms:Encrypt", resource: symmetric.arn, conditions: {} }]);
  });

  test.each([
    ["RSA_2048", 214, 190],
    ["RSA_3072", 342, 318],
    ["RSA_4096", 470, 446],
  ] as const)("takes with %s up to %i bytes with OAEP and SHA-1, %i with SHA-256", async (spec, sha1, sha256) => {
    const { keyId, arn } = spec === "RSA_2048" ? rsa : await kms.createKey(spec, "ENCRYPT_DECRYPT");
    for (const [EncryptionAlgorithm, maximum] of [
      ["RSAES_OAEP_SHA_1", sha1],
      ["RSAES_OAEP_SHA_256", sha256],
    ] as const) {
      const call = (length: number): Promise<{ CiphertextBlob: Uint8Array }> =>
        kms.call("Encrypt", { KeyId: keyId, Plaintext: new Uint8Array(length).fill(7), EncryptionAlgorithm });
      const { CiphertextBlob } = await call(maximum);
      expect(CiphertextBlob.length).toBe(Number(spec.slice(4)) / 8);
      expect(await kms.call("Decrypt", { KeyId: keyId, CiphertextBlob, EncryptionAlgorithm })).toEqual({
        KeyId: arn,
        Plaintext: new Uint8Array(maximum).fill(7),
        EncryptionAlgorithm,
      });
      await expectRefusal(
        call(maximum + 1),
        "ValidationException",
        `Algorithm ${EncryptionAlgorithm} and key spec ${spec} cannot encrypt data larger than ${maximum} bytes.`,
      );
    }
  });

  test("refuses the default algorithm with an RSA key", async () => {
    await expectRefusal(
      seal({ KeyId: rsa.keyId }),
      "InvalidKeyUsageException",
      "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.",
    );
  });

  test("refuses an encryption context with an RSA key, but takes an empty one", async () => {
    const input = { KeyId: rsa.keyId, EncryptionAlgorithm: "RSAES_OAEP_SHA_1" };
    await expectRefusal(seal({ ...input, EncryptionContext: CONTEXT }), "ValidationException", CONTEXT_WITH_RSA);
    expect((await seal({ ...input, EncryptionContext: {} })).length).toBe(256);
  });

  test("refuses a key of another usage before it looks at the algorithm", async () => {
    await expectRefusal(
      seal({ KeyId: signing.keyId }),
      "InvalidKeyUsageException",
      `${signing.arn} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
    );
  });

  test("looks at usage before state, and at state before the algorithm", async () => {
    const [off, offMac] = [await kms.createKey(), await kms.createKey("HMAC_256")];
    await kms.setState(off, "Disabled");
    await kms.setState(offMac, "Disabled");
    const EncryptionAlgorithm = "RSAES_OAEP_SHA_1";
    await expectRefusal(
      seal({ KeyId: off.keyId, EncryptionAlgorithm }),
      "DisabledException",
      `${off.arn} is disabled.`,
    );
    await expectRefusal(
      seal({ KeyId: offMac.keyId }),
      "InvalidKeyUsageException",
      `${offMac.arn} key usage is GENERATE_VERIFY_MAC which is not valid for Encrypt.`,
    );
    await kms.setState(off, "PendingDeletion");
    await expectRefusal(seal({ KeyId: off.keyId }), "KMSInvalidStateException", `${off.arn} is pending deletion.`);
  });

  test("stops a dry run after every check", async () => {
    await expectRefusal(seal({ DryRun: true }), "DryRunOperationException", DRY_RUN);
    await expectRefusal(
      seal({
        KeyId: rsa.keyId,
        EncryptionAlgorithm: "RSAES_OAEP_SHA_1",
        Plaintext: new Uint8Array(215),
        DryRun: true,
      }),
      "ValidationException",
      "Algorithm RSAES_OAEP_SHA_1 and key spec RSA_2048 cannot encrypt data larger than 214 bytes.",
    );
  });
});

describe("Decrypt", () => {
  test("gives back every plaintext under its encryption context", async () => {
    const contexts = fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), { maxKeys: 4 });
    const plaintexts = fc.uint8Array({ minLength: 1, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(plaintexts, contexts, async (Plaintext, EncryptionContext) => {
        const CiphertextBlob = await seal({ Plaintext, EncryptionContext });
        expect(await kms.call("Decrypt", { CiphertextBlob, EncryptionContext })).toEqual({
          KeyId: symmetric.arn,
          Plaintext,
          EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
          KeyMaterialId: symmetric.materials[0]?.id,
        });
        const other = { ...EncryptionContext, "one more": "" };
        await expectRefusal(
          kms.call("Decrypt", { CiphertextBlob, EncryptionContext: other }),
          "InvalidCiphertextException",
        );
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["no context", undefined],
    ["the boundary between name and value moved", { a: "bc" }],
    ["the name in another case", { AB: "c" }],
    ["another value", { ab: "d" }],
  ])("refuses a blob of { ab: c } under %s", async (_, EncryptionContext) => {
    const CiphertextBlob = await seal({ EncryptionContext: CONTEXT });
    await expectRefusal(kms.call("Decrypt", { CiphertextBlob, EncryptionContext }), "InvalidCiphertextException");
  });

  test("refuses a blob with any one bit flipped", async () => {
    const blob = await seal();
    for (let bit = 0; bit < 8 * blob.length; bit++) {
      const CiphertextBlob = Uint8Array.from(blob);
      CiphertextBlob[bit >> 3]! ^= 1 << (bit & 7);
      const inIdentifier = bit >> 3 >= 5 && bit >> 3 < 37;
      if (inIdentifier)
        await expectRefusal(kms.call("Decrypt", { CiphertextBlob }), "AccessDeniedException", NO_SUCH_KEY);
      else await expectRefusal(kms.call("Decrypt", { CiphertextBlob }), "InvalidCiphertextException");
    }
  });

  test("refuses a blob cut short anywhere, or longer", async () => {
    const blob = await seal();
    for (let length = 1; length < blob.length; length++) {
      const answer = kms.call("Decrypt", { CiphertextBlob: blob.subarray(0, length) });
      await expectRefusal(answer, "InvalidCiphertextException");
    }
    await expectRefusal(
      kms.call("Decrypt", { CiphertextBlob: Uint8Array.of(...blob, 0) }),
      "InvalidCiphertextException",
    );
  });

  test("refuses garbage without a message", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (CiphertextBlob) => {
        await expectRefusal(kms.call("Decrypt", { CiphertextBlob }), "InvalidCiphertextException");
        await expectRefusal(
          kms.call("Decrypt", { CiphertextBlob, KeyId: symmetric.arn }),
          "InvalidCiphertextException",
        );
      }),
      { numRuns: 50 },
    );
  });

  test("reads blobs of every material the key has had", async () => {
    const key = await kms.createKey();
    const old = await seal({ KeyId: key.keyId });
    await kms.rotate(key);
    const recent = await seal({ KeyId: key.keyId });
    const answers = [
      await kms.call("Decrypt", { CiphertextBlob: old }),
      await kms.call("Decrypt", { CiphertextBlob: recent }),
    ];
    expect(answers.map(({ Plaintext }) => Plaintext)).toEqual([PLAINTEXT, PLAINTEXT]);
    expect(answers[0].KeyMaterialId).toBe(key.materials[0]?.id);
    expect(answers[1].KeyMaterialId).not.toBe(key.materials[0]?.id);
  });

  test("opens what OpenSSL encrypted with the public key", async () => {
    const key = createPublicKey({ key: Buffer.from(rsa.materials[0]?.publicKey ?? []), type: "spki", format: "der" });
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    for (const [EncryptionAlgorithm, oaepHash] of [
      ["RSAES_OAEP_SHA_1", "sha1"],
      ["RSAES_OAEP_SHA_256", "sha256"],
    ]) {
      const CiphertextBlob = Uint8Array.from(publicEncrypt({ key, padding, oaepHash: oaepHash as string }, PLAINTEXT));
      const { Plaintext } = await kms.call("Decrypt", { KeyId: rsa.keyId, CiphertextBlob, EncryptionAlgorithm });
      expect(Plaintext).toEqual(PLAINTEXT);
    }
  });

  test("refuses an RSA ciphertext that is changed, too short, or of another hash, without a message", async () => {
    const blob = await sealRsa();
    const input = { KeyId: rsa.keyId, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" };
    const changed = Uint8Array.from(blob);
    changed[100]! ^= 1;
    for (const CiphertextBlob of [changed, blob.subarray(1), Uint8Array.of(0, ...blob)]) {
      await expectRefusal(kms.call("Decrypt", { ...input, CiphertextBlob }), "InvalidCiphertextException");
    }
    await expectRefusal(
      kms.call("Decrypt", { ...input, CiphertextBlob: blob, EncryptionAlgorithm: "RSAES_OAEP_SHA_1" }),
      "InvalidCiphertextException",
    );
  });

  test("refuses an RSA ciphertext under the default algorithm", async () => {
    await expectRefusal(
      kms.call("Decrypt", { KeyId: rsa.keyId, CiphertextBlob: await sealRsa() }),
      "InvalidCiphertextException",
    );
  });

  test("wants a key where the ciphertext names none", async () => {
    await expectRefusal(
      kms.call("Decrypt", { CiphertextBlob: await sealRsa(), EncryptionAlgorithm: "RSAES_OAEP_SHA_256" }),
      "ValidationException",
      "KeyId must not be null",
    );
  });

  test("refuses every other key than the blob's, whatever its usage", async () => {
    const CiphertextBlob = await seal();
    for (const { keyId } of [await kms.createKey(), rsa, mac]) {
      await expectRefusal(
        kms.call("Decrypt", { CiphertextBlob, KeyId: keyId }),
        "IncorrectKeyException",
        INCORRECT_KEY,
      );
    }
    expect((await kms.call("Decrypt", { CiphertextBlob, KeyId: symmetric.arn })).Plaintext).toEqual(PLAINTEXT);
  });

  test("refuses an RSA algorithm with a symmetric key", async () => {
    const CiphertextBlob = await seal();
    await expectRefusal(
      kms.call("Decrypt", { CiphertextBlob, KeyId: symmetric.keyId, EncryptionAlgorithm: "RSAES_OAEP_SHA_1" }),
      "InvalidKeyUsageException",
      "Algorithm RSAES_OAEP_SHA_1 is incompatible with key spec SYMMETRIC_DEFAULT.",
    );
  });

  test("refuses an encryption context with an RSA key", async () => {
    const EncryptionAlgorithm = "RSAES_OAEP_SHA_256";
    const input = {
      CiphertextBlob: await sealRsa(),
      KeyId: rsa.keyId,
      EncryptionAlgorithm,
      EncryptionContext: CONTEXT,
    };
    await expectRefusal(kms.call("Decrypt", input), "ValidationException", CONTEXT_WITH_RSA);
  });

  test("gives one answer for a blob of an unknown key and of a key out of reach, when no key is named", async () => {
    const CiphertextBlob = await seal();
    const unknown = Uint8Array.from(CiphertextBlob).fill(0, 5, 37);
    await expectRefusal(kms.call("Decrypt", { CiphertextBlob: unknown }), "AccessDeniedException", NO_SUCH_KEY);
    kms.denied.add("kms:Decrypt");
    await expectRefusal(kms.call("Decrypt", { CiphertextBlob }), "AccessDeniedException", NO_SUCH_KEY);
  });

  test("says no more than that about a named key that is out of reach", async () => {
    const CiphertextBlob = await seal();
    kms.denied.add(`kms:Decrypt ${mac.arn}`);
    await expectRefusal(kms.call("Decrypt", { CiphertextBlob, KeyId: mac.keyId }), "AccessDeniedException", "denied");
  });

  test("refuses a named key that does not exist", async () => {
    await expectRefusal(
      kms.call("Decrypt", { CiphertextBlob: await seal(), KeyId: UNKNOWN_KEY }),
      "NotFoundException",
      `Key 'arn:aws:kms:us-east-1:111122223333:key/${UNKNOWN_KEY}' does not exist`,
    );
  });

  test("refuses a disabled key before it looks into the ciphertext", async () => {
    const key = await kms.createKey();
    const CiphertextBlob = await seal({ KeyId: key.keyId });
    CiphertextBlob[CiphertextBlob.length - 1]! ^= 1;
    await kms.setState(key, "Disabled");
    await expectRefusal(kms.call("Decrypt", { CiphertextBlob }), "DisabledException", `${key.arn} is disabled.`);
  });

  test("asks for kms:Decrypt on the blob's key", async () => {
    const CiphertextBlob = await seal({ EncryptionContext: CONTEXT });
    kms.asked.length = 0;
    await kms.call("Decrypt", { CiphertextBlob, EncryptionContext: CONTEXT });
    expect(kms.asked).toEqual([{ action: "kms:Decrypt", resource: symmetric.arn, conditions: {} }]);
  });

  test("opens the ciphertext in a dry run too, unless it says IGNORE_CIPHERTEXT", async () => {
    const CiphertextBlob = await seal();
    const damaged = Uint8Array.from(CiphertextBlob);
    damaged[150]! ^= 1;
    const DryRunModifiers = ["IGNORE_CIPHERTEXT"];
    const KeyId = symmetric.keyId;
    await expectRefusal(kms.call("Decrypt", { CiphertextBlob, DryRun: true }), "DryRunOperationException", DRY_RUN);
    await expectRefusal(kms.call("Decrypt", { CiphertextBlob: damaged, DryRun: true }), "InvalidCiphertextException");
    for (const blob of [{ CiphertextBlob: damaged }, {}]) {
      await expectRefusal(
        kms.call("Decrypt", { ...blob, KeyId, DryRun: true, DryRunModifiers }),
        "DryRunOperationException",
        DRY_RUN,
      );
    }
    await expectRefusal(
      kms.call("Decrypt", { DryRun: true, DryRunModifiers }),
      "ValidationException",
      "KeyId must not be null",
    );
    kms.denied.add("kms:Decrypt");
    const denied = kms.call("Decrypt", { KeyId, DryRun: true, DryRunModifiers });
    await expectRefusal(denied, "AccessDeniedException", "denied");
  });

  test("wants a ciphertext in every other request", async () => {
    const message =
      "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null";
    const DryRunModifiers = ["IGNORE_CIPHERTEXT"];
    for (const input of [{}, { KeyId: symmetric.keyId }, { KeyId: symmetric.keyId, DryRunModifiers }]) {
      await expectRefusal(kms.call("Decrypt", input), "ValidationException", message);
    }
  });

  test("refuses a recipient that proves nothing instead of answering in plaintext", async () => {
    const Recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument: fromHex("00") };
    await expectRefusal(
      kms.call("Decrypt", { CiphertextBlob: await seal(), Recipient }),
      "ValidationException",
      "The attestation document is not valid: it is not a COSE_Sign1.",
    );
  });
});

describe("ReEncrypt", () => {
  let other: KeyRecord;

  beforeAll(async () => {
    other = await kms.createKey();
  });

  test("moves a ciphertext to another key and context", async () => {
    const CiphertextBlob = await seal({ EncryptionContext: CONTEXT });
    kms.asked.length = 0;
    const answer = await kms.call("ReEncrypt", {
      CiphertextBlob,
      SourceEncryptionContext: CONTEXT,
      DestinationKeyId: other.keyId,
      DestinationEncryptionContext: { to: "other" },
    });
    expect(answer).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      SourceKeyId: symmetric.arn,
      KeyId: other.arn,
      SourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      DestinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      SourceKeyMaterialId: symmetric.materials[0]?.id,
      DestinationKeyMaterialId: other.materials[0]?.id,
    });
    expect(kms.asked.map(({ action, resource }) => [action, resource])).toEqual([
      ["kms:ReEncryptFrom", symmetric.arn],
      ["kms:ReEncryptTo", other.arn],
    ]);
    const opened = { CiphertextBlob: answer.CiphertextBlob, EncryptionContext: { to: "other" } };
    expect((await kms.call("Decrypt", opened)).Plaintext).toEqual(PLAINTEXT);
  });

  test("goes from RSA to symmetric and back", async () => {
    const toSymmetric = await kms.call("ReEncrypt", {
      CiphertextBlob: await sealRsa(),
      SourceKeyId: rsa.keyId,
      SourceEncryptionAlgorithm: "RSAES_OAEP_SHA_256",
      DestinationKeyId: symmetric.keyId,
    });
    expect(toSymmetric.SourceKeyMaterialId).toBeUndefined();
    const toRsa = await kms.call("ReEncrypt", {
      CiphertextBlob: toSymmetric.CiphertextBlob,
      DestinationKeyId: rsa.keyId,
      DestinationEncryptionAlgorithm: "RSAES_OAEP_SHA_1",
    });
    expect(toRsa).toEqual({
      CiphertextBlob: expect.any(Uint8Array),
      SourceKeyId: symmetric.arn,
      KeyId: rsa.arn,
      SourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      DestinationEncryptionAlgorithm: "RSAES_OAEP_SHA_1",
      SourceKeyMaterialId: symmetric.materials[0]?.id,
    });
    const EncryptionAlgorithm = "RSAES_OAEP_SHA_1";
    const input = { CiphertextBlob: toRsa.CiphertextBlob, KeyId: rsa.keyId, EncryptionAlgorithm };
    expect((await kms.call("Decrypt", input)).Plaintext).toEqual(PLAINTEXT);
  });

  test("refuses what does not fit the destination", async () => {
    const CiphertextBlob = await seal({ Plaintext: new Uint8Array(191) });
    const DestinationEncryptionAlgorithm = "RSAES_OAEP_SHA_256";
    const input = { CiphertextBlob, DestinationKeyId: rsa.keyId, DestinationEncryptionAlgorithm };
    await expectRefusal(
      kms.call("ReEncrypt", input),
      "ValidationException",
      "Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 bytes.",
    );
    await expectRefusal(
      kms.call("ReEncrypt", { ...input, DestinationEncryptionContext: CONTEXT }),
      "ValidationException",
      CONTEXT_WITH_RSA,
    );
  });

  test("refuses a source key that is not the blob's", async () => {
    const input = { CiphertextBlob: await seal(), SourceKeyId: other.keyId, DestinationKeyId: symmetric.keyId };
    await expectRefusal(kms.call("ReEncrypt", input), "IncorrectKeyException", INCORRECT_KEY);
  });

  test("refuses a destination that does not exist or cannot encrypt", async () => {
    const CiphertextBlob = await seal();
    await expectRefusal(
      kms.call("ReEncrypt", { CiphertextBlob, DestinationKeyId: "foo" }),
      "NotFoundException",
      "Invalid keyId 'foo'",
    );
    await expectRefusal(
      kms.call("ReEncrypt", { CiphertextBlob, DestinationKeyId: mac.keyId }),
      "InvalidKeyUsageException",
      `${mac.arn} key usage is GENERATE_VERIFY_MAC which is not valid for ReEncrypt.`,
    );
  });

  test("needs both permissions", async () => {
    const input = { CiphertextBlob: await seal(), SourceKeyId: symmetric.keyId, DestinationKeyId: other.keyId };
    for (const action of ["kms:ReEncryptFrom", "kms:ReEncryptTo"]) {
      kms.denied.clear();
      kms.denied.add(action);
      await expectRefusal(kms.call("ReEncrypt", input), "AccessDeniedException", "denied");
    }
  });

  test("opens the ciphertext in a dry run too, unless it says IGNORE_CIPHERTEXT", async () => {
    const CiphertextBlob = await seal({ EncryptionContext: CONTEXT });
    const input = { SourceKeyId: symmetric.keyId, DestinationKeyId: other.keyId, DryRun: true };
    await expectRefusal(
      kms.call("ReEncrypt", { ...input, CiphertextBlob, SourceEncryptionContext: CONTEXT }),
      "DryRunOperationException",
      DRY_RUN,
    );
    await expectRefusal(kms.call("ReEncrypt", { ...input, CiphertextBlob }), "InvalidCiphertextException");
    await expectRefusal(
      kms.call("ReEncrypt", { ...input, DryRunModifiers: ["IGNORE_CIPHERTEXT"] }),
      "DryRunOperationException",
      DRY_RUN,
    );
  });
});
