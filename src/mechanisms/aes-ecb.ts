import { concat } from "../bytes/bytes.ts";
import type { AesKey } from "../crypto/engine.ts";
import { aesKeyOf } from "./keys/aes.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { type NoParams, noParams } from "./params.ts";
import { BLOCK, requireBlocks, wholeBlocks } from "./whole-blocks.ts";

const zeros = new Uint8Array(BLOCK);

/** Each block is CBC of one block with an IV of zeros. */
function encrypt(aes: AesKey, data: Uint8Array): Uint8Array {
  const blocks = Array.from({ length: data.length / BLOCK }, (_, i) =>
    aes.cbcEncrypt(zeros, data.subarray(BLOCK * i, BLOCK * (i + 1))),
  );
  return concat(...blocks);
}

/** CBC adds the ciphertext of the block before to each; adding it again takes it away. */
function decrypt(aes: AesKey, data: Uint8Array): Uint8Array {
  const out = aes.cbcDecrypt(zeros, data);
  for (let i = BLOCK; i < out.length; i++) out[i] = (out[i] as number) ^ (data[i - BLOCK] as number);
  return out;
}

/**
 * CKM_AES_ECB (PKCS #11 v3.1, 6.13; SP 800-38A, 6.1). Equal blocks of data are equal blocks of ciphertext: for other
 * modes to be built on, never for data. It does not wrap keys.
 */
export const aesEcb: Mechanism<"AES_ECB", NoParams> = mechanism({
  name: "AES_ECB",
  source: "PKCS #11 v3.1, 6.13; SP 800-38A, 6.1",
  keyTypes: ["AES"],
  keySize: { min: 16, max: 32, unit: "bytes" },
  parse: noParams,
  encrypt(context, key, _params, data) {
    requireBlocks(data, "DATA_LEN_RANGE");
    return encrypt(aesKeyOf(context, key), data);
  },
  decrypt(context, key, _params, data) {
    requireBlocks(data, "ENCRYPTED_DATA_LEN_RANGE");
    return decrypt(aesKeyOf(context, key), data);
  },
  encryptStart(context, key) {
    const aes = aesKeyOf(context, key);
    return wholeBlocks((blocks) => encrypt(aes, blocks), "DATA_LEN_RANGE");
  },
  decryptStart(context, key) {
    const aes = aesKeyOf(context, key);
    return wholeBlocks((blocks) => decrypt(aes, blocks), "ENCRYPTED_DATA_LEN_RANGE");
  },
});
