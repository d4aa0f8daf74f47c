/** The real SDK clients, through the in-process handler and over a socket: one suite, two transports. */

import {
  DecryptCommand,
  DescribeKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateRandomCommand,
  InvalidCiphertextException,
  KMSClient,
  NotFoundException,
} from "@aws-sdk/client-kms";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KmsError } from "../../src/kms/errors.ts";
import { createEndpoint } from "../../src/server/endpoint.ts";
import { type Listener, serve } from "../../src/server/listener.ts";
import { requestHandler } from "../../src/server/sdk-handler.ts";
import type { WireRequest } from "../../src/server/wire-service.ts";
import { fakeService, KEY_ARN } from "./fake-service.ts";

const creationDate = new Date("2026-01-02T03:04:05.678Z");
const service = fakeService({
  DescribeKey: (input: { KeyId: string }) => {
    if (input.KeyId === "missing") throw new KmsError("NotFoundException", "Invalid keyId 'missing'");
    return { KeyMetadata: { KeyId: "k", CreationDate: creationDate, Enabled: true } };
  },
  Encrypt: (input: { Plaintext: Uint8Array }) => ({
    KeyId: KEY_ARN,
    CiphertextBlob: input.Plaintext.map((b) => b ^ 255),
  }),
  Decrypt: () => Promise.reject(new KmsError("InvalidCiphertextException")),
  GenerateRandom: (input: { NumberOfBytes: number }) => ({ Plaintext: new Uint8Array(input.NumberOfBytes).fill(7) }),
});
const endpoint = createEndpoint(service);
const base = {
  region: "eu-west-1",
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "x", sessionToken: "session" },
  maxAttempts: 1,
};

describe.each(["in process", "over HTTP"])("%s", (transport) => {
  let kms: KMSClient;
  let sts: STSClient;
  let listener: Listener | undefined;

  beforeAll(async () => {
    if (transport === "over HTTP") listener = await serve({ endpoint, port: 0 });
    const where = listener
      ? { endpoint: listener.url }
      : { endpoint: "http://in-process.invalid", requestHandler: requestHandler(endpoint) };
    kms = new KMSClient({ ...base, ...where });
    sts = new STSClient({ ...base, ...where });
  });

  afterAll(async () => {
    kms.destroy();
    sts.destroy();
    await listener?.close();
  });

  test("Bytes and a context go in, bytes come out", async () => {
    const Plaintext = Uint8Array.from({ length: 4096 }, (_, i) => i);
    const answer = await kms.send(
      new EncryptCommand({ KeyId: KEY_ARN, Plaintext, EncryptionContext: { ключ: "значение", __proto__: "x" } }),
    );
    expect(answer.CiphertextBlob).toEqual(Plaintext.map((byte) => byte ^ 255));
    expect(answer.KeyId).toBe(KEY_ARN);
    expect(answer.$metadata.httpStatusCode).toBe(200);
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const call = service.calls.at(-1);
    expect(call?.input).toMatchObject({ Plaintext, EncryptionContext: new Map([["ключ", "значение"]]) });
    expect(call?.credentials).toEqual({ accessKeyId: "AKIDEXAMPLE", region: "eu-west-1", sessionToken: "session" });
  });

  test("Dates come out with their milliseconds", async () => {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: "alias/a" }));
    expect(KeyMetadata?.CreationDate).toEqual(creationDate);
  });

  test("An operation without output resolves", async () => {
    const answer = await kms.send(new EnableKeyCommand({ KeyId: "k" }));
    expect(Object.keys(answer)).toEqual(["$metadata"]);
  });

  test("Exceptions arrive as the SDK's own classes", async () => {
    const missing = await kms.send(new DescribeKeyCommand({ KeyId: "missing" })).catch((error: unknown) => error);
    expect(missing).toBeInstanceOf(NotFoundException);
    expect(missing).toMatchObject({ message: "Invalid keyId 'missing'", $metadata: { httpStatusCode: 400 } });
    const broken = await kms
      .send(new DecryptCommand({ CiphertextBlob: Uint8Array.of(1) }))
      .catch((error: unknown) => error);
    expect(broken).toBeInstanceOf(InvalidCiphertextException);
    expect(broken).toMatchObject({ message: "UnknownError" });
  });

  test("A ValidationException has its name and AWS's message", async () => {
    await expect(kms.send(new GenerateRandomCommand({ NumberOfBytes: 0 }))).rejects.toMatchObject({
      name: "ValidationException",
      message:
        "1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: " +
        "Member must have value greater than or equal to 1",
    });
  });

  test("Fifty calls at once are answered each with its own", async () => {
    const sizes = Array.from({ length: 50 }, (_, i) => i + 1);
    const answers = await Promise.all(
      sizes.map((NumberOfBytes) => kms.send(new GenerateRandomCommand({ NumberOfBytes }))),
    );
    expect(answers.map((answer) => answer.Plaintext?.length)).toEqual(sizes);
  });

  test("STS gives credentials for a role, says who one is, and refuses", async () => {
    const RoleArn = "arn:aws:iam::111122223333:role/SenderRole";
    const answer = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "alice", DurationSeconds: 900 }));
    expect(answer.Credentials).toEqual({
      AccessKeyId: "ASIAEXAMPLE",
      SecretAccessKey: "c2VjcmV0+/=",
      SessionToken: "token/with+signs==",
      Expiration: new Date("2030-01-02T03:04:05Z"),
    });
    expect(answer.AssumedRoleUser?.Arn).toBe("arn:aws:sts::111122223333:assumed-role/SenderRole/alice");
    expect(service.roles.at(-1)?.durationSeconds).toBe(900);
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: "111122223333", UserId: "AKIDEXAMPLE" });
    await expect(
      sts.send(new AssumeRoleCommand({ RoleArn: `${RoleArn}Denied`, RoleSessionName: "alice" })),
    ).rejects.toMatchObject({ name: "AccessDenied", message: "not <you> & me", $metadata: { httpStatusCode: 403 } });
  });
});

