/**
 * ECDSA, ECDH and key generation on the curves of NIST, on secp256k1 and brainpoolP256r1. noble is given what it has for stored keys too, a
 * point with a table of its own.
 */

import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, sign, verify } from "node:crypto";
import type { ECDSA } from "@noble/curves/abstract/weierstrass.js";
import { brainpoolP256r1 } from "@noble/curves/misc.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { EcPrivateKey, EcPublicKey } from "../src/crypto/engine.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import { encodePkcs8 } from "../src/der/pkcs8.ts";
import { type Absent, type Call, type Contest, once, type Rivals, type Slow } from "./contest.ts";
import { bytes, hexOf } from "./inputs.ts";
import { peer, using } from "./peer.ts";

type Operation = "sign" | "stored" | "first" | "agree" | "generate";
type Least = Readonly<Record<Operation, number>>;

/** What elliptic 6 has; it takes points and scalars as it likes. */
interface Elliptic {
  readonly ec: new (
    curve: string,
  ) => {
    keyFromPrivate(scalar: Uint8Array): EllipticKey;
    keyFromPublic(point: Uint8Array): EllipticKey;
    genKeyPair(): EllipticKey;
  };
}
interface EllipticKey {
  sign(digest: Uint8Array): object;
  verify(digest: Uint8Array, signature: object): boolean;
  derive(point: unknown): unknown;
  getPublic(): unknown;
}

/** What jsrsasign 11 has; everything in hexadecimal, signatures as DER. */
interface Jsrsasign {
  readonly KJUR: { readonly crypto: { readonly ECDSA: new (of: { curve: string }) => JsrsasignEcdsa } };
}
interface JsrsasignEcdsa {
  generateKeyPairHex(): { readonly ecprvhex: string; readonly ecpubhex: string };
  signHex(digest: string, privateKey: string): string;
  verifyHex(digest: string, signature: string, publicKey: string): boolean;
}

type Curve = "P-256" | "P-384" | "P-521" | "secp256k1" | "brainpoolP256r1";

interface Names {
  readonly openssl: string;
  /** Of those that have the curve; jsrsasign's half a second on P-521 is too long to wait for. */
  readonly elliptic?: string;
  readonly jsrsasign?: string;
}

// biome-ignore format: a table
const NAMES: Readonly<Record<Curve, Names>> = {
  "P-256":         { openssl: "prime256v1",      elliptic: "p256",      jsrsasign: "secp256r1" },
  "P-384":         { openssl: "secp384r1",       elliptic: "p384",      jsrsasign: "secp384r1" },
  "P-521":         { openssl: "secp521r1",       elliptic: "p521" },
  secp256k1:       { openssl: "secp256k1",       elliptic: "secp256k1", jsrsasign: "secp256k1" },
  brainpoolP256r1: { openssl: "brainpoolP256r1" },
};

/** On P-256. */
const HEADLINES: readonly Operation[] = ["sign", "stored", "agree"];

function keysOn(curve: Curve) {
  const digest = bytes(32);
  const scalar = pureEngine.ecGenerate(curve, bytes);
  const key = pureEngine.ecPrivate(curve, scalar) as EcPrivateKey;
  const point = key.publicPoint();
  const peerPoint = (pureEngine.ecPrivate(curve, pureEngine.ecGenerate(curve, bytes)) as EcPrivateKey).publicPoint();
  const nodeKey = (d: Uint8Array, q: Uint8Array) => {
    const der = encodePkcs8({ type: "EC", curve, privateKey: d, point: q });
    return createPrivateKey({ format: "der", type: "pkcs8", key: Buffer.from(der) });
  };
  const privateKey = nodeKey(scalar, point);
  return {
    digest,
    scalar,
    key,
    point,
    peerPoint,
    signature: key.sign(digest, bytes),
    privateKey,
    publicKey: createPublicKey(privateKey),
  };
}

