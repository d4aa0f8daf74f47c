/** AES, GHASH, the random generator, SM4 and HMAC under keys and on data of two kinds. */

import { CtrDrbg } from "../../../src/crypto/drbg.ts";
import type { Engine } from "../../../src/crypto/engine.ts";
import { hardenedEngine } from "../../../src/crypto/hardened/engine.ts";
import { pureEngine } from "../../../src/crypto/pure-engine.ts";
import { fixedOrRandom, input, type Row } from "../row.ts";

const none = new Uint8Array(0);

function aesRows(engine: Engine): Row[] {
  const group = `AES, ${engine.name} engine`;
  return [
    {
      ...{ group, name: `key expansion, ${engine.name}` },
      classes: ["fixed key", "random"],
      make(rng) {
        const key = fixedOrRandom(rng, 32);
        return { prepare: key.set, run: () => engine.aes(key.bytes).destroy() };
      },
    },
    {
      ...{ group, name: `ECB 1 KiB, ${engine.name}` },
      classes: ["fixed blocks", "random"],
      make(rng) {
        const aes = engine.aes(rng(32));
        const blocks = fixedOrRandom(rng, 1024);
        return { prepare: blocks.set, run: () => aes.ecbEncrypt(blocks.bytes) };
      },
    },
    {
      ...{ group, name: `ECB decryption 1 KiB of one block, ${engine.name}` },
      classes: ["64 equal blocks", "64 random ones"],
      make(rng) {
        const aes = engine.aes(rng(32));
        const blocks = input(1024, (of) => {
          const random = rng(1024);
          return of === 1 ? random : Uint8Array.from({ length: 1024 }, (_, i) => random[i % 16] as number);
        });
        return {
          prepare: blocks.set,
          run: () => aes.ecbDecrypt(blocks.bytes),
        };
      },
    },
    {
      ...{ group, name: `GCM seal 32 B, ${engine.name}` },
      classes: ["fixed key", "random"],
      make(rng) {
        const key = fixedOrRandom(rng, 32);
        const [iv, data] = [Uint8Array.from(rng(12)), Uint8Array.from(rng(32))];
        let aes = engine.aes(key.set(0));
        return {
          prepare(of) {
            aes.destroy();
            aes = engine.aes(key.set(of));
            aes.gcmSeal(iv, none, data, 16);
          },
          run: () => aes.gcmSeal(iv, none, data, 16),
        };
      },
    },
    {
      ...{ group, name: `GCM seal 4 KiB, ${engine.name}` },
      classes: ["plaintext of zeros", "random"],
      make(rng) {
        const aes = engine.aes(rng(32));
        const iv = Uint8Array.from(rng(12));
        const zeros = new Uint8Array(4096);
        const data = input(4096, (of) => (of === 0 ? zeros : rng(4096)));
        return {
          prepare: data.set,
          run: () => aes.gcmSeal(iv, none, data.bytes, 16),
        };
      },
    },
    {
      ...{ group, name: `GHASH of 4 KiB, ${engine.name}` },
      classes: ["additional data fixed", "random"],
      make(rng) {
        const aes = engine.aes(rng(32));
        const iv = Uint8Array.from(rng(12));
        const aad = fixedOrRandom(rng, 4096);
        return { prepare: aad.set, run: () => aes.gcmSeal(iv, aad.bytes, none, 16) };
      },
    },
    {
      ...{ group, name: `CTR_DRBG 32 B, ${engine.name}` },
      classes: ["fixed entropy", "random"],
      make(rng) {
        const entropy = fixedOrRandom(rng, 48);
        const drbg = new CtrDrbg({ entropy: () => entropy.bytes, cipher: engine.drbgCipher });
        return { prepare: entropy.set, run: () => drbg.generate(32, { predictionResistance: true }) };
      },
    },
  ];
}

const others: readonly Row[] = [
  {
    ...{ group: "other symmetric", name: "SM4-CBC 1 KiB" },
    classes: ["fixed blocks", "random"],
    make(rng) {
      const sm4 = pureEngine.sm4(rng(16));
      const iv = Uint8Array.from(rng(16));
      const blocks = fixedOrRandom(rng, 1024);
      return { prepare: blocks.set, run: () => sm4.cbcEncrypt(iv, blocks.bytes) };
    },
  },
  {
    ...{ group: "other symmetric", name: "HMAC-SHA-256 32 B" },
    classes: ["fixed key and message", "random"],
    make(rng) {
      const [key, message] = [fixedOrRandom(rng, 32), fixedOrRandom(rng, 32)];
      let mac = pureEngine.hmac("SHA256", key.set(0));
      return {
        prepare(of) {
          mac.destroy();
          mac = pureEngine.hmac("SHA256", key.set(of));
          message.set(of);
        },
        run: () => mac.mac(message.bytes),
      };
    },
  },
];

export const symmetric: readonly Row[] = [...aesRows(pureEngine), ...aesRows(hardenedEngine), ...others];
