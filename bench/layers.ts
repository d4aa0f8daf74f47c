/**
 * What each layer adds to the one beneath it: engine, token, KMS in process, KMS through the AWS SDK, over HTTP. The
 * same operation on 32 bytes, in turns.
 */

import { randomBytes, webcrypto } from "node:crypto";
import {
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  GenerateMacCommand,
  KMSClient,
  type KMSClientConfig,
} from "@aws-sdk/client-kms";
import { CtrDrbg } from "../src/crypto/drbg.ts";
import { healthTested } from "../src/crypto/entropy.ts";
import { counterKdf } from "../src/crypto/kdf.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import { createHsm } from "../src/index.ts";
import { createKms } from "../src/kms.ts";
import { type Contest, once } from "./contest.ts";
import { startServer } from "./local-server.ts";

const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const [value, data, iv, none] = [bytes(32), bytes(32), bytes(12), bytes(0)];

const engine = once(() => {
  const [aes, mac] = [pureEngine.aes(value), pureEngine.hmac("SHA256", value)];
  return { aes, mac, sealed: aes.gcmSeal(iv, none, data, 16), tag: mac.mac(data) };
});

const token = once(() => {
  const session = createHsm().openSession({ readWrite: true });
  const secret = { CLASS: "SECRET_KEY", VALUE: value } as const;
  const aes = session.createObject({ ...secret, KEY_TYPE: "AES", usage: "encrypt" });
  const hmac = session.createObject({ ...secret, KEY_TYPE: "GENERIC_SECRET", usage: "sign" });
  const ALLOWED_MECHANISMS = ["PHSM_KMS_ENVELOPE"] as const;
  const backing = session.createObject({ ...secret, KEY_TYPE: "AES", ALLOWED_MECHANISMS, usage: "encrypt" });
  /** As the KMS has it: no encryption context, and the identifier of the key. */
  const envelope = { mechanism: "PHSM_KMS_ENVELOPE", aad: new Uint8Array(4), owner: bytes(36) } as const;
  return { session, aes, hmac, backing, envelope, blob: session.encrypt(envelope, backing, data) };
});

const kms = once(async () => {
  const made = createKms();
  const client = made.client();
  const KeyId = (await client.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId;
  const mac = { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" } as const;
  const macKey = (await client.send(new CreateKeyCommand(mac))).KeyMetadata?.KeyId;
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext: data }));
  return { made, client, KeyId, macKey, CiphertextBlob };
});

/** A call of the token over the engine's. */
const overEngine = (name: string, rivals: () => { token: () => unknown; engine: () => unknown }): Contest => ({
  ...{ layer: "token", group: "Token call over engine call", name, calls: 500, rounds: 41, rivals, plot: "layers" },
  over: { engine: 1.5 },
});

/** A call of the KMS over the token's. */
const overToken = (
  name: string,
  rivals: () => Promise<{ "kms.client()": () => unknown; token: () => unknown }>,
): Contest => ({
  ...{ layer: "kms", group: "KMS call over token call", name, calls: 300, rounds: 41, rivals, plot: "layers" },
  over: { token: 3 },
});

/** What the AWS SDK costs around `handle`; every call makes its command, as callers do. */
async function sdk(handle?: unknown): Promise<() => Promise<unknown>> {
  const { made, KeyId } = await kms();
  const config = made.clientConfig();
  const requestHandler = { ...config.requestHandler, ...(handle === undefined ? {} : { handle }) };
  const client = new KMSClient({ ...config, requestHandler } as KMSClientConfig);
  return () => client.send(new EncryptCommand({ KeyId, Plaintext: data }));
}

/** The SDK with a handler that gives the same answer at once: nothing that answers the SDK takes less. */
async function sdkFloor(): Promise<() => Promise<unknown>> {
  const { requestHandler } = (await kms()).made.clientConfig();
  let answer: unknown;
  const first = await sdk(async (...args: Parameters<typeof requestHandler.handle>) => {
    answer = await requestHandler.handle(...args);
    return answer;
  });
  await first();
  return sdk(async () => answer);
}

