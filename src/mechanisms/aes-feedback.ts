import type { AesKey } from "../crypto/engine.ts";
import { cfbDecrypt, cfbEncrypt, ctsDecrypt, ctsEncrypt, ofb } from "../crypto/feedback-modes.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { demand } from "../cryptoki/error.ts";
import { BLOCK } from "./block-streams.ts";
import { aesKeyOf } from "./keys/aes.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, paramReader } from "./params.ts";

/** The IV is the caller's. For OFB it must be another one for every message. */
export interface AesIvParams {
  readonly iv: Uint8Array;
}

type Crypt = (key: AesKey, iv: Uint8Array, data: Uint8Array) => Uint8Array;

interface Mode {
  readonly source: string;
  readonly leastBytes: number;
  readonly encrypt: Crypt;
  readonly decrypt: Crypt;
}

/** As long as its input, and neither secret nor authentic against whoever changes it: AES_GCM is both. */
function mode<N extends MechanismName>(
  name: N,
  { source, leastBytes, encrypt, decrypt }: Mode,
): Mechanism<N, AesIvParams> {
  const least = `the data has at least ${leastBytes} bytes`;
  return mechanism({
    name,
    source: `PKCS #11 v3.1, ${source}`,
    keyTypes: ["AES"],
    keySize: { min: 16, max: 32, unit: "bytes" },
    parse: paramReader<AesIvParams>({ iv: bytes(BLOCK, BLOCK) }),
    encrypt(context, key, { iv }, data) {
      demand(data.length >= leastBytes, "DATA_LEN_RANGE", least);
      return encrypt(aesKeyOf(context, key), iv, data);
    },
    decrypt(context, key, { iv }, data) {
      demand(data.length >= leastBytes, "ENCRYPTED_DATA_LEN_RANGE", least);
      return decrypt(aesKeyOf(context, key), iv, data);
    },
  });
}

const cfb = (segmentBytes: number): Mode => ({
  source: "6.10; SP 800-38A, 6.3",
  leastBytes: 0,
  encrypt: (key, iv, data) => cfbEncrypt(key, iv, data, segmentBytes),
  decrypt: (key, iv, data) => cfbDecrypt(key, iv, data, segmentBytes),
});

/** CKM_AES_OFB. */
export const aesOfb: Mechanism<"AES_OFB", AesIvParams> = mode("AES_OFB", {
  source: "6.10; SP 800-38A, 6.4",
  leastBytes: 0,
  encrypt: ofb,
  decrypt: ofb,
});
/** CKM_AES_CFB8. */
export const aesCfb8: Mechanism<"AES_CFB8", AesIvParams> = mode("AES_CFB8", cfb(1));
/** CKM_AES_CFB64. */
export const aesCfb64: Mechanism<"AES_CFB64", AesIvParams> = mode("AES_CFB64", cfb(8));
/** CKM_AES_CFB128. */
export const aesCfb128: Mechanism<"AES_CFB128", AesIvParams> = mode("AES_CFB128", cfb(BLOCK));
/** CKM_AES_CTS: CBC-CS1, as other tokens have it; the standard does not say which of the three. */
export const aesCts: Mechanism<"AES_CTS", AesIvParams> = mode("AES_CTS", {
  source: "6.12; SP 800-38A addendum",
  leastBytes: BLOCK,
  encrypt: ctsEncrypt,
  decrypt: ctsDecrypt,
});
