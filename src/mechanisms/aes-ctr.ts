import { concat, i2osp, os2ip } from "../bytes/bytes.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { demand } from "../cryptoki/error.ts";
import { aesCipher, type BlockCipher, type CipherKey } from "./block-cipher.ts";
import { type CipherStream, type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, integer, optional, paramReader } from "./params.ts";

/** `counterBits` of the counter block count up, 128 unless told otherwise; they may not wrap around. */
export interface AesCtrParams {
  readonly counter: Uint8Array;
  readonly counterBits?: number | undefined;
}

const BLOCK = 16;

const parse = paramReader<AesCtrParams>({
  counter: bytes(BLOCK, BLOCK),
  counterBits: optional(integer(1, 128)),
});

/** Key stream by position; its counter block is never used twice (SP 800-38A, appendix B). */
function stream(key: CipherKey, { counter, counterBits = 128 }: AesCtrParams): CipherStream {
  const start = os2ip(counter);
  const blocksLeft = 2n ** BigInt(counterBits) - BigInt.asUintN(counterBits, start);
  let position = 0;
  return {
    update(data) {
      const end = position + data.length;
      const fits = BigInt(Math.ceil(end / BLOCK)) <= blocksLeft;
      demand(fits, "DATA_LEN_RANGE", `the data is longer than a counter of ${counterBits} bits allows`);
      if (data.length === 0) return new Uint8Array(0);
      const skipped = position % BLOCK;
      const block = i2osp(start + BigInt((position - skipped) / BLOCK), BLOCK);
      position = end;
      return skipped === 0
        ? key.ctr(block, data)
        : key.ctr(block, concat(new Uint8Array(skipped), data)).slice(skipped);
    },
    final: () => new Uint8Array(0),
  };
}

/** The mechanism over a block cipher of 16-byte blocks. */
export function ctr<N extends MechanismName>(name: N, cipher: BlockCipher, source: string): Mechanism<N, AesCtrParams> {
  return mechanism({
    name,
    source,
    keyTypes: [cipher.keyType],
    keySize: cipher.keySize,
    parse,
    encrypt: (context, key, params, data) => stream(cipher.keyOf(context, key), params).update(data),
    decrypt: (context, key, params, data) => stream(cipher.keyOf(context, key), params).update(data),
    encryptStart: (context, key, params) => stream(cipher.keyOf(context, key), params),
    decryptStart: (context, key, params) => stream(cipher.keyOf(context, key), params),
  });
}

/** CKM_AES_CTR (PKCS #11 v3.1, 6.13). */
export const aesCtr: Mechanism<"AES_CTR", AesCtrParams> = ctr(
  "AES_CTR",
  aesCipher,
  "PKCS #11 v3.1, 6.13; SP 800-38A, 6.5",
);
