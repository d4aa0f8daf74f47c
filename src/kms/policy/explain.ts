/** The words of a decision. */

import type { AuthorizationRequest, Source } from "./authorization.ts";
import { type Clause, firstUnmet } from "./conditions.ts";
import { concerns, type Statement, type Subject } from "./statement.ts";

/** `policy`: the name of an identity policy; without it the statement is the key policy's. */
export function sourceOf({ index, sid }: Statement, policy?: string): Exclude<Source, { kind: "grant" }> {
  if (policy === undefined)
    return sid === undefined ? { kind: "key-policy", index } : { kind: "key-policy", index, sid };
  const kind = "identity-policy";
  return sid === undefined ? { kind, policy, index } : { kind, policy, index, sid };
}

/** Such as `statement "Allow use" of the key policy`. */
export function nameOf(source: Exclude<Source, { kind: "grant" }>): string {
  const statement = source.sid === undefined ? `statement ${source.index + 1}` : `statement "${source.sid}"`;
  return `${statement} of ${source.kind === "key-policy" ? "the key policy" : `identity policy "${source.policy}"`}`;
}

/**
 * AWS's reason for callers of another account than the key's, whom it does not tell whether the key exists: one text for
 * a key that is not there, for one whose policy does not name them, and for one whose policy denies them.
 */
export const NOTHING_FOR_FOREIGNERS: string =
  "because the resource does not exist in this Region, no resource-based policies allow access, " +
  "or a resource-based policy explicitly denies access";

/** AWS's text of AccessDeniedException. */
export function denialMessage({ caller, action, resource }: Asked, why: string): string {
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}

type Asked = Pick<AuthorizationRequest, "caller" | "action" | "resource">;

/** Why nothing allowed the request. `opening`: the statement that left the decision to identity policies. */
export function whatIsMissing(request: AuthorizationRequest, subject: Subject, opening: Statement | undefined): string {
  const { caller, action, resource, keyPolicy } = request;
  const parts: string[] = [];
  if (keyPolicy !== undefined && opening === undefined) {
    parts.push(`no statement of the key policy allows ${action} to ${caller.arn} or leaves it to its account`);
  } else {
    if (opening !== undefined) parts.push(`${nameOf(sourceOf(opening))} leaves it to identity policies`);
    const count = request.identityPolicies.length;
    const attached = count === 0 ? "none is attached to" : `none of the ${count} attached to`;
    parts.push(`${attached} ${caller.arn}${count === 0 ? "" : ` allows ${action} on ${resource}`}`);
  }
  return [...parts, ...nearMisses(request, subject), ...grantMisses(request)].join("; ");
}

/** So many grants are named one by one. */
export const MAX_NAMED_GRANTS: number = 10;

/** How many there are beyond those is not said, so that nobody has to read them all. */
function grantMisses({ allowances = [] }: AuthorizationRequest): string[] {
  const named = allowances.slice(0, MAX_NAMED_GRANTS).map(({ id, unmet }) => `grant ${id} ${unmet()}`);
  return allowances.length > named.length ? [...named, "nor does any other grant"] : named;
}

/** The statements that would allow the request but for a condition, in the order of evaluation. */
function nearMisses({ keyPolicy, identityPolicies }: AuthorizationRequest, subject: Subject): string[] {
  const candidates: [Statement, string?][] = [
    ...(keyPolicy?.statements ?? []).map((statement): [Statement] => [statement]),
    ...identityPolicies.flatMap(({ name, document }) =>
      document.statements.map((statement): [Statement, string] => [statement, name]),
    ),
  ];
  return candidates.flatMap(([statement, policy]) => {
    if (statement.effect === "Deny" || concerns(statement, subject) === undefined) return [];
    const unmet = firstUnmet(statement.conditions, subject.context);
    return unmet === undefined ? [] : [`${nameOf(sourceOf(statement, policy))} needs ${describe(unmet, subject)}`];
  });
}

/** Names the condition and not the values: those of the request may be the caller's own affair. */
function describe({ operator, name, key }: Clause, { context }: Subject): string {
  const found = (context.get(key)?.length ?? 0) > 0 ? "has another value" : "has no such key";
  return `its condition ${operator} on ${name} to hold, and the request ${found}`;
}
