import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  GetParametersForImportCommand,
  GetPublicKeyCommand,
  ImportKeyMaterialCommand,
  KMSClient,
  ListKeyRotationsCommand,
  ListKeysCommand,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  UpdateKeyDescriptionCommand,
  UpdatePrimaryRegionCommand,
} from "@aws-sdk/client-kms";
import { describe, expect, test } from "vitest";
import { createKms, type Kms } from "../../src/kms.ts";
import { pooledRsaEngine } from "../support/rsa-pool.ts";
import { wrapMaterial } from "./support/wrapping.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const ACCOUNT = "111122223333";
const Plaintext = new TextEncoder().encode("in every Region");
const arnIn = (region: string, keyId: string): string => `arn:aws:kms:${region}:${ACCOUNT}:key/${keyId}`;

interface Regions {
  readonly kms: Kms;
  readonly us: KMSClient;
  readonly eu: KMSClient;
  readonly ap: KMSClient;
}

/** The SDK's clients of three Regions. */
function openRegions(): Regions {
  const kms = createKms({ engine: pooledRsaEngine });
  kms.clock.freeze();
  kms.clock.set(START);
  const client = (region: string): KMSClient => new KMSClient({ ...kms.clientConfig(), region });
  return { kms, us: client("us-east-1"), eu: client("eu-west-1"), ap: client("ap-southeast-2") };
}

async function primaryIn(client: KMSClient, input: object = {}): Promise<string> {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({ MultiRegion: true, ...input }));
  return KeyMetadata?.KeyId as string;
}

const replicate = (client: KMSClient, KeyId: string, ReplicaRegion: string) =>
  client.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion }));

const describeKey = async (client: KMSClient, KeyId: string) => {
  const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
  if (KeyMetadata === undefined) throw new Error("DescribeKey answers with metadata");
  return KeyMetadata;
};

