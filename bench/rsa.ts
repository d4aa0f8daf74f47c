/**
 * RSA. The private operation is measured as a signature of PKCS #1 v1.5, whose padding costs nothing and whose bytes are the
 * same by all. micro-rsa-dsa-dh has neither blinding nor the Chinese remainder theorem, jsrsasign has the latter;
 * node-forge and OpenSSL have both.
 */

import { createHash, generateKeyPairSync, sign, verify } from "node:crypto";
import type { RsaComponents, RsaPrivateKey, RsaPublicKey } from "../src/crypto/engine.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import { nodeRsaKey } from "../test/support/rsa-fixture.ts";
import { type Contest, once } from "./contest.ts";
import { binaryOf, bytes, hexOf } from "./inputs.ts";
import { peer, using } from "./peer.ts";

const MICRO = "micro-rsa-dsa-dh";
const FORGE = "node-forge";
const JSRSASIGN = "jsrsasign";
const NODE = "node:crypto";

const bigint = (integer: Uint8Array): bigint => BigInt(`0x${hexOf(integer)}`);

/** What micro-rsa-dsa-dh 0.2 has. */
interface Micro {
  readonly PKCS1_SHA256: {
    sign(key: { readonly n: bigint; readonly d: bigint }, message: Uint8Array): Uint8Array;
    verify(key: { readonly n: bigint; readonly e: bigint }, message: Uint8Array, signature: Uint8Array): boolean;
  };
  keygen(modulusBits: number): unknown;
}

/** What node-forge 1 has; its byte strings are strings. */
interface Forge {
  readonly jsbn: { readonly BigInteger: new (hex: string, radix: 16) => object };
  readonly md: { readonly sha256: { create(): { update(bytes: string): { digest(): { getBytes(): string } } } } };
  readonly pki: {
    readonly rsa: {
      setPublicKey(n: object, e: object): { verify(digest: string, signature: string): boolean };
      setPrivateKey(...components: readonly object[]): { sign(digest: object): string };
    };
  };
}

/** What jsrsasign 11 has; everything in hexadecimal. */
interface Jsrsasign {
  readonly RSAKey: new () => {
    setPublic(n: string, e: string): void;
    setPrivateEx(...components: readonly string[]): void;
    signWithMessageHash(digest: string, hash: "sha256"): string;
    verifyWithMessageHash(digest: string, signature: string): boolean;
  };
}

function keyOf(modulusBits: number) {
  const { components, privateKey, publicKey } = nodeRsaKey(modulusBits);
  const message = bytes(32);
  return {
    components,
    privateKey,
    publicKey,
    message,
    digest: new Uint8Array(createHash("sha256").update(message).digest()),
    signature: new Uint8Array(sign("sha256", message, privateKey)),
  };
}

/** node-forge's key of some components, in the order in which it takes them. */
const forgeNumbers = (forge: Forge, of: readonly Uint8Array[]): object[] =>
  of.map((integer) => new forge.jsbn.BigInteger(hexOf(integer), 16));

