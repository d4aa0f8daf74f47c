/** A parsed policy and how one of its statements bears on a request. */

import { type Clause, firstUnmet } from "./conditions.ts";
import type { ConditionContext } from "./context.ts";
import { type PrincipalElement, type Reach, reachOf, spares } from "./principal-element.ts";
import type { Caller } from "./principals.ts";
import { type Template, templateMatches } from "./template.ts";
import { type Glob, globMatches } from "./wildcard.ts";

/** A list of patterns, or with `not` everything else. */
export interface Selection<T> {
  readonly not: boolean;
  readonly items: readonly T[];
}

export interface Statement {
  readonly sid: string | undefined;
  /** Place in the policy, from 0. */
  readonly index: number;
  readonly effect: "Allow" | "Deny";
  /** `undefined` in an identity policy, which speaks for whoever it is attached to. */
  readonly principals: Selection<PrincipalElement> | undefined;
  /** Patterns in lower case: actions are not case-sensitive. */
  readonly actions: Selection<Glob>;
  readonly resources: Selection<Template>;
  readonly conditions: readonly Clause[];
}

/** What parseKeyPolicy and parseIdentityPolicy make of a document's text; immutable, made once per stored policy. */
export interface PolicyDocument {
  readonly kind: "key" | "identity";
  readonly version: "2012-10-17" | "2008-10-17";
  readonly id: string | undefined;
  readonly statements: readonly Statement[];
}

/** What a statement is tested against. */
export interface Subject {
  readonly caller: Caller;
  /** Such as `kms:Encrypt`, in lower case. */
  readonly action: string;
  readonly resource: string;
  readonly context: ConditionContext;
}

/** How the statement applies to the subject, or `undefined` when any of its elements does not. */
export function applies(statement: Statement, subject: Subject): Reach | undefined {
  const reach = concerns(statement, subject);
  return reach !== undefined && firstUnmet(statement.conditions, subject.context) === undefined ? reach : undefined;
}

/** As {@link applies}, with all elements but Condition. */
export function concerns(statement: Statement, subject: Subject): Reach | undefined {
  if (!coversAction(statement.actions, subject.action)) return undefined;
  if (!coversResource(statement.resources, subject)) return undefined;
  const { principals } = statement;
  if (principals === undefined) return "direct";
  if (!principals.not) return reachOf(principals.items, subject.caller);
  return spares(principals.items, subject.caller) ? undefined : "direct";
}

function coversAction({ items, not }: Selection<Glob>, action: string): boolean {
  for (const item of items) if (globMatches(item, action)) return !not;
  return not;
}

function coversResource({ items, not }: Selection<Template>, { resource, context }: Subject): boolean {
  for (const item of items) if (templateMatches(item, resource, context)) return !not;
  return not;
}
