/** Known answers of ECDSA and ECDH on the prime curves. */

import { fromHex, utf8 } from "../bytes/bytes.ts";
import type { CurveName, Engine, HashName } from "../crypto/engine.ts";
import { changed, constantRng, type KnownAnswerTest, same } from "./known-answer.ts";

interface CurveAnswers {
  /**
   * A key pair (RFC 6979, A.2.4 to A.2.7; OpenSSL for the brainpool curves), and its signature of "sample" with the hash
   * of the curve's size and a nonce by RFC 6979, 3.2.
   */
  readonly scalar: string;
  readonly point: string;
  readonly hash: HashName;
  readonly digest: string;
  readonly signature: string;
  /** What FIPS 186-5, A.2.1 makes of constant bits. */
  readonly generated: string;
  /** The first valid case of Wycheproof's file for ECDH on the curve; of P-224 and the brainpool curves OpenSSL's. */
  readonly agreementScalar: string;
  readonly peer: string;
  readonly secret: string;
}

const ANSWERS: Readonly<Record<CurveName, CurveAnswers>> = {
  "P-256": {
    scalar: "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
    point:
      "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b2" +
      "0c2d7e9f5177a3c294d4462299",
    hash: "SHA256",
    digest: "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf",
    signature:
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900db" +
      "b9aff4064dc4ab2f843acda8",
    generated: "b4b4b4b3a5a5a5a67208d4b3be9715393fa46dac7b8dfd0bda7e45b8b227de1b",
    agreementScalar: "0612465c89a023ab17855b0a6bcebfd3febb53aef84138647b5352e02c10c346",
    peer:
      "0462d5bd3372af75fe85a040715d0f502428e07046868b0bfdfa61d731afe44f26ac333a93a9e70a81cd5a95b5bf8d13990eb741" +
      "c8c38872b4a07d275a014e30cf",
    secret: "53020d908b0219328b658b525f26780e3ae12bcd952bb25a93bc0895e1714285",
  },
  "P-384": {
    scalar: "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5",
    point:
      "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc138015d9" +
      "b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720",
    hash: "SHA384",
    digest: "9a9083505bc92276aec4be312696ef7bf3bf603f4bbd381196a029f340585312313bca4a9b5b890efee42c77b1ee25fe",
    signature:
      "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe4699ef4aeb" +
      "15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8",
    generated: "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a6e556c2c7ca13b1a81a161d0d3206baaf8a6ceafd1622c7b9ee9eada6663b447",
    agreementScalar: "766e61425b2da9f846c09fc3564b93a6f8603b7392c785165bf20da948c49fd1fb1dee4edd64356b9f21c588b75dfd81",
    peer:
      "04790a6e059ef9a5940163183d4a7809135d29791643fc43a2f17ee8bf677ab84f791b64a6be15969ffa012dd9185d8796d9b954" +
      "baa8a75e82df711b3b56eadff6b0f668c3b26b4b1aeb308a1fcc1c680d329a6705025f1c98a0b5e5bfcb163caa",
    secret: "6461defb95d996b24296f5a1832b34db05ed031114fbe7d98d098f93859866e4de1e229da71fef0c77fe49b249190135",
  },
  "P-521": {
    scalar:
      "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c70855836a6d16fcc1466f6d8" +
      "fbec67db89ec0c08b0e996b83538",
    point:
      "0401894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd371123d46e45db6b5d5370a7f20fb633155d38" +
      "ffa16d2bd761dcac474b9a2f5023a400493101c962cd4d2fddf782285e64584139c2f91b47f87ff82354d6630f746a28a0db2574" +
      "1b5b34a828008b22acc23f924faafbd4d33f81ea66956dfeaa2bfdfcf5",
    hash: "SHA512",
    digest:
      "39a5e04aaff7455d9850c605364f514c11324ce64016960d23d5dc57d3ffd8f49a739468ab8049bf18eef820cdb1ad6c9015f838" +
      "556bc7fad4138b23fdf986c7",
    signature:
      "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5d450606add152b534931d7d4" +
      "e8455cc91f9b15bf05ec36e377fa00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e" +
      "5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a",
    generated:
      "00b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b6b60cc11ccb94d9f62be77aab55b309a03625f57e44bd30480f27" +
      "ca5475c8e6ef8d72b919d8e6b9e5",
    agreementScalar:
      "01939982b529596ce77a94bc6efd03e92c21a849eb4f87b8f619d506efc9bb22e7c61640c90d598f795b64566dc6df43992ae34a" +
      "1341d458574440a7371f611c7dcd",
    peer:
      "040064da3e94733db536a74a0d8a5cb2265a31c54a1da6529a198377fbd38575d9d79769ca2bdf2d4c972642926d444891a652e7" +
      "f492337251adf1613cf3077999b5ce00e04ad19cf9fd4722b0c824c069f70c3c0e7ebc5288940dfa92422152ae4a4f79183ced37" +
      "5afb54db1409ddf338b85bb6dbfc5950163346bb63a90a70c5aba098f7",
    secret:
      "01f1e410f2c6262bce6879a3f46dfb7dd11d30eeee9ab49852102e1892201dd10f27266c2cf7cbccc7f6885099043dad80ff57f0" +
      "df96acf283fb090de53df95f7d87",
  },
  secp256k1: {
    scalar: "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
    point:
      "042c8c31fc9f990c6b55e3865a184a4ce50e09481f2eaeb3e60ec1cea13a6ae64564b95e4fdb6948c0386e189b006a29f686769b" +
      "011704275e4459822dc3328085",
    hash: "SHA256",
    digest: "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf",
    signature:
      "432310e32cb80eb6503a26ce83cc165c783b870845fb8aad6d970889fcd7a6c8530128b6b81c548874a6305d93ed071ca6e05074" +
      "d85863d4056ce89b02bfab69",
    generated: "5a5a5a5a5a5a5a5acd2bb208ef4fc771fe2fb41fb82499fe7fefe522a3d6e9db",
    agreementScalar: "f4b7ff7cccc98813a69fae3df222bfe3f4e28f764bf91b4a10d8096ce446b254",
    peer:
      "04d8096af8a11e0b80037e1ee68246b5dcbb0aeb1cf1244fd767db80f3fa27da2b396812ea1686e7472e9692eaf3e958e50e9500" +
      "d3b4c77243db1f2acd67ba9cc4",
    secret: "544dfae22af6af939042b1d85b71a1e49e9a5614123c4d6ad0c8af65baf87d65",
  },
  "P-224": {
    scalar: "f220266e1105bfe3083e03ec7a3a654651f45e37167e88600bf257c1",
    point:
      "0400cf08da5ad719e42707fa431292dea11244d64fc51610d94b130d6ceeab6f3debe455e3dbf85416f7030cbd94f34f2d6f232c" +
      "69f3c1385a",
    hash: "SHA224",
    digest: "9003e374bc726550c2c289447fd0533160f875709386dfa377bfd41c",
    signature:
      "1cdfe6662dde1e4a1ec4cdedf6a1f5a2fb7fbd9145c12113e6abfd3ea6694fd7718a21053f225d3f46197ca699d45006c06f8718" +
      "08f43ebc",
    generated: "5a5a5a5a5a5aacb774736ef9262a178a6af3912de8e4a5278a026943",
    agreementScalar: "020e213429c7c0e305af64ab8201eccb5ab6d5766322d1fa33f158b3",
    peer:
      "04cfadc6b516d5257f695cba8188754656c3dd2d2d98f14ce991b9455b18faec771804486edf9bbe0c45a06aac21bf44abd0deb1" +
      "d0a72d4c18",
    secret: "b5013d2fe1aa90a90c15dbb6e9b726341167442850d61c5d14e5b0ff",
  },
  brainpoolP256r1: {
    scalar: "5ee2fad5417da0ba1d94da14ad43f52e06179264819facd409b47ca693d2b8c5",
    point:
      "0433a8ff790b3a3cc22bc26eefbea30889cf30909d8501bd224dca14b195df678165b584766ab0fd381cc42698c17f19f926e008" +
      "3e058c85cdf7ce2581b5d8bd39",
    hash: "SHA256",
    digest: "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf",
    signature:
      "a14400dc5222540562bde554c214b03b784ad81957564c193a1427550e75ad405472b3ea4c6aeec921ef2066807c234e9ae6ce9d" +
      "479e46d7f8f611b1c185a53c",
    generated: "85eb71019e836fcffcf590ac28aaab3e0487444efe8a6b3fc121c40a39735c19",
    agreementScalar: "126d3e48bebfca742a46453b927b44bb35efbddfccb857ba7152f00a27d1c627",
    peer:
      "042a2b5833e7b5bc19a79db40ca2151172a70e5785adce26049765564ab2471b385be7eb276f6c31313f404ffd35689ce60314c3" +
      "3831252dee1bcd6065d735208c",
    secret: "7a9c94e94b48200afb7e301c4b2b86f9a05cf6196c2e3af5a8fb1ed9df5ae4a1",
  },
  brainpoolP384r1: {
    scalar: "58dbfb603cd30e424668063c888b92fd5f35e3c1d6a1e509f8ccdaafce3aa2cc1c125c70a2df5e42412233413840f4c2",
    point:
      "042349944390bf4202c198450fd029fc4da69676e060d4471a77aa28cfa0d1bbfc3dc36fce9c22d29771e36068c738f12f5974b0" +
      "6d5eee13a88b68675c80efcf475aa702eb291f30f4e03160e89893633009815915384b331aecdef05dc6b523ad",
    hash: "SHA384",
    digest: "9a9083505bc92276aec4be312696ef7bf3bf603f4bbd381196a029f340585312313bca4a9b5b890efee42c77b1ee25fe",
    signature:
      "761b919bb9dc4170e9a80d28b2dc85270bcaa9fc5ada35e9d4d33735555b61cd9d54acae33935cbafa0feb5c21d06d5d89a725cd" +
      "da87c90534193d5ae8962180d5857cb1742677131c881da34efa324ea2ebdfb243b3a906206cf8a681321151",
    generated: "4a55c3e5d240e5d3d0909559ec5b09a49ca203df61cfe38952d513fe704f31b69d28710b756c488a510ab236dade5887",
    agreementScalar: "3207d8df09633f8a76fe36ed8846366570f386af258bc741d77eae05be224d7b8bcf6c79ef61763022ccef473c62750e",
    peer:
      "041f14200d7ee950d275a4499de2a130e2e6a00d9614bcf1f7914b6e6e624d3b551d1f1b5fff4c615d0c807c40d61bc29f397472" +
      "cb2670a87cbc5af46774ae80a8ea8f0a33041bbf35d584683f6b8753fe39895dd44c9dc7ab7cb22a47aefe9632",
    secret: "4e723793f8b66100111a38069fe2bab2f63d5ebc10b4258a87027a7619378cece03f6834a9f9a978964f4ce20c0449f4",
  },
  brainpoolP512r1: {
    scalar:
      "5d515d74c2051dd4b853e5e0a763ff3f08e4144ad4382de86c0e31a875d1dc54d4850290657a95e6e067b36787c51893110bf011" +
      "db87b72d7fb13f9582c80f40",
    point:
      "04223f66d8a02093ae614a8c838d295c68fc74d24b3a7efb5db28039d7b805cf3d1e5ef71a6207429acdf1ef41b0d83586444c63" +
      "3319201f45753bee34c68550b71b686c3be2057e2bd427e7728b3b13ffd1da7c57c03782b56539400ee5527d17f00294518c6a4e" +
      "53391b1c32218c87eb5b949ad1412a331a49a431b8352777f2",
    hash: "SHA512",
    digest:
      "39a5e04aaff7455d9850c605364f514c11324ce64016960d23d5dc57d3ffd8f49a739468ab8049bf18eef820cdb1ad6c9015f838" +
      "556bc7fad4138b23fdf986c7",
    signature:
      "351c4ca3f0df8823235cbc9fdb864d78bbab75f0e805f9a2891916816722aeb3c9e788ebd52f9563885cd25ba74679222e515f16" +
      "7279c8602e24ee04c2f8e31367388eda5783714355cff7bb0bd6829a6119b45ba494599895455f294faf1763f4b23c4b94761c56" +
      "6876a74a02d6dac2af3a7ba533e80fb8dc40d658c389bf86",
    generated:
      "4b800fc1a6bf9a26bd37fc9db85841b27611e32a32a18f481f3cfaf74c394de74baca23dcd1e0ff2c387d29fd5799f9be77d0700" +
      "738eb03fdb8b17184c240d53",
    agreementScalar:
      "33cf18ba53af0b19f185273167a920ff989ac7911b272f0a66e624ce95b4f03f248740455b5d80a5a6c38ba56842cf3408e05fa8" +
      "78847cad62d1c11efcd628a8",
    peer:
      "040be8063c943844d50452e279e50a3c27183f097ae5e4ebbf8e59c57d1aca29c4b7d747e7ded3e602746440bdc903ce1eeb8fbd" +
      "d05d09645be2aefeec254c46fb3123471dd438a344a8af641717936db458b91e1191ece523ba095eb4e420023cfd2349361f55b8" +
      "d119e04d3a7211732e4060af0bbc8696dc4acafdb758c4ed20",
    secret:
      "52cfee006a1a43204a3bcee084c0f0f2dc291a5312a06d92b4d47f79af92a96a22e75c304adf87eba0059cc1e715f525da1fed6d" +
      "60f52d1f60f0c7e40d98edf4",
  },
};

