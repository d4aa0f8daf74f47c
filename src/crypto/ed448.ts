/** Ed448 and Ed448ph (RFC 8032, 5.2; FIPS 186-5, 7), over @noble/curves. */

import { type EdDSA, type EdwardsPoint, eddsa } from "@noble/curves/abstract/edwards.js";
import { ed448 } from "@noble/curves/ed448.js";
import { shake256 } from "@noble/hashes/sha3.js";
import { concat, utf8, wipe } from "../bytes/bytes.ts";
import type { Ed448PrivateKey, Ed448PublicKey, EdVariant } from "./engine.ts";

const keyBytes = 57;
const signatureBytes = 114;
const prehashBytes = 64;
const maxContextBytes = 255;

const dom4Prefix = utf8("SigEd448");

/** H of RFC 8032, 5.2: SHAKE256 with 114 bytes. */
const shake256For114 = Object.assign((data: Uint8Array) => shake256(data, { dkLen: 2 * keyBytes }), {
  create: () => shake256.create({ dkLen: 2 * keyBytes }),
  outputLen: 2 * keyBytes,
  blockLen: shake256.blockLen,
  canXOF: false,
});

let prehashed: EdDSA | undefined;

/** Ed448ph whose PH is the identity: the caller gives PH(M), {@link ed448Prehash}. Made at its first use, as the curve is. */
function ed448Prehashed(): EdDSA {
  prehashed ??= eddsa(ed448.Point, shake256For114, {
    adjustScalarBytes: clamp,
    domain: (data: Uint8Array, context: Uint8Array) =>
      concat(dom4Prefix, Uint8Array.of(1, context.length), context, data) as Uint8Array<ArrayBuffer>,
    prehash: (digest: Uint8Array) => digest as Uint8Array<ArrayBuffer>,
    zip215: false,
  });
  return prehashed;
}

const implementations: Readonly<Record<EdVariant, () => EdDSA>> = { pure: () => ed448, prehashed: ed448Prehashed };

/** PH of Ed448ph (RFC 8032, 5.2): SHAKE256 with 64 bytes. */
export function ed448Prehash(message: Uint8Array): Uint8Array {
  return shake256(message, { dkLen: prehashBytes });
}

/**
 * A public key, fully validated (SP 800-186, D.1.3): a canonical encoding of a point of the prime-order subgroup that
 * is not the neutral element. `undefined` for any other 57 bytes, and for other lengths.
 */
export function ed448Public(publicKey: Uint8Array): Ed448PublicKey | undefined {
  const point = decodePoint(publicKey);
  if (point === undefined || point.is0() || !point.isTorsionFree()) return undefined;
  const encoded = point.toBytes();
  return {
    verify(message, signature, variant, context) {
      if (signature.length !== signatureBytes || context.length > maxContextBytes) return false;
      if (variant === "prehashed" && message.length !== prehashBytes) return false;
      return implementations[variant]().verify(signature, message, encoded, { zip215: false, context });
    },
  };
}

/**
 * A private key from its seed (RFC 8032, 5.2.5).
 * @throws RangeError when the seed is not 57 bytes.
 */
export function ed448Private(seed: Uint8Array): Ed448PrivateKey {
  if (seed.length !== keyBytes) throw new RangeError(`an Ed448 seed has ${keyBytes} bytes, not ${seed.length}`);
  let secret: Uint8Array | undefined = Uint8Array.from(seed);
  let publicKey: Uint8Array | undefined;

  function borrow(): Uint8Array {
    if (secret === undefined) throw new Error("this Ed448 private key was destroyed");
    return secret;
  }

  return {
    publicKey() {
      const secretKey = borrow();
      publicKey ??= ed448.getPublicKey(secretKey);
      return Uint8Array.from(publicKey);
    },
    sign(message, variant, context) {
      if (variant === "prehashed" && message.length !== prehashBytes) {
        throw new RangeError(`Ed448ph signs a SHAKE256 digest of ${prehashBytes} bytes, not ${message.length}`);
      }
      if (context.length > maxContextBytes) {
        throw new RangeError(`an Ed448 context has up to ${maxContextBytes} bytes, not ${context.length}`);
      }
      return implementations[variant]().sign(message, borrow(), { context });
    },
    destroy() {
      wipe(secret);
      secret = undefined;
    },
  };
}

/** Step 2 of RFC 8032, 5.2.5, in place. */
function clamp(scalar: Uint8Array): Uint8Array<ArrayBuffer> {
  scalar[0] &= 0b1111_1100;
  scalar[55] |= 0b1000_0000;
  scalar[56] = 0;
  return scalar as Uint8Array<ArrayBuffer>;
}

function decodePoint(encoded: Uint8Array): EdwardsPoint | undefined {
  try {
    return ed448.Point.fromBytes(encoded, false);
  } catch {
    return undefined;
  }
}
