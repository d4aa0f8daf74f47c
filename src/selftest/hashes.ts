/** Known answers of the hash functions and of HMAC. */

import { fromHex, utf8 } from "../bytes/bytes.ts";
import type { HashName, XofName } from "../crypto/engine.ts";
import { type KnownAnswerTest, same } from "./known-answer.ts";

/** H("abc") (FIPS 180-4 and FIPS 202, NIST's example values; GB/T 32905-2016, A.1). */
const DIGESTS: Readonly<Record<HashName, string>> = {
  SHA1: "a9993e364706816aba3e25717850c26c9cd0d89d",
  SHA224: "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
  SHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  SHA384: "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
  SHA512:
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423" +
    "643ce80e2a9ac94fa54ca49f",
  SHA512_224: "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa",
  SHA512_256: "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23",
  SHA3_224: "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf",
  SHA3_256: "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
  SHA3_384: "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25",
  SHA3_512:
    "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4c" +
    "f408d5a56592f8274eec53f0",
  SM3: "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
};

/** HMAC("Hi There") under 20 bytes 0b (RFC 4231, 4.2; RFC 2202, 3, case 1; for SHA-3 and SM3, OpenSSL's). */
const MACS: Readonly<Record<HashName, string>> = {
  SHA1: "b617318655057264e28bc0b6fb378c8ef146be00",
  SHA224: "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22",
  SHA256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  SHA384: "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
  SHA512:
    "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914e" +
    "eb61f1702e696c203a126854",
  SHA512_224: "b244ba01307c0e7a8ccaad13b1067a4cf6b961fe0c6a20bda3d92039",
  SHA512_256: "9f9126c3d9c3c330d760425ca8a217e31feae31bfe70196ff81642b868402eab",
  SHA3_224: "3b16546bbc7be2706a031dcafd56373d9884367641d8c59af3c860f7",
  SHA3_256: "ba85192310dffa96e2a3a40e69774351140bb7185e1202cdcc917589f95e16bb",
  SHA3_384: "68d2dcf7fd4ddd0a2240c8a437305f61fb7334cfb5d0226e1bc27dc10a2e723a20d370b47743130e26ac7e3d532886bd",
  SHA3_512:
    "eb3fbd4b2eaab8f5c504bd3a41465aacec15770a7cabac531e482f860b5ec7ba47ccb2c6f2afce8f88d22b6dc61380f23a668fd3" +
    "888bb80537c0a0b86407689e",
  SM3: "51b00d1fb49832bfb01c3ce27848e59f871d9ba938dc563b338ca964755cce70",
};

const MAC_KEY = fromHex("0b".repeat(20));
const MAC_DATA = utf8("Hi There");

function hashTest(hash: HashName): KnownAnswerTest {
  const data = utf8("abc");
  return {
    source: hash === "SM3" ? "GB/T 32905-2016, A.1" : "FIPS 180-4, FIPS 202: NIST's example values",
    run(engine) {
      const state = engine.hash(hash);
      state.update(data.subarray(0, 1));
      state.update(data.subarray(1));
      return same(engine.digest(hash, data), DIGESTS[hash]) && same(state.digest(), DIGESTS[hash]);
    },
  };
}

function hmacTest(hash: HashName): KnownAnswerTest {
  return {
    source: "FIPS 198-1; RFC 4231, 4.2; RFC 2202, 3; OpenSSL",
    run(engine) {
      const key = engine.hmac(hash, MAC_KEY);
      const state = key.start();
      state.update(MAC_DATA);
      const isRight = same(key.mac(MAC_DATA), MACS[hash]) && same(state.digest(), MACS[hash]);
      key.destroy();
      return isRight;
    },
  };
}

/** XOF("abc") (FIPS 202; OpenSSL). */
const XOFS: Readonly<Record<XofName, string>> = {
  SHAKE128: "5881092dd818bf5cf8a3ddb793fbcba74097d5c526a6d35f97b83351940f2cc8",
  SHAKE256:
    "483366601360a8771c6863080cc4114d8db44530f8f1e1ee4f94ea37e78b5739" +
    "d5a15bef186a5386c75744c0527e1faa9f8726e462a12a4feb06bd8801e751e4",
};

function xofTest(xof: XofName): KnownAnswerTest {
  return {
    source: "FIPS 202, 6.2; OpenSSL",
    run(engine) {
      const state = engine.xof(xof, XOFS[xof].length / 2);
      state.update(utf8("abc"));
      return same(state.digest(), XOFS[xof]);
    },
  };
}

export const xofTests: Readonly<Record<XofName, KnownAnswerTest>> = {
  SHAKE128: xofTest("SHAKE128"),
  SHAKE256: xofTest("SHAKE256"),
};

const hashNames = Object.keys(DIGESTS) as HashName[];

export const hashTests: Readonly<Record<HashName, KnownAnswerTest>> = Object.fromEntries(
  hashNames.map((hash) => [hash, hashTest(hash)]),
) as Record<HashName, KnownAnswerTest>;

export const hmacTests: Readonly<Record<`HMAC-${HashName}`, KnownAnswerTest>> = Object.fromEntries(
  hashNames.map((hash) => [`HMAC-${hash}`, hmacTest(hash)]),
) as Record<`HMAC-${HashName}`, KnownAnswerTest>;
