import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Denied } from "../../../src/kms/policy/authorization.ts";
import { parseKeyPolicy } from "../../../src/kms/policy/document.ts";
import { decide } from "../../../src/kms/policy/evaluate.ts";
import { defaultKeyPolicy, keepsControl } from "../../../src/kms/policy/key-policy.ts";
import { parseCaller } from "../../../src/kms/policy/principals.ts";
import {
  ACCOUNT,
  ALICE,
  ask,
  FEDERATED,
  KEY,
  OTHER,
  policyText,
  type Question,
  ROLE,
  ROOT,
  request,
  SERVICE,
  SESSION,
  STRANGER,
  STRANGER_ROOT,
  statement,
} from "./support.ts";

const allow = (Principal: unknown, more = {}): Record<string, unknown> => statement({ Principal, ...more });
const deny = (Principal: unknown, more = {}): Record<string, unknown> =>
  statement({ Effect: "Deny", Principal, ...more });
const named = (arn: string): Record<string, unknown> => allow({ AWS: arn });
const identityAllow = [statement()];

describe("a key policy and identity policies together", () => {
  const table: [string, Question, string][] = [
    ["a user whom the key policy names is allowed", { key: [named(ALICE)] }, "key-policy"],
    ["another user is not", { key: [named(`${ALICE}2`)] }, "implicit-deny"],
    ["everyone is allowed by *", { key: [allow("*")] }, "key-policy"],
    ['everyone is allowed by {"AWS": "*"}', { key: [allow({ AWS: "*" })] }, "key-policy"],
    ["naming the root allows the root", { key: [named(ROOT)], caller: ROOT }, "key-policy"],
    ["naming the root does not allow a user by itself", { key: [named(ROOT)] }, "implicit-deny"],
    [
      "naming the root lets identity policies allow",
      { key: [named(ROOT)], identity: identityAllow },
      "identity-policy",
    ],
    ["the account id means the same", { key: [named(ACCOUNT)], identity: identityAllow }, "identity-policy"],
    ["the account id allows the root", { key: [named(ACCOUNT)], caller: ROOT }, "key-policy"],
    ["the root of the account is not almighty", { key: [named(ALICE)], caller: ROOT }, "implicit-deny"],
    ["identity policies alone do not open a key", { key: [named(ROLE)], identity: identityAllow }, "implicit-deny"],
    ["a Deny in the key policy wins", { key: [named(ALICE), deny({ AWS: ALICE })] }, "explicit-deny"],
    ["a Deny that names the account reaches its users", { key: [named(ALICE), deny({ AWS: ROOT })] }, "explicit-deny"],
    ["a Deny of another account does not", { key: [named(ALICE), deny({ AWS: OTHER })] }, "key-policy"],
    [
      "a Deny in an identity policy wins over the key policy",
      { key: [named(ALICE)], identity: [statement({ Effect: "Deny" })] },
      "explicit-deny",
    ],
    ["a role is allowed by its ARN", { key: [named(ROLE)], caller: ROLE }, "key-policy"],
    ["a session is allowed by its role's name", { key: [named(ROLE)], caller: SESSION }, "key-policy"],
    ["a session is allowed by its own ARN", { key: [named(SESSION)], caller: SESSION }, "key-policy"],
    ["another session is not", { key: [named(`${SESSION}2`)], caller: SESSION }, "implicit-deny"],
    ["naming a session does not allow the role", { key: [named(SESSION)], caller: ROLE }, "implicit-deny"],
    [
      "a session with a known role is matched by path",
      { key: [named(ROLE)], caller: SESSION, roleArn: ROLE },
      "key-policy",
    ],
    [
      "a session of the same role name under another path is not",
      { key: [named(ROLE)], caller: SESSION, roleArn: `arn:aws:iam::${ACCOUNT}:role/Sender` },
      "implicit-deny",
    ],
    [
      "a session of the same role name in another account is not",
      { key: [named(ROLE)], caller: SESSION.replace(ACCOUNT, OTHER), identity: identityAllow },
      "implicit-deny",
    ],
    [
      "a session of the same role name in another partition is not",
      { key: [named(ROLE)], caller: SESSION.replace("arn:aws:", "arn:aws-cn:") },
      "implicit-deny",
    ],
    ["a federated user is allowed by its ARN", { key: [named(FEDERATED)], caller: FEDERATED }, "key-policy"],
    ["a service is allowed by its name", { key: [allow({ Service: SERVICE })], caller: SERVICE }, "key-policy"],
    ["a service is not reached by an account", { key: [named(ACCOUNT)], caller: SERVICE }, "implicit-deny"],
    [
      "providers and canonical users reach no caller",
      { key: [allow({ Federated: "cognito-identity.amazonaws.com" })] },
      "implicit-deny",
    ],
    ["a stranger needs an identity policy besides", { key: [named(STRANGER)], caller: STRANGER }, "implicit-deny"],
    [
      "a stranger with both is allowed",
      { key: [named(STRANGER)], caller: STRANGER, identity: identityAllow },
      "identity-policy",
    ],
    [
      "a stranger through its account too",
      { key: [named(OTHER)], caller: STRANGER, identity: identityAllow },
      "identity-policy",
    ],
    ["a stranger reached by * needs one as well", { key: [allow("*")], caller: STRANGER }, "implicit-deny"],
    [
      "the root of another account needs the key policy only",
      { key: [named(OTHER)], caller: STRANGER_ROOT },
      "key-policy",
    ],
    [
      "a stranger's identity policy opens nothing",
      { key: [named(ROOT)], caller: STRANGER, identity: identityAllow },
      "implicit-deny",
    ],
  ];
  test.each(table)("%s", (_, question, reason) => {
    expect(ask(question)).toMatchObject({ reason, allowed: !reason.endsWith("deny") });
  });
});

