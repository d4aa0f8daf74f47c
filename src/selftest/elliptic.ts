/** Known answers of ECDSA and ECDH on the prime curves. */

import { fromHex } from "../bytes/bytes.ts";
import type { CurveName, Engine, Rng } from "../crypto/engine.ts";
import { changed, constantRng, type KnownAnswerTest, same } from "./known-answer.ts";

interface CurveAnswers {
  /** A key pair (RFC 6979, A.2.5 to A.2.7), and its signature of "sample" with the hash of the curve's size. */
  readonly scalar: string;
  readonly point: string;
  readonly digest: string;
  readonly signature: string;
  /** What FIPS 186-5, A.2.1 makes of constant bits. */
  readonly generated: string;
  /** The first valid case of Wycheproof's file for ECDH on the curve. */
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
};

/** RFC 6979, 3.6 with no extra input is the deterministic signature of 3.2, whose answers are published. */
const noHedge: Rng = () => new Uint8Array(0);

function signTest(curve: CurveName): KnownAnswerTest {
  const { scalar, point, digest, signature, generated } = ANSWERS[curve];
  return {
    source: "FIPS 186-5, 6.4.1 and A.2.1; RFC 6979, A.2",
    run(engine: Engine) {
      const key = engine.ecPrivate(curve, fromHex(scalar));
      const isRight =
        key !== undefined &&
        same(engine.ecGenerate(curve, constantRng), generated) &&
        same(key.publicPoint(), point) &&
        same(key.sign(fromHex(digest), noHedge), signature);
      key?.destroy();
      return isRight;
    },
  };
}

function verifyTest(curve: CurveName): KnownAnswerTest {
  const { point, digest, signature } = ANSWERS[curve];
  return {
    source: "FIPS 186-5, 6.4.2; RFC 6979, A.2",
    run(engine: Engine) {
      const key = engine.ecPublic(curve, fromHex(point));
      if (key === undefined || engine.ecPublic(curve, changed(point)) !== undefined) return false;
      return (
        key.verify(fromHex(digest), fromHex(signature)) &&
        // Another digest: what accepts everything is no verification.
        !key.verify(changed(digest), fromHex(signature))
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
