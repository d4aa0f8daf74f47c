import { describe, expect, test } from "vitest";
import { ACCOUNT, openCore, ROOT } from "./support/core.ts";
import { expectRefusal } from "./support/refusals.ts";

const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const policy = (...statements: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (principal: string, ...actions: string[]): object => ({
  Effect: "Allow",
  Principal: { AWS: principal },
  Action: actions,
  Resource: "*",
});

describe("a key's policy", () => {
  test("without one of the caller's it is AWS's default policy", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    const { Policy, PolicyName } = await core.call("GetKeyPolicy", { KeyId });
    expect(PolicyName).toBe("default");
    expect(JSON.parse(Policy)).toEqual({
      Version: "2012-10-17",
      Id: "key-default-1",
      Statement: [
        {
          Sid: "Enable IAM User Permissions",
          Effect: "Allow",
          Principal: { AWS: ROOT },
          Action: "kms:*",
          Resource: "*",
        },
      ],
    });
    expect(await core.call("ListKeyPolicies", { KeyId })).toEqual({ PolicyNames: ["default"], Truncated: false });
  });

  test("it is kept as the caller wrote it, and can be replaced", async () => {
    const core = openCore();
    const first = `${policy(allow(ROOT, "kms:*"))}  `;
    const { KeyId } = await core.createKey({ Policy: first });
    expect((await core.call("GetKeyPolicy", { KeyId, PolicyName: "default" })).Policy).toBe(first);
    const second = policy(allow(ROOT, "kms:*"), allow(role("R"), "kms:Encrypt"));
    expect(await core.call("PutKeyPolicy", { KeyId, Policy: second })).toBeUndefined();
    expect((await core.call("GetKeyPolicy", { KeyId })).Policy).toBe(second);
  });

  test("there is none but the one named default", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    const input = { KeyId, PolicyName: "other", Policy: policy(allow(ROOT, "kms:*")) };
    await expectRefusal(core.call("GetKeyPolicy", input), "NotFoundException", "No such policy exists");
    await expectRefusal(core.call("PutKeyPolicy", input), "NotFoundException", "No such policy exists");
  });

  const LOCKED_OUT = "The new key policy will not allow you to update the key policy in the future.";
  test("one that locks the caller out is refused, unless the caller bypasses the check", async () => {
    const core = openCore();
    const Policy = policy(allow(role("R"), "kms:*"));
    await expectRefusal(core.call("CreateKey", { Policy }), "MalformedPolicyDocumentException", LOCKED_OUT);
    const { KeyId } = await core.createKey();
    await expectRefusal(core.call("PutKeyPolicy", { KeyId, Policy }), "MalformedPolicyDocumentException", LOCKED_OUT);
    await core.call("PutKeyPolicy", { KeyId, Policy, BypassPolicyLockoutSafetyCheck: true });
    await expect(core.call("GetKeyPolicy", { KeyId })).rejects.toMatchObject({ name: "AccessDeniedException" });
    expect((await core.call("GetKeyPolicy", { KeyId }, role("R"))).Policy).toBe(Policy);
  });

  test.each([
    "not json",
    "{}",
    policy({ Effect: "Allow", Action: "kms:*", Resource: "*" }),
    policy({ Effect: "Perhaps", Principal: "*", Action: "kms:*", Resource: "*" }),
    policy(allow("nobody", "kms:*")),
  ])("%s is malformed, and no key is made with it", async (Policy) => {
    const core = openCore();
    await expect(core.call("CreateKey", { Policy })).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
    });
    expect((await core.call("ListKeys")).Keys).toEqual([]);
  });

  test("AWS's text answers a principal that is none, and the cause says which", async () => {
    const call = openCore().call("CreateKey", { Policy: policy(allow("nobody", "kms:*")) });
    await expect(call).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
      message: "Policy contains a statement with one or more invalid principals.",
      cause: { message: expect.stringContaining('"nobody" is not a principal') },
    });
  });

  test("one of more than 32 KB is refused", async () => {
    const Policy = policy(allow(ROOT, "kms:*")) + " ".repeat(32_768);
    await expect(openCore().call("CreateKey", { Policy })).rejects.toMatchObject({ name: "LimitExceededException" });
  });
});