describe("an action that concerns no key", () => {
  const nothing: Question = { action: "kms:CreateKey", resource: "*" };
  test("is allowed by an identity policy", () => {
    expect(ask({ ...nothing, identity: identityAllow })).toMatchObject({ allowed: true, reason: "identity-policy" });
  });
  test("is allowed to the account root", () => {
    expect(ask({ ...nothing, caller: ROOT })).toEqual({ allowed: true, reason: "root" });
  });
  test("is refused to others, in AWS's words", () => {
    expect(ask(nothing)).toMatchObject({
      allowed: false,
      message: `User: ${ALICE} is not authorized to perform: kms:CreateKey on resource: * because no identity-based policy allows the kms:CreateKey action`,
      missing: `none is attached to ${ALICE}`,
    });
  });
});

describe("actions and resources", () => {
  const table: [string, Record<string, unknown>, string, boolean][] = [
    ["an action matches itself", { Action: "kms:Decrypt" }, KEY, true],
    ["case does not matter in an action", { Action: "KMS:decrypt" }, KEY, true],
    ["an action of a list matches", { Action: ["kms:Encrypt", "kms:Decrypt"] }, KEY, true],
    ["another action does not match", { Action: "kms:DecryptX" }, KEY, false],
    ["a prefix matches with *", { Action: "kms:Dec*" }, KEY, true],
    ["one character matches ?", { Action: "kms:D?crypt" }, KEY, true],
    ["? does not match two characters", { Action: "kms:D?rypt" }, KEY, false],
    ["NotAction covers the others", { NotAction: "kms:Encrypt" }, KEY, true],
    ["NotAction leaves out its own", { NotAction: ["kms:Encrypt", "kms:De*"] }, KEY, false],
    ["the key's ARN matches", { Resource: KEY }, KEY, true],
    ["case matters in a resource", { Resource: KEY.toUpperCase().replace("ARN:", "arn:") }, KEY, false],
    ["a pattern matches", { Resource: "arn:aws:kms:*:*:key/*" }, KEY, true],
    ["an alias pattern does not match a key", { Resource: "arn:aws:kms:*:*:alias/*" }, KEY, false],
    ["NotResource covers the others", { NotResource: "arn:aws:kms:*:*:alias/*" }, KEY, true],
    ["NotResource leaves out its own", { NotResource: KEY }, KEY, false],
    [
      "a variable in a resource is filled in",
      { Resource: `arn:aws:kms:*:*:alias/\${aws:username}` },
      `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/Alice`,
      true,
    ],
    ["a variable without a value matches nothing", { Resource: `arn:aws:kms:*:*:\${aws:nobody}*` }, KEY, false],
  ];
  test.each(table)("%s", (_, elements, resource, allowed) => {
    expect(ask({ key: [statement(elements)], resource }).allowed).toBe(allowed);
    expect(ask({ key: [named(ROOT)], identity: [statement(elements)], resource }).allowed).toBe(allowed);
  });
});

