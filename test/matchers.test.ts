/** The matchers, in the runner that these tests run in. */

import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  type KMSClient,
} from "@aws-sdk/client-kms";
import { beforeEach, expect, test } from "vitest";
import { createKms, type Kms } from "../src/kms.ts";
import { type KmsMatchers, kmsMatchers } from "../src/matchers.ts";

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: the declaration that it is merged with has it so
  interface Matchers<T = any> extends KmsMatchers<T> {}
}

expect.extend(kmsMatchers);

const ROLE = "arn:aws:iam::111122223333:role/Sender";
const Plaintext = new TextEncoder().encode("attack at dawn");
let kms: Kms;
let client: KMSClient;
let KeyId: string;
beforeEach(async () => {
  kms = createKms();
  client = kms.client() as unknown as KMSClient;
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  KeyId = KeyMetadata?.KeyId ?? "";
  await client.send(new CreateAliasCommand({ AliasName: "alias/orders", TargetKeyId: KeyId }));
  kms.events.clear();
});

/** What a failed expectation says. */
function complaint(expectation: () => void): string {
  try {
    expectation();
  } catch (error) {
    return (error as Error).message;
  }
  return expect.unreachable("the expectation held");
}

test("A key that was used is known by its alias, though the call did not name it", async () => {
  const { CiphertextBlob } = await client.send(
    new EncryptCommand({ KeyId, Plaintext, EncryptionContext: { tenant: "a" } }),
  );
  await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { tenant: "a" } }));
  expect(kms).toHaveUsedKey("alias/orders");
  expect(kms).toHaveUsedKey("alias/orders", { operation: "Decrypt", times: 1 });
  expect(kms).toHaveUsedKey(KeyId, { times: 2 });
  expect(kms).not.toHaveUsedKey("alias/other");
  expect(kms).toHaveCalled("Encrypt", { key: KeyId, encryptionContext: { tenant: "a" } });
  expect(kms).not.toHaveCalled("Sign");
  const said = complaint(() => expect(kms).toHaveUsedKey(KeyId, { times: 3 }));
  expect(said).toContain(`3 of calls with the key ${KeyId} expected, 2 recorded`);
  expect(said).toContain("Encrypt arn:aws:kms:us-east-1:111122223333:key/");
  expect(complaint(() => expect(kms).not.toHaveUsedKey(KeyId))).toContain("should not have been");
});

test("A context that was bound is found by any of its pairs, and every call can be held to it", async () => {
  await client.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext: { tenant: "a", order: "7" } }));
  expect(kms).toHaveBoundContext({ tenant: "a" });
  expect(kms).toHaveBoundContext({ tenant: "a" }, { every: true });
  expect(kms).not.toHaveBoundContext({ tenant: "b" });
  await client.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext: { tenant: "b" } }));
  expect(kms).toHaveBoundContext({ tenant: "a" }, { times: 1 });
  expect(complaint(() => expect(kms).toHaveBoundContext({ tenant: "a" }, { every: true }))).toContain(
    "1 calls have another encryption context, or none",
  );
});

test("Failed calls count where they are asked for, and denials by their own matcher", async () => {
  const role = kms.as(ROLE).client() as unknown as KMSClient;
  await expect(role.send(new EncryptCommand({ KeyId, Plaintext }))).rejects.toThrow("not authorized");
  expect(kms).not.toHaveUsedKey(KeyId);
  expect(kms).toHaveUsedKey(KeyId, { errorCode: "AccessDenied" });
  expect(kms).toHaveDenied({ principal: ROLE, key: KeyId, times: 1 });
  expect(kms).not.toHaveDenied({ operation: "Decrypt" });
});

test("Misuse is told with its advice", async () => {
  expect(kms).toHaveNoMisuse();
  await client.send(new EncryptCommand({ KeyId, Plaintext }));
  expect(complaint(() => expect(kms).toHaveNoMisuse())).toContain(
    "no-encryption-context (1 calls): A ciphertext without",
  );
  expect(kms).toHaveNoMisuse({ operation: "Decrypt" });
});

test("What is no KMS is refused with what was expected", () => {
  expect(() => expect({}).toHaveUsedKey("alias/a")).toThrow("a KMS is expected");
  expect(() => expect(undefined).toHaveNoMisuse()).toThrow(TypeError);
});
