/** The dispatcher: from an operation's name and an unchecked input to its answer. */

import type { Store } from "../storage/store.ts";
import { Authorizer } from "./authorize.ts";
import type { Circumstances } from "./circumstances.ts";
import type { Clock } from "./clock.ts";
import type { CallContext } from "./context.ts";
import { asKmsError, fail, KmsError } from "./errors.ts";
import { grantOfToken, grantsOn } from "./grant-records.ts";
import type { Identities } from "./identities.ts";
import { inputShape } from "./inputs.ts";
import { aliasesOf, isSameKey } from "./lookups.ts";
import { handlerOf, isOperation } from "./operations.ts";
import type { Answer } from "./policy/authorization.ts";
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
  /** Is told of every decision: who asked for what, and which statement or grant decided, or what was missing. */
  readonly onDecision?: (decision: Answer) => void;
}

export interface KmsService {
  /**
   * Does one operation for a caller: validates the input, runs the handler, and leaves out members without a value.
   * @returns the output, or undefined for an operation that has none.
   * @throws KmsError and nothing else.
   */
  call(operation: string, input: unknown, caller: Caller, circumstances?: Circumstances): Promise<object | undefined>;
}

export function createService(options: ServiceOptions): KmsService {
  const { account, region, store, vault, clock, identities } = options;
  const authorizer = new Authorizer();
  return {
    async call(operation, input, caller, circumstances = {}) {
      try {
        if (!isOperation(operation)) fail("UnknownOperationException", `There is no operation ${operation}`);
        const checked = validate(inputShape(operation), input);
        await checkGrantTokens(store, checked);
        const now = clock.now();
        const context: CallContext = {
          caller,
          account,
          region,
          now,
          store,
          vault,
          async authorize(action, resource, conditions) {
            const decision = await authorizer.decide({
              facts: { caller, circumstances, operation, action, input: checked, region, now },
              resource,
              conditions,
              identityPolicies: identities.policiesOf(caller),
              grantsOn: async (key) => (await grantsOn(store, key)).map(({ value }) => value),
              aliasesOf: (key) => aliasesOf(context, key),
              isSameKey: () => isSameKey(context, checked),
            });
            options.onDecision?.(decision);
            if (!decision.allowed) throw new KmsError("AccessDeniedException", decision.message, { cause: decision });
          },
        };
        return withoutUndefined(await handlerOf(operation)(context, checked));
      } catch (error) {
        throw asKmsError(error);
      }
    },
  };
}

/**
 * A grant is in force at once, so its token opens nothing that the grant does not; but it must be one.
 * @throws KmsError InvalidGrantTokenException
 */
async function checkGrantTokens(store: Store, input: { readonly GrantTokens?: readonly string[] }): Promise<void> {
  for (const token of input.GrantTokens ?? []) {
    if ((await grantOfToken(store, token)) === undefined) {
      fail("InvalidGrantTokenException", "A grant token in the request is not valid.");
    }
  }
}

function withoutUndefined(output: object | undefined): object | undefined {
  if (output === undefined) return undefined;
  const members = Object.entries(output).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members);
}
