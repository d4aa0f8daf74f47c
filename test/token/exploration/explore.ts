/**
 * An exhaustive exploration against the real engine: every call of the alphabet on everything that the calls before it
 * gave, round after round. The world only grows (an attribute is changed on a copy, nothing is destroyed), so that a
 * round covers every sequence in which each call uses results of earlier ones; what is the same in value and attributes
 * is tried once, and so is what a key and a mechanism are refused whatever they are to work on.
 */

import type { Policy } from "../../../src/objects/policy.ts";
import { movesOf } from "./alphabet.ts";
import { holds, openedBy } from "./oracle.ts";
import { startingWorld } from "./start.ts";
import { type Attack, attempt, type Origin, type Result, type Secret, traceOf, type World } from "./world.ts";

export interface Exploration {
  readonly attack: Attack | undefined;
  /** Rounds that were completed: every sequence with so many calls one after the other, and more side by side. */
  readonly rounds: number;
  /** Whether the last round gave nothing new: no longer sequence does. */
  readonly exhausted: boolean;
  readonly calls: number;
  readonly succeeded: number;
  readonly keys: number;
  readonly bytes: number;
}

export interface Limits {
  readonly rounds: number;
  readonly milliseconds: number;
}

export function explore(policy: Policy, limits: Limits): Exploration {
  // Most calls are refused, and where from is of no interest: a refusal without a trace costs a third.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return rounds(policy, limits);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function rounds(policy: Policy, limits: Limits): Exploration {
  const { world, secrets } = startingWorld(policy);
  const ends = performance.now() + limits.milliseconds;
  const totals = { calls: 0, succeeded: 0 };
  const report = (rounds: number, exhausted: boolean, attack?: Attack): Exploration => ({
    attack,
    rounds,
    exhausted,
    ...totals,
    keys: world.keys.size,
    bytes: world.bytes.size,
  });
  for (let round = 1; round <= limits.rounds; round++) {
    world.beginRound();
    for (const move of movesOf(world)) {
      if (performance.now() > ends) return report(round - 1, false);
      totals.calls++;
      const result = attempt(world, move);
      if (result === undefined) continue;
      totals.succeeded++;
      const origin: Origin = { call: move.name, from: move.from.map((one) => one.origin) };
      if ("key" in result) world.addKey({ ...result.key, origin });
      else world.addBytes({ ...result.bytes, origin });
      const attack = attackBy(result, origin, world, secrets);
      if (attack !== undefined) return report(round, false, attack);
    }
    const opened = openedBy(world, secrets);
    if (opened !== undefined) return report(round, false, opened);
    if (!world.grew) return report(round, true);
  }
  return report(limits.rounds, false);
}

/** Whether a result is an attack: it says so, its bytes hold a secret, or bytes given out before hold the one it makes. */
function attackBy(result: Result, origin: Origin, world: World, secrets: Secret[]): Attack | undefined {
  if (result.unsafe !== undefined) return { why: result.unsafe, trace: traceOf(origin) };
  if ("bytes" in result) {
    const found = secrets.find((secret) => holds(result.bytes.bytes, secret));
    return found && { why: `the bytes given out hold ${found.name}`, trace: traceOf(origin) };
  }
  const { secret } = result;
  if (secret === undefined) return undefined;
  secrets.push(secret);
  const given = [...world.bytes.values()].find(({ bytes }) => holds(bytes, secret));
  return (
    given && { why: `[${given.name}] is ${secret.name}`, trace: traceOf({ call: "", from: [given.origin, origin] }) }
  );
}
