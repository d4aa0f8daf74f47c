/**
 * The form of a bench. A file `bench/NAME.ts` exports `contests`, a list of what follows; `bench/suites.ts` names the file.
 * Nothing runs when it is loaded: the set-up of a contest is in its `rivals`, and is called for the chosen ones only.
 */

/** Where a contest stands, outwards from the arithmetic. */
export const LAYERS = ["engine", "node engine", "token", "kms", "sdk", "http", "scale", "start"] as const;
export type Layer = (typeof LAYERS)[number];

interface Named {
  readonly layer: Layer;
  /** What is plotted together: an algorithm, a curve, an operation. */
  readonly group: string;
  /** One of its kind in the layer. */
  readonly name: string;
  /** Whether `--quick` runs it: set-up within a second. */
  readonly quick?: boolean;
  /** `--quick` fails when a figure is worse than its target by more than this factor; 2 unless it says otherwise. */
  readonly margin?: number;
  /** Among the few numbers at the head of the page and in the README; of a contest, the rival that is named there. */
  readonly headline?: string;
}

/** One call. A promise is awaited before the next call. Its result is consumed. */
export type Call = () => unknown;

/** A rival so slow that it gets fewer calls a turn. */
export interface Slow {
  readonly calls: number;
  readonly call: Call;
}

/** A rival that is not here, and why. */
export interface Absent {
  readonly absent: string;
}

/** By name. The first is ours; the order is that of the plot. */
export type Rivals = Readonly<Record<string, Call | Slow | Absent>>;

/** Leaves something to be done when the contest is over: a server to stop, a token to close. */
export type AtEnd = (close: () => unknown) => void;

/** The same fixed work by several, in turns within one run, so that what disturbs one disturbs all. */
export interface Contest extends Named {
  /** Calls of one turn; some 5 ms of the slowest rival are enough. */
  readonly calls: number;
  /** Operations that one call does, when that is more than one. */
  readonly batch?: number;
  /** Bytes that one operation works on, where a rate in bytes says something. */
  readonly bytes?: number;
  /** At least so many rounds, whatever was asked for. */
  readonly rounds?: number;
  /** What stands for the rounds: the mean where the work itself varies (a search for primes), otherwise the median. */
  readonly average?: "mean" | "median";
  /** Dots beside one another; layers of one call; or sizes: each rival's name begins with one, "1,000,000 objects". */
  readonly plot?: "rivals" | "layers" | "sizes";
  readonly rivals: (atEnd: AtEnd) => Rivals | Promise<Rivals>;
  /** What ours must reach, as a multiple of the rival's rate. */
  readonly least?: Readonly<Record<string, number>>;
  /** What ours may take more than the rival, in microseconds an operation. */
  readonly over?: Readonly<Record<string, number>>;
}

/** What is no time of a call: memory, a percentile under load, the start of a process. Less is better, or more is. */
export interface Gauge extends Named {
  readonly unit: string;
  /** Samples of it; the median stands for them. */
  readonly measure: () => readonly number[] | Absent | Promise<readonly number[] | Absent>;
  readonly atMost?: number;
  readonly atLeast?: number;
}

export type Entry = Contest | Gauge;

export const isContest = (entry: Entry): entry is Contest => "rivals" in entry;

/** Made at the first call, for the contests that share it. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
