/**
 * Identifiers of requests and events, in the form of version 4 UUIDs: a kind and a count. They are not random, so that
 * a run with a seed repeats them, and so that asking for one draws nothing from the token.
 */
export function idsOf(kind: "request" | "event"): () => string {
  const prefix = { request: "00000001-0000-4000-8000", event: "00000002-0000-4000-8000" }[kind];
  let count = 0;
  /** All but the last two digits, which are the same for 256 counts. */
  let head = "";
  return () => {
    const last = ++count & 0xff;
    if (last === 0 || head === "") head = `${prefix}-${hex((count - last) / 0x100, 10)}`;
    return head + LAST_DIGITS[last];
  };
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const LAST_DIGITS: readonly string[] = Array.from({ length: 0x100 }, (_, value) => hex(value, 2));
