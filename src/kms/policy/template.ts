/** Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}` and the escapes `${*}`, `${?}`, `${$}`. */

import { type ConditionContext, canonicalKey } from "./context.ts";
import { PolicyError } from "./policy-error.ts";
import { type Glob, globCodes, globMatches, globOf } from "./wildcard.ts";

interface Variable {
  readonly key: string;
  readonly fallback: string | undefined;
}

/** A text of the policy. Without variables it is `fixed`; otherwise it is put together for each request. */
export interface Template {
  readonly fixed: Glob | undefined;
  readonly parts: readonly (readonly number[] | Variable)[];
  readonly ignoreCase: boolean;
}

export interface TemplateOptions {
  /** Whether `*` and `?` are wildcards. */
  readonly wildcards: boolean;
  /** Whether `${…}` is a variable: only in policies of version 2012-10-17. */
  readonly variables: boolean;
  readonly ignoreCase?: boolean;
}

/** @throws PolicyError when a variable is not closed or its default value is not in quotation marks. */
export function parseTemplate(text: string, options: TemplateOptions): Template {
  const { wildcards, variables, ignoreCase = false } = options;
  const parts: (number[] | Variable)[] = [];
  const add = (piece: string, wild: boolean): void => {
    const codes = globCodes(ignoreCase ? piece.toLowerCase() : piece, wild);
    const last = parts.at(-1);
    if (Array.isArray(last)) for (const code of codes) last.push(code);
    else parts.push(codes);
  };
  let at = 0;
  while (at < text.length) {
    const open = variables ? text.indexOf("${", at) : -1;
    add(text.slice(at, open < 0 ? text.length : open), wildcards);
    if (open < 0) break;
    const close = text.indexOf("}", open);
    if (close < 0) throw new PolicyError(`policy variable without "}" in ${JSON.stringify(text)}`);
    const name = text.slice(open + 2, close);
    if (name === "*" || name === "?" || name === "$") add(name, false);
    else parts.push(parseVariable(name));
    at = close + 1;
  }
  const variable = parts.some((part) => !Array.isArray(part));
  return { fixed: variable ? undefined : globOf(parts.flat() as number[]), parts, ignoreCase };
}

/**
 * The pattern for one request, or `undefined` when a variable has neither exactly one value nor a default. What a
 * variable stands for is taken literally: a `*` in it is no wildcard.
 */
export function resolveTemplate(template: Template, context: ConditionContext): Glob | undefined {
  if (template.fixed !== undefined) return template.fixed;
  const codes: number[] = [];
  for (const part of template.parts) {
    if (!("key" in part)) {
      for (const code of part) codes.push(code);
      continue;
    }
    const values = context.get(part.key);
    const value = values?.length === 1 ? values[0] : part.fallback;
    if (value === undefined) return undefined;
    for (const code of globCodes(template.ignoreCase ? value.toLowerCase() : value, false)) codes.push(code);
  }
  return globOf(codes);
}

export function templateMatches(template: Template, value: string, context: ConditionContext): boolean {
  const glob = template.fixed ?? resolveTemplate(template, context);
  return glob !== undefined && globMatches(glob, template.ignoreCase ? value.toLowerCase() : value);
}

function parseVariable(text: string): Variable {
  const comma = text.indexOf(",");
  const name = (comma < 0 ? text : text.slice(0, comma)).trim();
  if (name === "") throw new PolicyError("policy variable without a name");
  if (comma < 0) return { key: canonicalKey(name), fallback: undefined };
  const quoted = text.slice(comma + 1).trim();
  if (!/^'[^']*'$/.test(quoted)) {
    throw new PolicyError(`the default value of policy variable ${name} must stand in single quotation marks`);
  }
  return { key: canonicalKey(name), fallback: quoted.slice(1, -1) };
}
