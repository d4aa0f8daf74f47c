/** The authorization decision (KMS developer guide, "Troubleshooting key access"; IAM, "Policy evaluation logic"). */

import type { AuthorizationRequest, Decision, Denied } from "./authorization.ts";
import { denialMessage, NOTHING_FOR_FOREIGNERS, nameOf, sourceOf, whatIsMissing } from "./explain.ts";
import type { Caller } from "./principals.ts";
import { applies, type Statement, type Subject } from "./statement.ts";

export type { Allowance, AuthorizationRequest, Decision, IdentityPolicy } from "./authorization.ts";

/**
 * Decides one request; a pure function of it.
 *
 * A Deny that applies wins over everything. On a key, the key policy allows those whom it names itself; naming their
 * account leaves it to their identity policies, and so does naming a caller of another account than the key's; a
 * grant allows whatever the policies do not deny. Where no key is concerned, identity policies decide, and the account
 * root may do everything.
 */
export function decide(request: AuthorizationRequest): Decision {
  const { caller, resource, context, keyPolicy } = request;
  const subject: Subject = { caller, resource, context, action: inLowerCase(request.action) };
  let direct: Statement | undefined;
  let delegation: Statement | undefined;
  for (const statement of keyPolicy?.statements ?? []) {
    const reach = applies(statement, subject);
    if (reach === undefined) continue;
    if (statement.effect === "Deny") return explicitDeny(request, statement);
    if (reach === "direct") direct ??= statement;
    else delegation ??= statement;
  }

  let allowing: Statement | undefined;
  let allowingPolicy = "";
  for (const { name, document } of request.identityPolicies) {
    for (const statement of document.statements) {
      if (applies(statement, subject) === undefined) continue;
      if (statement.effect === "Deny") return explicitDeny(request, statement, name);
      if (allowing !== undefined) continue;
      allowing = statement;
      allowingPolicy = name;
    }
  }

  if (keyPolicy === undefined && caller.kind === "root") return { allowed: true, reason: "root" };
  if (direct !== undefined && decidesAlone(caller, resource)) {
    return { allowed: true, reason: "key-policy", source: sourceOf(direct) };
  }
  const opening = direct ?? delegation;
  if (allowing !== undefined && (keyPolicy === undefined || opening !== undefined)) {
    return { allowed: true, reason: "identity-policy", source: sourceOf(allowing, allowingPolicy) };
  }
  const grant = request.allowances?.find((allowance) => allowance.unmet() === undefined);
  if (grant !== undefined) return { allowed: true, reason: "grant", source: { kind: "grant", id: grant.id } };
  return implicitDeny(request, subject, opening);
}

/** The actions that were asked for, of which there are some sixty; a text that is made anew has to be hashed and compared. */
const lower = new Map<string, string>();

function inLowerCase(action: string): string {
  let known = lower.get(action);
  if (known === undefined) {
    known = action.toLowerCase();
    lower.set(action, known);
  }
  return known;
}

/** Whether being named by the key policy is enough: not for users and roles of another account than the key's. */
function decidesAlone(caller: Caller, resource: string): boolean {
  if (caller.kind === "root" || caller.kind === "service" || resource === "*") return true;
  return resource.split(":", 5)[4] === caller.accountId;
}

/** Of another account than the resource, when that has one. */
function isForeign({ caller, resource }: AuthorizationRequest): boolean {
  const account = resource.split(":", 5)[4] || caller.accountId;
  return caller.kind !== "service" && account !== caller.accountId;
}

function explicitDeny(request: AuthorizationRequest, statement: Statement, policy?: string): Denied {
  const source = sourceOf(statement, policy);
  const where = policy === undefined ? "a resource-based policy" : "an identity-based policy";
  const hidden = policy === undefined && isForeign(request);
  return {
    allowed: false,
    reason: "explicit-deny",
    source,
    missing: `nothing is missing: ${nameOf(source)} denies it`,
    message: denialMessage(request, hidden ? NOTHING_FOR_FOREIGNERS : `with an explicit deny in ${where}`),
  };
}

function implicitDeny(request: AuthorizationRequest, subject: Subject, opening: Statement | undefined): Denied {
  const kind = request.keyPolicy === undefined || opening !== undefined ? "identity" : "resource";
  const hidden = kind === "resource" && isForeign(request);
  const why = `because no ${kind}-based policy allows the ${request.action} action`;
  return {
    allowed: false,
    reason: "implicit-deny",
    ...(opening && { source: sourceOf(opening) }),
    missing: whatIsMissing(request, subject, opening),
    message: denialMessage(request, hidden ? NOTHING_FOR_FOREIGNERS : why),
  };
}