describe("regions and accounts in one process", () => {
  test("a client's region is where its keys are", async () => {
    const { us, eu } = openRegions();
    const { KeyMetadata } = await eu.send(new CreateKeyCommand({}));
    expect(KeyMetadata?.Arn).toBe(arnIn("eu-west-1", KeyMetadata?.KeyId as string));
    expect((await us.send(new ListKeysCommand({}))).Keys).toEqual([]);
    await expect(describeKey(us, KeyMetadata?.KeyId as string)).rejects.toMatchObject({
      name: "NotFoundException",
      message: `Key '${arnIn("us-east-1", KeyMetadata?.KeyId as string)}' does not exist`,
    });
    await expect(describeKey(us, KeyMetadata?.Arn as string)).rejects.toMatchObject({
      name: "NotFoundException",
      message: "Invalid arn eu-west-1",
    });
  });

  test("inRegion gives the same doors elsewhere, in the partition of the Region", async () => {
    const { kms } = openRegions();
    const [eu, cn] = [kms.inRegion("eu-west-1"), kms.inRegion("cn-north-1")];
    expect(eu.clientConfig().region).toBe("eu-west-1");
    expect(eu.region).toBe("eu-west-1");
    const { KeyMetadata } = await cn.client().send(new CreateKeyCommand({}));
    expect(KeyMetadata?.Arn).toMatch(/^arn:aws-cn:kms:cn-north-1:111122223333:key\//);
    const throughSdk = new KMSClient(cn.clientConfig());
    await throughSdk.send(new EncryptCommand({ KeyId: KeyMetadata?.KeyId, Plaintext }));
    expect((await eu.client().send(new ListKeysCommand({}))).Keys).toEqual([]);
    expect(() => kms.inRegion("nowhere")).toThrow(RangeError);
  });

  test("a principal's account is where its keys are, and another account's key is named by its ARN", async () => {
    const { kms } = openRegions();
    const other = kms.as("arn:aws:iam::444455556666:root").client();
    const { KeyMetadata: theirs } = await other.send(new CreateKeyCommand({}));
    expect(theirs?.AWSAccountId).toBe("444455556666");
    const mine = kms.client();
    expect((await mine.send(new ListKeysCommand({}))).Keys).toEqual([]);
    const describe = (KeyId: string | undefined) => mine.send(new DescribeKeyCommand({ KeyId }));
    await expect(describe(theirs?.KeyId)).rejects.toMatchObject({ name: "NotFoundException" });
    await expect(describe(theirs?.Arn)).rejects.toMatchObject({ name: "AccessDeniedException" });
    const statement = (AWS: string) => ({ Effect: "Allow", Principal: { AWS }, Action: "kms:*", Resource: "*" });
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [statement("arn:aws:iam::444455556666:root"), statement(`arn:aws:iam::${ACCOUNT}:root`)],
    });
    const { KeyMetadata: shared } = await other.send(new CreateKeyCommand({ Policy }));
    const { CiphertextBlob } = await mine.send(new EncryptCommand({ KeyId: shared?.Arn, Plaintext }));
    const opened = await mine.send(new DecryptCommand({ CiphertextBlob }));
    expect(opened.KeyId).toBe(shared?.Arn);
    // Only some operations take keys of other accounts.
    await expect(mine.send(new DisableKeyCommand({ KeyId: shared?.Arn }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    await expect(
      mine.send(new CreateAliasCommand({ AliasName: "alias/theirs", TargetKeyId: shared?.Arn })),
    ).rejects.toMatchObject({ name: "NotFoundException" });
  });

  test("an access key id of twelve digits is the root of that account", async () => {
    const { kms } = openRegions();
    const credentials = { accessKeyId: "444455556666", secretAccessKey: "any" };
    const client = new KMSClient({ ...kms.clientConfig(), credentials });
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    expect(KeyMetadata?.AWSAccountId).toBe("444455556666");
  });
});

describe("ReplicateKey", () => {
  test("answers as AWS does, and both keys know of each other", async () => {
    const { us, eu } = openRegions();
    const KeyId = await primaryIn(us, { Description: "the primary" });
    expect(KeyId).toMatch(/^mrk-[0-9a-f]{32}$/);
    const answer = await replicate(us, KeyId, "eu-west-1");
    const [primary, replica] = [arnIn("us-east-1", KeyId), arnIn("eu-west-1", KeyId)];
    const related = {
      PrimaryKey: { Arn: primary, Region: "us-east-1" },
      ReplicaKeys: [{ Arn: replica, Region: "eu-west-1" }],
    };
    expect(answer.ReplicaKeyMetadata).toEqual({
      AWSAccountId: ACCOUNT,
      Arn: replica,
      CreationDate: new Date(START),
      CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
      Description: "",
      Enabled: false,
      EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
      KeyId,
      KeyManager: "CUSTOMER",
      KeySpec: "SYMMETRIC_DEFAULT",
      KeyState: "Creating",
      KeyUsage: "ENCRYPT_DECRYPT",
      MultiRegion: true,
      MultiRegionConfiguration: { MultiRegionKeyType: "REPLICA", ...related },
      Origin: "AWS_KMS",
    });
    expect(answer.ReplicaTags).toEqual([]);
    const policy = await eu.send(new GetKeyPolicyCommand({ KeyId }));
    expect(answer.ReplicaPolicy).toBe(policy.Policy);
    expect(await describeKey(eu, KeyId)).toMatchObject({
      KeyState: "Enabled",
      Enabled: true,
      MultiRegionConfiguration: { MultiRegionKeyType: "REPLICA", ...related },
    });
    expect(await describeKey(us, KeyId)).toMatchObject({
      MultiRegionConfiguration: { MultiRegionKeyType: "PRIMARY", ...related },
    });
  });

  test("shares the material: what one Region encrypts, all decrypt", async () => {
    const { us, eu, ap } = openRegions();
    const KeyId = await primaryIn(us);
    await us.send(new RotateKeyOnDemandCommand({ KeyId }));
    const early = await us.send(new EncryptCommand({ KeyId, Plaintext }));
    await us.send(new RotateKeyOnDemandCommand({ KeyId }));
    await replicate(us, KeyId, "eu-west-1");
    await replicate(us, KeyId, "ap-southeast-2");
    const late = await ap.send(new EncryptCommand({ KeyId, Plaintext }));
    for (const client of [us, eu, ap]) {
      for (const { CiphertextBlob } of [early, late]) {
        const opened = await client.send(new DecryptCommand({ CiphertextBlob }));
        expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Buffer.from(Plaintext));
        expect(opened.KeyId).toBe(arnIn(await client.config.region(), KeyId));
      }
    }
  });

  test("shares asymmetric and HMAC keys too", async () => {
    const { us, eu } = openRegions();
    const KeyId = await primaryIn(us, { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
    await replicate(us, KeyId, "eu-west-1");
    const [ours, theirs] = await Promise.all([us, eu].map((client) => client.send(new GetPublicKeyCommand({ KeyId }))));
    expect(theirs?.PublicKey).toEqual(ours?.PublicKey);
  });

  test("shares nothing else: state, description, tags and policy are each key's own", async () => {
    const { us, eu } = openRegions();
    const KeyId = await primaryIn(us, { Tags: [{ TagKey: "a", TagValue: "1" }] });
    const answer = await us.send(
      new ReplicateKeyCommand({
        KeyId,
        ReplicaRegion: "eu-west-1",
        Description: "the replica",
        Tags: [{ TagKey: "b", TagValue: "2" }],
      }),
    );
    expect(answer.ReplicaTags).toEqual([{ TagKey: "b", TagValue: "2" }]);
    await eu.send(new UpdateKeyDescriptionCommand({ KeyId, Description: "changed" }));
    await us.send(new DisableKeyCommand({ KeyId }));
    expect(await describeKey(us, KeyId)).toMatchObject({ KeyState: "Disabled", Description: "" });
    expect(await describeKey(eu, KeyId)).toMatchObject({ KeyState: "Enabled", Description: "changed" });
  });

  test("refuses a second replica in a Region, the primary's own Region, and keys that are no primary", async () => {
    const { us, eu } = openRegions();
    const KeyId = await primaryIn(us);
    await replicate(us, KeyId, "eu-west-1");
    for (const region of ["eu-west-1", "us-east-1"]) {
      await expect(replicate(us, KeyId, region)).rejects.toMatchObject({ name: "AlreadyExistsException" });
    }
    await expect(replicate(eu, KeyId, "ap-southeast-2")).rejects.toMatchObject({
      name: "UnsupportedOperationException",
      message: `${arnIn("eu-west-1", KeyId)} is not a multi-region primary key.`,
    });
    const { KeyMetadata } = await us.send(new CreateKeyCommand({}));
    await expect(replicate(us, KeyMetadata?.KeyId as string, "eu-west-1")).rejects.toMatchObject({
      name: "UnsupportedOperationException",
    });
    await expect(replicate(us, KeyId, "cn-north-1")).rejects.toMatchObject({ name: "UnsupportedOperationException" });
    await us.send(new DisableKeyCommand({ KeyId }));
    await expect(replicate(us, KeyId, "ap-southeast-2")).rejects.toMatchObject({ name: "DisabledException" });
  });

  test("needs permission for the primary key, and to create keys in the other Region", async () => {
    const { kms, us } = openRegions();
    const KeyId = await primaryIn(us);
    const role = `arn:aws:iam::${ACCOUNT}:role/Replicator`;
    const client = kms.as(role).client();
    const ask = () => client.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: "eu-west-1" }));
    const allow = (name: string, statement: object): void =>
      kms.attachRolePolicy(role, name, {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Resource: "*", ...statement }],
      });
    await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining("kms:ReplicateKey") });
    allow("replicate", {
      Action: "kms:ReplicateKey",
      Condition: { StringEquals: { "kms:ReplicaRegion": "eu-west-1" } },
    });
    await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining("kms:CreateKey") });
    allow("create", {
      Action: "kms:CreateKey",
      Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } },
    });
    await ask();
  });
});

