import { expect } from "vitest";
import { equalBytes } from "../../src/bytes/bytes.ts";
import type { Engine, Rng } from "../../src/crypto/engine.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { nativeEcPrivate, nativeEcPublic } from "../../src/node/ec.ts";
import { nodeEngine } from "../../src/node/engine.ts";
import { nativeHmacKey } from "../../src/node/hmac.ts";
import { seededRng } from "../support/seeded-rng.ts";
import { opensslAesKey, opensslSm4Key } from "./openssl-ciphers.ts";

/** What a call came to: its value, or which kind of error it threw. */
export type Outcome = { readonly value: unknown } | { readonly thrown: string };

export function outcomeOf(call: () => unknown): Outcome {
  try {
    return { value: call() };
  } catch (error) {
    return { thrown: error instanceof RangeError ? "RangeError" : "Error" };
  }
}

/** The node engine, and the same without what it leaves to the pure functions because they are faster. */
export const symmetricEngines: readonly Engine[] = [
  nodeEngine,
  { ...nodeEngine, name: "native", aes: opensslAesKey, hmac: nativeHmacKey, sm4: opensslSm4Key },
];

/** The node engine, and the same without what it leaves to the pure functions because they are faster on a curve. */
export const ellipticEngines: readonly Engine[] = [
  nodeEngine,
  { ...nodeEngine, name: "native", ecPrivate: nativeEcPrivate, ecPublic: nativeEcPublic },
];

/**
 * Runs the same on both engines, each with the same random source, and expects the same outcome and the same draws.
 * Every byte string must be a plain Uint8Array with a buffer of its own.
 */
export function expectSame(
  run: (engine: Engine, rng: Rng) => unknown,
  engines: readonly Engine[] = [nodeEngine],
): Outcome {
  const [pure, ...others] = [pureEngine, ...engines].map((engine) => {
    const draws: number[] = [];
    const source = seededRng("differential");
    const rng: Rng = (byteLength) => {
      draws.push(byteLength);
      return source(byteLength);
    };
    const outcome = outcomeOf(() => run(engine, rng));
    return { outcome, draws };
  }) as [{ outcome: Outcome; draws: number[] }, ...{ outcome: Outcome; draws: number[] }[]];
  for (const { outcome, draws } of others) {
    if (!sameBytes(pure.outcome, outcome)) expect(outcome).toEqual(pure.outcome);
    expect(draws).toEqual(pure.draws);
    if ("value" in outcome) expectPlain(outcome.value);
  }
  return pure.outcome;
}

/** A short cut for the usual case: vitest's comparison takes longer than the cryptography. */
function sameBytes(a: Outcome, b: Outcome): boolean {
  const [x, y] = [a, b].map((outcome) => ("value" in outcome ? outcome.value : undefined));
  return x instanceof Uint8Array && y instanceof Uint8Array && equalBytes(x, y);
}

function expectPlain(value: unknown): void {
  if (Array.isArray(value)) for (const element of value) expectPlain(element);
  if (!(value instanceof Uint8Array)) return;
  expect(value.constructor).toBe(Uint8Array);
  expect(value.buffer.byteLength).toBe(value.length);
}
