/** Smithy RPC v2 CBOR, by bytes and by the SDK. */

import {
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  EncryptCommand,
  KMSClient,
  NotFoundException,
} from "@aws-sdk/client-kms";
import { AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import { Decoder, Encoder, Tag } from "cbor-x";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, fromHex, utf8 } from "../../src/bytes/bytes.ts";
import { KmsError } from "../../src/kms/errors.ts";
import { INPUTS } from "../../src/kms/model.ts";
import { createKms } from "../../src/kms.ts";
import { rpcV2Cbor } from "../../src/server/cbor-codec.ts";
import { createFetch } from "../../src/server/fetch.ts";
import { type FakeService, fakeService, KEY_ARN } from "./fake-service.ts";

const PATH = "/service/TrentService/operation/";
const encoder = new Encoder({ useRecords: false, mapsAsObjects: false, tagUint8Array: false });
const cbor = (value: unknown): Uint8Array => Uint8Array.from(encoder.encode(value));
const uncbor = (body: ArrayBuffer): unknown => new Decoder({ useRecords: false }).decode(new Uint8Array(body));

function request(operation: string, body: Uint8Array | undefined, headers: Record<string, string> = {}): Request {
  return new Request(`http://kms.example${PATH}${operation}`, {
    method: "POST",
    headers: { "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor", ...headers },
    ...(body && { body: body as Uint8Array<ArrayBuffer> }),
  });
}

const answerOf = (service: FakeService, operation: string, body: Uint8Array | undefined): Promise<Response> =>
  createFetch(service)(request(operation, body));

test("Byte strings are blobs, tag 1 is a timestamp, and both come back as they went", async () => {
  const creationDate = new Date("2026-01-02T03:04:05.678Z");
  const service = fakeService({
    Encrypt: () => ({ KeyId: KEY_ARN, CreationDate: creationDate, Blob: Uint8Array.of(1, 2), Absent: undefined }),
  });
  const input = { KeyId: KEY_ARN, Plaintext: Uint8Array.of(1, 2, 3) };
  const response = await answerOf(service, "Encrypt", cbor(input));
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/cbor");
  expect(response.headers.get("smithy-protocol")).toBe("rpc-v2-cbor");
  expect(service.calls[0]?.input).toEqual(input);
  const body = new Uint8Array(await response.arrayBuffer());
  expect(uncbor(body.buffer)).toEqual({ KeyId: KEY_ARN, CreationDate: creationDate, Blob: Uint8Array.of(1, 2) });
  expect(Buffer.from(body).toString("hex")).toContain("c1fb41da");
  const ValidTo = new Date(1_767_322_800_500);
  expect(rpcV2Cbor.decodeInput(INPUTS.ImportKeyMaterial, cbor({ ValidTo }))).toEqual({ ValidTo });
});

test("Indefinite lengths, half floats and null members are read", async () => {
  const service = fakeService();
  // {_ "KeyId": (_ "a", "b"), "NumberOfBytes": 32.0 as a half float, "KeySpec": null}
  const body = concat(
    fromHex("bf654b657949647f61616162ff"),
    Uint8Array.of(0x6d, ...utf8("NumberOfBytes"), 0xf9, 0x50, 0x00),
    Uint8Array.of(0x67, ...utf8("KeySpec"), 0xf6, 0xff),
  );
  expect((await answerOf(service, "GenerateDataKey", body)).status).toBe(200);
  expect(service.calls[0]?.input).toEqual({ KeyId: "ab", NumberOfBytes: 32 });
});

