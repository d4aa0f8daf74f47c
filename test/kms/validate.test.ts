import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import { sdkInputs } from "../../docs/sdk-model.ts";
import { KmsError } from "../../src/kms/errors.ts";
import { inputShape, type OperationInput, type OperationName } from "../../src/kms/inputs.ts";
import { INPUTS } from "../../src/kms/model.ts";
import { isOperation } from "../../src/kms/operations.ts";
import { SHAPES, shapeOf } from "../../src/kms/shapes.ts";
import { validate } from "../../src/kms/validate.ts";

const operations = Object.keys(INPUTS) as OperationName[];
const KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab";

function refusal(operation: OperationName, input: unknown): { name: string; message: string } {
  try {
    validate(inputShape(operation), input);
  } catch (error) {
    if (error instanceof KmsError) return { name: error.name, message: error.message };
    throw error;
  }
  throw new Error("the input was accepted");
}

function violation(operation: OperationName, input: unknown): string {
  const { name, message } = refusal(operation, input);
  expect(name).toBe("ValidationException");
  return message;
}

test("A missing member, null and undefined are all the same violation", () => {
  const text =
    "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null";
  for (const input of [{}, { KeyId: null }, { KeyId: undefined }, null, undefined]) {
    expect(violation("DescribeKey", input)).toBe(text);
  }
});

test("An unknown enumeration value is answered with the set in AWS's order", () => {
  const sign = { KeyId: KEY_ID, Message: Uint8Array.of(1) };
  expect(violation("Sign", { ...sign, SigningAlgorithm: "X" })).toBe(
    "1 validation error detected: Value 'X' at 'signingAlgorithm' failed to satisfy constraint: Member must satisfy " +
      "enum value set: [RSASSA_PSS_SHA_256, RSASSA_PSS_SHA_384, RSASSA_PSS_SHA_512, RSASSA_PKCS1_V1_5_SHA_256, " +
      "RSASSA_PKCS1_V1_5_SHA_384, RSASSA_PKCS1_V1_5_SHA_512, ECDSA_SHA_256, ECDSA_SHA_384, ECDSA_SHA_512, " +
      "ED25519_SHA_512, ED25519_PH_SHA_512, SM2DSA, ML_DSA_SHAKE_256]",
  );
  expect(violation("Sign", { ...sign, SigningAlgorithm: "ECDSA_SHA_256", MessageType: "raw" })).toBe(
    "1 validation error detected: Value 'raw' at 'messageType' failed to satisfy constraint: " +
      "Member must satisfy enum value set: [RAW, DIGEST, EXTERNAL_MU]",
  );
  expect(violation("GenerateMac", { KeyId: KEY_ID, Message: Uint8Array.of(1), MacAlgorithm: "" })).toBe(
    "1 validation error detected: Value '' at 'macAlgorithm' failed to satisfy constraint: " +
      "Member must satisfy enum value set: [HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]",
  );
  expect(violation("Encrypt", { KeyId: KEY_ID, Plaintext: Uint8Array.of(1), EncryptionAlgorithm: "AES" })).toBe(
    "1 validation error detected: Value 'AES' at 'encryptionAlgorithm' failed to satisfy constraint: " +
      "Member must satisfy enum value set: [RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE, SYMMETRIC_DEFAULT]",
  );
});

test("All violations are reported at once", () => {
  expect(violation("Encrypt", { Plaintext: new Uint8Array(0) })).toBe(
    "2 validation errors detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null; " +
      "Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1",
  );
});

test("A blob of the wrong length is reported without its value", () => {
  const text = violation("Encrypt", { KeyId: KEY_ID, Plaintext: new Uint8Array(4097).fill(0x41) });
  expect(text).toBe(
    "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: " +
      "Member must have length less than or equal to 4096",
  );
});

test("A number out of its range is reported with its value", () => {
  expect(violation("GenerateRandom", { NumberOfBytes: 1025 })).toBe(
    "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: " +
      "Member must have value less than or equal to 1024",
  );
  expect(violation("ListKeys", { Limit: 0 })).toBe(
    "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: " +
      "Member must have value greater than or equal to 1",
  );
});

