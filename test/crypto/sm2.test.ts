import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { weierstrass } from "@noble/curves/abstract/weierstrass.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, i2osp, os2ip, utf8 } from "../../src/bytes/bytes.ts";
import type { Rng } from "../../src/crypto/engine.ts";
import { DEFAULT_USER_ID, MAX_USER_ID_BYTES, n, sm2Curve, sm2Z } from "../../src/crypto/sm2/curve.ts";
import * as encryption from "../../src/crypto/sm2/encryption.ts";
import * as signature from "../../src/crypto/sm2/signature.ts";
import { decodeEcdsaSignature, encodeEcdsaSignature } from "../../src/der/ecdsa-signature.ts";
import { decodeSm2Ciphertext, encodeSm2Ciphertext } from "../../src/der/sm2-ciphertext.ts";
import { describeWith } from "../support/programs.ts";
import { seededRng } from "../support/seeded-rng.ts";
import { hex, readVectors, stanzas } from "../support/vectors.ts";
import { overEngines } from "./engine-suite.ts";

/** The curve over BigInt (GB/T 32918.5, annex A). */
const Point = weierstrass({
  p: 2n ** 256n - 2n ** 224n - 2n ** 96n + 2n ** 64n - 1n,
  a: 2n ** 256n - 2n ** 224n - 2n ** 96n + 2n ** 64n - 4n,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
});

const signWithNonce = (d: bigint, e: bigint, k: bigint) =>
  signature.signWithNonce(signature.signingFactor(i2osp(d, 32)), i2osp(e, 32), i2osp(k, 32));
const encryptWithNonce = (point: Uint8Array, message: Uint8Array, k: bigint) =>
  encryption.encryptWithNonce(sm2Curve().group.prepare(point).multiple, message, i2osp(k, 32));

/** The example key of GB/T 32918.5-2017, annexes A and C. */
const annex = {
  d: hex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"),
  point: hex(
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020" +
      "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
  ),
  k: 0x59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21n,
};

/** The keys of OpenSSL's vectors by name: their scalar and uncompressed point. */
const opensslKeys = new Map(
  [...readVectors("evppkey_sm2.txt").matchAll(/PrivateKey\s*=\s*(\w+)\n([\s\S]*?-----END [\s\S]*?-----\n)/g)].map(
    ([, name, pem]) => {
      const der = Buffer.from(String(pem).replace(/-----.*-----|\n/g, ""), "base64");
      return [name, { d: Uint8Array.from(der.subarray(36, 68)), point: Uint8Array.from(der.subarray(-65)) }] as const;
    },
  ),
);
const opensslCases = (operation: string) =>
  stanzas(readVectors("evppkey_sm2.txt")).filter((stanza) => stanza[operation]?.startsWith("SM2_key"));
const keyOf = (name: string | undefined) => opensslKeys.get(name?.split("\n")[0] as string)!;

describe("the signature with a given nonce", () => {
  test("is the example of GB/T 32918.5, annex A", () => {
    const e = 0xf0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640n;
    expect(signWithNonce(os2ip(annex.d), e, annex.k)).toEqual(
      hex(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3" +
          "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
      ),
    );
  });

  test("is every one of OpenSSL's", () => {
    const cases = opensslCases("Sign").filter((stanza) => stanza["Test-Entropy"] !== undefined);
    expect(cases.length).toBe(18);
    for (const stanza of cases) {
      const entropy = String(stanza["Test-Entropy"]);
      const k = BigInt(`0x${entropy.repeat(64 / entropy.length)}`);
      const signature = signWithNonce(os2ip(keyOf(stanza["Sign"]).d), os2ip(hex(stanza["Input"])), k);
      expect(encodeEcdsaSignature(signature!)).toEqual(hex(stanza["Output"]));
    }
  });

  test("asks for another nonce where r or s would be 0, or r + k = n", () => {
    const x = Point.BASE.multiply(7n).toAffine().x;
    expect(signWithNonce(5n, n - (x % n), 7n)).toBeUndefined();
    expect(signWithNonce(5n, Point.Fn.create(n - 7n - x), 7n)).toBeUndefined();
    // s = 0 means k = r·d.
    const d = 7n * Point.Fn.inv(3n);
    expect(signWithNonce(Point.Fn.create(d), Point.Fn.create(3n - x), 7n)).toBeUndefined();
    expect(signWithNonce(5n, 3n, 7n)?.length).toBe(64);
  });
});

