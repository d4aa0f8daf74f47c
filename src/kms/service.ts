/** The dispatcher: from an operation's name and an unchecked input to its answer. */

import type { Store } from "../storage/store.ts";
import { Authorizer } from "./authorize.ts";
import type { Clock } from "./clock.ts";
import type { CallContext } from "./context.ts";
import { asKmsError, fail } from "./errors.ts";
import type { Identities } from "./identities.ts";
import { inputShape } from "./inputs.ts";
import { handlerOf, isOperation } from "./operations.ts";
import type { Caller } from "./policy/principals.ts";
import { validate } from "./validate.ts";
import type { Vault } from "./vault.ts";

export interface ServiceOptions {
  readonly account: string;
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
   * Does one operation for a caller: validates the input, runs the handler, and leaves out members without a value.
   * @returns the output, or undefined for an operation that has none.
   * @throws KmsError and nothing else.
   */
  call(operation: string, input: unknown, caller: Caller): Promise<object | undefined>;
}

export function createService(options: ServiceOptions): KmsService {
  const { account, region, sm2 = false, store, vault, clock, identities } = options;
  const authorizer = new Authorizer();
  return {
    async call(operation, input, caller) {
      try {
        if (!isOperation(operation)) fail("UnknownOperationException", `There is no operation ${operation}`);
        const checked = validate(inputShape(operation), input);
        refuseGrantTokens(checked);
        const now = clock.now();
        const context: CallContext = {
          caller,
          account,
          region,
          sm2,
          now,
          store,
          vault,
          async authorize(action, resource, conditions) {
            const identityPolicies = identities.policiesOf(caller);
            authorizer.authorize({ caller, action, resource, conditions, identityPolicies, region, now });
          },
        };
        return withoutUndefined(await handlerOf(operation)(context, checked));
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
