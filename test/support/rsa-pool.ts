import type { Engine, RsaComponents } from "../../src/crypto/engine.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { nodeRsaKey } from "./rsa-fixture.ts";

/** As many different pairs of a size as a test tells apart. */
const POOL = 4;
const pools = new Map<number, RsaComponents[]>();
let drawn = 0;

/** The pure engine, but for RSA pairs, which Node has made: for tests that are not about making them. */
export const pooledRsaEngine: Engine = {
  ...pureEngine,
  *rsaGenerate(modulusBits) {
    const pool = pools.get(modulusBits) ?? [];
    pools.set(modulusBits, pool);
    if (pool.length < POOL) pool.push(nodeRsaKey(modulusBits).components);
    const components = pool.length < POOL ? pool.at(-1) : pool[drawn++ % POOL];
    return Object.fromEntries(
      Object.entries(components as RsaComponents).map(([name, value]) => [name, Uint8Array.from(value)]),
    ) as unknown as RsaComponents;
  },
};