describe("NotPrincipal in a Deny", () => {
  const sparing = (...arns: string[]): Record<string, unknown>[] => [
    allow("*"),
    statement({ Effect: "Deny", NotPrincipal: { AWS: arns } }),
  ];
  const table: [string, Question, boolean][] = [
    ["spares a user listed with its account", { key: sparing(ALICE, ROOT) }, true],
    ["denies a user listed without its account", { key: sparing(ALICE) }, false],
    ["denies a user of whom only the account is listed", { key: sparing(ROOT) }, false],
    ["spares the root when the account is listed", { key: sparing(ACCOUNT), caller: ROOT }, true],
    ["spares the sessions of a role listed with its account", { key: sparing(ROLE, ROOT), caller: SESSION }, true],
    ["denies everyone else", { key: sparing(ROLE, ROOT) }, false],
    ["denies no one when everyone is listed", { key: sparing("*") }, true],
  ];
  test.each(table)("%s", (_, question, allowed) => {
    expect(ask(question).allowed).toBe(allowed);
  });
  test("spares a service by its name", () => {
    const key = [allow("*"), statement({ Effect: "Deny", NotPrincipal: { Service: SERVICE } })];
    expect(ask({ key, caller: SERVICE }).allowed).toBe(true);
    expect(ask({ key, caller: ROOT }).allowed).toBe(false);
  });
});

describe("an explanation", () => {
  const on = `is not authorized to perform: kms:Decrypt on resource: ${KEY}`;
  test("names the key policy's Deny", () => {
    expect(ask({ key: [named(ALICE), deny("*", { Sid: "Freeze" })] })).toEqual({
      allowed: false,
      reason: "explicit-deny",
      source: { kind: "key-policy", index: 1, sid: "Freeze" },
      missing: 'nothing is missing: statement "Freeze" of the key policy denies it',
      message: `User: ${ALICE} ${on} with an explicit deny in a resource-based policy`,
    });
  });
  test("names the identity policy's Deny", () => {
    expect(ask({ key: [named(ALICE)], identity: [statement({ Effect: "Deny" })] })).toEqual({
      allowed: false,
      reason: "explicit-deny",
      source: { kind: "identity-policy", policy: "attached", index: 0 },
      missing: 'nothing is missing: statement 1 of identity policy "attached" denies it',
      message: `User: ${ALICE} ${on} with an explicit deny in an identity-based policy`,
    });
  });
  test("says that the key policy neither names the caller nor its account", () => {
    expect(ask({ key: [named(ROLE)] })).toEqual({
      allowed: false,
      reason: "implicit-deny",
      missing: `no statement of the key policy allows kms:Decrypt to ${ALICE} or leaves it to its account`,
      message: `User: ${ALICE} ${on} because no resource-based policy allows the kms:Decrypt action`,
    });
  });
  test("says which statement left it to identity policies", () => {
    expect(
      ask({ key: [allow({ AWS: ROOT }, { Sid: "Delegate" })], identity: [statement({ Action: "kms:Sign" })] }),
    ).toEqual({
      allowed: false,
      reason: "implicit-deny",
      source: { kind: "key-policy", index: 0, sid: "Delegate" },
      missing: `statement "Delegate" of the key policy leaves it to identity policies; none of the 1 attached to ${ALICE} allows kms:Decrypt on ${KEY}`,
      message: `User: ${ALICE} ${on} because no identity-based policy allows the kms:Decrypt action`,
    });
  });
  test("names the condition that kept a statement from allowing, and not the request's value", () => {
    const key = [
      allow(
        { AWS: ALICE },
        { Sid: "Via", Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } } },
      ),
    ];
    const absent = ask({ key });
    expect(absent).toHaveProperty(
      "missing",
      expect.stringContaining(
        'statement "Via" of the key policy needs its condition StringEquals on kms:ViaService to hold, and the request has no such key',
      ),
    );
    const other = ask({ key, context: { "kms:ViaService": ["private.example"] } });
    expect(other).toHaveProperty("missing", expect.stringContaining("the request has another value"));
    expect(JSON.stringify(other)).not.toContain("private.example");
  });
  test("names the statement that allows", () => {
    expect(ask({ key: [named(ROLE), allow("*", { Sid: "All" })] })).toEqual({
      allowed: true,
      reason: "key-policy",
      source: { kind: "key-policy", index: 1, sid: "All" },
    });
  });
});

