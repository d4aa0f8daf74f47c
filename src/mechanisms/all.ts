/** The mechanism table: a mechanism exists when it has a line here. */

export { aesCbc, aesEcb } from "./aes-blocks.ts";
export { aesCbcPad } from "./aes-cbc-pad.ts";
export { aesCcm } from "./aes-ccm.ts";
export { aesCmac, aesCmacGeneral } from "./aes-cmac.ts";
export { aesCtr } from "./aes-ctr.ts";
export { aesCbcEncryptData, aesEcbEncryptData } from "./aes-encrypt-data.ts";
export { aesCfb8, aesCfb64, aesCfb128, aesCts, aesOfb } from "./aes-feedback.ts";
export { aesGcm } from "./aes-gcm.ts";
export { aesGmac } from "./aes-gmac.ts";
export { aesKeyGen } from "./aes-key-gen.ts";
export { aesKeyWrap, aesKeyWrapKwp, aesKeyWrapPad } from "./aes-key-wrap.ts";
export { aesXts, aesXtsKeyGen } from "./aes-xts.ts";
export { boundWrap } from "./bound-wrap.ts";
export {
  sha1,
  sha3_224,
  sha3_256,
  sha3_384,
  sha3_512,
  sha224,
  sha256,
  sha384,
  sha512,
  sha512_224,
  sha512_256,
} from "./digests.ts";
export { ecEdwardsKeyPairGen } from "./ec-edwards-key-pair-gen.ts";
export { ecKeyPairGen, ecKeyPairGenWithExtraBits } from "./ec-key-pair-gen.ts";
export { ecMontgomeryKeyPairGen } from "./ec-montgomery-key-pair-gen.ts";
export { ecdh1CofactorDerive, ecdh1Derive, ecdhSharedSecret } from "./ecdh.ts";
export {
  ecdsa,
  ecdsaSha1,
  ecdsaSha3_224,
  ecdsaSha3_256,
  ecdsaSha3_384,
  ecdsaSha3_512,
  ecdsaSha224,
  ecdsaSha256,
  ecdsaSha384,
  ecdsaSha512,
} from "./ecdsa.ts";
export { eddsa } from "./eddsa.ts";
export { genericSecretKeyGen, hkdfKeyGen } from "./generic-secret.ts";
export {
  sha1KeyDerivation,
  sha3_224KeyDerivation,
  sha3_256KeyDerivation,
  sha3_384KeyDerivation,
  sha3_512KeyDerivation,
  sha224KeyDerivation,
  sha256KeyDerivation,
  sha384KeyDerivation,
  sha512_224KeyDerivation,
  sha512_256KeyDerivation,
  sha512KeyDerivation,
} from "./hash-key-derivation.ts";
export { hkdfData, hkdfDerive } from "./hkdf.ts";
export {
  sha1Hmac,
  sha1HmacGeneral,
  sha3_224Hmac,
  sha3_224HmacGeneral,
  sha3_256Hmac,
  sha3_256HmacGeneral,
  sha3_384Hmac,
  sha3_384HmacGeneral,
  sha3_512Hmac,
  sha3_512HmacGeneral,
  sha224Hmac,
  sha224HmacGeneral,
  sha256Hmac,
  sha256HmacGeneral,
  sha384Hmac,
  sha384HmacGeneral,
  sha512_224Hmac,
  sha512_224HmacGeneral,
  sha512_256Hmac,
  sha512_256HmacGeneral,
  sha512Hmac,
  sha512HmacGeneral,
} from "./hmac.ts";
export {
  concatenateBaseAndData,
  concatenateBaseAndKey,
  concatenateDataAndBase,
  extractKeyFromKey,
  xorBaseAndData,
} from "./joined-keys.ts";
export { kmsEnvelope } from "./kms-envelope.ts";
export { mlKem, mlKemKeyPairGen, mlKemSharedSecret } from "./ml-kem.ts";
export { pkcs5Pbkd2 } from "./pbkdf2.ts";
export {
  hashMlDsa,
  hashMlDsaSha3_224,
  hashMlDsaSha3_256,
  hashMlDsaSha3_384,
  hashMlDsaSha3_512,
  hashMlDsaSha224,
  hashMlDsaSha256,
  hashMlDsaSha384,
  hashMlDsaSha512,
  hashMlDsaShake128,
  hashMlDsaShake256,
  hashSlhDsa,
  hashSlhDsaSha3_224,
  hashSlhDsaSha3_256,
  hashSlhDsaSha3_384,
  hashSlhDsaSha3_512,
  hashSlhDsaSha224,
  hashSlhDsaSha256,
  hashSlhDsaSha384,
  hashSlhDsaSha512,
  hashSlhDsaShake128,
  hashSlhDsaShake256,
} from "./pq-prehash.ts";
export { mlDsa, mlDsaKeyPairGen, slhDsa, slhDsaKeyPairGen } from "./pq-signature.ts";
export { rsaAesKeyWrap } from "./rsa-aes-key-wrap.ts";
export { rsaPkcsKeyPairGen } from "./rsa-key-pair-gen.ts";
export { rsaPkcsOaep } from "./rsa-oaep.ts";
export {
  rsaPkcs,
  sha1RsaPkcs,
  sha3_224RsaPkcs,
  sha3_256RsaPkcs,
  sha3_384RsaPkcs,
  sha3_512RsaPkcs,
  sha224RsaPkcs,
  sha256RsaPkcs,
  sha384RsaPkcs,
  sha512RsaPkcs,
} from "./rsa-pkcs.ts";
export {
  rsaPkcsPss,
  sha1RsaPkcsPss,
  sha3_224RsaPkcsPss,
  sha3_256RsaPkcsPss,
  sha3_384RsaPkcsPss,
  sha3_512RsaPkcsPss,
  sha224RsaPkcsPss,
  sha256RsaPkcsPss,
  sha384RsaPkcsPss,
  sha512RsaPkcsPss,
} from "./rsa-pss.ts";
export { rsaX509 } from "./rsa-x509.ts";
export { shake128, shake128KeyDerivation, shake256, shake256KeyDerivation } from "./shake.ts";
export { sm2dsa, sm2dsaSm3, sm2KeyPairGen, sm2pke } from "./sm2.ts";
export { sm3, sm3Hmac } from "./sm3.ts";
export { sm4CbcPad, sm4Ccm, sm4Ctr, sm4Gcm, sm4KeyGen } from "./sm4.ts";
export { sp800108CounterKdf } from "./sp800-108.ts";
export { sp800108DoublePipelineKdf, sp800108FeedbackKdf } from "./sp800-108-chained.ts";
