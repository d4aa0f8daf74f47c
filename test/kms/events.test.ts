/** What the KMS records of calls, and what it reads from that. */

import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  type EncryptCommandInput,
  GenerateDataKeyCommand,
  GenerateRandomCommand,
  GetKeyLastUsageCommand,
  KMSClient,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  SignCommand,
} from "@aws-sdk/client-kms";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createKms, type Kms, type KmsEvent } from "../../src/kms.ts";

const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Sender`;
const Plaintext = new TextEncoder().encode("attack at dawn");

let kms: Kms;
let client: KMSClient;
beforeEach(() => {
  kms = createKms({ clock: Date.UTC(2026, 0, 31, 23, 59, 58) });
  kms.clock.freeze();
  client = new KMSClient(kms.clientConfig());
});
afterEach(() => kms.close());

async function createKey(alias?: string): Promise<{ KeyId: string; Arn: string }> {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  const { KeyId = "", Arn = "" } = KeyMetadata ?? {};
  if (alias !== undefined) await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyId }));
  return { KeyId, Arn };
}

const names = (events: readonly KmsEvent[]): string[] => events.map(({ eventName }) => eventName);

describe("A record", () => {
  test("has CloudTrail's members, the encryption context among them, and nothing secret", async () => {
    const { Arn } = await createKey("alias/orders");
    kms.events.clear();
    const EncryptionContext = { tenant: "a", ["__proto__"]: "b" };
    const { $metadata } = await client.send(
      new EncryptCommand({ KeyId: "alias/orders", Plaintext, EncryptionContext }),
    );
    const [event] = kms.events.list();
    expect(event).toEqual({
      eventVersion: "1.08",
      userIdentity: { type: "Root", arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT },
      eventTime: "2026-01-31T23:59:58Z",
      eventSource: "kms.amazonaws.com",
      eventName: "Encrypt",
      awsRegion: "us-east-1",
      sourceIPAddress: "127.0.0.1",
      userAgent: expect.stringContaining("aws-sdk-js"),
      requestParameters: {
        encryptionAlgorithm: "SYMMETRIC_DEFAULT",
        keyId: "alias/orders",
        encryptionContext: EncryptionContext,
      },
      responseElements: null,
      requestID: $metadata.requestId,
      eventID: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      readOnly: true,
      resources: [{ accountId: ACCOUNT, type: "AWS::KMS::Key", ARN: Arn }],
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: ACCOUNT,
      eventCategory: "Management",
    });
    expect(JSON.stringify(kms.events.list())).not.toContain(Buffer.from(Plaintext).toString("base64"));
  });

  test("tells where a request comes from, and through whom", async () => {
    const doors = kms.as(ROLE, {
      sourceIp: "192.0.2.7",
      userAgent: "app/1.0",
      viaService: "s3.us-east-1.amazonaws.com",
    });
    await new KMSClient(doors.clientConfig()).send(new GenerateRandomCommand({ NumberOfBytes: 1 })).catch(() => {});
    expect(kms.events.list()).toMatchObject([
      { sourceIPAddress: "s3.us-east-1.amazonaws.com", userIdentity: { invokedBy: "s3.us-east-1.amazonaws.com" } },
    ]);
    await kms
      .as(ROLE, { sourceIp: "192.0.2.7", userAgent: "app/1.0" })
      .client()
      .send(new GenerateRandomCommand({ NumberOfBytes: 1 }))
      .catch(() => {});
    expect(kms.events.list().at(-1)).toMatchObject({ sourceIPAddress: "192.0.2.7", userAgent: "app/1.0" });
  });

  test("tells where each of several requests through one door comes from", async () => {
    const { KeyId } = await createKey();
    kms.events.clear();
    const places = [
      { sourceIp: "192.0.2.7", region: "us-east-1" },
      { sourceIp: "192.0.2.8", region: "us-east-1" },
      { sourceIp: "192.0.2.8", userAgent: "app/1.0", region: "us-east-1" },
      { sourceIp: "192.0.2.8", userAgent: "app/1.0", region: "eu-west-1" },
      { sourceIp: "192.0.2.8", userAgent: "app/1.0", region: "us-east-1" },
      { sourceIp: "192.0.2.8", region: "us-east-1" },
    ];
    for (const { sourceIp, userAgent, region } of places) {
      const headers: Readonly<Record<string, string | undefined>> = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "TrentService.DescribeKey",
        "user-agent": userAgent,
        authorization: `AWS4-HMAC-SHA256 Credential=POCKETHSM/20260131/${region}/kms/aws4_request`,
      };
      await kms.endpoint({
        ...{
          method: "POST",
          path: "/",
          query: new URLSearchParams(),
          connection: { sourceIp, secureTransport: false },
        },
        header: (name) => headers[name] ?? null,
        body: new TextEncoder().encode(JSON.stringify({ KeyId })),
      });
    }
    const told = kms.events
      .list()
      .map(({ sourceIPAddress, userAgent, awsRegion }) => [sourceIPAddress, userAgent, awsRegion]);
    expect(told).toEqual(places.map(({ sourceIp, userAgent = "pocket-hsm", region }) => [sourceIp, userAgent, region]));
  });

  test("of a change has the answer, and the alias beside the key", async () => {
    const { Arn } = await createKey("alias/orders");
    const [created, alias] = kms.events.list();
    expect(created).toMatchObject({ readOnly: false, responseElements: { keyMetadata: { arn: Arn, enabled: true } } });
    expect(alias?.resources).toEqual([
      { accountId: ACCOUNT, type: "AWS::KMS::Alias", ARN: `arn:aws:kms:us-east-1:${ACCOUNT}:alias/orders` },
      { accountId: ACCOUNT, type: "AWS::KMS::Key", ARN: Arn },
    ]);
  });

  test("of a failure has CloudTrail's code for it, and the message where there is one", async () => {
    const { Arn } = await createKey();
    const encrypt = new EncryptCommand({ KeyId: Arn, Plaintext });
    const denied = await new KMSClient(kms.as(ROLE).clientConfig()).send(encrypt).catch((error: Error) => error);
    await client.send(new DecryptCommand({ CiphertextBlob: Plaintext })).catch(() => {});
    await client.send(new EncryptCommand({ KeyId: "", Plaintext })).catch(() => {});
    const [forbidden, garbage, malformed] = kms.events.list().slice(-3);
    expect(forbidden).toMatchObject({
      errorCode: "AccessDenied",
      errorMessage: (denied as Error).message,
      userIdentity: { type: "Role", arn: ROLE },
      resources: [{ ARN: Arn }],
    });
    expect(garbage).toMatchObject({ errorCode: "InvalidCiphertextException", resources: [] });
    expect(garbage).not.toHaveProperty("errorMessage");
    expect(malformed).toMatchObject({ errorCode: "ValidationException", requestParameters: null });
  });
});

describe("The log", () => {
  test("is asked by operation, key, principal, encryption context and outcome", async () => {
    const orders = await createKey("alias/orders");
    const other = await createKey();
    kms.events.clear();
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId: "alias/orders", Plaintext, EncryptionContext: { tenant: "a", order: "7" } }),
    );
    await client.send(
      new ReEncryptCommand({
        CiphertextBlob,
        SourceEncryptionContext: { tenant: "a", order: "7" },
        DestinationKeyId: other.KeyId,
        DestinationEncryptionContext: { tenant: "b" },
      }),
    );
    await client.send(new DecryptCommand({ CiphertextBlob })).catch(() => {});
    const of = (filter: Parameters<Kms["events"]["list"]>[0]): string[] => names(kms.events.list(filter));
    expect(of({})).toEqual(["Encrypt", "ReEncrypt", "Decrypt"]);
    expect(of({ operation: ["Encrypt", "Decrypt"] })).toEqual(["Encrypt", "Decrypt"]);
    for (const key of ["alias/orders", orders.Arn, orders.KeyId]) {
      expect(of({ key })).toEqual(["Encrypt", "ReEncrypt", "Decrypt"]);
    }
    expect(of({ key: other.KeyId })).toEqual(["ReEncrypt"]);
    expect(of({ key: "alias/none" })).toEqual([]);
    expect(of({ key: orders.KeyId.slice(1) })).toEqual([]);
    expect(of({ encryptionContext: { tenant: "a" } })).toEqual(["Encrypt", "ReEncrypt"]);
    expect(of({ encryptionContext: { tenant: "b" } })).toEqual(["ReEncrypt"]);
    expect(of({ encryptionContext: { tenant: "a", order: "8" } })).toEqual([]);
    expect(of({ errorCode: null })).toEqual(["Encrypt", "ReEncrypt"]);
    expect(of({ errorCode: "InvalidCiphertextException" })).toEqual(["Decrypt"]);
    expect(of({ principal: ROLE })).toEqual([]);
  });

  test("keeps the latest events, and tells subscribers until they stop", async () => {
    const small = createKms({ eventCapacity: 2 });
    const seen: string[] = [];
    const stop = small.events.subscribe(({ eventName }) => seen.push(eventName));
    for (let i = 0; i < 3; i++) await small.client().send(new GenerateRandomCommand({ NumberOfBytes: i + 1 }));
    stop();
    await small.client().send(new GenerateRandomCommand({ NumberOfBytes: 9 }));
    expect(small.events.list().map(({ requestParameters }) => requestParameters)).toEqual([
      { numberOfBytes: 3 },
      { numberOfBytes: 9 },
    ]);
    expect(seen).toHaveLength(3);
    expect(() => createKms({ eventCapacity: 0 })).toThrow(RangeError);
  });

  test("has the event that GetKeyLastUsage names", async () => {
    const { KeyId } = await createKey();
    await client.send(new EncryptCommand({ KeyId, Plaintext }));
    const [event] = kms.events.list({ operation: "Encrypt" });
    const { KeyLastUsage } = await client.send(new GetKeyLastUsageCommand({ KeyId }));
    expect(KeyLastUsage).toMatchObject({ Operation: "Encrypt", CloudTrailEventId: event?.eventID });
  });

  test("has the same identifiers in every run", async () => {
    const run = async (): Promise<string[]> => {
      const fresh = createKms();
      await new KMSClient(fresh.clientConfig()).send(new GenerateRandomCommand({ NumberOfBytes: 1 }));
      return fresh.events.list().flatMap(({ eventID, requestID }) => [eventID, requestID]);
    };
    expect(await run()).toEqual(await run());
  });
});

describe("The lint", () => {
  const rules = (): Record<string, number> =>
    Object.fromEntries(kms.events.lint().map(({ rule, events }) => [rule, events.length]));

  test("finds nothing where every ciphertext has a context and every key is named", async () => {
    const { KeyId } = await createKey();
    const EncryptionContext = { tenant: "a" };
    const { CiphertextBlob } = await client.send(
      new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", EncryptionContext }),
    );
    await client.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionContext }));
    const { KeyMetadata } = await client.send(
      new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }),
    );
    await client.send(
      new SignCommand({ KeyId: KeyMetadata?.KeyId, Message: Plaintext, SigningAlgorithm: "ECDSA_SHA_256" }),
    );
    await client.send(new PutKeyPolicyCommand({ KeyId, Policy: "{}" })).catch(() => {});
    expect(rules()).toEqual({});
  });

  test("finds missing contexts, unnamed keys, and long plaintexts whole or in chunks", async () => {
    const { KeyId } = await createKey();
    const EncryptionContext = { file: "1" };
    const encrypt = (byteLength: number): Promise<unknown> =>
      client.send(new EncryptCommand({ KeyId, Plaintext: new Uint8Array(byteLength), EncryptionContext }));
    await encrypt(4097).catch(() => {});
    for (const byteLength of [4096, 4096, 100, 7]) await encrypt(byteLength);
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext }));
    await client.send(new DecryptCommand({ CiphertextBlob }));
    expect(rules()).toEqual({
      "no-encryption-context": 2,
      "chunked-plaintext": 3,
      "plaintext-too-long": 1,
      "unnamed-key": 1,
    });
    expect(kms.events.lint()[0]?.advice).toContain("bind");
    expect(kms.events.lint({ operation: "Decrypt" }).map(({ rule }) => rule)).toEqual([
      "no-encryption-context",
      "unnamed-key",
    ]);
  });
});

test("the log holds the latest events in their order, however often it has gone round", async () => {
  const kms = createKms({ eventCapacity: 3 });
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const described = (): unknown[] => kms.events.list().map(({ requestParameters }) => requestParameters?.["keyId"]);
  for (const [i, KeyId] of names.entries()) {
    await kms
      .client()
      .send(new DescribeKeyCommand({ KeyId }))
      .catch(() => {});
    expect(described()).toEqual(names.slice(Math.max(0, i - 2), i + 1));
  }
  const snapshot = kms.snapshot();
  kms.events.clear();
  expect(described()).toEqual([]);
  kms.restore(snapshot);
  expect(described()).toEqual(["f", "g", "h"]);
});

test("of a request's bytes nothing stays in the log", async () => {
  const kms = createKms();
  const client = kms.client();
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  await client.send(new EncryptCommand({ KeyId: KeyMetadata?.KeyId, Plaintext }));
  const { log } = kms.events.save();
  const call = (log.at(-1) as unknown as { call: { given: unknown; input: object } }).call;
  expect(call.given).toBeUndefined();
  expect(Object.values(call.input).filter((value) => value instanceof Uint8Array)).toEqual([]);
});

test("calls that repeat one another share all but their identifiers, their time and how they ended", async () => {
  const keys = [await createKey(), await createKey()];
  kms.events.clear();
  const context = { purpose: "test" };
  const inputs: EncryptCommandInput[] = [
    { KeyId: keys[0]?.KeyId, Plaintext, EncryptionContext: context },
    { KeyId: keys[0]?.KeyId, Plaintext: new Uint8Array(9), EncryptionContext: { ...context } },
    { KeyId: keys[0]?.KeyId, Plaintext, EncryptionContext: { purpose: "tests" } },
    { KeyId: keys[0]?.KeyId, Plaintext, EncryptionContext: { use: "test" } },
    { KeyId: keys[0]?.KeyId, Plaintext },
    { KeyId: keys[0]?.KeyId, Plaintext, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" },
    { KeyId: keys[0]?.KeyId, Plaintext },
    { KeyId: keys[1]?.KeyId, Plaintext },
  ];
  for (const input of inputs) {
    await client.send(new EncryptCommand(input));
    kms.clock.advance({ seconds: 1 });
  }
  kms.attachRolePolicy(ROLE, "use", {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "kms:*", Resource: "*" }],
  });
  await new KMSClient(kms.as(ROLE).clientConfig()).send(new EncryptCommand({ KeyId: keys[1]?.KeyId, Plaintext }));

  const events = kms.events.list();
  expect(events.map(({ requestParameters }) => requestParameters)).toEqual(
    [...inputs, { KeyId: keys[1]?.KeyId, Plaintext }].map(({ KeyId, EncryptionContext }) => ({
      encryptionAlgorithm: "SYMMETRIC_DEFAULT",
      ...(EncryptionContext && { encryptionContext: EncryptionContext }),
      keyId: KeyId,
    })),
  );
  expect(events.map(({ resources: [key] }) => key?.ARN)).toEqual([
    ...Array.from({ length: 7 }, () => keys[0]?.Arn),
    ...[keys[1]?.Arn, keys[1]?.Arn],
  ]);
  expect(events.map(({ userIdentity }) => userIdentity.type)).toEqual([...inputs.map(() => "Root"), "Role"]);
  for (const member of ["eventID", "requestID", "eventTime"] as const) {
    expect(new Set(events.map((event) => event[member])).size).toBe(events.length);
  }
  const calls = kms.events.save().log.map((recorded) => (recorded as unknown as { call: object }).call);
  expect(calls.map((call, i) => call === calls[i - 1])).toEqual([false, true, ...calls.slice(2).map(() => false)]);
});

test("the record of a call that failed like the one before it is its own", async () => {
  const { KeyId } = await createKey();
  kms.events.clear();
  const EncryptionContext = { purpose: "test" };
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }));
  await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  kms.faults.add({ operation: "Decrypt", error: "KMSInternalException", times: 1 });
  await kms
    .client()
    .send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))
    .catch(() => {});
  await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  expect(kms.events.list({ operation: "Decrypt" }).map(({ errorCode }) => errorCode)).toEqual([
    ...[undefined, "KMSInternalException", undefined],
  ]);
});
