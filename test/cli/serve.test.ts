import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import {
  ConnectCustomKeyStoreCommand,
  CreateCustomKeyStoreCommand,
  CreateKeyCommand,
  type CreateKeyRequest,
  EncryptCommand,
  GenerateDataKeyPairCommand,
  GetPublicKeyCommand,
  KMSClient,
  ListKeysCommand,
  SignCommand,
  type SigningAlgorithmSpec,
} from "@aws-sdk/client-kms";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, describe, expect, test } from "vitest";
import { XksProxy } from "../../src/kms.ts";
import { run, type Server, startServer } from "./endpoint.ts";

const directory = mkdtempSync(join(tmpdir(), "pocket-hsm-test-"));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
const clientOf = ({ url }: Server, region = "us-east-1"): KMSClient =>
  new KMSClient({ endpoint: url, region, credentials });

describe("pocket-hsm", () => {
  test("--version prints the package's version", async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
    expect(await run(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("--help names the commands, and serve --help the options", async () => {
    const help = await run(["--help"]);
    expect(help.status).toBe(0);
    expect(help.stdout).toMatch(/serve .*\n.*demo /);
    const serveHelp = await run(["serve", "--help"]);
    expect(serveHelp.status).toBe(0);
    const options =
      "port host store seed entropy-seed account region sm2 xks-proxy cors auth engine control no-control".split(" ");
    options.push("hardened");
    for (const option of options) expect(serveHelp.stdout).toContain(`--${option} `);
  });

  test("What it does not know is refused with one line", async () => {
    for (const args of [["fly"], ["--fly"], ["serve", "--fly"], ["serve", "there"], ["demo", "fly"]]) {
      const { status, stdout, stderr } = await run(args);
      expect({ args, status, stdout }).toEqual({ args, status: 2, stdout: "" });
      expect(stderr).toMatch(/^pocket-hsm: .+\n$/);
    }
  });
});

describe("pocket-hsm serve", () => {
  test("It prints its endpoint, answers there, and ends cleanly on SIGTERM and SIGINT", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const server = await startServer();
      expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:[0-9]+$/);
      const client = clientOf(server);
      expect((await client.send(new ListKeysCommand({}))).Keys).toEqual([]);
      // The client's connection is still open.
      const stdout = `pocket-hsm KMS endpoint ${server.url}\n`;
      expect(await server.stop(signal)).toEqual({ status: 0, stdout, stderr: "" });
      client.destroy();
    }
  });

  test("A request that is running when SIGTERM comes is still answered", async () => {
    const server = await startServer("--entropy-seed", "07".repeat(32));
    const client = clientOf(server);
    await client.send(new ListKeysCommand({}));
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.CreateKey" };
    const creation = httpRequest(server.url, { method: "POST", headers });
    const answered = once(creation, "response");
    creation.end(JSON.stringify({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" }));
    await once(creation, "finish");
    // What was there before this request has been read when this one is answered, and the search for primes goes on.
    await client.send(new ListKeysCommand({}));
    const ended = server.stop();
    const [answer] = (await answered) as [IncomingMessage];
    expect(await json(answer)).toMatchObject({ KeyMetadata: { KeyState: "Enabled" } });
    expect((await ended).status).toBe(0);
    client.destroy();
  });

  test("Account and region are those of the keys", async () => {
    const server = await startServer("--account", "999988887777", "--region", "eu-central-1");
    const client = clientOf(server, "eu-central-1");
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    expect(KeyMetadata?.Arn).toMatch(/^arn:aws:kms:eu-central-1:999988887777:key\//);
    await server.stop();
    client.destroy();
  });

  test("A host that is not the loopback is warned about, once", async () => {
    const server = await startServer("--host", "0.0.0.0");
    expect(server.url).toMatch(/^http:\/\/0\.0\.0\.0:/);
    const { stderr } = await server.stop();
    expect(stderr).toMatch(/^pocket-hsm: warning: .*0\.0\.0\.0.*not authenticated\n$/);
  });

  test("An external key store proxy is called by its name where it really is", async () => {
    const proxy = new XksProxy({ keys: ["key-1"] });
    const outside = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", async () => {
        const headers = request.headers as Record<string, string>;
        const init = { method: "POST", headers, body: Buffer.concat(chunks) };
        const answer = await proxy.fetch(new Request(`https://${headers["host"]}${request.url}`, init));
        response.writeHead(answer.status).end(await answer.text());
      });
    });
    await once(outside.listen(0, "127.0.0.1"), "listening");
    const address = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    const server = await startServer("--xks-proxy", `https://xks.example.com=${address}`);
    const client = clientOf(server);
    const creation = new CreateCustomKeyStoreCommand({ CustomKeyStoreName: "outside", ...proxy.parameters });
    const { CustomKeyStoreId } = await client.send(creation);
    await client.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
    const key = { Origin: "EXTERNAL_KEY_STORE", CustomKeyStoreId, XksKeyId: "key-1" } as const;
    const { KeyMetadata } = await client.send(new CreateKeyCommand(key));
    await client.send(new EncryptCommand({ KeyId: KeyMetadata?.KeyId, Plaintext: Buffer.from("x") }));
    expect(proxy.requests.map(({ api }) => api)).toEqual(["health", "health", "metadata", "encrypt"]);
    await server.stop();
    client.destroy();
    outside.close();
  });

  test("Pages of the origins that are named may read its answers", async () => {
    const server = await startServer("--cors", "https://app.example");
    const allowed = async (origin: string): Promise<string | null> =>
      (await fetch(server.url, { method: "POST", headers: { origin } })).headers.get("access-control-allow-origin");
    expect(await allowed("https://app.example")).toBe("https://app.example");
    expect(await allowed("https://other.example")).toBeNull();
    await server.stop();
  });

  const seed = (policy: object): string =>
    JSON.stringify({ identityPolicies: [{ principal: "arn:aws:iam::111122223333:role/Reader", policy }] });

  test("A seed file gives a role its permissions", async () => {
    const statement = { Effect: "Allow", Action: "kms:ListKeys", Resource: "*" };
    const path = file("seed.json", seed({ Version: "2012-10-17", Statement: [statement] }));
    const server = await startServer("--seed", path);
    const sts = new STSClient({ endpoint: server.url, region: "us-east-1", credentials });
    const readerOf = async (name: string): Promise<KMSClient> => {
      const RoleArn = `arn:aws:iam::111122223333:role/${name}`;
      const { Credentials: role } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "me" }));
      return new KMSClient({
        endpoint: server.url,
        region: "us-east-1",
        credentials: {
          accessKeyId: role!.AccessKeyId!,
          secretAccessKey: role!.SecretAccessKey!,
          sessionToken: role!.SessionToken!,
        },
      });
    };
    const reader = await readerOf("Reader");
    expect((await reader.send(new ListKeysCommand({}))).Keys).toEqual([]);
    const denied = { name: "AccessDeniedException" };
    await expect(reader.send(new CreateKeyCommand({}))).rejects.toMatchObject(denied);
    await expect((await readerOf("Other")).send(new ListKeysCommand({}))).rejects.toMatchObject(denied);
    await server.stop();
  });

  test("What does not exist yet, and what makes no sense, is refused with one line and status 2", async () => {
    const cases: readonly (readonly [args: string[], says: string])[] = [
      [["--store", "file:/tmp/x"], "Only memory exists yet"],
      [["--store", "postgres://localhost/x"], "Only memory exists yet"],
      [["--store", "cloud"], "Expected memory"],
      [["--auth", "sigv4"], "--auth sigv4 needs the access keys"],
      [["--auth", "maybe"], "Allowed choices are none, sigv4"],
      [["--engine", "fast"], "Allowed choices are pure, node"],
      [["--port", "65536"], "Expected 0 to 65535"],
      [["--port", "-1"], "Expected 0 to 65535"],
      [["--port", "http"], "Expected 0 to 65535"],
      [["--port"], "argument missing"],
      [["--account", "1234"], "Expected 12 digits"],
      [["--region", "Frankfurt"], "Expected a name like us-east-1"],
      [["--xks-proxy", "https://xks.example.com"], "Expected https://name=http://host:port"],
      [["--entropy-seed", "00"], "must be 32 to 128 hexadecimal digits"],
      [["--entropy-seed", "0".repeat(63)], "must be 32 to 128 hexadecimal digits"],
      [["--entropy-seed", "x".repeat(64)], "must be 32 to 128 hexadecimal digits"],
      [["--seed", join(directory, "missing.json")], "cannot be read: ENOENT"],
      [["--seed", directory], "cannot be read: EISDIR"],
      [["--seed", file("broken.json", "{")], "neither JSON nor YAML: line 1"],
      [["--seed", file("list.json", "[]")], "must be an object"],
      [["--seed", file("unknown.json", '{"kyes":[]}')], 'unknown member "kyes"'],
      [["--seed", file("policy.json", seed({ Statement: [{ Effect: "Maybe" }] }))], "identityPolicies[0]"],
    ];
    const endings = await Promise.all(cases.map(([args]) => run(["serve", "--port", "0", ...args])));
    for (const [i, { status, stdout, stderr }] of endings.entries()) {
      const [args, says] = cases[i]!;
      expect({ args, status, stdout }).toEqual({ args, status: 2, stdout: "" });
      expect(stderr).toMatch(/^pocket-hsm: .+\n$/);
      expect(stderr).toContain(says);
    }
  });

  test("A refusal does not repeat the entropy seed", async () => {
    const { stderr } = await run(["serve", "--entropy-seed", "c0ffee00c0ffee"]);
    expect(stderr).not.toContain("c0ffee");
  });

  test("A port in use and an address that is not ours are refused with one line and status 1", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const inUse = await run(["serve", "--port", String(port)]);
    other.close();
    expect(inUse).toEqual({ status: 1, stdout: "", stderr: `pocket-hsm: port ${port} of 127.0.0.1 is in use\n` });
    const elsewhere = await run(["serve", "--port", "0", "--host", "192.0.2.1"]);
    expect(elsewhere).toMatchObject({ status: 1, stdout: "" });
    expect(elsewhere.stderr).toMatch(/^pocket-hsm: cannot listen on port 0 of 192\.0\.2\.1: \w+\n$/);
  });
});

