/** Ed25519 and Ed25519ph (RFC 8032, 5.1; FIPS 186-5, 7). */

import { concat, equalBytes, utf8, wipe } from "../bytes/bytes.ts";
import { multiplyBase, preparePoint } from "./edwards25519.ts";
import type { EdPrivateKey, EdPublicKey, EdVariant } from "./engine.ts";
import { decodePoint, encodePoint } from "./field/edwards-encoding.ts";
import { bytesOf, clamp, multiplyAdd, type Scalar, scalarOf } from "./field/scalars25519.ts";
import { inOneGo } from "./merkle-damgard.ts";
import { sha512 } from "./sha512.ts";

const seedBytes = 32;
const pointBytes = 32;
const signatureBytes = 64;
const prehashBytes = 64;

/** H of RFC 8032, 5.1. */
const hash: (...parts: Uint8Array[]) => Uint8Array = inOneGo(sha512);

/** dom2(F, C) of RFC 8032, 5.1, with an empty context. The caller of Ed25519ph gives PH(M), the SHA-512 digest. */
const dom2: Readonly<Record<EdVariant, Uint8Array>> = {
  pure: new Uint8Array(),
  prehashed: concat(utf8("SigEd25519 no Ed25519 collisions"), Uint8Array.of(1, 0)),
};

/**
 * A public key, fully validated (SP 800-186, D.1.3): a canonical encoding of a point of the prime-order subgroup that
 * is not the neutral element. `undefined` for any other 32 bytes, and for other lengths.
 */
export function edPublic(publicKey: Uint8Array): EdPublicKey | undefined {
  const A = publicKey.length === pointBytes ? decodePoint(publicKey) : undefined;
  const key = A && preparePoint(A);
  if (key === undefined) return undefined;
  const encoded = Uint8Array.from(publicKey);
  return {
    /** FIPS 186-5, 7.7: the equation with the cofactor. */
    verify(message, signature, variant) {
      if (signature.length !== signatureBytes) return false;
      if (variant === "prehashed" && message.length !== prehashBytes) return false;
      const R = signature.subarray(0, pointBytes);
      const point = decodePoint(R);
      const S = scalarOf(signature.subarray(pointBytes));
      if (point === undefined || !equalBytes(bytesOf(S).reverse(), signature.subarray(pointBytes))) return false;
      return key.verifies(S, point, scalarOf(hash(dom2[variant], R, encoded, message)));
    },
  };
}

/** What the seed expands to (RFC 8032, 5.1.5): the scalar s, the prefix, and the public key. */
interface Expanded {
  readonly s: Scalar;
  readonly prefix: Uint8Array;
  readonly publicKey: Uint8Array;
}

function expand(seed: Uint8Array): Expanded {
  const h = hash(seed);
  const clamped = clamp(h.subarray(0, seedBytes));
  const s = scalarOf(clamped);
  const prefix = h.slice(seedBytes);
  wipe(h, clamped);
  return { s, prefix, publicKey: multiplyBase(s, encodePoint) };
}

/**
 * A private key from its seed (RFC 8032, 5.1.5), expanded at its first use.
 * @throws RangeError when the seed is not 32 bytes.
 */
export function edPrivate(seed: Uint8Array): EdPrivateKey {
  if (seed.length !== seedBytes) throw new RangeError(`an Ed25519 seed has ${seedBytes} bytes, not ${seed.length}`);
  let secret: Uint8Array | undefined = Uint8Array.from(seed);
  let expanded: Expanded | undefined;

  function borrow(): Expanded {
    if (secret === undefined) throw new Error("this Ed25519 private key was destroyed");
    expanded ??= expand(secret);
    return expanded;
  }

  return {
    publicKey: () => Uint8Array.from(borrow().publicKey),
    /** RFC 8032, 5.1.6. */
    sign(message, variant) {
      if (variant === "prehashed" && message.length !== prehashBytes) {
        throw new RangeError(`Ed25519ph signs a SHA-512 digest of ${prehashBytes} bytes, not ${message.length}`);
      }
      const { s, prefix, publicKey } = borrow();
      const nonce = hash(dom2[variant], prefix, message);
      const r = scalarOf(nonce);
      const R = multiplyBase(r, encodePoint);
      const k = scalarOf(hash(dom2[variant], R, publicKey, message));
      const S = bytesOf(multiplyAdd(k, s, r)).reverse();
      wipe(nonce);
      r.fill(0);
      return concat(R, S);
    },
    destroy() {
      wipe(secret, expanded?.prefix);
      expanded?.s.fill(0);
      secret = undefined;
      expanded = undefined;
    },
  };
}
