/** XTS-AES (IEEE 1619; SP 800-38E) over two AES keys' ECB. */

import { concat, wipe } from "../bytes/bytes.ts";
import type { AesKey } from "./engine.ts";

const BLOCK = 16;
/** x^128 + x^7 + x^2 + x + 1 (IEEE 1619, 5.2). */
const POLYNOMIAL = 0x87;
/** Blocks of one data unit (SP 800-38E, 4). */
export const MAX_XTS_BYTES: number = BLOCK * 2 ** 20;

/** The keys of the data and of the tweak. */
export interface XtsKey {
  readonly data: Pick<AesKey, "ecbEncrypt" | "ecbDecrypt">;
  readonly tweak: Pick<AesKey, "ecbEncrypt">;
}

/** One data unit. @throws RangeError unless the data has 16 bytes to 2^20 blocks and the number of the unit 16 bytes */
export function xtsEncrypt(key: XtsKey, unit: Uint8Array, data: Uint8Array): Uint8Array {
  return crypt(key, unit, data, true);
}

/** The inverse of {@link xtsEncrypt}. */
export function xtsDecrypt(key: XtsKey, unit: Uint8Array, data: Uint8Array): Uint8Array {
  return crypt(key, unit, data, false);
}

/** IEEE 1619, 5.3.2 and 5.4.2: whole blocks, and of the last two, if one is cut, the second steals from the first. */
function crypt({ data: cipher, tweak }: XtsKey, unit: Uint8Array, data: Uint8Array, encrypts: boolean): Uint8Array {
  const fits = unit.length === BLOCK && data.length >= BLOCK && data.length <= MAX_XTS_BYTES;
  if (!fits) throw new RangeError(`a data unit of XTS has ${BLOCK} to ${MAX_XTS_BYTES} bytes`);
  const run = (blocks: Uint8Array): Uint8Array => (encrypts ? cipher.ecbEncrypt(blocks) : cipher.ecbDecrypt(blocks));
  const rest = data.length % BLOCK;
  const tweaks = tweaksFrom(tweak.ecbEncrypt(unit), Math.ceil(data.length / BLOCK));
  const under = (blocks: Uint8Array, masks: Uint8Array): Uint8Array => {
    const masked = xored(blocks, masks);
    const out = xored(run(masked), masks);
    wipe(masked);
    return out;
  };
  if (rest === 0) return under(data, tweaks);
  const head = data.length - rest - BLOCK;
  const [before, last] = [tweaks.subarray(head, head + BLOCK), tweaks.subarray(head + BLOCK)];
  const [first, second] = encrypts ? [before, last] : [last, before];
  const whole = head === 0 ? new Uint8Array(0) : under(data.subarray(0, head), tweaks.subarray(0, head));
  const lender = under(data.subarray(head, head + BLOCK), first);
  const thief = concat(data.subarray(head + BLOCK), lender.subarray(rest));
  const out = concat(whole, under(thief, second), lender.subarray(0, rest));
  wipe(lender, thief, tweaks);
  return out;
}

function xored(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ b[i]);
}

/** The tweak and what it is times x, x^2, …, one a block; the first byte has the lowest powers (IEEE 1619, 5.2). */
function tweaksFrom(first: Uint8Array, count: number): Uint8Array {
  const tweaks = new Uint8Array(count * BLOCK);
  tweaks.set(first);
  for (let at = BLOCK; at < tweaks.length; at += BLOCK) {
    let carry = 0;
    for (let i = 0; i < BLOCK; i++) {
      const byte = tweaks[at - BLOCK + i];
      tweaks[at + i] = (byte << 1) | carry;
      carry = byte >> 7;
    }
    tweaks[at] ^= carry * POLYNOMIAL;
  }
  return tweaks;
}
