/** The curves as Node and the standards have them, beside what the code says of them. */

import type { CurveName } from "../../src/crypto/engine.ts";

export interface Domain {
  /** Node's name. */
  readonly node: string;
  readonly p: bigint;
  readonly order: bigint;
}

export const domains: Readonly<Record<CurveName, Domain>> = {
  "P-224": {
    node: "secp224r1",
    p: 2n ** 224n - 2n ** 96n + 1n,
    order: 0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3dn,
  },
  "P-256": {
    node: "prime256v1",
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  "P-384": {
    node: "secp384r1",
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    order: BigInt("0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
  },
  "P-521": {
    node: "secp521r1",
    p: 2n ** 521n - 1n,
    order: BigInt(
      "0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa" +
        "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ),
  },
  secp256k1: {
    node: "secp256k1",
    p: 2n ** 256n - 2n ** 32n - 977n,
    order: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  },
  brainpoolP256r1: {
    node: "brainpoolP256r1",
    p: 0xa9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377n,
    order: 0xa9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7n,
  },
  brainpoolP384r1: {
    node: "brainpoolP384r1",
    p: BigInt("0x8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53"),
    order: BigInt("0x8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565"),
  },
  brainpoolP512r1: {
    node: "brainpoolP512r1",
    p: BigInt(
      "0xaadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330871" +
        "7d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
    ),
    order: BigInt(
      "0xaadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870" +
        "553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
    ),
  },
};

export const curveNames: readonly CurveName[] = Object.keys(domains) as CurveName[];
