import { wipe } from "../bytes/bytes.ts";
import { Secret } from "../bytes/secret.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import { aesCipher, type BlockCipher, type CipherKey } from "./block-cipher.ts";
import { BLOCK, type Blocks, cbcDecryptor, cbcEncryptor, inBlocks } from "./block-streams.ts";
import { useKeyMaterial } from "./key-material.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { padTo, unpadded } from "./padding.ts";
import { bytes, paramReader } from "./params.ts";

export interface AesCbcPadParams {
  readonly iv: Uint8Array;
}

const parse = paramReader<AesCbcPadParams>({ iv: bytes(BLOCK, BLOCK) });

function padding(run: Blocks): Blocks {
  return (data) => {
    const padded = padTo(BLOCK, data);
    const ciphertext = run(padded);
    wipe(padded);
    return ciphertext;
  };
}

/** @throws CkrError CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_ENCRYPTED_DATA_INVALID */
function unpadding(run: Blocks): Blocks {
  return (data) => {
    requireWhole(data, "ENCRYPTED_DATA_LEN_RANGE");
    const plaintext = unpadded(BLOCK, run(data));
    if (plaintext === undefined) throw new CkrError("ENCRYPTED_DATA_INVALID", "the ciphertext cannot be decrypted");
    return plaintext;
  };
}

function seal(key: CipherKey, iv: Uint8Array, data: Uint8Array): Uint8Array {
  return padding(cbcEncryptor(key, iv))(data);
}

function requireWhole(data: Uint8Array, ckr: CkrName): void {
  const isWhole = data.length > 0 && data.length % BLOCK === 0;
  demand(isWhole, ckr, `what is decrypted is whole blocks of ${BLOCK} bytes, at least one`);
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
    encrypt: (context, key, { iv }, data) => seal(cipher.keyOf(context, key), iv, data),
    decrypt: (context, key, { iv }, data) => unpadding(cbcDecryptor(cipher.keyOf(context, key), iv))(data),
    encryptStart(context, key, { iv }) {
      const run = cbcEncryptor(cipher.keyOf(context, key), iv);
      return inBlocks(run, padding(run));
    },
    decryptStart(context, key, { iv }) {
      const run = cbcDecryptor(cipher.keyOf(context, key), iv);
      return inBlocks(run, unpadding(run), true);
    },
    wrap: (context, key, { iv }, target) =>
      useKeyMaterial(target, (material) => seal(cipher.keyOf(context, key), iv, material)),
    unwrap(context, key, { iv }, wrapped) {
      requireWhole(wrapped, "WRAPPED_KEY_LEN_RANGE");
      const value = unpadded(BLOCK, cipher.keyOf(context, key).cbcDecrypt(iv, wrapped));
      if (value === undefined) throw new CkrError("WRAPPED_KEY_INVALID", "the wrapped key is not valid");
      return { value: new Secret(value) };
    },
  });
}

/**
 * CKM_AES_CBC_PAD (PKCS #11 v3.1, 6.13). Whoever may submit chosen ciphertexts learns whether the padding was right,
 * whatever the error says; AES_GCM does not have this problem. Unwrapping has it too, and the strict policy refuses it.
 */
export const aesCbcPad: Mechanism<"AES_CBC_PAD", AesCbcPadParams> = cbcPad(
  "AES_CBC_PAD",
  aesCipher,
  "PKCS #11 v3.1, 6.13; SP 800-38A, 6.2; RFC 5652, 6.3",
);
