/** `kms.faults`: failures on demand, as rules of when they strike and what they do. */

import type { Restorable } from "../storage/restorable.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { KmsError } from "./errors.ts";
import { checkFaultRule, FAULT_MESSAGES, type FaultRule } from "./fault-rules.ts";
import { type Call, ConnectionDropped, type Interceptor } from "./interception.ts";
import { aliasNameIn } from "./key-lookup.ts";
import { aliasByName } from "./key-records.ts";

export interface Fault {
  readonly id: number;
  readonly rule: FaultRule;
  /** How many calls operation and key have described so far. */
  readonly matched: number;
  /** How often it has struck. */
  readonly struck: number;
}

export interface FaultsOptions {
  /** A number that a rule's draws begin with. */
  readonly random: () => number;
  /** Waits for that many milliseconds. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** The state that a snapshot of the KMS holds. */
export type FaultsState = readonly (Fault & { readonly draws: number })[];

type Counted = { -readonly [M in keyof FaultsState[number]]: FaultsState[number][M] };

/** The rules of a KMS, asked in the order in which they were added. */
export class Faults implements Restorable<FaultsState> {
  readonly #options: FaultsOptions;
  readonly #sleep: (milliseconds: number) => Promise<void>;
  #nextId = 1;
  #faults: Counted[] = [];

  constructor(options: FaultsOptions) {
    this.#options = options;
    this.#sleep = options.sleep ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)));
  }

  /** Adds a rule; gives its id. @throws RangeError for a rule that could not be meant */
  add(rule: FaultRule): number {
    checkFaultRule(rule);
    const draws = rule.probability === undefined ? 0 : (rule.seed ?? this.#options.random());
    const id = this.#nextId++;
    this.#faults.push({ id, rule: Object.freeze({ ...rule }), matched: 0, struck: 0, draws });
    return id;
  }

  /** Whether there was a rule of that id. */
  remove(id: number): boolean {
    const before = this.#faults.length;
    this.#faults = this.#faults.filter((fault) => fault.id !== id);
    return this.#faults.length < before;
  }

  clear(): void {
    this.#faults = [];
  }

  /** The rules with their counts. */
  list(): Fault[] {
    return this.#faults.map(({ draws, ...fault }) => fault);
  }

  /** Strikes calls: with a key when it has been found, and others before anything of them is looked at. */
  get interceptor(): Interceptor {
    return {
      around: (call, next) => (this.#faults.length === 0 ? next(call) : this.#greet(call).then(() => next(call))),
      found: (call, key, context) => (this.#faults.length === 0 ? undefined : this.#meet(call, key, context)),
    };
  }

  save(): FaultsState {
    return this.#faults.map((fault) => ({ ...fault }));
  }

  load(state: FaultsState): void {
    this.#faults = state.map((fault) => ({ ...fault }));
    this.#nextId = 1 + Math.max(0, ...state.map(({ id }) => id));
  }

  async #greet(call: Call): Promise<void> {
    for (const fault of this.#faults) {
      if (fault.rule.key === undefined && strikes(fault, call)) await this.#strike(fault.rule, call);
    }
  }

  async #meet(call: Call, key: KeyRecord, context: CallContext): Promise<void> {
    for (const fault of this.#faults) {
      const { rule } = fault;
      if (rule.key === undefined || !(await names(context, rule.key, key))) continue;
      if (strikes(fault, call)) await this.#strike(rule, call);
    }
  }

  async #strike({ latency, error, message, drop }: FaultRule, call: Call): Promise<void> {
    if (latency !== undefined) await this.#sleep(latency);
    if (drop === "request") throw new ConnectionDropped();
    if (drop === "answer") call.isAnswerLost = true;
    if (error !== undefined) throw new KmsError(error, message ?? FAULT_MESSAGES[error]);
  }
}

function strikes(fault: Counted, { operation }: Call): boolean {
  const { rule } = fault;
  const operations = typeof rule.operation === "string" ? [rule.operation] : rule.operation;
  if (operations !== undefined && !operations.includes(operation)) return false;
  fault.matched++;
  const nth = typeof rule.nth === "number" ? [rule.nth] : rule.nth;
  if (nth !== undefined && !nth.includes(fault.matched)) return false;
  if (fault.struck >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
  if (rule.probability !== undefined && draw(fault) >= rule.probability) return false;
  fault.struck++;
  return true;
}

/** The next number from 0 to 1 of a rule's own sequence (mulberry32, which passes for dice and for no secret). */
function draw(fault: Counted): number {
  fault.draws = (fault.draws + 0x6d2b_79f5) >>> 0;
  let bits = fault.draws;
  bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return ((bits ^ (bits >>> 14)) >>> 0) / 0x1_0000_0000;
}

async function names(context: CallContext, name: string, key: KeyRecord): Promise<boolean> {
  if (name === key.keyId || name === key.arn) return true;
  const alias = aliasNameIn(name);
  const stored = alias === undefined ? undefined : await aliasByName(context, alias);
  return stored?.value.targetKeyId === key.keyId;
}
