/** The seam around every call, on which faults, quotas and events hang. */

import { after, type Soon } from "../storage/soon.ts";
import type { Circumstances } from "./circumstances.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { asKmsError, type KmsError } from "./errors.ts";
import type { Caller } from "./policy/principals.ts";

/** One request on its way through the service. */
export interface Call {
  /** As the request names it: it may be none of this service's. */
  readonly operation: string;
  readonly caller: Caller;
  readonly account: string;
  readonly region: string;
  readonly circumstances: Circumstances;
  readonly requestId: string;
  /** Of the event that will record it. */
  readonly eventId: string;
  /** The input as the caller gave it, until it has been looked at. */
  given: unknown;
  /** The input as validated; `undefined` until then, and for one that was refused. */
  input: object | undefined;
  /** The keys, and the ARNs of aliases, that it has asked permission for: in order, each once. */
  resources: readonly (KeyRecord | string)[];
  /** What the answer's record says beside request and response, such as the enclave that it is for. */
  notes: Readonly<Record<string, unknown>> | undefined;
  /** When it succeeded, in milliseconds since the epoch by the clock of the KMS. */
  endTime: number | undefined;
  /** It is made, and its answer gets lost. */
  isAnswerLost: boolean;
}

export type Outcome = { readonly output: object | undefined } | { readonly error: KmsError };

/** How a call ends: `lost` is what the answer said whose connection was dropped, if there was one. */
export type Ending = Outcome | { readonly lost: Outcome | undefined };

/** Runs a call through what stands further inside. It never throws or rejects. */
export type Passage = (call: Call) => Soon<Ending>;

export interface Interceptor {
  /**
   * Runs a call: may hold it up, end it in another way, and look at how it ended.
   * @throws KmsError, with which the call ends
   */
  around?(call: Call, next: Passage): Soon<Ending>;
  /** A call has found a key, and has not asked for permission yet; once for each key. */
  found?(call: Call, key: KeyRecord, context: CallContext): Soon<void>;
}

/** The way of every call through the interceptors, of which the first is the outermost, to what does it. */
export function passageThrough(
  interceptors: readonly Interceptor[],
  perform: (call: Call) => Soon<object | undefined>,
): Passage {
  const outputOf = (output: object | undefined): Ending => ({ output });
  return interceptors.reduceRight<Passage>(
    (next, interceptor) =>
      interceptor.around === undefined ? next : endingOf((call) => interceptor.around?.(call, next) ?? next(call)),
    endingOf((call) => after(perform(call), outputOf)),
  );
}

/** What a call throws is how it ends. */
function endingOf(run: (call: Call) => Soon<Ending>): Passage {
  const failed = (error: unknown): Ending =>
    error instanceof ConnectionDropped ? { lost: error.outcome } : { error: asKmsError(error) };
  return (call) => {
    try {
      const ending = run(call);
      return ending instanceof Promise ? ending.catch(failed) : ending;
    } catch (error) {
      return failed(error);
    }
  };
}

/** Enters what a call asks permission for, and tells the interceptors of a key that it has not asked for before. */
export function found(
  interceptors: readonly Interceptor[],
  call: Call,
  resource: KeyRecord | string,
  context: CallContext,
): Soon<void> {
  if (resource === "*") return;
  const arn = arnOf(resource);
  for (const other of call.resources) if (arnOf(other) === arn) return;
  call.resources = call.resources.length === 0 ? [resource] : [...call.resources, resource];
  if (typeof resource === "string") return;
  let told: Soon<void> | undefined;
  for (const interceptor of interceptors) {
    told = after(told, () => interceptor.found?.(call, resource, context));
  }
  return told;
}

function arnOf(resource: KeyRecord | string): string {
  return typeof resource === "string" ? resource : resource.arn;
}

/**
 * The client gets no answer: its connection ended. Doors reject with it, and a listener destroys the socket. `code` is
 * that of a broken socket in Node, by which the SDK knows that it may try again.
 */
export class ConnectionDropped extends Error {
  override readonly name: string = "ConnectionDropped";
  readonly code: "ECONNRESET" = "ECONNRESET";
  /** What the lost answer said, or `undefined` when the request was lost already. */
  declare readonly outcome: Outcome | undefined;

  constructor(outcome?: Outcome) {
    super("the connection was dropped by a fault rule");
    Object.defineProperty(this, "outcome", { value: outcome });
  }
}