async function sdkOverHttp(atEnd: (close: () => unknown) => void): Promise<() => Promise<unknown>> {
  const { made } = await kms();
  const server = await startServer();
  atEnd(() => server.stop());
  const { region, credentials } = made.clientConfig();
  const client = new KMSClient({ region, credentials, endpoint: server.url });
  const KeyId = (await client.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId;
  return () => client.send(new EncryptCommand({ KeyId, Plaintext: data }));
}

const all: readonly Contest[] = [
  overEngine("AES_GCM 32 B, C_Encrypt", () => {
    const { session, aes } = token();
    const prepared = engine().aes;
    return {
      token: () => session.encrypt({ mechanism: "AES_GCM", iv }, aes, data),
      engine: () => prepared.gcmSeal(iv, none, data, 16),
    };
  }),
  overEngine("AES_GCM 32 B, C_Decrypt", () => {
    const { session, aes } = token();
    const { aes: prepared, sealed } = engine();
    return {
      token: () => session.decrypt({ mechanism: "AES_GCM", iv }, aes, sealed),
      engine: () => prepared.gcmOpen(iv, none, sealed, 16),
    };
  }),
  overEngine("SHA256_HMAC 32 B, C_Sign", () => {
    const { session, hmac } = token();
    const { mac } = engine();
    return { token: () => session.sign({ mechanism: "SHA256_HMAC" }, hmac, data), engine: () => mac.mac(data) };
  }),
  overEngine("SHA256_HMAC 32 B, C_Verify", () => {
    const { session, hmac } = token();
    const { mac, tag } = engine();
    return { token: () => session.verify({ mechanism: "SHA256_HMAC" }, hmac, data, tag), engine: () => mac.mac(data) };
  }),
  overToken("Encrypt 32 B", async () => {
    const { session, backing, envelope } = token();
    const { client, KeyId } = await kms();
    const command = new EncryptCommand({ KeyId, Plaintext: data });
    return { "kms.client()": () => client.send(command), token: () => session.encrypt(envelope, backing, data) };
  }),
  overToken("Decrypt 32 B", async () => {
    const { session, backing, envelope, blob } = token();
    const { client, CiphertextBlob } = await kms();
    const command = new DecryptCommand({ CiphertextBlob });
    return { "kms.client()": () => client.send(command), token: () => session.decrypt(envelope, backing, blob) };
  }),
  overToken("GenerateMac HMAC_SHA_256 32 B", async () => {
    const { session, hmac } = token();
    const { client, macKey } = await kms();
    const command = new GenerateMacCommand({ KeyId: macKey, Message: data, MacAlgorithm: "HMAC_SHA_256" });
    return {
      "kms.client()": () => client.send(command),
      token: () => session.sign({ mechanism: "SHA256_HMAC" }, hmac, data),
    };
  }),
  {
    ...{ layer: "sdk", group: "AWS SDK", name: "Encrypt 32 B, kms.client() beside the SDK", calls: 200 },
    headline: "SDK over HTTP",
    rivals: async (atEnd) => {
      const { client, KeyId } = await kms();
      return {
        "kms.client()": () => client.send(new EncryptCommand({ KeyId, Plaintext: data })),
        "SDK in process": { calls: 20, call: await sdk() },
        "SDK over HTTP": { calls: 10, call: await sdkOverHttp(atEnd) },
      };
    },
    least: { "SDK in process": 20, "SDK over HTTP": 100 },
  },
  {
    ...{ layer: "sdk", group: "AWS SDK", name: "Encrypt 32 B, the SDK in process beside its own floor", calls: 30 },
    rounds: 41,
    rivals: async () => ({ "SDK in process": await sdk(), "SDK and nothing behind it": await sdkFloor() }),
    least: { "SDK and nothing behind it": 0.91 },
  },
  {
    ...{ layer: "http", group: "Layers", name: "Encrypt 32 B through every layer", calls: 20, plot: "layers" },
    rivals: async (atEnd) => {
      const { session, backing, envelope } = token();
      const { mac } = engine();
      const { client, KeyId } = await kms();
      const source = (length: number): Uint8Array => webcrypto.getRandomValues(new Uint8Array(length));
      const drbg = new CtrDrbg({ entropy: healthTested(source) });
      return {
        engine: () => {
          const random = drbg.generate(28, { predictionResistance: true });
          const once = pureEngine.aes(counterKdf(mac, envelope.owner, random.subarray(0, 16), 32));
          const sealed = once.gcmSeal(random.subarray(16), envelope.aad, data, 16);
          once.destroy();
          return sealed;
        },
        token: () => session.encrypt(envelope, backing, data),
        "kms.client()": () => client.send(new EncryptCommand({ KeyId, Plaintext: data })),
        "SDK in process": await sdk(),
        "SDK over HTTP": await sdkOverHttp(atEnd),
      };
    },
  },
];

/** What `--quick` looks at, and by how much a target may be missed there. */
const QUICK: Readonly<Record<string, number>> = {
  "AES_GCM 32 B, C_Encrypt": 3,
  "SHA256_HMAC 32 B, C_Sign": 3,
  "Encrypt 32 B": 8,
  "Encrypt 32 B, kms.client() beside the SDK": 4,
  "Encrypt 32 B, the SDK in process beside its own floor": 4,
};
export const contests: readonly Contest[] = all.map((contest) => {
  const margin = QUICK[contest.name];
  return margin === undefined ? contest : { ...contest, quick: true, margin };
});