/** The message of these digests (RFC 6979, A.2). */
const SAMPLE = utf8("sample");

function signTest(curve: CurveName): KnownAnswerTest {
  const { scalar, point, hash, digest, signature, generated } = ANSWERS[curve];
  return {
    source: "FIPS 186-5, 6.4.1 and A.2.1; RFC 6979, A.2",
    run(engine: Engine) {
      const key = engine.ecPrivate(curve, fromHex(scalar));
      const isRight =
        key !== undefined &&
        same(engine.ecGenerate(curve, constantRng), generated) &&
        same(key.publicPoint(), point) &&
        same(key.sign(fromHex(digest), hash), signature);
      key?.destroy();
      return isRight;
    },
  };
}

function verifyTest(curve: CurveName): KnownAnswerTest {
  const { point, hash, digest, signature } = ANSWERS[curve];
  return {
    source: "FIPS 186-5, 6.4.2; RFC 6979, A.2",
    run(engine: Engine) {
      const key = engine.ecPublic(curve, fromHex(point));
      if (key === undefined || engine.ecPublic(curve, changed(point)) !== undefined) return false;
      return (
        key.verify(fromHex(digest), fromHex(signature)) &&
        // Another digest: what accepts everything is no verification.
        !key.verify(changed(digest), fromHex(signature)) &&
        (key.verifyMessage?.(hash, SAMPLE, fromHex(signature)) ?? true) &&
        key.verifyMessage?.(hash, SAMPLE.subarray(1), fromHex(signature)) !== true
      );
    },
  };
}

