/** The dispatcher: from an operation's name and an unchecked input to its answer. */

import type { Store } from "../storage/store.ts";
import { Authorizer } from "./authorize.ts";
import type { Clock } from "./clock.ts";
import type { CallContext } from "./context.ts";
import { asKmsError, fail } from "./errors.ts";
import type { Identities } from "./identities.ts";
import { inputShape } from "./inputs.ts";
import { LastUsages } from "./last-usage.ts";
import { handlerOf, isOperation } from "./operations.ts";
import type { Caller } from "./policy/principals.ts";
import { validate } from "./validate.ts";
import type { Vault } from "./vault.ts";

export interface ServiceOptions {
  /** The account of callers that have none. */
  readonly account: string;
  /** The Region of calls that name none. */
  readonly region: string;
  /** Whether the key spec SM2 is offered outside the China Regions too. */
  readonly sm2?: boolean;
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly identities: Identities;
}

export interface KmsService {
  /**
   * Does one operation for a caller, in the caller's account: validates the input, runs the handler, and leaves out
   * members without a value.
   * @param region where; the service's own when it is not given.
   * @returns the output, or undefined for an operation that has none.
   * @throws KmsError and nothing else.
   */
  call(operation: string, input: unknown, caller: Caller, region?: string): Promise<object | undefined>;
}

export function createService(options: ServiceOptions): KmsService {
  const { account, sm2 = false, store, vault, clock, identities } = options;
  const authorizer = new Authorizer();
  const lastUsages = new LastUsages(clock.now());

  function contextOf(caller: Caller, region: string, now: number): CallContext {
    return {
      caller,
      // An AWS service calls from no account.
      account: caller.accountId || account,
      region,
      sm2,
      now,
      store,
      vault,
      lastUsages,
      at: (other) => contextOf(caller, other, now),
      async authorize(action, resource, conditions) {
        const identityPolicies = identities.policiesOf(caller);
        authorizer.authorize({ caller, action, resource, conditions, identityPolicies, region, now });
      },
    };
  }

  return {
    async call(operation, input, caller, region = options.region) {
      try {
        if (!isOperation(operation)) fail("UnknownOperationException", `There is no operation ${operation}`);
        const checked = validate(inputShape(operation), input);
        refuseGrantTokens(checked);
        const context = contextOf(caller, region, clock.now());
        const output = await handlerOf(operation)(context, checked);
        lastUsages.record(operation, output, context.now);
        return withoutUndefined(output);
      } catch (error) {
        throw asKmsError(error);
      }
    },
  };
}

/** There are no grants yet, so there is no token of one that is valid. */
function refuseGrantTokens(input: { readonly GrantTokens?: readonly string[] }): void {
  if (input.GrantTokens !== undefined && input.GrantTokens.length > 0) {
    fail("InvalidGrantTokenException", "A grant token in the request is not valid.");
  }
}

function withoutUndefined(output: object | undefined): object | undefined {
  if (output === undefined) return undefined;
  const members = Object.entries(output).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members);
}
