import { describe, expect, test } from "vitest";
import { PolicyError } from "../../../src/kms/policy/policy-error.ts";
import { callerKeys, parseCaller } from "../../../src/kms/policy/principals.ts";
import { ACCOUNT, ALICE, FEDERATED, OTHER, ROLE, ROOT, SERVICE, SESSION } from "./support.ts";

describe("a caller", () => {
  test.each([
    [ROOT, "root", ""],
    [ALICE, "user", "Alice"],
    [ALICE.replace("user/", "user/a/b/"), "user", "Alice"],
    [ROLE, "role", "Sender"],
    [SESSION, "assumed-role", "Sender"],
    [FEDERATED, "federated-user", "Fred"],
  ])("%s is a %s", (arn, kind, name) => {
    expect(parseCaller(arn)).toEqual({ arn, kind, name, accountId: ACCOUNT, partition: "aws" });
  });
  test("may be an AWS service, which has no account", () => {
    expect(parseCaller(SERVICE)).toMatchObject({ kind: "service", accountId: "" });
  });
  test.each([
    "",
    "*",
    ACCOUNT,
    "arn:aws:iam::1:root",
    `${ROOT}/x`,
    `arn:aws:sts::${ACCOUNT}:assumed-role/A/*`,
    `${ROLE}\n`,
  ])("is refused as %j", (arn) => {
    expect(() => parseCaller(arn)).toThrow(PolicyError);
  });
  test("who has assumed a role may say which, path and all", () => {
    expect(parseCaller(SESSION, ROLE).roleArn).toBe(ROLE);
  });
  test.each([
    [SESSION, ROLE.replace(ACCOUNT, OTHER)],
    [SESSION, `${ROLE}2`],
    [SESSION, ALICE],
    [SESSION, "x"],
    [ALICE, ROLE],
  ])("%s cannot have the role %s", (arn, role) => {
    expect(() => parseCaller(arn, role)).toThrow("is not the role of");
  });
});

describe("the condition keys of a caller", () => {
  const keys = (arn: string, role?: string): Record<string, string[]> =>
    Object.fromEntries(callerKeys(parseCaller(arn, role)));
  test("of a session name its role", () => {
    expect(keys(SESSION, ROLE)["aws:PrincipalArn"]).toEqual([ROLE]);
    expect(keys(SESSION)["aws:PrincipalArn"]).toEqual([`arn:aws:iam::${ACCOUNT}:role/Sender`]);
  });
  test("of a user have its name and account", () => {
    expect(keys(ALICE)).toEqual({
      "aws:PrincipalArn": [ALICE],
      "aws:PrincipalAccount": [ACCOUNT],
      "aws:PrincipalType": ["User"],
      "aws:PrincipalIsAWSService": ["false"],
      "aws:username": ["Alice"],
      "kms:CallerAccount": [ACCOUNT],
    });
  });
  test("of a service have no account", () => {
    expect(keys(SERVICE)).toEqual({ "aws:PrincipalIsAWSService": ["true"], "aws:PrincipalServiceName": [SERVICE] });
  });
});
