/** Ed25519 and X25519 beside noble and node:crypto: `npx tsx bench/bundled.ts bench/edwards.ts [rounds] [part of a name]`. */

import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import type { EdPublicKey } from "../src/crypto/engine.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import { encodePkcs8 } from "../src/der/pkcs8.ts";
import { type Contest, consumption, line, run } from "./contest.ts";

const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const bit = (value: boolean): Uint8Array => Uint8Array.of(value ? 1 : 0);

const nodeKey = (type: "Ed25519" | "X25519", seed: Uint8Array) =>
  createPrivateKey({ format: "der", type: "pkcs8", key: Buffer.from(encodePkcs8({ type, seed })) });

const message = bytes(32);
const least = { noble: 2 };

function signatures(): Contest[] {
  const seed = bytes(32);
  const key = pureEngine.edPrivate(seed);
  const point = key.publicKey();
  const stored = pureEngine.edPublic(point) as EdPublicKey;
  const signature = key.sign(message, "pure");
  const privateKey = nodeKey("Ed25519", seed);
  const publicKey = createPublicKey(privateKey);
  const nobleVerify = () => bit(ed25519.verify(signature, message, point, { zip215: false }));
  return [
    {
      name: "Ed25519 sign",
      calls: 20,
      rivals: {
        ours: () => key.sign(message, "pure"),
        noble: () => ed25519.sign(message, seed),
        "node:crypto": () => sign(null, message, privateKey),
      },
      least,
    },
    {
      name: "Ed25519 verify, stored key",
      calls: 20,
      rivals: {
        ours: () => bit(stored.verify(message, signature, "pure")),
        noble: nobleVerify,
        "node:crypto": () => bit(verify(null, message, publicKey, signature)),
      },
      least,
    },
    {
      name: "Ed25519 verify, first use",
      calls: 20,
      rivals: {
        ours: () => bit((pureEngine.edPublic(point) as EdPublicKey).verify(message, signature, "pure")),
        noble: nobleVerify,
      },
      least,
    },
    {
      name: "Ed25519 key generation",
      calls: 20,
      rivals: {
        ours: () => pureEngine.edPrivate(bytes(32)).publicKey(),
        noble: () => ed25519.getPublicKey(ed25519.utils.randomSecretKey()),
        "node:crypto": () => bit(generateKeyPairSync("ed25519").publicKey.type === "public"),
      },
      least,
    },
  ];
}

function agreement(): Contest[] {
  const seed = bytes(32);
  const key = pureEngine.xPrivate("X25519", seed);
  const peerSeed = bytes(32);
  const peer = pureEngine.xPrivate("X25519", peerSeed).publicKey();
  const privateKey = nodeKey("X25519", seed);
  const publicKey = createPublicKey(nodeKey("X25519", peerSeed));
  return [
    {
      name: "X25519 agreement",
      calls: 20,
      rivals: {
        ours: () => key.agree(peer) as Uint8Array,
        noble: () => x25519.getSharedSecret(seed, peer),
        "node:crypto": () => diffieHellman({ privateKey, publicKey }),
      },
      least,
    },
    {
      name: "X25519 key generation",
      calls: 20,
      rivals: {
        ours: () => pureEngine.xPrivate("X25519", bytes(32)).publicKey(),
        noble: () => x25519.getPublicKey(x25519.utils.randomSecretKey()),
        "node:crypto": () => bit(generateKeyPairSync("x25519").publicKey.type === "public"),
      },
      least,
    },
  ];
}

export const edwards: readonly Contest[] = [...signatures(), ...agreement()];

const [rounds = "15", only = ""] = process.argv.slice(2);
for (const contest of edwards.filter(({ name }) => name.includes(only))) {
  console.log(line(run(contest, Number(rounds)), contest.least));
}
if (consumption() === 256) console.log("never");
