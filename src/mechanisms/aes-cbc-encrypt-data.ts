import { wipe } from "../bytes/bytes.ts";
import { derivedLength } from "./derived-length.ts";
import { aesKeyOf } from "./keys/aes.ts";
import { MAX_SECRET_BYTES } from "./keys/generic-secret.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, readParams } from "./params.ts";
import { BLOCK, requireBlocks } from "./whole-blocks.ts";

/** CK_AES_CBC_ENCRYPT_DATA_PARAMS: whole blocks. */
export interface AesCbcEncryptDataParams {
  readonly iv: Uint8Array;
  readonly data: Uint8Array;
}

function parse(choice: Readonly<Record<string, unknown>>): AesCbcEncryptDataParams {
  const params = readParams<AesCbcEncryptDataParams>(choice, {
    iv: bytes(BLOCK, BLOCK),
    data: bytes(BLOCK, MAX_SECRET_BYTES),
  });
  requireBlocks(params.data, "MECHANISM_PARAM_INVALID");
  return params;
}

/** CKM_AES_CBC_ENCRYPT_DATA (PKCS #11 v3.1, 6.14): the beginning of the encrypted data is the new key. */
export const aesCbcEncryptData: Mechanism<"AES_CBC_ENCRYPT_DATA", AesCbcEncryptDataParams> = mechanism({
  name: "AES_CBC_ENCRYPT_DATA",
  source: "PKCS #11 v3.1, 6.14; SP 800-38A, 6.2",
  keyTypes: ["GENERIC_SECRET", "AES"],
  keySize: { min: 16, max: 32, unit: "bytes" },
  parse,
  derive(context, key, { iv, data }, byteLength) {
    const length = derivedLength(byteLength, data.length, data.length);
    const encrypted = aesKeyOf(context, key).cbcEncrypt(iv, data);
    const value = encrypted.slice(0, length);
    wipe(encrypted);
    return value;
  },
});
