import {
  CreateKeyCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetKeyLastUsageCommand,
  type GetKeyLastUsageCommandOutput,
  KMSClient,
  ReEncryptCommand,
} from "@aws-sdk/client-kms";
import { expect, test } from "vitest";
import { createKms, type Kms } from "../../src/kms.ts";

const START = Date.UTC(2026, 0, 1);
const Plaintext = new Uint8Array(8);

async function openWithKeys(): Promise<{ kms: Kms; client: KMSClient; source: string; destination: string }> {
  const kms = createKms();
  kms.clock.freeze();
  kms.clock.set(START);
  const client = new KMSClient(kms.clientConfig());
  const create = async (): Promise<string> =>
    (await client.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId as string;
  return { kms, client, source: await create(), destination: await create() };
}

const usageOf = async (client: KMSClient, KeyId: string): Promise<Omit<GetKeyLastUsageCommandOutput, "$metadata">> => {
  const { $metadata, ...answer } = await client.send(new GetKeyLastUsageCommand({ KeyId }));
  return answer;
};

test("a key that was never used has no usage, since its creation", async () => {
  const { client, source } = await openWithKeys();
  expect(await usageOf(client, source)).toEqual({
    KeyId: source,
    KeyLastUsage: {},
    TrackingStartDate: expect.any(Date),
    KeyCreationDate: new Date(START),
  });
});

test("the last successful use is told with its event, for both keys of ReEncrypt", async () => {
  const { kms, client, source, destination } = await openWithKeys();
  const { CiphertextBlob, $metadata } = await client.send(new EncryptCommand({ KeyId: source, Plaintext }));
  const [event] = kms.events.list({ operation: "Encrypt" });
  const encrypted = {
    Operation: "Encrypt",
    Timestamp: new Date(START),
    CloudTrailEventId: event?.eventID,
    KmsRequestId: $metadata.requestId,
  };
  expect((await usageOf(client, source)).KeyLastUsage).toEqual(encrypted);
  kms.clock.advance({ hours: 1 });
  // Neither a dry run nor a failure nor a look at the key is a use of it.
  await expect(client.send(new EncryptCommand({ KeyId: source, Plaintext, DryRun: true }))).rejects.toThrow();
  await client.send(new DescribeKeyCommand({ KeyId: source }));
  expect((await usageOf(client, source)).KeyLastUsage).toEqual(encrypted);
  await client.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: destination }));
  for (const KeyId of [source, destination]) {
    expect((await usageOf(client, KeyId)).KeyLastUsage).toMatchObject({
      Operation: "ReEncrypt",
      Timestamp: new Date(START + 3_600_000),
    });
  }
});

test("a restored snapshot has the usages of its time", async () => {
  const { kms, client, source } = await openWithKeys();
  const snapshot = kms.snapshot();
  await client.send(new EncryptCommand({ KeyId: source, Plaintext }));
  kms.restore(snapshot);
  expect((await usageOf(client, source)).KeyLastUsage).toEqual({});
});
