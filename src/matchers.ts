/**
 * Matchers on what a KMS has recorded, for vitest and jest: `expect.extend(kmsMatchers)` (`pocket-hsm/matchers`).
 *
 * Calls that failed count only where the filter says so (`errorCode`).
 */

import type { EventFilter, KmsEvent, Misuse } from "./kms.ts";

/** What the matchers look at; a `Kms` is one. */
export interface WithEvents {
  readonly events: {
    list(filter?: EventFilter): KmsEvent[];
    lint(filter?: EventFilter): Misuse[];
  };
}

/** Which calls count, and how many there must be: at least one unless told otherwise. */
export interface MatcherOptions extends EventFilter {
  readonly times?: number;
}

export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The matchers as they are called, for the declaration that each runner needs (docs/kms.md, "Matchers"). */
export interface KmsMatchers<R = unknown> {
  /** Calls with the key succeeded: its identifier, its ARN or an alias. */
  toHaveUsedKey(key: string, options?: MatcherOptions): R;
  /** Calls whose encryption context has these pairs succeeded; with `every`, all calls that bind one had them. */
  toHaveBoundContext(
    encryptionContext: Readonly<Record<string, string>>,
    options?: MatcherOptions & { readonly every?: boolean },
  ): R;
  /** Calls of the operation succeeded. */
  toHaveCalled(operation: string, options?: MatcherOptions): R;
  /** Calls were denied. */
  toHaveDenied(options?: MatcherOptions): R;
  /** The lint finds nothing. */
  toHaveNoMisuse(filter?: EventFilter): R;
}

type Implementation<M> = {
  readonly [N in keyof M]: M[N] extends (...args: infer Args) => unknown
    ? (received: WithEvents, ...args: Args) => MatcherResult
    : never;
};

export const kmsMatchers: Implementation<KmsMatchers> = {
  toHaveUsedKey: (kms, key, options = {}) => counted(kms, `calls with the key ${key}`, { ...options, key }),

  toHaveBoundContext(kms, encryptionContext, { every = false, ...options } = {}) {
    const what = `calls with the encryption context ${JSON.stringify(encryptionContext)}`;
    const result = counted(kms, what, { ...options, encryptionContext });
    if (!every || !result.pass) return result;
    const bound = new Set(eventsOf(kms, { ...options, encryptionContext }));
    const without = eventsOf(kms, options).filter((event) => BINDING.has(event.eventName) && !bound.has(event));
    const message = (): string => `${without.length} calls have another encryption context, or none${shown(without)}`;
    return without.length === 0 ? result : { pass: false, message };
  },

  toHaveCalled: (kms, operation, options = {}) => counted(kms, `calls of ${operation}`, { ...options, operation }),

  toHaveDenied: (kms, options = {}) => counted(kms, "denied calls", { ...options, errorCode: "AccessDenied" }),

  toHaveNoMisuse(kms, filter) {
    const found = recorderOf(kms).lint(filter);
    const lines = found.map(
      ({ rule, advice, events }) => `${rule} (${events.length} calls): ${advice}${shown(events)}`,
    );
    return {
      pass: found.length === 0,
      message: () => (found.length === 0 ? "the lint finds nothing, but was expected to" : lines.join("\n")),
    };
  },
};

/** Operations that bind an encryption context. */
const BINDING: ReadonlySet<string> = new Set([
  ...["Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"],
  ...["GenerateDataKeyWithoutPlaintext", "ReEncrypt"],
]);

function counted(kms: WithEvents, what: string, { times, ...filter }: MatcherOptions): MatcherResult {
  const found = eventsOf(kms, filter);
  const pass = times === undefined ? found.length > 0 : found.length === times;
  const wanted = times === undefined ? "at least one of" : `${times} of`;
  return {
    pass,
    message: () =>
      pass
        ? `${found.length} ${what} were recorded, but should not have been${shown(found)}`
        : `${wanted} ${what} expected, ${found.length} recorded; all calls so far${shown(recorderOf(kms).list())}`,
  };
}

function eventsOf(kms: WithEvents, filter: EventFilter): KmsEvent[] {
  return recorderOf(kms).list({ errorCode: null, ...filter });
}

function recorderOf(received: WithEvents): WithEvents["events"] {
  const events: unknown = (received as Partial<WithEvents> | undefined)?.events;
  if (typeof events === "object" && events !== null && "list" in events) return received.events;
  throw new TypeError("a KMS is expected: expect(kms)");
}

/** The last calls, one a line. */
function shown(events: readonly KmsEvent[]): string {
  const lines = events.slice(-20).map(({ eventName, errorCode, resources, requestParameters }) => {
    const keys = resources.map(({ ARN }) => ARN).join(", ");
    const context = requestParameters?.["encryptionContext"];
    return ["", eventName, errorCode, keys, context && JSON.stringify(context)].filter((part) => part !== undefined);
  });
  const more = events.length > lines.length ? `\n  … ${events.length - lines.length} before these` : "";
  return lines.length === 0 ? ": none" : `:${more}${lines.map((line) => `\n  ${line.join(" ").trim()}`).join("")}`;
}
