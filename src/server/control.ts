/**
 * Control routes, below `/_pocket-hsm/`: what `kms.clock`, `kms.faults`, `kms.events` and a seed are in process, for tests
 * in other languages. JSON in, JSON out.
 */

import { utf8 } from "../bytes/bytes.ts";
import type { Clock, Duration } from "../kms/clock.ts";
import type { EventFilter, Events } from "../kms/events.ts";
import type { FaultRule } from "../kms/fault-rules.ts";
import type { Faults } from "../kms/faults.ts";
import type { QuotaRates } from "../kms/quota-table.ts";
import type { Quotas } from "../kms/quotas.ts";
import { SeedError } from "../kms/seed-reader.ts";
import { CONTROL_PREFIX, type Content, MAX_BODY_BYTES, type WireRequest } from "./wire-service.ts";

/** What the routes control. */
export interface Controlled {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly quotas: Quotas;
  readonly events: Events;
  applySeed(seed: unknown): Promise<void>;
  /** Makes the state what it was before the first request. */
  reset(): void;
}

/** A refusal with its status. */
class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Arguments {
  readonly query: URLSearchParams;
  /** The body as text; empty when there is none. */
  readonly text: string;
  /** The body as a JSON object; an empty one when there is none. */
  readonly json: Readonly<Record<string, unknown>>;
}

type Route = (kms: Controlled, args: Arguments) => unknown;

const ROUTES: Readonly<Record<string, Route>> = {
  "POST reset": (kms) => kms.reset(),

  "GET clock": ({ clock }) => ({ now: new Date(clock.now()).toISOString() }),
  "POST clock": ({ clock }, { json }) => {
    const { freeze, set, advance, ...others } = json;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw new ControlError(400, `the clock takes freeze, set and advance, not ${unknown}`);
    if (freeze === true) clock.freeze();
    if (set !== undefined) clock.set(typeof set === "string" ? new Date(set) : (set as number));
    if (advance !== undefined) clock.advance(advance as Duration);
    return { now: new Date(clock.now()).toISOString() };
  },

  "GET faults": ({ faults }) => faults.list(),
  "POST faults": ({ faults }, { json }) => ({ id: faults.add(json as FaultRule) }),
  "DELETE faults": ({ faults }, { query }) => {
    const id = query.get("id");
    if (id === null) faults.clear();
    else if (!faults.remove(Number(id))) throw new ControlError(404, `there is no fault rule ${id}`);
  },

  "POST quotas": ({ quotas }, { json, text }) => quotas.enforce(text === "" ? "aws" : (json as QuotaRates)),
  "DELETE quotas": ({ quotas }) => quotas.off(),

  "GET events": ({ events }, { query }) => ({ Records: events.list(filterOf(query)) }),
  "DELETE events": ({ events }) => events.clear(),
  "GET misuse": ({ events }, { query }) => events.lint(filterOf(query)),

  "POST seed": async (kms, { text }) => {
    await kms.applySeed(text);
  },
};

/**
 * The routes of a KMS. A request from a web page is refused by its `Origin`: pages may send requests to this machine,
 * and have no business here.
 */
export function controlRoutes(kms: Controlled): (request: WireRequest) => Promise<Content> {
  return async (request) => {
    try {
      if (request.header("origin") !== null) throw new ControlError(403, "requests from web pages are refused");
      const name = request.path.slice(CONTROL_PREFIX.length);
      const route = Object.hasOwn(ROUTES, `${request.method} ${name}`)
        ? ROUTES[`${request.method} ${name}`]
        : undefined;
      if (route === undefined) throw new ControlError(404, `the control routes are ${Object.keys(ROUTES).join(", ")}`);
      const text = textOf(request.body);
      const json = name === "seed" ? {} : jsonOf(text);
      return answer(200, (await route(kms, { query: request.query, text, json })) ?? {});
    } catch (error) {
      if (error instanceof ControlError) return answer(error.status, { message: error.message });
      if (error instanceof RangeError || error instanceof SeedError) return answer(400, { message: error.message });
      throw error;
    }
  };
}

/** By what events are asked for, and how it is read. */
const FILTERS: Readonly<Record<string, (value: string) => unknown>> = {
  operation: (value) => value.split(","),
  key: (value) => value,
  principal: (value) => value,
  encryptionContext: jsonOf,
  errorCode: (value) => (value === "" ? null : value),
};

function filterOf(query: URLSearchParams): EventFilter {
  const filter: Record<string, unknown> = {};
  for (const [name, value] of query) {
    const read = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
    if (read === undefined) {
      const known = "operation, key, principal, encryptionContext (JSON), errorCode (empty for none)";
      throw new ControlError(400, `events are asked for by ${known}, not by ${name}`);
    }
    filter[name] = read(value);
  }
  return filter;
}

function textOf(body: WireRequest["body"]): string {
  if (!(body instanceof Uint8Array)) throw new ControlError(413, `a body has up to ${MAX_BODY_BYTES} bytes`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new ControlError(400, "the body must be UTF-8");
  }
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = text === "" ? {} : JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ControlError(400, "a JSON object is expected");
}

function answer(status: number, value: unknown): Content {
  return { status, type: "application/json", body: utf8(`${JSON.stringify(value)}\n`) };
}
