/** SM2, SM3 and SM4 beside sm-crypto-v2, whose public keys are prepared too; node:crypto has SM3, and SM4 in CBC. */

import { createCipheriv, createHash } from "node:crypto";
import type { Sm2PrivateKey, Sm2PublicKey } from "../src/crypto/engine.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import { type Absent, type Call, type Contest, once } from "./contest.ts";
import { bytes, callsFor, hexOf, sizeName } from "./inputs.ts";
import { peer, using } from "./peer.ts";

const SM = "sm-crypto-v2";

/** What sm-crypto-v2 1.15 has; keys, signatures and ciphertexts are hexadecimal, and order 1 is C1 ‖ C3 ‖ C2. */
interface SmCrypto {
  readonly sm2: {
    generateKeyPairHex(): object;
    precomputePublicKey(point: string): object;
    doSignature(digest: Uint8Array, privateKey: string): string;
    doVerifySignature(digest: Uint8Array, signature: string, publicKey: object): boolean;
    doEncrypt(message: Uint8Array, publicKey: object, order: 1): string;
    doDecrypt(ciphertext: string, privateKey: string, order: 1, options: { output: "array" }): Uint8Array;
    ecdh(privateKey: string, point: string): Uint8Array;
  };
  readonly sm3: (message: Uint8Array, options?: { key: Uint8Array }) => string;
  readonly sm4: { encrypt(message: Uint8Array, key: Uint8Array, options: object): Uint8Array };
}

const theirs = async (call: (library: SmCrypto) => Call): Promise<Call | Absent> =>
  using(await peer<SmCrypto>("sm-crypto-v2"), call);

const sm2 = once(() => {
  const scalar = pureEngine.sm2Generate(bytes);
  const key = pureEngine.sm2Private(scalar) as Sm2PrivateKey;
  const point = key.publicPoint();
  const stored = pureEngine.sm2Public(point) as Sm2PublicKey;
  const [digest, message] = [bytes(32), bytes(32)];
  const [signature, ciphertext] = [key.sign(digest, bytes), stored.encrypt(message, bytes)];
  return { key, point, stored, digest, message, signature, ciphertext, secret: hexOf(scalar) };
});

const onCurve = { layer: "engine", group: "SM2", calls: 5 } as const;

function sm3(length: number): Contest {
  return {
    ...{ layer: "engine", group: "SM3 and SM4", name: `SM3 ${sizeName(length)}` },
    ...{ bytes: length, calls: callsFor(length, 500) },
    rivals: async () => {
      const data = bytes(length);
      return {
        ours: () => pureEngine.digest("SM3", data),
        "node:crypto": () => createHash("sm3").update(data).digest(),
        [SM]: await theirs((library) => () => library.sm3(data)),
      };
    },
  };
}

function sm4(length: number): Contest[] {
  const common = { layer: "engine", group: "SM3 and SM4", bytes: length, calls: callsFor(length, 500) } as const;
  const setUp = () => {
    const [key, iv, data] = [bytes(16), bytes(16), bytes(length)] as const;
    return { key, iv, data, prepared: pureEngine.sm4(key) };
  };
  return [
    {
      ...common,
      name: `SM4-CBC ${sizeName(length)}`,
      rivals: async () => {
        const { key, iv, data, prepared } = setUp();
        const options = { mode: "cbc", iv, padding: "none", output: "array" };
        return {
          ours: () => prepared.cbcEncrypt(iv, data),
          "node:crypto": () => {
            const cipher = createCipheriv("sm4-cbc", key, iv).setAutoPadding(false);
            return Buffer.concat([cipher.update(data), cipher.final()]);
          },
          [SM]: await theirs((library) => () => library.sm4.encrypt(data, key, options)),
        };
      },
    },
    {
      ...common,
      name: `SM4-GCM seal ${sizeName(length)}`,
      rivals: async () => {
        const { key, iv, data, prepared } = setUp();
        const nonce = iv.subarray(4);
        const options = { mode: "gcm", iv: nonce, associatedData: iv, output: "array", outputTag: true };
        return {
          ours: () => prepared.gcmSeal(nonce, iv, data, 16),
          [SM]: await theirs((library) => () => library.sm4.encrypt(data, key, options)),
        };
      },
    },
  ];
}

export const contests: readonly Contest[] = [
  {
    ...{ ...onCurve, name: "SM2 sign" },
    rivals: async () => {
      const { key, digest, secret } = sm2();
      return {
        ours: () => key.sign(digest, bytes),
        [SM]: await theirs((library) => () => library.sm2.doSignature(digest, secret)),
      };
    },
  },
  {
    ...{ ...onCurve, name: "SM2 verify, stored key" },
    rivals: async () => {
      const { stored, point, digest, signature } = sm2();
      return {
        ours: () => stored.verify(digest, signature),
        [SM]: await theirs((library) => {
          const [own, signed] = [library.sm2.precomputePublicKey(hexOf(point)), hexOf(signature)];
          return () => library.sm2.doVerifySignature(digest, signed, own);
        }),
      };
    },
  },
  {
    ...{ ...onCurve, name: "SM2 encrypt 32 B" },
    rivals: async () => {
      const { stored, point, message } = sm2();
      return {
        ours: () => stored.encrypt(message, bytes),
        [SM]: await theirs((library) => {
          const own = library.sm2.precomputePublicKey(hexOf(point));
          return () => library.sm2.doEncrypt(message, own, 1);
        }),
      };
    },
  },
  {
    ...{ ...onCurve, name: "SM2 decrypt 32 B" },
    rivals: async () => {
      const { key, ciphertext, secret } = sm2();
      // Without the byte 04 of C1.
      const sealed = hexOf(ciphertext.subarray(1));
      return {
        ours: () => key.decrypt(ciphertext),
        [SM]: await theirs((library) => () => library.sm2.doDecrypt(sealed, secret, 1, { output: "array" })),
      };
    },
  },
  {
    ...{ ...onCurve, name: "SM2 ECDH" },
    rivals: async () => {
      const { key, secret } = sm2();
      const other = (pureEngine.sm2Private(pureEngine.sm2Generate(bytes)) as Sm2PrivateKey).publicPoint();
      const point = hexOf(other);
      return {
        ours: () => key.agree(other),
        [SM]: await theirs((library) => () => library.sm2.ecdh(secret, point).subarray(1)),
      };
    },
  },
  {
    ...{ ...onCurve, name: "SM2 key generation" },
    rivals: async () => ({
      ours: () => (pureEngine.sm2Private(pureEngine.sm2Generate(bytes)) as Sm2PrivateKey).publicPoint(),
      [SM]: await theirs((library) => () => library.sm2.generateKeyPairHex()),
    }),
  },
  ...[32, 4096].flatMap((length) => [sm3(length), ...sm4(length)]),
];
