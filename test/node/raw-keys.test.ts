/** Private keys go to Node as text; what that leaves behind, and that it makes the same keys. */

import { createPrivateKey } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { concat } from "../../src/bytes/bytes.ts";
import { leavingNothing } from "../../src/node/buffers.ts";
import { privateKeyObject, type RawCurve } from "../../src/node/raw-keys.ts";
import { seededRng } from "../support/seeded-rng.ts";

const rng = seededRng("raw keys");
const { poolSize } = Buffer;
const curves: readonly (readonly [RawCurve, arc: number, bytes: number])[] = [
  ["X25519", 110, 32],
  ["X448", 111, 56],
  ["Ed25519", 112, 32],
  ["Ed448", 113, 57],
];

/** Without a copy, which would be in the memory that is looked at. */
const viewed = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, length);

/** What small Buffers share, as it is now. */
const shared = (): ArrayBufferLike => Buffer.allocUnsafe(1).buffer;
const has = (memory: ArrayBufferLike, bytes: Uint8Array): boolean =>
  Buffer.from(memory as ArrayBuffer).includes(viewed(bytes));

/** What Node does with the text of a key. */
const decode = (secret: Uint8Array): Buffer => Buffer.from(viewed(secret).toString("base64"), "base64");

afterEach(() => {
  Buffer.poolSize = poolSize;
});

test.each(curves)("a key of %s is the one that OpenSSL reads from DER (RFC 8410, 7)", (curve, arc, bytes) => {
  const secret = rng(bytes);
  const head = [0x30, bytes + 14, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, arc, 4, bytes + 2, 4, bytes];
  const der = Buffer.from(concat(Uint8Array.from(head), secret));
  expect(privateKeyObject(curve, secret).export({ format: "der", type: "pkcs8" })).toEqual(der);
  expect(createPrivateKey({ format: "der", type: "pkcs8", key: der }).equals(privateKeyObject(curve, secret))).toBe(
    true,
  );
});

test.each(curves)("a key of %s is nowhere in the memory that small Buffers share", (curve, _, bytes) => {
  const secret = rng(bytes);
  privateKeyObject(curve, secret);
  expect(has(shared(), secret)).toBe(false);
});

test("only what was put there meanwhile is wiped from the memory that small Buffers share", () => {
  const secret = rng(40);
  // Without care it stays there.
  decode(secret);
  expect(has(shared(), secret)).toBe(true);
  const before = Buffer.from("before before before");
  const other = rng(40);
  expect(leavingNothing(() => decode(other).length)).toBe(40);
  const after = Buffer.from("after after after after");
  expect(after.buffer).toBe(before.buffer);
  expect(has(shared(), other)).toBe(false);
  expect(String(before)).toBe("before before before");
  expect(String(after)).toBe("after after after after");
});

test("what was put there is wiped when an error ends it, and where the memory came to its end meanwhile", () => {
  const pieces = Array.from({ length: 200 }, () => rng(40));
  const memory = new Set<ArrayBufferLike>();
  while (Buffer.allocUnsafe(1).byteOffset < poolSize / 2);
  const before = Buffer.from("before before before");
  const fill = () => {
    for (const piece of pieces) memory.add(decode(piece).buffer);
    throw new RangeError("full");
  };
  expect(() => leavingNothing(fill)).toThrow("full");
  expect(memory.size).toBe(2);
  expect(memory.has(before.buffer) && memory.has(shared())).toBe(true);
  for (const part of memory) expect(pieces.filter((piece) => has(part, piece))).toEqual([]);
  expect(String(before)).toBe("before before before");
});

test("where Buffers share no memory, nothing of theirs is wiped", () => {
  Buffer.poolSize = 0;
  const before = Buffer.from("before");
  expect(leavingNothing(() => String(decode(rng(40)).length))).toBe("40");
  expect(String(before)).toBe("before");
});
