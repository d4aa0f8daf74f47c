/** The Condition element: a conjunction of clauses, each one operator on one condition key. */

import { type ConditionContext, canonicalKey } from "./context.ts";
import { operators, type ValueTest } from "./operators.ts";
import { PolicyError } from "./policy-error.ts";

/** One operator on one condition key. */
export interface Clause {
  /** The operator as the policy spells it, set prefix and `IfExists` included. */
  readonly operator: string;
  /** The condition key as the policy spells it. */
  readonly name: string;
  readonly key: string;
  readonly holds: (values: readonly string[], context: ConditionContext) => boolean;
}

const NONE: readonly string[] = [];

/**
 * One entry of a Condition element.
 *
 * Several values of the policy are alternatives. Several values of the request need a set prefix to be told apart;
 * without one, one of them has to match (for a negated operator: none may). A key that is absent, or has no values,
 * fails an operator, passes a negated one, and passes with `IfExists`. `ForAllValues:` passes and `ForAnyValue:` fails
 * when the key is absent, with `IfExists` or without.
 * @throws PolicyError when the operator is unknown, the key has no prefix, or a value does not suit the operator.
 */
export function parseClause(operator: string, name: string, values: readonly string[], variables: boolean): Clause {
  if (!/^[^:]+:./s.test(name)) {
    throw new PolicyError(`${JSON.stringify(name)} is not a condition key: "service:name" expected`);
  }
  const clause = { operator, name, key: canonicalKey(name) };
  if (operator === "Null") return { ...clause, holds: nullTest(values) };

  const [, prefix, base, ifExists] = /^(ForAllValues:|ForAnyValue:)?(.*?)(IfExists)?$/s.exec(operator) ?? [];
  const known = operators.get(base ?? "");
  if (known === undefined) throw new PolicyError(`unknown condition operator ${JSON.stringify(operator)}`);
  const { negated } = known;
  const tests = values.map((value) => known.compare(value, variables));
  const passes = (value: string, context: ConditionContext): boolean => someTest(tests, value, context) !== negated;

  if (prefix === "ForAllValues:") {
    return { ...clause, holds: (given, context) => given.every((value) => passes(value, context)) };
  }
  if (prefix === "ForAnyValue:") {
    return { ...clause, holds: (given, context) => given.some((value) => passes(value, context)) };
  }
  const whenAbsent = negated || ifExists !== undefined;
  return {
    ...clause,
    holds: (given, context) =>
      given.length === 0 ? whenAbsent : given.some((value) => someTest(tests, value, context)) !== negated,
  };
}

/** The first clause that the request does not meet, or `undefined` when it meets all. */
export function firstUnmet(clauses: readonly Clause[], context: ConditionContext): Clause | undefined {
  for (const clause of clauses) {
    if (!clause.holds(context.get(clause.key) ?? NONE, context)) return clause;
  }
  return undefined;
}

/** `Null`: "true" when the key must be absent, "false" when it must be there. */
function nullTest(values: readonly string[]): Clause["holds"] {
  const wanted = values.map((value) => value.toLowerCase());
  const wrong = wanted.find((value) => value !== "true" && value !== "false");
  if (wrong !== undefined) throw new PolicyError(`${JSON.stringify(wrong)} is neither true nor false`);
  return (given) => wanted.includes(given.length === 0 ? "true" : "false");
}

function someTest(tests: readonly ValueTest[], value: string, context: ConditionContext): boolean {
  for (const test of tests) if (test(value, context)) return true;
  return false;
}
