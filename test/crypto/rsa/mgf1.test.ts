import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { HashName } from "../../../src/crypto/engine.ts";
import { maskWithMgf1 } from "../../../src/crypto/rsa/mgf1.ts";
import { digest } from "../../../src/node/by-length.ts";
import { xofState } from "../../../src/node/hash.ts";
import { seededRng } from "../../support/seeded-rng.ts";

/** MGF1 as RFC 8017, B.2.1 has it: the hashes of the seed with each counter behind it. */
function mask(hash: string, seed: Uint8Array, byteLength: number): Uint8Array {
  const blocks: Buffer[] = [];
  for (let counter = 0; Buffer.concat(blocks).length < byteLength; counter++) {
    const behind = Buffer.alloc(4);
    behind.writeUInt32BE(counter);
    blocks.push(createHash(hash).update(seed).update(behind).digest());
  }
  return Uint8Array.from(Buffer.concat(blocks).subarray(0, byteLength));
}

const rng = seededRng("mgf1");
const nodeHashes = { digest, xof: xofState };

test("the mask with SHA-256 is that of the standard for each length of a seed in four blocks", () => {
  for (let length = 0; length <= 256; length++) {
    const seed = Uint8Array.from(rng(length || 1).subarray(0, length));
    const target = new Uint8Array(1 + ((7 * length) % 97));
    maskWithMgf1("SHA256", seed, target);
    expect(target, `seed of ${length} bytes`).toEqual(mask("sha256", seed, target.length));
  }
});

test("the mask is that of the standard for each length from none to four blocks of it, and is added to what is there", () => {
  const seed = Uint8Array.from(rng(51));
  for (let length = 0; length <= 128; length++) {
    const target = new Uint8Array(length).fill(0x5a);
    maskWithMgf1("SHA256", seed, target);
    expect(target).toEqual(mask("sha256", seed, length).map((byte) => byte ^ 0x5a));
  }
});

test.each([
  ["SHA1", "sha1"],
  ["SHA224", "sha224"],
  ["SHA384", "sha384"],
  ["SHA512", "sha512"],
  ["SHA3_256", "sha3-256"],
] as [HashName, string][])("the mask with %s is that of the standard, by the hashes of either engine", (hash, name) => {
  for (const length of [1, 20, 64, 111, 112, 223]) {
    const seed = Uint8Array.from(rng(length));
    for (const hashes of [undefined, nodeHashes]) {
      const target = new Uint8Array(255);
      maskWithMgf1(hash, seed, target, hashes);
      expect(target).toEqual(mask(name, seed, 255));
    }
  }
});
