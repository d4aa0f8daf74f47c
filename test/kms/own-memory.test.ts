/** Requests' byte strings share memory inside the KMS (private-copy.ts). What leaves it must not take that memory along. */

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { OperationName } from "../../src/kms/inputs.ts";
import { sharedMemory } from "../../src/kms/private-copy.ts";
import { memoryStore } from "../../src/storage/memory.ts";
import type { Store } from "../../src/storage/store.ts";
import { openCore, ROOT } from "./support/core.ts";
import { wrapMaterial } from "./support/wrapping.ts";

/** Every byte string in a value, and what holds it. */
function byteStringsIn(value: unknown, path: string): [path: string, bytes: Uint8Array][] {
  if (value instanceof Uint8Array) return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return entries.flatMap(([name, item]) => byteStringsIn(item, `${path}.${name}`));
}

test("no answer and no record shares its memory with a request, nor do two answers with one another", async () => {
  const left: [path: string, bytes: Uint8Array][] = [];
  const inner = memoryStore();
  const store: Store = {
    get: (table, id) => inner.get(table, id),
    list: (table, range) => inner.list(table, range),
    commit(changes) {
      for (const { table, value } of changes) left.push(...byteStringsIn(value, table));
      return inner.commit(changes);
    },
    close: () => inner.close(),
  };
  const core = openCore({ store });
  const outputs = new Set<object>();
  const called = new Set<string>();
  // biome-ignore lint/suspicious/noExplicitAny: the output's type depends on the operation's name
  const call = async (operation: OperationName, input: object = {}): Promise<any> => {
    const output = await core.call(operation, input, ROOT);
    if (output !== undefined) {
      expect(outputs.has(output), `${operation} gave this object before`).toBe(false);
      outputs.add(output);
    }
    left.push(...byteStringsIn(output, operation));
    called.add(operation);
    return output;
  };
  const key = async (KeySpec: string, KeyUsage: string, more: object = {}): Promise<string> =>
    (await call("CreateKey", { KeySpec, KeyUsage, ...more })).KeyMetadata.KeyId;
  const Plaintext = Uint8Array.from(randomBytes(32));
  const EncryptionContext = { team: "red" };

  const KeyId = await key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
  for (let turn = 0; turn < 2; turn++) {
    const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext, EncryptionContext });
    await call("Decrypt", { CiphertextBlob, EncryptionContext });
    await call("ReEncrypt", { CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId: KeyId });
    await call("GenerateDataKey", { KeyId, KeySpec: "AES_256", EncryptionContext });
    await call("GenerateDataKeyWithoutPlaintext", { KeyId, NumberOfBytes: 8 });
    await call("GenerateDataKeyPair", { KeyId, KeyPairSpec: "ECC_NIST_P256" });
    await call("GenerateRandom", { NumberOfBytes: 24 });
  }
  const mac = { KeyId: await key("HMAC_256", "GENERATE_VERIFY_MAC"), MacAlgorithm: "HMAC_SHA_256", Message: Plaintext };
  const { Mac } = await call("GenerateMac", mac);
  for (let turn = 0; turn < 2; turn++) await call("VerifyMac", { ...mac, Mac });
  const signing = { KeyId: await key("ECC_NIST_P256", "SIGN_VERIFY"), SigningAlgorithm: "ECDSA_SHA_256" };
  const { Signature } = await call("Sign", { ...signing, Message: Plaintext });
  for (let turn = 0; turn < 2; turn++) await call("Verify", { ...signing, Message: Plaintext, Signature });
  await call("GetPublicKey", { KeyId: signing.KeyId });
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const PublicKey = Uint8Array.from(publicKey.export({ type: "spki", format: "der" }));
  const agreeing = { KeyId: await key("ECC_NIST_P256", "KEY_AGREEMENT"), KeyAgreementAlgorithm: "ECDH" };
  await call("DeriveSharedSecret", { ...agreeing, PublicKey });
  const external = { KeyId: await key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", { Origin: "EXTERNAL" }) };
  const way = { WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" };
  const parameters = await call("GetParametersForImport", { ...external, ...way });
  await call("ImportKeyMaterial", {
    ...external,
    ImportToken: parameters.ImportToken,
    EncryptedKeyMaterial: wrapMaterial(way.WrappingAlgorithm, parameters.PublicKey, Plaintext),
    ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
  });
  await call("Encrypt", { ...external, Plaintext });

  expect(left.length).toBeGreaterThan(30);
  expect([...new Set(left.map(([path]) => path.split(".")[0]))]).toContain("keys");
  for (const [path, bytes] of left) expect([path, bytes.buffer.byteLength]).toEqual([path, bytes.length]);
  expect(new Set(left.map(([, bytes]) => bytes.buffer)).size).toBe(left.length);
});

test("Encrypt leaves no plaintext in the memory that requests share, whether it succeeds or not", async () => {
  const core = openCore();
  const { KeyId } = await core.createKey();
  const mac = await core.createKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  const last = sharedMemory(1024);
  const next = last.byteOffset + 2 * last.length > last.buffer.byteLength ? sharedMemory(1024) : last;
  const isThere = (bytes: Buffer): boolean => Buffer.from(next.buffer).includes(bytes);
  const [Plaintext, Message] = [randomBytes(32), randomBytes(32)];
  await core.call("Encrypt", { KeyId, Plaintext });
  await expect(core.call("Encrypt", { KeyId: mac.KeyId, Plaintext })).rejects.toThrow();
  await expect(core.call("Encrypt", { KeyId, Plaintext, DryRun: true })).rejects.toThrow();
  await core.call("GenerateMac", { KeyId: mac.KeyId, MacAlgorithm: "HMAC_SHA_256", Message });
  expect([isThere(Message), isThere(Plaintext)]).toEqual([true, false]);
});