test("A pattern holds for the whole string and is printed as the model has it", () => {
  for (const KeyId of ["schlüssel", "a\nb…", "…"]) {
    expect(violation("DescribeKey", { KeyId })).toBe(
      `1 validation error detected: Value '${KeyId}' at 'keyId' failed to satisfy constraint: ` +
        "Member must satisfy regular expression pattern: ^\\p{ASCII}+$",
    );
  }
  expect(violation("CreateAlias", { AliasName: "alias/a b", TargetKeyId: KEY_ID })).toContain(
    "at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
  );
  expect(violation("GetKeyPolicy", { KeyId: KEY_ID, PolicyName: "default\n" })).toContain("at 'policyName'");
});

test("An empty string breaks both its length and its pattern, in this order", () => {
  expect(violation("DescribeKey", { KeyId: "" })).toBe(
    "2 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater " +
      "than or equal to 1; Value '' at 'keyId' failed to satisfy constraint: " +
      "Member must satisfy regular expression pattern: ^\\p{ASCII}+$",
  );
});

test("A member of a list of structures is reported by its place, counted from one", () => {
  const Tags = [{ TagKey: "a", TagValue: "b" }, { TagValue: "x" }, { TagKey: "", TagValue: "v".repeat(257) }];
  expect(violation("CreateKey", { Tags })).toBe(
    "3 validation errors detected: Value null at 'tags.2.member.tagKey' failed to satisfy constraint: " +
      "Member must not be null; Value '' at 'tags.3.member.tagKey' failed to satisfy constraint: " +
      "Member must have length greater than or equal to 1; " +
      `Value '${"v".repeat(257)}' at 'tags.3.member.tagValue' failed to satisfy constraint: ` +
      "Member must have length less than or equal to 256",
  );
  expect(violation("CreateKey", { Tags: [null] })).toContain("2 validation errors detected");
});

test("A list of strings is reported as a whole with every rule of its members", () => {
  expect(violation("UntagResource", { KeyId: KEY_ID, TagKeys: ["a", ""] })).toBe(
    "1 validation error detected: Value '[a, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy " +
      "constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal " +
      "to 1, Member must not be null]",
  );
  // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested
  const holes = [, "b"];
  for (const TagKeys of [[null], holes])
    expect(violation("UntagResource", { KeyId: KEY_ID, TagKeys })).toContain("null");
  const GrantTokens = new Array(11).fill("t");
  expect(violation("DescribeKey", { KeyId: KEY_ID, GrantTokens })).toContain(
    "at 'grantTokens' failed to satisfy constraint: Member must have length less than or equal to 10",
  );
});

test("A null in a map is a violation of the map", () => {
  const input = { KeyId: KEY_ID, Plaintext: Uint8Array.of(1), EncryptionContext: { a: "b", c: null } };
  expect(violation("Encrypt", input)).toBe(
    "1 validation error detected: Value '{a=b, c=null}' at 'encryptionContext' failed to satisfy constraint: " +
      "Map value must satisfy constraint: [Member must not be null]",
  );
});

test("A member of a structure has a path with a dot", () => {
  const Recipient = { AttestationDocument: new Uint8Array(0), KeyEncryptionAlgorithm: "X" };
  const text = violation("GenerateRandom", { NumberOfBytes: 1, Recipient });
  expect(text).toContain("'X' at 'recipient.keyEncryptionAlgorithm'");
  expect(text).toContain("Value at 'recipient.attestationDocument'");
});

test("A value of the wrong type is a SerializationException that does not quote it", () => {
  const wrong: [OperationName, object][] = [
    ["DescribeKey", { KeyId: 7 }],
    ["DescribeKey", { KeyId: { toString: () => KEY_ID } }],
    ["DescribeKey", { KeyId: KEY_ID, GrantTokens: "hidden" }],
    ["DescribeKey", { KeyId: KEY_ID, GrantTokens: ["", Object.create(null)] }],
    ["Encrypt", { KeyId: KEY_ID, Plaintext: "hidden" }],
    ["Encrypt", { KeyId: KEY_ID, Plaintext: [1, 2] }],
    ["Encrypt", { KeyId: KEY_ID, Plaintext: new Uint8Array(new SharedArrayBuffer(4)) }],
    ["Encrypt", { KeyId: KEY_ID, EncryptionContext: ["hidden"] }],
    ["Encrypt", { KeyId: KEY_ID, EncryptionContext: { a: null, b: Object.create(null) } }],
    ["GenerateRandom", { NumberOfBytes: "12" }],
    ["GenerateRandom", { NumberOfBytes: 1.5 }],
    ["GenerateRandom", { NumberOfBytes: Number.NaN }],
    ["GenerateRandom", { NumberOfBytes: 2 ** 31 }],
    ["GenerateRandom", { Recipient: [] }],
    ["CreateKey", { MultiRegion: "true" }],
    ["CreateKey", { Tags: { TagKey: "hidden" } }],
    ["CreateKey", { Tags: ["hidden"] }],
    ["CreateKey", []],
  ];
  for (const [operation, input] of wrong) {
    const { name, message } = refusal(operation, input);
    expect(name).toBe("SerializationException");
    expect(message).toMatch(/^[A-Z_]+ can not be converted to an? [A-Za-z]+$/);
  }
});

