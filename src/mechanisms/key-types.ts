import type { KeyType } from "../cryptoki/constants.ts";
import { aes } from "./keys/aes.ts";
import { aesXtsKeys } from "./keys/aes-xts.ts";
import { ec } from "./keys/ec.ts";
import { ecEdwards } from "./keys/ec-edwards.ts";
import { ecMontgomery } from "./keys/ec-montgomery.ts";
import { genericSecret, hkdfKeys } from "./keys/generic-secret.ts";
import type { KeyTypeSpec } from "./keys/key-type.ts";
import { mlKemKeys } from "./keys/ml-kem.ts";
import { mlDsaKeys, slhDsaKeys } from "./keys/pq-signature.ts";
import { rsa } from "./keys/rsa.ts";
import { sm2 } from "./keys/sm2.ts";
import { sm4 } from "./keys/sm4.ts";

export type { KeyTypeSpec } from "./keys/key-type.ts";

/** The key types of this token. */
export const keyTypes: Readonly<Record<KeyType, KeyTypeSpec>> = Object.freeze({
  RSA: rsa,
  EC: ec,
  GENERIC_SECRET: genericSecret,
  HKDF: hkdfKeys,
  AES: aes,
  AES_XTS: aesXtsKeys,
  EC_EDWARDS: ecEdwards,
  EC_MONTGOMERY: ecMontgomery,
  ML_DSA: mlDsaKeys,
  SLH_DSA: slhDsaKeys,
  ML_KEM: mlKemKeys,
  SM2: sm2,
  SM4: sm4,
});
