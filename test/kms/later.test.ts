import { runInNewContext } from "node:vm";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateMacCommand,
  ReEncryptCommand,
  SignCommand,
  VerifyCommand,
  VerifyMacCommand,
} from "@aws-sdk/client-kms";
import { beforeEach, describe, expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
import { createKms, type Kms, memoryStore, type Store } from "../../src/kms.ts";

/** A store that keeps everybody waiting, as one on a disk or behind a network does. */
function laterStore(): Store {
  const store = memoryStore();
  return {
    get: async (table, id) => {
      await new Promise((resolve) => setImmediate(resolve));
      return store.get(table, id);
    },
    list: (table, options) => store.list(table, options),
    commit: (changes) => store.commit(changes),
    close: () => store.close(),
  };
}

/** One whose answers are promises of another kind than this realm's, as those of a store in a context of its own are. */
function foreignStore(later: <T>(value: Promise<T>) => PromiseLike<T>): Store {
  const store = laterStore();
  return {
    get: (table, id) => later(Promise.resolve(store.get(table, id))) as never,
    list: (table, options) => later(store.list(table, options)) as never,
    commit: (changes) => later(store.commit(changes)) as never,
    close: () => later(store.close()) as never,
  };
}

const promiseElsewhere: PromiseConstructor = runInNewContext("Promise");

describe.each<[string, () => Store]>([
  ["at once", memoryStore],
  ["later", laterStore],
  ["by promises of another realm", () => foreignStore((value) => promiseElsewhere.resolve(value))],
  // biome-ignore lint/suspicious/noThenProperty: that is what it is
  ["by mere thenables", () => foreignStore((value) => ({ then: value.then.bind(value) }))],
])("on a store that answers %s", (_, makeStore) => {
  let kms: Kms;
  beforeEach(() => {
    kms = createKms({ store: makeStore(), clock: new Date("2026-01-01") });
  });
  const keyOf = async (input: ConstructorParameters<typeof CreateKeyCommand>[0] = {}): Promise<string> =>
    (await kms.client().send(new CreateKeyCommand(input))).KeyMetadata?.KeyId as string;
  const Plaintext = utf8("a secret");

  test("what was encrypted by identifier and alias is decrypted, and encrypted again under another key", async () => {
    const client = kms.client();
    const [KeyId, DestinationKeyId] = [await keyOf(), await keyOf()];
    await client.send(new CreateAliasCommand({ AliasName: "alias/mine", TargetKeyId: KeyId }));
    const EncryptionContext = { tenant: "42" };
    for (const name of [KeyId, "alias/mine"]) {
      const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: name, Plaintext, EncryptionContext }));
      const opened = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
      expect(opened.Plaintext).toEqual(Plaintext);
      const moved = await client.send(
        new ReEncryptCommand({ CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId }),
      );
      const { CiphertextBlob: other } = moved;
      expect((await client.send(new DecryptCommand({ CiphertextBlob: other }))).Plaintext).toEqual(Plaintext);
      await expect(client.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
        name: "InvalidCiphertextException",
      });
    }
  });

  test("MACs, signatures and data keys are made and verified", async () => {
    const client = kms.client();
    const MacAlgorithm = "HMAC_SHA_256" as const;
    const macKey = await keyOf({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
    const { Mac } = await client.send(new GenerateMacCommand({ KeyId: macKey, Message: Plaintext, MacAlgorithm }));
    const verified = await client.send(new VerifyMacCommand({ KeyId: macKey, Message: Plaintext, Mac, MacAlgorithm }));
    expect(verified.MacValid).toBe(true);
    const SigningAlgorithm = "ECDSA_SHA_256" as const;
    const signer = await keyOf({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
    const signing = { KeyId: signer, Message: Plaintext, SigningAlgorithm };
    const { Signature } = await client.send(new SignCommand(signing));
    expect((await client.send(new VerifyCommand({ ...signing, Signature }))).SignatureValid).toBe(true);
    const KeyId = await keyOf();
    const dataKey = await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" }));
    const opened = await client.send(new DecryptCommand({ CiphertextBlob: dataKey.CiphertextBlob }));
    expect(opened.Plaintext).toEqual(dataKey.Plaintext);
  });

  test("refusals are the same, and every call is recorded once and in order", async () => {
    const client = kms.client();
    const KeyId = await keyOf();
    await client.send(new DisableKeyCommand({ KeyId }));
    await expect(client.send(new EncryptCommand({ KeyId, Plaintext }))).rejects.toMatchObject({
      name: "DisabledException",
    });
    await expect(client.send(new DescribeKeyCommand({ KeyId: "nothing" }))).rejects.toMatchObject({
      name: "NotFoundException",
      message: "Invalid keyId 'nothing'",
    });
    kms.faults.add({ operation: "DescribeKey", error: "KMSInternalException", times: 1 });
    await expect(client.send(new DescribeKeyCommand({ KeyId }))).rejects.toMatchObject({
      name: "KMSInternalException",
    });
    await client.send(new DescribeKeyCommand({ KeyId }));
    const recorded = kms.events.list().map(({ eventName, errorCode }) => [eventName, errorCode]);
    expect(recorded).toEqual([
      ["CreateKey", undefined],
      ["DisableKey", undefined],
      ["Encrypt", "DisabledException"],
      ["DescribeKey", "NotFoundException"],
      ["DescribeKey", "KMSInternalException"],
      ["DescribeKey", undefined],
    ]);
  });
});
