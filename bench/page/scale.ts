/** The logarithmic axis that every plot of the page has. */

export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Where a value lies, in percent of the axis from its beginning. */
  at(value: number): number;
  /** Round values to write at the axis, and where. */
  readonly ticks: readonly { readonly value: number; readonly at: number }[];
}

/** An axis for some positive values with room beside the outermost, and at least so many decades. */
export function logScale(values: readonly number[], decades: number): Scale {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  const [least, most] = logs.length === 0 ? [0, 0] : [Math.min(...logs), Math.max(...logs)];
  const room = Math.max(0.12, (most - least) * 0.04, (decades - (most - least)) / 2);
  const [low, high] = [least - room, most + room];
  const at = (value: number): number => (100 * (Math.log10(value) - low)) / (high - low);
  const inDecade = high - low > 2.2 ? [1] : [1, 2, 5];
  const ticks: { value: number; at: number }[] = [];
  for (let decade = Math.floor(low); decade <= high; decade++) {
    for (const step of inDecade) {
      const value = step * 10 ** decade;
      if (at(value) >= 0 && at(value) <= 100) ticks.push({ value, at: at(value) });
    }
  }
  // Narrow pages have room for some seven labels.
  const every = Math.ceil(ticks.length / 7);
  return { low: 10 ** low, high: 10 ** high, at, ticks: ticks.filter((_, index) => index % every === 0) };
}