describe("over the generated field and over BigInt", () => {
  const { Fn } = Point;
  const number = fc.oneof(fc.constantFrom(1n, 2n, n - 1n, n - 2n), fc.bigInt({ min: 1n, max: n - 1n }));

  test("the signature of any key, digest and nonce is the same, and verifies in the one and the other way", () => {
    const above = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(1n, n - 2n), number), above, number, (d, e, k) => {
        fc.pre(d !== n - 1n);
        const r = Fn.create(e + Point.BASE.multiply(k).toAffine().x);
        const s = Fn.mul(Fn.inv(1n + d), Fn.create(k - r * d));
        fc.pre(r !== 0n && r + k !== n && s !== 0n);
        const signed = signWithNonce(d, e, k);
        expect(signed).toEqual(concat(i2osp(r, 32), i2osp(s, 32)));
        const key = sm2Curve().group.prepare(Point.BASE.multiply(d).toBytes(false));
        expect(signature.verify(key, i2osp(e, 32), signed!)).toBe(true);
        expect(signature.verify(key, i2osp(e ^ 1n, 32), signed!)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  test("a public key that is used often gives the same multiples and answers from its comb", () => {
    const d = 0x1234567890abcdefn;
    const P = Point.BASE.multiply(d);
    const key = sm2Curve().group.prepare(P.toBytes(false));
    const signed = signWithNonce(d, 5n, 7n)!;
    for (let use = 1n; use < 12n; use++) {
      expect(key.multiple(i2osp(n - use, 32))).toEqual(P.multiply(n - use).toBytes(false));
      expect(signature.verify(key, i2osp(5n, 32), signed)).toBe(true);
      expect(signature.verify(key, i2osp(6n, 32), signed)).toBe(false);
    }
  });

  test("a sum whose x-coordinate is the order or above it counts modulo the order", () => {
    // x of a point in [n, p) has n's residue below p − n: made from x, as a square root of x³ + ax + b.
    const { Fp } = Point;
    let x = n;
    while (!isPointAt(x)) x++;
    const P = Point.fromBytes(concat(Uint8Array.of(2), i2osp(x, 32)));
    expect(x < Fp.ORDER).toBe(true);
    // 0·G cannot be asked for: u·G + P with P − u·G prepared.
    const u = 99n;
    const key = sm2Curve().group.prepare(P.subtract(Point.BASE.multiply(u)).toBytes(false));
    expect(key.sumHasX(i2osp(x - n, 32), i2osp(u, 32), i2osp(1n, 32))).toBe(true);
    expect(key.sumHasX(i2osp(x - n + 1n, 32), i2osp(u, 32), i2osp(1n, 32))).toBe(false);
  });
});

function isPointAt(x: bigint): boolean {
  try {
    Point.fromBytes(concat(Uint8Array.of(2), i2osp(x, 32)));
    return true;
  } catch {
    return false;
  }
}

overEngines((engine) => {
  const rng = seededRng("sm2");
  const scalar = engine.sm2Generate(rng);
  const privateKey = engine.sm2Private(scalar)!;
  const point = privateKey.publicPoint();
  const publicKey = engine.sm2Public(point)!;
  const digestOf = (id: Uint8Array, message: Uint8Array) =>
    engine.digest("SM3", concat(sm2Z(engine, point, id), message));

  test("the public point is that of GB/T 32918.5 and of OpenSSL's keys", () => {
    expect(opensslKeys.size).toBe(2);
    for (const { d, point } of [annex, ...opensslKeys.values()]) {
      expect(engine.sm2Private(d)!.publicPoint()).toEqual(point);
    }
  });

  test("Z and e are those of GB/T 32918.5, annex A", () => {
    const Z = sm2Z(engine, annex.point, DEFAULT_USER_ID);
    expect(Z).toEqual(hex("b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3"));
    expect(engine.digest("SM3", concat(Z, utf8("message digest")))).toEqual(
      hex("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"),
    );
    const long = sm2Z(engine, annex.point, new Uint8Array(MAX_USER_ID_BYTES));
    expect(long).not.toEqual(Z);
    expect(() => sm2Z(engine, annex.point, new Uint8Array(MAX_USER_ID_BYTES + 1))).toThrow(RangeError);
    expect(() => sm2Z(engine, annex.point.subarray(1), DEFAULT_USER_ID)).toThrow(RangeError);
  });

  test("Botan's signature on this curve, with its own user id, verifies", () => {
    const cases = stanzas(readVectors("sm2_sig.vec")).filter((stanza) => stanza["Ident"] === "sm2test@example.com");
    expect(cases.length).toBe(2);
    for (const { Hash, Ident, Msg, x, Nonce, Signature } of cases) {
      if (Hash !== "SM3") continue;
      const point = engine.sm2Private(hex(x?.slice(2)))!.publicPoint();
      const digest = engine.digest("SM3", concat(sm2Z(engine, point, utf8(String(Ident))), hex(Msg)));
      expect(engine.sm2Public(point)!.verify(digest, hex(Signature))).toBe(true);
      expect(signWithNonce(BigInt(String(x)), os2ip(digest), BigInt(`0x${Nonce}`))).toEqual(hex(Signature));
    }
  });

  test("OpenSSL's signatures verify", () => {
    const cases = [...opensslCases("Verify"), ...opensslCases("Sign")].filter(({ Result }) => Result === undefined);
    expect(cases.length).toBe(20);
    for (const { Verify, Sign, Input, Output } of cases) {
      const signature = decodeEcdsaSignature(hex(Output), 32)!;
      expect(engine.sm2Public(keyOf(Verify ?? Sign).point)!.verify(hex(Input), signature)).toBe(true);
    }
  });

  test("a signature verifies for its message, user id and key only", () => {
    const digest = digestOf(DEFAULT_USER_ID, utf8("message"));
    const signature = privateKey.sign(digest, rng);
    expect(publicKey.verify(digest, signature)).toBe(true);
    expect(publicKey.verify(digestOf(DEFAULT_USER_ID, utf8("another")), signature)).toBe(false);
    expect(publicKey.verify(digestOf(utf8("another"), utf8("message")), signature)).toBe(false);
    expect(engine.sm2Public(annex.point)!.verify(digest, signature)).toBe(false);
    for (let i = 0; i < 64; i += 7) {
      const changed = Uint8Array.from(signature, (byte, at) => (at === i ? byte ^ 1 : byte));
      expect(publicKey.verify(digest, changed)).toBe(false);
    }
  });

  test("r and s out of [1, n − 1], r + s = n, and other lengths are no signature", () => {
    const digest = digestOf(DEFAULT_USER_ID, utf8("message"));
    const signature = privateKey.sign(digest, rng);
    const [r, s] = [os2ip(signature.subarray(0, 32)), os2ip(signature.subarray(32))];
    const out = [
      [0n, s],
      [r, 0n],
      [n, s],
      [r, n],
      [r, n - r],
      [2n ** 256n - 1n, s],
      [r, 2n ** 256n - 1n],
    ] as [bigint, bigint][];
    for (const [r, s] of out) expect(publicKey.verify(digest, concat(i2osp(r, 32), i2osp(s, 32)))).toBe(false);
    expect(publicKey.verify(digest, signature.subarray(1))).toBe(false);
    expect(publicKey.verify(digest, concat(signature, Uint8Array.of(0)))).toBe(false);
    for (const length of [0, 31, 33]) {
      expect(() => privateKey.sign(new Uint8Array(length), rng)).toThrow(RangeError);
      expect(() => publicKey.verify(new Uint8Array(length), signature)).toThrow(RangeError);
    }
    // With t = 0 the equation would hold for r = e + x(sG), whatever the key: that is what the check is for.
    const forgedS = 12345n;
    const e = Point.Fn.create(n - forgedS - Point.BASE.multiply(forgedS).toAffine().x);
    const forged = concat(i2osp(n - forgedS, 32), i2osp(forgedS, 32));
    expect(publicKey.verify(i2osp(e, 32), forged)).toBe(false);
  });

  test("a source that repeats itself does not repeat the nonce", () => {
    const stuck: Rng = (byteLength) => new Uint8Array(byteLength);
    const digests = ["one", "two"].map((text) => digestOf(DEFAULT_USER_ID, utf8(text)));
    const nonces = digests.map((digest) => {
      const signature = privateKey.sign(digest, stuck);
      const [r, s] = [os2ip(signature.subarray(0, 32)), os2ip(signature.subarray(32))];
      return Point.Fn.create(s + os2ip(scalar) * (s + r));
    });
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(privateKey.sign(digests[0]!, rng)).not.toEqual(privateKey.sign(digests[0]!, rng));
  });

  test("encryption is the example of GB/T 32918.5, annex C, and decrypts", () => {
    const message = utf8("encryption standard");
    const ciphertext = concat(
      hex("0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"),
      hex("e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"),
      hex("59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"),
      hex("21886ca989ca9c7d58087307ca93092d651efa"),
    );
    expect(encryptWithNonce(annex.point, message, annex.k)).toEqual(ciphertext);
    expect(engine.sm2Private(annex.d)!.decrypt(ciphertext)).toEqual(message);
  });

  test("OpenSSL's ciphertexts decrypt", () => {
    const cases = opensslCases("Decrypt").filter(({ Result }) => Result === undefined);
    expect(cases.length).toBe(4);
    for (const { Decrypt, Input, Output } of cases) {
      const ciphertext = decodeSm2Ciphertext(hex(Input))!;
      expect(encodeSm2Ciphertext(ciphertext)).toEqual(hex(Input));
      expect(engine.sm2Private(keyOf(Decrypt).d)!.decrypt(ciphertext)).toEqual(utf8(String(Output).slice(1, -1)));
    }
  });

  test("none of Botan's malformed ciphertexts decrypts", () => {
    const key = engine.sm2Private(hex("8c84f7f069cd09d59543ed980cfeb77e68c7d39b9b73d359ea67c0cdb2a86b6f"))!;
    const cases = [...readVectors("sm2_invalid.vec").matchAll(/^Ctext =[ ]?(\w*)$/gm)];
    expect(cases.length).toBe(20);
    for (const [, ciphertext] of cases) {
      const raw = decodeSm2Ciphertext(hex(ciphertext));
      expect(raw && key.decrypt(raw)).toBeUndefined();
    }
  });

  test("a ciphertext whose key stream is all zero is refused, though its C3 is right", () => {
    const key = engine.sm2Private(hex("8c84f7f069cd09d59543ed980cfeb77e68c7d39b9b73d359ea67c0cdb2a86b6f"))!;
    const vectors = readVectors("sm2_invalid.vec");
    const [, ciphertext] = /all-zero string\nCtext = (\w+)/.exec(vectors)!;
    const raw = decodeSm2Ciphertext(hex(ciphertext))!;
    expect(raw.length).toBeGreaterThan(97);
    expect(key.decrypt(raw)).toBeUndefined();
  });

  test("what was encrypted decrypts at every length, and in no changed form", () => {
    for (const length of [1, 31, 32, 33, 64, 65, 1000]) {
      const message = rng(length);
      const ciphertext = publicKey.encrypt(message, rng);
      expect(ciphertext.length).toBe(97 + length);
      expect(privateKey.decrypt(ciphertext)).toEqual(message);
      expect(decodeSm2Ciphertext(encodeSm2Ciphertext(ciphertext))).toEqual(ciphertext);
    }
    const ciphertext = publicKey.encrypt(rng(8), rng);
    for (let i = 0; i < ciphertext.length; i += 8) {
      const changed = Uint8Array.from(ciphertext, (byte, at) => (at === i ? byte ^ 0x10 : byte));
      expect(privateKey.decrypt(changed)).toBeUndefined();
    }
    for (const length of [0, 1, 65, 96, 97, 104]) {
      expect(privateKey.decrypt(ciphertext.subarray(0, length))).toBeUndefined();
    }
    expect(() => publicKey.encrypt(new Uint8Array(), rng)).toThrow(RangeError);
  });

  test("a message under a key stream of zeros is encrypted again", () => {
    const message = Uint8Array.of(0x5a);
    expect(encryptWithNonce(annex.point, message, 470n)).toBeUndefined();
    const draws = [i2osp(469n, 40), i2osp(470n, 40)];
    const ciphertext = engine.sm2Public(annex.point)!.encrypt(message, () => draws.shift()!);
    expect(draws).toEqual([]);
    expect(ciphertext.subarray(0, 65)).toEqual(Point.BASE.multiply(471n).toBytes(false));
    expect(engine.sm2Private(annex.d)!.decrypt(ciphertext)).toEqual(message);
  });

  test("both sides agree on the x-coordinate; no other point is agreed with", () => {
    const other = engine.sm2Private(annex.d)!;
    const secret = privateKey.agree(annex.point);
    expect(secret).toEqual(other.agree(point));
    expect(secret).toEqual(Point.fromBytes(annex.point).multiply(os2ip(scalar)).toBytes(true).subarray(1));
    const offCurve = Uint8Array.from(annex.point, (byte, i) => (i === 64 ? byte ^ 1 : byte));
    const compressed = Point.fromBytes(annex.point).toBytes(true);
    for (const peer of [offCurve, compressed, Uint8Array.of(0), new Uint8Array(65), annex.point.subarray(1)]) {
      expect(privateKey.agree(peer)).toBeUndefined();
      expect(engine.sm2Public(peer)).toBeUndefined();
    }
  });

  test("private keys are 32 bytes from 1 to n − 2, generated ones too, and are gone once destroyed", () => {
    for (const d of [0n, n - 1n, n, 2n ** 256n - 1n]) expect(engine.sm2Private(i2osp(d, 32))).toBeUndefined();
    for (const d of [1n, n - 2n]) expect(engine.sm2Private(i2osp(d, 32))).toBeDefined();
    expect(engine.sm2Private(i2osp(1n, 31))).toBeUndefined();
    expect(os2ip(engine.sm2Generate((length) => new Uint8Array(length)))).toBe(1n);
    // The largest c modulo n − 2 that there is: c ≡ n − 3.
    const top = (2n ** 320n / (n - 2n)) * (n - 2n) - 1n;
    expect(os2ip(engine.sm2Generate(() => i2osp(top, 40)))).toBe(n - 2n);
    const key = engine.sm2Private(engine.sm2Generate(rng))!;
    key.destroy();
    expect(() => key.sign(new Uint8Array(32), rng)).toThrow("destroyed");
    expect(() => key.agree(point)).toThrow("destroyed");
  });
});

describe("the encoding of a ciphertext (GM/T 0009)", () => {
  test("is read back only as it is written, and needs the shape of C1 ‖ C3 ‖ C2", () => {
    const raw = concat(annex.point, new Uint8Array(32).fill(7), utf8("C2"));
    const der = encodeSm2Ciphertext(raw);
    expect(decodeSm2Ciphertext(der)).toEqual(raw);
    for (let i = 0; i < der.length; i++) {
      const shorter = concat(der.subarray(0, i), der.subarray(i + 1));
      expect(decodeSm2Ciphertext(shorter)).toBeUndefined();
    }
    expect(() => encodeSm2Ciphertext(raw.subarray(0, 97))).toThrow("C1");
    expect(() => encodeSm2Ciphertext(Uint8Array.from(raw).fill(2, 0, 1))).toThrow("C1");
  });
});

describeWith("openssl", "OpenSSL on the other side", () => {
  const { d, point } = opensslKeys.get("SM2_key1")!;
  const pem = /-----BEGIN[\s\S]*?-----END.*\n/.exec(readVectors("evppkey_sm2.txt"))![0];
  const message = utf8("between two implementations");

  /** Runs openssl with files for its arguments `@name`; the result is what it wrote to `@out`. */
  function openssl(args: readonly string[], files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
    const directory = mkdtempSync(join(tmpdir(), "sm2-"));
    try {
      for (const [name, contents] of Object.entries(files)) writeFileSync(join(directory, name), contents);
      execFileSync(
        "openssl",
        args.map((arg) => (arg.startsWith("@") ? join(directory, arg.slice(1)) : arg)),
        { stdio: "pipe" },
      );
      return Uint8Array.from(readFileSync(join(directory, "out")));
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  overEngines((engine) => {
    const rng = seededRng("openssl");
    const digest = engine.digest("SM3", concat(sm2Z(engine, point, DEFAULT_USER_ID), message));
    const options = ["-inkey", "@key.pem", "-rawin", "-in", "@message", "-digest", "sm3"];
    const withId = [...options, "-pkeyopt", "distid:1234567812345678"];

    test("it verifies our signature, and we verify its", () => {
      const ours = encodeEcdsaSignature(engine.sm2Private(d)!.sign(digest, rng));
      const files = { "key.pem": pem, message, signature: ours };
      const said = openssl(["pkeyutl", "-verify", ...withId, "-sigfile", "@signature", "-out", "@out"], files);
      expect(Buffer.from(said).toString()).toContain("Verified Successfully");
      const theirs = openssl(["pkeyutl", "-sign", ...withId, "-out", "@out"], files);
      expect(engine.sm2Public(point)!.verify(digest, decodeEcdsaSignature(theirs, 32)!)).toBe(true);
    });

    test("it decrypts what we encrypt, and we decrypt what it encrypts", () => {
      const ciphertext = encodeSm2Ciphertext(engine.sm2Public(point)!.encrypt(message, rng));
      const files = { "key.pem": pem, message, ciphertext };
      const opened = openssl(
        ["pkeyutl", "-decrypt", "-inkey", "@key.pem", "-in", "@ciphertext", "-out", "@out"],
        files,
      );
      expect(opened).toEqual(message);
      const theirs = openssl(["pkeyutl", "-encrypt", "-inkey", "@key.pem", "-in", "@message", "-out", "@out"], files);
      expect(engine.sm2Private(d)!.decrypt(decodeSm2Ciphertext(theirs)!)).toEqual(message);
    });
  });
});
