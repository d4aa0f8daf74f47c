import { concat, wipe } from "../bytes/bytes.ts";

/** The parts in one plain array with a buffer of its own; the buffers that Node allocated for them are wiped. */
export function taken(...parts: Buffer[]): Uint8Array {
  const bytes = concat(...parts);
  wipe(...parts);
  return bytes;
}
