import fc from "fast-check";
import { expect, test } from "vitest";
import { KmsError } from "../../src/kms/errors.ts";
import type { OperationName } from "../../src/kms/inputs.ts";
import { INPUTS } from "../../src/kms/model.ts";
import { createFetch } from "../../src/server/fetch.ts";
import { fakeService, KEY_ARN, post } from "./fake-service.ts";

const operations = Object.keys(INPUTS) as OperationName[];

async function answer(response: Response): Promise<{ status: number; body: unknown }> {
  const text = await response.text();
  return { status: response.status, body: text === "" ? "" : JSON.parse(text) };
}

test("An operation's input is decoded and its output encoded", async () => {
  const service = fakeService({
    Encrypt: () => ({ KeyId: KEY_ARN, CiphertextBlob: Uint8Array.of(1, 2, 255), EncryptionAlgorithm: undefined }),
  });
  const body = JSON.stringify({ KeyId: KEY_ARN, Plaintext: "AAH/", EncryptionContext: { a: "b" }, GrantTokens: null });
  const response = await createFetch(service)(post("TrentService.Encrypt", body));
  expect(await answer(response)).toEqual({ status: 200, body: { KeyId: KEY_ARN, CiphertextBlob: "AQL/" } });
  expect(service.calls).toEqual([
    {
      operation: "Encrypt",
      input: { KeyId: KEY_ARN, Plaintext: Uint8Array.of(0, 1, 255), EncryptionContext: new Map([["a", "b"]]) },
      credentials: {},
    },
  ]);
});

