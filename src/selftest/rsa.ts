/** Known answers of RSA. */

import { fromHex } from "../bytes/bytes.ts";
import type { Engine, RsaComponents, RsaPrivateKey, RsaPublicKey } from "../crypto/engine.ts";
import { changed, constantRng, type KnownAnswerTest, same } from "./known-answer.ts";

/** The key of example 10 of RSA Laboratories' OAEP vectors (PKCS #1 v2.1), 2048 bits. */
const KEY: Readonly<Record<keyof RsaComponents, string>> = {
  n:
    "ae45ed5601cec6b8cc05f803935c674ddbe0d75c4c09fd7951fc6b0caec313a8df39970c518bffba5ed68f3f0d7f22a4029d413f" +
    "1ae07e4ebe9e4177ce23e7f5404b569e4ee1bdcf3c1fb03ef113802d4f855eb9b5134b5a7c8085adcae6fa2fa1417ec3763be171" +
    "b0c62b760ede23c12ad92b980884c641f5a8fac26bdad4a03381a22fe1b754885094c82506d4019a535a286afeb271bb9ba592de" +
    "18dcf600c2aeeae56e02f7cf79fc14cf3bdc7cd84febbbf950ca90304b2219a7aa063aefa2c3c1980e560cd64afe779585b61076" +
    "57b957857efde6010988ab7de417fc88d8f384c4e6e72c3f943e0c31c0c4a5cc36f879d8a3ac9d7d59860eaada6b83bb",
  e: "010001",
  d:
    "056b04216fe5f354ac77250a4b6b0c8525a85c59b0bd80c56450a22d5f438e596a333aa875e291dd43f48cb88b9d5fc0d499f9fc" +
    "d1c397f9afc070cd9e398c8d19e61db7c7410a6b2675dfbf5d345b804d201add502d5ce2dfcb091ce9997bbebe57306f383e4d58" +
    "8103f036f7e85d1934d152a323e4a8db451d6f4a5b1b0f102cc150e02feee2b88dea4ad4c1baccb24d84072d14e1d24a6771f740" +
    "8ee30564fb86d4393a34bcf0b788501d193303f13a2284b001f0f649eaf79328d4ac5c430ab4414920a9460ed1b7bc40ec653e87" +
    "6d09abc509ae45b525190116a0c26101848298509c1c3bf3a483e7274054e15e97075036e989f60932807b5257751e79",
  p:
    "ecf5aecd1e5515fffacbd75a2816c6ebf49018cdfb4638e185d66a7396b6f8090f8018c7fd95cc34b857dc17f0cc6516bb1346ab" +
    "4d582cadad7b4103352387b70338d084047c9d9539b6496204b3dd6ea442499207bec01f964287ff6336c3984658336846f56e46" +
    "861881c10233d2176bf15a5e96ddc780bc868aa77d3ce769",
  q:
    "bc46c464fc6ac4ca783b0eb08a3c841b772f7e9b2f28babd588ae885e1a0c61e4858a0fb25ac299990f35be85164c259ba1175cd" +
    "d7192707135184992b6c29b746dd0d2cabe142835f7d148cc161524b4a09946d48b828473f1ce76b6cb6886c345c03e05f41d51b" +
    "5c3a90a3f24073c7d74a4fe25d9cf21c75960f3fc3863183",
  dp:
    "c73564571d00fb15d08a3de9957a50915d7126e9442dacf42bc82e862e5673ff6a008ed4d2e374617df89f17a160b43b7fda9cb6" +
    "b6b74218609815f7d45ca263c159aa32d272d127faf4bc8ca2d77378e8aeb19b0ad7da3cb3de0ae7314980f62b6d4b0a875d1df0" +
    "3c1bae39ccd833ef6cd7e2d9528bf084d1f969e794e9f6c1",
  dq:
    "2658b37f6df9c1030be1db68117fa9d87e39ea2b693b7e6d3a2f70947413eec6142e18fb8dfcb6ac545d7c86a0ad48f8457170f0" +
    "efb26bc48126c53efd1d16920198dc2a1107dc282db6a80cd3062360ba3fa13f70e4312ff1a6cd6b8fc4cd9c5c3db17c6d6a5721" +
    "2f73ae29f619327bad59b153858585ba4e28b60a62a45e49",
  qi:
    "6f38526b3925085534ef3e415a836ede8b86158a2c7cbfeccb0bd834304fec683ba8d4f479c433d43416e63269623cea100776d8" +
    "5aff401d3fff610ee65411ce3b1363d63a9709eede42647cea561493d54570a879c18682cd97710b96205ec31117d73b5f36223f" +
    "add6e8ba90dd7c0ee61d44e163251e20c7f66eb305117cb8",
};

