/** Digests and HMAC. Keys are prepared where the library has prepared keys. */

import { createHash, createHmac, webcrypto } from "node:crypto";
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { sha3_256 } from "@noble/hashes/sha3.js";
import type { CHash } from "@noble/hashes/utils.js";
import type { HashName } from "../src/crypto/engine.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import type { Absent, Call, Contest, Slow } from "./contest.ts";
import { binaryOf, bytes, callsFor, hexOf, sizeName } from "./inputs.ts";
import { peer, using } from "./peer.ts";

interface Hash {
  readonly name: HashName;
  /** As FIPS 180-4 and 202 spell it. */
  readonly title: string;
  readonly noble: CHash;
  /** What OpenSSL, jsrsasign and node-forge call it. */
  readonly node: string;
  /** Where Web Crypto, jsrsasign and node-forge have it. */
  readonly isCommon: boolean;
}

// biome-ignore format: a table
const SHA256: Hash =
  { name: "SHA256",   title: "SHA-256",  noble: sha256,   node: "sha256",   isCommon: true };
// biome-ignore format: a table
const HASHES: readonly Hash[] = [
  { name: "SHA1",     title: "SHA-1",    noble: sha1,     node: "sha1",     isCommon: true },
  SHA256,
  { name: "SHA384",   title: "SHA-384",  noble: sha384,   node: "sha384",   isCommon: true },
  { name: "SHA512",   title: "SHA-512",  noble: sha512,   node: "sha512",   isCommon: true },
  { name: "SHA3_256", title: "SHA3-256", noble: sha3_256, node: "sha3-256", isCommon: false },
];

interface ForgeDigest {
  update(data: string): ForgeDigest;
  digest(): { getBytes(): string };
}
interface Forge {
  readonly md: Readonly<Record<string, { create(): ForgeDigest }>>;
}
interface Jsrsasign {
  readonly KJUR: {
    readonly crypto: {
      readonly MessageDigest: new (of: { alg: string; prov: string }) => { digestHex(hex: string): string };
      readonly Mac: new (of: { alg: string; pass: { hex: string } }) => { doFinalHex(hex: string): string };
    };
  };
}

interface StableHmac {
  readonly HMAC: new (hash: unknown, key: Uint8Array) => { update(data: Uint8Array): { digest(): Uint8Array } };
}

/** A rival that takes some ten times as long. */
const slower = (found: Call | Absent, calls: number): Slow | Absent =>
  typeof found === "function" ? { calls: Math.ceil(calls / 10), call: found } : found;

function digest({ name, title, noble, node, isCommon }: Hash, length: number): Contest {
  const calls = callsFor(length, 1000);
  return {
    ...{ layer: "engine", group: "Digests", name: `${title} ${sizeName(length)}`, bytes: length, calls },
    rivals: async () => {
      const data = bytes(length);
      const own = {
        ours: () => pureEngine.digest(name, data),
        "node:crypto": () => createHash(node).update(data).digest(),
      };
      if (!isCommon) return { ...own, noble: () => noble(data) };
      const [hex, text] = [hexOf(data), binaryOf(data)];
      const stable =
        name === "SHA256"
          ? using(
              await peer<{ hash(data: Uint8Array): Uint8Array }>("@stablelib/sha256"),
              (library) => () => library.hash(data),
            )
          : undefined;
      const forge = using(
        await peer<Forge>("node-forge"),
        ({ md }) =>
          () =>
            md[node]?.create().update(text).digest().getBytes(),
      );
      const jsrsasign = using(
        await peer<Jsrsasign>("jsrsasign"),
        ({ KJUR }) =>
          () =>
            new KJUR.crypto.MessageDigest({ alg: node, prov: "cryptojs" }).digestHex(hex),
      );
      return {
        ...own,
        WebCrypto: { calls: Math.ceil(calls / 10), call: () => webcrypto.subtle.digest(title, data) },
        noble: () => noble(data),
        ...(stable && { "@stablelib": stable }),
        "node-forge": slower(forge, calls),
        jsrsasign: slower(jsrsasign, calls),
      };
    },
  };
}

function mac({ name, title, noble, node, isCommon }: Hash, length: number, more: Partial<Contest> = {}): Contest {
  const calls = callsFor(length, 1000);
  return {
    ...{
      layer: "engine",
      group: "HMAC, prepared key",
      name: `HMAC-${title} ${sizeName(length)}`,
      bytes: length,
      calls,
    },
    ...more,
    rivals: async () => {
      const [key, data] = [bytes(32), bytes(length)];
      const prepared = pureEngine.hmac(name, key);
      const hex = hexOf(data);
      const stableHash = await peer<{ readonly SHA256: unknown }>("@stablelib/sha256");
      const stable = using(await peer<StableHmac>("@stablelib/hmac"), ({ HMAC }) => {
        if ("absent" in stableHash) throw new Error(stableHash.absent);
        return () => new HMAC(stableHash.is.SHA256, key).update(data).digest();
      });
      const jsrsasign = using(await peer<Jsrsasign>("jsrsasign"), ({ KJUR }) => {
        const of = { alg: `Hmac${name}`, pass: { hex: hexOf(key) } };
        return () => new KJUR.crypto.Mac(of).doFinalHex(hex);
      });
      return {
        ours: () => prepared.mac(data),
        "node:crypto": () => createHmac(node, key).update(data).digest(),
        noble: () => hmac(noble, key, data),
        ...(name === "SHA256" && { "@stablelib": stable }),
        ...(isCommon && { jsrsasign: slower(jsrsasign, calls) }),
      };
    },
  };
}

export const contests: readonly Contest[] = [
  ...HASHES.flatMap((hash) => [digest(hash, 32), digest(hash, 4096)]),
  mac(SHA256, 32, { quick: true, headline: "node:crypto", least: { "node:crypto": 2 } }),
  mac(SHA256, 4096),
  ...HASHES.filter((hash) => hash !== SHA256).map((hash) => mac(hash, 32)),
];
