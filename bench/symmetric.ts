/**
 * The symmetric hot paths beside node:crypto and other libraries. Keys are prepared where the library has prepared keys, and
 * wherever a rival has them too.
 */

import { createCipheriv, createDecipheriv, createHmac, randomBytes, webcrypto } from "node:crypto";
import { gcm } from "@noble/ciphers/aes.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { CtrDrbg } from "../src/crypto/drbg.ts";
import type { AesKey, MacKey } from "../src/crypto/engine.ts";
import { healthTested } from "../src/crypto/entropy.ts";
import { counterKdf } from "../src/crypto/kdf.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import { readEnvelopeFrame, startEnvelope } from "../src/der/kms-envelope-frame.ts";
import { type Contest, once } from "./contest.ts";
import { bytes, sizeName } from "./inputs.ts";
import { peer, using } from "./peer.ts";

const key = bytes(32);
const iv = bytes(12);
const aad = bytes(16);
const aes: () => AesKey = once(() => pureEngine.aes(key));
const mac: () => MacKey = once(() => pureEngine.hmac("SHA256", key));

const nodeSeal = (secret: Uint8Array, data: Uint8Array): Uint8Array => {
  const cipher = createCipheriv("aes-256-gcm", secret, iv).setAAD(aad);
  return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
};

const webKey = (usage: "encrypt" | "decrypt"): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey("raw", key, "AES-GCM", false, [usage]);
const webParameters = { name: "AES-GCM", iv, additionalData: aad };

