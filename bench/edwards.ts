/** Ed25519 and X25519, Ed448 and X448. */

import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, sign, verify } from "node:crypto";
import { ed448, x448 } from "@noble/curves/ed448.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import type { Ed448PublicKey, EdPublicKey } from "../src/crypto/engine.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import { encodePkcs8 } from "../src/der/pkcs8.ts";
import { type Contest, once } from "./contest.ts";
import { bytes } from "./inputs.ts";
import { peer, using } from "./peer.ts";

const nodeKey = (type: "Ed25519" | "X25519" | "Ed448" | "X448", seed: Uint8Array) =>
  createPrivateKey({ format: "der", type: "pkcs8", key: Buffer.from(encodePkcs8({ type, seed })) });

const message = bytes(32);
const NONE = new Uint8Array(0);

interface StableEd25519 {
  generateKeyPairFromSeed(seed: Uint8Array): { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
  sign(secretKey: Uint8Array, message: Uint8Array): Uint8Array;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}
interface StableX25519 {
  sharedKey(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array;
}

const ed = once(() => {
  const seed = bytes(32);
  const key = pureEngine.edPrivate(seed);
  const point = key.publicKey();
  const privateKey = nodeKey("Ed25519", seed);
  return {
    seed,
    key,
    point,
    signature: key.sign(message, "pure"),
    privateKey,
    publicKey: createPublicKey(privateKey),
  };
});

const montgomery = once(() => {
  const seed = bytes(32);
  const otherSeed = bytes(32);
  return {
    seed,
    key: pureEngine.xPrivate("X25519", seed),
    other: pureEngine.xPrivate("X25519", otherSeed).publicKey(),
    privateKey: nodeKey("X25519", seed),
    publicKey: createPublicKey(nodeKey("X25519", otherSeed)),
  };
});

const stableEd25519 = (make: (library: StableEd25519, secretKey: Uint8Array) => () => unknown) =>
  peer<StableEd25519>("@stablelib/ed25519").then((found) =>
    using(found, (library) => make(library, library.generateKeyPairFromSeed(ed().seed).secretKey)),
  );

const common = { layer: "engine", calls: 20, least: { noble: 2 } } as const;
/** Without targets: they are noble's own (docs/decisions.md, "Ed25519 and X25519"). */
const on448 = { layer: "engine", group: "Ed448 and X448", calls: 4 } as const;
const onEdwards = { ...common, group: "Ed25519" } as const;
const onMontgomery = { ...common, group: "X25519" } as const;

export const contests: readonly Contest[] = [
  {
    ...onEdwards,
    name: "Ed25519 sign",
    quick: true,
    headline: "noble",
    rivals: async () => {
      const { key, seed, privateKey } = ed();
      return {
        ours: () => key.sign(message, "pure"),
        "node:crypto": () => sign(null, message, privateKey),
        noble: () => ed25519.sign(message, seed),
        "@stablelib": await stableEd25519((library, secretKey) => () => library.sign(secretKey, message)),
      };
    },
  },
  {
    ...onEdwards,
    name: "Ed25519 verify, stored key",
    quick: true,
    rivals: async () => {
      const { point, signature, publicKey } = ed();
      const stored = pureEngine.edPublic(point) as EdPublicKey;
      return {
        ours: () => stored.verify(message, signature, "pure"),
        "node:crypto": () => verify(null, message, publicKey, signature),
        noble: () => ed25519.verify(signature, message, point, { zip215: false }),
        "@stablelib": await stableEd25519((library) => () => library.verify(point, message, signature)),
      };
    },
  },
  {
    ...onEdwards,
    name: "Ed25519 verify, first use",
    rivals: () => {
      const { point, signature, publicKey } = ed();
      const spki = publicKey.export({ format: "der", type: "spki" });
      return {
        ours: () => (pureEngine.edPublic(point) as EdPublicKey).verify(message, signature, "pure"),
        "node:crypto": () =>
          verify(null, message, createPublicKey({ format: "der", type: "spki", key: spki }), signature),
        noble: () => ed25519.verify(signature, message, point, { zip215: false }),
      };
    },
  },
  {
    ...onEdwards,
    name: "Ed25519 key generation",
    rivals: () => ({
      ours: () => pureEngine.edPrivate(bytes(32)).publicKey(),
      "node:crypto": () => generateKeyPairSync("ed25519"),
      noble: () => ed25519.getPublicKey(ed25519.utils.randomSecretKey()),
    }),
  },
  {
    ...onMontgomery,
    name: "X25519 agreement",
    quick: true,
    rivals: async () => {
      const { key, other, seed, privateKey, publicKey } = montgomery();
      return {
        ours: () => key.agree(other),
        "node:crypto": () => diffieHellman({ privateKey, publicKey }),
        noble: () => x25519.getSharedSecret(seed, other),
        "@stablelib": using(
          await peer<StableX25519>("@stablelib/x25519"),
          (library) => () => library.sharedKey(seed, other),
        ),
      };
    },
  },
  {
    ...onMontgomery,
    name: "X25519 key generation",
    rivals: () => ({
      ours: () => pureEngine.xPrivate("X25519", bytes(32)).publicKey(),
      "node:crypto": () => generateKeyPairSync("x25519"),
      noble: () => x25519.getPublicKey(x25519.utils.randomSecretKey()),
    }),
  },
  {
    ...{ ...on448, name: "Ed448 sign" },
    rivals: () => {
      const seed = bytes(57);
      const [key, privateKey] = [pureEngine.ed448Private(seed), nodeKey("Ed448", seed)];
      return {
        ours: () => key.sign(message, "pure", NONE),
        "node:crypto": () => sign(null, message, privateKey),
        noble: () => ed448.sign(message, seed),
      };
    },
  },
  {
    ...{ ...on448, name: "Ed448 verify, stored key" },
    rivals: () => {
      const seed = bytes(57);
      const key = pureEngine.ed448Private(seed);
      const [point, signature] = [key.publicKey(), key.sign(message, "pure", NONE)];
      const stored = pureEngine.ed448Public(point) as Ed448PublicKey;
      const publicKey = createPublicKey(nodeKey("Ed448", seed));
      return {
        ours: () => stored.verify(message, signature, "pure", NONE),
        "node:crypto": () => verify(null, message, publicKey, signature),
        noble: () => ed448.verify(signature, message, point, { zip215: false }),
      };
    },
  },
  {
    ...{ ...on448, name: "X448 agreement" },
    rivals: () => {
      const [seed, otherSeed] = [bytes(56), bytes(56)];
      const key = pureEngine.xPrivate("X448", seed);
      const other = pureEngine.xPrivate("X448", otherSeed).publicKey();
      const [privateKey, publicKey] = [nodeKey("X448", seed), createPublicKey(nodeKey("X448", otherSeed))];
      return {
        ours: () => key.agree(other),
        "node:crypto": () => diffieHellman({ privateKey, publicKey }),
        noble: () => x448.getSharedSecret(seed, other),
      };
    },
  },
];
