import { describe, expect, test } from "vitest";
import { KEY_SPECS, type KeySpec, type KeyUsage } from "../../src/kms/key-specs.ts";
import { ACCOUNT, aliasArnOf, keyArnOf, NO_KEY, openCore, REGION, ROOT } from "./support/core.ts";
import { expectRefusal } from "./support/refusals.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const DAY = 86_400_000;

describe("CreateKey", () => {
  test("a key without any wishes is a symmetric one, described as AWS describes it", async () => {
    const core = openCore();
    const metadata = await core.createKey();
    expect(metadata).toEqual({
      AWSAccountId: ACCOUNT,
      Arn: keyArnOf(metadata.KeyId),
      CreationDate: new Date(core.clock.now()),
      CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
      CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
      Description: "",
      Enabled: true,
      EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
      KeyId: expect.stringMatching(UUID),
      KeyManager: "CUSTOMER",
      KeySpec: "SYMMETRIC_DEFAULT",
      KeyState: "Enabled",
      KeyUsage: "ENCRYPT_DECRYPT",
      MultiRegion: false,
      Origin: "AWS_KMS",
    });
    expect(await core.call("DescribeKey", { KeyId: metadata.KeyId })).toEqual({ KeyMetadata: metadata });
  });

  // Two sizes of RSA differ in nothing that is tested here, and their generation is slow even in node:crypto.
  const combinations = Object.entries(KEY_SPECS).flatMap(([spec, row]) =>
    spec === "RSA_3072" || spec === "RSA_4096" ? [] : Object.keys(row.usages).map((usage) => [spec, usage] as const),
  );
  const members: Record<KeyUsage, string> = {
    ENCRYPT_DECRYPT: "EncryptionAlgorithms",
    SIGN_VERIFY: "SigningAlgorithms",
    GENERATE_VERIFY_MAC: "MacAlgorithms",
    KEY_AGREEMENT: "KeyAgreementAlgorithms",
    ENCAPSULATE_DECAPSULATE: "EncapsulationAlgorithms",
  };
  test.each(combinations)("%s for %s lists its algorithms under the one member of its usage", async (spec, usage) => {
    const metadata = await openCore({ sm2: true }).createKey({ KeySpec: spec, KeyUsage: usage });
    const algorithms = KEY_SPECS[spec as KeySpec].usages[usage as KeyUsage];
    expect(metadata[members[usage as KeyUsage]]).toEqual(algorithms);
    expect(Object.values(members).filter((member) => member in metadata)).toHaveLength(1);
    expect(metadata).toMatchObject({ KeySpec: spec, CustomerMasterKeySpec: spec, KeyUsage: usage });
    expect("CurrentKeyMaterialId" in metadata).toBe(spec === "SYMMETRIC_DEFAULT");
  });

  test("the legacy CustomerMasterKeySpec names the spec", async () => {
    const wish = { CustomerMasterKeySpec: "ECC_NIST_P521", KeyUsage: "SIGN_VERIFY" };
    expect(await openCore().createKey(wish)).toMatchObject({ KeySpec: "ECC_NIST_P521" });
  });

  test("a multi-Region key has an mrk- identifier and is its own primary", async () => {
    const metadata = await openCore().createKey({ MultiRegion: true });
    expect(metadata.KeyId).toMatch(/^mrk-[0-9a-f]{32}$/);
    expect(metadata.MultiRegion).toBe(true);
    expect(metadata.MultiRegionConfiguration).toEqual({
      MultiRegionKeyType: "PRIMARY",
      PrimaryKey: { Arn: metadata.Arn, Region: REGION },
      ReplicaKeys: [],
    });
  });

  const usageMissing = "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.";
  const both =
    "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.";
  test.each([
    [{ KeySpec: "RSA_2048" }, "ValidationException", usageMissing],
    [{ KeySpec: "HMAC_256" }, "ValidationException", usageMissing],
    [{ KeySpec: "RSA_2048", CustomerMasterKeySpec: "RSA_2048" }, "ValidationException", both],
    [
      { KeySpec: "RSA_2048", KeyUsage: "KEY_AGREEMENT" },
      "ValidationException",
      "KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048",
    ],
    [
      { KeyUsage: "SIGN_VERIFY" },
      "ValidationException",
      "KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT",
    ],
    [
      { KeySpec: "ECC_SECG_P256K1", KeyUsage: "KEY_AGREEMENT" },
      "ValidationException",
      "KeyUsage KEY_AGREEMENT is not compatible with KeySpec ECC_SECG_P256K1",
    ],
    [
      { KeySpec: "SM2", KeyUsage: "SIGN_VERIFY" },
      "UnsupportedOperationException",
      "KeySpec SM2 is not supported in us-east-1.",
    ],
    [
      { KeySpec: "ML_KEM_512", KeyUsage: "KEY_AGREEMENT" },
      "ValidationException",
      "KeyUsage KEY_AGREEMENT is not compatible with KeySpec ML_KEM_512",
    ],
    [{ Origin: "AWS_CLOUDHSM" }, "ValidationException", "Origin AWS_CLOUDHSM requires a CustomKeyStoreId."],
    [{ CustomKeyStoreId: "cks-1" }, "ValidationException", "Origin AWS_KMS does not allow a CustomKeyStoreId."],
    [{ Tags: [{ TagKey: "AWS:x", TagValue: "" }] }, "TagException", "Tags beginning with aws: are reserved"],
    [
      {
        Tags: [
          { TagKey: "a", TagValue: "1" },
          { TagKey: "a", TagValue: "2" },
        ],
      },
      "TagException",
      "Duplicate tag keys",
    ],
  ] as const)("%j is refused and no key is made", async (input, name, message) => {
    const core = openCore();
    await expectRefusal(core.call("CreateKey", input), name, message);
    expect((await core.call("ListKeys")).Keys).toEqual([]);
  });
});

