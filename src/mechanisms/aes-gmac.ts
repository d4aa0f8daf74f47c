import { equalBytes } from "../bytes/bytes.ts";
import { GCM_TAGS } from "../crypto/gcm.ts";
import type { TokenObject } from "../objects/object.ts";
import { gcmStrengths } from "./aes-gcm.ts";
import { aesKeyOf } from "./keys/aes.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, oneOf, optional, paramReader } from "./params.ts";

/** The IV is the caller's, and must be another one for every message. The tag has 4, 8, or 12 to 16 bytes, 16 unless told. */
export interface AesGmacParams {
  readonly iv: Uint8Array;
  readonly tagBytes?: number | undefined;
}

const TAG_BYTES = 16;
const MAX_IV_BYTES = 256;

const none = new Uint8Array(0);

const parse = paramReader<AesGmacParams>({
  iv: bytes(1, MAX_IV_BYTES),
  tagBytes: optional(oneOf(...GCM_TAGS)),
});

/** GCM of nothing, with the data as its associated data (SP 800-38D, 3). */
function mac(
  context: Context,
  key: TokenObject,
  { iv, tagBytes = TAG_BYTES }: AesGmacParams,
  data: Uint8Array,
): Uint8Array {
  return aesKeyOf(context, key).gcmSeal(iv, data, none, tagBytes);
}

/** CKM_AES_GMAC (PKCS #11 v3.1, 6.13; SP 800-38D). */
export const aesGmac: Mechanism<"AES_GMAC", AesGmacParams> = mechanism({
  name: "AES_GMAC",
  source: "PKCS #11 v3.1, 6.13; SP 800-38D",
  keyTypes: ["AES"],
  keySize: { min: 16, max: 32, unit: "bytes" },
  parse,
  strengths: ({ iv, tagBytes = TAG_BYTES }) => gcmStrengths(iv, tagBytes),
  sign: (context, key, params, data) => mac(context, key, params, data),
  verify: (context, key, params, data, signature) => equalBytes(mac(context, key, params, data), signature),
  signatureBytes: (_key, { tagBytes = TAG_BYTES }) => tagBytes,
});
