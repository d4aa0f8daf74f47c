/** The control routes, as a test in another language uses them. */

import {
  CreateKeyCommand,
  EncryptCommand,
  GenerateRandomCommand,
  KMSClient,
  ListKeysCommand,
} from "@aws-sdk/client-kms";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createKms, type Kms } from "../../src/kms.ts";

const ID = "1234abcd-12ab-34cd-56ef-1234567890ab";

let kms: Kms;
let client: KMSClient;
beforeEach(() => {
  kms = createKms();
  client = new KMSClient({ ...kms.clientConfig(), maxAttempts: 1 });
});
afterEach(() => kms.close());

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what it is depends on the route
  readonly json: any;
}

async function ask(method: string, path: string, body?: object | string, headers: object = {}): Promise<Reply> {
  const response = await kms.fetch(
    new Request(`http://localhost/_pocket-hsm/${path}`, {
      method,
      headers: { ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    }),
  );
  expect(response.headers.get("content-type")).toBe("application/json");
  return { status: response.status, json: await response.json() };
}

describe("The route", () => {
  test("clock shows, sets, moves and stops the clock", async () => {
    expect(await ask("POST", "clock", { freeze: true, set: "2026-01-31T00:00:00Z" })).toEqual({
      status: 200,
      json: { now: "2026-01-31T00:00:00.000Z" },
    });
    await ask("POST", "clock", { advance: { days: 1, hours: 2 } });
    expect((await ask("GET", "clock")).json).toEqual({ now: "2026-02-01T02:00:00.000Z" });
    expect(kms.clock.now()).toBe(Date.UTC(2026, 1, 1, 2));
    for (const body of [{ advance: { weeks: 1 } }, { set: "soon" }, { speed: 2 }, [1], "{"]) {
      expect((await ask("POST", "clock", body)).status).toBe(400);
    }
  });

  test("faults adds, shows and removes rules", async () => {
    const { json } = await ask("POST", "faults", {
      operation: "GenerateRandom",
      error: "KMSInternalException",
      times: 1,
    });
    await expect(client.send(new GenerateRandomCommand({ NumberOfBytes: 1 }))).rejects.toMatchObject({
      name: "KMSInternalException",
    });
    expect((await ask("GET", "faults")).json).toMatchObject([{ id: json.id, matched: 1, struck: 1 }]);
    expect((await ask("DELETE", `faults?id=${json.id}`)).status).toBe(200);
    expect((await ask("DELETE", `faults?id=${json.id}`)).status).toBe(404);
    await ask("POST", "faults", { latency: 1 });
    await ask("DELETE", "faults");
    expect(kms.faults.list()).toEqual([]);
    expect((await ask("POST", "faults", { eror: "x" })).json.message).toContain("eror");
  });

  test("quotas enforces AWS's or those given, and lifts them", async () => {
    kms.clock.freeze();
    await ask("POST", "quotas", { ListKeys: 1 });
    await client.send(new ListKeysCommand({}));
    await expect(client.send(new ListKeysCommand({}))).rejects.toMatchObject({ name: "ThrottlingException" });
    await ask("DELETE", "quotas");
    await client.send(new ListKeysCommand({}));
    expect((await ask("POST", "quotas")).status).toBe(200);
    for (let i = 0; i < 5; i++) await client.send(new CreateKeyCommand({}));
    await expect(client.send(new CreateKeyCommand({}))).rejects.toMatchObject({ name: "ThrottlingException" });
  });

  test("seed takes YAML and JSON, events tells what was done with it, and misuse what was wrong with that", async () => {
    expect((await ask("POST", "seed", `keys: [{ id: ${ID}, alias: alias/orders }]`)).status).toBe(200);
    const Plaintext = Uint8Array.of(1);
    await client.send(new EncryptCommand({ KeyId: ID, Plaintext, EncryptionContext: { tenant: "a" } }));
    await client.send(new EncryptCommand({ KeyId: ID, Plaintext }));
    const context = encodeURIComponent('{"tenant":"a"}');
    const found = await ask(
      "GET",
      `events?operation=Encrypt,Decrypt&key=alias/orders&encryptionContext=${context}&errorCode=`,
    );
    expect(found.json.Records).toMatchObject([
      { eventName: "Encrypt", resources: [{ ARN: expect.stringContaining(ID) }] },
    ]);
    expect((await ask("GET", "misuse")).json).toMatchObject([{ rule: "no-encryption-context" }]);
    expect((await ask("GET", "events?operations=Encrypt")).status).toBe(400);
    await ask("DELETE", "events");
    expect((await ask("GET", "events")).json).toEqual({ Records: [] });
    const bad = await ask("POST", "seed", "keys: [{ id: x }]");
    expect(bad).toEqual({ status: 400, json: { message: "keys[0].id must be a UUID, or mrk- and 32 digits" } });
  });

  test("reset goes back to the beginning, with what was seeded in process", async () => {
    await kms.applySeed({ keys: [{ id: ID }] });
    await client.send(new CreateKeyCommand({}));
    await ask("POST", "faults", { latency: 1 });
    await ask("POST", "clock", { advance: { days: 400 } });
    expect((await ask("POST", "reset")).status).toBe(200);
    expect((await client.send(new ListKeysCommand({}))).Keys).toMatchObject([{ KeyId: ID }]);
    expect(kms.faults.list()).toEqual([]);
    expect(Math.abs(kms.clock.now() - Date.now())).toBeLessThan(86_400_000);
    const fork = kms.fork();
    await new KMSClient(fork.clientConfig()).send(new CreateKeyCommand({}));
    await fork.fetch(new Request("http://localhost/_pocket-hsm/reset", { method: "POST" }));
    expect((await new KMSClient(fork.clientConfig()).send(new ListKeysCommand({}))).Keys).toHaveLength(1);
  });
});

describe("The routes", () => {
  test("refuse what comes from a web page, and what is none of them", async () => {
    const headers = { origin: "https://example.com" };
    expect((await ask("POST", "reset", undefined, headers)).status).toBe(403);
    expect((await ask("GET", "reset")).json.message).toContain("POST reset");
    expect((await ask("GET", "__proto__")).status).toBe(404);
  });

  test("are not there when they are not wanted", async () => {
    const closed = createKms({ controlRoutes: false });
    const response = await closed.fetch(new Request("http://localhost/_pocket-hsm/clock"));
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("This is a KMS endpoint");
  });
});