describe("an allowance", () => {
  const grant = { id: "grant-1", unmet: () => undefined };
  const other = { id: "grant-2", unmet: () => "does not list Decrypt" };
  test("allows what no policy allows", () => {
    expect(ask({ key: [named(ROLE)], allowances: [other, grant] })).toEqual({
      allowed: true,
      reason: "grant",
      source: { kind: "grant", id: "grant-1" },
    });
  });
  test("that does not permit the request says why not", () => {
    const { missing, ...denied } = ask({ key: [named(ROLE)], allowances: [other] }) as Denied;
    expect(denied).toMatchObject({ allowed: false, reason: "implicit-deny" });
    expect(missing).toContain("; grant grant-2 does not list Decrypt");
  });
  test("is one of many that are not all named", () => {
    const allowances = Array.from({ length: 13 }, (_, i) => ({ ...other, id: `grant-${i}` }));
    const { missing } = ask({ key: [named(ROLE)], allowances }) as Denied;
    expect(missing).toContain("grant grant-9 does not list Decrypt; nor does any other grant");
    expect(missing).not.toContain("grant-10");
  });
  test("does not stand against a Deny", () => {
    expect(ask({ key: [deny("*")], allowances: [grant] })).toMatchObject({ reason: "explicit-deny" });
  });
});

describe("the default key policy", () => {
  test("is the text that GetKeyPolicy prints", () => {
    expect(defaultKeyPolicy(ACCOUNT)).toBe(
      '{\n  "Version" : "2012-10-17",\n  "Id" : "key-default-1",\n  "Statement" : [ {\n' +
        '    "Sid" : "Enable IAM User Permissions",\n    "Effect" : "Allow",\n    "Principal" : {\n' +
        '      "AWS" : "arn:aws:iam::111122223333:root"\n    },\n    "Action" : "kms:*",\n    "Resource" : "*"\n  } ]\n}',
    );
  });
  test("allows KMS actions to the root, and to others what identity policies say", () => {
    const keyPolicy = parseKeyPolicy(defaultKeyPolicy(ACCOUNT));
    expect(decide({ ...request({ caller: ROOT }), keyPolicy }).allowed).toBe(true);
    expect(decide({ ...request({}), keyPolicy }).allowed).toBe(false);
    expect(decide({ ...request({ identity: identityAllow }), keyPolicy }).allowed).toBe(true);
    expect(decide({ ...request({ caller: ROOT, action: "s3:GetObject" }), keyPolicy }).allowed).toBe(false);
  });
});