/** "abc". */
const SAMPLE: Uint8Array = fromHex("616263");
/** Its SHA-256. */
const DIGEST = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/** "pocket-hsm self-test". */
const MESSAGE = "706f636b65742d68736d2073656c662d74657374";

/** Signatures of DIGEST, and MESSAGE encrypted, by Python's integers from RFC 8017; OpenSSL verifies and decrypts them. */
const PKCS1_SIGNATURE =
  "17f5ee59178c7c2c75317e6a67c6a5f3317636370caa2cba4d12069d1c67651719698c011c6dd6f82bc3ea0b8b18dacf0b4341d7" +
  "c93fa5a1e49fd98225e79e0d267d9fb4073ee771c656ac2e0acf30ca2eadd3194d8851ae479defec5579f192fad6feddb8390b06" +
  "1cf8a7696dc5a170dc52f7214d33de592ddf426b9868a57d0f64c7bdae77b8c3b8d1342707100701c90b9b85aeef93bed6f103ad" +
  "02aeb583f19c073a6e2ad91b87bb4e67ddfc5fb991b35b4ddcae152c2ab50786a1b7d8ab1f223d40d4e50df028d82572a3669205" +
  "1a8d69cd24406257f36c7901dd4af769c0eb914e7e6e900ae443b89969a7490c927de68df81c9aa69681b5a347e3ebb0";
/** The salt is 32 bytes of {@link constantRng}. */
const PSS_SIGNATURE =
  "454d59c57595bd74540c0f755550ef53141d7de83cc2c9228380bd3cefa0cdd4c400b0ea19e004e47476aba2c4c819ffa18f8210" +
  "376d19227520d11218a289173c5e785af1774b7eac38f61c7a1d9b22e1d96420d11ada35e6b84986657b765e24dbac89a16d351f" +
  "e4160907359189abe00ef880616d915814e5d425e19ec55b97bc4d70c6393ded4c7b0b4b8d6a6b8efe61efd3982d6c1903a1a355" +
  "47c82132c48fab323a6d4126f146577a75e763b300b902e93e967189a31b3439a0b7c814d390172a86944c7a4f5505bfde6d7378" +
  "dd91a1f214e4e46520bca9a7d7c9208ba83844ad23c7639e75b4ade05fc515834b2e733c842c9866d302f0b881003b39";
/** The seed is 32 bytes of {@link constantRng}. */
const OAEP_CIPHERTEXT =
  "6c2199274371231b0a39b7716a98bb5b8c0c73e94e4ae2e18fb54618a2c5fb5da8b703117670e93870dda7a7700cb650ea0c755c" +
  "695ba7669c2e4e708dae96dc302b5ba52e51c3f70c763acffecb1523f89ca19c5a59819c28a3c8d6b93434bac4c53d18e89d5edb" +
  "ef1b892b40f850985b3a8a18a260c1ddc617efa71bb1cd7012ac50657c1849f6d98dc70b9d3164c3eaa544f88557e82cf926e40e" +
  "c34cdeed7b57dd33888788a4862c152bffeb6c8cf11cf09d611428b01bb579e5d4b0925f88c2dc30ce08cad4eda9f1f954b11f57" +
  "3a10e328960158bb4552bb40e1a09247be68cd05dabc815529bb0970bd1d250808a1abc4f63849189bea6c6f68d7f7f5";
