import { execFileSync } from "node:child_process";
import {
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  verify,
} from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
import { describeWith } from "../support/programs.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";
import { type Core, openCore } from "./support/core.ts";
import { expectRefusal } from "./support/refusals.ts";
import { wrapMaterial } from "./support/wrapping.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const FOREVER = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" };
const Plaintext = utf8("kept");
const secret = (byteLength = 32): Uint8Array => Uint8Array.from(randomBytes(byteLength));

// biome-ignore lint/suspicious/noExplicitAny: answers of operations
type Answer = any;

async function parameters(core: Core, KeyId: string, algorithm = "RSAES_OAEP_SHA_256", spec = "RSA_2048") {
  return core.call("GetParametersForImport", { KeyId, WrappingAlgorithm: algorithm, WrappingKeySpec: spec });
}

/** Parameters by key, for as long as they are valid: an RSA pair takes its time. */
const issued = new Map<string, Answer>();

/** The whole way of material into a key. */
async function importInto(core: Core, KeyId: string, material: Uint8Array, input: object = FOREVER): Promise<Answer> {
  const known = issued.get(KeyId);
  const isValid = known !== undefined && known.ParametersValidTo.getTime() > core.clock.now();
  const { ImportToken, PublicKey } = isValid ? known : await parameters(core, KeyId);
  if (!isValid) issued.set(KeyId, { ImportToken, PublicKey, ParametersValidTo: new Date(core.clock.now() + DAY) });
  const EncryptedKeyMaterial = wrapMaterial("RSAES_OAEP_SHA_256", PublicKey, material);
  return core.call("ImportKeyMaterial", { KeyId, ImportToken, EncryptedKeyMaterial, ...input });
}

const metadata = async (core: Core, KeyId: string): Promise<Answer> =>
  (await core.call("DescribeKey", { KeyId })).KeyMetadata;