test("An aborted call in process fails as the SDK's other handlers let it fail", async () => {
  const client = new KMSClient({ ...base, endpoint: "http://x.invalid", requestHandler: requestHandler(endpoint) });
  const abort = new AbortController();
  abort.abort();
  await expect(client.send(new EnableKeyCommand({ KeyId: "k" }), { abortSignal: abort.signal })).rejects.toMatchObject({
    name: "AbortError",
  });
});

test("The handler takes text, bytes and objects that print as text, and repeats query parameters", async () => {
  const seen: WireRequest[] = [];
  const handler = requestHandler(async (request) => {
    seen.push(request);
    return { status: 204, headers: {}, body: new Uint8Array(0) };
  });
  const request = { method: "POST", path: "/", headers: { "X-Amz-Target": "t" }, query: { a: ["1", "2"], b: null } };
  const bytes = Uint8Array.of(1, 2);
  const bodies = ["text", { toString: () => "text" }, bytes, undefined, null];
  for (const body of bodies) await handler.handle({ ...request, body });
  bytes.fill(9);
  const text = Uint8Array.from(Buffer.from("text"));
  const none = new Uint8Array(0);
  expect(seen.map((one) => one.body)).toEqual([text, text, Uint8Array.of(1, 2), none, none]);
  expect(String(seen[0]?.query)).toBe("a=1&a=2&b=");
  expect(seen[0]?.header("x-amz-target")).toBe("t");
  expect(seen[0]?.header("toString")).toBeNull();
});

test("A text that a prototype has been given is no header of a request", async () => {
  const answer = { status: 200, headers: {}, body: new Uint8Array(0) };
  const seen: (string | null)[] = [];
  const handler = requestHandler(async ({ header }) => {
    seen.push(header("x-amz-security-token"), header("x-amz-target"));
    return answer;
  });
  Object.assign(Object.prototype, { "x-amz-security-token": "another's" });
  try {
    await handler.handle({
      method: "POST",
      path: "/",
      headers: { "x-amz-target": "TrentService.ListKeys" },
      body: "{}",
    });
  } finally {
    Reflect.deleteProperty(Object.prototype, "x-amz-security-token");
  }
  expect(seen).toEqual([null, "TrentService.ListKeys"]);
});

test("A body above the limit is answered with 413 in process too", async () => {
  const handler = requestHandler(endpoint);
  const { response } = await handler.handle({ method: "POST", path: "/", headers: {}, body: new Uint8Array(200_001) });
  expect(response.statusCode).toBe(413);
});
