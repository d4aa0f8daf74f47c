/** The condition operators of the policy language (IAM user guide, "Condition operators"). */

import { equalBytes, fromBase64 } from "../../bytes/bytes.ts";
import type { ConditionContext } from "./context.ts";
import { inBlock, parseBlock } from "./ip-address.ts";
import { PolicyError } from "./policy-error.ts";
import { parseTemplate, resolveTemplate, templateMatches } from "./template.ts";
import { arnComponents, type Glob, globComponents, globMatches } from "./wildcard.ts";

/** Whether one value of the request compares as the operator says with one value of the policy. */
export type ValueTest = (value: string, context: ConditionContext) => boolean;

/** Turns one value of the policy into its test. `variables`: whether `${…}` is a policy variable. */
type Comparison = (policyValue: string, variables: boolean) => ValueTest;

export interface Operator {
  readonly compare: Comparison;
  /** The operator holds when no comparison does, and so too when the request has no such key. */
  readonly negated: boolean;
}

const text =
  (wildcards: boolean, ignoreCase: boolean): Comparison =>
  (policyValue, variables) => {
    const template = parseTemplate(policyValue, { wildcards, variables, ignoreCase });
    return (value, context) => templateMatches(template, value, context);
  };

const number =
  (holds: (value: number, limit: number) => boolean): Comparison =>
  (policyValue) => {
    const limit = parseNumber(policyValue);
    if (Number.isNaN(limit)) throw new PolicyError(`${JSON.stringify(policyValue)} is not a number`);
    return (value) => holds(parseNumber(value), limit);
  };

const date =
  (holds: (value: number, limit: number) => boolean): Comparison =>
  (policyValue) => {
    const limit = parseDate(policyValue);
    if (Number.isNaN(limit)) {
      throw new PolicyError(`${JSON.stringify(policyValue)} is not an ISO 8601 date or a number of seconds`);
    }
    return (value) => holds(parseDate(value), limit);
  };

const bool: Comparison = (policyValue) => {
  const wanted = policyValue.toLowerCase();
  if (wanted !== "true" && wanted !== "false") {
    throw new PolicyError(`${JSON.stringify(policyValue)} is neither true nor false`);
  }
  return (value) => value.toLowerCase() === wanted;
};

const binary: Comparison = (policyValue) => {
  const wanted = decodeBase64(policyValue);
  if (wanted === undefined) throw new PolicyError(`${JSON.stringify(policyValue)} is not base64`);
  return (value) => {
    const given = decodeBase64(value);
    return given !== undefined && equalBytes(given, wanted);
  };
};

const ip: Comparison = (policyValue) => {
  const block = parseBlock(policyValue);
  if (block === undefined) throw new PolicyError(`${JSON.stringify(policyValue)} is not an IP address or CIDR block`);
  return (value) => inBlock(block, value);
};

/** Each of the six components is compared by itself; a lone `*` stands for every ARN. */
const arn: Comparison = (policyValue, variables) => {
  if (policyValue === "*") return (value) => arnComponents(value).length === 6;
  const template = parseTemplate(policyValue, { wildcards: true, variables });
  const fixed = template.fixed && globComponents(template.fixed);
  return (value, context) => {
    const glob = fixed ? undefined : resolveTemplate(template, context);
    return arnMatches(fixed ?? (glob === undefined ? [] : globComponents(glob)), value);
  };
};

const is = (compare: Comparison): Operator => ({ compare, negated: false });
const not = (compare: Comparison): Operator => ({ compare, negated: true });

/** All operators but `Null`, which tests the key and not its values. */
// biome-ignore format: a table
export const operators: ReadonlyMap<string, Operator> = new Map([
  ["StringEquals",              is(text(false, false))],
  ["StringNotEquals",           not(text(false, false))],
  ["StringEqualsIgnoreCase",    is(text(false, true))],
  ["StringNotEqualsIgnoreCase", not(text(false, true))],
  ["StringLike",                is(text(true, false))],
  ["StringNotLike",             not(text(true, false))],
  ["NumericEquals",             is(number((value, limit) => value === limit))],
  ["NumericNotEquals",          not(number((value, limit) => value === limit))],
  ["NumericLessThan",           is(number((value, limit) => value < limit))],
  ["NumericLessThanEquals",     is(number((value, limit) => value <= limit))],
  ["NumericGreaterThan",        is(number((value, limit) => value > limit))],
  ["NumericGreaterThanEquals",  is(number((value, limit) => value >= limit))],
  ["DateEquals",                is(date((value, limit) => value === limit))],
  ["DateNotEquals",             not(date((value, limit) => value === limit))],
  ["DateLessThan",              is(date((value, limit) => value < limit))],
  ["DateLessThanEquals",        is(date((value, limit) => value <= limit))],
  ["DateGreaterThan",           is(date((value, limit) => value > limit))],
  ["DateGreaterThanEquals",     is(date((value, limit) => value >= limit))],
  ["Bool",                      is(bool)],
  ["BinaryEquals",              is(binary)],
  ["IpAddress",                 is(ip)],
  ["NotIpAddress",              not(ip)],
  ["ArnEquals",                 is(arn)],
  ["ArnNotEquals",              not(arn)],
  ["ArnLike",                   is(arn)],
  ["ArnNotLike",                not(arn)],
]);

function arnMatches(pattern: readonly Glob[], value: string): boolean {
  const components = arnComponents(value);
  if (pattern.length !== 6 || components.length !== 6) return false;
  return pattern.every((glob, i) => globMatches(glob, components[i]!));
}

function parseNumber(value: string): number {
  return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : Number.NaN;
}

/** Milliseconds since 1970. A time must name its zone; four digits are a year, other numbers are seconds since 1970. */
function parseDate(value: string): number {
  if (/^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?)?)?$/.test(value)) return Date.parse(value);
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Number.NaN;
}

function decodeBase64(value: string): Uint8Array | undefined {
  try {
    return fromBase64(value);
  } catch {
    return undefined;
  }
}
