/** Permissions decided by the whole service: what policies see of requests, and what the explanation says of it. */

import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  EncryptCommand,
  GetKeyRotationStatusCommand,
  ListKeysCommand,
} from "@aws-sdk/client-kms";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createKms, type Kms } from "../../src/kms.ts";
import { type Core, NO_KEY, openCore, REGION, ROOT } from "./support/core.ts";
import { expectRefusal } from "./support/refusals.ts";

const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Sender`;
const STRANGER = "arn:aws:iam::444455556666:role/Stranger";
const Plaintext = Uint8Array.of(1, 2, 3);
const statement = (Action: string | string[], Condition?: object) => ({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action, Resource: "*", ...(Condition && { Condition }) },
});
const DENIED = ["AccessDeniedException", expect.stringContaining(ROLE)] as const;

describe("policies see", () => {
  let core: Core;
  let KeyId: string;
  beforeEach(async () => {
    core = openCore();
    ({ KeyId } = await core.createKey());
  });
  const permit = (action: string | string[], condition: object) =>
    core.identities.attachPolicy(ROLE, "test", statement(action, condition));
  const encrypt = (input: object = {}) => core.call("Encrypt", { KeyId, Plaintext, ...input }, ROLE);

  test("the aliases of the key", async () => {
    permit("kms:Encrypt", { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/app*" } });
    await expectRefusal(encrypt(), ...DENIED);
    await core.call("CreateAlias", { AliasName: "alias/other", TargetKeyId: KeyId });
    await expectRefusal(encrypt(), ...DENIED);
    await core.call("CreateAlias", { AliasName: "alias/app-1", TargetKeyId: KeyId });
    await expect(encrypt()).resolves.toBeDefined();
    const { KeyId: another } = await core.createKey();
    await expectRefusal(encrypt({ KeyId: another }), ...DENIED);
  });

  test("the alias in the request, and none when it names the key", async () => {
    await core.call("CreateAlias", { AliasName: "alias/app", TargetKeyId: KeyId });
    permit("kms:Encrypt", { StringEquals: { "kms:RequestAlias": "alias/app" } });
    await expect(encrypt({ KeyId: "alias/app" })).resolves.toBeDefined();
    await expect(encrypt({ KeyId: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/app` })).resolves.toBeDefined();
    await expectRefusal(encrypt(), ...DENIED);
  });

  test.each([
    ["true", true],
    ["false", false],
  ])("whether a ReEncrypt stays with one key: %s", async (wanted, same) => {
    permit(["kms:ReEncryptFrom", "kms:ReEncryptTo"], { Bool: { "kms:ReEncryptOnSameKey": wanted } });
    const { KeyId: other } = await core.createKey();
    const { CiphertextBlob } = await core.call("Encrypt", { KeyId, Plaintext });
    const move = (DestinationKeyId: string, input: object = {}) =>
      core.call("ReEncrypt", { CiphertextBlob, DestinationKeyId, ...input }, ROLE);
    for (const input of [{ SourceKeyId: KeyId }, {}]) {
      await expect(move(same ? KeyId : other, input)).resolves.toBeDefined();
      await expectRefusal(move(same ? other : KeyId, input), "AccessDeniedException", expect.any(String));
    }
  });

  test("for how long a key has not been used", async () => {
    const condition = { NumericGreaterThanEquals: { "kms:TrailingDaysWithoutKeyUsage": "30" } };
    permit("kms:DisableKey", condition);
    const disable = () => core.call("DisableKey", { KeyId }, ROLE);
    core.clock.advance({ days: 29, hours: 23 });
    await expectRefusal(disable(), ...DENIED);
    await core.call("Encrypt", { KeyId, Plaintext });
    core.clock.advance({ days: 29 });
    await expectRefusal(disable(), ...DENIED);
    core.clock.advance({ days: 1 });
    await expect(disable()).resolves.toBeUndefined();
  });

  test("the tags of the key, and of a key that is to be made", async () => {
    const tags = { Tags: [{ TagKey: "team", TagValue: "a" }] };
    permit(["kms:CreateKey", "kms:TagResource"], { StringEquals: { "aws:RequestTag/team": "a" } });
    await expectRefusal(core.call("CreateKey", {}, ROLE), ...DENIED);
    const { KeyMetadata } = await core.call("CreateKey", tags, ROLE);
    permit("kms:Encrypt", { StringEquals: { "aws:ResourceTag/team": "a" } });
    await expect(encrypt({ KeyId: KeyMetadata.KeyId })).resolves.toBeDefined();
    await expectRefusal(encrypt(), ...DENIED);
  });
});

