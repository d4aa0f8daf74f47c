/** `pocket-hsm serve`: a KMS endpoint until the process is told to end. */

import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { seededEntropy } from "../crypto/entropy.ts";
import { type Answer, createKms, type Kms, SeedError } from "../kms.ts";
import { threadedNodeEngine } from "../node.ts";
import { type Listener, serve as listen, withCors } from "../server.ts";
import { CommandError } from "./command-error.ts";
import { type ProxyRoutes, routedFetch } from "./proxy-routes.ts";
import { report, signal } from "./serving.ts";

/** The options as read (options.ts). */
export interface ServeSettings {
  readonly port: number;
  readonly host: string;
  readonly store: string;
  readonly seed?: string;
  readonly entropySeed?: Uint8Array;
  readonly account: string;
  readonly region: string;
  readonly sm2?: true;
  readonly xksProxy?: ProxyRoutes;
  readonly cors?: readonly string[];
  readonly auth: "none" | "sigv4";
  readonly engine: "pure" | "node";
  readonly hardened?: true;
  /** Whether there are control routes; `undefined` for what goes with `auth`. */
  readonly control?: boolean;
}

/**
 * How V8 collects, so that no request waits long for it (docs/decisions.md, "What a layer costs"). The young generation
 * stays as small as it is at the start, and a collection of it takes a quarter of a millisecond where it would be two; and
 * the heap may grow to five times of what lives in it before all of it is collected, because the log of events outlives
 * the young generation.
 */
const COLLECTIONS = ["--semi-space-growth-factor=1", "--heap-growing-percent=400"] as const;

/**
 * Serves until SIGTERM or SIGINT; a second signal ends the process at once.
 * @throws CommandError
 */
export async function serve(settings: ServeSettings): Promise<void> {
  const { auth, engine, hardened, seed, entropySeed, account, region, sm2, xksProxy, cors = [], host, port } = settings;
  if (auth === "sigv4" && seed === undefined) {
    throw new CommandError(
      "--auth sigv4 needs the access keys that requests are signed with: a --seed with accessKeys",
    );
  }
  for (const flag of COLLECTIONS) setFlagsFromString(flag);
  const { control = auth === "none" } = settings;
  const kms = createKms({
    account,
    region,
    controlRoutes: control,
    ...(sm2 && { sm2 }),
    auth,
    ...(xksProxy && { keyStores: { fetch: routedFetch(xksProxy) } }),
    onError: report,
    onDecision: reportDenial,
    ...(engine === "node" && { engine: threadedNodeEngine() }),
    ...(hardened && { hardened }),
    ...(entropySeed && { entropy: seededEntropy(entropySeed) }),
  });
  if (seed !== undefined) await applySeed(kms, seed);
  const listener = await open(kms, cors, host, port);
  if (auth === "none" && !isLoopback(host)) {
    process.stderr.write(
      `pocket-hsm: warning: whoever reaches ${host} can use the keys, because requests are not authenticated\n`,
    );
  }
  process.stdout.write(`pocket-hsm KMS endpoint ${listener.url}\n`);
  await signal("SIGTERM", "SIGINT");
  await listener.close();
  await kms.close();
  process.exit(0);
}

/** @throws CommandError */
async function applySeed(kms: Kms, file: string): Promise<void> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(`the seed file ${file} cannot be read: ${codeOf(error)}`);
  }
  try {
    await kms.applySeed(text);
  } catch (error) {
    if (error instanceof SeedError) throw new CommandError(`the seed file ${file}: ${error.message}`);
    throw error;
  }
}

/** @throws CommandError */
async function open(kms: Kms, cors: readonly string[], host: string, port: number): Promise<Listener> {
  try {
    return await listen({ endpoint: withCors(kms.endpoint, cors), host, port });
  } catch (error) {
    const code = codeOf(error);
    if (code === "EADDRINUSE") throw new CommandError(`port ${port} of ${host} is in use`, 1);
    throw new CommandError(`cannot listen on port ${port} of ${host}: ${code}`, 1);
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.[0-9]+){3}$/.test(host);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

function reportDenial(decision: Answer): void {
  if (!decision.allowed) process.stderr.write(`pocket-hsm: denied: ${decision.message}: ${decision.missing}\n`);
}
