/**
 * The client's end of p11-kit's protocol, written from its description and not from our codec: what a test says goes out
 * as p11-kit would send it, what comes back is read as p11-kit reads it.
 */

/** An attribute with its value as p11-kit types it; `null` is CK_UNAVAILABLE_INFORMATION. */
export type Attribute =
  | { readonly type: number; readonly byte: number }
  | { readonly type: number; readonly ulong: number | bigint }
  | { readonly type: number; readonly bytes: Uint8Array | null }
  | { readonly type: number; readonly mechanisms: readonly number[] }
  | { readonly type: number; readonly attributes: readonly Attribute[] };

export interface Wanted {
  readonly type: number;
  readonly room: number;
  readonly inner?: readonly Wanted[];
}

const u32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
};
const u64 = (value: number | bigint): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer;
};
const byteArray = (bytes: Uint8Array | null): Buffer =>
  bytes === null ? u32(0xffff_ffff) : Buffer.concat([u32(bytes.length), bytes]);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function attribute(given: Attribute): Buffer {
  const head = (length: number): Buffer => Buffer.concat([u32(given.type), Buffer.of(1), u32(length)]);
  if ("byte" in given) return Buffer.concat([head(1), Buffer.of(given.byte)]);
  if ("ulong" in given) return Buffer.concat([head(8), u64(given.ulong)]);
  if ("bytes" in given) return Buffer.concat([head(given.bytes?.length ?? 0), byteArray(given.bytes)]);
  if ("mechanisms" in given) {
    const { mechanisms } = given;
    return Buffer.concat([head(8 * mechanisms.length), u32(mechanisms.length), ...mechanisms.map(u64)]);
  }
  return Buffer.concat([head(24 * given.attributes.length), attributes(given.attributes)]);
}

const attributes = (given: readonly Attribute[]): Buffer => Buffer.concat([u32(given.length), ...given.map(attribute)]);

function wantedAttributes(given: readonly Wanted[]): Buffer {
  const each = given.map(({ type, room, inner }) =>
    Buffer.concat([u32(type), u32(room), ...(inner === undefined ? [] : [wantedAttributes(inner)])]),
  );
  return Buffer.concat([u32(given.length), ...each]);
}

/** What each letter of a signature goes out as. */
export const out = {
  y: (value: number): Buffer => Buffer.of(value),
  u: u64,
  s: (value: string): Buffer => byteArray(text(value)),
  z: (value: string): Buffer => byteArray(text(value)),
  ay: (bytes: Uint8Array | null): Buffer => Buffer.concat([Buffer.of(1), byteArray(bytes)]),
  /** Room in a buffer; 0 is NULL_PTR, a buffer of no bytes is 0xffffffff. */
  fy: u32,
  fu: u32,
  aA: attributes,
  fA: wantedAttributes,
  M: (encoded: Buffer): Buffer => encoded,
};

/** A mechanism as the clients of each version write it: 0 and 1 as p11-kit 0.24.1 and 0.25.5 do, 2 as 0.26. */
export function mechanism(version: number, type: number, parameter?: readonly Buffer[]): Buffer {
  if (parameter !== undefined) return Buffer.concat([u32(type), ...(version < 2 ? [] : [Buffer.of(1)]), ...parameter]);
  return version < 2 ? Buffer.concat([u32(type), byteArray(null)]) : u32(type);
}

/** A mechanism that may have a parameter and has none. */
export const withoutParameter = (type: number): Buffer => Buffer.concat([u32(type), Buffer.of(0)]);

/** NULL_PTR for a mechanism. */
export const noMechanism = (version: number): Buffer => u32(version === 0 ? 0 : 0xffff_ffff);

export const field = { u64, byteArray };

export function request(id: number, signature: string, ...args: readonly Buffer[]): Buffer {
  return Buffer.concat([u32(id), byteArray(text(signature)), ...args]);
}

export const frame = (code: number, body: Uint8Array, options = ""): Buffer =>
  Buffer.concat([u32(code), u32(options.length), u32(body.length), text(options), body]);

export const HANDSHAKE: Uint8Array = text("PRIVATE-GNOME-KEYRING-PKCS11-PROTOCOL-V-1");

/** Reads an answer. */
export class Answer {
  readonly id: number;
  readonly signature: string;
  readonly #body: Buffer;
  #offset = 0;

  constructor(body: Uint8Array) {
    this.#body = Buffer.from(body);
    this.id = this.u32();
    this.signature = (this.byteArray() as Buffer).toString();
  }

  u32(): number {
    return this.#take(4).readUInt32BE();
  }

  y(): number {
    return this.#take(1).readUInt8();
  }

  u(): number {
    return Number(this.#take(8).readBigUInt64BE());
  }

  byteArray(): Buffer | null {
    const length = this.u32();
    return length === 0xffff_ffff ? null : this.#take(length);
  }

  s(): string {
    return (this.byteArray() as Buffer).toString();
  }

  v(): string {
    return `${this.y()}.${this.y()}`;
  }

  /** The bytes, or how many there would be. */
  ay(): Buffer | number {
    return this.y() === 1 ? (this.byteArray() as Buffer) : this.u32();
  }

  au(): number[] | number {
    const isThere = this.y() === 1;
    const count = this.u32();
    return isThere ? Array.from({ length: count }, () => this.u()) : count;
  }

  /** Attributes by type: -1 for one that is missing, else what `kinds` says of its type. */
  aA(kinds: Readonly<Record<number, "byte" | "ulong" | "mechanisms" | "attributes">> = {}): unknown[] {
    return Array.from({ length: this.u32() }, () => {
      const type = this.u32();
      if (this.y() === 0) return { type, length: -1 };
      const length = this.u32();
      const kind = kinds[type];
      if (kind === "byte") return { type, length, value: this.y() };
      if (kind === "ulong") return { type, length, value: this.u() };
      if (kind === "mechanisms") return { type, length, value: Array.from({ length: this.u32() }, () => this.u()) };
      if (kind === "attributes") return { type, length, value: this.aA(kinds) };
      return { type, length, value: this.byteArray() };
    });
  }

  get rest(): number {
    return this.#body.length - this.#offset;
  }

  #take(length: number): Buffer {
    if (length > this.rest) throw new Error("the answer is too short");
    this.#offset += length;
    return this.#body.subarray(this.#offset - length, this.#offset);
  }
}
