/** What nobody who chooses texts knows: 64 bits. */
export type HashKey = readonly [k0: number, k1: number];

/** As many rounds end a hash. */
const LAST_ROUNDS = 3;

/**
 * HalfSipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, in words of 32 bits, as its authors' reference
 * code has it) of the text in UTF-16LE. Whoever does not know the key cannot choose texts that collide more often than random ones.
 */
export function keyedHashOfText([k0, k1]: HashKey): (text: string) => number {
  return (text) => {
    const { length } = text;
    // Two code units a word; the last word has what is left, and the length in bytes in its highest eight bits.
    const last = length >> 1;
    let v0 = k0 | 0;
    let v1 = k1 | 0;
    let v2 = k0 ^ 0x6c796765;
    let v3 = k1 ^ 0x74656462;
    for (let i = 0; i <= last + LAST_ROUNDS; i++) {
      let m = 0;
      if (i < last) m = text.charCodeAt(2 * i) | (text.charCodeAt(2 * i + 1) << 16);
      else if (i === last) m = (length << 25) | ((length & 1) === 0 ? 0 : text.charCodeAt(length - 1));
      else if (i === last + 1) v2 ^= 0xff;
      v3 ^= m;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= m;
    }
    return v1 ^ v3;
  };
}
