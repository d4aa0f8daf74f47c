/** Contests: the same fixed work by several, in turns within one run, so that what disturbs one disturbs all. */

export interface Contest {
  readonly name: string;
  /** Calls of one turn. */
  readonly calls: number;
  /** The first is ours. Each call's result is consumed. */
  readonly rivals: Readonly<Record<string, () => Uint8Array>>;
  /** What ours must reach, as a multiple of the rival's rate. */
  readonly least: Readonly<Record<string, number>>;
}

export interface Outcome {
  readonly name: string;
  /** Calls a second, the median of the rounds. */
  readonly rates: Readonly<Record<string, number>>;
  /** Ours in multiples of each rival's, the median of the rounds' own ratios. */
  readonly ratios: Readonly<Record<string, number>>;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

let consumed = 0;

/** Milliseconds for one turn. */
function turn(call: () => Uint8Array, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) consumed ^= call()[0] ?? 0;
  return performance.now() - start;
}

/** Runs one contest in rounds; each round begins with another rival. The first fifth of the rounds warms up. */
export function run({ name, calls, rivals }: Contest, rounds: number): Outcome {
  const names = Object.keys(rivals);
  const times: Record<string, number[]> = Object.fromEntries(names.map((rival) => [rival, []]));
  const warmUp = Math.ceil(rounds / 5);
  for (let round = 0; round < warmUp + rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const rival = names[(i + round) % names.length] as string;
      const taken = turn(rivals[rival] as () => Uint8Array, calls);
      if (round >= warmUp) times[rival]?.push(taken);
    }
  }
  const ours = times[names[0] as string] as number[];
  return {
    name,
    rates: Object.fromEntries(names.map((rival) => [rival, (1000 * calls) / median(times[rival] ?? [])])),
    ratios: Object.fromEntries(
      names
        .slice(1)
        .map((rival) => [rival, median((times[rival] ?? []).map((taken, i) => taken / (ours[i] as number)))]),
    ),
  };
}

/** A line for a table. */
export function line({ name, rates, ratios }: Outcome, least: Contest["least"]): string {
  const own = `${Math.round(Object.values(rates)[0] ?? 0).toLocaleString("en")}/s`;
  const against = Object.entries(ratios).map(([rival, ratio]) => {
    const wanted = least[rival];
    const verdict = wanted === undefined ? "" : ` (${ratio >= wanted ? "reaches" : "BELOW"} ${wanted})`;
    return `${ratio.toFixed(2)}x ${rival}${verdict}`;
  });
  return `${name.padEnd(44)}${own.padStart(12)}   ${against.join(", ")}`;
}

/** Keeps the optimiser from leaving work out. */
export const consumption = (): number => consumed;
