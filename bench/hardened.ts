/** What the hardened engine costs: AES and GHASH without tables beside those of the default engine and noble's. */

import { ctr, gcm } from "@noble/ciphers/aes.js";
import type { Engine } from "../src/crypto/engine.ts";
import { hardenedEngine } from "../src/crypto/hardened/engine.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import type { Call, Contest } from "./contest.ts";
import { bytes } from "./inputs.ts";

const key = bytes(32);
const iv = bytes(12);
const block = bytes(16);

/** A KMS ciphertext of 32 bytes has 11 bytes more inside. */
const ENVELOPE_BYTES = 43;

const contest = (
  name: string,
  length: number,
  call: (engine: Engine, data: Uint8Array) => Call,
  noble?: (data: Uint8Array) => Uint8Array,
): Contest => ({
  layer: "engine",
  group: "AES-256 without tables",
  name: `hardened ${name} ${length} B`,
  calls: length > 1024 ? 10 : 300,
  bytes: length,
  rivals() {
    const data = bytes(length);
    return {
      hardened: call(hardenedEngine, data),
      "default engine": call(pureEngine, data),
      ...(noble && { noble: () => noble(data) }),
    };
  },
});

const seal = (engine: Engine, data: Uint8Array): Call => {
  const aes = engine.aes(key);
  return () => aes.gcmSeal(iv, block, data, 16);
};
const counter = (engine: Engine, data: Uint8Array): Call => {
  const aes = engine.aes(key);
  return () => aes.ctr(block, data);
};
const chained = (engine: Engine, data: Uint8Array): Call => {
  const aes = engine.aes(key);
  return () => aes.cbcEncrypt(block, data);
};
const freshKey =
  ({ aes }: Engine, data: Uint8Array): Call =>
  () => {
    const one = aes(key);
    const sealed = one.gcmSeal(iv, block, data, 16);
    one.destroy();
    return sealed;
  };

const nobleSeal = (data: Uint8Array): Uint8Array => gcm(key, iv, block).encrypt(data);

export const contests: readonly Contest[] = [
  ...[32, 4096].flatMap((length) => [
    contest("GCM seal", length, seal, nobleSeal),
    contest("CTR", length, counter, (data) => ctr(key, block).encrypt(data)),
    contest("CBC encryption", length, chained),
  ]),
  contest("new key and GCM seal", ENVELOPE_BYTES, freshKey, nobleSeal),
];
