import { wipe } from "../bytes/bytes.ts";

/**
 * The parts in one plain array with a buffer of its own. What Node allocated becomes that array where one part is all
 * there is; else it is wiped once it is copied.
 */
export function taken(first: Buffer, last?: Buffer): Uint8Array {
  if ((last === undefined || last.length === 0) && first.buffer.byteLength === first.length) return plain(first);
  const bytes = last === undefined ? joined(first) : joined(first, last);
  wipe(first, last);
  return bytes;
}

/** The same of parts that are no secret, and so need no wiping. */
export function joined(...parts: Buffer[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = plain(Buffer.allocUnsafeSlow(length));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * What `use` gives. All that it, or Node for it, put into the memory that small Buffers share is wiped: that memory is given out
 * piece by piece, so it is what lies between a piece from before and one from after. Node does not wipe it, and the next
 * `Buffer.allocUnsafe` anywhere could begin with it.
 */
export function leavingNothing<T>(use: () => T): T {
  const before = Buffer.allocUnsafe(1);
  try {
    return use();
  } finally {
    const after = Buffer.allocUnsafe(1);
    const isOne = before.buffer === after.buffer;
    // Where the memory was at its end meanwhile, the rest of the old one is nobody's.
    new Uint8Array(before.buffer, before.byteOffset, isOne ? after.byteOffset - before.byteOffset : undefined).fill(0);
    if (!isOne) new Uint8Array(after.buffer, 0, after.byteOffset).fill(0);
  }
}

/** All of a Buffer's memory as a plain array. */
function plain({ buffer }: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}
