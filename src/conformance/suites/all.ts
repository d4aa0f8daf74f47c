/** The table of suites. */

import type { Suite } from "../suite.ts";
import { aesCbc } from "./aes-cbc.ts";
import { aesCcm } from "./aes-ccm.ts";
import { aesCmac } from "./aes-cmac.ts";
import { aesCtr } from "./aes-ctr.ts";
import { aesGcm } from "./aes-gcm.ts";
import { aesKw } from "./aes-kw.ts";
import { digest } from "./digest.ts";
import { drbg } from "./drbg.ts";
import { ecCurves } from "./ec-curves.ts";
import { ecdh } from "./ecdh.ts";
import { ecdsa } from "./ecdsa.ts";
import { eddsa } from "./eddsa.ts";
import { hkdf } from "./hkdf.ts";
import { hmac } from "./hmac.ts";
import { mlDsa } from "./ml-dsa.ts";
import { mlKem } from "./ml-kem.ts";
import { oneStepKdf } from "./one-step-kdf.ts";
import { opensslEc } from "./openssl-ec.ts";
import { opensslRsa } from "./openssl-rsa.ts";
import { pbkdf2 } from "./pbkdf2.ts";
import { primality } from "./primality.ts";
import { rsaDecrypt } from "./rsa-decrypt.ts";
import { rsaOaep } from "./rsa-oaep.ts";
import { rsaPkcs1 } from "./rsa-pkcs1.ts";
import { rsaPss } from "./rsa-pss.ts";
import { slhDsa } from "./slh-dsa.ts";
import { sm2 } from "./sm2.ts";
import { sm4 } from "./sm4.ts";
import { sp800108 } from "./sp800-108.ts";
import { xdh } from "./xdh.ts";

export const suites: readonly Suite[] = [
  aesCbc,
  aesCcm,
  aesCmac,
  aesCtr,
  aesGcm,
  aesKw,
  digest,
  drbg,
  ecCurves,
  ecdh,
  ecdsa,
  eddsa,
  hkdf,
  hmac,
  mlDsa,
  mlKem,
  oneStepKdf,
  opensslEc,
  opensslRsa,
  pbkdf2,
  primality,
  rsaDecrypt,
  rsaOaep,
  rsaPkcs1,
  rsaPss,
  slhDsa,
  sm2,
  sm4,
  sp800108,
  xdh,
];