const PKCS1_CIPHERTEXT =
  "72a09f1e9926df891141d9dc08d0cd518f9a02da4d4835ec6417fc98c5db3b26f6cc820bd38eafe7a7e143cd1ea9bea40f0a9473" +
  "938b7ebe8eebb9a9988c80914199b1d21e9278b2e85e9628ed06f0f18f528d1fa5fcf85117ccfba9298611cdaeb64f8567a807a1" +
  "c70a7de5ed84704636b04a93cf9cbfa3f0a5628c2657fcc1bd8b2bd7d312b3888492529391b5150f230f5a7b814a0d2d7b598004" +
  "bb908b147b902a2f6d2edf2a2d0acb714cde2939223cc341a54db195585661aa70e652ad24285cf175a22b0b4a8cbf413fe5ed79" +
  "5213d3a1cdcd1fc12feaa89629f2dfd7b5d057fbfb9cdbe2cdb42abefb760b50f13595f0951f9a1e33ce91013aa6bf14";

const pss = { hash: "SHA256", mgf: "SHA256", saltBytes: 32 } as const;
const oaep = { hash: "SHA256", mgf: "SHA256", label: new Uint8Array(0) } as const;

function withPrivate(engine: Engine, use: (key: RsaPrivateKey) => boolean): boolean {
  const components = Object.fromEntries(
    Object.entries(KEY).map(([name, value]) => [name, fromHex(value)]),
  ) as unknown as RsaComponents;
  const key = engine.rsaPrivate(components);
  if (key === undefined) return false;
  try {
    return use(key);
  } finally {
    key.destroy();
  }
}

function withPublic(engine: Engine, use: (key: RsaPublicKey) => boolean): boolean {
  const key = engine.rsaPublic(fromHex(KEY.n), fromHex(KEY.e));
  return key !== undefined && use(key);
}

export const rsaTests: Readonly<Record<`RSA ${"sign" | "verify" | "encrypt" | "decrypt"}`, KnownAnswerTest>> = {
  "RSA sign": {
    source: "RFC 8017, 8.1.1 and 8.2.1",
    run: (engine) =>
      withPrivate(
        engine,
        (key) =>
          same(key.pkcs1Sign("SHA256", fromHex(DIGEST), constantRng), PKCS1_SIGNATURE) &&
          same(key.pssSign(pss, fromHex(DIGEST), constantRng), PSS_SIGNATURE),
      ),
  },
  "RSA verify": {
    source: "RFC 8017, 8.1.2 and 8.2.2",
    run: (engine) =>
      withPublic(
        engine,
        (key) =>
          key.pkcs1Verify("SHA256", fromHex(DIGEST), fromHex(PKCS1_SIGNATURE)) &&
          key.pssVerify(pss, fromHex(DIGEST), fromHex(PSS_SIGNATURE)) &&
          !key.pkcs1Verify("SHA256", changed(DIGEST), fromHex(PKCS1_SIGNATURE)) &&
          !key.pssVerify(pss, changed(DIGEST), fromHex(PSS_SIGNATURE)) &&
          (key.pssVerifyMessage?.(pss, SAMPLE, fromHex(PSS_SIGNATURE)) ?? true) &&
          key.pssVerifyMessage?.(pss, SAMPLE.subarray(1), fromHex(PSS_SIGNATURE)) !== true,
      ),
  },
  "RSA encrypt": {
    source: "RFC 8017, 7.1.1 and 7.2.1",
    run: (engine) =>
      withPublic(
        engine,
        (key) =>
          same(key.oaepEncrypt(oaep, fromHex(MESSAGE), constantRng), OAEP_CIPHERTEXT) &&
          same(key.pkcs1Encrypt(fromHex(MESSAGE), constantRng), PKCS1_CIPHERTEXT),
      ),
  },
  "RSA decrypt": {
    source: "RFC 8017, 7.1.2 and 7.2.2",
    run: (engine) =>
      withPrivate(
        engine,
        (key) =>
          same(key.oaepDecrypt(oaep, fromHex(OAEP_CIPHERTEXT), constantRng), MESSAGE) &&
          same(key.pkcs1Decrypt(fromHex(PKCS1_CIPHERTEXT), constantRng), MESSAGE),
      ),
  },
};
