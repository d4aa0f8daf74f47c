import type { Engine } from "../../src/crypto/engine.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";

/** Some seconds of steps: a search that holds the event loop would otherwise wait for ever. */
const MOST_STEPS = 2e7;

/**
 * The pure engine, but a search for RSA primes does not begin before `isOver` says so, which asks that the event loop goes
 * on meanwhile: without it, a search that is lucky ends before anything else has a turn.
 */
export function patientRsaEngine(isOver: () => boolean): Engine {
  return {
    ...pureEngine,
    *rsaGenerate(...given) {
      for (let step = 0; step < MOST_STEPS && !isOver(); step++) yield;
      return yield* pureEngine.rsaGenerate(...given);
    },
  };
}