describe("rotation of related keys", () => {
  test("is the primary's to decide, and happens in all Regions", async () => {
    const { kms, us, eu } = openRegions();
    const KeyId = await primaryIn(us);
    await replicate(us, KeyId, "eu-west-1");
    for (const Command of [EnableKeyRotationCommand, RotateKeyOnDemandCommand]) {
      await expect(eu.send(new Command({ KeyId }) as RotateKeyOnDemandCommand)).rejects.toMatchObject({
        name: "UnsupportedOperationException",
        message: `${arnIn("eu-west-1", KeyId)} is not a multi-region primary key.`,
      });
    }
    await us.send(new RotateKeyOnDemandCommand({ KeyId }));
    await us.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
    expect(await eu.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({
      KeyRotationEnabled: true,
      RotationPeriodInDays: 90,
    });
    kms.clock.advance({ days: 90 });
    // The replica is the first to be looked at.
    const { CurrentKeyMaterialId } = await describeKey(eu, KeyId);
    expect((await describeKey(us, KeyId)).CurrentKeyMaterialId).toBe(CurrentKeyMaterialId);
    const [ours, theirs] = await Promise.all(
      [us, eu].map((client) => client.send(new ListKeyRotationsCommand({ KeyId }))),
    );
    expect(ours?.Rotations).toMatchObject([{ RotationType: "ON_DEMAND" }, { RotationType: "AUTOMATIC" }]);
    expect(theirs?.Rotations).toEqual(ours?.Rotations);
  });

  test("waits while the primary is disabled, whatever the replica's state", async () => {
    const { kms, us, eu } = openRegions();
    const KeyId = await primaryIn(us);
    await replicate(us, KeyId, "eu-west-1");
    await us.send(new EnableKeyRotationCommand({ KeyId }));
    await us.send(new DisableKeyCommand({ KeyId }));
    const before = await describeKey(eu, KeyId);
    kms.clock.advance({ days: 400 });
    expect((await describeKey(eu, KeyId)).CurrentKeyMaterialId).toBe(before.CurrentKeyMaterialId);
  });
});

describe("UpdatePrimaryRegion", () => {
  test("makes a replica the primary, and the primary a replica", async () => {
    const { us, eu, ap } = openRegions();
    const KeyId = await primaryIn(us);
    await replicate(us, KeyId, "eu-west-1");
    await replicate(us, KeyId, "ap-southeast-2");
    await us.send(new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: "eu-west-1" }));
    for (const [client, type] of [
      [us, "REPLICA"],
      [eu, "PRIMARY"],
      [ap, "REPLICA"],
    ] as const) {
      expect((await describeKey(client, KeyId)).MultiRegionConfiguration).toEqual({
        MultiRegionKeyType: type,
        PrimaryKey: { Arn: arnIn("eu-west-1", KeyId), Region: "eu-west-1" },
        ReplicaKeys: [
          { Arn: arnIn("us-east-1", KeyId), Region: "us-east-1" },
          { Arn: arnIn("ap-southeast-2", KeyId), Region: "ap-southeast-2" },
        ],
      });
    }
    await eu.send(new RotateKeyOnDemandCommand({ KeyId }));
    await expect(us.send(new RotateKeyOnDemandCommand({ KeyId }))).rejects.toMatchObject({
      name: "UnsupportedOperationException",
    });
  });

  test("needs a replica there, and the primary here", async () => {
    const { us, eu } = openRegions();
    const KeyId = await primaryIn(us);
    await replicate(us, KeyId, "eu-west-1");
    await expect(
      us.send(new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: "ap-southeast-2" })),
    ).rejects.toMatchObject({ name: "NotFoundException" });
    await expect(eu.send(new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: "us-east-1" }))).rejects.toMatchObject({
      name: "UnsupportedOperationException",
    });
    await eu.send(new DisableKeyCommand({ KeyId }));
    await expect(us.send(new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: "eu-west-1" }))).rejects.toMatchObject({
      name: "DisabledException",
    });
  });
});

