/** Puts a call's question to the policies and grants: one function, one decision. */

import { conditionsOf } from "./condition-keys.ts";
import type { Facts } from "./condition-sources.ts";
import type { KeyRecord } from "./context.ts";
import type { GrantRecord } from "./grant-records.ts";
import { allowanceOf, isGrantable } from "./grant-rules.ts";
import type { Conditions } from "./key-access.ts";
import type { Answer, AuthorizationRequest, IdentityPolicy } from "./policy/authorization.ts";
import { emptyContext } from "./policy/context.ts";
import { parseKeyPolicy } from "./policy/document.ts";
import { decide } from "./policy/evaluate.ts";
import type { PolicyDocument } from "./policy/statement.ts";

export interface Question {
  /** All but what has to be looked up. */
  readonly facts: Omit<Facts, "lookups" | "key">;
  /** The key, or an ARN or `*` where no key is concerned. */
  readonly resource: KeyRecord | string;
  /** Condition keys beside those of the tables (condition-keys.ts). */
  readonly conditions: Conditions | undefined;
  readonly identityPolicies: readonly IdentityPolicy[];
  /** What policies and grants may want to know of the store; only asked when one does. */
  readonly grantsOn: (key: KeyRecord) => Promise<readonly GrantRecord[]>;
  readonly aliasesOf: (key: KeyRecord) => Promise<readonly string[]>;
  readonly isSameKey: () => Promise<boolean | undefined>;
  readonly unusedDays: (key: KeyRecord) => number;
}

/** As many parsed policies are kept; the text is their name, so a new policy can never be taken for the old one. */
const MAX_PARSED = 1000;

/** Asks key policy, identity policies and grants for their decision, and remembers the key policies it has parsed. */
export class Authorizer {
  readonly #parsed = new Map<string, PolicyDocument>();

  async decide(question: Question): Promise<Answer> {
    const { facts, resource, identityPolicies } = question;
    const key = typeof resource === "string" ? undefined : resource;
    const keyPolicy = key && this.#policyOf(key);
    const documents = [...(keyPolicy ? [keyPolicy] : []), ...identityPolicies.map(({ document }) => document)];
    const known: Facts = { ...facts, key, lookups: await lookUp(question, documents, key) };
    const request: AuthorizationRequest = {
      caller: facts.caller,
      action: facts.action,
      resource: typeof resource === "string" ? resource : resource.arn,
      ...(keyPolicy && { keyPolicy }),
      identityPolicies,
      context: documents.some(readsContext) ? conditionsOf(known, question.conditions) : emptyContext,
    };
    const asked = { principal: facts.caller.arn, action: facts.action, resource: request.resource };
    const decision = decide(request);
    if (key === undefined || decision.reason !== "implicit-deny" || !isGrantable(facts.action)) {
      return { ...asked, ...decision };
    }
    const grants = await question.grantsOn(key);
    return { ...asked, ...decide({ ...request, allowances: grants.map((grant) => allowanceOf(grant, known)) }) };
  }

  #policyOf({ policy }: KeyRecord): PolicyDocument {
    let parsed = this.#parsed.get(policy);
    if (parsed === undefined) {
      parsed = parseKeyPolicy(policy);
      if (this.#parsed.size >= MAX_PARSED) this.#parsed.clear();
      this.#parsed.set(policy, parsed);
    }
    return parsed;
  }
}

/** Whether a condition or a policy variable looks at the request; most policies have neither. */
function readsContext({ statements }: PolicyDocument): boolean {
  return statements.some(
    ({ conditions, resources }) => conditions.length > 0 || resources.items.some(({ fixed }) => fixed === undefined),
  );
}

async function lookUp(
  { aliasesOf, isSameKey, unusedDays }: Question,
  documents: readonly PolicyDocument[],
  key: KeyRecord | undefined,
): Promise<Facts["lookups"]> {
  const reads = (wanted: string): boolean =>
    documents.some(({ statements }) =>
      statements.some(({ conditions }) => conditions.some((one) => one.key === wanted)),
    );
  const aliases = key !== undefined && reads("kms:resourcealiases") ? await aliasesOf(key) : undefined;
  const sameKey = reads("kms:reencryptonsamekey") ? await isSameKey() : undefined;
  return {
    ...(aliases && { aliases }),
    ...(sameKey !== undefined && { sameKey }),
    ...(key !== undefined && reads("kms:trailingdayswithoutkeyusage") && { unusedDays: unusedDays(key) }),
  };
}
