/** The state of a KMS taken, given back, and taken elsewhere. */

import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateRandomCommand,
  type KMSClient,
  ListKeysCommand,
  ScheduleKeyDeletionCommand,
  SignCommand,
  VerifyCommand,
} from "@aws-sdk/client-kms";
import { describe, expect, test } from "vitest";
import { createKms, type Kms } from "../../src/kms.ts";

const ROLE = "arn:aws:iam::111122223333:role/Sender";
const Plaintext = new TextEncoder().encode("attack at dawn");
const allow = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "kms:*", Resource: "*" }] };

const clientOf = (kms: Pick<Kms, "client">): KMSClient => kms.client() as unknown as KMSClient;

async function prepared(): Promise<{ kms: Kms; client: KMSClient; KeyId: string; CiphertextBlob: Uint8Array }> {
  const kms = createKms();
  kms.clock.freeze();
  kms.clock.set(Date.UTC(2026, 0, 1));
  const client = clientOf(kms);
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  const KeyId = KeyMetadata?.KeyId ?? "";
  await client.send(new CreateAliasCommand({ AliasName: "alias/orders", TargetKeyId: KeyId }));
  const { CiphertextBlob = new Uint8Array() } = await client.send(new EncryptCommand({ KeyId, Plaintext }));
  return { kms, client, KeyId, CiphertextBlob };
}

const countOf = async (client: KMSClient): Promise<number> =>
  (await client.send(new ListKeysCommand({}))).Keys?.length ?? -1;

describe("A restore", () => {
  test("brings back keys, aliases, clock, policies, faults, quotas and events, as often as it is asked", async () => {
    const { kms, client, KeyId, CiphertextBlob } = await prepared();
    const snapshot = kms.snapshot();
    const before = kms.events.list();
    for (let i = 0; i < 2; i++) {
      await client.send(new CreateKeyCommand({}));
      await client.send(new DisableKeyCommand({ KeyId }));
      await client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
      kms.clock.advance({ days: 7 });
      await expect(client.send(new DescribeKeyCommand({ KeyId }))).rejects.toThrow("does not exist");
      kms.attachRolePolicy(ROLE, "all", allow);
      kms.faults.add({ operation: "Encrypt", error: "ThrottlingException" });
      kms.quotas.enforce({ ListKeys: 1 });
      await client.send(new ListKeysCommand({}));

      kms.restore(snapshot);
      expect(kms.clock.now()).toBe(Date.UTC(2026, 0, 1));
      expect(kms.events.list()).toEqual(before);
      expect(await countOf(client)).toBe(1);
      expect(await countOf(client)).toBe(1);
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: "alias/orders" }));
      expect(KeyMetadata).toMatchObject({ KeyId, KeyState: "Enabled" });
      expect((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(Plaintext);
      await client.send(new EncryptCommand({ KeyId, Plaintext }));
      await expect(clientOf(kms.as(ROLE)).send(new DescribeKeyCommand({ KeyId }))).rejects.toThrow("not authorized");
    }
  });

  test("does not repeat randomness: a key that is made again is another", async () => {
    const { kms, client } = await prepared();
    const snapshot = kms.snapshot();
    const first = await client.send(new CreateKeyCommand({}));
    kms.restore(snapshot);
    const second = await client.send(new CreateKeyCommand({}));
    expect(second.KeyMetadata?.KeyId).not.toBe(first.KeyMetadata?.KeyId);
  });

  test("of another KMS's snapshot is refused, because its keys could not be opened", async () => {
    const { kms } = await prepared();
    expect(() => kms.restore(createKms().snapshot())).toThrow("its own KMS or a fork");
  });

  test("needs a store that can be saved", () => {
    const kms = createKms({ store: { get: async () => undefined } as never });
    expect(() => kms.snapshot()).toThrow("stores in memory");
    expect(() => kms.fork()).toThrow("stores in memory");
  });
});

describe("A fork", () => {
  test("opens what its origin has made, and from there on neither sees the other", async () => {
    const { kms, client, KeyId, CiphertextBlob } = await prepared();
    const signing = await client.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
    const forks = [kms.fork(), kms.fork()];
    const clients = forks.map(clientOf);
    await Promise.all(
      clients.map(async (forked, i) => {
        expect((await forked.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(Plaintext);
        for (let n = 0; n <= i; n++) await forked.send(new CreateKeyCommand({}));
      }),
    );
    expect(await Promise.all([client, ...clients].map(countOf))).toEqual([2, 3, 4]);

    const message = {
      KeyId: signing.KeyMetadata?.KeyId,
      Message: Plaintext,
      SigningAlgorithm: "ECDSA_SHA_256",
    } as const;
    const { Signature } = await (clients[0] as KMSClient).send(new SignCommand(message));
    expect((await client.send(new VerifyCommand({ ...message, Signature }))).SignatureValid).toBe(true);

    // One fork's key ends and its handle with it; the others go on with theirs.
    const [first, second] = clients as [KMSClient, KMSClient];
    await first.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    forks[0]?.clock.advance({ days: 7 });
    await expect(first.send(new DescribeKeyCommand({ KeyId }))).rejects.toThrow("does not exist");
    expect(kms.clock.now()).toBe(Date.UTC(2026, 0, 1));
    expect((await second.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(Plaintext);
    expect((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(Plaintext);
  });

  test("of an older snapshot begins there, and restores its origin's snapshots", async () => {
    const { kms, client } = await prepared();
    const snapshot = kms.snapshot();
    await client.send(new CreateKeyCommand({}));
    const fork = kms.fork(snapshot);
    expect(await countOf(clientOf(fork))).toBe(1);
    fork.restore(kms.snapshot());
    expect(await countOf(clientOf(fork))).toBe(2);
  });

  test("keeps the token open until the last of them is closed", async () => {
    const { kms, CiphertextBlob } = await prepared();
    const fork = kms.fork();
    await kms.close();
    expect((await clientOf(fork).send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(Plaintext);
    await fork.close();
    await fork.close();
    await expect(clientOf(fork).send(new GenerateRandomCommand({ NumberOfBytes: 1 }))).rejects.toMatchObject({
      name: "KMSInternalException",
    });
  });
});
