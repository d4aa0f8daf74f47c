/** `pocket-hsm serve` under load: raw connections that are kept open, the server on one core and the load on another. */

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { type Gauge, once } from "./contest.ts";
import type { Load, Loaded } from "./load.ts";
import { BARE_HTTP, pinned, startServer } from "./local-server.ts";

/** Once and shortly for `--quick`. */
const [ROUNDS, SECONDS] = process.env["QUICK"] === undefined ? [3, 4] : [1, 1.5];
const CONNECTIONS = 64;
const RATE = 6000;
const credentials = { accessKeyId: "POCKETHSM", secretAccessKey: "pocket-hsm" };

async function load(given: Load): Promise<Loaded> {
  const [program, args] = pinned(1, process.execPath, ["--import", "tsx", "bench/load.ts", JSON.stringify(given)]);
  const generator = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(await text(generator.stdout)) as Loaded;
}

interface Rounds {
  /** Each connection asks again at once. */
  readonly flatOut: readonly Loaded[];
  /** {@link RATE} requests a second, come what may. */
  readonly paced: readonly Loaded[];
  /** The same of `node:http` with nothing behind it, in turns with ours. */
  readonly bareFlatOut: readonly Loaded[];
  readonly barePaced: readonly Loaded[];
}

const rounds: () => Promise<Rounds> = once(async () => {
  const server = await startServer();
  const bare = await startServer(BARE_HTTP);
  try {
    const client = new KMSClient({ region: "us-east-1", endpoint: server.url, credentials });
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    client.destroy();
    const body = JSON.stringify({ KeyId: KeyMetadata?.KeyId, Plaintext: Buffer.alloc(32, 7).toString("base64") });
    const ours = { port: server.port, connections: CONNECTIONS, seconds: SECONDS, target: "Encrypt", body };
    const floor = { ...ours, port: bare.port, seconds: SECONDS / 2 };
    const all = {
      flatOut: [] as Loaded[],
      paced: [] as Loaded[],
      bareFlatOut: [] as Loaded[],
      barePaced: [] as Loaded[],
    };
    for (let round = 0; round < ROUNDS; round++) {
      all.flatOut.push(await load(ours));
      all.bareFlatOut.push(await load(floor));
      all.paced.push(await load({ ...ours, rate: RATE }));
      all.barePaced.push(await load({ ...floor, rate: RATE }));
    }
    return all;
  } finally {
    server.stop();
    bare.stop();
  }
});

function gauge(
  name: string,
  unit: string,
  which: keyof Rounds,
  member: keyof Loaded,
  wanted: Pick<Gauge, "atMost" | "atLeast" | "headline" | "quick" | "margin"> = {},
): Gauge {
  const measure = async (): Promise<number[]> => (await rounds())[which].map((loaded) => loaded[member]);
  return { layer: "http", group: "Encrypt over HTTP, one core", name, unit, measure, ...wanted };
}

const FLAT_OUT = `${CONNECTIONS} connections flat out`;
const PACED = `${CONNECTIONS} connections at ${RATE.toLocaleString("en")} requests/s`;

export const contests: readonly Gauge[] = [
  gauge(FLAT_OUT, "requests/s", "flatOut", "perSecond", {
    atLeast: RATE,
    quick: true,
    // A rate by the clock: on a core that others use too, a server that still compiles was seen at a fourteenth of it.
    margin: 12,
    headline: "requests a second",
  }),
  gauge(`${FLAT_OUT}, node:http with nothing behind it`, "requests/s", "bareFlatOut", "perSecond"),
  gauge(`${FLAT_OUT}, 99th percentile`, "ms", "flatOut", "p99"),
  gauge(`${PACED}, median`, "ms", "paced", "p50"),
  gauge(`${PACED}, 99th percentile`, "ms", "paced", "p99", { atMost: 5 }),
  gauge(`${PACED}, 99th percentile of node:http with nothing behind it`, "ms", "barePaced", "p99"),
  gauge(`${PACED}, 99th percentile of the load generator's own delay`, "ms", "paced", "late"),
  gauge("the load generator's own share of its core", "", "flatOut", "busy"),
];
