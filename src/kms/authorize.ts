/** Puts a call's question to the policies and grants: one function, one decision. */

import type { Soon } from "../storage/soon.ts";
import type { Store } from "../storage/store.ts";
import { conditionsOf } from "./condition-keys.ts";
import type { Facts, Lookups } from "./condition-sources.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { grantsTo } from "./grant-indexes.ts";
import { type GrantRecord, grantRecordId, grantsOn } from "./grant-records.ts";
import { allowanceOf, allowanceOfAnother, grantToRetire, isGrantable } from "./grant-rules.ts";
import type { Conditions } from "./key-access.ts";
import { aliasesOf, isSameKey, unusedDays } from "./lookups.ts";
import type { Answer, AuthorizationRequest, Decision, IdentityPolicy } from "./policy/authorization.ts";
import { emptyContext } from "./policy/context.ts";
import { parseKeyPolicy } from "./policy/document.ts";
import { decide } from "./policy/evaluate.ts";
import { MAX_NAMED_GRANTS } from "./policy/explain.ts";
import type { PolicyDocument } from "./policy/statement.ts";
import { GRANTS } from "./record-ids.ts";

export interface Question {
  readonly action: string;
  /** The key, or an ARN or `*` where no key is concerned. */
  readonly resource: KeyRecord | string;
  readonly identityPolicies: readonly IdentityPolicy[];
  /** Condition keys beside those of the tables (condition-keys.ts). */
  readonly conditions: Conditions | undefined;
}

/** The call that asks: policies and grants look up in it what they want to know of the store. */
export interface Asker extends CallContext {
  /** What condition keys and grants are read from; most decisions need none of it. */
  facts(action: string, key: KeyRecord | undefined, lookups: Lookups): Facts;
}

/** Takes note of a decision. @throws what becomes of a denial */
export type Settle = (request: AuthorizationRequest, decision: Decision) => void;

interface ParsedPolicy {
  readonly document: PolicyDocument;
  readonly reads: Reads;
}

/** As many parsed policies are kept; the text is their name, so a new policy can never be taken for the old one. */
const MAX_PARSED = 1000;

/** Asks key policy, identity policies and grants for their decision, and remembers the key policies it has parsed. */
export class Authorizer {
  readonly #parsed = new Map<string, ParsedPolicy>();

  /** Decides, and gives the decision to `settle`, which throws what becomes of a denial. */
  decide(question: Question, asker: Asker, settle: Settle): Soon<void> {
    const { resource, identityPolicies } = question;
    const key = typeof resource === "string" ? undefined : resource;
    const keyPolicy = key && this.#policyOf(key);
    const reads = readsOf(keyPolicy, identityPolicies);
    if (!reads.needsStore) return this.#answer(question, asker, settle, keyPolicy?.document, reads, NOTHING);
    return lookUp(question, asker, reads.keys, key).then((lookups) =>
      this.#answer(question, asker, settle, keyPolicy?.document, reads, lookups),
    );
  }

  #answer(
    { action, resource, conditions, identityPolicies }: Question,
    asker: Asker,
    settle: Settle,
    keyPolicy: PolicyDocument | undefined,
    reads: Reads,
    lookups: Lookups,
  ): Soon<void> {
    const { caller } = asker;
    const key = typeof resource === "string" ? undefined : resource;
    const request: AuthorizationRequest = {
      caller,
      action,
      resource: typeof resource === "string" ? resource : resource.arn,
      keyPolicy,
      identityPolicies,
      context: reads.context ? conditionsOf(asker.facts(action, key, lookups), conditions) : emptyContext,
      allowances: undefined,
    };
    const decision = decide(request);
    if (key === undefined || decision.reason !== "implicit-deny" || !isGrantable(action)) {
      return settle(request, decision);
    }
    const facts = asker.facts(action, key, lookups);
    return byGrants(asker.store, key, request, facts).then((by) => settle(request, by));
  }

  #policyOf({ policy }: KeyRecord): ParsedPolicy {
    let parsed = this.#parsed.get(policy);
    if (parsed === undefined) {
      const document = parseKeyPolicy(policy);
      parsed = { document, reads: readsIn(document) };
      if (this.#parsed.size >= MAX_PARSED) this.#parsed.clear();
      this.#parsed.set(policy, parsed);
    }
    return parsed;
  }
}

