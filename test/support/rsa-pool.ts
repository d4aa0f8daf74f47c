import type { Engine } from "../../src/crypto/engine.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { nodeRsaKey } from "./rsa-fixture.ts";

/** As many different pairs of a size as a test tells apart; of the long ones no test has three. */
const poolOf = (modulusBits: number): number => (modulusBits > 2048 ? 2 : 4);
/** The first two are for tests that ask for them: what a token generates is neither of them. */
const FIRST = 2;
const drawn = new Map<number, number>();

/** The pure engine, but for RSA pairs, of which every size has a few that come in turn: for tests that are not about making them. */
export const pooledRsaEngine: Engine = {
  ...pureEngine,
  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  *rsaGenerate(modulusBits) {
    const turn = drawn.get(modulusBits) ?? 0;
    drawn.set(modulusBits, (turn + 1) % poolOf(modulusBits));
    return nodeRsaKey(modulusBits, FIRST + turn).components;
  },
};
