import { concat, wipe } from "../bytes/bytes.ts";
import { demand } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import type { CipherStream } from "./mechanism.ts";

/** Bytes of a block of AES and SM4. */
export const BLOCK = 16;

const none = new Uint8Array(0);

/** @throws CkrError with `wrongLength` unless the data is whole blocks */
export function requireBlocks(data: Uint8Array, wrongLength: CkrName): void {
  demand(
    data.length % BLOCK === 0,
    wrongLength,
    `the data is whole blocks of ${BLOCK} bytes, not ${data.length} bytes`,
  );
}

/** Data in parts of any length, worked on block by block; the last part must end a block. */
export function wholeBlocks(run: (blocks: Uint8Array) => Uint8Array, wrongLength: CkrName): CipherStream {
  let rest = none;
  return {
    update(data) {
      const all = concat(rest, data);
      wipe(rest);
      const whole = all.length - (all.length % BLOCK);
      rest = all.slice(whole);
      const out = whole === 0 ? none : run(all.subarray(0, whole));
      wipe(all);
      return out;
    },
    final() {
      requireBlocks(rest, wrongLength);
      return none;
    },
  };
}
