import type { Engine } from "../crypto/engine.ts";
import { mechanismInfo, mechanisms } from "../mechanisms/registry.ts";
import { createHsm } from "../token/hsm.ts";
import type { Bench, SuiteBench } from "./suite.ts";

/** What our own token offers, which no bench is needed to know. */
export const ours: Pick<SuiteBench, "offers"> = {
  offers: (name, operation) =>
    mechanisms.has(name) && (operation === undefined || mechanismInfo(name).flags.includes(operation)),
};

/** Two HSMs on the engine under proof, one a policy, with an open read/write session each. */
export function createBench(engine: Engine): Bench {
  return {
    engine,
    session: createHsm({ engine, policy: "strict" }).openSession({ readWrite: true }),
    lax: createHsm({ engine, policy: "pkcs11" }).openSession({ readWrite: true }),
    ...ours,
  };
}
