/**
 * ECDSA, ECDH and key generation beside noble and node:crypto: `npx tsx bench/bundled.ts bench/elliptic.ts [rounds] [part of a
 * name]`. noble is given what it has for stored keys too, a point with a table of its own.
 */

import { createPrivateKey, createPublicKey, diffieHellman, randomBytes, sign, verify } from "node:crypto";
import type { ECDSA } from "@noble/curves/abstract/weierstrass.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { CurveName, EcPrivateKey, EcPublicKey } from "../src/crypto/engine.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import { encodePkcs8 } from "../src/der/pkcs8.ts";
import { type Contest, consumption, line, run } from "./contest.ts";

const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const bit = (value: boolean): Uint8Array => Uint8Array.of(value ? 1 : 0);

type Least = Readonly<Record<"sign" | "stored" | "first" | "agree" | "generate", number>>;

function contests(curve: CurveName, noble: ECDSA, calls: number, least: Least): Contest[] {
  const digest = bytes(32);
  const scalar = pureEngine.ecGenerate(curve, bytes);
  const key = pureEngine.ecPrivate(curve, scalar) as EcPrivateKey;
  const point = key.publicPoint();
  const stored = pureEngine.ecPublic(curve, point) as EcPublicKey;
  const signature = key.sign(digest, bytes);
  const peer = (pureEngine.ecPrivate(curve, pureEngine.ecGenerate(curve, bytes)) as EcPrivateKey).publicPoint();
  const nodeKey = (d: Uint8Array, q: Uint8Array) => {
    const der = encodePkcs8({ type: "EC", curve, privateKey: d, point: q });
    return createPrivateKey({ format: "der", type: "pkcs8", key: Buffer.from(der) });
  };
  const privateKey = nodeKey(scalar, point);
  const publicKey = createPublicKey(privateKey);
  const other = createPublicKey(nodeKey(scalar, point));
  const options = { prehash: false, lowS: false } as const;
  const asNode = { dsaEncoding: "ieee-p1363" } as const;
  return [
    {
      name: `${curve} sign`,
      calls,
      rivals: {
        ours: () => key.sign(digest, bytes),
        noble: () => noble.sign(digest, scalar, { ...options, extraEntropy: bytes(32) }),
        "node:crypto (and a hash)": () => sign("sha256", digest, { key: privateKey, ...asNode }),
      },
      least: { noble: least.sign },
    },
    {
      name: `${curve} verify, stored key`,
      calls,
      rivals: {
        ours: () => bit(stored.verify(digest, signature)),
        noble: () => bit(noble.verify(signature, digest, point, options)),
        "node:crypto (and a hash)": () => bit(verify("sha256", digest, { key: publicKey, ...asNode }, signature)),
      },
      least: { noble: least.stored },
    },
    {
      name: `${curve} verify, first use`,
      calls,
      rivals: {
        ours: () => bit((pureEngine.ecPublic(curve, point) as EcPublicKey).verify(digest, signature)),
        noble: () => bit(noble.verify(signature, digest, point, options)),
      },
      least: { noble: least.first },
    },
    {
      name: `${curve} ECDH`,
      calls,
      rivals: {
        ours: () => key.agree(peer) as Uint8Array,
        noble: () => noble.getSharedSecret(scalar, peer),
        "node:crypto": () => diffieHellman({ privateKey, publicKey: other }),
      },
      least: { noble: least.agree },
    },
    {
      name: `${curve} key generation`,
      calls,
      rivals: {
        ours: () => (pureEngine.ecPrivate(curve, pureEngine.ecGenerate(curve, bytes)) as EcPrivateKey).publicPoint(),
        noble: () => noble.getPublicKey(noble.utils.randomSecretKey(), false),
      },
      least: { noble: least.generate },
    },
  ];
}

const TWICE: Least = { sign: 2, stored: 2, first: 2, agree: 2, generate: 2 };

export const elliptic: readonly Contest[] = [
  ...contests("P-256", p256, 20, { sign: 3, stored: 9, first: 3, agree: 3, generate: 3 }),
  ...contests("P-384", p384, 8, TWICE),
  ...contests("P-521", p521, 4, TWICE),
  ...contests("secp256k1", secp256k1, 20, TWICE),
];

const [rounds = "15", only = ""] = process.argv.slice(2);
for (const contest of elliptic.filter(({ name }) => name.includes(only))) {
  console.log(line(run(contest, Number(rounds)), contest.least));
}
if (consumption() === 256) console.log("never");