test("An answer carries AWS's content type, its length and a request id from the injected source", async () => {
  let count = 0;
  const fetch = createFetch(fakeService({ ListKeys: () => ({ Keys: [], Truncated: false }) }), {
    requestId: () => `id-${++count}`,
  });
  const first = await fetch(post("TrentService.ListKeys", "{}"));
  const second = await fetch(post("TrentService.Nothing", "{}"));
  expect(first.headers.get("content-type")).toBe("application/x-amz-json-1.1");
  expect(first.headers.get("content-length")).toBe(String((await first.text()).length));
  expect([first, second].map((response) => response.headers.get("x-amzn-requestid"))).toEqual(["id-1", "id-2"]);
  const byDefault = await createFetch(fakeService())(post("TrentService.ListKeys", "{}"));
  expect(byDefault.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test("An operation without output is answered with an empty body", async () => {
  const response = await createFetch(fakeService())(post("TrentService.EnableKey", JSON.stringify({ KeyId: KEY_ARN })));
  expect(await answer(response)).toEqual({ status: 200, body: "" });
});

test("Timestamps are epoch seconds with their milliseconds", async () => {
  const CreationDate = new Date("2026-01-02T03:04:05.678Z");
  const fetch = createFetch(fakeService({ DescribeKey: () => ({ KeyMetadata: { CreationDate } }) }));
  const response = await fetch(post("TrentService.DescribeKey", JSON.stringify({ KeyId: KEY_ARN })));
  expect(await response.text()).toBe('{"KeyMetadata":{"CreationDate":1767323045.678}}');
});

test("An exception is answered with its name, and with its message only when it has one", async () => {
  const thrown: [KmsError, object][] = [
    [new KmsError("NotFoundException", "Key 'x'"), { __type: "NotFoundException", message: "Key 'x'" }],
    [new KmsError("InvalidCiphertextException"), { __type: "InvalidCiphertextException" }],
    [new KmsError("ValidationException", ""), { __type: "ValidationException", message: "" }],
  ];
  for (const [error, body] of thrown) {
    const fetch = createFetch(fakeService({ ListKeys: () => Promise.reject(error) }));
    expect(await answer(await fetch(post("TrentService.ListKeys", "{}")))).toEqual({ status: 400, body });
  }
});

test("An unexpected error is a 500 with a fixed text, and its cause goes to onError alone", async () => {
  const seen: unknown[] = [];
  const cause = new Error("detail of the inside");
  const fetch = createFetch(fakeService({ ListKeys: () => Promise.reject(cause) }), { onError: (e) => seen.push(e) });
  const response = await fetch(post("TrentService.ListKeys", "{}"));
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(JSON.parse(text).__type).toBe("KMSInternalException");
  expect(text).not.toContain("detail");
  expect(seen).toEqual([cause]);
});

test("An output that cannot be encoded is a 500 too, not a rejection", async () => {
  const seen: unknown[] = [];
  const fetch = createFetch(fakeService({ ListKeys: () => ({ Keys: 1n }) }), { onError: (e) => seen.push(e) });
  expect((await fetch(post("TrentService.ListKeys", "{}"))).status).toBe(500);
  expect(seen).toHaveLength(1);
});

test("An unknown or missing target, a foreign prefix or a foreign content type is an unknown operation", async () => {
  const fetch = createFetch(fakeService());
  const requests = [
    post("TrentService.Explode", "{}"),
    post("TrentService.toString", "{}"),
    post("TrentService.__proto__", "{}"),
    post("ListKeys", "{}"),
    post("OtherService.ListKeys", "{}"),
    post("TrentService.ListKeys", "{}", { "content-type": "application/cbor" }),
    new Request("http://localhost/", { method: "POST", body: new Uint8Array(2) }),
  ];
  for (const request of requests) {
    expect(await answer(await fetch(request))).toEqual({ status: 400, body: { __type: "UnknownOperationException" } });
  }
});

test("A body that is not a JSON object is a SerializationException", async () => {
  const fetch = createFetch(fakeService());
  const bodies = [
    "",
    "{",
    "null",
    "[]",
    '"x"',
    "7",
    "[".repeat(100_000),
    '{"Limit":1}x',
    Uint8Array.of(0x7b, 0xff, 0x7d),
  ];
  for (const body of bodies) {
    const { status, body: error } = await answer(await fetch(post("TrentService.ListKeys", body)));
    expect(status).toBe(400);
    expect(error).toMatchObject({ __type: "SerializationException" });
  }
});

test("Base64 is strict", async () => {
  const fetch = createFetch(fakeService());
  for (const Plaintext of ["AA", "AA=", "A===", "AB==", "A A=", "AA==\n", "-_8=", "AAAA=", "é", 7, true, {}, []]) {
    const body = JSON.stringify({ KeyId: KEY_ARN, Plaintext });
    const { body: error } = await answer(await fetch(post("TrentService.Encrypt", body)));
    expect(error, JSON.stringify(Plaintext)).toMatchObject({ __type: "SerializationException" });
  }
});

test("A body above 200,000 bytes is answered with 413, whether or not its length was announced", async () => {
  const service = fakeService();
  const fetch = createFetch(service);
  const json = (length: number) => `{"Marker":"${"m".repeat(length - 13)}"}`;
  expect((await fetch(post("TrentService.ListKeys", json(200_001)))).status).toBe(413);
  expect((await fetch(post("TrentService.ListKeys", json(200_000)))).status).toBe(400);
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(50_000).fill(0x20));
    },
  });
  const init = { method: "POST", body: endless, duplex: "half" };
  expect((await fetch(new Request("http://localhost/", init as RequestInit))).status).toBe(413);
  expect(pulled).toBeLessThan(10);
  expect(service.calls).toEqual([]);
});

test("A body in very many pieces is one body", async () => {
  const body = `{${" ".repeat(150_000)}}`;
  let at = 0;
  const stream = new ReadableStream({
    pull(controller) {
      if (at < body.length) controller.enqueue(Uint8Array.of(body.charCodeAt(at++)));
      else controller.close();
    },
  });
  const { headers } = post("TrentService.ListKeys", "{}");
  const init = { method: "POST", headers, body: stream, duplex: "half" };
  const response = await createFetch(fakeService())(new Request("http://localhost/", init as RequestInit));
  expect(response.status).toBe(200);
});

