/** Combs of public points that are used often. */

/** A point gets a comb, which costs as much as some ten sums, when it is used so often … */
const HOT_USES = 8;
/** … and at most so many have one, of 70 to 300 kB each: the one longest unused gives way. */
const MAX_COMBS = 32;

/** What makes a point lose its comb, the longest unused first. */
const holders = new Set<() => void>();

/** The point's comb, asked for at each use; `undefined` while it is not worth one. */
export function whenHot<Comb>(make: () => Comb): () => Comb | undefined {
  let uses = 0;
  let comb: Comb | undefined;
  const forget = (): void => {
    comb = undefined;
  };
  return () => {
    uses++;
    if (uses < HOT_USES) return undefined;
    comb ??= make();
    holders.delete(forget);
    holders.add(forget);
    const [oldest] = holders;
    if (holders.size > MAX_COMBS && oldest !== undefined) {
      holders.delete(oldest);
      oldest();
    }
    return comb;
  };
}
