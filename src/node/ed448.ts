/** Ed448 (RFC 8032, 5.2) by Node; Ed448ph, contexts and verification are pure (fallbacks.ts). */

import { type KeyObject, sign } from "node:crypto";
import { wipe } from "../bytes/bytes.ts";
import type { Ed448PrivateKey } from "../crypto/engine.ts";
import { taken } from "./buffers.ts";
import * as pure from "./pure.ts";
import { privateKeyObject, rawPrivateKey, rawPublicKey } from "./raw-keys.ts";

const seedBytes = 57;

/**
 * A private key from its seed (RFC 8032, 5.2.5).
 * @throws RangeError when the seed is not 57 bytes.
 */
export function ed448Private(seed: Uint8Array): Ed448PrivateKey {
  if (seed.length !== seedBytes) throw new RangeError(`an Ed448 seed has ${seedBytes} bytes, not ${seed.length}`);
  let key: KeyObject | undefined = privateKeyObject("Ed448", seed);

  function live(): KeyObject {
    if (key === undefined) throw new Error("this Ed448 private key was destroyed");
    return key;
  }

  return {
    publicKey: () => rawPublicKey("Ed448", live()),
    sign(message, variant, context) {
      if (variant === "pure" && context.length === 0) return taken(sign(null, message, live()));
      const secret = rawPrivateKey("Ed448", live());
      const signing = pure.ed448Private(secret);
      wipe(secret);
      try {
        return signing.sign(message, variant, context);
      } finally {
        signing.destroy();
      }
    },
    destroy() {
      key = undefined;
    },
  };
}
