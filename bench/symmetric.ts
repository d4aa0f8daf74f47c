/**
 * The symmetric hot paths beside node:crypto and noble: `npx tsx bench/bundled.ts bench/symmetric.ts [rounds] [part of a name]`. Keys are
 * prepared where the library has prepared keys, and wherever a rival has them too.
 */

import { createCipheriv, createDecipheriv, createHmac, randomBytes, webcrypto } from "node:crypto";
import { gcm } from "@noble/ciphers/aes.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { CtrDrbg } from "../src/crypto/drbg.ts";
import { healthTested } from "../src/crypto/entropy.ts";
import { counterKdf } from "../src/crypto/kdf.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import { type Contest, consumption, line, run } from "./contest.ts";

const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const key = bytes(32);
const iv = bytes(12);
const aad = bytes(16);
const aes = pureEngine.aes(key);
const mac = pureEngine.hmac("SHA256", key);

const nodeSeal = (secret: Uint8Array, data: Uint8Array): Uint8Array => {
  const cipher = createCipheriv("aes-256-gcm", secret, iv).setAAD(aad);
  return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
};

function aesGcm(length: number, calls: number, least: { seal: Contest["least"]; open: Contest["least"] }): Contest[] {
  const data = bytes(length);
  const sealed = aes.gcmSeal(iv, aad, data, 16);
  return [
    {
      name: `AES-256-GCM seal ${length} B, prepared key`,
      calls,
      rivals: {
        ours: () => aes.gcmSeal(iv, aad, data, 16),
        "node:crypto": () => nodeSeal(key, data),
        noble: () => gcm(key, iv, aad).encrypt(data),
      },
      least: least.seal,
    },
    {
      name: `AES-256-GCM open ${length} B, prepared key`,
      calls,
      rivals: {
        ours: () => aes.gcmOpen(iv, aad, sealed, 16) as Uint8Array,
        "node:crypto": () => {
          const decipher = createDecipheriv("aes-256-gcm", key, iv).setAAD(aad).setAuthTag(sealed.subarray(length));
          return Buffer.concat([decipher.update(sealed.subarray(0, length)), decipher.final()]);
        },
        noble: () => gcm(key, iv, aad).decrypt(sealed),
      },
      least: least.open,
    },
  ];
}

/** What a KMS ciphertext costs: SP 800-108 of the backing key with a nonce, then AES-256-GCM under the result. */
function envelope(): Contest {
  const label = bytes(27);
  const nonce = bytes(16);
  const data = bytes(32);
  const fixedInput = Buffer.concat([
    Uint8Array.of(0, 0, 0, 1),
    label,
    Uint8Array.of(0),
    nonce,
    Uint8Array.of(0, 0, 1, 0),
  ]);
  return {
    name: "KMS envelope 32 B (KDF and AES-256-GCM)",
    calls: 1000,
    rivals: {
      ours: () => {
        const once = pureEngine.aes(counterKdf(mac, label, nonce, 32));
        const sealed = once.gcmSeal(iv, aad, data, 16);
        once.destroy();
        return sealed;
      },
      "node:crypto": () => nodeSeal(createHmac("sha256", key).update(fixedInput).digest(), data),
      noble: () => gcm(hmac(sha256, key, fixedInput), iv, aad).encrypt(data),
    },
    least: { "node:crypto": 2, noble: 9 },
  };
}

function random(): Contest[] {
  const source = (length: number): Uint8Array => webcrypto.getRandomValues(new Uint8Array(length));
  const plain = new CtrDrbg({ entropy: source });
  const tested = new CtrDrbg({ entropy: healthTested(source) });
  const options = { predictionResistance: true };
  const rivals = { "crypto.randomBytes": () => randomBytes(32) };
  return [
    {
      name: "CTR_DRBG 32 B, prediction resistance",
      calls: 1000,
      rivals: { ours: () => plain.generate(32, options), ...rivals },
      least: { "crypto.randomBytes": 0.45 },
    },
    {
      name: "CTR_DRBG 32 B, the same on a tested source",
      calls: 1000,
      rivals: { ours: () => tested.generate(32, options), ...rivals },
      least: {},
    },
  ];
}

function hmacSha256(length: number, least: Contest["least"]): Contest {
  const data = bytes(length);
  return {
    name: `HMAC-SHA-256 ${length} B, prepared key`,
    calls: 1000,
    rivals: {
      ours: () => mac.mac(data),
      "node:crypto": () => createHmac("sha256", key).update(data).digest(),
      noble: () => hmac(sha256, key, data),
    },
    least,
  };
}

const nobles = (ratio: number) => ({ seal: { noble: ratio }, open: { noble: ratio } });

export const symmetric: readonly Contest[] = [
  ...aesGcm(32, 1000, { seal: { "node:crypto": 2.5 }, open: { "node:crypto": 2.5 } }),
  ...aesGcm(4096, 50, nobles(2.5)),
  ...aesGcm(65536, 4, nobles(1.6)),
  envelope(),
  ...random(),
  hmacSha256(32, { "node:crypto": 2 }),
  hmacSha256(4096, {}),
];

const [rounds = "41", only = ""] = process.argv.slice(2);
for (const contest of symmetric.filter(({ name }) => name.includes(only))) {
  console.log(line(run(contest, Number(rounds)), contest.least));
}
if (consumption() === 256) console.log("never");
