/** The bytes of p11-kit's protocol: big-endian integers and byte strings with their length before them. */

/** What cannot be read: the other side does not speak this protocol, or not this version of it. */
export class WireError extends Error {
  override readonly name = "WireError";
}

/** NULL_PTR in the place of a byte string: told from an empty one by its identity. */
export const NULL_BYTES: Uint8Array = new Uint8Array(0);

/** The length that says NULL_PTR. */
const NULL_LENGTH = 0xffff_ffff;

/** Reads values off a byte string. Nothing is copied. @throws WireError when there is less than a value needs */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** The next u32, which is read again. */
  peek32(): number | undefined {
    return this.remaining < 4 ? undefined : this.#view.getUint32(this.#offset);
  }

  /** A CK_ULONG. No handle, type or length is beyond 2^53: what is so comes out as 2^53 - 1, which names nothing. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#advance(8));
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
  }

  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** A byte string after its length; {@link NULL_BYTES} for NULL_PTR. */
  byteArray(): Uint8Array {
    const length = this.u32();
    return length === NULL_LENGTH ? NULL_BYTES : this.take(length);
  }

  /** A count of items of which each takes some bytes at least, so that no list is longer than what is there. */
  count(bytesPerItem: number): number {
    const count = this.u32();
    if (count * bytesPerItem > this.remaining) throw new WireError("the message ends before its list does");
    return count;
  }

  end(): void {
    if (this.remaining > 0) throw new WireError(`the message goes on for ${this.remaining} bytes after its last value`);
  }

  #advance(length: number): number {
    if (length > this.remaining) throw new WireError("the message ends in the middle of a value");
    this.#offset += length;
    return this.#offset - length;
  }
}

/** Puts values one after the other. */
export class WireWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  u8(value: number): this {
    this.#grow(1)[0] = value;
    return this;
  }

  u32(value: number): this {
    const at = this.#grow(4);
    new DataView(at.buffer, at.byteOffset).setUint32(0, value);
    return this;
  }

  u64(value: number | bigint): this {
    const at = this.#grow(8);
    new DataView(at.buffer, at.byteOffset).setBigUint64(0, BigInt(value));
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#grow(bytes.length).set(bytes);
    return this;
  }

  /** A byte string after its length; NULL_PTR for {@link NULL_BYTES}. */
  byteArray(bytes: Uint8Array): this {
    return bytes === NULL_BYTES ? this.u32(NULL_LENGTH) : this.u32(bytes.length).raw(bytes);
  }

  /** All that was written; the writer's own memory is wiped. */
  finish(): Uint8Array {
    const written = this.#bytes.slice(0, this.#length);
    this.#bytes.fill(0);
    return written;
  }

  #grow(by: number): Uint8Array {
    const needed = this.#length + by;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes.fill(0);
      this.#bytes = larger;
    }
    this.#length = needed;
    return this.#bytes.subarray(needed - by, needed);
  }
}
