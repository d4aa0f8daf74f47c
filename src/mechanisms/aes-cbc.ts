import { Secret } from "../bytes/secret.ts";
import type { AesKey } from "../crypto/engine.ts";
import { useKeyMaterial } from "./key-material.ts";
import { aesKeyOf } from "./keys/aes.ts";
import { type CipherStream, type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, readParams } from "./params.ts";
import { BLOCK, requireBlocks, wholeBlocks } from "./whole-blocks.ts";

export interface AesCbcParams {
  readonly iv: Uint8Array;
}

/** The last ciphertext block is the IV of what follows (SP 800-38A, 6.2). */
function encryption(aes: AesKey, iv: Uint8Array): CipherStream {
  let chained = iv;
  return wholeBlocks((blocks) => {
    const out = aes.cbcEncrypt(chained, blocks);
    chained = out.slice(-BLOCK);
    return out;
  }, "DATA_LEN_RANGE");
}

function decryption(aes: AesKey, iv: Uint8Array): CipherStream {
  let chained = iv;
  return wholeBlocks((blocks) => {
    const out = aes.cbcDecrypt(chained, blocks);
    chained = blocks.slice(-BLOCK);
    return out;
  }, "ENCRYPTED_DATA_LEN_RANGE");
}

/**
 * CKM_AES_CBC (PKCS #11 v3.1, 6.13): whole blocks, no padding. Nothing tells whether a ciphertext or a wrapped key has
 * been changed; the strict policy does not wrap with it.
 */
export const aesCbc: Mechanism<"AES_CBC", AesCbcParams> = mechanism({
  name: "AES_CBC",
  source: "PKCS #11 v3.1, 6.13; SP 800-38A, 6.2",
  keyTypes: ["AES"],
  keySize: { min: 16, max: 32, unit: "bytes" },
  parse: (choice) => readParams<AesCbcParams>(choice, { iv: bytes(BLOCK, BLOCK) }),
  encrypt(context, key, { iv }, data) {
    requireBlocks(data, "DATA_LEN_RANGE");
    return aesKeyOf(context, key).cbcEncrypt(iv, data);
  },
  decrypt(context, key, { iv }, data) {
    requireBlocks(data, "ENCRYPTED_DATA_LEN_RANGE");
    return aesKeyOf(context, key).cbcDecrypt(iv, data);
  },
  encryptStart: (context, key, { iv }) => encryption(aesKeyOf(context, key), iv),
  decryptStart: (context, key, { iv }) => decryption(aesKeyOf(context, key), iv),
  wrap: (context, key, { iv }, target) =>
    useKeyMaterial(target, (material) => {
      requireBlocks(material, "KEY_SIZE_RANGE");
      return aesKeyOf(context, key).cbcEncrypt(iv, material);
    }),
  unwrap(context, key, { iv }, wrapped) {
    requireBlocks(wrapped, "WRAPPED_KEY_LEN_RANGE");
    return { value: new Secret(aesKeyOf(context, key).cbcDecrypt(iv, wrapped)) };
  },
});