const materials = async (core: Core, KeyId: string): Promise<Answer> =>
  (await core.call("ListKeyRotations", { KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" })).Rotations;

const external = (core: Core, input: object = {}): Promise<Answer> => core.createKey({ Origin: "EXTERNAL", ...input });

describe("a key of origin EXTERNAL", () => {
  test("is made without material, pending import, and does nothing until the import", async () => {
    const core = openCore();
    const key = await external(core);
    expect(key).toMatchObject({ Origin: "EXTERNAL", KeyState: "PendingImport", Enabled: false });
    for (const member of ["CurrentKeyMaterialId", "ExpirationModel", "ValidTo"]) expect(key).not.toHaveProperty(member);
    const { KeyId, Arn } = key;
    const message = `${Arn} is pending import.`;
    await expectRefusal(core.call("Encrypt", { KeyId, Plaintext }), "KMSInvalidStateException", message);
    await expectRefusal(core.call("EnableKey", { KeyId }), "KMSInvalidStateException", message);
    await expectRefusal(core.call("DisableKey", { KeyId }), "KMSInvalidStateException", message);
  });

  test("works when material has been imported, and stops when it is deleted, until the same comes back", async () => {
    const core = openCore();
    const { KeyId, Arn } = await external(core);
    const material = secret();
    const imported = await importInto(core, KeyId, material);
    expect(imported).toEqual({ KeyId: Arn, KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const { KeyMaterialId } = imported;
    expect(await metadata(core, KeyId)).toMatchObject({
      KeyState: "Enabled",
      Enabled: true,
      ...FOREVER,
      CurrentKeyMaterialId: KeyMaterialId,
    });
    const { CiphertextBlob } = await core.call("Encrypt", { KeyId, Plaintext });
    expect(await core.call("Decrypt", { CiphertextBlob })).toMatchObject({ Plaintext, KeyMaterialId });

    expect(await core.call("DeleteImportedKeyMaterial", { KeyId })).toEqual({ KeyId: Arn, KeyMaterialId });
    const deleted = await metadata(core, KeyId);
    expect(deleted).toMatchObject({ KeyState: "PendingImport", CurrentKeyMaterialId: KeyMaterialId });
    expect(deleted).not.toHaveProperty("ExpirationModel");
    await expectRefusal(
      core.call("Decrypt", { CiphertextBlob }),
      "KMSInvalidStateException",
      `${Arn} is pending import.`,
    );
    expect(await core.call("DeleteImportedKeyMaterial", { KeyId })).toEqual({ KeyId: Arn, KeyMaterialId });

    await expect(importInto(core, KeyId, secret())).rejects.toMatchObject({ name: "IncorrectKeyMaterialException" });
    expect(await importInto(core, KeyId, material)).toEqual(imported);
    expect((await core.call("Decrypt", { CiphertextBlob })).Plaintext).toEqual(Plaintext);
  });

  test("with the material of another key is another key", async () => {
    const core = openCore();
    const [one, other] = [await external(core), await external(core)];
    const material = secret();
    const [first, second] = [
      await importInto(core, one.KeyId, material),
      await importInto(core, other.KeyId, material),
    ];
    expect(first.KeyMaterialId).not.toBe(second.KeyMaterialId);
    const { CiphertextBlob } = await core.call("Encrypt", { KeyId: one.KeyId, Plaintext });
    expect((await core.call("Decrypt", { CiphertextBlob })).KeyId).toBe(one.Arn);
    await expect(core.call("Decrypt", { CiphertextBlob, KeyId: other.KeyId })).rejects.toMatchObject({
      name: "IncorrectKeyException",
    });
  });

  test("keeps no byte of the material in the store", async () => {
    const core = openCore();
    const { KeyId } = await external(core);
    const material = secret();
    await importInto(core, KeyId, material);
    const [record] = await core.store.list<{ materials: { exported: Uint8Array }[] }>("keys", { prefix: "" });
    const exported = Buffer.from(record?.value.materials[0]?.exported ?? []);
    expect(exported.length).toBeGreaterThan(64);
    expect(exported.includes(Buffer.from(material.subarray(0, 8)))).toBe(false);
  });

  test("returns to PendingImport when its deletion is cancelled and its material is not there", async () => {
    const core = openCore();
    const { KeyId } = await external(core);
    await importInto(core, KeyId, secret());
    await core.call("ScheduleKeyDeletion", { KeyId });
    await core.call("DeleteImportedKeyMaterial", { KeyId });
    expect((await metadata(core, KeyId)).KeyState).toBe("PendingDeletion");
    await core.call("CancelKeyDeletion", { KeyId });
    expect((await metadata(core, KeyId)).KeyState).toBe("PendingImport");
  });
});

describe("GetParametersForImport", () => {
  test("gives a public key and a token for 24 hours", async () => {
    const core = openCore();
    const { KeyId, Arn } = await external(core);
    const answer = await parameters(core, KeyId);
    expect(answer).toEqual({
      KeyId: Arn,
      ImportToken: expect.any(Uint8Array),
      PublicKey: expect.any(Uint8Array),
      ParametersValidTo: new Date(START + DAY),
    });
    const key = createPublicKey({ key: Buffer.from(answer.PublicKey), format: "der", type: "spki" });
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(answer.ImportToken.length).toBeLessThanOrEqual(6144);
  });

  test("a key with material of AWS's own has none", async () => {
    const core = openCore();
    const { KeyId, Arn } = await core.createKey();
    const message = `${Arn} origin is AWS_KMS which is not valid for this operation.`;
    await expectRefusal(parameters(core, KeyId), "UnsupportedOperationException", message);
    const ImportToken = Uint8Array.of(1);
    const material = { KeyId, ImportToken, EncryptedKeyMaterial: ImportToken, ...FOREVER };
    await expectRefusal(core.call("ImportKeyMaterial", material), "UnsupportedOperationException", message);
    await expectRefusal(core.call("DeleteImportedKeyMaterial", { KeyId }), "UnsupportedOperationException", message);
  });

  test.each([
    ["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "RSAES_PKCS1_V1_5", "RSA_2048"],
    ["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048"],
    ["HMAC_256", "GENERATE_VERIFY_MAC", "RSA_AES_KEY_WRAP_SHA_1", "RSA_2048"],
    ["RSA_2048", "SIGN_VERIFY", "RSAES_OAEP_SHA_256", "RSA_4096"],
    ["ECC_NIST_P521", "SIGN_VERIFY", "RSAES_OAEP_SHA_256", "RSA_2048"],
    ["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "SM2PKE", "SM2"],
  ])("material of %s (%s) is not wrapped with %s and %s", async (KeySpec, KeyUsage, algorithm, spec) => {
    const core = openCore();
    const { KeyId } = await external(core, { KeySpec, KeyUsage });
    await expect(parameters(core, KeyId, algorithm, spec)).rejects.toMatchObject({
      name: "UnsupportedOperationException",
    });
  });

  test("a key that is pending deletion has none", async () => {
    const core = openCore();
    const { KeyId, Arn } = await external(core);
    await core.call("ScheduleKeyDeletion", { KeyId });
    await expectRefusal(parameters(core, KeyId), "KMSInvalidStateException", `${Arn} is pending deletion.`);
  });
});

describe("an import token", () => {
  test("is good for its own key and wrapping key, again and again, for 24 hours", async () => {
    const core = openCore();
    const [{ KeyId }, other] = [await external(core), await external(core)];
    const [{ ImportToken, PublicKey }, second] = [await parameters(core, KeyId), await parameters(core, KeyId)];
    const EncryptedKeyMaterial = wrapMaterial("RSAES_OAEP_SHA_256", PublicKey, secret());
    const request = { KeyId, ImportToken, EncryptedKeyMaterial, ...FOREVER };
    const refused = async (input: object, name: string): Promise<void> => {
      await expect(core.call("ImportKeyMaterial", { ...request, ...input })).rejects.toMatchObject({ name });
    };
    await refused({ KeyId: other.KeyId }, "InvalidImportTokenException");
    await refused({ ImportToken: Uint8Array.of(1, 2, 3) }, "InvalidImportTokenException");
    await refused({ ImportToken: ImportToken.with(60, ImportToken[60] ^ 1) }, "InvalidImportTokenException");
    await refused({ ImportToken: second.ImportToken }, "InvalidCiphertextException");
    await refused({ EncryptedKeyMaterial: Uint8Array.of(1) }, "InvalidCiphertextException");
    core.clock.set(START + DAY - 1);
    await core.call("ImportKeyMaterial", request);
    await core.call("ImportKeyMaterial", request);
    core.clock.set(START + DAY);
    await refused({}, "ExpiredImportTokenException");
  });

  test("is not the exported material of a key", async () => {
    const core = openCore();
    const { KeyId } = await external(core);
    await importInto(core, KeyId, secret());
    const [record] = await core.store.list<{ materials: { exported: Uint8Array }[] }>("keys", { prefix: "" });
    const ImportToken = record?.value.materials[0]?.exported;
    const EncryptedKeyMaterial = secret(256);
    await expect(
      core.call("ImportKeyMaterial", { KeyId, ImportToken, EncryptedKeyMaterial, ...FOREVER }),
    ).rejects.toMatchObject({ name: "InvalidImportTokenException" });
  });

  test("wraps with the algorithm it was asked for", async () => {
    const core = openCore();
    const { KeyId } = await external(core);
    const { ImportToken, PublicKey } = await parameters(core, KeyId, "RSAES_OAEP_SHA_1", "RSA_3072");
    const wrapped = (algorithm: string) => ({
      KeyId,
      ImportToken,
      EncryptedKeyMaterial: wrapMaterial(algorithm, PublicKey, secret()),
      ...FOREVER,
    });
    await expectRefusal(
      core.call("ImportKeyMaterial", wrapped("RSAES_OAEP_SHA_256")),
      "InvalidCiphertextException",
      undefined,
    );
    await core.call("ImportKeyMaterial", wrapped("RSAES_OAEP_SHA_1"));
  });
});

describe("material of other key specs", () => {
  const pkcs8 = (key: KeyObject): Uint8Array => Uint8Array.from(key.export({ type: "pkcs8", format: "der" }));

  async function importPrivate(core: Core, KeyId: string, key: KeyObject, algorithm = "RSAES_OAEP_SHA_256") {
    const { ImportToken, PublicKey } = await parameters(core, KeyId, algorithm, "RSA_3072");
    const EncryptedKeyMaterial = wrapMaterial(algorithm, PublicKey, pkcs8(key));
    return core.call("ImportKeyMaterial", { KeyId, ImportToken, EncryptedKeyMaterial, ...FOREVER });
  }

  test.each(["HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512"])(
    "%s: the MACs are those of the material",
    async (KeySpec) => {
      const core = openCore();
      const bits = Number(KeySpec.slice(5));
      const { KeyId, Arn } = await external(core, { KeySpec, KeyUsage: "GENERATE_VERIFY_MAC" });
      const material = secret(bits / 8);
      expect(await importInto(core, KeyId, material)).toEqual({ KeyId: Arn });
      const Message = utf8("message");
      const { Mac } = await core.call("GenerateMac", { KeyId, Message, MacAlgorithm: `HMAC_SHA_${bits}` });
      expect(Buffer.from(Mac)).toEqual(createHmac(`sha${bits}`, material).update(Message).digest());
      await core.call("DeleteImportedKeyMaterial", { KeyId });
      await expect(importInto(core, KeyId, secret(bits / 8))).rejects.toMatchObject({
        name: "IncorrectKeyMaterialException",
      });
      await importInto(core, KeyId, material);
      expect((await core.call("GenerateMac", { KeyId, Message, MacAlgorithm: `HMAC_SHA_${bits}` })).Mac).toEqual(Mac);
    },
  );

  test.each([
    ["ECC_NIST_P256", "prime256v1", "RSAES_OAEP_SHA_256"],
    ["ECC_NIST_P384", "secp384r1", "RSA_AES_KEY_WRAP_SHA_256"],
    ["ECC_NIST_P521", "secp521r1", "RSA_AES_KEY_WRAP_SHA_1"],
    ["ECC_SECG_P256K1", "secp256k1", "RSAES_OAEP_SHA_1"],
  ])("%s: the public key is that of the material, and verifies", async (KeySpec, namedCurve, algorithm) => {
    const core = openCore();
    const { KeyId, SigningAlgorithms } = await external(core, { KeySpec, KeyUsage: "SIGN_VERIFY" });
    const pair = generateKeyPairSync("ec", { namedCurve });
    await importPrivate(core, KeyId, pair.privateKey, algorithm);
    const { PublicKey } = await core.call("GetPublicKey", { KeyId });
    expect(Buffer.from(PublicKey)).toEqual(pair.publicKey.export({ type: "spki", format: "der" }));
    const [SigningAlgorithm] = SigningAlgorithms;
    const { Signature } = await core.call("Sign", { KeyId, Message: Plaintext, SigningAlgorithm });
    expect(verify(SigningAlgorithm.replace("ECDSA_SHA_", "sha"), Plaintext, pair.publicKey, Signature)).toBe(true);
    await core.call("DeleteImportedKeyMaterial", { KeyId });
    const other = generateKeyPairSync("ec", { namedCurve }).privateKey;
    await expect(importPrivate(core, KeyId, other, algorithm)).rejects.toMatchObject({
      name: "IncorrectKeyMaterialException",
    });
    await expect(core.call("GetPublicKey", { KeyId })).rejects.toMatchObject({ name: "KMSInvalidStateException" });
    await importPrivate(core, KeyId, pair.privateKey, algorithm);
    expect((await core.call("GetPublicKey", { KeyId })).PublicKey).toEqual(PublicKey);
  });

  test("ECC_NIST_P256 for key agreement: the shared secret is that of the material", async () => {
    const core = openCore();
    const { KeyId } = await external(core, { KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" });
    const [mine, peer] = [0, 1].map(() => generateKeyPairSync("ec", { namedCurve: "prime256v1" }));
    if (mine === undefined || peer === undefined) throw new Error("two pairs");
    await importPrivate(core, KeyId, mine.privateKey);
    const PublicKey = Uint8Array.from(peer.publicKey.export({ type: "spki", format: "der" }));
    const { SharedSecret } = await core.call("DeriveSharedSecret", {
      KeyId,
      KeyAgreementAlgorithm: "ECDH",
      PublicKey,
    });
    const expected = diffieHellman({ privateKey: peer.privateKey, publicKey: mine.publicKey });
    expect(Buffer.from(SharedSecret)).toEqual(expected);
  });

  test("ECC_NIST_EDWARDS25519: the public key is that of the material, and verifies", async () => {
    const core = openCore();
    const { KeyId } = await external(core, { KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" });
    const pair = generateKeyPairSync("ed25519");
    await importPrivate(core, KeyId, pair.privateKey);
    const request = { KeyId, Message: Plaintext, SigningAlgorithm: "ED25519_SHA_512" };
    const { Signature } = await core.call("Sign", request);
    expect(verify(null, Plaintext, pair.publicKey, Signature)).toBe(true);
  });

  test.each([
    ["SIGN_VERIFY", "RSA_AES_KEY_WRAP_SHA_256"],
    ["ENCRYPT_DECRYPT", "RSA_AES_KEY_WRAP_SHA_1"],
  ])("RSA_2048 for %s: the public key is that of the material", async (KeyUsage, algorithm) => {
    const core = openCore();
    const { KeyId } = await external(core, { KeySpec: "RSA_2048", KeyUsage });
    const pair = nodeRsaKey(2048);
    await importPrivate(core, KeyId, pair.privateKey, algorithm);
    const { PublicKey } = await core.call("GetPublicKey", { KeyId });
    expect(Buffer.from(PublicKey)).toEqual(pair.publicKey.export({ type: "spki", format: "der" }));
    if (KeyUsage === "SIGN_VERIFY") {
      const request = { KeyId, Message: Plaintext, SigningAlgorithm: "RSASSA_PKCS1_V1_5_SHA_256" };
      const { Signature } = await core.call("Sign", request);
      expect(verify("sha256", Plaintext, pair.publicKey, Signature)).toBe(true);
    } else {
      const EncryptionAlgorithm = "RSAES_OAEP_SHA_256";
      const { CiphertextBlob } = await core.call("Encrypt", { KeyId, Plaintext, EncryptionAlgorithm });
      const opened = await core.call("Decrypt", { KeyId, CiphertextBlob, EncryptionAlgorithm });
      expect(opened.Plaintext).toEqual(Plaintext);
    }
  });

  test.each([
    ["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", 16],
    ["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", 5],
    ["HMAC_256", "GENERATE_VERIFY_MAC", 48],
  ])("%s (%s) does not take %d bytes", async (KeySpec, KeyUsage, byteLength) => {
    const core = openCore();
    const { KeyId } = await external(core, { KeySpec, KeyUsage });
    await expect(importInto(core, KeyId, secret(byteLength))).rejects.toMatchObject({
      name: "IncorrectKeyMaterialException",
    });
    expect((await metadata(core, KeyId)).KeyState).toBe("PendingImport");
  });

  test("a key of another curve, or no key, is refused", async () => {
    const core = openCore();
    const { KeyId } = await external(core, { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
    const other = generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey;
    await expect(importPrivate(core, KeyId, other)).rejects.toMatchObject({ name: "IncorrectKeyMaterialException" });
    await expect(importInto(core, KeyId, secret())).rejects.toMatchObject({ name: "InvalidCiphertextException" });
  });

  test.each([
    { ImportType: "NEW_KEY_MATERIAL" },
    { KeyMaterialDescription: "mine" },
    { KeyMaterialId: "0".repeat(64) },
  ])("they do not take %j", async (input) => {
    const core = openCore();
    const { KeyId } = await external(core, { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
    await expect(importInto(core, KeyId, secret(), { ...FOREVER, ...input })).rejects.toMatchObject({
      name: "ValidationException",
    });
  });
});

describeWith("openssl", "In Regions with SM2", () => {
  const directory = mkdtempSync(join(tmpdir(), "kms-import-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  function openssl(command: string, input?: Uint8Array): Uint8Array {
    const options = { cwd: directory, ...(input && { input }), stdio: "pipe" } as const;
    return Uint8Array.from(execFileSync("openssl", command.split(" "), options));
  }

  test("an SM2 key comes in under an SM2 key, as OpenSSL makes and wraps it", async () => {
    const core = openCore({ sm2: true });
    const { KeyId } = await external(core, { KeySpec: "SM2", KeyUsage: "SIGN_VERIFY" });
    await expect(parameters(core, KeyId, "RSAES_OAEP_SHA_256", "SM2")).rejects.toThrow("is not supported");
    const { ImportToken, PublicKey } = await parameters(core, KeyId, "SM2PKE", "SM2");
    writeFileSync(join(directory, "wrapping.der"), PublicKey);
    const pem = openssl("genpkey -algorithm SM2");
    const material = openssl("pkcs8 -topk8 -nocrypt -outform DER", pem);
    const EncryptedKeyMaterial = openssl("pkeyutl -encrypt -pubin -keyform DER -inkey wrapping.der", material);
    await core.call("ImportKeyMaterial", { KeyId, ImportToken, EncryptedKeyMaterial, ...FOREVER });
    const { PublicKey: own } = await core.call("GetPublicKey", { KeyId });
    expect(own).toEqual(openssl("pkey -pubout -outform DER", pem));
  });
});

describe("material that expires", () => {
  test("makes the key pending import when its time has come, and can be imported again with another end", async () => {
    const core = openCore();
    const { KeyId } = await external(core);
    const material = secret();
    const ValidTo = new Date(START + 10 * DAY);
    await importInto(core, KeyId, material, { ValidTo });
    expect(await metadata(core, KeyId)).toMatchObject({ ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo });
    const { CiphertextBlob } = await core.call("Encrypt", { KeyId, Plaintext });
    core.clock.set(START + 10 * DAY - 1);
    await core.call("Decrypt", { CiphertextBlob });
    core.clock.set(START + 10 * DAY);
    await expect(core.call("Decrypt", { CiphertextBlob })).rejects.toMatchObject({ name: "KMSInvalidStateException" });
    const expired = await metadata(core, KeyId);
    expect(expired).toMatchObject({ KeyState: "PendingImport", Enabled: false });
    expect(expired).not.toHaveProperty("ValidTo");
    expect(await materials(core, KeyId)).toMatchObject([
      { ImportState: "PENDING_IMPORT", KeyMaterialState: "CURRENT" },
    ]);
    await importInto(core, KeyId, material);
    core.clock.advance({ days: 1000 });
    expect((await core.call("Decrypt", { CiphertextBlob })).Plaintext).toEqual(Plaintext);
  });

  test("the record in the store is without it then", async () => {
    const core = openCore();
    const { KeyId } = await external(core);
    await importInto(core, KeyId, secret(), { ValidTo: new Date(START + DAY) });
    core.clock.advance({ days: 1 });
    await metadata(core, KeyId);
    const [record] = await core.store.list<{ materials: object[] }>("keys", { prefix: "" });
    expect(record?.value.materials[0]).not.toHaveProperty("exported");
  });

  test.each([
    [{}, "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"],
    [
      { ...FOREVER, ValidTo: new Date(START + DAY) },
      "A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE",
    ],
    [{ ValidTo: new Date(START) }, "The validTo date must be in the future, within 365 days"],
    [{ ValidTo: new Date(START + 365 * DAY + 1) }, "The validTo date must be in the future, within 365 days"],
  ])("an import with %j is refused", async (input, message) => {
    const core = openCore();
    const { KeyId } = await external(core);
    await expectRefusal(importInto(core, KeyId, secret(), input), "ValidationException", message);
  });
});

describe("new material", () => {
  const NEW = { ...FOREVER, ImportType: "NEW_KEY_MATERIAL" };

  async function withMaterial(core: Core): Promise<Answer> {
    const key = await external(core);
    const material = secret();
    const { KeyMaterialId } = await importInto(core, key.KeyId, material);
    return { ...key, material, KeyMaterialId };
  }

  test("waits for the rotation on demand, which makes it current", async () => {
    const core = openCore();
    const { KeyId, Arn, KeyMaterialId: first } = await withMaterial(core);
    const { CiphertextBlob } = await core.call("Encrypt", { KeyId, Plaintext });
    await expectRefusal(
      core.call("RotateKeyOnDemand", { KeyId }),
      "KMSInvalidStateException",
      `No available key material pending rotation for the key: ${Arn}.`,
    );
    const { KeyMaterialId: second } = await importInto(core, KeyId, secret(), {
      ...NEW,
      KeyMaterialDescription: "the second",
    });
    expect((await metadata(core, KeyId)).CurrentKeyMaterialId).toBe(first);
    expect(await materials(core, KeyId)).toEqual([
      { KeyId, KeyMaterialId: first, ImportState: "IMPORTED", KeyMaterialState: "CURRENT", ...FOREVER },
      {
        KeyId,
        KeyMaterialId: second,
        KeyMaterialDescription: "the second",
        ImportState: "IMPORTED",
        KeyMaterialState: "PENDING_ROTATION",
        ...FOREVER,
      },
    ]);
    expect((await core.call("ListKeyRotations", { KeyId })).Rotations).toEqual([]);
    expect(await core.call("RotateKeyOnDemand", { KeyId })).toEqual({ KeyId: Arn });
    expect((await metadata(core, KeyId)).CurrentKeyMaterialId).toBe(second);
    expect((await core.call("ListKeyRotations", { KeyId })).Rotations).toMatchObject([
      { KeyMaterialId: second, KeyMaterialState: "CURRENT", RotationType: "ON_DEMAND", RotationDate: new Date(START) },
    ]);
    expect(await core.call("Decrypt", { CiphertextBlob })).toMatchObject({ Plaintext, KeyMaterialId: first });
    await expectRefusal(
      core.call("RotateKeyOnDemand", { KeyId }),
      "KMSInvalidStateException",
      `No available key material pending rotation for the key: ${Arn}.`,
    );
  });

  test("is refused while other new material waits", async () => {
    const core = openCore();
    const { KeyId, Arn } = await withMaterial(core);
    const { KeyMaterialId: waiting } = await importInto(core, KeyId, secret(), NEW);
    const refusal = await importInto(core, KeyId, secret(), NEW).catch((error: Error) => error);
    expect(refusal).toMatchObject({ name: "KMSInvalidStateException" });
    expect(refusal.message).toMatch(
      new RegExp(
        `^New key material \\(id: [0-9a-f]{64}\\) cannot be imported into KMS key ${Arn}, ` +
          `because another key material \\(id: ${waiting}\\) is pending rotation\\.$`,
      ),
    );
    const deleted = await core.call("DeleteImportedKeyMaterial", { KeyId, KeyMaterialId: waiting });
    expect(deleted).toEqual({ KeyId: Arn, KeyMaterialId: waiting });
    expect((await metadata(core, KeyId)).KeyState).toBe("Enabled");
    await importInto(core, KeyId, secret(), NEW);
  });

  test("must be new, and known material known", async () => {
    const core = openCore();
    const { KeyId, material, KeyMaterialId } = await withMaterial(core);
    const name = "IncorrectKeyMaterialException";
    await expect(importInto(core, KeyId, material, NEW)).rejects.toMatchObject({ name });
    await expect(importInto(core, KeyId, secret())).rejects.toMatchObject({ name });
    await expect(
      importInto(core, KeyId, material, { ...FOREVER, KeyMaterialId: "0".repeat(64) }),
    ).rejects.toMatchObject({
      name,
    });
    await expect(importInto(core, KeyId, secret(), { ...NEW, KeyMaterialId })).rejects.toMatchObject({
      name: "ValidationException",
    });
    await importInto(core, KeyId, material, { ...FOREVER, KeyMaterialId, ImportType: "EXISTING_KEY_MATERIAL" });
    const fresh = await external(core);
    await expect(
      importInto(core, fresh.KeyId, secret(), { ...FOREVER, ImportType: "EXISTING_KEY_MATERIAL" }),
    ).rejects.toMatchObject({ name });
  });

  test("a key is usable only with all its materials, and each keeps its description", async () => {
    const core = openCore();
    const { KeyId, material, KeyMaterialId: first } = await withMaterial(core);
    const second = secret();
    await importInto(core, KeyId, second, { ...NEW, KeyMaterialDescription: "the second" });
    await core.call("RotateKeyOnDemand", { KeyId });
    await core.call("DeleteImportedKeyMaterial", { KeyId, KeyMaterialId: first });
    await core.call("DeleteImportedKeyMaterial", { KeyId });
    await importInto(core, KeyId, second);
    expect((await metadata(core, KeyId)).KeyState).toBe("PendingImport");
    expect(await materials(core, KeyId)).toMatchObject([
      { ImportState: "PENDING_IMPORT", KeyMaterialState: "NON_CURRENT" },
      { ImportState: "IMPORTED", KeyMaterialState: "CURRENT", KeyMaterialDescription: "the second" },
    ]);
    await importInto(core, KeyId, material);
    expect((await metadata(core, KeyId)).KeyState).toBe("Enabled");
  });

  test("material that the key never had cannot be deleted", async () => {
    const core = openCore();
    const { KeyId, Arn } = await withMaterial(core);
    const KeyMaterialId = "0".repeat(64);
    await expectRefusal(
      core.call("DeleteImportedKeyMaterial", { KeyId, KeyMaterialId }),
      "NotFoundException",
      `The key material (id: ${KeyMaterialId}) is not associated with ${Arn}.`,
    );
  });
});
