import type { MechanismName } from "../cryptoki/constants.ts";
import { demand } from "../cryptoki/error.ts";
import { aesKeyOf } from "./keys/aes.ts";
import { MAX_SECRET_BYTES } from "./keys/generic-secret.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, paramReader, type Reader } from "./params.ts";

/** CK_KEY_DERIVATION_STRING_DATA: whole blocks. */
export interface AesEcbEncryptDataParams {
  readonly data: Uint8Array;
}

/** CK_AES_CBC_ENCRYPT_DATA_PARAMS. */
export interface AesCbcEncryptDataParams extends AesEcbEncryptDataParams {
  readonly iv: Uint8Array;
}

const BLOCK = 16;

const data: Reader<Uint8Array> = (value, name) => {
  const blocks = bytes(BLOCK, MAX_SECRET_BYTES)(value, name);
  demand(blocks.length % BLOCK === 0, "MECHANISM_PARAM_INVALID", `${name} has whole blocks of ${BLOCK} bytes`);
  return blocks;
};

/** The key is the front of the ciphertext, all of it unless the template says how long (PKCS #11 v3.1, 6.13). */
function front(ciphertext: Uint8Array, byteLength: number = ciphertext.length): Uint8Array {
  demand(byteLength <= ciphertext.length, "KEY_SIZE_RANGE", `the data makes a key of ${ciphertext.length} bytes`);
  return ciphertext.slice(0, byteLength);
}

const common = {
  source: "PKCS #11 v3.1, 6.13; SP 800-38A",
  keyTypes: ["GENERIC_SECRET", "AES"],
  keySize: { min: 16, max: 32, unit: "bytes" },
} as const satisfies Partial<Mechanism<MechanismName>>;

/** CKM_AES_ECB_ENCRYPT_DATA (PKCS #11 v3.1, 6.13). */
export const aesEcbEncryptData: Mechanism<"AES_ECB_ENCRYPT_DATA", AesEcbEncryptDataParams> = mechanism({
  name: "AES_ECB_ENCRYPT_DATA",
  ...common,
  // Equal blocks of data make equal parts of a key, and a prefix of the data makes the front of it.
  hazards: { derive: "related keys" },
  parse: paramReader<AesEcbEncryptDataParams>({ data }),
  derive: (context, key, params, byteLength) => front(aesKeyOf(context, key).ecbEncrypt(params.data), byteLength),
});

/** CKM_AES_CBC_ENCRYPT_DATA (PKCS #11 v3.1, 6.13). */
export const aesCbcEncryptData: Mechanism<"AES_CBC_ENCRYPT_DATA", AesCbcEncryptDataParams> = mechanism({
  name: "AES_CBC_ENCRYPT_DATA",
  ...common,
  // A prefix of the data makes the front of the key.
  hazards: { derive: "related keys" },
  parse: paramReader<AesCbcEncryptDataParams>({ data, iv: bytes(BLOCK, BLOCK) }),
  derive: (context, key, { iv, data: blocks }, byteLength) =>
    front(aesKeyOf(context, key).cbcEncrypt(iv, blocks), byteLength),
});