describe("deletion of related keys", () => {
  test("a primary waits for its replicas: its own waiting period begins when the last one has ended", async () => {
    const { kms, us, eu } = openRegions();
    const KeyId = await primaryIn(us);
    await replicate(us, KeyId, "eu-west-1");
    const answer = await us.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 10 }));
    expect(answer).toMatchObject({ KeyState: "PendingReplicaDeletion", PendingWindowInDays: 10 });
    expect(answer).not.toHaveProperty("DeletionDate");
    expect(await describeKey(us, KeyId)).toMatchObject({
      KeyState: "PendingReplicaDeletion",
      Enabled: false,
      PendingDeletionWindowInDays: 10,
    });
    await expect(us.send(new EncryptCommand({ KeyId, Plaintext }))).rejects.toMatchObject({
      name: "KMSInvalidStateException",
      message: `${arnIn("us-east-1", KeyId)} is pending replica deletion.`,
    });
    kms.clock.advance({ days: 100 });
    expect((await describeKey(us, KeyId)).KeyState).toBe("PendingReplicaDeletion");
    await eu.send(new EncryptCommand({ KeyId, Plaintext }));

    await eu.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    kms.clock.advance({ days: 7 });
    const primary = await describeKey(us, KeyId);
    expect(primary).toMatchObject({ KeyState: "PendingDeletion", DeletionDate: new Date(START + 117 * DAY) });
    expect(primary).not.toHaveProperty("PendingDeletionWindowInDays");
    expect(primary.MultiRegionConfiguration?.ReplicaKeys).toEqual([]);
    await expect(describeKey(eu, KeyId)).rejects.toMatchObject({ name: "NotFoundException" });
    kms.clock.advance({ days: 10 });
    await expect(describeKey(us, KeyId)).rejects.toMatchObject({ name: "NotFoundException" });
  });

  test("both end in their order when nobody looks for long", async () => {
    const { kms, us, eu } = openRegions();
    const KeyId = await primaryIn(us);
    await replicate(us, KeyId, "eu-west-1");
    await us.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await eu.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    kms.clock.advance({ days: 14 });
    expect((await us.send(new ListKeysCommand({}))).Keys).toEqual([]);
    expect((await eu.send(new ListKeysCommand({}))).Keys).toEqual([]);
  });

  test("a replica's end can be cancelled, and its place be taken by another replica when it has ended", async () => {
    const { kms, us, eu } = openRegions();
    const KeyId = await primaryIn(us);
    await replicate(us, KeyId, "eu-west-1");
    const { CiphertextBlob } = await eu.send(new EncryptCommand({ KeyId, Plaintext }));
    await eu.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await eu.send(new CancelKeyDeletionCommand({ KeyId }));
    kms.clock.advance({ days: 7 });
    expect((await describeKey(eu, KeyId)).KeyState).toBe("Disabled");
    await eu.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await expect(replicate(us, KeyId, "eu-west-1")).rejects.toMatchObject({ name: "AlreadyExistsException" });
    kms.clock.advance({ days: 7 });
    await replicate(us, KeyId, "eu-west-1");
    await eu.send(new DecryptCommand({ CiphertextBlob }));
  });

  test("a primary's can be cancelled while it waits for its replicas", async () => {
    const { us } = openRegions();
    const KeyId = await primaryIn(us);
    await replicate(us, KeyId, "eu-west-1");
    await us.send(new ScheduleKeyDeletionCommand({ KeyId }));
    await us.send(new CancelKeyDeletionCommand({ KeyId }));
    expect((await describeKey(us, KeyId)).KeyState).toBe("Disabled");
  });
});