function agreementTest(curve: CurveName): KnownAnswerTest {
  const { agreementScalar, peer, secret } = ANSWERS[curve];
  return {
    source: "SP 800-56A r3, 5.7.1.2; Wycheproof",
    run(engine: Engine) {
      const key = engine.ecPrivate(curve, fromHex(agreementScalar));
      const isRight = same(key?.agree(fromHex(peer)), secret) && key?.agree(changed(peer)) === undefined;
      key?.destroy();
      return isRight;
    },
  };
}

const each = <N extends string>(
  name: (curve: CurveName) => N,
  make: (curve: CurveName) => KnownAnswerTest,
): Readonly<Record<N, KnownAnswerTest>> =>
  Object.fromEntries((Object.keys(ANSWERS) as CurveName[]).map((curve) => [name(curve), make(curve)])) as Record<
    N,
    KnownAnswerTest
  >;

export const ellipticTests: Readonly<
  Record<`ECDSA ${CurveName} ${"sign" | "verify"}` | `ECDH ${CurveName}`, KnownAnswerTest>
> = {
  ...each((curve) => `ECDSA ${curve} sign` as const, signTest),
  ...each((curve) => `ECDSA ${curve} verify` as const, verifyTest),
  ...each((curve) => `ECDH ${curve}` as const, agreementTest),
};
