import { describe, expect, test } from "vitest";
import { createClock } from "../../src/kms/clock.ts";
import { Identities } from "../../src/kms/identities.ts";
import { PolicyError } from "../../src/kms/policy/policy-error.ts";
import { parseCaller } from "../../src/kms/policy/principals.ts";

const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/teams/blue/SenderRole`;
const DOCUMENT = { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "kms:Encrypt", Resource: "*" } };

function open() {
  let next = 0;
  const clock = createClock(0);
  clock.freeze();
  clock.set(0);
  const random = (byteLength: number): Uint8Array => Uint8Array.from({ length: byteLength }, () => next++);
  return { clock, identities: new Identities({ account: ACCOUNT, region: "us-east-1", now: clock.now, random }) };
}

const request = { roleArn: ROLE, sessionName: "alice", durationSeconds: 3600 };

describe("AssumeRole", () => {
  test("the credentials it issues are the role session's until they expire", () => {
    const { identities, clock } = open();
    const issued = identities.assumeRole(request, {});
    expect(issued.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(issued.secretAccessKey).toHaveLength(40);
    expect(issued.expiration).toEqual(new Date(3_600_000));
    expect(issued.assumedRoleArn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/SenderRole/alice`);
    expect(issued.assumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:alice$/);
    expect(identities.callerOf(issued)).toEqual(parseCaller(issued.assumedRoleArn, ROLE));
    expect(identities.callerIdentity(issued)).toEqual({
      arn: issued.assumedRoleArn,
      account: ACCOUNT,
      userId: issued.assumedRoleId,
    });
    clock.advance({ minutes: 59, seconds: 59 });
    expect(identities.callerOf(issued).name).toBe("SenderRole");
    clock.advance({ seconds: 1 });
    expect(() => identities.callerOf(issued)).toThrow(expect.objectContaining({ name: "ExpiredTokenException" }));
  });

  test("an access key without its own session token is nobody's", () => {
    const { identities } = open();
    const { accessKeyId, sessionToken } = identities.assumeRole(request, {});
    for (const token of [undefined, "", `${sessionToken}x`]) {
      const credentials = { accessKeyId, ...(token !== undefined && { sessionToken: token }) };
      expect(() => identities.callerOf(credentials)).toThrow(
        expect.objectContaining({ name: "UnrecognizedClientException" }),
      );
    }
  });

  test("a role has one id, whatever the session", () => {
    const { identities } = open();
    const [a, b] = [identities.assumeRole(request, {}), identities.assumeRole({ ...request, sessionName: "bob" }, {})];
    expect(a.accessKeyId).not.toBe(b.accessKeyId);
    expect(b.assumedRoleId).toBe(a.assumedRoleId.replace("alice", "bob"));
  });

  test("what is not a role, and a role of another account, is refused", () => {
    const { identities } = open();
    const assume = (roleArn: string) => () => identities.assumeRole({ ...request, roleArn }, {});
    expect(assume(`arn:aws:iam::${ACCOUNT}:user/alice`)).toThrow(
      expect.objectContaining({ name: "ValidationException" }),
    );
    expect(assume("not an arn at all, really")).toThrow(expect.objectContaining({ name: "ValidationException" }));
    expect(assume("arn:aws:iam::999900001111:role/SenderRole")).toThrow(
      expect.objectContaining({ name: "AccessDeniedException" }),
    );
  });
});

describe("callers", () => {
  test("a request without credentials or with foreign ones is the account root's", () => {
    const { identities } = open();
    const root = { arn: `arn:aws:iam::${ACCOUNT}:root`, account: ACCOUNT, userId: ACCOUNT };
    expect(identities.callerIdentity({})).toEqual(root);
    expect(identities.callerIdentity({ accessKeyId: "AKIAIOSFODNN7EXAMPLE" })).toEqual(root);
  });

  test("a session has its role's policies, with or without the role's path known", () => {
    const { identities } = open();
    const plain = `arn:aws:iam::${ACCOUNT}:role/Plain`;
    identities.attachPolicy(ROLE, "p", DOCUMENT);
    identities.attachPolicy(plain, "p", JSON.stringify(DOCUMENT));
    const names = (caller: Parameters<typeof identities.policiesOf>[0]): string[] =>
      identities.policiesOf(caller).map(({ name }) => name);
    expect(names(identities.callerOf(identities.assumeRole(request, {})))).toEqual(["p"]);
    expect(names(parseCaller(`arn:aws:sts::${ACCOUNT}:assumed-role/Plain/session`))).toEqual(["p"]);
    expect(names(parseCaller(`arn:aws:sts::${ACCOUNT}:assumed-role/SenderRole/session`))).toEqual([]);
    expect(names(identities.root)).toEqual([]);
  });

  test("a policy is attached to a role or user, with a name, and must be one", () => {
    const { identities } = open();
    expect(() => identities.attachPolicy(`arn:aws:iam::${ACCOUNT}:root`, "p", DOCUMENT)).toThrow(PolicyError);
    expect(() => identities.attachPolicy("alice", "p", DOCUMENT)).toThrow(PolicyError);
    expect(() => identities.attachPolicy(ROLE, "no spaces", DOCUMENT)).toThrow(PolicyError);
    expect(() => identities.attachPolicy(ROLE, "p", {})).toThrow(PolicyError);
    expect(() => identities.attachPolicy(ROLE, "p", "not json")).toThrow(PolicyError);
    expect(identities.policiesOf(parseCaller(ROLE))).toEqual([]);
  });
});
