/** AES in its other modes: CBC and CTR, CMAC, key wrap. Keys are prepared where the library has prepared keys. */

import { createCipheriv, createDecipheriv, webcrypto } from "node:crypto";
import { aeskw, aeskwp, cbc, cmac, ctr } from "@noble/ciphers/aes.js";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import { type Absent, type Call, type Contest, once, type Slow } from "./contest.ts";
import { binaryOf, bytes, callsFor, hexOf, sizeName } from "./inputs.ts";
import { peer, using } from "./peer.ts";

const key = bytes(32);
const block = bytes(16);
const aes = once(() => pureEngine.aes(key));
const KW_IV = Buffer.alloc(8, 0xa6);
const KWP_IV = Buffer.from("a65959a6", "hex");

interface ForgeCipher {
  readonly output: { getBytes(): string };
  start(options: { iv: string }): void;
  update(data: { getBytes(): string }): void;
  finish(pad: () => boolean): boolean;
}
interface Forge {
  readonly cipher: { createCipher(name: string, key: string): ForgeCipher };
  readonly util: { createBuffer(data: Uint8Array): { getBytes(): string } };
}
/** CryptoJS, which jsrsasign has inside and hands on; its byte strings are words. */
interface Jsrsasign {
  readonly CryptoJS: {
    readonly enc: { readonly Hex: { parse(hex: string): { clone(): object } } };
    readonly algo: {
      readonly AES: {
        createEncryptor(key: object, options: object): { reset(): void; finalize(words: object): object };
      };
    };
  };
}

async function forge(mode: string, data: Uint8Array): Promise<Call | Absent> {
  return using(await peer<Forge>("node-forge"), ({ cipher, util }) => {
    const one = cipher.createCipher(`AES-${mode}`, binaryOf(key));
    const options = { iv: binaryOf(block) };
    return () => {
      one.start(options);
      one.update(util.createBuffer(data));
      one.finish(() => true);
      return one.output.getBytes();
    };
  });
}

async function jsrsasign(data: Uint8Array): Promise<Call | Absent> {
  return using(await peer<Jsrsasign>("jsrsasign"), ({ CryptoJS: { enc, algo } }) => {
    const [words, secret, iv] = [data, key, block].map((of) => enc.Hex.parse(hexOf(of)));
    const padding = { pad: () => {}, unpad: () => {} };
    const one = algo.AES.createEncryptor(secret as object, { iv, padding });
    return () => {
      one.reset();
      return one.finalize((words as { clone(): object }).clone());
    };
  });
}

const webKey = (name: string, usage: "encrypt" | "decrypt") =>
  webcrypto.subtle.importKey("raw", key, name, false, [usage]);

const few = (calls: number, call: Call): Slow => ({ calls: Math.ceil(calls / 10), call });

/** Web Crypto and node-forge cannot do without padding everywhere: where they pad, they do one block more. */
function confidentiality(length: number): Contest[] {
  const calls = callsFor(length, 500);
  const common = { layer: "engine", group: "AES-256-CBC and -CTR, prepared key", bytes: length, calls } as const;
  return [
    {
      ...common,
      name: `CBC encryption ${sizeName(length)}`,
      rivals: async () => {
        const data = bytes(length);
        const prepared = aes();
        const secret = await webKey("AES-CBC", "encrypt");
        return {
          ours: () => prepared.cbcEncrypt(block, data),
          "node:crypto": () => {
            const cipher = createCipheriv("aes-256-cbc", key, block).setAutoPadding(false);
            return Buffer.concat([cipher.update(data), cipher.final()]);
          },
          WebCrypto: few(calls, () => webcrypto.subtle.encrypt({ name: "AES-CBC", iv: block }, secret, data)),
          noble: () => cbc(key, block, { disablePadding: true }).encrypt(data),
          "node-forge": await forge("CBC", data),
          jsrsasign: await jsrsasign(data),
        };
      },
    },
    {
      ...common,
      name: `CBC decryption ${sizeName(length)}`,
      rivals: () => {
        const data = bytes(length);
        const prepared = aes();
        return {
          ours: () => prepared.cbcDecrypt(block, data),
          "node:crypto": () => {
            const decipher = createDecipheriv("aes-256-cbc", key, block).setAutoPadding(false);
            return Buffer.concat([decipher.update(data), decipher.final()]);
          },
          noble: () => cbc(key, block, { disablePadding: true }).decrypt(data),
        };
      },
    },
    {
      ...common,
      name: `CTR ${sizeName(length)}`,
      rivals: async () => {
        const data = bytes(length);
        const prepared = aes();
        const secret = await webKey("AES-CTR", "encrypt");
        const parameters = { name: "AES-CTR", counter: block, length: 128 };
        return {
          ours: () => prepared.ctr(block, data),
          "node:crypto": () => createCipheriv("aes-256-ctr", key, block).update(data),
          WebCrypto: few(calls, () => webcrypto.subtle.encrypt(parameters, secret, data)),
          noble: () => ctr(key, block).encrypt(data),
          "node-forge": await forge("CTR", data),
        };
      },
    },
  ];
}

/** Node has no CMAC of its own: its Mac is HMAC alone. */
const mac = (length: number): Contest => ({
  ...{ layer: "engine", group: "AES-CMAC, prepared key", name: `AES-256-CMAC ${sizeName(length)}` },
  ...{ bytes: length, calls: callsFor(length, 500) },
  rivals: () => {
    const data = bytes(length);
    const prepared = aes();
    return {
      ours: () => {
        const state = prepared.cmac();
        state.update(data);
        return state.digest();
      },
      noble: () => cmac(data, key),
    };
  },
});

const wrap = (name: string, rivals: (data: Uint8Array) => Readonly<Record<string, Call>>): Contest => ({
  ...{ layer: "engine", group: "AES-256 key wrap of 32 B", name, calls: 200 },
  rivals: () => rivals(bytes(32)),
});

const nodeWrap = (algorithm: string, iv: Uint8Array, data: Uint8Array): Uint8Array => {
  const cipher = createCipheriv(algorithm, key, iv);
  return Buffer.concat([cipher.update(data), cipher.final()]);
};
const nodeUnwrap = (algorithm: string, iv: Uint8Array, wrapped: Uint8Array): Uint8Array => {
  const decipher = createDecipheriv(algorithm, key, iv);
  return Buffer.concat([decipher.update(wrapped), decipher.final()]);
};

export const contests: readonly Contest[] = [
  ...confidentiality(32),
  ...confidentiality(4096),
  mac(32),
  mac(4096),
  wrap("KW (RFC 3394) wrap", (data) => ({
    ours: () => aes().kwWrap(data),
    "node:crypto": () => nodeWrap("id-aes256-wrap", KW_IV, data),
    noble: () => aeskw(key).encrypt(data),
  })),
  wrap("KW (RFC 3394) unwrap", (data) => {
    const wrapped = aes().kwWrap(data);
    return {
      ours: () => aes().kwUnwrap(wrapped),
      "node:crypto": () => nodeUnwrap("id-aes256-wrap", KW_IV, wrapped),
      noble: () => aeskw(key).decrypt(wrapped),
    };
  }),
  wrap("KWP (RFC 5649) wrap", (data) => ({
    ours: () => aes().kwpWrap(data),
    "node:crypto": () => nodeWrap("id-aes256-wrap-pad", KWP_IV, data),
    noble: () => aeskwp(key).encrypt(data),
  })),
];