describe("naming a key", () => {
  test.each([
    ["foo", "Invalid keyId 'foo'"],
    [keyArnOf("foo"), "Invalid keyId foo"],
    [NO_KEY, `Key '${keyArnOf(NO_KEY)}' does not exist`],
    [NO_KEY.toUpperCase(), `Key '${keyArnOf(NO_KEY.toUpperCase())}' does not exist`],
    [`mrk-${"0".repeat(32)}`, `Key '${keyArnOf(`mrk-${"0".repeat(32)}`)}' does not exist`],
    [keyArnOf(NO_KEY), `Key '${keyArnOf(NO_KEY)}' does not exist`],
    [`arn:aws:kms:eu-west-1:${ACCOUNT}:key/${NO_KEY}`, "Invalid arn eu-west-1"],
    ["arn:aws:s3:::bucket", "Invalid arn arn:aws:s3:::bucket"],
    ["alias/none", `Alias ${aliasArnOf("alias/none")} is not found.`],
    [aliasArnOf("alias/none"), `Alias ${aliasArnOf("alias/none")} is not found.`],
  ])("%s is not found, in AWS's words", async (KeyId, message) => {
    await expectRefusal(openCore().call("DescribeKey", { KeyId }), "NotFoundException", message);
  });

  test("of another account nobody learns whether a key exists, even with the identifier of one that does here", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    const arn = `arn:aws:kms:${REGION}:999900001111:key/${KeyId}`;
    const refusal = `User: ${ROOT} is not authorized to perform: kms:DescribeKey on resource: ${arn} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
    await expectRefusal(core.call("DescribeKey", { KeyId: arn }), "AccessDeniedException", refusal);
  });

  test("an identifier, its ARN, an alias and its ARN name the same key", async () => {
    const core = openCore();
    const { KeyId, Arn } = await core.createKey();
    await core.call("CreateAlias", { AliasName: "alias/one", TargetKeyId: KeyId });
    for (const name of [KeyId, Arn, "alias/one", aliasArnOf("alias/one")]) {
      expect((await core.call("DescribeKey", { KeyId: name })).KeyMetadata.Arn).toBe(Arn);
    }
  });

  test.each([
    ["ScheduleKeyDeletion", {}],
    ["CancelKeyDeletion", {}],
    ["EnableKey", {}],
    ["DisableKey", {}],
    ["TagResource", { Tags: [] }],
    ["UntagResource", { TagKeys: [] }],
    ["ListResourceTags", {}],
    ["UpdateKeyDescription", { Description: "" }],
    ["GetKeyPolicy", {}],
    ["PutKeyPolicy", { Policy: "{}" }],
    ["ListKeyPolicies", {}],
  ] as const)("%s takes no alias, whether there is one of that name or not", async (operation, rest) => {
    const core = openCore();
    for (const KeyId of ["alias/none", aliasArnOf("alias/none")]) {
      await expectRefusal(
        core.call(operation, { KeyId, ...rest }),
        "InvalidArnException",
        "Key Aliases are not supported for this operation.",
      );
    }
  });
});

describe("a key's state", () => {
  test("a disabled key is not Enabled and can be enabled again", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    expect(await core.call("DisableKey", { KeyId })).toBeUndefined();
    expect((await core.call("DescribeKey", { KeyId })).KeyMetadata).toMatchObject({
      KeyState: "Disabled",
      Enabled: false,
    });
    expect(await core.call("EnableKey", { KeyId })).toBeUndefined();
    expect((await core.call("DescribeKey", { KeyId })).KeyMetadata).toMatchObject({
      KeyState: "Enabled",
      Enabled: true,
    });
  });

  test("a disabled key does not encrypt, and a key pending deletion does not either", async () => {
    const core = openCore();
    const { KeyId, Arn } = await core.createKey();
    const encrypt = (): Promise<unknown> => core.call("Encrypt", { KeyId, Plaintext: Uint8Array.of(1) });
    await core.call("DisableKey", { KeyId });
    await expectRefusal(encrypt(), "DisabledException", `${Arn} is disabled.`);
    await core.call("ScheduleKeyDeletion", { KeyId });
    await expectRefusal(encrypt(), "KMSInvalidStateException", `${Arn} is pending deletion.`);
  });

  test("a key scheduled for deletion says when, refuses to be changed, and comes back disabled", async () => {
    const core = openCore();
    const { KeyId, Arn } = await core.createKey();
    const DeletionDate = new Date(core.clock.now() + 7 * DAY);
    expect(await core.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 })).toEqual({
      KeyId: Arn,
      DeletionDate,
      KeyState: "PendingDeletion",
      PendingWindowInDays: 7,
    });
    expect((await core.call("DescribeKey", { KeyId })).KeyMetadata).toMatchObject({
      KeyState: "PendingDeletion",
      Enabled: false,
      DeletionDate,
    });
    const changes = [
      ["ScheduleKeyDeletion", {}],
      ["EnableKey", {}],
      ["DisableKey", {}],
      ["UpdateKeyDescription", { Description: "x" }],
      ["TagResource", { Tags: [{ TagKey: "a", TagValue: "b" }] }],
      ["UntagResource", { TagKeys: ["a"] }],
    ] as const;
    for (const [operation, rest] of changes) {
      await expectRefusal(
        core.call(operation, { KeyId, ...rest }),
        "KMSInvalidStateException",
        `${Arn} is pending deletion.`,
      );
    }
    expect(await core.call("CancelKeyDeletion", { KeyId })).toEqual({ KeyId: Arn });
    const { KeyMetadata } = await core.call("DescribeKey", { KeyId });
    expect(KeyMetadata.KeyState).toBe("Disabled");
    expect(KeyMetadata).not.toHaveProperty("DeletionDate");
    await expectRefusal(
      core.call("CancelKeyDeletion", { KeyId }),
      "KMSInvalidStateException",
      `${Arn} is not pending deletion.`,
    );
  });

  test.each([1, 6, 31, 365])("a waiting period of %d days is refused", async (PendingWindowInDays) => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    const message = "PendingWindowInDays must be between 7 and 30";
    await expectRefusal(
      core.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays }),
      "ValidationException",
      message,
    );
    expect((await core.call("DescribeKey", { KeyId })).KeyMetadata.KeyState).toBe("Enabled");
  });

  test("a key is there until its waiting period is over, and then it is gone with its aliases, grants and ciphertexts", async () => {
    const core = openCore();
    const { KeyId, Arn } = await core.createKey();
    await core.call("CreateAlias", { AliasName: "alias/doomed", TargetKeyId: KeyId });
    const principals = { GranteePrincipal: ROOT, RetiringPrincipal: ROOT };
    await core.call("CreateGrant", { KeyId, ...principals, Operations: ["Encrypt"] });
    const { CiphertextBlob } = await core.call("Encrypt", { KeyId, Plaintext: Uint8Array.of(1) });
    await core.call("ScheduleKeyDeletion", { KeyId });
    core.clock.advance({ days: 29, hours: 23, minutes: 59, seconds: 59, milliseconds: 999 });
    expect((await core.call("DescribeKey", { KeyId: "alias/doomed" })).KeyMetadata.KeyState).toBe("PendingDeletion");
    core.clock.advance({ milliseconds: 1 });
    expect(await core.call("ListKeys")).toEqual({ Keys: [], Truncated: false });
    expect(await core.call("ListAliases")).toEqual({ Aliases: [], Truncated: false });
    await expectRefusal(core.call("DescribeKey", { KeyId }), "NotFoundException", `Key '${Arn}' does not exist`);
    const name = "alias/doomed";
    await expectRefusal(
      core.call("DescribeKey", { KeyId: name }),
      "NotFoundException",
      `Alias ${aliasArnOf(name)} is not found.`,
    );
    await expectRefusal(
      core.call("Decrypt", { CiphertextBlob }),
      "AccessDeniedException",
      "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
    );
    for (const table of ["keys", "aliases", "key-aliases", "materials", "grants", "grants-to-retire"]) {
      expect(await core.store.list(table, { prefix: "" })).toEqual([]);
    }
    const other = await core.createKey();
    expect(await core.call("CreateAlias", { AliasName: name, TargetKeyId: other.KeyId })).toBeUndefined();
  });
});

test("an alias that outlived its key is not found, and its name is free", async () => {
  const core = openCore();
  const { KeyId } = await core.createKey();
  const record = { name: "alias/stray", arn: aliasArnOf("alias/stray"), targetKeyId: NO_KEY };
  const value = { ...record, creationDate: 0, lastUpdatedDate: 0 };
  const id = `${ACCOUNT}/${REGION}/alias/stray`;
  await core.store.commit([{ table: "aliases", id, value, expect: 0 }]);
  await expectRefusal(
    core.call("Encrypt", { KeyId: "alias/stray", Plaintext: Uint8Array.of(1) }),
    "NotFoundException",
    `Alias ${aliasArnOf("alias/stray")} is not found.`,
  );
  expect(await core.call("CreateAlias", { AliasName: "alias/stray", TargetKeyId: KeyId })).toBeUndefined();
});

describe("UpdateKeyDescription", () => {
  test("the new description is what DescribeKey shows", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey({ Description: "before" });
    expect(await core.call("UpdateKeyDescription", { KeyId, Description: "after" })).toBeUndefined();
    expect((await core.call("DescribeKey", { KeyId })).KeyMetadata.Description).toBe("after");
  });
});

describe("GetPublicKey", () => {
  test("it gives the public half of a key, of a disabled one too", async () => {
    const core = openCore();
    const { KeyId, Arn } = await core.createKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" });
    const answer = {
      KeyId: Arn,
      PublicKey: expect.any(Uint8Array),
      CustomerMasterKeySpec: "ECC_NIST_P256",
      KeySpec: "ECC_NIST_P256",
      KeyUsage: "KEY_AGREEMENT",
      KeyAgreementAlgorithms: ["ECDH"],
    };
    expect(await core.call("GetPublicKey", { KeyId })).toEqual(answer);
    await core.call("DisableKey", { KeyId });
    expect(await core.call("GetPublicKey", { KeyId })).toEqual(answer);
  });

  test("what a caller does to the answer's bytes does not reach the stored key", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
    const first = await core.call("GetPublicKey", { KeyId });
    const copy = Uint8Array.from(first.PublicKey);
    first.PublicKey.fill(0);
    expect((await core.call("GetPublicKey", { KeyId })).PublicKey).toEqual(copy);
  });

  test("a key pending deletion is refused for its state before its spec is looked at", async () => {
    const core = openCore();
    const { KeyId, Arn } = await core.createKey();
    await core.call("ScheduleKeyDeletion", { KeyId });
    await expectRefusal(
      core.call("GetPublicKey", { KeyId }),
      "KMSInvalidStateException",
      `${Arn} is pending deletion.`,
    );
  });

  test.each([{ KeySpec: "SYMMETRIC_DEFAULT" }, { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" }])(
    "%j has none, and the exception has no message",
    async (input) => {
      const core = openCore();
      const { KeyId } = await core.createKey(input);
      await expectRefusal(core.call("GetPublicKey", { KeyId }), "UnsupportedOperationException", undefined);
    },
  );
});

describe("ListKeys", () => {
  test("the pages together have every key once", async () => {
    const core = openCore();
    const made = new Set<string>();
    for (let i = 0; i < 7; i++) made.add((await core.createKey()).KeyId);
    const seen: string[] = [];
    let Marker: string | undefined;
    let pages = 0;
    do {
      const page = await core.call("ListKeys", { Limit: 3, Marker });
      expect(page.Truncated).toBe(page.NextMarker !== undefined);
      for (const { KeyId, KeyArn } of page.Keys) {
        expect(KeyArn).toBe(keyArnOf(KeyId));
        seen.push(KeyId);
      }
      Marker = page.NextMarker;
      pages++;
    } while (Marker !== undefined);
    expect(pages).toBe(3);
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(made);
  });

  test("a page that ends with the list is not truncated", async () => {
    const core = openCore();
    for (let i = 0; i < 2; i++) await core.createKey();
    expect(await core.call("ListKeys", { Limit: 2 })).toMatchObject({ Truncated: false });
  });

  test("a marker of another list, or of nobody, is refused", async () => {
    const core = openCore();
    for (let i = 0; i < 2; i++) {
      const { KeyId } = await core.createKey();
      await core.call("CreateAlias", { AliasName: `alias/${i}`, TargetKeyId: KeyId });
    }
    const { NextMarker } = await core.call("ListAliases", { Limit: 1 });
    expect(await core.call("ListAliases", { Limit: 1, Marker: NextMarker })).toMatchObject({ Truncated: false });
    for (const Marker of [NextMarker, "x", "bm90IGpzb24=", "null", "ÿÿ"]) {
      const message = "The marker is not one that this list has given.";
      await expectRefusal(core.call("ListKeys", { Marker }), "InvalidMarkerException", message);
    }
  });

  test("a marker is taken to the letter: with white space in it, it is refused", async () => {
    const core = openCore();
    for (let i = 0; i < 2; i++) await core.createKey();
    const { NextMarker } = await core.call("ListKeys", { Limit: 1 });
    for (const Marker of [`${NextMarker} `, ` ${NextMarker}`, `${NextMarker?.slice(0, 4)} ${NextMarker?.slice(4)}`]) {
      const message = "The marker is not one that this list has given.";
      await expectRefusal(core.call("ListKeys", { Marker }), "InvalidMarkerException", message);
    }
  });
});
