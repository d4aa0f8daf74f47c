/** Combs of public points that are used often. */

/** A point gets a comb, which costs as much as some ten sums, when it is used so often … */
const HOT_USES = 8;
/** … and at most so many have one, of 70 to 300 kB each. */
const MAX_COMBS = 64;

interface Holder {
  lastUse: number;
  loseComb(): void;
}

/** Who has a comb, the longest unused first. */
const holders = new Set<Holder>();
/** Uses of all points so far. */
let time = 0;

/**
 * The point's comb, asked for at each use; `undefined` while it has none. One that has become hot takes the place of the
 * longest unused, if that was not used meanwhile: of more points than there are places, used in turn, those that have combs
 * keep them.
 */
export function whenHot<Comb>(make: () => Comb): () => Comb | undefined {
  let comb: Comb | undefined;
  let uses = 0;
  let since = 0;
  const holder: Holder = {
    lastUse: 0,
    loseComb() {
      comb = undefined;
    },
  };
  return () => {
    time++;
    if (comb === undefined) {
      if (uses === 0) since = time;
      uses = (uses + 1) % HOT_USES;
      if (uses > 0 || !hasPlaceSince(since)) return undefined;
      comb = make();
    }
    holder.lastUse = time;
    holders.delete(holder);
    holders.add(holder);
    return comb;
  };
}

/** Whether there is a place for one more, which one that was not used since then may have to leave. */
function hasPlaceSince(since: number): boolean {
  const [oldest] = holders;
  if (holders.size < MAX_COMBS || oldest === undefined) return true;
  if (oldest.lastUse > since) return false;
  holders.delete(oldest);
  oldest.loseComb();
  return true;
}
