import type { Engine, RsaComponents } from "../../src/crypto/engine.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { nodeRsaKey } from "./rsa-fixture.ts";

/** As many different pairs of a size as a test tells apart; of the long ones no test has three. */
const poolOf = (modulusBits: number): number => (modulusBits > 2048 ? 2 : 4);
const pools = new Map<number, RsaComponents[]>();
let drawn = 0;

/** The pure engine, but for RSA pairs, which Node has made: for tests that are not about making them. */
export const pooledRsaEngine: Engine = {
  ...pureEngine,
  *rsaGenerate(modulusBits) {
    const pool = pools.get(modulusBits) ?? [];
    pools.set(modulusBits, pool);
    const size = poolOf(modulusBits);
    if (pool.length < size) pool.push(nodeRsaKey(modulusBits, pool.length).components);
    const components = pool.length < size ? pool.at(-1) : pool[drawn++ % size];
    return Object.fromEntries(
      Object.entries(components as RsaComponents).map(([name, value]) => [name, Uint8Array.from(value)]),
    ) as unknown as RsaComponents;
  },
};