function onCurve(
  curve: Curve,
  noble: ECDSA,
  calls: number,
  least: Least | undefined,
  quick: readonly Operation[] = [],
): Contest[] {
  const keys = once(() => keysOn(curve));
  const names = NAMES[curve];
  const slower = (found: Call | Absent, times: number): Slow | Absent =>
    typeof found === "function" ? { calls: Math.ceil(calls / times), call: found } : found;
  const elliptic = async (call: (ec: InstanceType<Elliptic["ec"]>) => Call): Promise<Rivals> => {
    const { elliptic: name } = names;
    if (name === undefined) return {};
    return {
      elliptic: slower(
        using(await peer<Elliptic>("elliptic"), ({ ec }) => call(new ec(name))),
        4,
      ),
    };
  };
  const jsrsasign = async (call: (ec: JsrsasignEcdsa) => Call): Promise<Rivals> => {
    const { jsrsasign: name } = names;
    if (name === undefined) return {};
    const found = using(await peer<Jsrsasign>("jsrsasign"), ({ KJUR }) => call(new KJUR.crypto.ECDSA({ curve: name })));
    return { jsrsasign: slower(found, 20) };
  };
  const common = (operation: Operation) =>
    ({
      layer: "engine",
      group: curve,
      calls,
      ...(least && { least: { noble: least[operation] } }),
      quick: quick.includes(operation),
      ...(curve === "P-256" && HEADLINES.includes(operation) ? { headline: "noble" } : {}),
    }) as const;
  const options = { prehash: false, lowS: false } as const;
  const asNode = { dsaEncoding: "ieee-p1363" } as const;
  return [
    {
      ...common("sign"),
      name: `${curve} sign`,
      rivals: async () => {
        const { key, digest, scalar, privateKey } = keys();
        return {
          ours: () => key.sign(digest, bytes),
          "node:crypto (and a hash)": () => sign("sha256", digest, { key: privateKey, ...asNode }),
          noble: () => noble.sign(digest, scalar, { ...options, extraEntropy: bytes(32) }),
          ...(await elliptic((ec) => {
            const own = ec.keyFromPrivate(scalar);
            return () => own.sign(digest);
          })),
          ...(await jsrsasign((ec) => {
            const [hash, secret] = [hexOf(digest), hexOf(scalar)];
            return () => ec.signHex(hash, secret);
          })),
        };
      },
    },
    {
      ...common("stored"),
      name: `${curve} verify, stored key`,
      rivals: async () => {
        const { digest, point, scalar, signature, publicKey } = keys();
        const stored = pureEngine.ecPublic(curve, point) as EcPublicKey;
        return {
          ours: () => stored.verify(digest, signature),
          "node:crypto (and a hash)": () => verify("sha256", digest, { key: publicKey, ...asNode }, signature),
          noble: () => noble.verify(signature, digest, point, options),
          ...(await elliptic((ec) => {
            const own = ec.genKeyPair();
            const signed = own.sign(digest);
            return () => own.verify(digest, signed);
          })),
          ...(await jsrsasign((ec) => {
            const [hash, key] = [hexOf(digest), hexOf(point)];
            const signed = ec.signHex(hash, hexOf(scalar));
            return () => ec.verifyHex(hash, signed, key);
          })),
        };
      },
    },
    {
      ...common("first"),
      name: `${curve} verify, first use`,
      rivals: () => {
        const { digest, point, signature, publicKey } = keys();
        const spki = publicKey.export({ format: "der", type: "spki" });
        return {
          ours: () => (pureEngine.ecPublic(curve, point) as EcPublicKey).verify(digest, signature),
          "node:crypto (and a hash)": () => {
            const key = createPublicKey({ format: "der", type: "spki", key: spki });
            return verify("sha256", digest, { key, ...asNode }, signature);
          },
          noble: () => noble.verify(signature, digest, point, options),
        };
      },
    },
    {
      ...common("agree"),
      name: `${curve} ECDH`,
      rivals: async () => {
        const { key, peerPoint, scalar, privateKey, publicKey } = keys();
        return {
          ours: () => key.agree(peerPoint),
          "node:crypto": () => diffieHellman({ privateKey, publicKey }),
          noble: () => noble.getSharedSecret(scalar, peerPoint),
          ...(await elliptic((ec) => {
            const [own, other] = [ec.genKeyPair(), ec.genKeyPair()];
            return () => own.derive(other.getPublic());
          })),
        };
      },
    },
    {
      ...common("generate"),
      name: `${curve} key generation`,
      rivals: async () => ({
        ours: () => (pureEngine.ecPrivate(curve, pureEngine.ecGenerate(curve, bytes)) as EcPrivateKey).publicPoint(),
        "node:crypto": () => generateKeyPairSync("ec", { namedCurve: names.openssl }),
        noble: () => noble.getPublicKey(noble.utils.randomSecretKey(), false),
        ...(await elliptic((ec) => () => ec.genKeyPair().getPublic())),
        ...(await jsrsasign((ec) => () => ec.generateKeyPairHex())),
      }),
    },
  ];
}

const TWICE: Least = { sign: 2, stored: 2, first: 2, agree: 2, generate: 2 };
const ALL: readonly Operation[] = ["sign", "stored", "first", "agree", "generate"];

export const contests: readonly Contest[] = [
  ...onCurve("P-256", p256, 20, { sign: 3, stored: 9, first: 3, agree: 3, generate: 3 }, ALL),
  ...onCurve("P-384", p384, 8, TWICE, ["sign", "stored"]),
  ...onCurve("P-521", p521, 4, TWICE, ["sign", "stored"]),
  ...onCurve("secp256k1", secp256k1, 20, TWICE, ["sign", "stored"]),
  ...onCurve("brainpoolP256r1", brainpoolP256r1, 8, undefined),
];
