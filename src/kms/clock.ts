/** The clock that all time of the KMS comes from: deletions, expiries, dates. It can be moved and stopped. */

import type { Restorable } from "../storage/restorable.ts";

export interface Duration {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Sets the time; from there the clock goes on, unless it is frozen. @throws RangeError when that is no time. */
  set(time: Date | number): void;
  /** Moves the clock; it cannot go back this way. @throws RangeError for a negative or unreadable duration. */
  advance(duration: Duration): void;
  /** Stops the clock where it is; `set` and `advance` still move it. */
  freeze(): void;
}

/** The state that a snapshot of the KMS holds. */
export interface ClockState {
  readonly now: number;
  readonly frozen: boolean;
}

// biome-ignore format: a table
const MILLISECONDS: Readonly<Record<keyof Duration, number>> = {
  days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000, milliseconds: 1,
};

/** A clock that shows real time, or runs on from `start`. @throws RangeError when `start` is no time. */
export function createClock(start?: Date | number): Clock & Restorable<ClockState> {
  let offset = 0;
  let frozenAt: number | undefined;
  const clock: Clock & Restorable<ClockState> = {
    now: () => frozenAt ?? Date.now() + offset,
    set(time) {
      const instant = instantOf(time);
      if (frozenAt === undefined) offset = instant - Date.now();
      else frozenAt = instant;
    },
    advance(duration) {
      const milliseconds = lengthOf(duration);
      if (frozenAt === undefined) offset = instantOf(clock.now() + milliseconds) - Date.now();
      else frozenAt = instantOf(frozenAt + milliseconds);
    },
    freeze() {
      frozenAt = clock.now();
    },
    save: () => ({ now: clock.now(), frozen: frozenAt !== undefined }),
    load({ now, frozen }) {
      frozenAt = frozen ? now : undefined;
      offset = now - Date.now();
    },
  };
  if (start !== undefined) clock.set(start);
  return clock;
}

function instantOf(time: Date | number): number {
  const instant = new Date(time).getTime();
  if (Number.isNaN(instant)) throw new RangeError("a time must be a valid Date or milliseconds since the epoch");
  return instant;
}

/** A duration in milliseconds. @throws RangeError for a negative or unreadable one. */
export function lengthOf(duration: Duration): number {
  let total = 0;
  for (const [unit, count] of Object.entries(duration)) {
    const length = Object.hasOwn(MILLISECONDS, unit) ? MILLISECONDS[unit as keyof Duration] : undefined;
    if (length === undefined) throw new RangeError(`${unit} is not one of ${Object.keys(MILLISECONDS).join(", ")}`);
    if (!(count >= 0)) throw new RangeError(`${unit} must be a number that is not negative`);
    total += count * length;
  }
  return total;
}
