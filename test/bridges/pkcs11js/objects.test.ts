import { expect, test } from "vitest";
import * as ck from "../../../src/pkcs11.ts";
import { failure, opened } from "./support.ts";

test("attributes come back as C has them in memory, in the caller's own template", () => {
  const { p11, session } = opened();
  const key = p11.C_GenerateKey(session, { mechanism: ck.CKM_AES_KEY_GEN }, [
    { type: ck.CKA_VALUE_LEN, value: 32 },
    { type: ck.CKA_ENCRYPT, value: true },
    { type: ck.CKA_LABEL, value: "ключ" },
    { type: ck.CKA_ID, value: Buffer.from("0102", "hex") },
    { type: ck.CKA_START_DATE, value: new Date("2026-11-22T23:00:00Z") },
    { type: ck.CKA_END_DATE, value: "20301231" },
    { type: ck.CKA_ALLOWED_MECHANISMS, value: Buffer.concat([ulong(ck.CKM_AES_GCM), ulong(ck.CKM_AES_CTR)]) },
  ]);
  const template: ck.Template = [
    { type: ck.CKA_CLASS },
    { type: ck.CKA_KEY_TYPE, value: null },
    { type: ck.CKA_ENCRYPT },
    { type: ck.CKA_LABEL },
    { type: ck.CKA_ID },
    { type: ck.CKA_KEY_GEN_MECHANISM },
    { type: ck.CKA_START_DATE },
    { type: ck.CKA_END_DATE },
    { type: ck.CKA_ALLOWED_MECHANISMS },
  ];
  const result = p11.C_GetAttributeValue(session, key, template);
  expect(result).toBe(template);
  expect(result.map(({ value }) => value.toString("hex"))).toEqual([
    "0400000000000000",
    "1f00000000000000",
    "01",
    Buffer.from("ключ").toString("hex"),
    "0102",
    "8010000000000000",
    Buffer.from("20261122").toString("hex"),
    Buffer.from("20301231").toString("hex"),
    "87100000000000008610000000000000",
  ]);
  expect(result.every(({ value }) => Buffer.isBuffer(value))).toBe(true);
});

test("values may be given as bytes, whatever the attribute is", () => {
  const { p11, session } = opened();
  const object = p11.C_CreateObject(session, [
    { type: ck.CKA_CLASS, value: ulong(ck.CKO_DATA) },
    { type: ck.CKA_TOKEN, value: Buffer.of(1) },
    { type: ck.CKA_LABEL, value: Buffer.from("data") },
    { type: ck.CKA_VALUE, value: "text" },
  ]);
  const [token, value] = p11.C_GetAttributeValue(session, object, [{ type: ck.CKA_TOKEN }, { type: ck.CKA_VALUE }]);
  expect([token?.value[0], value?.value.toString()]).toEqual([1, "text"]);
});

test.each([
  ["a flag of three bytes", { type: ck.CKA_TOKEN, value: Buffer.alloc(3) }, ck.CKR_ATTRIBUTE_VALUE_INVALID],
  ["a number of three bytes", { type: ck.CKA_CLASS, value: Buffer.alloc(3) }, ck.CKR_ATTRIBUTE_VALUE_INVALID],
  ["a class that the token does not have", { type: ck.CKA_CLASS, value: 77 }, ck.CKR_ATTRIBUTE_VALUE_INVALID],
  ["an attribute that the token does not have", { type: 0x8000_1234, value: 1 }, ck.CKR_ATTRIBUTE_TYPE_INVALID],
])("%s is refused", (_what, attribute, code) => {
  const { p11, session } = opened();
  expect(failure(() => p11.C_CreateObject(session, [attribute]))).toMatchObject({ code });
});

