/** What the suite must see, and what it must not: without these two, its silence would mean nothing. */

import { concat } from "../../../src/bytes/bytes.ts";
import type { Row } from "../row.ts";
import { wrongAt } from "../row.ts";

/** How bytes must not be compared: it ends at the first difference. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export const controls: readonly Row[] = [
  {
    group: "control",
    name: "a comparison that ends at the first difference",
    classes: ["first of 32 bytes wrong", "last"],
    must: "leak",
    make(rng) {
      const tag = Uint8Array.from(rng(32));
      const wrong = wrongAt(tag);
      return { prepare: wrong.set, run: () => isSame(tag, wrong.bytes) };
    },
  },
  {
    group: "control",
    name: "the same comparison of the same bytes",
    classes: ["32 equal bytes", "the same"],
    must: "none seen",
    make(rng) {
      const tag = Uint8Array.from(rng(32));
      const bytes = new Uint8Array(32);
      return { prepare: () => bytes.set(tag), run: () => isSame(tag, bytes) };
    },
  },
  {
    group: "control",
    name: "random bytes in either class",
    classes: ["random", "random"],
    must: "none seen",
    make(rng) {
      let bytes = rng(1024);
      return {
        prepare() {
          bytes = rng(1024);
        },
        run: () => concat(bytes, bytes),
      };
    },
  },
];
