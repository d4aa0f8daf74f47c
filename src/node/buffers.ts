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

/** All of a Buffer's memory as a plain array. */
function plain({ buffer }: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}
