import { concat } from "../bytes/bytes.ts";
import { Secret } from "../bytes/secret.ts";
import { ccmOpen, ccmSeal, maxCcmBytes } from "../crypto/ccm.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import type { TokenObject } from "../objects/object.ts";
import { aesCipher, type BlockCipher } from "./block-cipher.ts";
import { useKeyMaterial } from "./key-material.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { messageAead } from "./message-aead.ts";
import { bytes, integer, MAX_PARAM_BYTES, optional, paramReader } from "./params.ts";

/**
 * Without `nonce` the token makes one of 12 bytes and puts it before the ciphertext, and decryption finds it there. The
 * longer the nonce, the shorter the data: 13 bytes leave 65,535. The tag has 4 to 16 bytes, 16 unless told otherwise.
 */
export interface AesCcmParams {
  readonly nonce?: Uint8Array | undefined;
  readonly aad?: Uint8Array | undefined;
  readonly tagBytes?: number | undefined;
}

const NONCE_BYTES = 12;
const MIN_TAG_BYTES = 4;
/** A shorter tag needs an analysis that a token cannot make (SP 800-38C, 5.3 and B.2). */
const SAFE_TAG_BYTES = 8;
const MAX_TAG_BYTES = 16;
/** Random nonces of 96 bits: as many as SP 800-38D, 8.3 allows. */
const MAX_ENCRYPTIONS = 2 ** 32;

const none = new Uint8Array(0);

const parse = paramReader<AesCcmParams>({
  nonce: optional(bytes(7, 13)),
  aad: optional(bytes(0, MAX_PARAM_BYTES)),
  tagBytes: optional(integer(MIN_TAG_BYTES, MAX_TAG_BYTES, 2)),
});

/** The mechanism over a block cipher of 16-byte blocks. */
export function ccm<N extends MechanismName>(name: N, cipher: BlockCipher, source: string): Mechanism<N, AesCcmParams> {
  function seal(
    context: Context,
    key: TokenObject,
    { nonce, aad = none, tagBytes = MAX_TAG_BYTES }: AesCcmParams,
    data: Uint8Array,
    tooLong: CkrName,
  ): Uint8Array {
    const longest = maxCcmBytes(nonce?.length ?? NONCE_BYTES);
    demand(data.length <= longest, tooLong, `the nonce leaves room for ${longest} bytes`);
    key.countUse("CCM encryptions", MAX_ENCRYPTIONS);
    const prepared = cipher.keyOf(context, key);
    if (nonce !== undefined) return ccmSeal(prepared, nonce, aad, data, tagBytes);
    const ownNonce = context.rng(NONCE_BYTES);
    return concat(ownNonce, ccmSeal(prepared, ownNonce, aad, data, tagBytes));
  }

  /** `undefined` when the data is not authentic. @throws CkrError `outOfRange` */
  function open(
    context: Context,
    key: TokenObject,
    { nonce, aad = none, tagBytes = MAX_TAG_BYTES }: AesCcmParams,
    data: Uint8Array,
    outOfRange: CkrName,
  ): Uint8Array | undefined {
    const inFront = nonce === undefined ? NONCE_BYTES : 0;
    const least = inFront + tagBytes;
    const longest = least + maxCcmBytes(nonce?.length ?? NONCE_BYTES);
    const fits = data.length >= least && data.length <= longest;
    demand(fits, outOfRange, `what is opened has ${least} to ${longest} bytes`);
    const used = nonce ?? data.subarray(0, NONCE_BYTES);
    return ccmOpen(cipher.keyOf(context, key), used, aad, data.subarray(inFront), tagBytes);
  }

  return mechanism({
    name,
    source,
    keyTypes: [cipher.keyType],
    keySize: cipher.keySize,
    parse,
    strengths: ({ tagBytes = MAX_TAG_BYTES }) => [
      { what: "tagBytes", given: tagBytes, least: SAFE_TAG_BYTES, source: "SP 800-38C, 5.3 and B.2" },
    ],
    encrypt: (context, key, params, data) => seal(context, key, params, data, "DATA_LEN_RANGE"),
    decrypt(context, key, params, data) {
      const plaintext = open(context, key, params, data, "ENCRYPTED_DATA_LEN_RANGE");
      if (plaintext === undefined) throw new CkrError("ENCRYPTED_DATA_INVALID", "the ciphertext is not authentic");
      return plaintext;
    },
    wrap: (context, key, params, target) =>
      useKeyMaterial(target, (material) => seal(context, key, params, material, "KEY_SIZE_RANGE")),
    unwrap(context, key, params, wrapped) {
      const value = open(context, key, params, wrapped, "WRAPPED_KEY_LEN_RANGE");
      if (value === undefined) throw new CkrError("WRAPPED_KEY_INVALID", "the wrapped key is not authentic");
      return { value: new Secret(value) };
    },
    ...messageAead({
      ivBytes: { min: 7, max: 13 },
      tagBits: { min: 8 * SAFE_TAG_BYTES, step: 16 },
      seal(context, key, iv, aad, data, tagBytes) {
        requireRoom(iv, data);
        key.countUse("CCM encryptions", MAX_ENCRYPTIONS);
        return ccmSeal(cipher.keyOf(context, key), iv, aad, data, tagBytes);
      },
      open(context, key, iv, aad, sealed, tagBytes) {
        requireRoom(iv, sealed.subarray(tagBytes));
        return ccmOpen(cipher.keyOf(context, key), iv, aad, sealed, tagBytes);
      },
    }),
  });
}

/** @throws CkrError CKR_DATA_LEN_RANGE */
function requireRoom(nonce: Uint8Array, data: Uint8Array): void {
  const longest = maxCcmBytes(nonce.length);
  demand(data.length <= longest, "DATA_LEN_RANGE", `the nonce leaves room for ${longest} bytes`);
}

/** CKM_AES_CCM (PKCS #11 v3.1, 6.13; SP 800-38C). */
export const aesCcm: Mechanism<"AES_CCM", AesCcmParams> = ccm("AES_CCM", aesCipher, "PKCS #11 v3.1, 6.13; SP 800-38C");
