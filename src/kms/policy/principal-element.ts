/** The Principal and NotPrincipal elements. */

import { InvalidPrincipalError, PolicyError } from "./policy-error.ts";
import { type Caller, tryParseCaller } from "./principals.ts";

/** One principal named by a policy. `foreign` ones (identity providers, canonical users) never call KMS. */
export type PrincipalElement =
  | { readonly kind: "everyone" }
  | { readonly kind: "account"; readonly accountId: string }
  | { readonly kind: "identity"; readonly identity: Caller }
  | { readonly kind: "foreign" };

/**
 * How a policy reaches a caller: `direct` when it names the caller, its role or everyone, `account` when it names the
 * caller's account, which leaves the decision to the account's identity policies.
 */
export type Reach = "direct" | "account";

export function reaches(element: PrincipalElement, caller: Caller): Reach | undefined {
  switch (element.kind) {
    case "everyone":
      return "direct";
    case "account":
      if (element.accountId !== caller.accountId) return undefined;
      return caller.kind === "root" ? "direct" : "account";
    case "identity":
      return names(element.identity, caller) ? "direct" : undefined;
    case "foreign":
      return undefined;
  }
}

/** The strongest way in which a list of principals reaches a caller. */
export function reachOf(elements: readonly PrincipalElement[], caller: Caller): Reach | undefined {
  let reach: Reach | undefined;
  for (const element of elements) {
    const found = reaches(element, caller);
    if (found === "direct") return found;
    reach ??= found;
  }
  return reach;
}

/**
 * Whether NotPrincipal spares a caller. AWS looks at the account first and the identity in it second, so both must be
 * listed (IAM user guide, "NotPrincipal").
 */
export function spares(elements: readonly PrincipalElement[], caller: Caller): boolean {
  const found = elements.map((element) => reaches(element, caller));
  if (!found.includes("direct")) return false;
  const alone = caller.kind === "root" || caller.kind === "service";
  return alone || found.includes("account") || elements.some(({ kind }) => kind === "everyone");
}

/** @throws PolicyError when the value of a Principal or NotPrincipal element is not well-formed. */
export function parsePrincipals(value: unknown, what: string): PrincipalElement[] {
  if (value === "*") return [{ kind: "everyone" }];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PolicyError(`${what} must be "*" or an object`);
  }
  const elements: PrincipalElement[] = [];
  for (const [type, named] of Object.entries(value)) {
    const parse = parsers.get(type);
    if (parse === undefined) throw new PolicyError(`${what} has an unknown principal type ${JSON.stringify(type)}`);
    const names = Array.isArray(named) ? named : [named];
    if (names.length === 0) throw new PolicyError(`${what}.${type} names no principal`);
    for (const name of names) {
      if (typeof name !== "string") throw new PolicyError(`${what}.${type} must be a string or a list of strings`);
      const element = parse(name);
      if (element === undefined) {
        throw new InvalidPrincipalError(`${what}.${type}: ${JSON.stringify(name)} is not a principal`);
      }
      elements.push(element);
    }
  }
  if (elements.length === 0) throw new PolicyError(`${what} names no principal`);
  return elements;
}

const foreign =
  (syntax: RegExp) =>
  (name: string): PrincipalElement | undefined =>
    syntax.test(name) ? { kind: "foreign" } : undefined;

const parsers: ReadonlyMap<string, (name: string) => PrincipalElement | undefined> = new Map([
  ["AWS", parseAws],
  ["Service", parseService],
  ["Federated", foreign(/^[\w.:/-]{1,512}$/)],
  ["CanonicalUser", foreign(/^[0-9a-f]{64}$/i)],
]);

function parseAws(name: string): PrincipalElement | undefined {
  if (name === "*") return { kind: "everyone" };
  if (/^\d{12}$/.test(name)) return { kind: "account", accountId: name };
  const identity = tryParseCaller(name);
  if (identity === undefined || identity.kind === "service") return undefined;
  return identity.kind === "root" ? { kind: "account", accountId: identity.accountId } : { kind: "identity", identity };
}

function parseService(name: string): PrincipalElement | undefined {
  const identity = tryParseCaller(name);
  return identity?.kind === "service" ? { kind: "identity", identity } : undefined;
}

/** A role's name is unique in its account, so a session whose role's path is not known is matched by the name. */
function names(identity: Caller, caller: Caller): boolean {
  if (identity.arn === caller.arn) return true;
  if (identity.kind !== "role" || caller.kind !== "assumed-role") return false;
  if (caller.roleArn !== undefined) return caller.roleArn === identity.arn;
  return (
    identity.name === caller.name && identity.accountId === caller.accountId && identity.partition === caller.partition
  );
}
