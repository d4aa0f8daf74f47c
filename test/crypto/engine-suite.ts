import { describe } from "vitest";
import type { Engine } from "../../src/crypto/engine.ts";
import { hardenedEngine } from "../../src/crypto/hardened/engine.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { nodeEngine } from "../../src/node/engine.ts";

export const engines: readonly Engine[] = [pureEngine, nodeEngine];

/** Runs the same tests over every engine. */
export function overEngines(suite: (engine: Engine) => void): void {
  describe.each(engines)("the $name engine", suite);
}

/** The same for what is different in the hardened engine: AES. */
export function overAesEngines(suite: (engine: Engine) => void): void {
  describe.each([...engines, hardenedEngine])("the $name engine", suite);
}
