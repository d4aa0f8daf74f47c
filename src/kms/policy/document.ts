/** From the JSON text of a policy to its statements (IAM user guide, "Grammar of the IAM JSON policy language"). */

import { type Clause, parseClause } from "./conditions.ts";
import { PolicyError } from "./policy-error.ts";
import { type PrincipalElement, parsePrincipals } from "./principal-element.ts";
import type { PolicyDocument, Selection, Statement } from "./statement.ts";
import { parseTemplate } from "./template.ts";
import { type Glob, globCodes, globOf } from "./wildcard.ts";

export type { PolicyDocument, Statement } from "./statement.ts";

type Fields = ReadonlyMap<string, unknown>;

const DOCUMENT_ELEMENTS = ["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const PRINCIPAL_ELEMENTS = ["Principal", "NotPrincipal"];

/**
 * A key policy: every statement names its principals.
 * @throws PolicyError saying where the document breaks the policy language. The length is the caller's to limit.
 */
export function parseKeyPolicy(text: string): PolicyDocument {
  return parseDocument(text, "key");
}

/**
 * A policy to attach to a user or role: no statement names a principal.
 * @throws PolicyError saying where the document breaks the policy language. The length is the caller's to limit.
 */
export function parseIdentityPolicy(text: string): PolicyDocument {
  return parseDocument(text, "identity");
}

function parseDocument(text: string, kind: PolicyDocument["kind"]): PolicyDocument {
  const document = fieldsOf(parseJson(text), "the policy", DOCUMENT_ELEMENTS);
  const version = document.get("Version") ?? "2008-10-17";
  if (version !== "2012-10-17" && version !== "2008-10-17") {
    throw new PolicyError('Version must be "2012-10-17" or "2008-10-17"');
  }
  const given = document.get("Statement");
  if (given === undefined) throw new PolicyError("the policy has no Statement");
  const list = Array.isArray(given) ? given : [given];
  if (list.length === 0) throw new PolicyError("Statement is empty");
  const variables = version === "2012-10-17";
  const statements = list.map((value, index) => parseStatement(value, index, kind, variables));
  return { kind, version, id: optionalString(document.get("Id"), "Id"), statements };
}

function parseStatement(value: unknown, index: number, kind: PolicyDocument["kind"], variables: boolean): Statement {
  const what = `Statement[${index}]`;
  const known = kind === "key" ? [...STATEMENT_ELEMENTS, ...PRINCIPAL_ELEMENTS] : STATEMENT_ELEMENTS;
  const fields = fieldsOf(value, what, known);
  const effect = fields.get("Effect");
  if (effect !== "Allow" && effect !== "Deny") throw new PolicyError(`${what}.Effect must be "Allow" or "Deny"`);
  const principals = kind === "key" ? select(fields, "Principal", what, principalList) : undefined;
  if (principals?.not && effect === "Allow") {
    throw new PolicyError(`${what}: NotPrincipal must be used with "Effect": "Deny"`);
  }
  return {
    sid: optionalString(fields.get("Sid"), `${what}.Sid`),
    index,
    effect,
    principals,
    actions: select(fields, "Action", what, patternList(parseAction)),
    resources: select(fields, "Resource", what, patternList(parseResource(variables))),
    conditions: parseConditions(fields.get("Condition"), `${what}.Condition`, variables),
  };
}

/** The element `name` or its opposite `Not…`, of which exactly one must be there. */
function select<T>(
  fields: Fields,
  name: string,
  where: string,
  parse: (value: unknown, what: string) => T[],
): Selection<T> {
  const not = fields.has(`Not${name}`);
  if (not === fields.has(name)) {
    throw new PolicyError(`${where} must have exactly one of ${name} and Not${name}`);
  }
  const element = not ? `Not${name}` : name;
  return { not, items: parse(fields.get(element), `${where}.${element}`) };
}

const principalList = (value: unknown, what: string): PrincipalElement[] => parsePrincipals(value, what);

const patternList =
  <T>(parse: (text: string, what: string) => T) =>
  (value: unknown, what: string): T[] => {
    const list = Array.isArray(value) ? value : [value];
    if (list.length === 0) throw new PolicyError(`${what} is empty`);
    return list.map((item) => {
      if (typeof item !== "string") throw new PolicyError(`${what} must be a string or a list of strings`);
      return parse(item, what);
    });
  };

function parseAction(text: string, what: string): Glob {
  if (text !== "*" && !/^[\w*?-]+:[\w*?]+$/.test(text)) {
    throw new PolicyError(`${what}: ${JSON.stringify(text)} is not an action: "*" or "service:name" expected`);
  }
  return globOf(globCodes(text.toLowerCase(), true));
}

const parseResource =
  (variables: boolean) =>
  (text: string, what: string): ReturnType<typeof parseTemplate> => {
    if (text !== "*" && !text.startsWith("arn:")) {
      throw new PolicyError(`${what}: ${JSON.stringify(text)} must be in ARN format or "*"`);
    }
    return located(what, () => parseTemplate(text, { wildcards: true, variables }));
  };

function parseConditions(value: unknown, what: string, variables: boolean): Clause[] {
  if (value === undefined) return [];
  const clauses: Clause[] = [];
  for (const [operator, keys] of fieldsOf(value, what)) {
    for (const [key, given] of fieldsOf(keys, `${what}.${operator}`)) {
      const place = `${what}.${operator}[${JSON.stringify(key)}]`;
      const values = conditionValues(given, place);
      clauses.push(located(place, () => parseClause(operator, key, values, variables)));
    }
  }
  return clauses;
}

function conditionValues(value: unknown, what: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new PolicyError(`${what} has no value`);
  return list.map((item) => {
    if (typeof item === "string") return item;
    if (typeof item === "number" || typeof item === "boolean") return String(item);
    throw new PolicyError(`${what} must be a string, number or boolean, or a list of these`);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PolicyError("the policy is not valid JSON");
  }
}

/** The own members of a JSON object, as a map, so that no name in it can reach a prototype. */
function fieldsOf(value: unknown, what: string, known?: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PolicyError(`${what} must be a JSON object`);
  }
  const fields = new Map(Object.entries(value));
  const unknown = known && [...fields.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw new PolicyError(`${what} has an unknown element ${JSON.stringify(unknown)}`);
  return fields;
}

function optionalString(value: unknown, what: string): string | undefined {
  if (value !== undefined && typeof value !== "string") throw new PolicyError(`${what} must be a string`);
  return value;
}

/** Puts the place in front of what a value's own parser found wrong. */
function located<T>(place: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof PolicyError ? new PolicyError(`${place}: ${error.message}`) : error;
  }
}
