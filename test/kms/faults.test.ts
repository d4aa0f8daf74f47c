/** Failures on demand, with the SDK's own client on the other side. */

import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  GenerateRandomCommand,
  KeyUnavailableException,
  KMSClient,
  ListKeysCommand,
} from "@aws-sdk/client-kms";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { seededEntropy } from "../../src/crypto/entropy.ts";
import { ConnectionDropped, createKms, type FaultRule, type Kms } from "../../src/kms.ts";
import { serve } from "../../src/server.ts";

const random = new GenerateRandomCommand({ NumberOfBytes: 8 });

let kms: Kms;
let told: unknown[];
beforeEach(() => {
  told = [];
  kms = createKms({ entropy: seededEntropy(new Uint8Array(32).fill(9)), onError: (error) => told.push(error) });
});
afterEach(() => kms.close());

const sdk = (maxAttempts = 3): KMSClient => new KMSClient({ ...kms.clientConfig(), maxAttempts });
const outcome = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    () => "ok",
    (error: Error) => error.name,
  );

describe("Through the SDK", () => {
  test("a throttled call is tried again by the client and succeeds", async () => {
    kms.faults.add({ operation: "GenerateRandom", error: "ThrottlingException", times: 2 });
    const { $metadata } = await sdk().send(random);
    expect($metadata.attempts).toBe(3);
    expect(kms.events.list().map(({ errorCode }) => errorCode)).toEqual([
      "ThrottlingException",
      "ThrottlingException",
      undefined,
    ]);
  });

  test("one that is throttled every time fails with AWS's words when the client gives up", async () => {
    const id = kms.faults.add({ error: "ThrottlingException" });
    await expect(sdk(2).send(random)).rejects.toMatchObject({
      name: "ThrottlingException",
      message: "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
      $metadata: { attempts: 2 },
    });
    expect(kms.faults.list()).toMatchObject([{ id, matched: 2, struck: 2 }]);
    expect(kms.faults.remove(id)).toBe(true);
    expect(kms.faults.remove(id)).toBe(false);
    expect(await outcome(sdk(1).send(random))).toBe("ok");
  });

  test.each(["KMSInternalException", "DependencyTimeoutException", "KeyUnavailableException"] as const)(
    "%s is a server fault with status 500, and nobody is told of an unexpected error",
    async (error) => {
      kms.faults.add({ error, times: 1 });
      await expect(sdk(1).send(random)).rejects.toMatchObject({
        name: error,
        $fault: "server",
        $metadata: { httpStatusCode: 500 },
      });
      kms.faults.add({ error, times: 1 });
      expect(await outcome(kms.client().send(random))).toBe(error);
      expect(told).toEqual([]);
    },
  );

  test("a request that is lost is tried again, and leaves no trace", async () => {
    kms.faults.add({ drop: "request", nth: 1 });
    const { $metadata } = await sdk().send(random);
    expect($metadata.attempts).toBe(2);
    expect(kms.events.list()).toHaveLength(1);
  });

  test("an answer that is lost leaves its work behind: the client's second try makes a second key", async () => {
    kms.faults.add({ operation: "CreateKey", drop: "answer", nth: 1 });
    await sdk().send(new CreateKeyCommand({}));
    const { Keys } = await kms.client().send(new ListKeysCommand({}));
    expect(Keys).toHaveLength(2);
    expect(kms.events.list({ operation: "CreateKey", errorCode: null })).toHaveLength(2);
  });

  test("a call that is held up ends when the client gives up waiting", async () => {
    kms.faults.add({ latency: 60_000 });
    const controller = new AbortController();
    const sent = sdk().send(random, { abortSignal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    expect(await outcome(sent)).toBe("AbortError");
  });
});

describe("Through other doors", () => {
  test("a request that is lost once its key is found leaves no trace, though its answer was to be lost too", async () => {
    const { KeyMetadata } = await kms.client().send(new CreateKeyCommand({}));
    const KeyId = KeyMetadata?.KeyId as string;
    kms.events.clear();
    kms.faults.add({ operation: "Encrypt", drop: "answer" });
    kms.faults.add({ operation: "Encrypt", key: KeyId, drop: "request" });
    const encrypt = new EncryptCommand({ KeyId, Plaintext: Uint8Array.of(1) });
    await expect(kms.client().send(encrypt)).rejects.toMatchObject({ outcome: undefined });
    expect(kms.events.list()).toEqual([]);
  });

  test.each([
    ["before its key is found", false],
    ["once its key is found", true],
  ])("an error whose answer is lost is recorded, and reaches nobody, %s", async (_, isOfKey) => {
    const { KeyMetadata } = await kms.client().send(new CreateKeyCommand({}));
    const KeyId = KeyMetadata?.KeyId as string;
    kms.events.clear();
    kms.faults.add({ ...(isOfKey && { key: KeyId }), drop: "answer", error: "ThrottlingException" });
    const encrypt = new EncryptCommand({ KeyId, Plaintext: Uint8Array.of(1) });
    await expect(kms.client().send(encrypt)).rejects.toMatchObject({
      outcome: { error: { name: "ThrottlingException" } },
    });
    expect(kms.events.list().map(({ errorCode }) => errorCode)).toEqual(["ThrottlingException"]);
  });

  test("a dropped connection rejects in process, and ends the socket of a listener", async () => {
    kms.faults.add({ drop: "request", times: 3 });
    await expect(kms.client().send(random)).rejects.toBeInstanceOf(ConnectionDropped);
    const request = (url: string): Request =>
      new Request(url, {
        method: "POST",
        headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.GenerateRandom" },
        body: '{"NumberOfBytes":8}',
      });
    await expect(kms.fetch(request("http://localhost/"))).rejects.toMatchObject({ code: "ECONNRESET" });
    const listener = await serve({ endpoint: kms.endpoint, port: 0 });
    await expect(fetch(request(`${listener.url}/`))).rejects.toThrow("fetch failed");
    expect((await fetch(request(`${listener.url}/`))).status).toBe(200);
    await listener.close();
  });
});

describe("A rule", () => {
  test("of a key strikes when that key is found, by whichever name, and no other's calls", async () => {
    const client = kms.client();
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    const { KeyMetadata: other } = await client.send(new CreateKeyCommand({}));
    const KeyId = KeyMetadata?.KeyId ?? "";
    await client.send(new CreateAliasCommand({ AliasName: "alias/orders", TargetKeyId: KeyId }));
    const encrypt = (key?: string): Promise<unknown> =>
      client.send(new EncryptCommand({ KeyId: key, Plaintext: new Uint8Array(1) }));
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext: new Uint8Array(1) }));
    for (const key of ["alias/orders", KeyId, KeyMetadata?.Arn as string]) {
      const id = kms.faults.add({ key, error: "KeyUnavailableException" });
      expect(await outcome(encrypt("alias/orders"))).toBe("KeyUnavailableException");
      expect(await outcome(client.send(new DecryptCommand({ CiphertextBlob })))).toBe("KeyUnavailableException");
      expect(await outcome(encrypt(other?.KeyId))).toBe("ok");
      expect(await outcome(client.send(random))).toBe("ok");
      kms.faults.remove(id);
    }
    kms.faults.add({ key: KeyId, error: "KeyUnavailableException" });
    await expect(sdk(1).send(new DecryptCommand({ CiphertextBlob }))).rejects.toBeInstanceOf(KeyUnavailableException);
  });

  test("counts the calls that it describes", async () => {
    kms.faults.add({ operation: ["GenerateRandom"], nth: [2, 4], error: "KMSInternalException", message: "now" });
    const seen: string[] = [];
    for (let i = 0; i < 5; i++) {
      await kms.client().send(new ListKeysCommand({}));
      seen.push(await outcome(kms.client().send(random)));
    }
    expect(seen).toEqual(["ok", "KMSInternalException", "ok", "KMSInternalException", "ok"]);
  });

  test("with a probability strikes by its seed, or by the seed of the run", async () => {
    const run = async (rule: Partial<FaultRule>): Promise<string> => {
      const fresh = createKms({ entropy: seededEntropy(new Uint8Array(32).fill(9)) });
      fresh.faults.add({ probability: 0.5, error: "ThrottlingException", ...rule });
      let seen = "";
      for (let i = 0; i < 64; i++) seen += (await outcome(fresh.client().send(random))) === "ok" ? "." : "x";
      return seen;
    };
    const seeded = await run({ seed: 1 });
    expect(await run({ seed: 1 })).toBe(seeded);
    expect(await run({ seed: 2 })).not.toBe(seeded);
    expect(await run({})).toBe(await run({}));
    expect(seeded.split("x").length).toBeGreaterThan(16);
    expect(seeded.split(".").length).toBeGreaterThan(16);
    // What strikes is fixed for all time: a test that passed yesterday passes tomorrow.
    expect(seeded.slice(0, 32)).toBe(".x...x..x.xxxxxxxxx.xxxx..xx...x");
    expect(await run({ probability: 0 })).toBe(".".repeat(64));
    expect(await run({ probability: 1 })).toBe("x".repeat(64));
  });

  test("that could not be meant is refused, and changes nothing", () => {
    const bad: readonly unknown[] = [
      {},
      { error: "NoSuchException" },
      { error: "ThrottlingException", nth: 0 },
      { error: "ThrottlingException", times: 0 },
      { error: "ThrottlingException", probability: 2 },
      { latency: -1 },
      { drop: "both" },
      { drop: "answer", operations: "Encrypt" },
      { drop: "answer", operation: [] },
      null,
    ];
    for (const rule of bad) expect(() => kms.faults.add(rule as FaultRule)).toThrow(RangeError);
    expect(kms.faults.list()).toEqual([]);
  });
});
