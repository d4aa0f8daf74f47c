/** Custom key stores backed by a CloudHSM cluster: their life, and that of the keys in them. */

import { beforeEach, describe, expect, test } from "vitest";
import { utf8 } from "../../../src/bytes/bytes.ts";
import { createKms, type Kms, KmsError } from "../../../src/kms.ts";

// biome-ignore lint/suspicious/noExplicitAny: the output's type depends on the operation's name
type Answer = any;

const CLUSTER = "cluster-234abcdefABC";
const creation = {
  CustomKeyStoreName: "ExampleKeyStore",
  CloudHsmClusterId: CLUSTER,
  KeyStorePassword: "kmsPswd",
  TrustAnchorCertificate: "-----BEGIN CERTIFICATE-----",
};

let kms: Kms;

beforeEach(() => {
  kms = createKms();
});

function call(operation: string, input: object = {}): Promise<Answer> {
  class Command {
    readonly input = input;
  }
  Object.defineProperty(Command, "name", { value: `${operation}Command` });
  return kms
    .client()
    .send(new Command())
    .then(({ $metadata: _, ...output }: Answer) => output);
}

const refusal = async (answer: Promise<unknown>): Promise<string> => {
  const error = await answer.then(
    () => expect.unreachable("was answered"),
    (reason: unknown) => reason,
  );
  return (error as KmsError).name;
};
const stateOf = async (CustomKeyStoreId: string): Promise<Answer> =>
  (await call("DescribeCustomKeyStores", { CustomKeyStoreId })).CustomKeyStores[0];
const created = async (input: object = {}): Promise<string> =>
  (await call("CreateCustomKeyStore", { ...creation, ...input })).CustomKeyStoreId;

async function connected(input: object = {}): Promise<string> {
  const CustomKeyStoreId = await created(input);
  await call("ConnectCustomKeyStore", { CustomKeyStoreId });
  return CustomKeyStoreId;
}

async function keyIn(CustomKeyStoreId: string): Promise<Answer> {
  return (await call("CreateKey", { Origin: "AWS_CLOUDHSM", CustomKeyStoreId })).KeyMetadata;
}

test("A key store is described as it was created, and starts disconnected", async () => {
  const id = await created();
  expect(id).toMatch(/^cks-[0-9a-f]{17}$/);
  const entry = {
    CustomKeyStoreId: id,
    CustomKeyStoreName: "ExampleKeyStore",
    CloudHsmClusterId: CLUSTER,
    TrustAnchorCertificate: creation.TrustAnchorCertificate,
    ConnectionState: "DISCONNECTED",
    CreationDate: expect.any(Date),
    CustomKeyStoreType: "AWS_CLOUDHSM",
  };
  const all = { CustomKeyStores: [entry], Truncated: false };
  expect(await call("DescribeCustomKeyStores")).toEqual(all);
  expect(await call("DescribeCustomKeyStores", { CustomKeyStoreName: "ExampleKeyStore" })).toEqual(all);
  expect(await refusal(call("DescribeCustomKeyStores", { CustomKeyStoreName: "Other" }))).toBe(
    "CustomKeyStoreNotFoundException",
  );
  expect(await refusal(stateOf("cks-1234567890abcdef0"))).toBe("CustomKeyStoreNotFoundException");
});

test("Connecting and disconnecting take the time that they are given", async () => {
  kms = createKms({ clock: Date.UTC(2026, 0, 1), keyStores: { connectionTime: { minutes: 10 } } });
  kms.clock.freeze();
  const CustomKeyStoreId = await created();
  expect(await call("ConnectCustomKeyStore", { CustomKeyStoreId })).toEqual({});
  expect((await stateOf(CustomKeyStoreId)).ConnectionState).toBe("CONNECTING");
  expect(await refusal(keyIn(CustomKeyStoreId))).toBe("CustomKeyStoreInvalidStateException");
  expect(await call("ConnectCustomKeyStore", { CustomKeyStoreId })).toEqual({});
  kms.clock.advance({ minutes: 10 });
  expect((await stateOf(CustomKeyStoreId)).ConnectionState).toBe("CONNECTED");
  await call("DisconnectCustomKeyStore", { CustomKeyStoreId });
  expect((await stateOf(CustomKeyStoreId)).ConnectionState).toBe("DISCONNECTING");
  for (const operation of ["ConnectCustomKeyStore", "DisconnectCustomKeyStore", "DeleteCustomKeyStore"]) {
    expect(await refusal(call(operation, { CustomKeyStoreId }))).toBe("CustomKeyStoreInvalidStateException");
  }
  kms.clock.advance({ minutes: 10 });
  expect((await stateOf(CustomKeyStoreId)).ConnectionState).toBe("DISCONNECTED");
});