test("A string with a lone surrogate is refused, because two contexts could encode to the same bytes", () => {
  for (const text of ["\ud800", "a\udfff", "\udc00\ud800"]) {
    const Plaintext = Uint8Array.of(1);
    for (const EncryptionContext of [{ [text]: "v" }, { k: text }]) {
      expect(refusal("Encrypt", { KeyId: KEY_ID, Plaintext, EncryptionContext }).name).toBe("SerializationException");
    }
  }
  expect(() => validate(inputShape("CreateKey"), { Description: "a key 🔑" })).not.toThrow();
});

test("Unknown and inherited members are ignored", () => {
  const input = Object.assign(Object.create({ GrantTokens: 7 }), { KeyId: KEY_ID, Surprise: { deep: [] } });
  expect(validate(INPUTS.DescribeKey, input)).toEqual({ KeyId: KEY_ID });
  expect(violation("DescribeKey", Object.create({ KeyId: KEY_ID }))).toContain("Value null at 'keyId'");
});

test("A required member that is missing is named without a value where the model says that it is sensitive", () => {
  expect(violation("Verify", { KeyId: KEY_ID, SigningAlgorithm: "ECDSA_SHA_256" })).toBe(
    "2 validation errors detected: Value at 'message' failed to satisfy constraint: Member must not be null; " +
      "Value null at 'signature' failed to satisfy constraint: Member must not be null",
  );
});

test("A value that AWS takes without naming it passes, and is not named", () => {
  const sign = { KeyId: KEY_ID, Message: Uint8Array.of(1) };
  expect(() => validate(INPUTS.Sign, { ...sign, SigningAlgorithm: "SYMMETRIC_DEFAULT" })).not.toThrow();
  expect(violation("Sign", { ...sign, SigningAlgorithm: "X" })).not.toContain("SYMMETRIC_DEFAULT");
});

test("An input that throws when it is read is the caller's mistake", () => {
  const getter = Object.defineProperty({}, "KeyId", {
    get() {
      throw new Error("from the caller");
    },
  });
  const trap = new Proxy([], {
    get() {
      throw new Error("from the caller");
    },
  });
  for (const input of [getter, { GrantTokens: trap }]) {
    expect(refusal("DescribeKey", input)).toEqual({
      name: "SerializationException",
      message: "The input can not be read",
    });
  }
});

test("An encryption context given as a Map is refused, and not taken for an empty one", () => {
  const EncryptionContext = new Map([["a", "b"]]);
  expect(refusal("Encrypt", { KeyId: KEY_ID, Plaintext: Uint8Array.of(1), EncryptionContext }).name).toBe(
    "SerializationException",
  );
});

test("An encryption context is a Map, so that a key named __proto__ is a key like any other", () => {
  const EncryptionContext = JSON.parse('{"__proto__":"a","constructor":"b","":""}');
  const checked = validate(INPUTS.Encrypt, { KeyId: KEY_ID, Plaintext: Uint8Array.of(1), EncryptionContext });
  expect(checked.EncryptionContext).toEqual(
    new Map([
      ["__proto__", "a"],
      ["constructor", "b"],
      ["", ""],
    ]),
  );
});

test("Blobs are copied, so that the caller cannot change them after the check", () => {
  const Plaintext = Uint8Array.of(1, 2, 3);
  const checked = validate(INPUTS.Encrypt, { KeyId: KEY_ID, Plaintext });
  Plaintext.fill(9);
  expect(checked.Plaintext).toEqual(Uint8Array.of(1, 2, 3));
});

