/** Ed25519 and Ed25519ph (RFC 8032, 5.1; FIPS 186-5, 7), over @noble/curves. */

import { type EdDSA, type EdwardsPoint, eddsa } from "@noble/curves/abstract/edwards.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, utf8, wipe } from "../bytes/bytes.ts";
import type { EdPrivateKey, EdPublicKey, EdVariant } from "./engine.ts";

const seedBytes = 32;
const signatureBytes = 64;
const prehashBytes = 64;

/** dom2(F, C) of RFC 8032, 5.1, with F = 1 and an empty context. */
const dom2 = concat(utf8("SigEd25519 no Ed25519 collisions"), Uint8Array.of(1, 0));

/** Ed25519ph whose PH is the identity: the caller gives PH(M), the SHA-512 digest. */
const ed25519Prehashed: EdDSA = eddsa(ed25519.Point, sha512, {
  adjustScalarBytes: clamp,
  domain: (data: Uint8Array) => concat(dom2, data) as Uint8Array<ArrayBuffer>,
  prehash: (digest: Uint8Array) => digest as Uint8Array<ArrayBuffer>,
  zip215: false,
});

const implementations: Readonly<Record<EdVariant, EdDSA>> = { pure: ed25519, prehashed: ed25519Prehashed };

/**
 * A public key, fully validated (SP 800-186, D.1.3): a canonical encoding of a point of the prime-order subgroup that
 * is not the neutral element. `undefined` for any other 32 bytes, and for other lengths.
 */
export function edPublic(publicKey: Uint8Array): EdPublicKey | undefined {
  const point = decodePoint(publicKey);
  if (point === undefined || point.is0() || !point.isTorsionFree()) return undefined;
  const encoded = point.toBytes();
  return {
    verify(message, signature, variant) {
      if (signature.length !== signatureBytes) return false;
      if (variant === "prehashed" && message.length !== prehashBytes) return false;
      return implementations[variant].verify(signature, message, encoded, { zip215: false });
    },
  };
}

/**
 * A private key from its seed (RFC 8032, 5.1.5).
 * @throws RangeError when the seed is not 32 bytes.
 */
export function edPrivate(seed: Uint8Array): EdPrivateKey {
  if (seed.length !== seedBytes) throw new RangeError(`an Ed25519 seed has ${seedBytes} bytes, not ${seed.length}`);
  let secret: Uint8Array | undefined = Uint8Array.from(seed);
  let publicKey: Uint8Array | undefined;

  function borrow(): Uint8Array {
    if (secret === undefined) throw new Error("this Ed25519 private key was destroyed");
    return secret;
  }

  return {
    publicKey() {
      const secretKey = borrow();
      publicKey ??= ed25519.getPublicKey(secretKey);
      return Uint8Array.from(publicKey);
    },
    sign(message, variant) {
      if (variant === "prehashed" && message.length !== prehashBytes) {
        throw new RangeError(`Ed25519ph signs a SHA-512 digest of ${prehashBytes} bytes, not ${message.length}`);
      }
      return implementations[variant].sign(message, borrow());
    },
    destroy() {
      wipe(secret);
      secret = undefined;
    },
  };
}

/** Step 2 of RFC 8032, 5.1.5, in place. */
function clamp(scalar: Uint8Array): Uint8Array<ArrayBuffer> {
  scalar[0] &= 0b1111_1000;
  scalar[31] = (scalar[31] & 0b0111_1111) | 0b0100_0000;
  return scalar as Uint8Array<ArrayBuffer>;
}

function decodePoint(encoded: Uint8Array): EdwardsPoint | undefined {
  try {
    return ed25519.Point.fromBytes(encoded, false);
  } catch {
    return undefined;
  }
}