describe("A key in it", () => {
  test("says where it is, encrypts, and names no material", async () => {
    const CustomKeyStoreId = await connected();
    const metadata = await keyIn(CustomKeyStoreId);
    expect(metadata).toMatchObject({
      Origin: "AWS_CLOUDHSM",
      CustomKeyStoreId,
      CloudHsmClusterId: CLUSTER,
      KeyState: "Enabled",
    });
    expect(metadata).not.toHaveProperty("CurrentKeyMaterialId");
    const { KeyId } = metadata;
    const Plaintext = utf8("hello");
    const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext });
    const opened = await call("Decrypt", { CiphertextBlob });
    expect(opened).toEqual({ KeyId: metadata.Arn, Plaintext, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" });
    expect(await call("GenerateDataKey", { KeyId, KeySpec: "AES_256" })).not.toHaveProperty("KeyMaterialId");
    const pair = call("GenerateDataKeyPair", { KeyId, KeyPairSpec: "ECC_NIST_P256" });
    expect(await refusal(pair)).toBe("UnsupportedOperationException");
    expect(await refusal(call("EnableKeyRotation", { KeyId }))).toBe("UnsupportedOperationException");
  });

  test("is unavailable while the key store is not connected, whatever else is done with it", async () => {
    const CustomKeyStoreId = await connected();
    const { KeyId, Arn } = await keyIn(CustomKeyStoreId);
    const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext: utf8("hello") });
    await call("DisconnectCustomKeyStore", { CustomKeyStoreId });
    const described = async (): Promise<Answer> => (await call("DescribeKey", { KeyId })).KeyMetadata;
    expect(await described()).toMatchObject({ KeyState: "Unavailable", Enabled: false });
    for (const [operation, input] of [
      ["Encrypt", { KeyId, Plaintext: utf8("x") }],
      ["Decrypt", { CiphertextBlob }],
      ["GenerateDataKey", { KeyId, KeySpec: "AES_256" }],
      ["ReEncrypt", { CiphertextBlob, DestinationKeyId: KeyId }],
      ["Encrypt", { KeyId, Plaintext: utf8("x"), DryRun: true }],
    ] as const) {
      const answer = call(operation, input);
      await expect(answer).rejects.toMatchObject({
        name: "KMSInvalidStateException",
        message: `${Arn} is unavailable.`,
      });
    }
    await call("DisableKey", { KeyId });
    expect((await described()).KeyState).toBe("Unavailable");
    await call("ConnectCustomKeyStore", { CustomKeyStoreId });
    expect((await described()).KeyState).toBe("Disabled");
    await call("EnableKey", { KeyId });
    await call("DisconnectCustomKeyStore", { CustomKeyStoreId });
    await call("ScheduleKeyDeletion", { KeyId });
    expect((await described()).KeyState).toBe("PendingDeletion");
  });

  test("keeps the key store from being deleted until it is gone itself", async () => {
    const CustomKeyStoreId = await connected();
    const { KeyId } = await keyIn(CustomKeyStoreId);
    expect(await refusal(call("DeleteCustomKeyStore", { CustomKeyStoreId }))).toBe(
      "CustomKeyStoreInvalidStateException",
    );
    await call("DisconnectCustomKeyStore", { CustomKeyStoreId });
    await call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    expect(await refusal(call("DeleteCustomKeyStore", { CustomKeyStoreId }))).toBe("CustomKeyStoreHasCMKsException");
    kms.clock.advance({ days: 8 });
    expect(await call("DeleteCustomKeyStore", { CustomKeyStoreId })).toEqual({});
    expect(await refusal(stateOf(CustomKeyStoreId))).toBe("CustomKeyStoreNotFoundException");
  });

  test.each([
    [{ Origin: "AWS_CLOUDHSM" }, "ValidationException"],
    [{ Origin: "AWS_KMS", CustomKeyStoreId: "own" }, "ValidationException"],
    [{ Origin: "EXTERNAL_KEY_STORE", CustomKeyStoreId: "own", XksKeyId: "a" }, "ValidationException"],
    [{ Origin: "AWS_CLOUDHSM", CustomKeyStoreId: "own", XksKeyId: "a" }, "ValidationException"],
    [{ Origin: "AWS_CLOUDHSM", CustomKeyStoreId: "own", MultiRegion: true }, "UnsupportedOperationException"],
    [
      { Origin: "AWS_CLOUDHSM", CustomKeyStoreId: "own", KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
      "UnsupportedOperationException",
    ],
    [{ Origin: "AWS_CLOUDHSM", CustomKeyStoreId: "cks-none" }, "CustomKeyStoreNotFoundException"],
  ])("is not made of %j", async (input, name) => {
    const own = await connected();
    const filled = "CustomKeyStoreId" in input && input.CustomKeyStoreId === "own" ? { CustomKeyStoreId: own } : {};
    expect(await refusal(call("CreateKey", { ...input, ...filled }))).toBe(name);
    expect((await call("ListKeys")).Keys).toEqual([]);
  });
});

