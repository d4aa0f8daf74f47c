/** Ed25519 (RFC 8032, 5.1) by Node; Ed25519ph is pure (fallbacks.ts). */

import { type KeyObject, sign, verify } from "node:crypto";
import { wipe } from "../bytes/bytes.ts";
import type { EdPrivateKey, EdPublicKey } from "../crypto/engine.ts";
import { taken } from "./buffers.ts";
import * as pure from "./pure.ts";
import { privateKeyObject, publicKeyObject, rawPublicKey } from "./raw-keys.ts";

const seedBytes = 32;
const signatureBytes = 64;

/** A public key, fully validated. `undefined` for any other 32 bytes, and for other lengths. */
export function edPublic(publicKey: Uint8Array): EdPublicKey | undefined {
  const validated = pure.edPublic(publicKey);
  if (validated === undefined) return undefined;
  const key = publicKeyObject("Ed25519", publicKey);
  return {
    verify(message, signature, variant) {
      if (signature.length !== signatureBytes) return false;
      if (variant === "pure" && verify(null, message, key, signature)) return true;
      return validated.verify(message, signature, variant);
    },
  };
}

/**
 * A private key from its seed (RFC 8032, 5.1.5).
 * @throws RangeError when the seed is not 32 bytes.
 */
export function edPrivate(seed: Uint8Array): EdPrivateKey {
  if (seed.length !== seedBytes) throw new RangeError(`an Ed25519 seed has ${seedBytes} bytes, not ${seed.length}`);
  const secret = Uint8Array.from(seed);
  let key: KeyObject | undefined = privateKeyObject("Ed25519", secret);
  /** For Ed25519ph. */
  let prehashing: EdPrivateKey | undefined;

  function live(): KeyObject {
    if (key === undefined) throw new Error("this Ed25519 private key was destroyed");
    return key;
  }

  return {
    publicKey: () => rawPublicKey(live()),
    sign(message, variant) {
      const own = live();
      if (variant === "pure") return taken(sign(null, message, own));
      prehashing ??= pure.edPrivate(secret);
      return prehashing.sign(message, variant);
    },
    destroy() {
      prehashing?.destroy();
      wipe(secret);
      key = prehashing = undefined;
    },
  };
}
