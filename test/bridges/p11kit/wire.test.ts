/** The codec of p11-kit's protocol: bytes, frames, mechanisms and attributes, apart from what is done with them. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAttributes } from "../../../src/bridges/p11kit/attributes.ts";
import { encodeFrame, type Frame, FrameReader, MAX_FRAME_BYTES } from "../../../src/bridges/p11kit/frames.ts";
import { readMechanism, type Version } from "../../../src/bridges/p11kit/mechanisms.ts";
import { readRequest } from "../../../src/bridges/p11kit/signature.ts";
import { NULL_BYTES, WireError, WireReader, WireWriter } from "../../../src/bridges/p11kit/wire.ts";
import * as ck from "../../../src/pkcs11.ts";
import { type Attribute, field, frame, mechanism, out } from "./client.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const reader = (bytes: string | Uint8Array): WireReader =>
  new WireReader(typeof bytes === "string" ? Uint8Array.from(Buffer.from(bytes, "hex")) : bytes);

describe("bytes", () => {
  test("are big-endian, with the length of a byte string before it", () => {
    const written = new WireWriter()
      .u8(1)
      .u32(2)
      .u64(3)
      .u64(2n ** 64n - 1n)
      .byteArray(Uint8Array.of(9))
      .byteArray(NULL_BYTES);
    expect(hex(written.finish())).toBe("01000000020000000000000003ffffffffffffffff0000000109ffffffff");
    const read = reader("01000000020000000000000003ffffffffffffffff0000000109ffffffff00000000");
    expect([read.u8(), read.u32(), read.u64(), read.u64()]).toEqual([1, 2, 3, Number.MAX_SAFE_INTEGER]);
    expect([read.byteArray(), read.byteArray(), read.byteArray()]).toEqual([Uint8Array.of(9), NULL_BYTES, NULL_BYTES]);
  });

  test("NULL_PTR is told from no bytes", () => {
    expect(reader("ffffffff").byteArray()).toBe(NULL_BYTES);
    expect(reader("00000000").byteArray()).not.toBe(NULL_BYTES);
  });

  test("that are not there are an error, whatever length they claim", () => {
    for (const bytes of ["", "00", "000000", "00000001", "7fffffff00", "fffffffe00"])
      expect(() => reader(bytes).byteArray(), bytes).toThrow(WireError);
    expect(() => reader("00000000000000").u64()).toThrow(WireError);
    expect(() => reader("ffffffff0000").count(5)).toThrow(WireError);
    expect(() => reader("00").end()).toThrow(WireError);
  });
});

describe("frames", () => {
  test("come out as they went in, in pieces of any size, with options or without", () => {
    const one = fc.record({
      code: fc.integer({ min: 1, max: 0xffff_ffff }),
      body: fc.uint8Array({ maxLength: 300 }),
      options: fc.string({ unit: "grapheme-ascii", maxLength: 20 }),
    });
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 5 }),
        (frames, sizes, patience) => {
          const bytes = Buffer.concat(frames.map(({ code, body, options }) => frame(code, body, options)));
          const frameReader = new FrameReader();
          const found: Frame[] = [];
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = sizes[i % sizes.length] as number;
            frameReader.add(Buffer.from(bytes.subarray(at, at + size)));
            at += size;
            if (i % patience !== 0 && at < bytes.length) continue;
            for (let next = frameReader.next(); next; next = frameReader.next()) found.push(next);
          }
          expect(found.map(({ code, body }) => [code, hex(body)])).toEqual(
            frames.map(({ code, body }) => [code, hex(body)]),
          );
        },
      ),
    );
  });

  test("are encoded with no options", () => {
    expect(hex(encodeFrame({ code: 16, body: Uint8Array.of(1, 2) }))).toBe("0000001000000000000000020102");
  });

  test("have a code, and a length that a call can have", () => {
    const next = (bytes: Uint8Array): unknown => {
      const frames = new FrameReader();
      frames.add(bytes);
      return frames.next();
    };
    expect(() => next(frame(0, Buffer.alloc(4)))).toThrow(WireError);
    const header = (options: number, body: number): Uint8Array =>
      new WireWriter().u32(1).u32(options).u32(body).finish();
    expect(next(header(0, MAX_FRAME_BYTES))).toBeUndefined();
    expect(() => next(header(1, MAX_FRAME_BYTES))).toThrow(WireError);
    expect(() => next(header(0xffff_ffff, 0xffff_ffff))).toThrow(WireError);
  });
});

describe("mechanisms", () => {
  test.each([0, 1, 2] as const)("are read to their end, as version %i writes them", (version) => {
    const mechanisms: readonly (readonly [number, readonly Buffer[] | undefined, unknown])[] = [
      [ck.CKM_SHA256, undefined, undefined],
      [ck.CKM_RSA_PKCS_KEY_PAIR_GEN, undefined, undefined],
      [ck.CKM_RSA_PKCS_PSS, [1, 2, 3].map(field.u64), { type: ck.CK_PARAMS_RSA_PSS, hashAlg: 1, mgf: 2, saltLen: 3 }],
      [ck.CKM_AES_CBC, [field.byteArray(Buffer.of(7))], Buffer.of(7)],
      [ck.CKM_SHA_1_HMAC_GENERAL, [field.u64(10)], 10],
    ];
    for (const [type, parameter, expected] of mechanisms) {
      const read = reader(mechanism(version, type, parameter));
      expect(readMechanism(read, version)).toEqual({
        mechanism: type,
        ...(expected !== undefined && { parameter: expected }),
      });
      expect(read.remaining).toBe(0);
    }
  });

  test("that are NULL_PTR are none", () => {
    for (const version of [0, 1, 2] as const) expect(readMechanism(reader("ffffffff"), version)).toBeUndefined();
    for (const version of [0, 1] as const) {
      const read = reader("000000000000000000000005");
      expect(readMechanism(read, version)).toBeUndefined();
      expect(read.u64()).toBe(5);
    }
  });
});

describe("attributes", () => {
  const bytes = fc.uint8Array({ maxLength: 40 });
  const ulong = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const plain: fc.Arbitrary<Attribute> = fc.oneof(
    fc.record({ type: fc.constantFrom(ck.CKA_TOKEN, ck.CKA_COPYABLE), byte: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ type: fc.constantFrom(ck.CKA_CLASS, ck.CKA_MECHANISM_TYPE), ulong }),
    fc.record({ type: fc.constantFrom(ck.CKA_LABEL, ck.CKA_DESTROYABLE, ck.CKA_UNIQUE_ID, 0x8765_4321), bytes }),
    fc.record({ type: fc.constant(ck.CKA_ALLOWED_MECHANISMS), mechanisms: fc.array(fc.nat(), { maxLength: 4 }) }),
  );
  const { tree } = fc.letrec<{ tree: Attribute[] }>((tie) => ({
    tree: fc.array(
      fc.oneof(
        { depthSize: "small" },
        plain,
        fc.record({ type: fc.constantFrom(ck.CKA_WRAP_TEMPLATE, ck.CKA_DERIVE_TEMPLATE), attributes: tie("tree") }),
      ),
      { maxLength: 4 },
    ),
  }));
  const littleEndian = (value: number | bigint): Buffer => {
    const memory = Buffer.alloc(8);
    memory.writeBigUInt64LE(BigInt(value));
    return memory;
  };
  const inMemory = (given: Attribute): unknown => {
    if ("byte" in given) return [given.type, hex(Uint8Array.of(given.byte))];
    if ("ulong" in given) return [given.type, hex(littleEndian(given.ulong))];
    if ("bytes" in given) return [given.type, hex(given.bytes ?? new Uint8Array())];
    if ("mechanisms" in given) return [given.type, hex(Buffer.concat(given.mechanisms.map(littleEndian)))];
    return [given.type, given.attributes.map(inMemory)];
  };
  const shown = ({ type, value }: ReturnType<typeof readAttributes>[number]): unknown => [
    type,
    value instanceof Uint8Array ? hex(value) : value.map(shown),
  ];
  const depthOf = (attributes: readonly Attribute[]): number =>
    1 + Math.max(0, ...attributes.map((one) => ("attributes" in one ? depthOf(one.attributes) : 0)));

  test("come in as they stand in the memory of a client", () => {
    fc.assert(
      fc.property(tree, fc.constantFrom<Version>(1, 2), (attributes, version) => {
        fc.pre(depthOf(attributes) <= 8);
        const read = reader(out.aA(attributes));
        expect(readAttributes(read, version).map(shown)).toEqual(attributes.map(inMemory));
        expect(read.remaining).toBe(0);
      }),
    );
  });

  test("that say they are not valid have no value", () => {
    expect(readAttributes(reader("000000010000000300"), 0)).toEqual([{ type: 3, value: NULL_BYTES }]);
  });

  test("cut short anywhere are an error and nothing else", () => {
    fc.assert(
      fc.property(tree, fc.nat(), (attributes, at) => {
        const encoded = out.aA(attributes);
        expect(() => readAttributes(reader(encoded.subarray(0, at % encoded.length)), 2)).toThrow(WireError);
      }),
    );
  });
});

test("a request is read to its end, and not beyond", () => {
  const bytes = Buffer.concat([out.u(5), out.ay(Buffer.of(1)), out.fy(0)]);
  expect(readRequest("uayfy", reader(bytes), 0)).toEqual([5, Buffer.of(1), undefined]);
  expect(() => readRequest("uayfy", reader(Buffer.concat([bytes, Buffer.of(0)])), 0)).toThrow(WireError);
  expect(() => readRequest("uayfy", reader(bytes.subarray(0, -1)), 0)).toThrow(WireError);
  expect(() => readRequest("ay", reader("0000000005"), 0)).toThrow(WireError);
});
