/** Ed448 (RFC 8032, 5.2) by Node; Ed448ph and contexts are pure (fallbacks.ts). */

import { type KeyObject, sign, verify } from "node:crypto";
import { wipe } from "../bytes/bytes.ts";
import type { Ed448PrivateKey, Ed448PublicKey } from "../crypto/engine.ts";
import { taken } from "./buffers.ts";
import * as pure from "./pure.ts";
import { privateKeyObject, publicKeyObject, rawPublicKey } from "./raw-keys.ts";

const seedBytes = 57;
const signatureBytes = 114;

/** A public key, fully validated. `undefined` for any other 57 bytes, and for other lengths. */
export function ed448Public(publicKey: Uint8Array): Ed448PublicKey | undefined {
  const validated = pure.ed448Public(publicKey);
  if (validated === undefined) return undefined;
  const key = publicKeyObject("Ed448", publicKey);
  return {
    verify(message, signature, variant, context) {
      const isForNode = variant === "pure" && context.length === 0 && signature.length === signatureBytes;
      // OpenSSL compares points up to small order, which is no more than the cofactor of FIPS 186-5, 7.7 allows.
      if (isForNode && isSurelyCanonical(signature) && verify(null, message, key, signature)) return true;
      return validated.verify(message, signature, variant, context);
    },
  };
}

/**
 * Whether R is beyond doubt an encoding that RFC 8032, 5.2.3 accepts, if it is one of a point: y below p, which begins
 * with 28 bytes of ones, and above 255, so that it is not the y of x = 0, which may have no sign.
 */
function isSurelyCanonical(signature: Uint8Array): boolean {
  const isBelow = signature.subarray(28, 56).some((byte) => byte !== 0xff);
  const isAbove = signature.subarray(1, 56).some((byte) => byte !== 0);
  return isBelow && isAbove && ((signature[56] as number) & 0x7f) === 0;
}

/**
 * A private key from its seed (RFC 8032, 5.2.5).
 * @throws RangeError when the seed is not 57 bytes.
 */
export function ed448Private(seed: Uint8Array): Ed448PrivateKey {
  if (seed.length !== seedBytes) throw new RangeError(`an Ed448 seed has ${seedBytes} bytes, not ${seed.length}`);
  const secret = Uint8Array.from(seed);
  let key: KeyObject | undefined = privateKeyObject("Ed448", secret);
  /** For contexts and Ed448ph. */
  let pureKey: Ed448PrivateKey | undefined;

  function live(): KeyObject {
    if (key === undefined) throw new Error("this Ed448 private key was destroyed");
    return key;
  }

  return {
    publicKey: () => rawPublicKey(live()),
    sign(message, variant, context) {
      const own = live();
      if (variant === "pure" && context.length === 0) return taken(sign(null, message, own));
      pureKey ??= pure.ed448Private(secret);
      return pureKey.sign(message, variant, context);
    },
    destroy() {
      pureKey?.destroy();
      wipe(secret);
      key = pureKey = undefined;
    },
  };
}
