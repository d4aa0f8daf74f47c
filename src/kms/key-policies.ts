/** GetKeyPolicy, PutKeyPolicy, ListKeyPolicies, and what makes a policy acceptable. */

import type { CallContext } from "./context.ts";
import { fail, KmsError } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { findAuthorized } from "./key-access.ts";
import { changeKey } from "./key-records.ts";
import { pageOf } from "./pagination.ts";
import { parseKeyPolicy } from "./policy/document.ts";
import { keepsControl } from "./policy/key-policy.ts";
import { InvalidPrincipalError, PolicyError } from "./policy/policy-error.ts";
import type { PolicyDocument } from "./policy/statement.ts";

/** The only policy that a key has. */
const POLICY_NAME = "default";
/** Developer guide, "Resource quotas": key policy document size. */
const MAX_POLICY_BYTES = 32_768;

/** What AWS says; which principal it is, the error's cause says. */
const INVALID_PRINCIPALS = "Policy contains a statement with one or more invalid principals.";

/**
 * Checks a policy that a caller brings for a key.
 * @throws KmsError LimitExceededException, MalformedPolicyDocumentException
 */
export function checkPolicy(context: CallContext, text: string, arn: string, bypassLockoutCheck = false): void {
  if (text.length > MAX_POLICY_BYTES) {
    fail("LimitExceededException", `The key policy is longer than ${MAX_POLICY_BYTES} bytes.`);
  }
  const document = parsed(text);
  if (bypassLockoutCheck) return;
  if (!keepsControl(document, context.caller, arn, context.conditions("kms:PutKeyPolicy"))) {
    fail(
      "MalformedPolicyDocumentException",
      "The new key policy will not allow you to update the key policy in the future.",
    );
  }
}

export async function getKeyPolicy(context: CallContext, input: OperationInput<"GetKeyPolicy">): Promise<object> {
  const key = await findAuthorized(context, input.KeyId, "kms:GetKeyPolicy", { aliases: false });
  checkName(input.PolicyName);
  return { Policy: key.policy, PolicyName: POLICY_NAME };
}

export async function putKeyPolicy(context: CallContext, input: OperationInput<"PutKeyPolicy">): Promise<void> {
  const { KeyId, PolicyName, Policy, BypassPolicyLockoutSafetyCheck = false } = input;
  const key = await findAuthorized(context, KeyId, "kms:PutKeyPolicy", { aliases: false });
  checkName(PolicyName);
  checkPolicy(context, Policy, key.arn, BypassPolicyLockoutSafetyCheck);
  await changeKey(context, key, (current) => ({ ...current, policy: Policy }));
}

export async function listKeyPolicies(context: CallContext, input: OperationInput<"ListKeyPolicies">): Promise<object> {
  const key = await findAuthorized(context, input.KeyId, "kms:ListKeyPolicies", { aliases: false });
  const rules = { scope: `ListKeyPolicies ${key.keyId}`, defaultLimit: 100, maxLimit: 1000 };
  const { items, rest } = await pageOf(input, rules, () => [{ place: POLICY_NAME, item: POLICY_NAME }]);
  return { PolicyNames: items, ...rest };
}

function checkName(name: string = POLICY_NAME): void {
  if (name !== POLICY_NAME) fail("NotFoundException", "No such policy exists");
}

function parsed(text: string): PolicyDocument {
  try {
    return parseKeyPolicy(text);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const message = error instanceof InvalidPrincipalError ? INVALID_PRINCIPALS : error.message;
    throw new KmsError("MalformedPolicyDocumentException", message, { cause: error });
  }
}
