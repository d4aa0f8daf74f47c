import { describe, expect, test } from "vitest";
import { CONDITION_KEYS, conditionsOf } from "../../src/kms/condition-keys.ts";
import type { Facts, Members } from "../../src/kms/condition-sources.ts";
import type { KeyRecord } from "../../src/kms/context.ts";
import { canonicalKey } from "../../src/kms/policy/context.ts";
import { parseCaller } from "../../src/kms/policy/principals.ts";

const USER = parseCaller("arn:aws:iam::111122223333:user/alice");
const ROLE = "arn:aws:iam::111122223333:role/Sender";

const KEY = {
  account: "111122223333",
  keySpec: "SYMMETRIC_DEFAULT",
  keyUsage: "ENCRYPT_DECRYPT",
  origin: "AWS_KMS",
  multiRegion: true,
  tags: [{ TagKey: "team", TagValue: "a" }],
} as unknown as KeyRecord;

function facts(more: Partial<Facts>): Facts {
  return {
    caller: USER,
    circumstances: {},
    operation: "DescribeKey",
    action: `kms:${more.operation ?? "DescribeKey"}`,
    input: {},
    key: undefined,
    lookups: {},
    region: "eu-west-1",
    now: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    ...more,
  };
}

const given = (key: string, more: Partial<Facts>): readonly string[] | undefined =>
  conditionsOf(facts(more)).get(canonicalKey(key));

/** What a parameter of an operation is as a condition key. */
type Parameter = [operation: string, input: Members, key: string, values: string[] | undefined];

const constraints = (given: object): Members => ({ Constraints: given });
const IT = new Map([["Dept", "IT"]]);

