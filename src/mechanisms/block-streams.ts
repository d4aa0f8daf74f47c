import { concat, wipe } from "../bytes/bytes.ts";
import type { CipherStream } from "./mechanism.ts";

const BLOCK = 16;

/** A mode over whole blocks, given out as soon as they are there; what is not a whole block waits. */
interface BlockSteps {
  readonly blocks: (blocks: Uint8Array) => Uint8Array;
  /** The end, with what has been held back. */
  readonly final: (rest: Uint8Array) => Uint8Array;
  /** The last whole block is held back too: it may be the one with the padding. */
  readonly keepsLast?: true;
}

/** The multi-part form of a block mode. */
export function blockStream({ blocks, final, keepsLast }: BlockSteps): CipherStream {
  let rest = new Uint8Array(0);
  return {
    update(data) {
      const all = concat(rest, data);
      wipe(rest);
      const partial = all.length % BLOCK;
      const held = partial === 0 && keepsLast && all.length > 0 ? BLOCK : partial;
      rest = all.slice(all.length - held);
      const ready = all.length - held;
      const out = ready === 0 ? new Uint8Array(0) : blocks(all.subarray(0, ready));
      wipe(all);
      return out;
    },
    final() {
      try {
        return final(rest);
      } finally {
        wipe(rest);
      }
    },
  };
}

/** A step of CBC that goes on where the one before ended (SP 800-38A, 6.2): the next IV is the last block of ciphertext. */
export function chained(
  iv: Uint8Array,
  step: (iv: Uint8Array, blocks: Uint8Array) => Uint8Array,
  ciphertext: "output" | "input",
): (blocks: Uint8Array) => Uint8Array {
  let next = iv;
  return (blocks) => {
    const last = blocks.slice(blocks.length - BLOCK);
    const out = step(next, blocks);
    next = ciphertext === "input" ? last : out.slice(out.length - BLOCK);
    return out;
  };
}
