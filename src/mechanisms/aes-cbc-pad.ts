import { wipe } from "../bytes/bytes.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import { aesCipher, type BlockCipher } from "./block-cipher.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, readParams } from "./params.ts";

export interface AesCbcPadParams {
  readonly iv: Uint8Array;
}

const BLOCK = 16;

function parse(choice: Readonly<Record<string, unknown>>): AesCbcPadParams {
  return readParams<AesCbcPadParams>(choice, { iv: bytes(BLOCK, BLOCK) });
}

/** The mechanism over a block cipher of 16-byte blocks. */
export function cbcPad<N extends MechanismName>(
  name: N,
  cipher: BlockCipher,
  source: string,
): Mechanism<N, AesCbcPadParams> {
  return mechanism({
    name,
    source,
    keyTypes: [cipher.keyType],
    keySize: cipher.keySize,
    parse,
    encrypt(context, key, { iv }, data) {
      const padding = BLOCK - (data.length % BLOCK);
      const padded = new Uint8Array(data.length + padding).fill(padding, data.length);
      padded.set(data);
      const ciphertext = cipher.keyOf(context, key).cbcEncrypt(iv, padded);
      wipe(padded);
      return ciphertext;
    },
    decrypt(context, key, { iv }, data) {
      const isWhole = data.length > 0 && data.length % BLOCK === 0;
      demand(isWhole, "ENCRYPTED_DATA_LEN_RANGE", `the ciphertext is whole blocks of ${BLOCK} bytes, at least one`);
      const padded = cipher.keyOf(context, key).cbcDecrypt(iv, data);
      const length = unpaddedLength(padded);
      const plaintext = length === undefined ? undefined : padded.slice(0, length);
      wipe(padded);
      if (plaintext === undefined) throw new CkrError("ENCRYPTED_DATA_INVALID", "the ciphertext cannot be decrypted");
      return plaintext;
    },
  });
}

/**
 * CKM_AES_CBC_PAD (PKCS #11 v3.1, 6.13). Whoever may submit chosen ciphertexts learns whether the padding was right,
 * whatever the error says; AES_GCM does not have this problem. It does not wrap keys.
 */
export const aesCbcPad: Mechanism<"AES_CBC_PAD", AesCbcPadParams> = cbcPad(
  "AES_CBC_PAD",
  aesCipher,
  "PKCS #11 v3.1, 6.13; SP 800-38A, 6.2; RFC 5652, 6.3",
);

/** Length without the padding of RFC 5652, 6.3, or `undefined`; looks at every byte of the last block. */
function unpaddedLength(padded: Uint8Array): number | undefined {
  const last = padded.subarray(padded.length - BLOCK);
  const padding = last[BLOCK - 1] as number;
  let wrong = padding === 0 || padding > BLOCK ? 1 : 0;
  for (let i = 0; i < BLOCK; i++) {
    const mask = BLOCK - i <= padding ? 0xff : 0;
    wrong |= mask & ((last[i] as number) ^ padding);
  }
  return wrong === 0 ? padded.length - padding : undefined;
}
