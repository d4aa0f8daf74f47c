/** The dispatcher: from an operation's name and an unchecked input to its answer. */

import { after, type Soon } from "../storage/soon.ts";
import type { Store } from "../storage/store.ts";
import { Authorizer } from "./authorize.ts";
import type { Circumstances } from "./circumstances.ts";
import type { Clock } from "./clock.ts";
import { conditionsOf } from "./condition-keys.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { asKmsError, fail, KmsError } from "./errors.ts";
import { type Explanation, explanationOf, FOR_LOOKUPS, readOnly, Withheld, withheld } from "./explain.ts";
import { grantOfToken } from "./grant-records.ts";
import type { Identities } from "./identities.ts";
import { idsOf } from "./ids.ts";
import { inputShape, type OperationName } from "./inputs.ts";
import { type Call, ConnectionDropped, found, type Interceptor, intercepted } from "./interception.ts";
import { Surroundings } from "./key-stores/surroundings.ts";
import { LastUsages } from "./last-usage.ts";
import { NitroTrust } from "./nitro/trust.ts";
import { handlerOf, isOperation } from "./operations.ts";
import type { Answer } from "./policy/authorization.ts";
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
  /** What custom key stores are connected to. */
  readonly surroundings?: Surroundings;
  readonly lastUsages?: LastUsages;
  readonly nitro?: NitroTrust;
  /** Is told of every decision: who asked for what, and which statement or grant decided, or what was missing. */
  readonly onDecision?: (decision: Answer) => void;
  /** What stands around every call; the first is the outermost. */
  readonly interceptors?: readonly Interceptor[];
}

export interface KmsService {
  /**
   * Does one operation for a caller, in the caller's account: validates the input, runs the handler, and leaves out
   * members without a value.
   * @param circumstances where from, and for which Region; the service's own when it names none.
   * @returns the output, or undefined for an operation that has none.
   * @throws KmsError, or ConnectionDropped when a fault rule says so, and nothing else.
   */
  call(operation: string, input: unknown, caller: Caller, circumstances?: Circumstances): Promise<object | undefined>;
  /** Asks for the permissions that {@link call} would ask for, and does nothing. It never rejects. */
  explain(operation: string, input: unknown, caller: Caller, circumstances?: Circumstances): Promise<Explanation>;
}

/** A call with its checked input, as authorization and the handler see it. */
interface Request extends Pick<Call, "caller" | "circumstances" | "requestId"> {
  readonly operation: OperationName;
  readonly input: object;
}

/** What a call works on, and what becomes of the decisions about it. */
interface Ground {
  readonly store: Store;
  readonly vault: Vault;
  readonly surroundings: Surroundings;
  found(resource: KeyRecord | string, context: CallContext): Soon<void>;
  note(name: string, value: unknown): void;
  /** @throws KmsError AccessDeniedException */
  settle(decision: Answer): void;
}

export function createService(options: ServiceOptions): KmsService {
  const { account, sm2 = false, store, vault, clock, identities, interceptors = [] } = options;
  const { surroundings = new Surroundings() } = options;
  const authorizer = new Authorizer();
  const { lastUsages = new LastUsages(clock.now()), nitro = new NitroTrust() } = options;
  const nextEventId = idsOf("event");

  function contextOf(request: Request, region: string, now: number, ground: Ground): CallContext {
    const { caller } = request;
    const { store, vault, surroundings } = ground;
    const context: CallContext = {
      caller,
      // An AWS service calls from no account.
      account: caller.accountId || account,
      region,
      sm2,
      now,
      requestId: request.requestId,
      store,
      vault,
      lastUsages,
      nitro,
      note: ground.note,
      surroundings,
      at: (other) => contextOf(request, other, now, ground),
      conditions: (action) => conditionsOf({ ...request, action, region, now, key: undefined, lookups: {} }),
      authorize(action, resource, conditions) {
        const { circumstances, operation, input } = request;
        const facts = { caller, circumstances, operation, action, input, region, now };
        const decision = after(ground.found(resource, context), () =>
          authorizer.decide({ facts, resource, conditions, identityPolicies: identities.policiesOf(caller), context }),
        );
        return after(decision, ground.settle);
      },
    };
    return context;
  }

  function callOf(operation: string, caller: Caller, circumstances: Circumstances, eventId: string): Call {
    const { region = options.region, requestId = "" } = circumstances;
    return {
      operation,
      caller,
      account: caller.accountId || account,
      region,
      circumstances,
      requestId,
      eventId,
      input: undefined,
      resources: [],
      notes: undefined,
      isAnswerLost: false,
    };
  }

  /** Runs the handler on a ground. @throws KmsError for what is wrong with the input, at once */
  function perform(call: Call, input: unknown, ground: Ground): Promise<object | undefined> {
    const { operation, region, caller, circumstances, requestId } = call;
    if (!isOperation(operation)) fail("UnknownOperationException", `There is no operation ${operation}`);
    const checked = validate(inputShape(operation), input);
    call.input = checked;
    const request = { operation, input: checked, caller, circumstances, requestId };
    const handle = (): Promise<object | undefined> =>
      handlerOf(operation)(contextOf(request, region, clock.now(), ground), checked);
    const { GrantTokens = [] } = checked as { readonly GrantTokens?: readonly string[] };
    return GrantTokens.length === 0 ? handle() : checkGrantTokens(ground.store, GrantTokens).then(handle);
  }

  async function performLive(call: Call, input: unknown): Promise<object | undefined> {
    try {
      const output = await perform(call, input, {
        store,
        vault,
        surroundings,
        found: (resource, context) => found(interceptors, call, resource, context),
        note: (name, value) => {
          call.notes = { ...call.notes, [name]: value };
        },
        settle(decision) {
          options.onDecision?.(decision);
          if (!decision.allowed) throw new KmsError("AccessDeniedException", decision.message, { cause: decision });
        },
      });
      lastUsages.record(call, output, clock.now());
      return withoutUndefined(output);
    } catch (error) {
      throw error instanceof ConnectionDropped ? error : asKmsError(error);
    }
  }

  return {
    async call(operation, input, caller, circumstances = {}) {
      const call = callOf(operation, caller, circumstances, nextEventId());
      try {
        return await intercepted(interceptors, call, () => performLive(call, input));
      } catch (error) {
        throw error instanceof ConnectionDropped ? error : asKmsError(error);
      }
    },
    async explain(operation, input, caller, circumstances = {}) {
      const decisions: Answer[] = [];
      try {
        await perform(callOf(operation, caller, circumstances, ""), input, {
          store: readOnly(store),
          vault: withheld(vault, FOR_LOOKUPS),
          surroundings: withheld(surroundings),
          found: () => {},
          note: () => {},
          settle: (decision) => decisions.push(decision),
        });
      } catch (error) {
        if (!(error instanceof Withheld)) return explanationOf(decisions, asKmsError(error));
      }
      return explanationOf(decisions, undefined);
    },
  };
}

/**
 * A grant is in force at once, so its token opens nothing that the grant does not; but it must be one.
 * @throws KmsError InvalidGrantTokenException
 */
async function checkGrantTokens(store: Store, tokens: readonly string[]): Promise<void> {
  for (const token of tokens) {
    if ((await grantOfToken(store, token)) === undefined) {
      fail("InvalidGrantTokenException", "A grant token in the request is not valid.");
    }
  }
}

function withoutUndefined(output: object | undefined): object | undefined {
  if (output === undefined || !Object.values(output).includes(undefined)) return output;
  const members = Object.entries(output).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members);
}