describe("a parameter is a condition key", () => {
  const table: Parameter[] = [
    ["CreateKey", { BypassPolicyLockoutSafetyCheck: true }, "kms:BypassPolicyLockoutSafetyCheck", ["true"]],
    ["PutKeyPolicy", {}, "kms:BypassPolicyLockoutSafetyCheck", ["false"]],
    ["CreateKey", {}, "kms:KeySpec", ["SYMMETRIC_DEFAULT"]],
    ["CreateKey", {}, "kms:KeyUsage", ["ENCRYPT_DECRYPT"]],
    ["CreateKey", { KeySpec: "RSA_2048" }, "kms:KeyUsage", undefined],
    ["CreateKey", { CustomerMasterKeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" }, "kms:KeySpec", ["RSA_2048"]],
    ["CreateKey", { KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" }, "kms:KeyUsage", ["SIGN_VERIFY"]],
    ["CreateKey", {}, "kms:KeyOrigin", ["AWS_KMS"]],
    ["CreateKey", { Origin: "EXTERNAL" }, "kms:KeyOrigin", ["EXTERNAL"]],
    ["CreateKey", {}, "kms:MultiRegion", ["false"]],
    ["CreateKey", { MultiRegion: true }, "kms:MultiRegionKeyType", ["PRIMARY"]],
    ["GenerateDataKey", { KeySpec: "AES_128" }, "kms:KeySpec", undefined],
    ["GenerateDataKey", {}, "kms:EncryptionAlgorithm", ["SYMMETRIC_DEFAULT"]],
    ["GenerateDataKeyPair", { KeyPairSpec: "RSA_2048" }, "kms:DataKeyPairSpec", ["RSA_2048"]],
    ["Encrypt", {}, "kms:EncryptionAlgorithm", ["SYMMETRIC_DEFAULT"]],
    ["Decrypt", { EncryptionAlgorithm: "RSAES_OAEP_SHA_1" }, "kms:EncryptionAlgorithm", ["RSAES_OAEP_SHA_1"]],
    ["DescribeKey", {}, "kms:EncryptionAlgorithm", undefined],
    ["Encrypt", { EncryptionContext: IT }, "kms:EncryptionContext:Dept", ["IT"]],
    ["Encrypt", { EncryptionContext: IT }, "kms:EncryptionContext:dept", undefined],
    ["Encrypt", { EncryptionContext: IT }, "kms:EncryptionContextKeys", ["Dept"]],
    ["Encrypt", { EncryptionContext: new Map() }, "kms:EncryptionContextKeys", undefined],
    ["CreateGrant", constraints({ EncryptionContextSubset: IT }), "kms:EncryptionContext:Dept", ["IT"]],
    ["CreateGrant", constraints({ EncryptionContextEquals: IT }), "kms:EncryptionContextKeys", ["Dept"]],
    [
      "CreateGrant",
      constraints({ EncryptionContextEquals: IT }),
      "kms:GrantConstraintType",
      ["EncryptionContextEquals"],
    ],
    ["CreateGrant", {}, "kms:GrantConstraintType", []],
    ["CreateGrant", constraints({ SourceArn: "arn:aws:s3:::x" }), "kms:GrantConstraintSourceArn", ["arn:aws:s3:::x"]],
    ["CreateGrant", { Operations: ["Encrypt", "Decrypt"] }, "kms:GrantOperations", ["Encrypt", "Decrypt"]],
    ["CreateGrant", { GranteePrincipal: ROLE }, "kms:GranteePrincipal", [ROLE]],
    ["ListGrants", { GranteePrincipal: ROLE }, "kms:GranteePrincipal", undefined],
    ["CreateGrant", { GranteeServicePrincipal: "a.amazonaws.com" }, "kms:GranteeServicePrincipal", ["a.amazonaws.com"]],
    ["CreateGrant", { RetiringPrincipal: ROLE }, "kms:RetiringPrincipal", [ROLE]],
    ["ListRetirableGrants", { RetiringPrincipal: ROLE }, "kms:RetiringPrincipal", undefined],
    [
      "CreateGrant",
      { RetiringServicePrincipal: "a.amazonaws.com" },
      "kms:RetiringServicePrincipal",
      ["a.amazonaws.com"],
    ],
    ["ListGrants", {}, "kms:GrantIsForAWSResource", ["false"]],
    ["DescribeKey", {}, "kms:GrantIsForAWSResource", undefined],
    ["Sign", { SigningAlgorithm: "ECDSA_SHA_256" }, "kms:SigningAlgorithm", ["ECDSA_SHA_256"]],
    ["Verify", {}, "kms:MessageType", ["RAW"]],
    ["Sign", { MessageType: "DIGEST" }, "kms:MessageType", ["DIGEST"]],
    ["GenerateMac", { MacAlgorithm: "HMAC_SHA_256" }, "kms:MacAlgorithm", ["HMAC_SHA_256"]],
    ["DeriveSharedSecret", { KeyAgreementAlgorithm: "ECDH" }, "kms:KeyAgreementAlgorithm", ["ECDH"]],
    ["Encapsulate", { EncapsulationAlgorithm: "ML_KEM" }, "kms:EncapsulationAlgorithm", ["ML_KEM"]],
    ["ScheduleKeyDeletion", {}, "kms:ScheduleKeyDeletionPendingWindowInDays", ["30"]],
    ["ScheduleKeyDeletion", { PendingWindowInDays: 7 }, "kms:ScheduleKeyDeletionPendingWindowInDays", ["7"]],
    ["EnableKeyRotation", {}, "kms:RotationPeriodInDays", ["365"]],
    ["EnableKeyRotation", { RotationPeriodInDays: 90 }, "kms:RotationPeriodInDays", ["90"]],
    [
      "GetParametersForImport",
      { WrappingAlgorithm: "RSAES_OAEP_SHA_256" },
      "kms:WrappingAlgorithm",
      ["RSAES_OAEP_SHA_256"],
    ],
    ["GetParametersForImport", { WrappingKeySpec: "RSA_4096" }, "kms:WrappingKeySpec", ["RSA_4096"]],
    ["ImportKeyMaterial", {}, "kms:ExpirationModel", ["KEY_MATERIAL_EXPIRES"]],
    ["ImportKeyMaterial", { ValidTo: new Date(0) }, "kms:ValidTo", ["1970-01-01T00:00:00.000Z"]],
    ["UpdatePrimaryRegion", { PrimaryRegion: "eu-west-1" }, "kms:PrimaryRegion", ["eu-west-1"]],
    ["ReplicateKey", { ReplicaRegion: "eu-west-1" }, "kms:ReplicaRegion", ["eu-west-1"]],
    ["TagResource", { Tags: [{ TagKey: "a", TagValue: "1" }] }, "aws:RequestTag/a", ["1"]],
    ["TagResource", { Tags: [{ TagKey: "a", TagValue: "1" }] }, "aws:TagKeys", ["a"]],
    ["UntagResource", { TagKeys: ["a", "b"] }, "aws:TagKeys", ["a", "b"]],
  ];
  test.each(table)("%s %o: %s is %o", (operation, input, key, values) => {
    expect(given(key, { operation, input })).toEqual(values);
  });

  test("by the side of a ReEncrypt that permission is asked for", () => {
    const input: Members = {
      SourceKeyId: "alias/from",
      SourceEncryptionContext: new Map([["a", "1"]]),
      SourceEncryptionAlgorithm: "RSAES_OAEP_SHA_1",
      DestinationKeyId: "arn:aws:kms:eu-west-1:111122223333:alias/to",
      DestinationEncryptionContext: new Map([["b", "2"]]),
    };
    const operation = "ReEncrypt";
    const from = conditionsOf(facts({ operation, action: "kms:ReEncryptFrom", input, key: KEY }));
    const to = conditionsOf(facts({ operation, action: "kms:ReEncryptTo", input, key: KEY }));
    const keys = ["kms:encryptioncontext:a", "kms:encryptioncontext:b", "kms:encryptionalgorithm", "kms:requestalias"];
    expect(keys.map((key) => from.get(key))).toEqual([["1"], undefined, ["RSAES_OAEP_SHA_1"], ["alias/from"]]);
    expect(keys.map((key) => to.get(key))).toEqual([undefined, ["2"], ["SYMMETRIC_DEFAULT"], ["alias/to"]]);
  });
});

describe("a property of the key is a condition key", () => {
  test.each([
    ["aws:ResourceAccount", ["111122223333"]],
    ["aws:ResourceTag/team", ["a"]],
    ["kms:KeySpec", ["SYMMETRIC_DEFAULT"]],
    ["kms:CustomerMasterKeySpec", ["SYMMETRIC_DEFAULT"]],
    ["kms:CustomerMasterKeyUsage", ["ENCRYPT_DECRYPT"]],
    ["kms:KeyUsage", ["ENCRYPT_DECRYPT"]],
    ["kms:KeyOrigin", ["AWS_KMS"]],
    ["kms:MultiRegion", ["true"]],
    ["kms:MultiRegionKeyType", ["PRIMARY"]],
    ["kms:ResourceAliases", ["alias/a", "alias/b"]],
  ])("%s is %o", (key, values) => {
    expect(given(key, { key: KEY, lookups: { aliases: ["alias/a", "alias/b"] } })).toEqual(values);
    expect(given(key, {})).toBeUndefined();
  });

  test("and none of a key that the operation has in mind only", () => {
    expect(given("kms:KeySpec", { operation: "CreateKey", input: { KeySpec: "HMAC_256" } })).toEqual(["HMAC_256"]);
  });
});

describe("a circumstance is a condition key", () => {
  const via = { viaService: "s3.eu-west-1.amazonaws.com" };
  test.each([
    ["aws:SourceIp", { sourceIp: "192.0.2.1" }, ["192.0.2.1"]],
    ["aws:SourceIp", { sourceIp: "192.0.2.1", ...via }, undefined],
    ["aws:SecureTransport", { secureTransport: false }, ["false"]],
    ["aws:UserAgent", { userAgent: "x/1" }, ["x/1"]],
    ["aws:userid", { userId: "AIDAX" }, ["AIDAX"]],
    ["aws:PrincipalTag/team", { principalTags: { team: "a" } }, ["a"]],
    ["aws:TokenIssueTime", { tokenIssueTime: 0 }, ["1970-01-01T00:00:00.000Z"]],
    ["aws:MultiFactorAuthPresent", { tokenIssueTime: 0 }, ["false"]],
    ["aws:MultiFactorAuthPresent", {}, undefined],
    ["kms:ViaService", via, ["s3.eu-west-1.amazonaws.com"]],
    ["aws:CalledVia", via, ["s3.amazonaws.com"]],
    ["aws:ViaAWSService", via, ["true"]],
    ["aws:ViaAWSService", {}, ["false"]],
    ["aws:SourceArn", { sourceArn: "arn:aws:s3:::bucket" }, ["arn:aws:s3:::bucket"]],
    ["aws:SourceAccount", { sourceArn: "arn:aws:sns:eu-west-1:444455556666:t" }, ["444455556666"]],
    ["aws:PrincipalOrgID", { conditions: { "aws:principalorgid": "o-1" } }, ["o-1"]],
  ])("%s of %o is %o", (key, circumstances, values) => {
    expect(given(key, { circumstances })).toEqual(values);
  });

  test("and so are the time, the region and the caller", () => {
    expect(given("aws:CurrentTime", {})).toEqual(["2026-01-02T03:04:05.678Z"]);
    expect(given("aws:EpochTime", {})).toEqual(["1767323045"]);
    expect(given("aws:RequestedRegion", {})).toEqual(["eu-west-1"]);
    expect(given("kms:CallerAccount", {})).toEqual(["111122223333"]);
    expect(given("aws:username", {})).toEqual(["alice"]);
  });

  test("a grant is for an AWS resource when a service makes it", () => {
    const key = "kms:GrantIsForAWSResource";
    expect(given(key, { operation: "CreateGrant", circumstances: via })).toEqual(["true"]);
    expect(given(key, { operation: "CreateGrant", caller: parseCaller("s3.amazonaws.com") })).toEqual(["true"]);
  });
});

test("what the operation says itself replaces what a row says", () => {
  const further = new Map([["kms:keyspec", ["ML_DSA_44"]]]);
  expect(conditionsOf(facts({ key: KEY }), further).get("kms:keyspec")).toEqual(["ML_DSA_44"]);
});

test("every condition key that the service authorization reference lists for KMS has a row", () => {
  const reference = [
    "aws:RequestTag/*",
    "aws:ResourceTag/*",
    "aws:TagKeys",
    "kms:BypassPolicyLockoutSafetyCheck",
    "kms:CustomerMasterKeySpec",
    "kms:CustomerMasterKeyUsage",
    "kms:DataKeyPairSpec",
    "kms:EncryptionAlgorithm",
    "kms:EncryptionContext:*",
    "kms:EncryptionContextKeys",
    "kms:ExpirationModel",
    "kms:GrantConstraintSourceArn",
    "kms:GrantConstraintType",
    "kms:GrantIsForAWSResource",
    "kms:GrantOperations",
    "kms:GranteePrincipal",
    "kms:GranteeServicePrincipal",
    "kms:KeyAgreementAlgorithm",
    "kms:KeyOrigin",
    "kms:KeySpec",
    "kms:KeyUsage",
    "kms:MacAlgorithm",
    "kms:MessageType",
    "kms:MultiRegion",
    "kms:MultiRegionKeyType",
    "kms:PrimaryRegion",
    "kms:ReEncryptOnSameKey",
    "kms:ReplicaRegion",
    "kms:RequestAlias",
    "kms:ResourceAliases",
    "kms:RetiringPrincipal",
    "kms:RetiringServicePrincipal",
    "kms:RotationPeriodInDays",
    "kms:ScheduleKeyDeletionPendingWindowInDays",
    "kms:SigningAlgorithm",
    "kms:TrailingDaysWithoutKeyUsage",
    "kms:ValidTo",
    "kms:ViaService",
    "kms:WrappingAlgorithm",
    "kms:WrappingKeySpec",
  ];
  expect(reference.filter((key) => !CONDITION_KEYS.includes(key))).toEqual([]);
});
