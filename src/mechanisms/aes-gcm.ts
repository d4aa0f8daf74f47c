import { concat } from "../bytes/bytes.ts";
import { Secret } from "../bytes/secret.ts";
import { GCM_TAGS } from "../crypto/gcm.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import type { TokenObject } from "../objects/object.ts";
import type { Strength } from "../objects/policy.ts";
import { aesCipher, type BlockCipher } from "./block-cipher.ts";
import { useKeyMaterial } from "./key-material.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { messageAead } from "./message-aead.ts";
import { bytes, MAX_PARAM_BYTES, oneOf, optional, paramReader } from "./params.ts";

/**
 * Without `iv` the token makes one of 12 bytes and puts it before the ciphertext, and decryption finds it there.
 * The tag has 4, 8, or 12 to 16 bytes, 16 unless told otherwise; `tagBits` is the same in the unit of CK_GCM_PARAMS.
 */
export interface AesGcmParams {
  readonly iv?: Uint8Array | undefined;
  readonly aad?: Uint8Array | undefined;
  readonly tagBytes?: number | undefined;
  readonly tagBits?: number | undefined;
}

const IV_BYTES = 12;
const MAX_IV_BYTES = 256;
/** Invocations under one key with random IVs (SP 800-38D, 8.3). */
const MAX_ENCRYPTIONS = 2 ** 32;

const read = paramReader<AesGcmParams>({
  iv: optional(bytes(1, MAX_IV_BYTES)),
  aad: optional(bytes(0, MAX_PARAM_BYTES)),
  tagBytes: optional(oneOf(...GCM_TAGS)),
  tagBits: optional(oneOf(...GCM_TAGS.map((length) => 8 * length))),
});

function parse(choice: Readonly<Record<string, unknown>>): AesGcmParams {
  const params = read(choice);
  const { tagBytes, tagBits } = params;
  const agree = tagBytes === undefined || tagBits === undefined || 8 * tagBytes === tagBits;
  demand(agree, "MECHANISM_PARAM_INVALID", "tagBytes and tagBits say different lengths");
  return params;
}

/** An IV below 96 bits, and a tag below them, are forgeries for a few tries (SP 800-38D, 5.2.1.2 and appendix C). */
export function gcmStrengths(iv: Uint8Array | undefined, tagBytes: number): readonly Strength[] {
  return [
    { what: "the length of iv", given: iv?.length ?? IV_BYTES, least: IV_BYTES, source: "SP 800-38D, 5.2.1.1" },
    { what: "the length of the tag", given: tagBytes, least: 12, source: "SP 800-38D, 5.2.1.2 and appendix C" },
  ];
}

function tagLength({ tagBytes, tagBits = 128 }: AesGcmParams): number {
  return tagBytes ?? tagBits / 8;
}

const none = new Uint8Array(0);

/** The mechanism over a block cipher of 16-byte blocks. */
export function gcm<N extends MechanismName>(name: N, cipher: BlockCipher, source: string): Mechanism<N, AesGcmParams> {
  function seal(context: Context, key: TokenObject, params: AesGcmParams, data: Uint8Array): Uint8Array {
    const { iv, aad = none } = params;
    key.countUse("GCM encryptions", MAX_ENCRYPTIONS);
    const prepared = cipher.keyOf(context, key);
    if (iv !== undefined) return prepared.gcmSeal(iv, aad, data, tagLength(params));
    const ownIv = context.rng(IV_BYTES);
    return concat(ownIv, prepared.gcmSeal(ownIv, aad, data, tagLength(params)));
  }

  /** `undefined` when the data is not authentic. @throws CkrError `tooShort` */
  function open(
    context: Context,
    key: TokenObject,
    params: AesGcmParams,
    data: Uint8Array,
    tooShort: CkrName,
  ): Uint8Array | undefined {
    const { aad = none } = params;
    const ivInFront = params.iv === undefined ? IV_BYTES : 0;
    const least = ivInFront + tagLength(params);
    if (data.length < least) throw new CkrError(tooShort, `what is opened has at least ${least} bytes`);
    const iv = params.iv ?? data.subarray(0, IV_BYTES);
    // A view of all of it would take 0.8 µs: V8 then moves short data out of its heap.
    const sealed = ivInFront === 0 ? data : data.subarray(ivInFront);
    return cipher.keyOf(context, key).gcmOpen(iv, aad, sealed, tagLength(params));
  }

  return mechanism({
    name,
    source,
    keyTypes: [cipher.keyType],
    keySize: cipher.keySize,
    parse,
    strengths: (params) => gcmStrengths(params.iv, tagLength(params)),
    encrypt: seal,
    decrypt(context, key, params, data) {
      const plaintext = open(context, key, params, data, "ENCRYPTED_DATA_LEN_RANGE");
      if (plaintext === undefined) throw new CkrError("ENCRYPTED_DATA_INVALID", "the ciphertext is not authentic");
      return plaintext;
    },
    wrap: (context, key, params, target) => useKeyMaterial(target, (material) => seal(context, key, params, material)),
    unwrap(context, key, params, wrapped) {
      const value = open(context, key, params, wrapped, "WRAPPED_KEY_LEN_RANGE");
      if (value === undefined) throw new CkrError("WRAPPED_KEY_INVALID", "the wrapped key is not authentic");
      return { value: new Secret(value) };
    },
    ...messageAead({
      ivBytes: { min: IV_BYTES, max: MAX_IV_BYTES },
      tagBits: { min: 96, step: 8 },
      seal(context, key, iv, aad, data, tagBytes) {
        key.countUse("GCM encryptions", MAX_ENCRYPTIONS);
        return cipher.keyOf(context, key).gcmSeal(iv, aad, data, tagBytes);
      },
      open: (context, key, iv, aad, sealed, tagBytes) => cipher.keyOf(context, key).gcmOpen(iv, aad, sealed, tagBytes),
    }),
  });
}

/** CKM_AES_GCM (PKCS #11 v3.1, 6.13; SP 800-38D). */
export const aesGcm: Mechanism<"AES_GCM", AesGcmParams> = gcm("AES_GCM", aesCipher, "PKCS #11 v3.1, 6.13; SP 800-38D");