test("the lock-out check looks at the circumstances of the request", async () => {
  const core = openCore();
  const Statement = [
    { Effect: "Allow", Principal: { AWS: ROOT }, Action: "kms:*", Resource: "*" },
    {
      Effect: "Deny",
      Principal: "*",
      Action: "kms:*",
      Resource: "*",
      Condition: { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
    },
  ];
  const input = { Policy: JSON.stringify({ Version: "2012-10-17", Statement }) };
  await expect(core.call("CreateKey", input, ROOT, { sourceIp: "192.0.2.7" })).resolves.toBeDefined();
  await expectRefusal(
    core.call("CreateKey", input, ROOT, { sourceIp: "198.51.100.1" }),
    "MalformedPolicyDocumentException",
    "The new key policy will not allow you to update the key policy in the future.",
  );
});

test("callers of another account cannot tell a key that does not name them from one that is not there", async () => {
  const core = openCore();
  const { Arn } = await core.createKey();
  const absent = Arn.replace(/[^/]+$/, NO_KEY);
  const operations = ["Encrypt", "DescribeKey", "ListGrants", "GetPublicKey"] as const;
  const grant = { GranteePrincipal: ROLE, Operations: ["Encrypt"] };
  core.identities.attachPolicy(STRANGER, "all", statement("kms:*"));
  const answer = async (operation: Parameters<Core["call"]>[0], KeyId: string, input: object) => {
    const error = await core.call(operation, { KeyId, Plaintext, ...input }, STRANGER).catch((reason) => reason);
    return [error.name, error.message.replace(KeyId, "KEY")];
  };
  for (const operation of operations) {
    expect(await answer(operation, Arn, {})).toEqual(await answer(operation, absent, {}));
  }
  expect(await answer("CreateGrant", Arn, grant)).toEqual(await answer("CreateGrant", absent, grant));
  expect(await answer("RetireGrant", Arn, { GrantId: "1" })).toEqual(
    await answer("RetireGrant", absent, { GrantId: "1" }),
  );
  expect(await answer("RevokeGrant", Arn, { GrantId: "1" })).toEqual(
    await answer("RevokeGrant", absent, { GrantId: "1" }),
  );
  expect(await answer("Encrypt", Arn, {})).toEqual([
    "AccessDeniedException",
    `User: ${STRANGER} is not authorized to perform: kms:Encrypt on resource: KEY because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
  ]);
});

describe("explain", () => {
  let kms: Kms;
  let KeyId: string;
  let arn: string;
  beforeEach(async () => {
    kms = createKms();
    const { KeyMetadata } = await kms.client().send(new CreateKeyCommand({}));
    KeyId = KeyMetadata?.KeyId as string;
    arn = KeyMetadata?.Arn as string;
  });
  afterEach(() => kms.close());
  const DEFAULT = 'statement "Enable IAM User Permissions" of the key policy';

  test("names the statement that allows", async () => {
    const input = { KeyId, Plaintext };
    expect(await kms.explain({ operation: "Encrypt", input })).toEqual({
      allowed: true,
      decisions: [
        {
          allowed: true,
          reason: "key-policy",
          source: { kind: "key-policy", index: 0, sid: "Enable IAM User Permissions" },
          principal: ROOT,
          action: "kms:Encrypt",
          resource: arn,
        },
      ],
      text: `${ROOT} may kms:Encrypt on ${arn}: by ${DEFAULT}`,
    });
    kms.attachRolePolicy(ROLE, "use", statement("kms:Encrypt"));
    expect((await kms.explain({ principal: ROLE, operation: "Encrypt", input })).text).toBe(
      `${ROLE} may kms:Encrypt on ${arn}: by statement 1 of identity policy "use"`,
    );
  });

  test("names the grant that allows, and why others do not", async () => {
    const client = kms.client();
    const { GrantId: other } = await client.send(
      new CreateGrantCommand({ KeyId, GranteePrincipal: ROLE, Operations: ["Decrypt"] }),
    );
    const input = { KeyId, Plaintext };
    const denied = await kms.explain({ principal: ROLE, operation: "Encrypt", input });
    expect(denied.allowed).toBe(false);
    expect(denied.text).toBe(
      `${ROLE} may not kms:Encrypt on ${arn}: ${DEFAULT} leaves it to identity policies; none is attached to ${ROLE}; grant ${other} does not list Encrypt`,
    );
    const grant = { KeyId, GranteePrincipal: ROLE, Operations: ["Encrypt"] } as const;
    const { GrantId } = await client.send(new CreateGrantCommand({ ...grant, Operations: [...grant.Operations] }));
    const allowed = await kms.explain({ principal: ROLE, operation: "Encrypt", input });
    expect(allowed.decisions[0]).toMatchObject({ reason: "grant", source: { kind: "grant", id: GrantId } });
  });

  test("says which condition is not met, by the circumstances", async () => {
    const viaService = "s3.us-east-1.amazonaws.com";
    kms.attachRolePolicy(ROLE, "via", statement("kms:Encrypt", { StringEquals: { "kms:ViaService": viaService } }));
    const request = { principal: ROLE, operation: "Encrypt", input: { KeyId, Plaintext } };
    expect((await kms.explain(request)).text).toContain(
      'statement 1 of identity policy "via" needs its condition StringEquals on kms:ViaService to hold, and the request has no such key',
    );
    expect(await kms.explain({ ...request, circumstances: { viaService } })).toMatchObject({ allowed: true });
  });

  test("goes through all permissions of an operation, allowed or not", async () => {
    await kms.client().send(new CreateAliasCommand({ AliasName: "alias/a", TargetKeyId: KeyId }));
    const { CiphertextBlob } = await kms.client().send(new EncryptCommand({ KeyId, Plaintext }));
    kms.attachRolePolicy(ROLE, "to", statement("kms:ReEncryptTo"));
    const input = { CiphertextBlob, DestinationKeyId: "alias/a" };
    const { allowed, decisions } = await kms.explain({ principal: ROLE, operation: "ReEncrypt", input });
    expect(allowed).toBe(false);
    expect(decisions.map(({ action, allowed }) => [action, allowed])).toEqual([
      ["kms:ReEncryptFrom", false],
      ["kms:ReEncryptTo", true],
    ]);
  });

  test("tells what is wrong beside permission", async () => {
    const { allowed, decisions, error, text } = await kms.explain({
      operation: "Encrypt",
      input: { KeyId: NO_KEY, Plaintext },
    });
    expect([allowed, decisions, error?.name]).toEqual([false, [], "NotFoundException"]);
    expect(text).toMatch(/^NotFoundException: Key .* does not exist$/);
    expect((await kms.explain({ operation: "Explode" })).error?.name).toBe("UnknownOperationException");
    expect((await kms.explain({ operation: "Encrypt" })).error?.name).toBe("ValidationException");
  });

  test("does nothing", async () => {
    const before = kms.events.list().length;
    for (const [operation, input] of [
      ["CreateKey", {}],
      ["ScheduleKeyDeletion", { KeyId }],
      ["CreateGrant", { KeyId, GranteePrincipal: ROLE, Operations: ["Encrypt"] }],
      ["CreateAlias", { AliasName: "alias/x", TargetKeyId: KeyId }],
      ["DisableKey", { KeyId }],
      ["EnableKeyRotation", { KeyId }],
      ["GenerateRandom", { NumberOfBytes: 8 }],
    ] as const) {
      expect(await kms.explain({ operation, input })).toMatchObject({ allowed: true });
    }
    const client = kms.client();
    expect((await client.send(new ListKeysCommand({}))).Keys).toHaveLength(1);
    expect(await client.send(new GetKeyRotationStatusCommand({ KeyId }))).toMatchObject({ KeyRotationEnabled: false });
    await expect(client.send(new EncryptCommand({ KeyId, Plaintext }))).resolves.toBeDefined();
    expect(kms.events.list().length).toBe(before + 3);
  });
});

test("every decision is told to whoever listens, the denied ones with what was missing", async () => {
  const lines: string[] = [];
  const kms = createKms({
    onDecision: (decision) => lines.push(decision.allowed ? decision.reason : decision.missing),
  });
  await kms.client().send(new ListKeysCommand({}));
  await expect(kms.as(ROLE).client().send(new ListKeysCommand({}))).rejects.toMatchObject({
    cause: { reason: "implicit-deny", action: "kms:ListKeys" },
  });
  expect(lines).toEqual(["root", `none is attached to ${ROLE}`]);
  await kms.close();
});
