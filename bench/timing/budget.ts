/** How the time of a run is divided among its rows. */

/**
 * What each row gets of the time that there is, in order: the same for all, but no less than it needs. Where not all can have
 * that, those that need most get none.
 * @param needs and total in the same unit
 */
export function shares(needs: readonly number[], total: number): (number | undefined)[] {
  const ascending = needs.toSorted((a, b) => a - b);
  let sum = ascending.reduce((all, one) => all + one, 0);
  while (sum > total) sum -= ascending.pop() as number;
  const most = ascending.at(-1) ?? -1;
  // From the most needy down: who needs more than an equal share of what is left gets that, and the others share the rest.
  let left = total;
  let count = ascending.length;
  while (count > 0 && (ascending[count - 1] as number) > left / count) left -= ascending[--count] as number;
  const equal = count === 0 ? 0 : left / count;
  // Of rows that need the same as the neediest that fits, some may be too many.
  let room = ascending.filter((need) => need === most).length;
  return needs.map((need) => {
    if (need > most || (need === most && room-- <= 0)) return undefined;
    return Math.max(need, equal);
  });
}