test("Random bytes come from a key store that is connected", async () => {
  const CustomKeyStoreId = await created();
  const input = { NumberOfBytes: 32, CustomKeyStoreId };
  expect(await refusal(call("GenerateRandom", input))).toBe("CustomKeyStoreInvalidStateException");
  await call("ConnectCustomKeyStore", { CustomKeyStoreId });
  expect((await call("GenerateRandom", input)).Plaintext).toHaveLength(32);
  const missing = call("GenerateRandom", { ...input, CustomKeyStoreId: "cks-none" });
  expect(await refusal(missing)).toBe("CustomKeyStoreNotFoundException");
});

describe("A cluster that a test tells of", () => {
  test.each([
    [undefined, "CloudHsmClusterNotFoundException"],
    [{ active: false }, "CloudHsmClusterNotActiveException"],
    [{ hsms: 1 }, "CloudHsmClusterInvalidConfigurationException"],
    [{ trustAnchorCertificate: "another" }, "IncorrectTrustAnchorException"],
  ])("as %j is refused with %s", async (cluster, name) => {
    kms.surroundings.setCluster(CLUSTER, cluster);
    expect(await refusal(created())).toBe(name);
  });

  test.each([
    [undefined, "CLUSTER_NOT_FOUND"],
    [{ password: "changed" }, "INVALID_CREDENTIALS"],
  ])("as %j later lets the connection fail with %s, until that is repaired", async (cluster, code) => {
    const CustomKeyStoreId = await created();
    kms.surroundings.setCluster(CLUSTER, cluster);
    expect(await call("ConnectCustomKeyStore", { CustomKeyStoreId })).toEqual({});
    expect(await stateOf(CustomKeyStoreId)).toMatchObject({ ConnectionState: "FAILED", ConnectionErrorCode: code });
    const again = call("ConnectCustomKeyStore", { CustomKeyStoreId });
    expect(await refusal(again)).toBe("CustomKeyStoreInvalidStateException");
    await call("DisconnectCustomKeyStore", { CustomKeyStoreId });
    kms.surroundings.setCluster(CLUSTER, { password: "changed" });
    await call("UpdateCustomKeyStore", { CustomKeyStoreId, KeyStorePassword: "changed" });
    await call("ConnectCustomKeyStore", { CustomKeyStoreId });
    const repaired = await stateOf(CustomKeyStoreId);
    expect(repaired.ConnectionState).toBe("CONNECTED");
    expect(repaired).not.toHaveProperty("ConnectionErrorCode");
  });

  test.each([
    [{ active: false }, "CloudHsmClusterNotActiveException"],
    [{ hsms: 0 }, "CloudHsmClusterInvalidConfigurationException"],
  ])("as %j later is not connected to: %s", async (cluster, name) => {
    const CustomKeyStoreId = await created();
    kms.surroundings.setCluster(CLUSTER, cluster);
    expect(await refusal(call("ConnectCustomKeyStore", { CustomKeyStoreId }))).toBe(name);
    expect((await stateOf(CustomKeyStoreId)).ConnectionState).toBe("DISCONNECTED");
  });

  test("with a single HSM left serves its keys, but makes no new ones", async () => {
    const CustomKeyStoreId = await connected();
    const { KeyId } = await keyIn(CustomKeyStoreId);
    kms.surroundings.setCluster(CLUSTER, { hsms: 1 });
    expect(await refusal(keyIn(CustomKeyStoreId))).toBe("CloudHsmClusterInvalidConfigurationException");
    await call("Encrypt", { KeyId, Plaintext: utf8("x") });
  });
});