test("objects are copied, changed, found one by one or several at once, and destroyed", () => {
  const { p11, session } = opened();
  const first = p11.C_CreateObject(session, [
    { type: ck.CKA_CLASS, value: ck.CKO_DATA },
    { type: ck.CKA_LABEL, value: "one" },
  ]);
  const second = p11.C_CopyObject(session, first, [{ type: ck.CKA_LABEL, value: "two" }]);
  p11.C_SetAttributeValue(session, second, [{ type: ck.CKA_APPLICATION, value: "x" }].slice(1));
  p11.C_FindObjectsInit(session, [{ type: ck.CKA_CLASS, value: ck.CKO_DATA }]);
  expect([p11.C_FindObjects(session), p11.C_FindObjects(session), p11.C_FindObjects(session)]).toEqual([
    first,
    second,
    null,
  ]);
  p11.C_FindObjectsFinal(session);
  p11.C_DestroyObject(session, first);
  p11.C_FindObjectsInit(session, []);
  expect(p11.C_FindObjects(session, 10)).toEqual([second]);
  p11.C_FindObjectsFinal(session);
  expect(p11.C_GetObjectSize(session, second)).toBeGreaterThan(50);
  expect(failure(() => p11.C_GetObjectSize(session, first))).toMatchObject({ code: ck.CKR_OBJECT_HANDLE_INVALID });
});

test("a template within a template is an array of attributes", () => {
  const { p11, session } = opened();
  const inner: ck.Template = [{ type: ck.CKA_KEY_TYPE, value: ck.CKK_AES }];
  const key = p11.C_GenerateKey(session, { mechanism: ck.CKM_AES_KEY_GEN }, [
    { type: ck.CKA_VALUE_LEN, value: 16 },
    { type: ck.CKA_WRAP, value: true },
    { type: ck.CKA_WRAP_TEMPLATE, value: inner },
  ]);
  const [read] = p11.C_GetAttributeValue(session, key, [{ type: ck.CKA_WRAP_TEMPLATE }]);
  expect(read?.value).toEqual([{ type: ck.CKA_KEY_TYPE, value: Buffer.from("1f00000000000000", "hex") }]);
  const asBytes = { type: ck.CKA_WRAP_TEMPLATE, value: Buffer.alloc(24) };
  expect(failure(() => p11.C_FindObjectsInit(session, [asBytes]))).toMatchObject({
    code: ck.CKR_ATTRIBUTE_VALUE_INVALID,
  });
});

test("secrets stay in the token", () => {
  const { p11, session } = opened();
  const key = p11.C_GenerateKey(session, { mechanism: ck.CKM_AES_KEY_GEN }, [
    { type: ck.CKA_VALUE_LEN, value: 16 },
    { type: ck.CKA_SENSITIVE, value: true },
  ]);
  const read = (): unknown => p11.C_GetAttributeValue(session, key, [{ type: ck.CKA_VALUE }]);
  expect(failure(read)).toMatchObject({ code: ck.CKR_ATTRIBUTE_SENSITIVE });
});

test.each([
  ["strict", 1, 0],
  ["pkcs11", 0, 1],
] as const)(
  "where a template says nothing, the policy %s decides what is sensitive and private",
  (policy, sensitive, isPrivate) => {
    const { p11, session } = opened(policy);
    const key = p11.C_GenerateKey(session, { mechanism: ck.CKM_AES_KEY_GEN }, [{ type: ck.CKA_VALUE_LEN, value: 16 }]);
    const note = p11.C_CreateObject(session, [{ type: ck.CKA_CLASS, value: ck.CKO_DATA }]);
    const flag = (object: ck.Handle, type: number): number | undefined =>
      p11.C_GetAttributeValue(session, object, [{ type }])[0]?.value[0];
    expect([flag(key, ck.CKA_SENSITIVE), flag(note, ck.CKA_PRIVATE)]).toEqual([sensitive, isPrivate]);
  },
);

test("the strict policy refuses a key for everything, and the policy pkcs11 makes it", () => {
  const usages = [ck.CKA_ENCRYPT, ck.CKA_DECRYPT, ck.CKA_WRAP, ck.CKA_UNWRAP].map((type) => ({ type, value: true }));
  const generate = ({ p11, session }: ReturnType<typeof opened>): ck.Handle =>
    p11.C_GenerateKey(session, { mechanism: ck.CKM_AES_KEY_GEN }, [{ type: ck.CKA_VALUE_LEN, value: 32 }, ...usages]);
  expect(failure(() => generate(opened("strict")))).toMatchObject({ code: ck.CKR_TEMPLATE_INCONSISTENT });
  expect(generate(opened("pkcs11"))).toHaveLength(8);
});

function ulong(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
