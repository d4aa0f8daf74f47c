import { wipe } from "./bytes.ts";

/**
 * Secret bytes. They are lent to a function and never returned: there is no getter, and a `#private` field shows in
 * no inspection, JSON, spread or structured clone.
 */
export class Secret {
  readonly #bytes: Uint8Array;
  readonly length: number;

  /** Takes the bytes over: the caller must not keep or change them. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.length = bytes.length;
  }

  /** Lends the bytes to `fn`, which must neither keep nor change them. */
  use<T>(fn: (bytes: Uint8Array) => T): T {
    return fn(this.#bytes);
  }

  /** A second Secret with the same bytes and a life of its own. */
  clone(): Secret {
    return new Secret(new Uint8Array(this.#bytes));
  }

  destroy(): void {
    wipe(this.#bytes);
  }
}
