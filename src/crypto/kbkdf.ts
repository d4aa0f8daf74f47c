/** KDFs of SP 800-108 r1 beside counter mode (kdf.ts): feedback and double-pipeline mode, on prepared keys. */

import { be32, concat, wipe } from "../bytes/bytes.ts";
import { blocks, type CounterBits, type Prf, requireLength } from "./kdf.ts";

/** In these modes the counter is optional. */
export type OptionalCounterBits = 0 | CounterBits;

/**
 * Feedback mode (4.2): K(i) = PRF(K(i−1) ‖ [i]_r ‖ fixed input), K(0) = IV, which may be empty.
 * @throws RangeError when `byteLength` is not 1 to 2^29 − 1, or takes more than 2^r − 1 blocks.
 */
export function feedbackKdf(
  prf: Prf,
  iv: Uint8Array,
  counterBits: OptionalCounterBits,
  fixedInput: Uint8Array,
  byteLength: number,
): Uint8Array {
  requireLength(byteLength, mostBytes(prf, counterBits));
  let previous = iv;
  return blocks(prf.macBytes, byteLength, (i) => {
    const input = concat(previous, counter(i, counterBits), fixedInput);
    previous = prf.mac(input);
    wipe(input);
    return previous;
  });
}

/**
 * Double-pipeline mode (4.3): A(0) = fixed input, A(i) = PRF(A(i−1)), K(i) = PRF(A(i) ‖ [i]_r ‖ fixed input).
 * @throws RangeError when `byteLength` is not 1 to 2^29 − 1, or takes more than 2^r − 1 blocks.
 */
export function doublePipelineKdf(
  prf: Prf,
  counterBits: OptionalCounterBits,
  fixedInput: Uint8Array,
  byteLength: number,
): Uint8Array {
  requireLength(byteLength, mostBytes(prf, counterBits));
  let a: Uint8Array = Uint8Array.from(fixedInput);
  const output = blocks(prf.macBytes, byteLength, (i) => {
    const next = prf.mac(a);
    wipe(a);
    a = next;
    const input = concat(a, counter(i, counterBits), fixedInput);
    const block = prf.mac(input);
    wipe(input);
    return block;
  });
  wipe(a);
  return output;
}

/** As many blocks as the counter tells apart (step 2 of each mode), 2^32 − 1 without one; [L]_32 counts bits. */
export function mostBytes({ macBytes }: Prf, counterBits: OptionalCounterBits): number {
  return Math.min(2 ** 29 - 1, (2 ** (counterBits || 32) - 1) * macBytes);
}

function counter(i: number, counterBits: OptionalCounterBits): Uint8Array {
  return be32(i).subarray(4 - counterBits / 8);
}
