/** What a grant permits (developer guide, "Grants in AWS KMS"). */

import { parseArn } from "./arn.ts";
import { constraintsIn, encryptionContextOf, type Facts, isForService } from "./condition-sources.ts";
import {
  type GrantConstraints,
  type GrantRecord,
  granteeOf,
  grantIdIn,
  type Pairs,
  retiringOf,
} from "./grant-records.ts";
import type { Conditions } from "./key-access.ts";
import { KMS_SHAPES } from "./model.ts";
import type { Allowance } from "./policy/authorization.ts";
import { parsePrincipals, reaches } from "./policy/principal-element.ts";
import { type Caller, tryParseCaller } from "./policy/principals.ts";

const GRANT_OPERATIONS: readonly string[] = KMS_SHAPES.GrantOperation.enum;

/** Whether a grant can permit the action at all; most management operations are for policies alone. */
export function isGrantable(action: string): boolean {
  return GRANT_OPERATIONS.includes(operationOf(action));
}

/** A grant as the decision asks it about one request. */
export function allowanceOf(grant: GrantRecord, facts: Facts): Allowance {
  return { id: grant.grantId, unmet: () => unmetBy(grant, facts) };
}

/** A grant that is for somebody else than the caller, which needs no look at the request. */
export function allowanceOfAnother(grant: GrantRecord): Allowance {
  return { id: grant.grantId, unmet: () => isForAnother(grant) };
}

const isForAnother = (grant: GrantRecord): string => `is for ${granteeOf(grant)}`;

/** Whether a grant's grantee or retiring principal is the caller, or the role of the caller's session. */
export function isPrincipal(named: string | undefined, caller: Caller): boolean {
  if (named === undefined) return false;
  const type = tryParseCaller(named)?.kind === "service" ? "Service" : "AWS";
  return parsePrincipals({ [type]: named }, "a grant").some((element) => reaches(element, caller) === "direct");
}

/** What keeps a grant from permitting the request, to stand behind "grant <id>". */
function unmetBy(grant: GrantRecord, facts: Facts): string | undefined {
  const operation = operationOf(facts.action);
  if (operation === "RetireGrant") return unmetByRetirement(grant, facts);
  if (!isPrincipal(granteeOf(grant), facts.caller)) return isForAnother(grant);
  if (!grant.operations.includes(operation)) return `does not list ${operation}`;
  const { sourceArn } = grant.constraints;
  // "Only evaluated when the request is made by an AWS service."
  if (sourceArn !== undefined && isForService(facts) && facts.circumstances.sourceArn !== sourceArn) {
    return "is for requests of another SourceArn";
  }
  if (operation === "CreateGrant") return unmetByChild(grant, facts);
  // "The encryption context constraint is ignored for DescribeKey and RetireGrant."
  if (operation === "DescribeKey") return undefined;
  return unmetByContext(grant.constraints, encryptionContextOf(facts) ?? new Map());
}

function unmetByContext(
  { equals, subset }: GrantConstraints,
  context: ReadonlyMap<string, string>,
): string | undefined {
  const lacks = (pairs: Pairs): boolean => pairs.some(([name, value]) => context.get(name) !== value);
  if (equals !== undefined && (equals.length !== context.size || lacks(equals))) {
    return "needs another encryption context (EncryptionContextEquals)";
  }
  return subset !== undefined && lacks(subset) ? "needs more encryption context (EncryptionContextSubset)" : undefined;
}

/** A grant made by right of a grant has no more operations, and constraints at least as strict. */
function unmetByChild({ operations, constraints }: GrantRecord, { input }: Facts): string | undefined {
  const more = (input.Operations as readonly string[]).find((operation) => !operations.includes(operation));
  if (more !== undefined) return `does not list ${more}, which the new grant would`;
  const { EncryptionContextEquals, EncryptionContextSubset, SourceArn } = constraintsIn(input);
  const context = EncryptionContextEquals ?? EncryptionContextSubset ?? new Map<string, string>();
  const loosened = constraints.equals !== undefined && EncryptionContextEquals === undefined;
  if (loosened || unmetByContext(constraints, context) !== undefined) {
    return "has an encryption context constraint that is stricter than the new grant's";
  }
  if (constraints.sourceArn !== undefined && constraints.sourceArn !== SourceArn) {
    return "has a SourceArn constraint that the new grant does not have";
  }
  return undefined;
}

/** The identifier of the grant that a RetireGrant names; none has an empty one. */
export function grantToRetire({ input: { GrantId, GrantToken } }: Facts): string {
  return String(GrantId ?? grantIdIn(String(GrantToken)) ?? "");
}

/** "The grant determines who can retire it" (developer guide, "Retiring and revoking grants"). */
function unmetByRetirement(grant: GrantRecord, facts: Facts): string | undefined {
  const { caller } = facts;
  if (grantToRetire(facts) !== grant.grantId) return "is another one";
  if (isPrincipal(retiringOf(grant), caller)) return undefined;
  if (grant.operations.includes("RetireGrant") && isPrincipal(granteeOf(grant), caller)) return undefined;
  return `names ${retiringOf(grant) ?? "nobody"} as its retiring principal`;
}

/**
 * Where permission for RetireGrant is left to identity policies: the account in which the grant was made, the one that
 * owns the key, and the retiring principal's when that is an account. The key's own policy has no say in it.
 */
export function retirementPolicy(grant: GrantRecord): string {
  const retiring = retiringOf(grant);
  const accounts = [grant.issuingAccount, parseArn(grant.keyArn)?.account, ...(isAccount(retiring) ? [retiring] : [])];
  const Statement = {
    Sid: "Accounts that may retire the grant",
    Effect: "Allow",
    Principal: { AWS: accounts },
    Action: "kms:RetireGrant",
    Resource: "*",
  };
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** The condition keys of a RetireGrant: those of the grant's constraints. */
export function constraintConditions({ constraints: { equals, subset } }: GrantRecord): Conditions {
  const pairs = equals ?? subset ?? [];
  return new Map([
    ...pairs.map(([name, value]): [string, string[]] => [`kms:EncryptionContext:${name}`, [value]]),
    ["kms:EncryptionContextKeys", pairs.map(([name]) => name)],
    [
      "kms:GrantConstraintType",
      [...(equals ? ["EncryptionContextEquals"] : []), ...(subset ? ["EncryptionContextSubset"] : [])],
    ],
  ]);
}

function isAccount(principal: string | undefined): boolean {
  return principal !== undefined && (/^[0-9]{12}$/.test(principal) || tryParseCaller(principal)?.kind === "root");
}

function operationOf(action: string): string {
  return action.slice("kms:".length);
}
