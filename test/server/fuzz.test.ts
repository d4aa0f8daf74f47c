/**
 * Every operation of the real service, in both protocols, with inputs that are nearly right: names of keys that exist,
 * blobs that were made here, and now and then something else. No request may give a 500, or no answer.
 */

import { Encoder } from "cbor-x";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { toBase64, utf8 } from "../../src/bytes/bytes.ts";
import { seededEntropy } from "../../src/crypto/entropy.ts";
import { INPUTS } from "../../src/kms/model.ts";
import { isOperation, OPERATIONS } from "../../src/kms/operations.ts";
import { type Shape, type ShapeName, shapeOf } from "../../src/kms/shapes.ts";
import { createKms, type Kms, XksProxy } from "../../src/kms.ts";
import { pooledRsaEngine } from "../support/rsa-pool.ts";

const operations = Object.keys(OPERATIONS).filter(isOperation);
const encoder = new Encoder({ useRecords: false, tagUint8Array: false });
const errors: unknown[] = [];

let kms: Kms;
/** What names and blobs of this KMS look like; requests take them for one another. */
const names: string[] = ["alias/fuzz", "alias/none", "1234abcd-12ab-34cd-56ef-1234567890ab", "foo", "arn:aws:kms:::"];
const blobs: Uint8Array[] = [new Uint8Array(32), new Uint8Array(64), utf8("x")];

async function call(operation: string, input: object): Promise<Record<string, unknown>> {
  const response = await kms.fetch(jsonRequest(operation, input));
  return response.ok ? JSON.parse((await response.text()) || "{}") : {};
}

beforeAll(async () => {
  const proxy = new XksProxy({ keys: ["key-1", "key-2"] });
  const entropy = seededEntropy(utf8("pocket-hsm test/server/fuzz"));
  kms = createKms({
    sm2: true,
    entropy,
    engine: pooledRsaEngine,
    keyStores: { fetch: proxy.fetch },
    onError: (error) => errors.push(error),
  });
  const specs = [
    {},
    { MultiRegion: true },
    { Origin: "EXTERNAL" },
    { KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" },
    { KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" },
    { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" },
    { KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" },
    { KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" },
    { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" },
    { KeySpec: "ML_DSA_44", KeyUsage: "SIGN_VERIFY" },
    { KeySpec: "ML_KEM_512", KeyUsage: "ENCAPSULATE_DECAPSULATE" },
    { KeySpec: "SM2", KeyUsage: "ENCRYPT_DECRYPT" },
    { KeySpec: "SM2", KeyUsage: "SIGN_VERIFY" },
  ];
  for (const input of specs) {
    const { KeyMetadata } = (await call("CreateKey", input)) as { KeyMetadata: { KeyId: string; Arn: string } };
    names.push(KeyMetadata.KeyId, KeyMetadata.Arn);
  }
  const external = { CustomKeyStoreName: "outside", ...proxy.parameters };
  const { CustomKeyStoreId } = await call("CreateCustomKeyStore", external);
  await call("ConnectCustomKeyStore", { CustomKeyStoreId });
  names.push(String(CustomKeyStoreId));
  const [, , , , , symmetric] = names;
  const { CiphertextBlob } = await call("Encrypt", { KeyId: symmetric, Plaintext: toBase64(utf8("hello")) });
  blobs.push(Uint8Array.from(Buffer.from(String(CiphertextBlob), "base64")));
  await call("CreateAlias", { AliasName: "alias/fuzz", TargetKeyId: symmetric });
});

/** Generating these takes seconds, and finds nothing that a smaller one does not. */
const SLOW = /^RSA_/;

function arbitraryOf(name: ShapeName): fc.Arbitrary<unknown> {
  const shape: Shape = shapeOf(name);
  switch (shape.type) {
    case "string": {
      const values = (shape.enum ?? []).filter((value) => !SLOW.test(value));
      if (values.length > 0) return mostly(fc.constantFrom(...values));
      return mostly(
        fc.oneof(
          fc.nat().map((i) => names[i % names.length] as string),
          fc.string({ maxLength: 40 }),
        ),
      );
    }
    case "blob":
      return mostly(
        fc.oneof(
          fc.nat().map((i) => blobs[i % blobs.length] as Uint8Array),
          fc.uint8Array({ maxLength: 80 }),
        ),
      );
    case "integer":
      return mostly(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer()));
    case "boolean":
      return mostly(fc.boolean());
    case "timestamp":
      return mostly(fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }));
    case "list":
      return mostly(fc.array(arbitraryOf(shape.member), { maxLength: 3 }));
    case "map":
      return mostly(fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 3 }));
    case "structure":
      return mostly(structureOf(shape.members, shape.required));
  }
}

/** Of a required member nearly always, of another one every fourth time. */
function structureOf(
  members: { readonly [member: string]: ShapeName },
  required: readonly string[],
): fc.Arbitrary<Record<string, unknown>> {
  const entries = Object.entries(members).map(([member, shape]): [string, fc.Arbitrary<unknown>] => {
    const value = arbitraryOf(shape);
    const absent = { arbitrary: fc.constant(undefined), weight: 3 };
    return [member, fc.oneof(absent, { arbitrary: value, weight: required.includes(member) ? 100 : 1 })];
  });
  return fc.record(Object.fromEntries(entries));
}

function mostly(right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: right, weight: 60 }, { arbitrary: fc.jsonValue({ maxDepth: 2 }), weight: 1 });
}

const inputs = new Map(operations.map((name) => [name, structureOf(INPUTS[name].members, INPUTS[name].required)]));
const requests = fc
  .constantFrom(...operations)
  .chain((operation) =>
    fc.tuple(fc.constant(operation), inputs.get(operation) as fc.Arbitrary<Record<string, unknown>>, fc.boolean()),
  );

function jsonRequest(operation: string, input: object): Request {
  const plain = (_: string, value: unknown): unknown => (value instanceof Uint8Array ? toBase64(value) : value);
  const epoch = (value: unknown): unknown => (value instanceof Date ? value.getTime() / 1000 : value);
  const dated = Object.fromEntries(Object.entries(input).map(([name, value]) => [name, epoch(value)]));
  return new Request("http://kms.example/", {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${operation}` },
    body: JSON.stringify(dated, plain),
  });
}

function cborRequest(operation: string, input: object): Request {
  const members = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  return new Request(`http://kms.example/service/TrentService/operation/${operation}`, {
    method: "POST",
    headers: { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" },
    body: Uint8Array.from(encoder.encode(members)),
  });
}

test("No operation answers a nearly right request with a 500", { timeout: 120_000 }, async () => {
  const statuses = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(requests, async ([operation, input, isCbor]) => {
      const response = await kms.fetch(isCbor ? cborRequest(operation, input) : jsonRequest(operation, input));
      expect({ errors, status: response.status }).toEqual({ errors: [], status: response.ok ? 200 : 400 });
      const key = `${operation} ${response.status}`;
      statuses.set(key, (statuses.get(key) ?? 0) + 1);
    }),
    { numRuns: 1500 },
  );
  // Inputs are near enough to what is right that a good part of the operations is done.
  const done = operations.filter((operation) => statuses.has(`${operation} 200`));
  expect(done.length).toBeGreaterThan(operations.length / 4);
});
