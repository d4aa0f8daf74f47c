/** What KMS itself says about key policies: the default one, and the one that may not lock everybody out. */

import { type ConditionContext, emptyContext } from "./context.ts";
import type { Caller } from "./principals.ts";
import { applies, type PolicyDocument } from "./statement.ts";

/** The latest default policy: as one string, a million keys have it once, and it is compared at a glance. */
let latest = { account: "", partition: "", policy: "" };

/** The policy of a key that was made without one, as GetKeyPolicy prints it. */
export function defaultKeyPolicy(account: string, partition = "aws"): string {
  if (latest.account !== account || latest.partition !== partition) {
    latest = { account, partition, policy: policyOf(account, partition) };
  }
  return latest.policy;
}

function policyOf(account: string, partition: string): string {
  return `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:${partition}:iam::${account}:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`;
}

/**
 * The lock-out safety check of CreateKey and PutKeyPolicy: whether the caller could call PutKeyPolicy once this policy
 * is in force, named by it or through its account. A statement with another Resource than `*` counts only when
 * `resource` is the key's ARN.
 */
export function keepsControl(
  document: PolicyDocument,
  caller: Caller,
  resource = "*",
  context: ConditionContext = emptyContext,
): boolean {
  const subject = { caller, action: "kms:putkeypolicy", resource, context };
  const applying = document.statements.filter((statement) => applies(statement, subject) !== undefined);
  return applying.length > 0 && applying.every(({ effect }) => effect === "Allow");
}
