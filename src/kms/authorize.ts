/** Puts a call's question to the policies. */

import type { KeyRecord } from "./context.ts";
import { KmsError } from "./errors.ts";
import type { Conditions } from "./key-access.ts";
import type { IdentityPolicy } from "./policy/authorization.ts";
import { type ConditionContext, conditionContext, emptyContext } from "./policy/context.ts";
import { parseKeyPolicy } from "./policy/document.ts";
import { decide } from "./policy/evaluate.ts";
import { type Caller, callerKeys } from "./policy/principals.ts";
import type { PolicyDocument } from "./policy/statement.ts";

export interface Question {
  readonly caller: Caller;
  readonly action: string;
  /** The key, or an ARN or `*` where no key is concerned. */
  readonly resource: KeyRecord | string;
  readonly conditions: Conditions | undefined;
  readonly identityPolicies: readonly IdentityPolicy[];
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** As many parsed policies are kept; the text is their name, so a new policy can never be taken for the old one. */
const MAX_PARSED = 1000;

/** Asks key policy and identity policies for their decision, and remembers the key policies it has parsed. */
export class Authorizer {
  readonly #parsed = new Map<string, ParsedPolicy>();

  /**
   * The error's cause is the decision, which says what is missing.
   * @throws KmsError AccessDeniedException
   */
  authorize(question: Question): void {
    const { caller, action, resource, identityPolicies } = question;
    const key = typeof resource === "string" ? undefined : resource;
    const keyPolicy = key && this.#policyOf(key);
    const unconditional = identityPolicies.length === 0 && !(keyPolicy?.readsContext ?? false);
    const decision = decide({
      caller,
      action,
      resource: typeof resource === "string" ? resource : resource.arn,
      ...(keyPolicy && { keyPolicy: keyPolicy.document }),
      identityPolicies,
      context: unconditional ? emptyContext : circumstances(question, key),
    });
    if (!decision.allowed) throw new KmsError("AccessDeniedException", decision.message, { cause: decision });
  }

  #policyOf({ policy }: KeyRecord): ParsedPolicy {
    let parsed = this.#parsed.get(policy);
    if (parsed === undefined) {
      parsed = parse(policy);
      if (this.#parsed.size >= MAX_PARSED) this.#parsed.clear();
      this.#parsed.set(policy, parsed);
    }
    return parsed;
  }
}

interface ParsedPolicy {
  readonly document: PolicyDocument;
  /** Whether a condition or a policy variable looks at the circumstances; most policies have neither. */
  readonly readsContext: boolean;
}

function parse(text: string): ParsedPolicy {
  const document = parseKeyPolicy(text);
  const readsContext = document.statements.some(
    ({ conditions, resources }) => conditions.length > 0 || resources.items.some(({ fixed }) => fixed === undefined),
  );
  return { document, readsContext };
}

/** The condition keys of the request: the caller's, the time's, the key's, and the operation's own. */
function circumstances({ caller, now, region, conditions }: Question, key: KeyRecord | undefined): ConditionContext {
  const entries: [string, readonly string[]][] = callerKeys(caller);
  entries.push(
    ["aws:CurrentTime", [new Date(now).toISOString()]],
    ["aws:EpochTime", [String(Math.floor(now / 1000))]],
    ["aws:RequestedRegion", [region]],
  );
  if (key !== undefined) {
    entries.push(
      ["aws:ResourceAccount", [key.account]],
      ["kms:KeySpec", [key.keySpec]],
      ["kms:KeyUsage", [key.keyUsage]],
      ["kms:KeyOrigin", [key.origin]],
      ["kms:MultiRegion", [String(key.multiRegion)]],
    );
    for (const { TagKey, TagValue } of key.tags) entries.push([`aws:ResourceTag/${TagKey}`, [TagValue]]);
  }
  if (conditions !== undefined) entries.push(...conditions);
  return conditionContext(entries);
}
