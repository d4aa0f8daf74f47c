/** Key derivation; node-forge hands PBKDF2 on to Node. What is derived from is prepared where the library has prepared keys. */

import { createHash, createHmac, hkdfSync, pbkdf2Sync, webcrypto } from "node:crypto";
import { hkdf as nobleHkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatKdf, counterKdf, hkdf } from "../src/crypto/kdf.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import type { Call, Contest } from "./contest.ts";
import { bytes } from "./inputs.ts";

const key = bytes(32);
const salt = bytes(16);
const info = bytes(16);
const ITERATIONS = 1000;

async function byWebCrypto(algorithm: { name: string; info?: Uint8Array; iterations?: number }): Promise<Call> {
  const parameters = { hash: "SHA-256", salt, ...algorithm };
  const secret = await webcrypto.subtle.importKey("raw", key, algorithm.name, false, ["deriveBits"]);
  return () => webcrypto.subtle.deriveBits(parameters, secret, 256);
}

const common = { layer: "engine", group: "Key derivation of 32 B" } as const;

export const contests: readonly Contest[] = [
  {
    ...{ ...common, name: "SP 800-108 counter mode, HMAC-SHA-256", calls: 500 },
    rivals: () => {
      const prepared = pureEngine.hmac("SHA256", key);
      const fixedInput = Uint8Array.of(0, 0, 0, 1, ...info, 0, ...salt, 0, 0, 1, 0);
      return {
        ours: () => counterKdf(prepared, info, salt, 32),
        "node:crypto": () => createHmac("sha256", key).update(fixedInput).digest(),
        noble: () => hmac(sha256, key, fixedInput),
      };
    },
  },
  {
    ...{ ...common, name: "HKDF-SHA-256", calls: 200 },
    rivals: async () => ({
      ours: () => hkdf(pureEngine, "SHA256", key, salt, info, 32),
      "node:crypto": () => hkdfSync("sha256", key, salt, info, 32),
      WebCrypto: { calls: 20, call: await byWebCrypto({ name: "HKDF", info }) },
      noble: () => nobleHkdf(sha256, key, salt, info, 32),
    }),
  },
  {
    ...{ ...common, name: "SP 800-56C one-step, SHA-256", calls: 500 },
    rivals: () => {
      const input = Uint8Array.of(0, 0, 0, 1, ...key, ...info);
      return {
        ours: () => concatKdf(pureEngine, "SHA256", key, info, 32),
        "node:crypto": () => createHash("sha256").update(input).digest(),
        noble: () => sha256(input),
      };
    },
  },
  {
    ...{ ...common, name: `PBKDF2-HMAC-SHA-256, ${ITERATIONS.toLocaleString("en")} iterations`, calls: 2 },
    rivals: async () => ({
      ours: () => pureEngine.pbkdf2(key, { hash: "SHA256", salt, iterations: ITERATIONS }, 32),
      "node:crypto": () => pbkdf2Sync(key, salt, ITERATIONS, 32, "sha256"),
      WebCrypto: await byWebCrypto({ name: "PBKDF2", iterations: ITERATIONS }),
      noble: () => pbkdf2(sha256, key, salt, { c: ITERATIONS, dkLen: 32 }),
    }),
  },
];
