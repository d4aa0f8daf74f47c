/** Lists in pages. A marker says where the next page begins; it is good for the list that gave it and no other. */

import { fromBase64, toBase64, utf8 } from "../bytes/bytes.ts";
import type { Store, Stored } from "../storage/store.ts";
import { fail } from "./errors.ts";

export interface PageRequest {
  readonly Limit?: number;
  readonly Marker?: string;
}

export interface PageRules {
  /** The operation and whatever narrows its list. */
  readonly scope: string;
  /** How many items when the caller does not say, and at most. */
  readonly defaultLimit: number;
  readonly maxLimit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** The members that every list's answer ends with. */
  readonly rest: { readonly NextMarker?: string; readonly Truncated: boolean };
}

/** An item and its place in the order of the list. */
export interface Placed<T> {
  readonly place: string;
  readonly item: T;
}

/**
 * The page that the caller asks for. `itemsAfter` gives the items behind a place, in order, as far as they are taken: so
 * many, one more than the page has, where there are as many.
 * @throws KmsError InvalidMarkerException
 */
export async function pageOf<T>(
  request: PageRequest,
  { scope, defaultLimit, maxLimit }: PageRules,
  itemsAfter: (place: string | undefined, count: number) => AsyncIterable<Placed<T>> | Iterable<Placed<T>>,
): Promise<Page<T>> {
  const limit = Math.min(request.Limit ?? defaultLimit, maxLimit);
  const taken: Placed<T>[] = [];
  for await (const placed of itemsAfter(readMarker(scope, request.Marker), limit + 1)) {
    if (taken.length === limit) {
      const NextMarker = writeMarker(scope, (taken[limit - 1] as Placed<T>).place);
      return { items: taken.map(({ item }) => item), rest: { NextMarker, Truncated: true } };
    }
    taken.push(placed);
  }
  return { items: taken.map(({ item }) => item), rest: { Truncated: false } };
}

/**
 * The records of a table with a prefix, from after an id, fetched in batches: few at first, as most callers want few.
 * @param count that are enough, as far as the caller knows
 */
export async function* recordsAfter<T>(
  store: Store,
  table: string,
  prefix: string,
  after: string | undefined,
  count = 16,
): AsyncIterable<Stored<T>> {
  let last = after;
  for (let limit = count; ; limit = Math.min(4 * limit, 1024)) {
    const batch = await store.list<T>(table, { prefix, limit, ...(last !== undefined && { after: last }) });
    yield* batch;
    if (batch.length < limit) return;
    last = batch.at(-1)?.id;
  }
}

function writeMarker(scope: string, place: string): string {
  return toBase64(utf8(JSON.stringify([scope, place])));
}

function readMarker(scope: string, marker: string | undefined): string | undefined {
  if (marker === undefined) return undefined;
  try {
    const content: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64(marker)));
    if (Array.isArray(content) && content.length === 2 && content[0] === scope && typeof content[1] === "string") {
      return content[1];
    }
  } catch {
    // Not base64, not UTF-8, not JSON: not one of ours.
  }
  return fail("InvalidMarkerException", "The marker is not one that this list has given.");
}
