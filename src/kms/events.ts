/** `kms.events`: what was asked of the KMS and how it ended. */

import type { Restorable } from "../storage/restorable.ts";
import { after } from "../storage/soon.ts";
import type { Members } from "./condition-sources.ts";
import { type KmsEvent, RecordedCall } from "./event-record.ts";
import type { Call, Interceptor, Outcome } from "./interception.ts";
import { aliasNameIn } from "./key-lookup.ts";
import { type Misuse, misusesIn, type Recorded } from "./misuse.ts";

/** What an event must be to be listed: all that is given must hold. */
export interface EventFilter {
  /** One operation or several. */
  readonly operation?: string | readonly string[];
  /** A key that the call used: its identifier, its ARN, or an alias that the KMS has seen. */
  readonly key?: string;
  /** The ARN of who called. */
  readonly principal?: string;
  /** Pairs that the request's encryption context has, beside which it may have others. */
  readonly encryptionContext?: Readonly<Record<string, string>>;
  /** The name of an exception; null for calls that succeeded. */
  readonly errorCode?: string | null;
}

export interface EventsOptions {
  readonly now: () => number;
  /** How many of the latest events are kept; 10,000 by default. */
  readonly capacity?: number;
}

/** The state that a snapshot of the KMS holds. */
export interface EventsState {
  readonly log: readonly Recorded[];
  readonly targets: ReadonlyMap<string, string>;
}

/** The log of all calls, the oldest first. */
export class Events implements Restorable<EventsState> {
  readonly #now: () => number;
  readonly #capacity: number;
  readonly #listeners = new Set<(event: KmsEvent) => void>();
  /** Once it is full, the next event takes the place of the oldest. */
  #log: Recorded[] = [];
  #oldest = 0;
  /** From an alias to the ARN of the key that it was last seen to mean. */
  #targets = new Map<string, string>();
  /** The last of each operation that succeeded: the next mostly repeats it. */
  readonly #latest = new Map<string, RecordedCall>();

  constructor({ now, capacity = 10_000 }: EventsOptions) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError("the log holds at least one event");
    this.#now = now;
    this.#capacity = capacity;
  }

  /** The events that the filter describes, the oldest first. */
  list(filter: EventFilter = {}): KmsEvent[] {
    return this.#matching(filter).map(({ event }) => event);
  }

  /** Forgets all events so far. */
  clear(): void {
    this.#log = [];
    this.#oldest = 0;
    this.#latest.clear();
  }

  /** Calls `listener` with every event from now on; gives the function that ends that. */
  subscribe(listener: (event: KmsEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What the events so far show of keys that are used in a way that is better avoided. */
  lint(filter: EventFilter = {}): Misuse[] {
    return misusesIn(this.#matching(filter));
  }

  /** Says which key an alias means, for one that came into the store without a call. */
  aliasMeans(name: string, keyArn: string): void {
    this.#targets.set(name, keyArn);
  }

  /** Records every call, unless its connection is dropped before it is made. */
  get interceptor(): Interceptor {
    return {
      around: (call, next) =>
        after(next(call), (ending) => {
          const outcome = "lost" in ending ? ending.lost : ending;
          if (outcome !== undefined) this.#record(call, outcome);
          return ending;
        }),
    };
  }

  save(): EventsState {
    return { log: this.#inOrder(), targets: new Map(this.#targets) };
  }

  load({ log, targets }: EventsState): void {
    this.#log = log.slice(-this.#capacity);
    this.#oldest = 0;
    this.#targets = new Map(targets);
  }

  #inOrder(): Recorded[] {
    return [...this.#log.slice(this.#oldest), ...this.#log.slice(0, this.#oldest)];
  }

  #record(call: Call, outcome: Outcome): void {
    const recorded = new RecordedCall(call, outcome, this.#now(), this.#latest.get(call.operation));
    if (this.#log.length < this.#capacity) this.#log.push(recorded);
    else {
      this.#log[this.#oldest] = recorded;
      this.#oldest = (this.#oldest + 1) % this.#capacity;
    }
    if (!("error" in outcome)) {
      this.#latest.set(call.operation, recorded);
      this.#learn(call);
    }
    for (const listener of this.#listeners) listener(recorded.event);
  }

  /** A call with an alias tells which key that means; ReEncrypt's source comes first, and an alias's new target last. */
  #learn({ input, resources }: Call): void {
    for (const [member, place] of NAMING) {
      const name = (input as Members | undefined)?.[member];
      const alias = typeof name === "string" ? aliasNameIn(name) : undefined;
      if (alias === undefined) continue;
      const key = resources.filter((resource) => typeof resource !== "string").at(place);
      if (key !== undefined) this.#targets.set(alias, key.arn);
    }
  }

  #matching(filter: EventFilter): Recorded[] {
    const { operation, key, principal, encryptionContext, errorCode } = filter;
    const operations = typeof operation === "string" ? [operation] : operation;
    const arn = key !== undefined && /(?:^|:)alias\//.test(key) ? (this.#targets.get(aliasIn(key)) ?? key) : key;
    const code = errorCode === "AccessDeniedException" ? "AccessDenied" : errorCode;
    return this.#inOrder().filter(
      ({ event }) =>
        (operations === undefined || operations.includes(event.eventName)) &&
        (arn === undefined || event.resources.some(({ ARN }) => ARN === arn || ARN.endsWith(`:key/${arn}`))) &&
        (principal === undefined || event.userIdentity.arn === principal) &&
        (encryptionContext === undefined ||
          contextsOf(event).some((context) => includes(context, encryptionContext))) &&
        (code === undefined || (code === null ? event.errorCode === undefined : event.errorCode === code)),
    );
  }
}

/** The members of a request that may name a key by its alias, and which of the call's keys that is. */
const NAMING = [
  ["KeyId", 0],
  ["SourceKeyId", 0],
  ["DestinationKeyId", -1],
  ["AliasName", -1],
] as const;

/** The encryption contexts of a request: two of ReEncrypt, one or none of others. */
export function contextsOf({ requestParameters }: KmsEvent): Readonly<Record<string, string>>[] {
  const members = ["encryptionContext", "sourceEncryptionContext", "destinationEncryptionContext"];
  return members.flatMap((member) => {
    const context = requestParameters?.[member];
    return typeof context === "object" && context !== null ? [context as Readonly<Record<string, string>>] : [];
  });
}

function includes(context: Readonly<Record<string, string>>, pairs: Readonly<Record<string, string>>): boolean {
  return Object.entries(pairs).every(([name, value]) => Object.hasOwn(context, name) && context[name] === value);
}

function aliasIn(name: string): string {
  return name.slice(name.indexOf("alias/"));
}