describe("authorization", () => {
  test("roles may do what the key policy gives them, and nothing else", async () => {
    const core = openCore();
    const Policy = policy(
      allow(ROOT, "kms:*"),
      allow(role("Sender"), "kms:Encrypt"),
      allow(role("Receiver"), "kms:Decrypt"),
    );
    const { KeyId, Arn } = await core.createKey({ Policy });
    const plaintext = Uint8Array.of(1, 2, 3);
    const encrypt = (caller: string): Promise<{ CiphertextBlob: Uint8Array }> =>
      core.call("Encrypt", { KeyId, Plaintext: plaintext }, caller);
    const { CiphertextBlob } = await encrypt(role("Sender"));
    const decrypt = (caller: string): Promise<unknown> => core.call("Decrypt", { KeyId, CiphertextBlob }, caller);
    expect(await decrypt(role("Receiver"))).toMatchObject({ Plaintext: plaintext });
    const denied = (caller: string, action: string): string =>
      `User: ${caller} is not authorized to perform: ${action} on resource: ${Arn} ` +
      `because no identity-based policy allows the ${action} action`;
    await expectRefusal(decrypt(role("Sender")), "AccessDeniedException", denied(role("Sender"), "kms:Decrypt"));
    await expectRefusal(encrypt(role("Receiver")), "AccessDeniedException", denied(role("Receiver"), "kms:Encrypt"));
    const session = `arn:aws:sts::${ACCOUNT}:assumed-role/Sender/alice`;
    expect(await encrypt(session)).toHaveProperty("CiphertextBlob");
    await expectRefusal(decrypt(session), "AccessDeniedException", denied(session, "kms:Decrypt"));
  });

  test("a key policy that names the account's root lets identity policies decide", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    const describeKey = (): Promise<unknown> => core.call("DescribeKey", { KeyId }, role("R"));
    await expect(describeKey()).rejects.toMatchObject({ name: "AccessDeniedException" });
    const document = {
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "kms:DescribeKey", Resource: "*" },
    };
    core.identities.attachPolicy(role("R"), "describe", document);
    expect(await describeKey()).toHaveProperty("KeyMetadata");
    expect(core.identities.detachPolicy(role("R"), "describe")).toBe(true);
    await expect(describeKey()).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("where no key is concerned, a role needs an identity policy", async () => {
    const core = openCore();
    for (const operation of ["CreateKey", "ListKeys", "ListAliases"] as const) {
      await expect(core.call(operation, {}, role("R"))).rejects.toMatchObject({ name: "AccessDeniedException" });
    }
  });

  test.each([
    ["kms:RequestAlias", "alias/good", "alias/bad"],
    ["kms:KeySpec", undefined, undefined],
    ["aws:ResourceTag/team", undefined, undefined],
  ])("a condition on %s is tested", async (key, good, bad) => {
    const core = openCore();
    const value = { "kms:RequestAlias": "alias/good", "kms:KeySpec": "SYMMETRIC_DEFAULT", "aws:ResourceTag/team": "a" };
    const statement = {
      ...allow(role("R"), "kms:DescribeKey"),
      Condition: { StringEquals: { [key]: value[key as keyof typeof value] } },
    };
    const Policy = policy(allow(ROOT, "kms:*"), statement);
    const { KeyId } = await core.createKey({ Policy, Tags: [{ TagKey: "team", TagValue: "a" }] });
    const other = await core.createKey({
      Policy,
      KeySpec: "HMAC_256",
      KeyUsage: "GENERATE_VERIFY_MAC",
      Tags: [{ TagKey: "team", TagValue: "b" }],
    });
    await core.call("CreateAlias", { AliasName: "alias/good", TargetKeyId: KeyId });
    await core.call("CreateAlias", { AliasName: "alias/bad", TargetKeyId: KeyId });
    expect(await core.call("DescribeKey", { KeyId: good ?? KeyId }, role("R"))).toHaveProperty("KeyMetadata");
    await expect(core.call("DescribeKey", { KeyId: bad ?? other.KeyId }, role("R"))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });

  test("an alias is made by whoever may do so to the alias and to the key", async () => {
    const core = openCore();
    const Policy = policy(allow(ROOT, "kms:*"), allow(role("R"), "kms:CreateAlias"));
    const { KeyId } = await core.createKey({ Policy });
    const create = (): Promise<unknown> =>
      core.call("CreateAlias", { AliasName: "alias/a", TargetKeyId: KeyId }, role("R"));
    await expect(create()).rejects.toMatchObject({ name: "AccessDeniedException" });
    core.identities.attachPolicy(role("R"), "alias", {
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "kms:CreateAlias", Resource: "arn:aws:kms:*:*:alias/*" },
    });
    expect(await create()).toBeUndefined();
  });

  test("a refusal's cause says what would have to be there", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    await expect(core.call("DescribeKey", { KeyId }, role("R"))).rejects.toMatchObject({
      cause: { reason: "implicit-deny", missing: expect.stringContaining("leaves it to identity policies") },
    });
  });
});