test("A connection fails with any code that a test asks for", async () => {
  const CustomKeyStoreId = await created();
  kms.surroundings.failConnections(CustomKeyStoreId, "USER_LOCKED_OUT");
  await call("ConnectCustomKeyStore", { CustomKeyStoreId });
  expect((await stateOf(CustomKeyStoreId)).ConnectionErrorCode).toBe("USER_LOCKED_OUT");
});

test("Names and clusters are each one key store's", async () => {
  await created();
  expect(await refusal(created({ CloudHsmClusterId: "cluster-234abcdefABD" }))).toBe(
    "CustomKeyStoreNameInUseException",
  );
  expect(await refusal(created({ CustomKeyStoreName: "Other" }))).toBe("CloudHsmClusterInUseException");
});

test.each([
  [{ KeyStorePassword: undefined }],
  [{ TrustAnchorCertificate: undefined }],
  [{ CloudHsmClusterId: undefined }],
  [{ XksProxyUriPath: "/kms/xks/v1" }],
])("A key store of a cluster is not created with %j", async (input) => {
  expect(await refusal(created(input))).toBe("ValidationException");
});

test("An update needs a disconnected key store, but for the name", async () => {
  const CustomKeyStoreId = await connected();
  expect(await call("UpdateCustomKeyStore", { CustomKeyStoreId, NewCustomKeyStoreName: "Renamed" })).toEqual({});
  expect((await stateOf(CustomKeyStoreId)).CustomKeyStoreName).toBe("Renamed");
  const password = { CustomKeyStoreId, KeyStorePassword: "another1" };
  expect(await refusal(call("UpdateCustomKeyStore", password))).toBe("CustomKeyStoreInvalidStateException");
  await call("DisconnectCustomKeyStore", { CustomKeyStoreId });
  const other = "cluster-234abcdefABD";
  kms.surroundings.setCluster(other, { trustAnchorCertificate: "another" });
  const unrelated = { CustomKeyStoreId, CloudHsmClusterId: other };
  expect(await refusal(call("UpdateCustomKeyStore", unrelated))).toBe("CloudHsmClusterNotRelatedException");
  kms.surroundings.setCluster(other, { trustAnchorCertificate: creation.TrustAnchorCertificate });
  await call("UpdateCustomKeyStore", unrelated);
  expect((await stateOf(CustomKeyStoreId)).CloudHsmClusterId).toBe(other);
});

test("Without permission nothing is done and nothing is said", async () => {
  const alice = kms.as("arn:aws:iam::111122223333:user/alice").client();
  class DescribeCustomKeyStoresCommand {
    readonly input = {};
  }
  const answer = alice.send(new DescribeCustomKeyStoresCommand());
  await expect(answer).rejects.toMatchObject({ name: "AccessDeniedException" });
  await expect(answer).rejects.toBeInstanceOf(KmsError);
});

test("The password is nowhere in the store", async () => {
  const { memoryStore } = await import("../../../src/kms.ts");
  const store = memoryStore();
  kms = createKms({ store });
  await created({ KeyStorePassword: "verySecret123" });
  const records = await store.list("custom-key-stores", { prefix: "" });
  expect(records).toHaveLength(1);
  expect(JSON.stringify(records)).not.toContain("verySecret123");
});