describe("the lock-out safety check", () => {
  const table: [string, Record<string, unknown>[], boolean][] = [
    ["passes when the policy names the caller", [named(ALICE)], true],
    ["passes when the policy names the account", [named(ROOT)], true],
    ["fails when it names another", [named(ROLE)], false],
    ["fails when it names another account", [named(OTHER)], false],
    ["fails without PutKeyPolicy", [allow({ AWS: ALICE }, { Action: ["kms:Decrypt", "kms:PutKey"] })], false],
    ["passes with PutKeyPolicy alone", [allow({ AWS: ALICE }, { Action: "kms:PutKeyPolicy" })], true],
    ["fails when PutKeyPolicy is denied", [deny("*", { Action: "kms:Put*" }), named(ALICE)], false],
    ["fails on a condition that is not met", [allow("*", { Condition: { Bool: { "aws:Odd": true } } })], false],
    [
      "passes when a Deny has a condition that is not met",
      [named(ALICE), deny("*", { Condition: { Bool: { "aws:Odd": true } } })],
      true,
    ],
  ];
  test.each(table)("%s", (_, statements, kept) => {
    expect(keepsControl(parseKeyPolicy(policyText(statements)), parseCaller(ALICE), KEY)).toBe(kept);
  });
});

describe("for any policy", () => {
  const condition = fc.constantFrom(
    {},
    { Condition: { StringEquals: { "aws:username": "Alice" } } },
    { Condition: { Null: { "aws:username": false } } },
  );
  const principal = fc.constantFrom<unknown>(
    "*",
    { AWS: ROOT },
    { AWS: ALICE },
    { AWS: [ROLE, OTHER] },
    { Service: SERVICE },
  );
  const one = fc
    .record({
      Effect: fc.constantFrom("Allow", "Deny"),
      Principal: principal,
      Action: fc.constantFrom("*", "kms:*", "kms:Decrypt", "kms:Sign"),
      Resource: fc.constantFrom("*", KEY, "arn:aws:kms:*:*:alias/*"),
      more: condition,
    })
    .map(({ more, ...elements }): Record<string, unknown> => ({ ...elements, ...more }));
  const question = fc.record({
    caller: fc.constantFrom(ALICE, ROOT, ROLE, SESSION, STRANGER, STRANGER_ROOT, SERVICE),
    action: fc.constantFrom("kms:Decrypt", "kms:Sign", "kms:PutKeyPolicy"),
    key: fc.array(one, { minLength: 1, maxLength: 4 }),
    identity: fc.array(one, { minLength: 1, maxLength: 3 }),
  });

  test("a Deny more never widens it", () => {
    fc.assert(
      fc.property(question, one, fc.nat(4), (q, extra, at) => {
        const before = ask(q).allowed;
        const after = ask({ ...q, key: q.key.toSpliced(at, 0, { ...extra, Effect: "Deny" }) }).allowed;
        expect(after && !before).toBe(false);
      }),
    );
  });
  test("an Allow more never narrows it", () => {
    fc.assert(
      fc.property(question, one, fc.nat(4), (q, extra, at) => {
        const before = ask(q).allowed;
        const after = ask({ ...q, identity: q.identity.toSpliced(at, 0, { ...extra, Effect: "Allow" }) }).allowed;
        expect(before && !after).toBe(false);
      }),
    );
  });
  test("an Allow to everyone and no Deny always allows", () => {
    fc.assert(
      fc.property(question, (q) => {
        const allows = (list: Record<string, unknown>[]): Record<string, unknown>[] =>
          list.filter(({ Effect }) => Effect === "Allow");
        expect(
          ask({ ...q, key: [...allows(q.key), statement()], identity: [...allows(q.identity), statement()] }).allowed,
        ).toBe(true);
      }),
    );
  });
  test("a Deny of everything always denies", () => {
    fc.assert(
      fc.property(question, fc.nat(4), (q, at) => {
        expect(ask({ ...q, key: q.key.toSpliced(at, 0, deny("*")) })).toMatchObject({ reason: "explicit-deny" });
      }),
    );
  });
  test("the order of statements does not matter, and the answer does not change", () => {
    fc.assert(
      fc.property(question, (q) => {
        const subject = request(q);
        const first = decide(subject);
        expect(decide(subject)).toEqual(first);
        expect(ask({ ...q, key: q.key.toReversed(), identity: q.identity.toReversed() }).allowed).toBe(first.allowed);
      }),
    );
  });
});
