import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createClock } from "../../src/kms/clock.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a clock shows real time until it is moved, and goes on from there", () => {
  const clock = createClock();
  expect(clock.now()).toBe(1_000_000);
  clock.advance({ days: 1, hours: 1, minutes: 1, seconds: 1, milliseconds: 1 });
  expect(clock.now()).toBe(1_000_000 + 86_400_000 + 3_600_000 + 60_000 + 1001);
  vi.advanceTimersByTime(5);
  expect(clock.now()).toBe(1_000_000 + 86_400_000 + 3_600_000 + 60_000 + 1006);
  clock.set(new Date(7));
  vi.advanceTimersByTime(3);
  expect(clock.now()).toBe(10);
});

test("a clock that starts at a time goes on from it", () => {
  const clock = createClock(42);
  vi.advanceTimersByTime(8);
  expect(clock.now()).toBe(50);
});

test("a frozen clock stands still, and can be moved by hand", () => {
  const clock = createClock();
  clock.freeze();
  vi.advanceTimersByTime(1000);
  expect(clock.now()).toBe(1_000_000);
  clock.advance({ seconds: 2 });
  expect(clock.now()).toBe(1_002_000);
  clock.set(5);
  vi.advanceTimersByTime(1000);
  expect(clock.now()).toBe(5);
});

test("what is no time or duration is refused and moves nothing", () => {
  const clock = createClock();
  clock.freeze();
  for (const time of [Number.NaN, new Date("never"), Number.POSITIVE_INFINITY]) {
    expect(() => clock.set(time)).toThrow(RangeError);
  }
  for (const duration of [{ days: -1 }, { days: Number.NaN }, { weeks: 1 }, { days: Number.MAX_VALUE }]) {
    expect(() => clock.advance(duration)).toThrow(RangeError);
  }
  expect(clock.now()).toBe(1_000_000);
  expect(() => createClock(Number.NaN)).toThrow(RangeError);
});
