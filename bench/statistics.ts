/** What is said of repeated measurements. */

/** The middle of some samples, and between what they lie. */
export interface Spread {
  readonly middle: number;
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

/**
 * The value below which a part of the samples lies, between two samples in proportion (type 7 of Hyndman and Fan).
 * @throws RangeError without samples
 */
export function quantile(samples: readonly number[], part: number): number {
  if (samples.length === 0) throw new RangeError("expected at least one sample");
  const sorted = samples.toSorted((a, b) => a - b);
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** The median and the quartiles: half of the samples lie between. */
export const quartiles = (samples: readonly number[]): Spread => ({
  middle: median(samples),
  low: quantile(samples, 0.25),
  high: quantile(samples, 0.75),
  samples: samples.length,
});

/** The mean and its standard error on either side: what to look at when the work itself varies from call to call. */
export function meanAndError(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new RangeError("expected at least one sample");
  const count = samples.length;
  const middle = samples.reduce((sum, sample) => sum + sample, 0) / count;
  const squares = samples.reduce((sum, sample) => sum + (sample - middle) ** 2, 0);
  const error = count > 1 ? Math.sqrt(squares / (count - 1) / count) : 0;
  return { middle, low: middle - error, high: middle + error, samples: count };
}

/** The quotient of two means that were measured apart, with the error of both. */
export function quotient(over: Spread, under: Spread): Spread {
  const middle = over.middle / under.middle;
  const relative = ({ middle, low }: Spread): number => (middle - low) / middle;
  const error = middle * Math.hypot(relative(over), relative(under));
  return { middle, low: middle - error, high: middle + error, samples: Math.min(over.samples, under.samples) };
}
