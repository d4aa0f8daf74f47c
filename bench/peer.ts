/** Libraries of `bench/peers`, which may not be installed. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Absent, Call } from "./contest.ts";

/** The runner starts every bench at the top of the repository; a bundled file lies elsewhere. */
const PEERS = join(process.cwd(), "bench/peers");

export type Peer<T> = { readonly is: T } | Absent;

/**
 * A peer by the name of its package; its default export where it has one.
 * @example const forge = await peer<Forge>("node-forge");
 */
export async function peer<T>(name: string): Promise<Peer<T>> {
  const [scope = "", part = ""] = name.split("/");
  const folder = scope.startsWith("@") ? `${scope}/${part}` : scope;
  if (!existsSync(join(PEERS, "node_modules", folder))) {
    return { absent: `${folder} is not installed (npm ci --prefix bench/peers)` };
  }
  const { load } = (await import(pathToFileURL(join(PEERS, "load.js")).href)) as {
    readonly load: (name: string) => Promise<{ readonly default?: T }>;
  };
  try {
    const module = await load(name);
    return { is: module.default ?? (module as T) };
  } catch (error) {
    return { absent: `${name} does not load: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The call of a rival that needs a peer. */
export function using<T>(found: Peer<T>, call: (library: T) => Call): Call | Absent {
  return "absent" in found ? found : call(found.is);
}
