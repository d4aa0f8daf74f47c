import { type AesCbcPadParams, cbcPad } from "./aes-cbc-pad.ts";
import { type AesCcmParams, ccm } from "./aes-ccm.ts";
import { type AesCtrParams, ctr } from "./aes-ctr.ts";
import { type AesGcmParams, gcm } from "./aes-gcm.ts";
import { sm4Cipher } from "./block-cipher.ts";
import { newSm4Key, SM4_KEY_BYTES } from "./keys/sm4.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { type NoParams, noParams } from "./params.ts";
import { valueLength } from "./value-length.ts";

/** A random SM4 key; there is one length, which CKA_VALUE_LEN may repeat. */
export const sm4KeyGen: Mechanism<"PHSM_SM4_KEY_GEN", NoParams> = mechanism({
  name: "PHSM_SM4_KEY_GEN",
  source: "docs/pkcs11.md; GB/T 32907-2016",
  keyTypes: ["SM4"],
  keySize: { min: SM4_KEY_BYTES, max: SM4_KEY_BYTES, unit: "bytes" },
  parse: noParams,
  generateKey: (context, _params, template) =>
    newSm4Key(context.rng(valueLength(SM4_KEY_BYTES, template, (length) => length === SM4_KEY_BYTES))),
});

/** SM4 in CBC mode with PKCS #7 padding; the parameters of CKM_AES_CBC_PAD. */
export const sm4CbcPad: Mechanism<"PHSM_SM4_CBC_PAD", AesCbcPadParams> = cbcPad(
  "PHSM_SM4_CBC_PAD",
  sm4Cipher,
  "docs/pkcs11.md; GB/T 17964-2021; RFC 5652, 6.3",
);
/** SM4 in CTR mode; the parameters of CKM_AES_CTR. */
export const sm4Ctr: Mechanism<"PHSM_SM4_CTR", AesCtrParams> = ctr(
  "PHSM_SM4_CTR",
  sm4Cipher,
  "docs/pkcs11.md; GB/T 17964-2021",
);
/** SM4-GCM; the parameters of CKM_AES_GCM. */
export const sm4Gcm: Mechanism<"PHSM_SM4_GCM", AesGcmParams> = gcm(
  "PHSM_SM4_GCM",
  sm4Cipher,
  "docs/pkcs11.md; RFC 8998, 3; SP 800-38D",
);
/** SM4-CCM; the parameters of CKM_AES_CCM. */
export const sm4Ccm: Mechanism<"PHSM_SM4_CCM", AesCcmParams> = ccm(
  "PHSM_SM4_CCM",
  sm4Cipher,
  "docs/pkcs11.md; RFC 8998, 3; SP 800-38C",
);
