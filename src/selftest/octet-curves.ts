/** Known answers of EdDSA, X25519 and X448. */

import { fromHex } from "../bytes/bytes.ts";
import type { EdVariant, Engine, XCurveName } from "../crypto/engine.ts";
import { changed, type KnownAnswerTest, same } from "./known-answer.ts";

type EdwardsCurve = "Ed25519" | "Ed448";

interface Signed {
  readonly variant: EdVariant;
  readonly seed: string;
  readonly publicKey: string;
  /** For the prehashed variant, PH(M). */
  readonly message: string;
  readonly context: string;
  readonly signature: string;
}

const SHA512_ABC =
  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
const SHAKE256_ABC =
  "483366601360a8771c6863080cc4114d8db44530f8f1e1ee4f94ea37e78b5739" +
  "d5a15bef186a5386c75744c0527e1faa9f8726e462a12a4feb06bd8801e751e4";

const SIGNED: Readonly<Record<EdwardsCurve, readonly Signed[]>> = {
  Ed25519: [
    {
      variant: "pure",
      seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
      message: "af82",
      context: "",
      signature:
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    },
    {
      variant: "prehashed",
      seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
      publicKey: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
      message: SHA512_ABC,
      context: "",
      signature:
        "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41" +
        "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406",
    },
  ],
  Ed448: [
    {
      variant: "pure",
      seed: "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e",
      publicKey:
        "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb82169c235160627b4c3a9480",
      message: "03",
      context: "666f6f",
      signature:
        "d4f8f6131770dd46f40867d6fd5d5055de43541f8c5e35abbcd001b32a89f7d2151f7647f11d8ca2ae279fb842d607217fce6e042f6815ea00" +
        "0c85741de5c8da1144a6a1aba7f96de42505d7a7298524fda538fccbbb754f578c1cad10d54d0d5428407e85dcbc98a49155c13764e66c3c00",
    },
    {
      variant: "prehashed",
      seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42ef7822e0d5104127dc05d6dbefde69e3ab2cec7c867c6e2c49",
      publicKey:
        "259b71c19f83ef77a7abd26524cbdb3161b590a48f7d17de3ee0ba9c52beb743c09428a131d6b1b57303d90d8132c276d5ed3d5d01c0f53880",
      message: SHAKE256_ABC,
      context: "",
      signature:
        "822f6901f7480f3d5f562c592994d9693602875614483256505600bbc281ae381f54d6bce2ea911574932f52a4e6cadd78769375ec3ffd1b80" +
        "1a0d9b3f4030cd433964b6457ea39476511214f97469b57dd32dbc560a9a94d00bff07620464a3ad203df7dc7ce360c3cd3696d9d9fab90f00",
    },
  ],
};

/** RFC 7748, 6.1 and 6.2: Alice's private and public key, Bob's public key, their secret. */
const AGREED: Readonly<Record<XCurveName, readonly [string, string, string, string]>> = {
  X25519: [
    "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
  ],
  X448: [
    "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
    "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0",
    "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609",
    "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d",
  ],
};

const SOURCES: Readonly<Record<EdwardsCurve, string>> = {
  Ed25519: "FIPS 186-5, 7; RFC 8032, 7.1 and 7.3",
  Ed448: "FIPS 186-5, 7; RFC 8032, 7.4 and 7.5",
};

function signTest(curve: EdwardsCurve): KnownAnswerTest {
  const run = (engine: Engine, { variant, seed, message, context, signature }: Signed): boolean => {
    // Ed25519 has no context here and does not look at the last argument.
    const key = curve === "Ed25519" ? engine.edPrivate(fromHex(seed)) : engine.ed448Private(fromHex(seed));
    // The public key is hashed into the signature.
    const isRight = same(key.sign(fromHex(message), variant, fromHex(context)), signature);
    key.destroy();
    return isRight;
  };
  return { source: SOURCES[curve], run: (engine) => SIGNED[curve].every((signed) => run(engine, signed)) };
}

/** The neutral element: under a public key of small order there are signatures that nobody made. */
const NEUTRAL: Readonly<Record<EdwardsCurve, string>> = {
  Ed25519: `01${"00".repeat(31)}`,
  Ed448: `01${"00".repeat(56)}`,
};

function verifyTest(curve: EdwardsCurve): KnownAnswerTest {
  const publicKeyOf = (engine: Engine, point: string) =>
    curve === "Ed25519" ? engine.edPublic(fromHex(point)) : engine.ed448Public(fromHex(point));
  const run = (engine: Engine, { variant, publicKey, message, context, signature }: Signed): boolean => {
    const key = publicKeyOf(engine, publicKey);
    const verify = (given: Uint8Array): boolean =>
      key?.verify(given, fromHex(signature), variant, fromHex(context)) === true;
    // One refusal a curve: what accepts everything is no verification.
    return verify(fromHex(message)) && (variant === "prehashed" || !verify(changed(message)));
  };
  return {
    source: SOURCES[curve],
    run: (engine) =>
      SIGNED[curve].every((signed) => run(engine, signed)) && publicKeyOf(engine, NEUTRAL[curve]) === undefined,
  };
}

function agreementTest(curve: XCurveName, source: string): KnownAnswerTest {
  const [privateKey, publicKey, peer, secret] = AGREED[curve];
  return {
    source,
    run(engine) {
      const key = engine.xPrivate(curve, fromHex(privateKey));
      // The neutral element gives zero, which is refused (RFC 7748, 6).
      const isRight =
        same(key.publicKey(), publicKey) &&
        same(key.agree(fromHex(peer)), secret) &&
        key.agree(new Uint8Array(fromHex(peer).length)) === undefined;
      key.destroy();
      return isRight;
    },
  };
}

export const octetCurveTests: Readonly<Record<`${EdwardsCurve} ${"sign" | "verify"}` | XCurveName, KnownAnswerTest>> = {
  "Ed25519 sign": signTest("Ed25519"),
  "Ed25519 verify": verifyTest("Ed25519"),
  "Ed448 sign": signTest("Ed448"),
  "Ed448 verify": verifyTest("Ed448"),
  X25519: agreementTest("X25519", "RFC 7748, 6.1"),
  X448: agreementTest("X448", "RFC 7748, 6.2"),
};
