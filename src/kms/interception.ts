/** The seam around every call, on which faults, quotas and events hang. */

import { after, type Soon } from "../storage/soon.ts";
import type { Circumstances } from "./circumstances.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import type { KmsError } from "./errors.ts";
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
  /** The input as validated; `undefined` until then, for one that was refused, and when the call has been recorded. */
  input: object | undefined;
  /** The keys, and the ARNs of aliases, that it has asked permission for: in order, each once. */
  readonly resources: (KeyRecord | string)[];
  /** What the answer's record says beside request and response, such as the enclave that it is for. */
  notes: Readonly<Record<string, unknown>> | undefined;
  /** It is made, and its answer gets lost. */
  isAnswerLost: boolean;
}

export type Outcome = { readonly output: object | undefined } | { readonly error: KmsError };

export interface Interceptor {
  /** Runs a call: may refuse it, hold it up, and look at its outcome. */
  around?(call: Call, next: () => Promise<object | undefined>): Promise<object | undefined>;
  /** A call has found a key, and has not asked for permission yet; once for each key. */
  found?(call: Call, key: KeyRecord, context: CallContext): Soon<void>;
}

/** Runs a call through the interceptors, of which the first is the outermost. */
export function intercepted(
  interceptors: readonly Interceptor[],
  call: Call,
  perform: () => Promise<object | undefined>,
): Promise<object | undefined> {
  return interceptors.reduceRight<() => Promise<object | undefined>>(
    (next, interceptor) => () => interceptor.around?.(call, next) ?? next(),
    perform,
  )();
}

/** Enters what a call asks permission for, and tells the interceptors of a key that it has not asked for before. */
export function found(
  interceptors: readonly Interceptor[],
  call: Call,
  resource: KeyRecord | string,
  context: CallContext,
): Soon<void> {
  const arn = arnOf(resource);
  if (resource === "*" || call.resources.some((other) => arnOf(other) === arn)) return;
  call.resources.push(resource);
  if (typeof resource === "string") return;
  return interceptors.reduce<Soon<void>>(
    (told, interceptor) => after(told, () => interceptor.found?.(call, resource, context)),
    undefined,
  );
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