describe("pocket-hsm serve --entropy-seed", () => {
  const MESSAGE = new TextEncoder().encode("always the same");

  /** All that a client can see of keys, ciphertexts, signatures and data keys; the last two keys start `gapMs` apart. */
  async function history(entropySeed: string, gapMs: number, ...options: string[]): Promise<unknown[]> {
    const server = await startServer("--entropy-seed", entropySeed, ...options);
    const client = clientOf(server);
    const seen: unknown[] = [];
    const create = async (input: CreateKeyRequest): Promise<string> => {
      const { KeyMetadata } = await client.send(new CreateKeyCommand(input));
      seen.push(KeyMetadata?.KeyId, KeyMetadata?.CurrentKeyMaterialId);
      return KeyMetadata?.KeyId ?? "";
    };
    const sign = async (KeyId: string, SigningAlgorithm: SigningAlgorithmSpec): Promise<void> => {
      seen.push((await client.send(new GetPublicKeyCommand({ KeyId }))).PublicKey);
      seen.push((await client.send(new SignCommand({ KeyId, Message: MESSAGE, SigningAlgorithm }))).Signature);
    };

    const symmetric = await create({});
    seen.push((await client.send(new EncryptCommand({ KeyId: symmetric, Plaintext: MESSAGE }))).CiphertextBlob);
    await sign(await create({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }), "ECDSA_SHA_256");
    await sign(await create({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" }), "RSASSA_PSS_SHA_256");
    const pair = await client.send(new GenerateDataKeyPairCommand({ KeyId: symmetric, KeyPairSpec: "RSA_2048" }));
    seen.push(pair.PublicKey, pair.PrivateKeyCiphertextBlob, pair.PrivateKeyPlaintext);

    // Two at once: how far the first is when the second comes is chance, what they make is not. (One after the other, the
    // pairwise test of the first would draw before the second.)
    const twins = await Promise.all(
      [0, gapMs].map(async (delay) => {
        await new Promise((resolve) => setTimeout(resolve, delay));
        const answer = await client.send(new CreateKeyCommand({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" }));
        const KeyId = answer.KeyMetadata?.KeyId;
        return { KeyId, publicKey: (await client.send(new GetPublicKeyCommand({ KeyId }))).PublicKey };
      }),
    );
    seen.push(twins.sort((a, b) => (String(a.KeyId) < String(b.KeyId) ? -1 : 1)));
    client.destroy();
    await server.stop();
    return seen;
  }

  test("Two runs give the same key ids, public keys, ciphertexts and signatures, on either engine; another seed gives others", async () => {
    const [first, second, other, onNode] = await Promise.all([
      history("07".repeat(32), 0),
      history("07".repeat(32), 20),
      history("0b".repeat(32), 0),
      history("07".repeat(32), 0, "--engine", "node"),
    ]);
    expect(first).toHaveLength(15);
    expect(second).toEqual(first);
    expect(onNode).toEqual(first);
    for (const [i, value] of first.entries()) {
      if (value !== undefined) expect(other[i]).not.toEqual(value);
    }
  });
});