test("A context's names stay what they are, whatever they are called", async () => {
  const service = fakeService();
  const EncryptionContext = new Map([
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
  const input = new Map<string, unknown>([
    ["KeyId", "k"],
    ["Plaintext", Uint8Array.of(1)],
    ["EncryptionContext", EncryptionContext],
  ]);
  expect((await answerOf(service, "Encrypt", cbor(input))).status).toBe(200);
  expect(service.calls[0]?.input).toMatchObject({ EncryptionContext });
});

test("An operation without output is answered without a body and without its type", async () => {
  const response = await answerOf(fakeService(), "DisableKey", cbor({ KeyId: "k" }));
  expect(response.status).toBe(200);
  expect((await response.arrayBuffer()).byteLength).toBe(0);
  expect(response.headers.get("content-type")).toBeNull();
});

test("An operation without required members may be called without a body", async () => {
  const service = fakeService();
  expect((await answerOf(service, "ListKeys", undefined)).status).toBe(200);
  expect(service.calls[0]).toMatchObject({ operation: "ListKeys", input: {} });
});

test("An exception has its full name, its status and its message, when it has one", async () => {
  const service = fakeService({
    DescribeKey: () => Promise.reject(new KmsError("NotFoundException", "Invalid keyId 'x'")),
    Decrypt: () => Promise.reject(new KmsError("InvalidCiphertextException")),
  });
  const described = await answerOf(service, "DescribeKey", cbor({ KeyId: "x" }));
  expect(described.status).toBe(400);
  expect(described.headers.get("x-amzn-errortype")).toBe("NotFoundException");
  const __type = "com.amazonaws.kms#NotFoundException";
  expect(uncbor(await described.arrayBuffer())).toEqual({ __type, message: "Invalid keyId 'x'" });
  const decrypted = await answerOf(service, "Decrypt", cbor({ CiphertextBlob: Uint8Array.of(1) }));
  expect(uncbor(await decrypted.arrayBuffer())).toEqual({ __type: "com.amazonaws.kms#InvalidCiphertextException" });
});

test.each([
  ["text where a blob is", { KeyId: "k", Plaintext: "AAAA" }, "STRING_VALUE can not be converted to a Blob"],
  [
    "a number where text is",
    { KeyId: 1, Plaintext: Uint8Array.of(1) },
    "NUMBER_VALUE can not be converted to a String",
  ],
  ["an array for a body", [1], "START_ARRAY can not be converted to a structure"],
])("%s is a SerializationException", async (_what, value, message) => {
  const response = await answerOf(fakeService(), "Encrypt", cbor(value));
  expect(response.status).toBe(400);
  const __type = "com.amazonaws.kms#SerializationException";
  expect(uncbor(await response.arrayBuffer())).toEqual({ __type, message });
});

test.each([
  ["no bytes that follow", "a0a0"],
  ["a map that ends early", "a1"],
  ["a string that is longer than the body", "7b7fffffffffffffff"],
  ["an array that is longer than the body", "9b0000ffffffffffff"],
  ["text that is not UTF-8", "a161616 1ff".replace(" ", "")],
  ["a key that is not text", "a10101"],
  ["a break where none is due", "ff"],
  ["a reserved length", "1c"],
  ["chunks of another kind", "5f6161ff"],
  ["a timestamp that is text", "a16161c16161"],
  ["a tag that calls a function", cborHex({ a: new Tag(["Object", 1], 27) })],
  ["a big number", "a16161c2420102"],
  ["a deep nest", `${"81".repeat(40)}00`],
])("%s is not valid CBOR here", async (_what, hex) => {
  const response = await answerOf(fakeService(), "ListKeys", fromHex(hex));
  expect(response.status).toBe(400);
  expect(uncbor(await response.arrayBuffer())).toMatchObject({ message: "The request body is not valid CBOR" });
});

function cborHex(value: unknown): string {
  return Buffer.from(cbor(value)).toString("hex");
}

test("What is not in the protocol is an unknown operation", async () => {
  const fetch = createFetch(fakeService());
  for (const [operation, headers] of [
    ["Nothing", {}],
    ["ListKeys", { "smithy-protocol": "rpc-v2-json" }],
    ["ListKeys", { "content-type": "application/json" }],
  ] as const) {
    const response = await fetch(request(operation, cbor({}), headers));
    expect(response.status).toBe(400);
    expect(uncbor(await response.arrayBuffer())).toEqual({ __type: "com.amazonaws.kms#UnknownOperationException" });
  }
  const elsewhere = new Request("http://kms.example/service/Other/operation/ListKeys", { method: "POST" });
  expect((await fetch(elsewhere)).status).toBe(404);
});

test("No body whatever gives a 500 or a rejection", async () => {
  const errors: unknown[] = [];
  const fetch = createFetch(fakeService(), { onError: (error) => errors.push(error) });
  const operation = fc.constantFrom(...Object.keys(INPUTS));
  const leaf = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array({ maxLength: 40 }),
  );
  const member = fc.oneof(leaf, fc.array(leaf, { maxLength: 4 }), fc.dictionary(fc.string(), leaf, { maxKeys: 4 }));
  await fc.assert(
    fc.asyncProperty(operation, fc.infiniteStream(member), async (name, members) => {
      const names = Object.keys(INPUTS[name as keyof typeof INPUTS].members);
      const input = Object.fromEntries(names.map((memberName) => [memberName, members.next().value]));
      expect([200, 400]).toContain((await fetch(request(name, cbor(input)))).status);
    }),
    { numRuns: 500 },
  );
  await fc.assert(
    fc.asyncProperty(operation, fc.uint8Array({ maxLength: 60 }), async (name, body) => {
      expect([200, 400]).toContain((await fetch(request(name, Uint8Array.from(body)))).status);
    }),
    { numRuns: 1000 },
  );
  expect(errors).toEqual([]);
});

test.each([
  ["bytes", 0x5f, 0x40],
  ["text", 0x7f, 0x60],
])("A string of %s in more chunks than a call can have arguments is read", (_what, start, chunk) => {
  // In a process's first thread the 200,000 of a whole body were too many; threads of tests have more stack.
  const chunks = new Uint8Array(2 ** 20).fill(chunk);
  const body = concat(Uint8Array.of(0xa1, 0x61, 0x61, start), chunks, Uint8Array.of(0xff));
  expect(rpcV2Cbor.decodeInput(INPUTS.Encrypt, body)).toEqual({ a: start === 0x7f ? "" : new Uint8Array(0) });
});

test("What another encoder writes is read as what it was, and no piece of it", () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.string({ unit: "grapheme" }),
      // cbor-x writes minus zero as the integer.
      fc.double().map((number) => number + 0),
      fc.integer(),
      fc.date({ min: new Date(0), max: new Date(253_402_300_799_999), noInvalidDate: true }),
      fc.uint8Array(),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: "grapheme" }), tie("value"), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(value, (given) => {
      const body = cbor({ given });
      const read = (bytes: Uint8Array): unknown => rpcV2Cbor.decodeInput(INPUTS.Encrypt, bytes);
      expect(read(body)).toEqual({ given });
      expect(() => read(body.subarray(0, -1))).toThrow("not valid CBOR");
      expect(() => read(concat(body, Uint8Array.of(0)))).toThrow("not valid CBOR");
    }),
  );
});

describe("the SDK", () => {
  const kms = createKms();
  const client = new KMSClient({ ...kms.clientConfig(), protocol: AwsSmithyRpcV2CborProtocol });

  test("speaks it with the KMS", async () => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ Description: "by CBOR" }));
    expect(KeyMetadata?.CreationDate).toBeInstanceOf(Date);
    const Plaintext = utf8("hello");
    const EncryptionContext = { purpose: "test" };
    const KeyId = KeyMetadata?.KeyId;
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }));
    const opened = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    expect(Uint8Array.from(opened.Plaintext ?? [])).toEqual(Plaintext);
    const disabled = await client.send(new DisableKeyCommand({ KeyId }));
    expect(disabled.$metadata.httpStatusCode).toBe(200);
  });

  test("knows its exceptions", async () => {
    const missing = client.send(new DisableKeyCommand({ KeyId: "1234abcd-12ab-34cd-56ef-1234567890ab" }));
    await expect(missing).rejects.toBeInstanceOf(NotFoundException);
    const invalid = client.send(new DisableKeyCommand({ KeyId: "" }));
    await expect(invalid).rejects.toMatchObject({ name: "ValidationException" });
  });
});
