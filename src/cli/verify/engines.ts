import type { Engine } from "../../crypto/engine.ts";
import type { EngineName } from "./pool.ts";

/** What the options --engine and --hardened mean. */
export function engineNameOf(engine: "pure" | "node", hardened: true | undefined): EngineName {
  return hardened ? "hardened" : engine;
}

/** The engine of a name. Node's is loaded only where it is asked for. */
export async function engineOf(name: EngineName): Promise<Engine> {
  if (name === "node") return (await import("../../node.ts")).nodeEngine;
  if (name === "hardened") return (await import("../../crypto/hardened/engine.ts")).hardenedEngine;
  return (await import("../../crypto/pure-engine.ts")).pureEngine;
}