/** Asks the grants that may permit the request; a denial says of as many as it names, by identifier, what they lack. */
async function byGrants(store: Store, key: KeyRecord, request: AuthorizationRequest, facts: Facts): Promise<Decision> {
  const candidates = await candidatesFor(store, key, facts);
  const decision = decide({ ...request, allowances: candidates.map((grant) => allowanceOf(grant, facts)) });
  if (decision.allowed) return decision;
  const ids = new Set(candidates.map(({ grantId }) => grantId));
  const isOwn = ({ grantId }: GrantRecord): boolean => isRetirement(facts) || ids.has(grantId);
  const first = (await grantsOn(store, key, MAX_NAMED_GRANTS + 1)).map(({ value }) => value);
  const allowances = first.map((grant) => (isOwn(grant) ? allowanceOf(grant, facts) : allowanceOfAnother(grant)));
  return decide({ ...request, allowances });
}

/** The caller's own; or the one to be retired, whose grantee may be somebody else. */
async function candidatesFor(store: Store, key: KeyRecord, facts: Facts): Promise<GrantRecord[]> {
  if (!isRetirement(facts)) return grantsTo(store, key, facts.caller);
  const stored = await store.get<GrantRecord>(GRANTS, grantRecordId(key, grantToRetire(facts)));
  return stored === undefined ? [] : [stored.value];
}

const isRetirement = ({ action }: Facts): boolean => action === "kms:RetireGrant";

/** A decision with its question, for whoever wants to read them. */
export function answerOf({ caller, action, resource }: AuthorizationRequest, decision: Decision): Answer {
  return { ...decision, principal: caller.arn, action, resource };
}

/** What policies look at of a request; most have neither conditions nor variables. */
interface Reads {
  readonly context: boolean;
  /** The condition keys that conditions name. */
  readonly keys: ReadonlySet<string>;
  /** Whether there are some among them that have to be looked up in the store. */
  readonly needsStore: boolean;
}

const FROM_STORE = ["kms:resourcealiases", "kms:reencryptonsamekey", "kms:trailingdayswithoutkeyusage"];

const readsByDocument = new WeakMap<PolicyDocument, Reads>();

function readsOf(keyPolicy: ParsedPolicy | undefined, identityPolicies: readonly IdentityPolicy[]): Reads {
  if (keyPolicy !== undefined && identityPolicies.length === 0) return keyPolicy.reads;
  const all = identityPolicies.map(({ document }) => readsIn(document));
  if (keyPolicy !== undefined) all.push(keyPolicy.reads);
  return {
    context: all.some(({ context }) => context),
    keys: new Set(all.flatMap(({ keys }) => [...keys])),
    needsStore: all.some(({ needsStore }) => needsStore),
  };
}

/** Found out once for each document, which never changes. */
function readsIn(document: PolicyDocument): Reads {
  let reads = readsByDocument.get(document);
  if (reads === undefined) {
    const { statements } = document;
    const keys = new Set(statements.flatMap(({ conditions }) => conditions.map(({ key }) => key)));
    const hasVariable = statements.some(({ resources }) => resources.items.some(({ fixed }) => fixed === undefined));
    reads = { context: keys.size > 0 || hasVariable, keys, needsStore: FROM_STORE.some((key) => keys.has(key)) };
    readsByDocument.set(document, reads);
  }
  return reads;
}

const NOTHING: Lookups = {};

async function lookUp(
  { action }: Question,
  asker: Asker,
  reads: ReadonlySet<string>,
  key: KeyRecord | undefined,
): Promise<Lookups> {
  const aliases = key !== undefined && reads.has("kms:resourcealiases") ? await aliasesOf(asker, key) : undefined;
  const sameKey = reads.has("kms:reencryptonsamekey")
    ? await isSameKey(asker, asker.facts(action, key, {}).input)
    : undefined;
  return {
    ...(aliases && { aliases }),
    ...(sameKey !== undefined && { sameKey }),
    ...(key !== undefined && reads.has("kms:trailingdayswithoutkeyusage") && { unusedDays: unusedDays(asker, key) }),
  };
}
