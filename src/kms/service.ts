/** The dispatcher: from an operation's name and an unchecked input to its answer. */

import { after, type Soon } from "../storage/soon.ts";
import type { Store } from "../storage/store.ts";
import { Authorizer, answerOf } from "./authorize.ts";
import type { Circumstances } from "./circumstances.ts";
import type { Clock } from "./clock.ts";
import { asKmsError, fail, KmsError } from "./errors.ts";
import { type Explanation, explanationOf, FOR_LOOKUPS, readOnly, Withheld, withheld } from "./explain.ts";
import { grantOfToken } from "./grant-records.ts";
import type { Identities } from "./identities.ts";
import { idsOf } from "./ids.ts";
import { type Call, ConnectionDropped, type Ending, found, type Interceptor, passageThrough } from "./interception.ts";
import { Surroundings } from "./key-stores/surroundings.ts";
import { LastUsages } from "./last-usage.ts";
import { NitroTrust } from "./nitro/trust.ts";
import { operationNamed } from "./operations.ts";
import type { Answer } from "./policy/authorization.ts";
import type { Caller } from "./policy/principals.ts";
import { type Ground, RequestContext, type Setting } from "./request-context.ts";
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
   * @param requestId as the answer and the event have it.
   * @returns the output, or undefined for an operation that has none.
   * @throws KmsError, or ConnectionDropped when a fault rule says so, and nothing else.
   */
  call(
    operation: string,
    input: unknown,
    caller: Caller,
    circumstances?: Circumstances,
    requestId?: string,
  ): Soon<object | undefined>;
  /** Asks for the permissions that {@link call} would ask for, and does nothing. It never rejects. */
  explain(operation: string, input: unknown, caller: Caller, circumstances?: Circumstances): Promise<Explanation>;
}

export function createService(options: ServiceOptions): KmsService {
  const { account, sm2 = false, store, vault, clock, identities, interceptors = [] } = options;
  const { surroundings = new Surroundings() } = options;
  const { lastUsages = new LastUsages(clock.now()), nitro = new NitroTrust() } = options;
  const setting: Setting = { sm2, lastUsages, nitro, identities, authorizer: new Authorizer() };
  const nextEventId = idsOf("event");

  const live: Ground = {
    ...{ store, vault, surroundings },
    found: (call, resource, context) => found(interceptors, call, resource, context),
    settle(request, decision) {
      if (decision.allowed && options.onDecision === undefined) return;
      const answer = answerOf(request, decision);
      options.onDecision?.(answer);
      if (!answer.allowed) throw new KmsError("AccessDeniedException", answer.message, { cause: answer });
    },
  };

  function callOf(
    operation: string,
    given: unknown,
    caller: Caller,
    circumstances: Circumstances,
    requestId = "",
    eventId = "",
  ): Call {
    const { region = options.region } = circumstances;
    return {
      operation,
      caller,
      // An AWS service calls from no account.
      account: caller.accountId || account,
      region,
      circumstances,
      requestId,
      eventId,
      given,
      input: undefined,
      resources: NONE,
      notes: undefined,
      endTime: undefined,
      isAnswerLost: false,
    };
  }

  /** Runs the handler on a ground. @throws KmsError */
  function perform(call: Call, ground: Ground, now: number): Soon<object | undefined> {
    const { operation, given, region } = call;
    call.given = undefined;
    const { shape, handler } =
      operationNamed(operation) ?? fail("UnknownOperationException", `There is no operation ${operation}`);
    const input = validate(shape, given);
    call.input = input;
    const context = new RequestContext(setting, ground, call, region, now);
    const { GrantTokens = [] } = input as { readonly GrantTokens?: readonly string[] };
    if (GrantTokens.length === 0) return handler(context, input);
    return checkGrantTokens(ground.store, GrantTokens).then(() => handler(context, input));
  }

  function succeeded(call: Call, output: object | undefined, now: number): object | undefined {
    call.endTime = now;
    lastUsages.record(call, output, now);
    return withoutUndefined(output);
  }

  const passage = passageThrough(interceptors, (call) => {
    const now = clock.now();
    const output = perform(call, live, now);
    // What waits for nothing is one instant: the clock is not read again.
    return output instanceof Promise
      ? output.then((later) => succeeded(call, later, clock.now()))
      : succeeded(call, output, now);
  });

  return {
    call(operation, input, caller, circumstances = {}, requestId = "") {
      const call = callOf(operation, input, caller, circumstances, requestId, nextEventId());
      return after(passage(call), (ending) => answered(call, ending));
    },
    async explain(operation, input, caller, circumstances = {}) {
      const decisions: Answer[] = [];
      try {
        const ground: Ground = {
          store: readOnly(store),
          vault: withheld(vault, FOR_LOOKUPS),
          surroundings: withheld(surroundings),
          found: () => {},
          settle: (request, decision) => decisions.push(answerOf(request, decision)),
        };
        await perform(callOf(operation, input, caller, circumstances), ground, clock.now());
      } catch (error) {
        if (!(error instanceof Withheld)) return explanationOf(decisions, asKmsError(error));
      }
      return explanationOf(decisions, undefined);
    },
  };
}

const NONE: readonly never[] = [];

function answered({ isAnswerLost }: Call, ending: Ending): object | undefined {
  if ("lost" in ending) throw new ConnectionDropped(ending.lost);
  if (isAnswerLost) throw new ConnectionDropped(ending);
  if ("error" in ending) throw ending.error;
  return ending.output;
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
  for (const name in output) {
    if ((output as Readonly<Record<string, unknown>>)[name] !== undefined) continue;
    return Object.fromEntries(Object.entries(output).filter(([, value]) => value !== undefined));
  }
  return output;
}
