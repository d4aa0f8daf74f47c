/** The dispatcher: from an operation's name and an unchecked input to its answer. */

import type { Store } from "../storage/store.ts";
import { Authorizer } from "./authorize.ts";
import type { Clock } from "./clock.ts";
import type { CallContext } from "./context.ts";
import { asKmsError, fail } from "./errors.ts";
import type { Identities } from "./identities.ts";
import { inputShape } from "./inputs.ts";
import { type Call, ConnectionDropped, found, type Interceptor, intercepted } from "./interception.ts";
import { handlerOf, isOperation } from "./operations.ts";
import type { Caller } from "./policy/principals.ts";
import { validate } from "./validate.ts";
import type { Vault } from "./vault.ts";

export interface ServiceOptions {
  readonly account: string;
  readonly region: string;
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly identities: Identities;
  /** What stands around every call; the first is the outermost. */
  readonly interceptors?: readonly Interceptor[];
}

export interface KmsService {
  /**
   * Does one operation for a caller: validates the input, runs the handler, and leaves out members without a value.
   * @returns the output, or undefined for an operation that has none.
   * @throws KmsError, or ConnectionDropped when a fault rule says so, and nothing else.
   */
  call(operation: string, input: unknown, caller: Caller, requestId?: string): Promise<object | undefined>;
}

export function createService(options: ServiceOptions): KmsService {
  const { account, region, store, vault, clock, identities, interceptors = [] } = options;
  const authorizer = new Authorizer();

  async function perform(call: Call, input: unknown): Promise<object | undefined> {
    const { operation, caller } = call;
    try {
      if (!isOperation(operation)) fail("UnknownOperationException", `There is no operation ${operation}`);
      const checked = validate(inputShape(operation), input);
      call.input = checked;
      refuseGrantTokens(checked);
      const now = clock.now();
      const context: CallContext = {
        caller,
        account,
        region,
        now,
        store,
        vault,
        async authorize(action, resource, conditions) {
          await found(interceptors, call, resource, context);
          const identityPolicies = identities.policiesOf(caller);
          authorizer.authorize({ caller, action, resource, conditions, identityPolicies, region, now });
        },
      };
      return withoutUndefined(await handlerOf(operation)(context, checked));
    } catch (error) {
      throw error instanceof ConnectionDropped ? error : asKmsError(error);
    }
  }

  return {
    async call(operation, input, caller, requestId = "") {
      const call: Call = {
        operation,
        caller,
        account,
        region,
        requestId,
        input: undefined,
        resources: [],
        notes: {},
      };
      try {
        return await intercepted(interceptors, call, () => perform(call, input));
      } catch (error) {
        throw error instanceof ConnectionDropped ? error : asKmsError(error);
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