test("A hostile list does not make a long answer", () => {
  const message = violation("CreateKey", { Tags: new Array(10_000).fill({}) });
  expect(message).toMatch(/^100 validation errors detected/);
});

test("Every shape that an input refers to exists, every required member too, and every pattern compiles", () => {
  const used = new Set<string>();
  const visit = (name: string): void => {
    used.add(name);
    const shape = shapeOf(name as keyof typeof SHAPES);
    expect(shape, name).toBeDefined();
    if (shape.type === "list") visit(shape.member);
    if (shape.type === "map") for (const part of [shape.key, shape.value]) visit(part);
    if (shape.type === "structure") for (const member of Object.values(shape.members)) visit(member);
    if (shape.type === "string" && shape.pattern !== undefined) new RegExp(shape.pattern, "u");
  };
  for (const operation of operations) {
    const { members, required } = inputShape(operation);
    for (const name of required) expect(Object.hasOwn(members, name), `${operation} ${name}`).toBe(true);
    for (const name of Object.values(members)) visit(name);
  }
  expect(Object.keys(SHAPES).filter((name) => !used.has(name) && !name.startsWith("Sts"))).toEqual([]);
});

test("The operations are those of the SDK's own model", () => {
  expect(operations).toEqual([...sdkInputs().keys()].sort());
});

test("The members of every input are those of the SDK's own model", async () => {
  const schemas: Record<string, unknown> = await import("@aws-sdk/client-kms");
  for (const operation of operations) {
    const schema = schemas[`${operation}Request$`] as readonly [
      number,
      string,
      string,
      number,
      string[],
      unknown,
      number?,
    ];
    const { members, required } = inputShape(operation);
    expect(Object.keys(members).sort(), operation).toEqual([...schema[4]].sort());
    expect([...required].sort(), operation).toEqual(schema[4].slice(0, schema[6] ?? 0).sort());
  }
});

test("The enumerations have the values of the SDK's own model", async () => {
  const sdk: Record<string, unknown> = await import("@aws-sdk/client-kms");
  let compared = 0;
  for (const [name, shape] of Object.entries(SHAPES)) {
    if (!("enum" in shape)) continue;
    expect([...shape.enum].sort(), name).toEqual(Object.values(sdk[name] as object).sort());
    compared++;
  }
  expect(compared).toBeGreaterThan(10);
});

test("A name that is no operation is none, though every object inherits it", () => {
  for (const name of ["", "toString", "__proto__", "constructor", "encrypt"]) expect(isOperation(name)).toBe(false);
  expect(isOperation("Encrypt")).toBe(true);
});

test("Whatever the input, the outcome is a checked input or one of two exceptions", () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withTypedArray: true });
  fc.assert(
    fc.property(fc.constantFrom(...operations), fc.infiniteStream(anything), (operation, values) => {
      const members = Object.keys(inputShape(operation).members);
      const input = Object.fromEntries(members.map((name) => [name, values.next().value]));
      try {
        const checked = validate(inputShape(operation), input) as object;
        for (const name of Object.keys(checked)) expect(members).toContain(name);
      } catch (error) {
        expect(error).toBeInstanceOf(KmsError);
        expect((error as KmsError).name).toMatch(/^(Validation|Serialization)Exception$/);
      }
    }),
    { numRuns: 2000 },
  );
});

test("The types of validated inputs follow from the table", () => {
  type Encrypt = OperationInput<"Encrypt">;
  expectTypeOf<Encrypt["KeyId"]>().toEqualTypeOf<string>();
  expectTypeOf<Encrypt["Plaintext"]>().toEqualTypeOf<Uint8Array>();
  expectTypeOf<Encrypt["EncryptionContext"]>().toEqualTypeOf<ReadonlyMap<string, string> | undefined>();
  expectTypeOf<OperationInput<"Sign">["MessageType"]>().toEqualTypeOf<"RAW" | "DIGEST" | "EXTERNAL_MU" | undefined>();
  expectTypeOf<OperationInput<"ListKeys">["Limit"]>().toEqualTypeOf<number | undefined>();
  expectTypeOf<OperationInput<"CreateKey">["MultiRegion"]>().toEqualTypeOf<boolean | undefined>();
  expectTypeOf<OperationInput<"TagResource">["Tags"][number]>().toExtend<{ TagKey: string; TagValue: string }>();
});
