/** Rules of faults: what they may say. */

import { INTERNAL_ERROR_TEXT, isKmsErrorName, type KmsErrorName } from "./errors.ts";

/** When a fault strikes (all that is given must hold), and what it does (at least one of `error`, `latency`, `drop`). */
export interface FaultRule {
  /** One operation or several; any by default. */
  readonly operation?: string | readonly string[];
  /** Only calls that use this key: its identifier, ARN or alias. It strikes when the key has been found. */
  readonly key?: string;
  /** Only the n-th call, counted from 1 among those that operation and key describe; or several such numbers. */
  readonly nth?: number | readonly number[];
  /** How often it strikes at most. */
  readonly times?: number;
  /** Between 0 and 1. */
  readonly probability?: number;
  /** Where the draws of `probability` begin; from the KMS's own randomness by default, and so from its seed. */
  readonly seed?: number;
  /** The exception that the call ends with. */
  readonly error?: KmsErrorName;
  /** Its message; AWS's own by default. */
  readonly message?: string;
  /** Milliseconds of real time by which the call is held up. */
  readonly latency?: number;
  /** The connection ends without an answer: before the call is made, or after. */
  readonly drop?: "request" | "answer";
}

/** Messages of the service model, and of the developer guide's "Throttling". */
export const FAULT_MESSAGES: Readonly<Partial<Record<KmsErrorName, string>>> = {
  DependencyTimeoutException: "The system timed out while trying to fulfill the request. You can retry the request.",
  KMSInternalException: INTERNAL_ERROR_TEXT,
  KeyUnavailableException:
    "The request was rejected because the specified KMS key was not available. You can retry the request.",
  ThrottlingException: "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
};

const MEMBERS: ReadonlySet<string> = new Set([
  ...["operation", "key", "nth", "times", "probability", "seed", "error", "message", "latency", "drop"],
]);

/** @throws RangeError for a rule that could not be meant */
export function checkFaultRule(rule: FaultRule): void {
  const demand = (holds: boolean, why: string): void => {
    if (!holds) throw new RangeError(`a fault rule ${why}`);
  };
  const count = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 1;
  const names = (value: unknown): boolean => typeof value === "string" && value !== "";
  const oneOrMore = (value: unknown, is: (item: unknown) => boolean): boolean =>
    Array.isArray(value) ? value.length > 0 && value.every(is) : is(value);
  const given = (value: unknown, is: (value: unknown) => boolean): boolean => value === undefined || is(value);
  demand(typeof rule === "object" && rule !== null && !Array.isArray(rule), "is an object");
  for (const member of Object.keys(rule)) demand(MEMBERS.has(member), `has no ${JSON.stringify(member)}`);
  const { operation, key, nth, times, probability, seed, error, message, latency, drop } = rule;
  demand(error !== undefined || latency !== undefined || drop !== undefined, "has an error, a latency or a drop");
  demand(
    given(operation, (value) => oneOrMore(value, names)),
    "names one operation or several",
  );
  demand(given(key, names), "names a key by identifier, ARN or alias");
  demand(
    given(nth, (value) => oneOrMore(value, count)),
    "counts its n-th call from 1",
  );
  demand(given(times, count), "strikes at least one time");
  demand(
    given(probability, (value) => (value as number) >= 0 && (value as number) <= 1),
    "has a probability of 0 to 1",
  );
  demand(
    given(seed, (value) => Number.isInteger(value) && (value as number) >= 0),
    "has a seed that is not negative",
  );
  demand(
    given(error, (value) => isKmsErrorName(value)),
    "names an exception of AWS KMS",
  );
  demand(
    given(message, (value) => typeof value === "string"),
    "has a message of text",
  );
  demand(
    given(latency, (value) => (value as number) >= 0 && (value as number) <= 600_000),
    "has a latency of 0 to 600000 ms",
  );
  demand(
    given(drop, (value) => value === "request" || value === "answer"),
    'drops the "request" or the "answer"',
  );
}
