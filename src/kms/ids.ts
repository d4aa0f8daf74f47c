/**
 * Identifiers of requests and events, in the form of version 4 UUIDs: a kind and a count. They are not random, so that
 * a run with a seed repeats them, and so that asking for one draws nothing from the token.
 */
export function idsOf(kind: "request" | "event"): () => string {
  const prefix = { request: "00000001-0000-4000-8000", event: "00000002-0000-4000-8000" }[kind];
  let count = 0;
  return () => `${prefix}-${(++count).toString(16).padStart(12, "0")}`;
}
