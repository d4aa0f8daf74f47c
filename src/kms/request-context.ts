/** A call as its handler sees it: what it works with, and the permissions that it asks for. */

import { after, type Soon } from "../storage/soon.ts";
import type { Store } from "../storage/store.ts";
import type { Asker, Authorizer, Settle } from "./authorize.ts";
import { conditionsOf } from "./condition-keys.ts";
import type { Facts, Lookups } from "./condition-sources.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import type { Identities } from "./identities.ts";
import type { Call } from "./interception.ts";
import type { Conditions } from "./key-access.ts";
import type { Surroundings } from "./key-stores/surroundings.ts";
import type { LastUsages } from "./last-usage.ts";
import type { NitroTrust } from "./nitro/trust.ts";
import type { ConditionContext } from "./policy/context.ts";
import type { Caller } from "./policy/principals.ts";
import type { Vault } from "./vault.ts";

/** What all calls of a service have in common. */
export interface Setting {
  readonly sm2: boolean;
  readonly lastUsages: LastUsages;
  readonly nitro: NitroTrust;
  readonly identities: Identities;
  readonly authorizer: Authorizer;
}

/** What a call works on, and what becomes of the decisions about it. */
export interface Ground {
  readonly store: Store;
  readonly vault: Vault;
  readonly surroundings: Surroundings;
  /** The call is about to ask for permission. */
  found(call: Call, resource: KeyRecord | string, context: CallContext): Soon<void>;
  /** @throws KmsError AccessDeniedException */
  readonly settle: Settle;
}

export class RequestContext implements CallContext, Asker {
  readonly caller: Caller;
  readonly account: string;
  readonly region: string;
  readonly now: number;
  readonly requestId: string;
  readonly sm2: boolean;
  readonly store: Store;
  readonly vault: Vault;
  readonly surroundings: Surroundings;
  readonly lastUsages: LastUsages;
  readonly nitro: NitroTrust;
  readonly #setting: Setting;
  readonly #ground: Ground;
  readonly #call: Call;
  readonly #further: Conditions | undefined;

  /** @param further condition keys of every question. */
  constructor(setting: Setting, ground: Ground, call: Call, region: string, now: number, further?: Conditions) {
    this.caller = call.caller;
    this.account = call.account;
    this.region = region;
    this.now = now;
    this.requestId = call.requestId;
    this.sm2 = setting.sm2;
    this.store = ground.store;
    this.vault = ground.vault;
    this.surroundings = ground.surroundings;
    this.lastUsages = setting.lastUsages;
    this.nitro = setting.nitro;
    this.#setting = setting;
    this.#ground = ground;
    this.#call = call;
    this.#further = further;
  }

  note(name: string, value: unknown): void {
    this.#call.notes = { ...this.#call.notes, [name]: value };
  }

  at(region: string): CallContext {
    return new RequestContext(this.#setting, this.#ground, this.#call, region, this.now, this.#further);
  }

  with(conditions: Conditions): CallContext {
    const further = joined(conditions, this.#further);
    return new RequestContext(this.#setting, this.#ground, this.#call, this.region, this.now, further);
  }

  conditions(action: string): ConditionContext {
    return conditionsOf(this.facts(action, undefined, {}));
  }

  authorize(action: string, resource: KeyRecord | string, conditions?: Conditions): Soon<void> {
    const told = this.#ground.found(this.#call, resource, this);
    return after(told, () => this.#decide(action, resource, conditions));
  }

  #decide(action: string, resource: KeyRecord | string, conditions: Conditions | undefined): Soon<void> {
    const { authorizer, identities } = this.#setting;
    const identityPolicies = identities.policiesOf(this.caller);
    const question = { action, resource, identityPolicies, conditions: joined(conditions, this.#further) };
    return authorizer.decide(question, this, this.#ground.settle);
  }

  facts(action: string, key: KeyRecord | undefined, lookups: Lookups): Facts {
    const { caller, circumstances, operation, input = {} } = this.#call;
    return { caller, circumstances, operation, action, input, key, lookups, region: this.region, now: this.now };
  }
}

/** Condition keys of two sources; the first one's go before those of the second. */
function joined(conditions: Conditions | undefined, others: Conditions | undefined): Conditions | undefined {
  if (others === undefined) return conditions;
  return conditions === undefined ? others : new Map([...others, ...conditions]);
}
