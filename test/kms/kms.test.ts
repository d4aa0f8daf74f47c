import { inspect } from "node:util";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GetKeyPolicyCommand,
  GetPublicKeyCommand,
  KMSClient,
  KMSServiceException,
  ListKeysCommand,
  NotFoundException,
  ScheduleKeyDeletionCommand,
  SignCommand,
  UpdateKeyDescriptionCommand,
  VerifyCommand,
} from "@aws-sdk/client-kms";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededEntropy } from "../../src/crypto/entropy.ts";
import { createKms, type Kms, memoryStore } from "../../src/kms.ts";
import { createHsm } from "../../src/token/hsm.ts";

const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Sender`;
const plaintext = new TextEncoder().encode("attack at dawn");
const allowEncrypt = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["kms:Encrypt", "kms:DescribeKey"], Resource: "*" }],
};

describe.each(["client", "SDK"] as const)("the %s", (door) => {
  let kms: Kms;
  let client: Pick<KMSClient, "send">;
  beforeAll(() => {
    kms = createKms();
    kms.clock.freeze();
    kms.clock.set(Date.UTC(2026, 0, 1));
    client = door === "SDK" ? new KMSClient(kms.clientConfig()) : (kms.client() as unknown as KMSClient);
  });
  afterAll(() => kms.close());

  test("encrypts and decrypts, by identifier and by alias, with the encryption context bound", async () => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ Description: "first" }));
    expect(KeyMetadata).toMatchObject({ Description: "first", CreationDate: new Date(Date.UTC(2026, 0, 1)) });
    await client.send(new CreateAliasCommand({ AliasName: "alias/first", TargetKeyId: KeyMetadata?.KeyId }));
    const EncryptionContext = { ab: "c" };
    const input = { KeyId: "alias/first", Plaintext: plaintext, EncryptionContext };
    const { CiphertextBlob, ...rest } = await client.send(new EncryptCommand(input));
    expect(rest).toMatchObject({ KeyId: KeyMetadata?.Arn, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" });
    expect(rest.$metadata).toMatchObject({ httpStatusCode: 200, requestId: expect.any(String), attempts: 1 });
    expect(CiphertextBlob).toHaveLength(plaintext.length + 152);
    const opened = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    expect(opened).toMatchObject({
      KeyId: KeyMetadata?.Arn,
      KeyMaterialId: KeyMetadata?.CurrentKeyMaterialId,
      EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
    });
    expect(Uint8Array.from(opened.Plaintext ?? [])).toEqual(plaintext);
    await expect(
      client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { a: "bc" } })),
    ).rejects.toMatchObject({ name: "InvalidCiphertextException", message: "UnknownError" });
  });

  test("answers with exceptions that the SDK's classes know", async () => {
    const describeKey = client.send(new DescribeKeyCommand({ KeyId: "alias/none" }));
    const error = await describeKey.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KMSServiceException);
    expect(error).toMatchObject({
      name: "NotFoundException",
      message: `Alias arn:aws:kms:us-east-1:${ACCOUNT}:alias/none is not found.`,
      $fault: "client",
      $metadata: { httpStatusCode: 400 },
    });
    if (door === "SDK") expect(error).toBeInstanceOf(NotFoundException);
  });

  test("refuses an input in AWS's words before anything is done", async () => {
    await expect(client.send(new CreateKeyCommand({ KeySpec: "X" as never }))).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(/^1 validation error detected: Value 'X' at 'keySpec' failed to satisfy/),
    });
  });

  test("an operation without output answers with metadata alone", async () => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    const command = new UpdateKeyDescriptionCommand({ KeyId: KeyMetadata?.KeyId, Description: "x" });
    expect(Object.keys(await client.send(command))).toEqual(["$metadata"]);
  });

  test("a key ends when the clock says so", async () => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    const KeyId = KeyMetadata?.KeyId;
    const answer = await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    expect(answer.DeletionDate).toEqual(new Date(kms.clock.now() + 7 * 86_400_000));
    kms.clock.advance({ days: 7 });
    await expect(client.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({ name: "NotFoundException" });
  });
});

describe("principals", () => {
  test("as() opens the same doors for a role, whose identity policies count", async () => {
    const kms = createKms();
    const { KeyMetadata } = await new KMSClient(kms.clientConfig()).send(new CreateKeyCommand({}));
    const KeyId = KeyMetadata?.KeyId;
    const role = kms.as(ROLE);
    const clients = [role.client() as unknown as KMSClient, new KMSClient(role.clientConfig())];
    const encrypt = new EncryptCommand({ KeyId, Plaintext: plaintext });
    for (const client of clients) {
      await expect(client.send(encrypt)).rejects.toMatchObject({
        name: "AccessDeniedException",
        message: expect.stringContaining(`User: ${ROLE} is not authorized to perform: kms:Encrypt`),
      });
    }
    kms.attachRolePolicy(ROLE, "encrypt", allowEncrypt);
    for (const client of clients) {
      const { CiphertextBlob } = await client.send(encrypt);
      await expect(client.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
        name: "AccessDeniedException",
      });
    }
    expect(kms.detachRolePolicy(ROLE, "encrypt")).toBe(true);
    for (const client of clients) {
      await expect(client.send(encrypt)).rejects.toMatchObject({ name: "AccessDeniedException" });
    }
    expect(() => kms.as("nobody")).toThrow("is not a principal");
  });

  test("credentials from AssumeRole are the role's session until they expire", async () => {
    const kms = createKms();
    await kms.applySeed({ identityPolicies: [{ principal: ROLE, policy: allowEncrypt }] });
    const { KeyMetadata } = await kms.client().send(new CreateKeyCommand({}));
    const KeyId = KeyMetadata?.KeyId;
    const sts = new STSClient(kms.clientConfig());
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: `arn:aws:iam::${ACCOUNT}:root` });
    const { Credentials, AssumedRoleUser } = await sts.send(
      new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: "alice" }),
    );
    const session = `arn:aws:sts::${ACCOUNT}:assumed-role/Sender/alice`;
    expect(AssumedRoleUser?.Arn).toBe(session);
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    const client = new KMSClient({ ...kms.clientConfig(), credentials });
    expect(await client.send(new EncryptCommand({ KeyId, Plaintext: plaintext }))).toHaveProperty("CiphertextBlob");
    await expect(client.send(new ListKeysCommand({}))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(session),
    });
    kms.clock.advance({ hours: 1, seconds: 1 });
    await expect(client.send(new EncryptCommand({ KeyId, Plaintext: plaintext }))).rejects.toMatchObject({
      name: "ExpiredTokenException",
    });
  });
});

describe("createKms", () => {
  test("with the same entropy and clock two runs give the same answers", async () => {
    const run = async (): Promise<unknown[]> => {
      const kms = createKms({ entropy: seededEntropy(new Uint8Array(32).fill(1)), clock: 0 });
      kms.clock.freeze();
      kms.clock.set(0);
      const client = kms.client();
      const symmetric = await client.send(new CreateKeyCommand({}));
      const curve = await client.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
      const KeyId = curve.KeyMetadata?.KeyId;
      const sign = { KeyId, Message: plaintext, SigningAlgorithm: "ECDSA_SHA_256" } as const;
      const answers = [
        symmetric,
        curve,
        await client.send(new EncryptCommand({ KeyId: symmetric.KeyMetadata?.KeyId, Plaintext: plaintext })),
        await client.send(new GenerateDataKeyCommand({ KeyId: symmetric.KeyMetadata?.KeyId, KeySpec: "AES_256" })),
        await client.send(new GetPublicKeyCommand({ KeyId })),
        await client.send(new SignCommand(sign)),
      ];
      return answers.map(({ $metadata, ...answer }) => answer);
    };
    expect(await run()).toEqual(await run());
  });

  test("two of them on one HSM and one store are one KMS, and closing one leaves the other", async () => {
    const [hsm, store] = [createHsm({ pin: "123456", pinCost: 2 }), memoryStore()];
    const [first, second] = [createKms({ hsm, store, pin: "123456" }), createKms({ hsm, store, pin: "123456" })];
    const input = { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" } as const;
    const { KeyMetadata } = await first.client().send(new CreateKeyCommand(input));
    const sign = { KeyId: KeyMetadata?.KeyId, Message: plaintext, SigningAlgorithm: "ECDSA_SHA_256" } as const;
    const { Signature } = await first.client().send(new SignCommand(sign));
    await first.close();
    expect(await second.client().send(new VerifyCommand({ ...sign, Signature }))).toMatchObject({
      SignatureValid: true,
    });
    await expect(first.client().send(new SignCommand(sign))).rejects.toMatchObject({
      name: "KMSInternalException",
      message: "The request was rejected because an internal exception occurred. The request can be retried.",
    });
  });

  test.each(["client", "SDK"] as const)("an unexpected error through the %s is told to onError, once", async (door) => {
    const told: unknown[] = [];
    const broken = { ...memoryStore(), get: () => Promise.reject(new Error("disk on fire")) };
    const kms = createKms({ store: broken as never, onError: (error) => told.push(error) });
    const config = { ...kms.clientConfig(), maxAttempts: 1 };
    const client = door === "SDK" ? new KMSClient(config) : (kms.client() as unknown as KMSClient);
    await expect(client.send(new DescribeKeyCommand({ KeyId: "alias/a" }))).rejects.toMatchObject({
      name: "KMSInternalException",
      message: "The request was rejected because an internal exception occurred. The request can be retried.",
    });
    expect(told).toEqual([new Error("disk on fire")]);
  });

  test("account and region are those of its keys' ARNs and of the default policy", async () => {
    const kms = createKms({ account: "000000000001", region: "cn-north-1" });
    const { KeyMetadata } = await kms.client().send(new CreateKeyCommand({}));
    expect(KeyMetadata?.Arn).toBe(`arn:aws-cn:kms:cn-north-1:000000000001:key/${KeyMetadata?.KeyId}`);
    const { Policy } = await kms.client().send(new GetKeyPolicyCommand({ KeyId: KeyMetadata?.KeyId }));
    expect(JSON.parse(Policy ?? "").Statement[0].Principal.AWS).toBe("arn:aws-cn:iam::000000000001:root");
  });

  test.each([{ account: "1" }, { region: "nowhere" }, { clock: Number.NaN }])("%j is refused", (options) => {
    expect(() => createKms(options)).toThrow(RangeError);
  });

  test("nothing of a key shows when the KMS is inspected, printed as JSON or spread", async () => {
    const seed = new Uint8Array(32).fill(9);
    const kms = createKms({ entropy: seededEntropy(seed) });
    await kms.client().send(new CreateKeyCommand({}));
    const shown = inspect(kms, { depth: 20, showHidden: true }) + JSON.stringify({ ...kms });
    expect(shown).not.toMatch(/Uint8Array|Buffer|#bytes|exported/);
  });
});

describe("the in-process client", () => {
  test("what it does not know is an unknown operation", async () => {
    const client = createKms().client();
    class FlyToTheMoonCommand {
      readonly input = {};
    }
    await expect(client.send(new FlyToTheMoonCommand())).rejects.toMatchObject({ name: "UnknownOperationException" });
    for (const nothing of [undefined, null, {}, "EncryptCommand", { input: {}, constructor: null }]) {
      await expect(client.send(nothing as never)).rejects.toMatchObject({ name: "UnknownOperationException" });
    }
  });

  test("an aborted call is not made", async () => {
    const client = createKms().client();
    const abortSignal = AbortSignal.abort();
    await expect(client.send(new CreateKeyCommand({}), { abortSignal })).rejects.toMatchObject({ name: "AbortError" });
    expect((await client.send(new ListKeysCommand({}))).Keys).toEqual([]);
  });

  test("the caller's bytes are read before send returns and left as they are", async () => {
    const client = createKms().client();
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    const bytes = Uint8Array.from(plaintext);
    const encrypting = client.send(new EncryptCommand({ KeyId: KeyMetadata?.KeyId, Plaintext: bytes }));
    expect(bytes).toEqual(plaintext);
    bytes.fill(0);
    const { CiphertextBlob } = await encrypting;
    expect((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(plaintext);
  });
});