function withModulus(modulusBits: number, calls: number, isQuick: boolean): Contest[] {
  const keys = once(() => keyOf(modulusBits));
  const common = { layer: "engine", group: `RSA-${modulusBits}` } as const;
  return [
    {
      ...common,
      name: `RSA-${modulusBits} private operation`,
      calls: 4 * calls,
      quick: isQuick,
      least: { [MICRO]: 4, [FORGE]: 5 },
      ...(modulusBits === 2048 ? { headline: MICRO } : {}),
      rivals: async () => {
        const { components, privateKey, message, digest } = keys();
        const { n, e, d, p, q, dp, dq, qi } = components;
        const key = pureEngine.rsaPrivate(components) as RsaPrivateKey;
        const micro = using(await peer<Micro>("micro-rsa-dsa-dh/rsa.js"), ({ PKCS1_SHA256 }) => {
          const own = { n: bigint(n), d: bigint(d) };
          return () => PKCS1_SHA256.sign(own, message);
        });
        const forge = using(await peer<Forge>("node-forge"), (library) => {
          const own = library.pki.rsa.setPrivateKey(...forgeNumbers(library, [n, e, d, p, q, dp, dq, qi]));
          const text = binaryOf(message);
          return () => {
            const hash = library.md.sha256.create();
            hash.update(text);
            return own.sign(hash);
          };
        });
        const jsrsasign = using(await peer<Jsrsasign>(JSRSASIGN), ({ RSAKey }) => {
          const own = new RSAKey();
          own.setPrivateEx(...[n, e, d, p, q, dp, dq, qi].map(hexOf));
          const hash = hexOf(digest);
          return () => own.signWithMessageHash(hash, "sha256");
        });
        return {
          ours: () => key.pkcs1Sign("SHA256", digest, bytes),
          [NODE]: () => sign("sha256", message, privateKey),
          [MICRO]: typeof micro === "function" ? { calls, call: micro } : micro,
          [FORGE]: typeof forge === "function" ? { calls, call: forge } : forge,
          [JSRSASIGN]: typeof jsrsasign === "function" ? { calls, call: jsrsasign } : jsrsasign,
        };
      },
    },
    {
      ...common,
      name: `RSA-${modulusBits} public operation`,
      calls: 20 * calls,
      rivals: async () => {
        const { components, publicKey, message, digest, signature } = keys();
        const { n, e } = components;
        const key = pureEngine.rsaPublic(n, e) as RsaPublicKey;
        return {
          ours: () => key.pkcs1Verify("SHA256", digest, signature),
          [NODE]: () => verify("sha256", message, publicKey, signature),
          [MICRO]: using(await peer<Micro>("micro-rsa-dsa-dh/rsa.js"), ({ PKCS1_SHA256 }) => {
            const own = { n: bigint(n), e: bigint(e) };
            return () => PKCS1_SHA256.verify(own, message, signature);
          }),
          [FORGE]: using(await peer<Forge>("node-forge"), (library) => {
            const [modulus, exponent] = forgeNumbers(library, [n, e]) as [object, object];
            const own = library.pki.rsa.setPublicKey(modulus, exponent);
            const text = binaryOf(signature);
            const hashed = binaryOf(digest);
            return () => own.verify(hashed, text);
          }),
          [JSRSASIGN]: using(await peer<Jsrsasign>(JSRSASIGN), ({ RSAKey }) => {
            const own = new RSAKey();
            own.setPublic(hexOf(n), hexOf(e));
            const [hash, signed] = [hexOf(digest), hexOf(signature)];
            return () => own.verifyWithMessageHash(hash, signed);
          }),
        };
      },
    },
  ];
}

function generate(modulusBits: number): RsaComponents {
  const search = pureEngine.rsaGenerate(modulusBits, Uint8Array.of(1, 0, 1), bytes);
  for (;;) {
    const step = search.next();
    if (step.done === true) return step.value;
  }
}

/** A search of one key takes half or thrice the time of the next one: only means of many say something. */
const keyGeneration: Contest = {
  layer: "engine",
  group: "RSA-2048",
  name: "RSA-2048 key generation",
  calls: 1,
  rounds: 50,
  average: "mean",
  headline: NODE,
  // 1.3 times node:crypto's time.
  least: { [NODE]: 1 / 1.3 },
  rivals: async () => ({
    ours: () => generate(2048),
    [NODE]: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
    [MICRO]: using(
      await peer<Micro>("micro-rsa-dsa-dh/rsa.js"),
      ({ keygen }) =>
        () =>
          keygen(2048),
    ),
  }),
};

export const contests: readonly Contest[] = [
  ...withModulus(2048, 1, true),
  ...withModulus(3072, 1, false),
  ...withModulus(4096, 1, false),
  keyGeneration,
];
