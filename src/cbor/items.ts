/** The numbers of CBOR's data items (RFC 8949). */

/** Major types (3.1). */
// biome-ignore format: a table
export const MAJOR = { UNSIGNED: 0, NEGATIVE: 1, BYTES: 2, TEXT: 3, ARRAY: 4, MAP: 5, TAG: 6, OTHER: 7 } as const;

/** Initial bytes of simple values (3.3). */
export const FALSE = 0xf4;
export const TRUE = 0xf5;
export const NULL = 0xf6;
export const UNDEFINED = 0xf7;
/** The initial byte of a double-precision float. */
export const FLOAT_64 = 0xfb;

/** The tag of seconds since the epoch (3.4.2). */
export const TIMESTAMP = 1;
