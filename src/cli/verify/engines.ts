import type { Engine } from "../../crypto/engine.ts";
import type { EngineName } from "./pool.ts";

/** The engine of a name. Node's is loaded only where it is asked for. */
export async function engineOf(name: EngineName): Promise<Engine> {
  if (name === "node") return (await import("../../node.ts")).nodeEngine;
  return (await import("../../crypto/pure-engine.ts")).pureEngine;
}
