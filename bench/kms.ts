/**
 * What a call to the KMS costs: through `kms.client()`, and through the AWS SDK on `kms.clientConfig()`, whose own cost
 * is the difference. Beside them, in the same run, what node:crypto takes for the cryptography alone.
 */

import { spawnSync } from "node:child_process";
import { createCipheriv, createHmac, randomBytes } from "node:crypto";
import {
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateMacCommand,
  KMSClient,
  SignCommand,
} from "@aws-sdk/client-kms";
import { Bench } from "tinybench";
import { createKms } from "../src/kms.ts";

const kms = createKms();
const client = kms.client();
const sdk = new KMSClient(kms.clientConfig());

const createKey = async (input: CreateKeyCommandInput): Promise<string> =>
  (await client.send(new CreateKeyCommand(input))).KeyMetadata?.KeyId ?? "";
const KeyId = await createKey({});
const signingKey = await createKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
const macKey = await createKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });

const bytes32 = randomBytes(32);
const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext: bytes32 }));
const aesKey = randomBytes(32);

const encrypt = new EncryptCommand({ KeyId, Plaintext: bytes32 });
const decrypt = new DecryptCommand({ CiphertextBlob });
const dataKey = new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" });
const sign = new SignCommand({ KeyId: signingKey, Message: bytes32, SigningAlgorithm: "ECDSA_SHA_256" });
const mac = new GenerateMacCommand({ KeyId: macKey, Message: bytes32, MacAlgorithm: "HMAC_SHA_256" });

const bench = new Bench({ time: 1000, warmupTime: 500 });
bench
  .add("kms.client()  Encrypt 32 B", () => client.send(encrypt))
  .add("kms.client()  Decrypt 32 B", () => client.send(decrypt))
  .add("kms.client()  GenerateDataKey AES_256", () => client.send(dataKey))
  .add("kms.client()  Sign ECDSA_SHA_256", () => client.send(sign))
  .add("kms.client()  GenerateMac HMAC_SHA_256", () => client.send(mac))
  .add("AWS SDK       Encrypt 32 B", () => sdk.send(new EncryptCommand({ KeyId, Plaintext: bytes32 })))
  .add("AWS SDK       Decrypt 32 B", () => sdk.send(new DecryptCommand({ CiphertextBlob })))
  .add("node:crypto   HMAC-SHA-256 and AES-256-GCM, 32 B", () => {
    const nonce = createHmac("sha256", aesKey).update(bytes32).digest().subarray(0, 12);
    const cipher = createCipheriv("aes-256-gcm", aesKey, nonce);
    cipher.update(bytes32);
    cipher.final();
    return cipher.getAuthTag();
  });
await bench.run();

const rows = bench.tasks.map(({ name, result }) => {
  if (result.state !== "completed") throw new Error(`${name} did not complete`);
  const { latency, throughput } = result;
  return { name, ops: Math.round(throughput.mean), p50: latency.p50, p99: latency.p99 };
});
const line = (name: string, ops: string, p50: string, p99: string): void =>
  console.log(`${name.padEnd(52)}${ops.padStart(10)}${p50.padStart(10)}${p99.padStart(10)}`);
line("task", "ops/s", "p50 ms", "p99 ms");
for (const { name, ops, p50, p99 } of rows) line(name, String(ops), p50.toFixed(4), p99.toFixed(4));

/** The same for a program to read, one line a task. */
const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).stdout?.trim();
console.log();
for (const row of rows) console.log(JSON.stringify({ ...row, node: process.version, commit }));
await kms.close();
