import { beforeEach, describe, expect, test } from "vitest";
import { type Core, NO_KEY, openCore, REGION, ROOT } from "./support/core.ts";
import { DRY_RUN, expectRefusal } from "./support/refusals.ts";

const ACCOUNT = "111122223333";
const OTHER = "444455556666";
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;
const BOB = `arn:aws:iam::${ACCOUNT}:user/bob`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Sender`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/Sender/morning`;
const STRANGER = `arn:aws:iam::${OTHER}:user/sam`;
const SERVICE = "dynamodb.amazonaws.com";
const TABLE = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/t`;
const Plaintext = Uint8Array.of(1, 2, 3);
const IT = { Dept: "IT" };

let core: Core;
let KeyId: string;
let keyArn: string;

beforeEach(async () => {
  core = openCore();
  ({ KeyId, Arn: keyArn } = await core.createKey());
});

const grant = (input: object = {}, caller = ROOT) =>
  core.call("CreateGrant", { KeyId, GranteePrincipal: ALICE, Operations: ["Encrypt"], ...input }, caller);
const encrypt = (caller: string, input: object = {}) => core.call("Encrypt", { KeyId, Plaintext, ...input }, caller);
const denied = (caller: string, action: string): string =>
  `User: ${caller} is not authorized to perform: kms:${action} on resource: ${keyArn} because no identity-based policy allows the kms:${action} action`;
const listed = async (input: object = {}) => (await core.call("ListGrants", { KeyId, ...input })).Grants;

describe("a grant", () => {
  test("permits its operations to its grantee, and to nobody else", async () => {
    await expectRefusal(encrypt(ALICE), "AccessDeniedException", denied(ALICE, "Encrypt"));
    await grant();
    await expect(encrypt(ALICE)).resolves.toMatchObject({ KeyId: keyArn });
    await expectRefusal(encrypt(BOB), "AccessDeniedException", denied(BOB, "Encrypt"));
    const CiphertextBlob = (await encrypt(ALICE)).CiphertextBlob;
    await expectRefusal(
      core.call("Decrypt", { KeyId, CiphertextBlob }, ALICE),
      "AccessDeniedException",
      denied(ALICE, "Decrypt"),
    );
  });

  test("is for its own key only", async () => {
    await grant();
    const other = await core.createKey();
    const answer = encrypt(ALICE, { KeyId: other.KeyId });
    await expectRefusal(answer, "AccessDeniedException", denied(ALICE, "Encrypt").replace(keyArn, other.Arn));
  });

  test("to a role permits the role's sessions", async () => {
    await grant({ GranteePrincipal: ROLE });
    await expect(encrypt(SESSION)).resolves.toBeDefined();
    await expectRefusal(encrypt(SESSION.replace("Sender", "Other")), "AccessDeniedException", expect.any(String));
  });

  test("permits a principal of another account, without a policy there", async () => {
    await grant({ GranteePrincipal: STRANGER });
    await expect(encrypt(STRANGER, { KeyId: keyArn })).resolves.toBeDefined();
  });

  test("does not stand against a Deny of the key policy, nor of an identity policy", async () => {
    await grant();
    const deny = { Effect: "Deny", Action: "kms:Encrypt", Resource: "*" };
    core.identities.attachPolicy(ALICE, "deny", { Version: "2012-10-17", Statement: deny });
    await expectRefusal(encrypt(ALICE), "AccessDeniedException", expect.stringContaining("explicit deny"));
    core.identities.detachPolicy(ALICE, "deny");
    const { Policy } = await core.call("GetKeyPolicy", { KeyId });
    const policy = JSON.parse(Policy);
    policy.Statement.push({ ...deny, Principal: { AWS: ALICE } });
    await core.call("PutKeyPolicy", { KeyId, Policy: JSON.stringify(policy) });
    await expectRefusal(encrypt(ALICE), "AccessDeniedException", expect.stringContaining("explicit deny"));
  });

  test("does not permit what only policies can", async () => {
    await grant({ Operations: ["DescribeKey"] });
    await expect(core.call("DescribeKey", { KeyId }, ALICE)).resolves.toBeDefined();
    const answer = core.call("ListGrants", { KeyId }, ALICE);
    await expectRefusal(answer, "AccessDeniedException", denied(ALICE, "ListGrants"));
  });

  test("ends with its key", async () => {
    const { GrantToken } = await grant();
    await core.call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    core.clock.advance({ days: 7 });
    await expectRefusal(encrypt(ROOT), "NotFoundException", `Key '${keyArn}' does not exist`);
    expect(await core.store.list("grants", { prefix: "" })).toEqual([]);
    const answer = core.call("RetireGrant", { GrantToken });
    await expectRefusal(answer, "InvalidGrantTokenException", "The grant token is not valid.");
  });
});

describe("the constraint", () => {
  type Case = [constraint: string, context: Record<string, string> | undefined, permitted: boolean];
  const table: Case[] = [
    ["EncryptionContextEquals", IT, true],
    ["EncryptionContextEquals", { ...IT, More: "x" }, false],
    ["EncryptionContextEquals", { dept: "IT" }, false],
    ["EncryptionContextEquals", { Dept: "it" }, false],
    ["EncryptionContextEquals", undefined, false],
    ["EncryptionContextSubset", IT, true],
    ["EncryptionContextSubset", { ...IT, More: "x" }, true],
    ["EncryptionContextSubset", { More: "x" }, false],
    ["EncryptionContextSubset", undefined, false],
  ];
  test.each(table)("%s of Dept=IT with the context %o: %s", async (constraint, EncryptionContext, permitted) => {
    await grant({ Constraints: { [constraint]: IT }, Operations: ["Encrypt", "DescribeKey"] });
    const answer = encrypt(ALICE, { EncryptionContext });
    if (permitted) await expect(answer).resolves.toBeDefined();
    else await expectRefusal(answer, "AccessDeniedException", denied(ALICE, "Encrypt"));
    await expect(core.call("DescribeKey", { KeyId }, ALICE)).resolves.toBeDefined();
  });

  test("is tested against each side of a ReEncrypt by itself", async () => {
    const Constraints = { EncryptionContextEquals: IT };
    await grant({ Operations: ["ReEncryptFrom"], Constraints });
    await grant({ Operations: ["ReEncryptTo"], Constraints: { EncryptionContextEquals: { Dept: "HR" } } });
    const { CiphertextBlob } = await encrypt(ROOT, { EncryptionContext: IT });
    const input = { CiphertextBlob, SourceEncryptionContext: IT, DestinationKeyId: KeyId };
    const move = (Dept: string) => core.call("ReEncrypt", { ...input, DestinationEncryptionContext: { Dept } }, ALICE);
    await expect(move("HR")).resolves.toBeDefined();
    await expectRefusal(move("IT"), "AccessDeniedException", denied(ALICE, "ReEncryptTo"));
  });

  test("SourceArn holds a service to the resource that it works for", async () => {
    const principals = { GranteePrincipal: undefined, GranteeServicePrincipal: SERVICE, RetiringPrincipal: ROLE };
    await grant({ ...principals, Constraints: { SourceArn: TABLE } });
    const call = (sourceArn: string) => core.call("Encrypt", { KeyId: keyArn, Plaintext }, SERVICE, { sourceArn });
    await expect(call(TABLE)).resolves.toBeDefined();
    await expectRefusal(call(`${TABLE}2`), "AccessDeniedException", expect.stringContaining(SERVICE));
  });
});

describe("a grant made by right of a grant", () => {
  const parent = { Operations: ["CreateGrant", "Decrypt", "Encrypt"], Constraints: { EncryptionContextSubset: IT } };
  const child = (input: object) => grant({ GranteePrincipal: BOB, ...input }, ALICE);

  test("has no more operations than its parent", async () => {
    await grant(parent);
    const Constraints = { EncryptionContextEquals: IT };
    await expect(child({ Operations: ["Decrypt", "CreateGrant"], Constraints })).resolves.toBeDefined();
    const more = child({ Operations: ["Decrypt", "GenerateDataKey"], Constraints });
    await expectRefusal(more, "AccessDeniedException", denied(ALICE, "CreateGrant"));
  });

  test.each([
    ["the same", { EncryptionContextSubset: IT }, true],
    ["more pairs", { EncryptionContextSubset: { ...IT, More: "x" } }, true],
    ["an exact context", { EncryptionContextEquals: IT }, true],
    ["another value", { EncryptionContextSubset: { Dept: "HR" } }, false],
    ["fewer pairs", { EncryptionContextSubset: {} }, false],
    ["none", undefined, false],
  ])("may have as its constraint %s than its parent: %o %s", async (_, Constraints, permitted) => {
    await grant(parent);
    const answer = child({ Constraints });
    if (permitted) await expect(answer).resolves.toBeDefined();
    else await expectRefusal(answer, "AccessDeniedException", denied(ALICE, "CreateGrant"));
  });

  test("does not turn an exact constraint into a partial one", async () => {
    await grant({ ...parent, Constraints: { EncryptionContextEquals: IT } });
    const answer = child({ Constraints: { EncryptionContextSubset: IT } });
    await expectRefusal(answer, "AccessDeniedException", denied(ALICE, "CreateGrant"));
  });
});

describe("CreateGrant", () => {
  test("with a name gives the same grant for the same parameters, and a new token", async () => {
    const first = await grant({ Name: "retry", Operations: ["Encrypt", "Decrypt"] });
    const again = await grant({ Name: "retry", Operations: ["Decrypt", "Encrypt"] });
    expect(again.GrantId).toBe(first.GrantId);
    expect(again.GrantToken).not.toBe(first.GrantToken);
    const other = await grant({ Name: "retry", Operations: ["Decrypt"] });
    expect(other.GrantId).not.toBe(first.GrantId);
    expect(await listed()).toHaveLength(2);
  });

  test("without a name makes a grant each time", async () => {
    await grant();
    await grant();
    expect(await listed()).toHaveLength(2);
  });

  test.each([
    ["a principal that is none", { GranteePrincipal: "nobody" }, "InvalidArnException"],
    ["no grantee", { GranteePrincipal: undefined }, "ValidationException"],
    ["two grantees", { GranteeServicePrincipal: SERVICE }, "ValidationException"],
    [
      "a service without SourceArn",
      { GranteePrincipal: undefined, GranteeServicePrincipal: SERVICE },
      "ValidationException",
    ],
    ["no operation", { Operations: [] }, "ValidationException"],
    ["an operation that the key does not have", { Operations: ["Encrypt", "Sign"] }, "ValidationException"],
    [
      "both constraints",
      { Constraints: { EncryptionContextEquals: IT, EncryptionContextSubset: IT } },
      "ValidationException",
    ],
    ["a long value", { Constraints: { EncryptionContextEquals: { a: "x".repeat(385) } } }, "ValidationException"],
    ["an unknown key", { KeyId: NO_KEY }, "NotFoundException"],
    ["an alias", { KeyId: "alias/a" }, "InvalidArnException"],
    ["a dry run", { DryRun: true }, "DryRunOperationException"],
  ] as const)("refuses %s", async (_, input, name) => {
    await expectRefusal(grant(input), name, expect.any(String));
    expect(await listed()).toEqual([]);
  });

  test("knows which operations a key has, and where there is an encryption context", async () => {
    const { KeyId: signing } = await core.createKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
    const on = (input: object) => grant({ KeyId: signing, ...input });
    await expect(on({ Operations: ["Sign", "Verify", "GetPublicKey", "DescribeKey"] })).resolves.toBeDefined();
    await expectRefusal(on({}), "ValidationException", expect.stringContaining("Encrypt"));
    const constrained = on({ Operations: ["Sign"], Constraints: { EncryptionContextEquals: IT } });
    await expectRefusal(constrained, "ValidationException", expect.stringContaining("symmetric"));
  });

  test("needs an enabled key", async () => {
    await core.call("DisableKey", { KeyId });
    await expectRefusal(grant(), "DisabledException", `${keyArn} is disabled.`);
  });

  test("can be limited by the condition keys of grants", async () => {
    core.identities.attachPolicy(ROLE, "granter", {
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Action: "kms:CreateGrant",
        Resource: "*",
        Condition: {
          StringEquals: { "kms:GranteePrincipal": ALICE, "kms:GrantConstraintType": "EncryptionContextSubset" },
          "ForAllValues:StringEquals": { "kms:GrantOperations": ["Encrypt", "Decrypt"] },
        },
      },
    });
    const Constraints = { EncryptionContextSubset: IT };
    await expect(grant({ Constraints }, ROLE)).resolves.toBeDefined();
    for (const input of [
      {},
      { Constraints, GranteePrincipal: BOB },
      { Constraints, Operations: ["GenerateDataKey"] },
    ]) {
      await expectRefusal(grant(input, ROLE), "AccessDeniedException", denied(ROLE, "CreateGrant"));
    }
  });
});

describe("ListGrants", () => {
  test("shows grants as AWS does", async () => {
    const { GrantId } = await grant({ RetiringPrincipal: ROLE, Constraints: { EncryptionContextEquals: IT } });
    expect(await listed()).toEqual([
      {
        KeyId: keyArn,
        GrantId,
        Name: "",
        CreationDate: new Date(core.clock.now()),
        GranteePrincipal: ALICE,
        RetiringPrincipal: ROLE,
        IssuingAccount: ROOT,
        Operations: ["Encrypt"],
        Constraints: { EncryptionContextEquals: IT },
      },
    ]);
    expect(GrantId).toMatch(/^[0-9a-f]{64}$/);
  });

  test("finds by grant and by grantee, in pages", async () => {
    const ids: string[] = [];
    for (const GranteePrincipal of [ALICE, BOB, ALICE]) ids.push((await grant({ GranteePrincipal })).GrantId);
    expect(await listed({ GrantId: ids[1] })).toMatchObject([{ GrantId: ids[1], GranteePrincipal: BOB }]);
    expect(await listed({ GranteePrincipal: ALICE })).toHaveLength(2);
    expect(await listed({ GrantId: "0" })).toEqual([]);
    const first = await core.call("ListGrants", { KeyId, Limit: 2 });
    const rest = await core.call("ListGrants", { KeyId, Limit: 2, Marker: first.NextMarker });
    expect([...first.Grants, ...rest.Grants].map(({ GrantId }) => GrantId).sort()).toEqual(ids.sort());
    expect(rest).toMatchObject({ Truncated: false });
  });
});

describe("ListRetirableGrants", () => {
  const retirable = (RetiringPrincipal: string, caller = ROOT) =>
    core.call("ListRetirableGrants", { RetiringPrincipal, Limit: 1 }, caller);

  test("finds by retiring principal across keys", async () => {
    await grant({ RetiringPrincipal: ROLE });
    await grant({ RetiringPrincipal: BOB });
    expect(await retirable(ROLE)).toMatchObject({ Grants: [{ RetiringPrincipal: ROLE }], Truncated: false });
    expect((await retirable(ALICE)).Grants).toEqual([]);
  });

  test("asks for permission on the principal", async () => {
    const answer = retirable(ROLE, ALICE);
    await expectRefusal(
      answer,
      "AccessDeniedException",
      expect.stringContaining(`kms:ListRetirableGrants on resource: ${ROLE}`),
    );
  });

  test("shows another account the grants that its own principals can retire, and no others", async () => {
    await grant({ RetiringPrincipal: ROLE });
    await grant({ RetiringPrincipal: STRANGER });
    const foreign = `arn:aws:iam::${OTHER}:root`;
    expect((await retirable(ROLE, foreign)).Grants).toEqual([]);
    expect((await retirable(STRANGER, foreign)).Grants).toHaveLength(1);
  });
});

describe("RetireGrant", () => {
  const retire = (input: object, caller: string) => core.call("RetireGrant", input, caller);
  const Operations = ["Encrypt", "RetireGrant"];

  test.each([
    ["the retiring principal", { RetiringPrincipal: BOB }, BOB, true],
    ["a session of the retiring role", { RetiringPrincipal: ROLE }, SESSION, true],
    ["a retiring principal of another account", { RetiringPrincipal: STRANGER }, STRANGER, true],
    ["the grantee of a grant with RetireGrant", { Operations }, ALICE, true],
    ["the grantee of another grant", {}, ALICE, false],
    ["the root of the account", {}, ROOT, true],
    ["the root of another account", {}, `arn:aws:iam::${OTHER}:root`, false],
    ["anybody else", { RetiringPrincipal: ROLE, Operations }, BOB, false],
  ])("%s can do it: %o %s %s", async (_, input, caller, permitted) => {
    const { GrantId, GrantToken } = await grant(input);
    for (const named of [{ KeyId: keyArn, GrantId }, { GrantToken }]) {
      if (permitted)
        await expectRefusal(retire({ ...named, DryRun: true }, caller), "DryRunOperationException", DRY_RUN);
      else
        await expectRefusal(retire(named, caller), "AccessDeniedException", expect.stringContaining("kms:RetireGrant"));
    }
    if (permitted) await retire({ GrantToken }, caller);
    expect(await listed()).toHaveLength(permitted ? 0 : 1);
  });

  test("a grantee's RetireGrant is good for its own grant only", async () => {
    await grant({ Operations });
    const { GrantToken } = await grant({ GranteePrincipal: BOB });
    const answer = retire({ GrantToken }, ALICE);
    await expectRefusal(answer, "AccessDeniedException", expect.stringContaining("kms:RetireGrant"));
  });

  test("an identity policy can delegate it within the account, or deny it, and a key policy cannot", async () => {
    const { GrantId } = await grant({ RetiringPrincipal: BOB });
    const policy = (Effect: string) => ({
      Version: "2012-10-17",
      Statement: {
        Effect,
        Action: "kms:RetireGrant",
        Resource: "*",
        Condition: { Null: { "kms:EncryptionContextKeys": "true" } },
      },
    });
    core.identities.attachPolicy(BOB, "deny", policy("Deny"));
    await expectRefusal(
      retire({ KeyId, GrantId }, BOB),
      "AccessDeniedException",
      expect.stringContaining("explicit deny"),
    );
    const allow = { Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" };
    await core.call("PutKeyPolicy", { KeyId, Policy: JSON.stringify({ Version: "2012-10-17", Statement: allow }) });
    await expectRefusal(retire({ KeyId, GrantId }, ALICE), "AccessDeniedException", expect.any(String));
    core.identities.attachPolicy(ALICE, "allow", policy("Allow"));
    await retire({ KeyId, GrantId }, ALICE);
    expect(await listed()).toEqual([]);
  });

  test.each([
    ["neither", {}],
    ["only a key", { KeyId: NO_KEY }],
    ["both", { KeyId: NO_KEY, GrantId: "1", GrantToken: "1" }],
  ])("wants a token, or a key and a grant: %s", async (_, input) => {
    await expectRefusal(
      retire(input, ROOT),
      "ValidationException",
      "Specify a GrantToken, or both a KeyId and a GrantId.",
    );
  });

  test("knows no other grant", async () => {
    await expectRefusal(retire({ KeyId, GrantId: "1" }, ROOT), "NotFoundException", "Grant ID 1 not found");
  });
});

describe("RevokeGrant", () => {
  test("ends the permission at once", async () => {
    const { GrantId } = await grant();
    await encrypt(ALICE);
    await expectRefusal(
      core.call("RevokeGrant", { KeyId, GrantId, DryRun: true }),
      "DryRunOperationException",
      DRY_RUN,
    );
    expect(await core.call("RevokeGrant", { KeyId, GrantId })).toBeUndefined();
    await expectRefusal(encrypt(ALICE), "AccessDeniedException", denied(ALICE, "Encrypt"));
    await expectRefusal(
      core.call("RevokeGrant", { KeyId, GrantId }),
      "NotFoundException",
      `Grant ID ${GrantId} not found`,
    );
  });

  test("is for policies to permit, not for the grant", async () => {
    const { GrantId } = await grant({ Operations: ["Encrypt", "RetireGrant"] });
    const answer = core.call("RevokeGrant", { KeyId, GrantId }, ALICE);
    await expectRefusal(answer, "AccessDeniedException", denied(ALICE, "RevokeGrant"));
  });
});

describe("a grant token", () => {
  const REFUSAL = "A grant token in the request is not valid.";

  test("is taken by operations while its grant lasts", async () => {
    const { GrantToken, GrantId } = await grant();
    await expect(encrypt(ALICE, { GrantTokens: [GrantToken] })).resolves.toBeDefined();
    await core.call("RevokeGrant", { KeyId, GrantId });
    await expectRefusal(encrypt(ROOT, { GrantTokens: [GrantToken] }), "InvalidGrantTokenException", REFUSAL);
  });

  test("gives nobody else the permission", async () => {
    const { GrantToken } = await grant();
    const answer = encrypt(BOB, { GrantTokens: [GrantToken] });
    await expectRefusal(answer, "AccessDeniedException", denied(BOB, "Encrypt"));
  });

  test("cannot be made from a grant's identifier", async () => {
    const { GrantToken, GrantId } = await grant();
    const [key, id, secret, nonce] = JSON.parse(atob(GrantToken));
    expect(id).toBe(GrantId);
    for (const content of [[key, id, "", nonce], [key, id, nonce, secret], [key, id], "x", { id }]) {
      const forged = btoa(JSON.stringify(content));
      await expectRefusal(encrypt(ROOT, { GrantTokens: [forged] }), "InvalidGrantTokenException", REFUSAL);
    }
    await expectRefusal(encrypt(ROOT, { GrantTokens: ["?"] }), "InvalidGrantTokenException", REFUSAL);
  });
});
