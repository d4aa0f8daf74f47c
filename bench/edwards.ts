/** Ed25519 and X25519 (RFC 8032, RFC 7748). */

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
import { type Contest, once } from "./contest.ts";

const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

const nodeKey = (type: "Ed25519" | "X25519", seed: Uint8Array) =>
  createPrivateKey({ format: "der", type: "pkcs8", key: Buffer.from(encodePkcs8({ type, seed })) });

const common = { layer: "engine", group: "Curve25519", calls: 20, least: { noble: 2 } } as const;

const signing = once(() => {
  const seed = bytes(32);
  const message = bytes(32);
  const key = pureEngine.edPrivate(seed);
  const privateKey = nodeKey("Ed25519", seed);
  const publicKey = createPublicKey(privateKey);
  return {
    seed,
    message,
    key,
    point: key.publicKey(),
    signature: key.sign(message, "pure"),
    privateKey,
    publicKey,
    spki: publicKey.export({ format: "der", type: "spki" }),
  };
});

const signatures: readonly Contest[] = [
  {
    ...common,
    name: "Ed25519 sign",
    quick: true,
    rivals: () => {
      const { key, message, seed, privateKey } = signing();
      return {
        ours: () => key.sign(message, "pure"),
        "node:crypto": () => sign(null, message, privateKey),
        noble: () => ed25519.sign(message, seed),
      };
    },
  },
  {
    ...common,
    name: "Ed25519 verify, stored key",
    quick: true,
    rivals: () => {
      const { message, signature, point, publicKey } = signing();
      const stored = pureEngine.edPublic(point) as EdPublicKey;
      return {
        ours: () => stored.verify(message, signature, "pure"),
        "node:crypto": () => verify(null, message, publicKey, signature),
        noble: () => ed25519.verify(signature, message, point, { zip215: false }),
      };
    },
  },
  {
    ...common,
    name: "Ed25519 verify, first use",
    rivals: () => {
      const { message, signature, point, spki } = signing();
      return {
        ours: () => (pureEngine.edPublic(point) as EdPublicKey).verify(message, signature, "pure"),
        "node:crypto": () =>
          verify(null, message, createPublicKey({ format: "der", type: "spki", key: spki }), signature),
        noble: () => ed25519.verify(signature, message, point, { zip215: false }),
      };
    },
  },
  {
    ...common,
    name: "Ed25519 key generation",
    rivals: () => ({
      ours: () => pureEngine.edPrivate(bytes(32)).publicKey(),
      "node:crypto": () => generateKeyPairSync("ed25519"),
      noble: () => ed25519.getPublicKey(ed25519.utils.randomSecretKey()),
    }),
  },
];

const agreement: readonly Contest[] = [
  {
    ...common,
    name: "X25519 agreement",
    quick: true,
    rivals: () => {
      const [seed, peerSeed] = [bytes(32), bytes(32)];
      const key = pureEngine.xPrivate("X25519", seed);
      const peer = pureEngine.xPrivate("X25519", peerSeed).publicKey();
      const privateKey = nodeKey("X25519", seed);
      const publicKey = createPublicKey(nodeKey("X25519", peerSeed));
      return {
        ours: () => key.agree(peer),
        "node:crypto": () => diffieHellman({ privateKey, publicKey }),
        noble: () => x25519.getSharedSecret(seed, peer),
      };
    },
  },
  {
    ...common,
    name: "X25519 key generation",
    rivals: () => ({
      ours: () => pureEngine.xPrivate("X25519", bytes(32)).publicKey(),
      "node:crypto": () => generateKeyPairSync("x25519"),
      noble: () => x25519.getPublicKey(x25519.utils.randomSecretKey()),
    }),
  },
];

export const contests: readonly Contest[] = [...signatures, ...agreement];