describe("imported material of related keys", () => {
  async function importInto(client: KMSClient, KeyId: string, material: Uint8Array, input: object = {}) {
    const { ImportToken, PublicKey } = await client.send(
      new GetParametersForImportCommand({
        KeyId,
        WrappingAlgorithm: "RSAES_OAEP_SHA_256",
        WrappingKeySpec: "RSA_2048",
      }),
    );
    return client.send(
      new ImportKeyMaterialCommand({
        KeyId,
        ImportToken,
        EncryptedKeyMaterial: wrapMaterial("RSAES_OAEP_SHA_256", PublicKey as Uint8Array, material),
        ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
        ...input,
      }),
    );
  }
  const lastState = async (client: KMSClient, KeyId: string) => {
    const input = { KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" } as const;
    const { Rotations = [] } = await client.send(new ListKeyRotationsCommand(input));
    return Rotations.at(-1);
  };
  const bytes = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);

  test("is imported into each Region, the same into all, and rotated from the primary", async () => {
    const { us, eu } = openRegions();
    const KeyId = await primaryIn(us, { Origin: "EXTERNAL" });
    await expect(replicate(us, KeyId, "eu-west-1")).rejects.toMatchObject({ name: "KMSInvalidStateException" });
    const first = await importInto(us, KeyId, bytes(1));
    const { ReplicaKeyMetadata } = await replicate(us, KeyId, "eu-west-1");
    expect(ReplicaKeyMetadata).not.toHaveProperty("ExpirationModel");
    expect((await describeKey(eu, KeyId)).KeyState).toBe("PendingImport");
    await expect(importInto(eu, KeyId, bytes(2))).rejects.toMatchObject({ name: "IncorrectKeyMaterialException" });
    expect((await importInto(eu, KeyId, bytes(1))).KeyMaterialId).toBe(first.KeyMaterialId);
    const { CiphertextBlob } = await us.send(new EncryptCommand({ KeyId, Plaintext }));
    await eu.send(new DecryptCommand({ CiphertextBlob }));

    const NEW = { ImportType: "NEW_KEY_MATERIAL" };
    await expect(importInto(eu, KeyId, bytes(2), NEW)).rejects.toMatchObject({
      name: "UnsupportedOperationException",
      message: `${arnIn("eu-west-1", KeyId)} is not a multi-region primary key.`,
    });
    const second = await importInto(us, KeyId, bytes(2), NEW);
    expect(await lastState(us, KeyId)).toMatchObject({
      KeyMaterialId: second.KeyMaterialId,
      KeyMaterialState: "PENDING_MULTI_REGION_IMPORT_AND_ROTATION",
      ImportState: "IMPORTED",
    });
    expect(await lastState(eu, KeyId)).toMatchObject({
      KeyMaterialId: second.KeyMaterialId,
      KeyMaterialState: "PENDING_MULTI_REGION_IMPORT_AND_ROTATION",
      ImportState: "PENDING_IMPORT",
    });
    await expect(us.send(new RotateKeyOnDemandCommand({ KeyId }))).rejects.toMatchObject({
      name: "KMSInvalidStateException",
    });
    await importInto(eu, KeyId, bytes(2));
    expect(await lastState(us, KeyId)).toMatchObject({ KeyMaterialState: "PENDING_ROTATION" });
    await us.send(new RotateKeyOnDemandCommand({ KeyId }));
    for (const client of [us, eu]) {
      const { KeyState, CurrentKeyMaterialId } = await describeKey(client, KeyId);
      expect({ KeyState, CurrentKeyMaterialId }).toEqual({
        KeyState: "Enabled",
        CurrentKeyMaterialId: second.KeyMaterialId,
      });
    }
    await eu.send(new DecryptCommand({ CiphertextBlob }));
  });

  test("is deleted in one Region alone, unless it is pending rotation in the primary", async () => {
    const { us, eu } = openRegions();
    const KeyId = await primaryIn(us, { Origin: "EXTERNAL" });
    await importInto(us, KeyId, bytes(1));
    await replicate(us, KeyId, "eu-west-1");
    await importInto(eu, KeyId, bytes(1));
    await eu.send(new DeleteImportedKeyMaterialCommand({ KeyId }));
    expect((await describeKey(eu, KeyId)).KeyState).toBe("PendingImport");
    expect((await describeKey(us, KeyId)).KeyState).toBe("Enabled");
    await importInto(eu, KeyId, bytes(1));
    const { KeyMaterialId } = await importInto(us, KeyId, bytes(2), { ImportType: "NEW_KEY_MATERIAL" });
    await importInto(eu, KeyId, bytes(2));
    await us.send(new DeleteImportedKeyMaterialCommand({ KeyId, KeyMaterialId }));
    for (const client of [us, eu])
      expect(await lastState(client, KeyId)).toMatchObject({ KeyMaterialState: "CURRENT" });
  });
});
