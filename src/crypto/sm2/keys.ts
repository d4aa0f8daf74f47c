/** SM2 keys (GB/T 32918.1-2016, 6). */

import { i2osp, os2ip, wipe } from "../../bytes/bytes.ts";
import type { Rng, Sm2PrivateKey, Sm2PublicKey } from "../engine.ts";
import { FIELD_BYTES, n, randomScalar, sm2Curve } from "./curve.ts";
import { decrypt, encrypt } from "./encryption.ts";
import { sign, signingFactor, verify } from "./signature.ts";

/** 1 + d must have an inverse (GB/T 32918.2, 6.1), so n − 1 is no private key. */
const MAX_SCALAR: bigint = n - 2n;

/** A public key from its uncompressed point, fully validated; `undefined` when the point is anything else. */
export function sm2Public(point: Uint8Array): Sm2PublicKey | undefined {
  const { group, isPoint } = sm2Curve();
  if (!isPoint(point)) return undefined;
  const prepared = group.prepare(point);
  return {
    verify: (digest, signature) => verify(prepared, digest, signature),
    encrypt: (message, rng) => encrypt(prepared.multiple, message, rng),
  };
}

/** A private key from its scalar; `undefined` when that is not of 32 bytes or not in [1, n − 2]. */
export function sm2Private(scalar: Uint8Array): Sm2PrivateKey | undefined {
  if (scalar.length !== FIELD_BYTES || !isPrivate(os2ip(scalar))) return undefined;
  let secret: Uint8Array | undefined = Uint8Array.from(scalar);
  let factor: Float64Array | undefined;
  let point: Uint8Array | undefined;

  function borrow(): Uint8Array {
    if (secret === undefined) throw new Error("this SM2 private key was destroyed");
    return secret;
  }

  return {
    publicPoint() {
      const d = borrow();
      point ??= sm2Curve().group.multiplyBase(d);
      return Uint8Array.from(point);
    },
    sign(digest, rng) {
      const d = borrow();
      factor ??= signingFactor(d);
      return sign(d, factor, digest, rng);
    },
    decrypt: (ciphertext) => decrypt(borrow(), ciphertext),
    agree(peerPoint) {
      const d = borrow();
      const { group, isPoint } = sm2Curve();
      return isPoint(peerPoint) ? group.xOfMultiple(peerPoint, d) : undefined;
    },
    destroy() {
      wipe(secret);
      factor?.fill(0);
      secret = factor = undefined;
    },
  };
}

/** A private scalar of 32 bytes, in [1, n − 2]. */
export function sm2Generate(rng: Rng): Uint8Array {
  return i2osp(randomScalar(MAX_SCALAR, rng), FIELD_BYTES);
}

function isPrivate(d: bigint): boolean {
  return d >= 1n && d <= MAX_SCALAR;
}