test("A body that breaks off is answered, not thrown", async () => {
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("connection lost")) });
  const init = { method: "POST", body: broken, duplex: "half" };
  expect((await createFetch(fakeService())(new Request("http://localhost/", init as RequestInit))).status).toBe(400);
});

test("Anything but POST / is a 404 that says what this is", async () => {
  const fetch = createFetch(fakeService());
  const requests = [
    new Request("http://localhost/"),
    new Request("http://localhost/", { method: "DELETE" }),
    new Request("http://localhost/keys", { method: "POST", body: "{}" }),
  ];
  for (const request of requests) {
    const response = await fetch(request);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("X-Amz-Target");
  }
});

test("The credential scope is read from the header or the query, with the session token", async () => {
  const service = fakeService();
  const fetch = createFetch(service);
  const scope = "my-dummy.key/20260102/eu-west-1/kms/aws4_request";
  await fetch(
    post("TrentService.ListKeys", "{}", {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`,
      "x-amz-security-token": "session",
    }),
  );
  const url = `http://localhost/?X-Amz-Credential=${encodeURIComponent(scope)}&X-Amz-Security-Token=session`;
  await fetch(new Request(url, post("TrentService.ListKeys", "{}")));
  const authorization = ` AWS4-HMAC-SHA256 Signature=00,\tOtherCredential=a/b, Credential=${scope} ,Credential=later`;
  await fetch(post("TrentService.ListKeys", "{}", { authorization, "x-amz-security-token": "session" }));
  const credentials = { accessKeyId: "my-dummy.key", region: "eu-west-1", sessionToken: "session" };
  expect(service.calls.map((call) => call.credentials)).toEqual([credentials, credentials, credentials]);
});

test("An Authorization header that cannot be read is an IncompleteSignatureException", async () => {
  const service = fakeService();
  for (const authorization of [
    "Bearer x",
    "AWS4-HMAC-SHA256",
    "AWS4-HMAC-SHA256 Credential=AKID",
    "AWS4-HMAC-SHA256 Credential=AKID/2026/us-east-1/kms/aws4_request",
    "AWS4-HMAC-SHA256 SignedHeaders=host",
    "AWS4-HMAC-SHA256 Credential=AKID, Credential=AKID/20260102/us-east-1/kms/aws4_request",
    "AWS4-HMAC-SHA512 Credential=AKID/20260102/us-east-1/kms/aws4_request",
    "",
  ]) {
    const response = await createFetch(service)(post("TrentService.ListKeys", "{}", { authorization }));
    expect((await answer(response)).body).toMatchObject({ __type: "IncompleteSignatureException" });
  }
  expect(service.calls).toEqual([]);
});

test("No request whatever gives a 500 or a rejection", async () => {
  const errors: unknown[] = [];
  const fetch = createFetch(fakeService(), { onError: (error) => errors.push(error) });
  const member = fc.oneof(fc.jsonValue(), fc.constantFrom("AAAA", "RAW", KEY_ARN, 1, null, [], {}));
  const structured = fc.record({ operation: fc.constantFrom(...operations), members: fc.infiniteStream(member) });
  await fc.assert(
    fc.asyncProperty(structured, async ({ operation, members }) => {
      const names = Object.keys(INPUTS[operation].members);
      const input = Object.fromEntries(names.map((name) => [name, members.next().value]));
      const response = await fetch(post(`TrentService.${operation}`, JSON.stringify(input)));
      expect([200, 400]).toContain(response.status);
    }),
    { numRuns: 1000 },
  );
  const header = fc.stringMatching(/^[ -~]{0,40}$/);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), header, header, header, async (body, target, type, auth) => {
      const headers = { "content-type": type, authorization: auth };
      const response = await fetch(post(target, Uint8Array.from(body), headers));
      expect(response.status).toBe(400);
    }),
    { numRuns: 500 },
  );
  expect(errors).toEqual([]);
});
