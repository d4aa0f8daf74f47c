/** Multi-part forms of mechanisms that need all of their input at once: the parts are collected. */

import { concatAll, wipe } from "../bytes/bytes.ts";
import type { HashState } from "../crypto/engine.ts";
import { demand } from "../cryptoki/error.ts";
import type { CipherStream, VerifyStream } from "../mechanisms/mechanism.ts";

/** At most this much of a multi-part operation is held back, in mechanisms that need all of it at once. */
const MAX_COLLECTED = 2 ** 26;

/** Parts of a whole. */
export interface Collector {
  add(data: Uint8Array): void;
  /** The whole; the parts are wiped. */
  take(): Uint8Array;
}

export function collector(): Collector {
  const parts: Uint8Array[] = [];
  let length = 0;
  return {
    add: (data) => {
      length += data.length;
      demand(length <= MAX_COLLECTED, "DATA_LEN_RANGE", `this mechanism takes up to ${MAX_COLLECTED} bytes`);
      parts.push(Uint8Array.from(data));
    },
    take: () => {
      const all = concatAll(parts);
      for (const part of parts) wipe(part);
      return all;
    },
  };
}

export function collectCipher(once: (data: Uint8Array) => Uint8Array): CipherStream {
  const parts = collector();
  return {
    update: (data) => {
      parts.add(data);
      return new Uint8Array(0);
    },
    final: () => once(parts.take()),
  };
}

export function collectSignature(once: (data: Uint8Array) => Uint8Array): HashState {
  const parts = collector();
  return { update: parts.add, digest: () => once(parts.take()) };
}

export function collectVerification(once: (data: Uint8Array, signature: Uint8Array) => boolean): VerifyStream {
  const parts = collector();
  return { update: parts.add, final: (signature) => once(parts.take(), signature) };
}