interface StableAes {
  readonly AES: new (key: Uint8Array) => object;
}
interface StableGcm {
  readonly GCM: new (
    cipher: object,
  ) => {
    seal(nonce: Uint8Array, data: Uint8Array, aad: Uint8Array): Uint8Array;
    open(nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | null;
  };
}
interface Forge {
  readonly cipher: { createCipher(name: string, key: string): ForgeCipher };
  readonly util: { createBuffer(data: Uint8Array): { getBytes(): string } };
}
interface ForgeCipher {
  readonly output: { getBytes(): string };
  readonly mode: { readonly tag: { getBytes(): string } };
  start(options: { iv: string; additionalData: string }): void;
  update(data: { getBytes(): string }): void;
  finish(): boolean;
}

function forgeSeal({ cipher, util }: Forge, data: Uint8Array): () => string {
  const text = (from: Uint8Array): string => util.createBuffer(from).getBytes();
  const options = { iv: text(iv), additionalData: text(aad) };
  const one = cipher.createCipher("AES-GCM", text(key));
  return () => {
    one.start(options);
    one.update(util.createBuffer(data));
    one.finish();
    return one.output.getBytes() + one.mode.tag.getBytes();
  };
}

function aesGcm(
  length: number,
  calls: number,
  least: NonNullable<Contest["least"]>,
  headline: Pick<Contest, "headline"> = {},
): Contest[] {
  const slow = Math.ceil(calls / 20);
  const common = {
    layer: "engine",
    group: "AES-256-GCM, prepared key",
    bytes: length,
    calls,
    least,
    quick: true,
  } as const;
  return [
    {
      ...common,
      ...headline,
      name: `AES-256-GCM seal ${sizeName(length)}`,
      rivals: async () => {
        const data = bytes(length);
        const prepared = aes();
        const secret = await webKey("encrypt");
        const stableAes = await peer<StableAes>("@stablelib/aes");
        return {
          ours: () => prepared.gcmSeal(iv, aad, data, 16),
          "node:crypto": () => nodeSeal(key, data),
          WebCrypto: { calls: slow, call: () => webcrypto.subtle.encrypt(webParameters, secret, data) },
          noble: () => gcm(key, iv, aad).encrypt(data),
          "@stablelib": using(await peer<StableGcm>("@stablelib/gcm"), ({ GCM }) => {
            if ("absent" in stableAes) throw new Error(stableAes.absent);
            const one = new GCM(new stableAes.is.AES(key));
            return () => one.seal(iv, data, aad);
          }),
          "node-forge": using(await peer<Forge>("node-forge"), (forge) => forgeSeal(forge, data)),
        };
      },
    },
    {
      ...common,
      name: `AES-256-GCM open ${sizeName(length)}`,
      rivals: async () => {
        const prepared = aes();
        const sealed = new Uint8Array(prepared.gcmSeal(iv, aad, bytes(length), 16));
        const secret = await webKey("decrypt");
        return {
          ours: () => prepared.gcmOpen(iv, aad, sealed, 16),
          "node:crypto": () => {
            const decipher = createDecipheriv("aes-256-gcm", key, iv).setAAD(aad).setAuthTag(sealed.subarray(length));
            return Buffer.concat([decipher.update(sealed.subarray(0, length)), decipher.final()]);
          },
          WebCrypto: { calls: slow, call: () => webcrypto.subtle.decrypt(webParameters, secret, sealed) },
          noble: () => gcm(key, iv, aad).decrypt(sealed),
        };
      },
    },
  ];
}

/**
 * What a KMS ciphertext costs: SP 800-108 of the backing key with a nonce, AES-256-GCM under the result, and the frame around
 * it, which each puts together by what it has for that. The first two also by themselves.
 */
function envelopes(): Contest[] {
  const data = bytes(32);
  const label = bytes(27);
  const nonce = bytes(16);
  const keyIdentifier = bytes(32);
  const u8 = (...values: number[]): Uint8Array => Uint8Array.from(values);
  const fixedInput = Buffer.concat([u8(0, 0, 0, 1), label, u8(0), nonce, u8(0, 0, 1, 0)]);
  const octetCount = data.length + 16;
  const header = { purpose: "ENCRYPT", keyIdentifier, nonce, iv } as const;
  const ofFrame = readEnvelopeFrame(startEnvelope(header, octetCount).blob)?.header as Uint8Array;
  const ivEnd = ofFrame.length - 5;
  const [start, one, middle, end] = [
    ofFrame.slice(0, 5),
    ofFrame.slice(37, 38),
    ofFrame.slice(54, ivEnd - iv.length),
    ofFrame.slice(ivEnd),
  ];
  const frame = (sealed: Uint8Array): Uint8Array[] => [start, keyIdentifier, one, nonce, middle, iv, end, sealed];
  const sealings = {
    ours: () => {
      const once = pureEngine.aes(counterKdf(mac(), label, nonce, 32));
      const sealed = once.gcmSeal(iv, aad, data, 16);
      once.destroy();
      return sealed;
    },
    "node:crypto": () => nodeSeal(createHmac("sha256", key).update(fixedInput).digest(), data),
    noble: () => gcm(hmac(sha256, key, fixedInput), iv, aad).encrypt(data),
  };
  const common = {
    layer: "engine",
    group: "KMS envelope",
    quick: true,
    calls: 1000,
    least: { "node:crypto": 2, noble: 9 },
  } as const;
  return [
    {
      ...common,
      name: "KMS envelope 32 B (KDF, AES-256-GCM and frame)",
      headline: "node:crypto",
      rivals: () => ({
        ours: () => {
          const { blob, headerBytes } = startEnvelope(header, octetCount);
          blob.set(sealings.ours(), headerBytes);
          return blob;
        },
        "node:crypto": () => Buffer.concat(frame(sealings["node:crypto"]())),
        noble: () => concatBytes(...frame(sealings.noble())),
      }),
    },
    { ...common, name: "KMS envelope 32 B (KDF and AES-256-GCM)", rivals: () => sealings },
  ];
}

function random(): Contest[] {
  const source = (length: number): Uint8Array => webcrypto.getRandomValues(new Uint8Array(length));
  const common = { layer: "engine", group: "CTR_DRBG", calls: 1000 } as const;
  const options = { predictionResistance: true };
  const against = (drbg: CtrDrbg) => ({
    ours: () => drbg.generate(32, options),
    "crypto.randomBytes": () => randomBytes(32),
  });
  return [
    {
      ...common,
      name: "CTR_DRBG 32 B, prediction resistance",
      quick: true,
      rivals: () => against(new CtrDrbg({ entropy: source })),
      least: { "crypto.randomBytes": 0.45 },
    },
    {
      ...common,
      name: "CTR_DRBG 32 B, the same on a tested source",
      rivals: () => against(new CtrDrbg({ entropy: healthTested(source) })),
    },
  ];
}

export const contests: readonly Contest[] = [
  ...aesGcm(32, 1000, { "node:crypto": 2.5 }, { headline: "node:crypto" }),
  ...aesGcm(4096, 50, { noble: 2.5 }),
  ...aesGcm(65536, 4, { noble: 1.6 }),
  ...envelopes(),
  ...random(),
];
