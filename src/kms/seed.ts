/** Seed documents: what a KMS is given before its first call (`pocket-hsm serve --seed FILE`). */

import { readAccessKeys } from "./access-keys.ts";
import type { Identities } from "./identities.ts";

/** What is wrong in a seed document, and where. */
export class SeedError extends Error {
  override readonly name: string = "SeedError";
}

interface PolicyEntry {
  readonly principal: string;
  readonly name: string;
  readonly policy: object;
}

/**
 * Applies a seed document: `{ "identityPolicies": [{ "principal": arn, "name"?: text, "policy": {…} }],
 * "accessKeys": [{ "accessKeyId": text, "secretAccessKey": text, "principal": arn, … }] }` (access-keys.ts).
 * The whole document is read before anything of it is applied.
 * @throws SeedError for a member that is unknown, missing or of the wrong type, and for a malformed policy.
 */
export function applySeed(document: unknown, identities: Identities): void {
  const known = ["identityPolicies", "accessKeys"];
  const { identityPolicies = [], accessKeys = [] } = members(document, "the seed document", known, []);
  const keys = located("the seed document", () => readAccessKeys(accessKeys, "accessKeys"));
  const entries = items(identityPolicies, "identityPolicies").map(policyEntry);
  entries.forEach((entry, i) => {
    located(`identityPolicies[${i}]`, () => identities.readPolicy(entry.principal, entry.name, entry.policy));
  });
  for (const { principal, name, policy } of entries) identities.attachPolicy(principal, name, policy);
  for (const key of keys) identities.addAccessKey(key);
}

function policyEntry(value: unknown, index: number): PolicyEntry {
  const what = `identityPolicies[${index}]`;
  const entry = members(value, what, ["principal", "name", "policy"], ["principal", "policy"]);
  const { principal, name = `seed-${index + 1}`, policy } = entry;
  if (typeof principal !== "string") throw new SeedError(`${what}.principal must be a string`);
  if (typeof name !== "string") throw new SeedError(`${what}.name must be a string`);
  if (!isObject(policy)) throw new SeedError(`${what}.policy must be a JSON object`);
  return { principal, name, policy };
}

function members(
  value: unknown,
  what: string,
  known: readonly string[],
  required: readonly string[],
): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new SeedError(`${what} must be a JSON object`);
  const found = new Map(Object.entries(value));
  for (const name of found.keys()) {
    if (!known.includes(name)) throw new SeedError(`${what} has an unknown member ${JSON.stringify(name)}`);
  }
  for (const name of required) if (!found.has(name)) throw new SeedError(`${what} has no ${name}`);
  return Object.fromEntries(found);
}

function items(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new SeedError(`${what} must be a list`);
  return value;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function located<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw new SeedError(`${what}: ${error instanceof Error ? error.message : "malformed"}`);
  }
}
