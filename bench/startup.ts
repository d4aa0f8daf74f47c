/**
 * What it costs to begin: each entry point of `dist` imported and put to its first use, in a process of its own. Three
 * readings of the same run: the clock from the line that imports, without Node's own start; the processor's time from
 * there, because it says the same on a busy machine; and the clock from the start of the process, Node's start with it,
 * which alone is the row of nothing.
 */

import { spawnSync } from "node:child_process";
import { type Gauge, once } from "./contest.ts";

const SAMPLES = 15;

/** The code between the two readings of the clock. */
// biome-ignore format: a table
const TASKS: Readonly<Record<string, string>> = {
  "nothing":                         `await import("data:text/javascript,")`,
  "pocket-hsm, a session open":      `(await import("pocket-hsm")).createHsm().openSession()`,
  "pocket-hsm/kms, a KMS made":      `(await import("pocket-hsm/kms")).createKms()`,
  "pocket-hsm/kms, the first Encrypt": `class CreateKeyCommand { input = {} }
                                      class EncryptCommand { constructor(input) { this.input = input } }
                                      const client = (await import("pocket-hsm/kms")).createKms().client();
                                      const { KeyMetadata: { KeyId } } = await client.send(new CreateKeyCommand());
                                      await client.send(new EncryptCommand({ KeyId, Plaintext: new Uint8Array(32) }))`,
  "pocket-hsm/server":               `await import("pocket-hsm/server")`,
  "pocket-hsm/node":                 `await import("pocket-hsm/node")`,
  "pocket-hsm/conformance":          `await import("pocket-hsm/conformance")`,
  "pocket-hsm --version":            `process.argv[2] = "--version"; process.stdout.write = () => true;
                                      await import("./dist/cli/main.js"); delete process.stdout.write`,
};

/** At most so many milliseconds, as the clock goes. */
const MOST: Readonly<Record<string, number>> = { "pocket-hsm/kms, the first Encrypt": 60 };

interface Sample {
  /** From the start of the process. */
  readonly whole: number;
  readonly clock: number;
  readonly processor: number;
}

function sampleOf(code: string): Sample {
  const timed = `
    const cpu = process.cpuUsage(), start = performance.now();
    ${code};
    const whole = performance.now(), { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ whole, clock: whole - start, processor: (user + system) / 1000 }));`;
  // More certificates are read before the first line: they are no part of Node's start.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", timed, ""], {
    encoding: "utf8",
    env,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Sample;
}

/** All tasks in turns, so that what disturbs one disturbs all. */
const samples: () => ReadonlyMap<string, readonly Sample[]> = once(() => {
  const taken = new Map(Object.keys(TASKS).map((name) => [name, [] as Sample[]]));
  for (let round = 0; round < SAMPLES; round++) {
    for (const [name, code] of Object.entries(TASKS)) taken.get(name)?.push(sampleOf(code));
  }
  return taken;
});

const gauge = (group: string, name: string, title: string, member: keyof Sample): Gauge => ({
  layer: "start",
  unit: "ms",
  group,
  name: title,
  measure: () => (samples().get(name) ?? []).map((one) => one[member]),
});

export const contests: readonly Gauge[] = [
  ...Object.keys(TASKS).map((name): Gauge => {
    const atMost = MOST[name];
    const target = atMost === undefined ? {} : { atMost, headline: "a fresh process, without Node's own start" };
    return { ...gauge("Time to begin", name, name, "clock"), ...target };
  }),
  ...Object.keys(TASKS).map((name) => gauge("Processor's time", name, `Processor's time ${name}`, "processor")),
  ...Object.keys(TASKS).map((name) =>
    gauge("From the start of the process", name, `From the start of the process ${name}`, "whole"),
  ),
];
