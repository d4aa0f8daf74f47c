import { describe, expect, test } from "vitest";
import { firstUnmet, parseClause } from "../../../src/kms/policy/conditions.ts";
import { canonicalKey, conditionContext } from "../../../src/kms/policy/context.ts";
import { operators } from "../../../src/kms/policy/operators.ts";

const ARN = "arn:aws:kms:eu-west-1:111122223333:key/abc:d";

/** Whether the operator holds for the request's values of one key (`undefined`: the key is absent). */
function holds(operator: string, policy: string | string[], given: string | string[] | undefined, more = {}): boolean {
  const clause = parseClause(operator, "aws:Tested", [policy].flat(), true);
  const entries: [string, string[]][] = given === undefined ? [] : [["aws:Tested", [given].flat()]];
  return firstUnmet([clause], conditionContext([...entries, ...Object.entries<string[]>(more)])) === undefined;
}

/** Operator, value of the policy, value of the request, and whether the positive form matches. */
const matching: [string, string, string, boolean][] = [
  ["StringEquals", "Ab", "Ab", true],
  ["StringEquals", "Ab", "ab", false],
  ["StringEquals", "A*", "Ab", false],
  ["StringEquals", "A*", "A*", true],
  ["StringEquals", "", "", true],
  ["StringEqualsIgnoreCase", "Ab", "aB", true],
  ["StringEqualsIgnoreCase", "Ab", "aBc", false],
  ["StringEqualsIgnoreCase", "a*", "ab", false],
  ["StringLike", "A*", "Abc", true],
  ["StringLike", "a*", "Abc", false],
  ["StringLike", "A?c", "Abc", true],
  ["StringLike", "A$" + "{*}", "A*", true],
  ["StringLike", "A$" + "{*}", "Ab", false],
  ["StringLike", "$" + "{?}", "?", true],
  ["StringLike", "$" + "{?}", "x", false],
  ["StringLike", "$" + "{$}{x}", "$" + "{x}", true],
  ["NumericEquals", "10", "10.0", true],
  ["NumericEquals", "10", "11", false],
  ["NumericEquals", "10", "ten", false],
  ["NumericLessThan", "10", "9.5", true],
  ["NumericLessThan", "10", "10", false],
  ["NumericLessThanEquals", "10", "10", true],
  ["NumericLessThanEquals", "10", "10.1", false],
  ["NumericGreaterThan", "-1", "0", true],
  ["NumericGreaterThan", "-1", "-1", false],
  ["NumericGreaterThanEquals", "1e3", "1000", true],
  ["NumericGreaterThanEquals", "1e3", "999", false],
  ["NumericGreaterThanEquals", "0", "", false],
  ["DateEquals", "2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00", true],
  ["DateEquals", "2026-01-02T03:04:05Z", "1767323045", true],
  ["DateEquals", "2026-01-02", "2026-01-02T00:00Z", true],
  ["DateEquals", "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", false],
  ["DateEquals", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05", false],
  ["DateLessThan", "2026-01-02T00:00:00Z", "2026-01-01T23:59:59.999Z", true],
  ["DateLessThan", "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z", false],
  ["DateLessThanEquals", "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z", true],
  ["DateLessThanEquals", "2026-01-02T00:00:00Z", "2026-01-03", false],
  ["DateGreaterThan", "2026", "2026-01-01T00:00:01Z", true],
  ["DateGreaterThan", "2026", "2026-01-01", false],
  ["DateGreaterThanEquals", "2026-03", "2026-03-01", true],
  ["DateGreaterThanEquals", "2026-03", "yesterday", false],
  ["Bool", "true", "True", true],
  ["Bool", "true", "false", false],
  ["Bool", "false", "no", false],
  ["BinaryEquals", "AAEC", "AAEC", true],
  ["BinaryEquals", "AAEC", "AAED", false],
  ["BinaryEquals", "AAEC", "not base64", false],
  ["IpAddress", "203.0.113.0/24", "203.0.113.255", true],
  ["IpAddress", "203.0.113.0/24", "203.0.114.0", false],
  ["IpAddress", "203.0.113.7", "203.0.113.7", true],
  ["IpAddress", "203.0.113.7", "203.0.113.8", false],
  ["IpAddress", "203.0.113.7", "::ffff:203.0.113.7", true],
  ["IpAddress", "203.0.113.7", "203.0.113.777", false],
  ["IpAddress", "203.0.115.9", "203.0.113.777", false],
  ["IpAddress", "0.0.0.0/0", "255.255.255.255", true],
  ["IpAddress", "0.0.0.0/0", "::1", false],
  ["IpAddress", "0.0.0.0/0", "2001:db8::1", false],
  ["IpAddress", "2001:db8::/32", "2001:DB8:1::1", true],
  ["IpAddress", "2001:db8::/32", "2001:db9::", false],
  ["IpAddress", "::/0", "1:2:3:4:5:6:7:8", true],
  ["IpAddress", "::/0", "1:2:3:4:5:6:7", false],
  ["IpAddress", "::/0", "1::2::3", false],
  ["IpAddress", "::/0", "1:2:3:4:5:6:7::8", false],
  ["IpAddress", "::/0", "1:2:3:4:5:6::8", true],
  ["IpAddress", "::1", "0:0:0:0:0:0:0:1", true],
  ["ArnEquals", ARN, ARN, true],
  ["ArnEquals", "arn:aws:kms:*:111122223333:key/*", ARN, true],
  ["ArnLike", "arn:aws:kms:eu-?est-1:*:key/abc:?", ARN, true],
  ["ArnLike", "*", ARN, true],
  ["ArnLike", "*", "no ARN", false],
  ["ArnLike", "arn:*:*:*:*:*", "arn:aws:kms", false],
  ["ArnLike", "arn:aws:*", ARN, false],
  ["ArnLike", "arn:aws:*:111122223333:key/abc:d", ARN, false],
  ["ArnLike", "arn:aws:kms:*:*:alias/*", ARN, false],
];

const opposites = new Map([
  ["StringEquals", "StringNotEquals"],
  ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
  ["StringLike", "StringNotLike"],
  ["NumericEquals", "NumericNotEquals"],
  ["DateEquals", "DateNotEquals"],
  ["IpAddress", "NotIpAddress"],
  ["ArnEquals", "ArnNotEquals"],
  ["ArnLike", "ArnNotLike"],
]);

describe("one value", () => {
  test.each(matching)("%s %s against %s is %s", (operator, policy, given, expected) => {
    expect(holds(operator, policy, given)).toBe(expected);
    const opposite = opposites.get(operator);
    if (opposite !== undefined) expect(holds(opposite, policy, given)).toBe(!expected);
  });
  test("every operator is in the table above, or is the opposite of one", () => {
    const covered = [...matching.map(([operator]) => operator), ...opposites.values()];
    expect([...operators.keys()].sort()).toEqual([...new Set(covered)].sort());
  });
});

describe("an absent key", () => {
  test.each([...operators.keys()])("%s holds only when it is negated or has IfExists", (operator) => {
    const policy = matching.find(([name]) => name === operator || opposites.get(name) === operator)?.[1] as string;
    const { negated } = operators.get(operator)!;
    expect(negated).toBe(operator.includes("Not"));
    for (const given of [undefined, []]) {
      expect(holds(operator, policy, given)).toBe(negated);
      expect(holds(`${operator}IfExists`, policy, given)).toBe(true);
      expect(holds(`ForAllValues:${operator}`, policy, given)).toBe(true);
      expect(holds(`ForAnyValue:${operator}`, policy, given)).toBe(false);
      expect(holds(`ForAnyValue:${operator}IfExists`, policy, given)).toBe(false);
    }
  });
  test("IfExists does not matter when the key is there", () => {
    expect(holds("StringEqualsIfExists", "a", "a")).toBe(true);
    expect(holds("StringEqualsIfExists", "a", "b")).toBe(false);
    expect(holds("StringNotEqualsIfExists", "a", "a")).toBe(false);
  });
});

describe("Null", () => {
  test.each([
    ["true", undefined, true],
    ["true", "x", false],
    ["false", undefined, false],
    ["False", "x", true],
  ])("%s with the value %s is %s", (policy, given, expected) => {
    expect(holds("Null", policy, given)).toBe(expected);
  });
});

describe("several values", () => {
  const table: [string, string[], string[], boolean][] = [
    ["StringEquals", ["a", "b"], ["b"], true],
    ["StringEquals", ["a", "b"], ["c"], false],
    ["StringEquals", ["a"], ["c", "a"], true],
    ["StringNotEquals", ["a", "b"], ["b"], false],
    ["StringNotEquals", ["a", "b"], ["c"], true],
    ["StringNotEquals", ["a"], ["c", "a"], false],
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "b", "a"], true],
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "c"], false],
    ["ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], true],
    ["ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], false],
    ["ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], true],
    ["ForAllValues:StringNotEquals", ["a", "b"], ["c", "a"], false],
    ["ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], true],
    ["ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], false],
    ["ForAllValues:StringLikeIfExists", ["a*"], ["ab", "ac"], true],
    ["ForAllValues:NumericLessThan", ["5"], ["1", "6"], false],
  ];
  test.each(table)("%s %j against %j is %s", (operator, policy, given, expected) => {
    expect(holds(operator, policy, given)).toBe(expected);
  });
});

describe("policy variables", () => {
  const name = "$" + "{aws:username}";
  test("stand for the request's value", () => {
    expect(holds("StringEquals", `u-${name}`, "u-ann", { "AWS:UserName": ["ann"] })).toBe(true);
    expect(holds("StringLike", `${name}/*`, "ann/x", { "aws:username": ["ann"] })).toBe(true);
    expect(holds("StringEqualsIgnoreCase", name, "ANN", { "aws:username": ["Ann"] })).toBe(true);
    expect(
      holds("ArnLike", `arn:aws:iam::1:user/${name}`, "arn:aws:iam::1:user/ann", { "aws:username": ["ann"] }),
    ).toBe(true);
    expect(
      holds("ArnLike", `arn:aws:iam::1:user/${name}`, "arn:aws:iam::1:user/bob", { "aws:username": ["ann"] }),
    ).toBe(false);
  });
  test("are taken literally", () => {
    expect(holds("StringLike", name, "anything", { "aws:username": ["*"] })).toBe(false);
    expect(holds("StringLike", name, "*", { "aws:username": ["*"] })).toBe(true);
  });
  test("match nothing without a value or with several", () => {
    expect(holds("StringLike", `${name}*`, "x")).toBe(false);
    expect(holds("StringLike", `${name}*`, "a", { "aws:username": ["a", "b"] })).toBe(false);
    expect(holds("ArnLike", `arn:aws:iam::1:user/${name}`, "arn:aws:iam::1:user/x")).toBe(false);
  });
  test("have a default value", () => {
    const withDefault = "$" + "{aws:PrincipalTag/team, 'no one'}";
    expect(holds("StringEquals", withDefault, "no one")).toBe(true);
    expect(holds("StringEquals", withDefault, "red", { "aws:PrincipalTag/Team": ["red"] })).toBe(true);
  });
  test("are plain text in policies of version 2008-10-17", () => {
    const clause = parseClause("StringEquals", "aws:Tested", [name], false);
    const context = conditionContext([
      ["aws:Tested", [name]],
      ["aws:username", ["ann"]],
    ]);
    expect(firstUnmet([clause], context)).toBeUndefined();
  });
});

describe("condition keys", () => {
  test("are not case-sensitive", () => {
    const clause = parseClause("Bool", "AWS:SecureTransport", ["true"], true);
    expect(firstUnmet([clause], conditionContext([["aws:securetransport", ["true"]]]))).toBeUndefined();
  });
  test("are case-sensitive in the names of an encryption context", () => {
    expect(canonicalKey("KMS:encryptionContext:Dept")).toBe(canonicalKey("kms:EncryptionContext:Dept"));
    expect(canonicalKey("kms:EncryptionContext:dept")).not.toBe(canonicalKey("kms:EncryptionContext:Dept"));
  });
  test("with the same name have their values joined", () => {
    const context = conditionContext([
      ["aws:TagKeys", ["a"]],
      ["AWS:tagkeys", ["b"]],
    ]);
    expect(context.get("aws:tagkeys")).toEqual(["a", "b"]);
  });
  test("all have to be met, and the first that is not is named", () => {
    const clauses = [parseClause("Bool", "aws:A", ["true"], true), parseClause("Bool", "aws:B", ["true"], true)];
    expect(firstUnmet(clauses, conditionContext([["aws:A", ["true"]]]))?.name).toBe("aws:B");
    expect(
      firstUnmet(
        clauses,
        conditionContext([
          ["aws:A", ["true"]],
          ["aws:B", ["true"]],
        ]),
      ),
    ).toBeUndefined();
  });
});
