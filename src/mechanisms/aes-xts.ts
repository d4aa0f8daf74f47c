import { MAX_XTS_BYTES, xtsDecrypt, xtsEncrypt } from "../crypto/xts.ts";
import { demand } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import { BLOCK } from "./block-streams.ts";
import { AES_XTS_KEY_BYTES, newAesXtsKey, xtsKeyOf } from "./keys/aes-xts.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, integer, optional, paramReader } from "./params.ts";
import { valueLength } from "./value-length.ts";

/** The Data Unit Sequence Number: where the data lies, of which no two units may have the same. */
export interface AesXtsParams {
  readonly unit: Uint8Array;
}

/** `keyBytes` stands for CKA_VALUE_LEN in the template. */
export interface AesXtsKeyGenParams {
  readonly keyBytes?: number | undefined;
}

const keySize = { min: 32, max: 64, unit: "bytes" } as const;

function requireUnit(data: Uint8Array, ckr: CkrName): void {
  const fits = data.length >= BLOCK && data.length <= MAX_XTS_BYTES;
  demand(fits, ckr, `a data unit has ${BLOCK} to ${MAX_XTS_BYTES} bytes, not ${data.length}`);
}

/** CKM_AES_XTS_KEY_GEN: two AES keys, one after the other. */
export const aesXtsKeyGen: Mechanism<"AES_XTS_KEY_GEN", AesXtsKeyGenParams> = mechanism({
  name: "AES_XTS_KEY_GEN",
  source: "PKCS #11 v3.1, 6.15; SP 800-38E",
  keyTypes: ["AES_XTS"],
  keySize,
  parse: paramReader<AesXtsKeyGenParams>({ keyBytes: optional(integer(32, 64, 32)) }),
  generateKey: (context, { keyBytes }, template) =>
    newAesXtsKey(context.rng(valueLength(keyBytes, template, (length) => AES_XTS_KEY_BYTES.includes(length)))),
});

/** CKM_AES_XTS: for the blocks of a medium, where there is no room for a tag. */
export const aesXts: Mechanism<"AES_XTS", AesXtsParams> = mechanism({
  name: "AES_XTS",
  source: "PKCS #11 v3.1, 6.15; SP 800-38E; IEEE 1619",
  keyTypes: ["AES_XTS"],
  keySize,
  parse: paramReader<AesXtsParams>({ unit: bytes(BLOCK, BLOCK) }),
  encrypt(context, key, { unit }, data) {
    requireUnit(data, "DATA_LEN_RANGE");
    return xtsEncrypt(xtsKeyOf(context, key), unit, data);
  },
  decrypt(context, key, { unit }, data) {
    requireUnit(data, "ENCRYPTED_DATA_LEN_RANGE");
    return xtsDecrypt(xtsKeyOf(context, key), unit, data);
  },
});
