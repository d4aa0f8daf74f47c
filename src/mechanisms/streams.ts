import { equalBytes } from "../bytes/bytes.ts";
import type { HashState } from "../crypto/engine.ts";
import type { VerifyStream } from "./mechanism.ts";

/** A running hash whose digest is signed at the end. */
export function signing(state: HashState, sign: (digest: Uint8Array) => Uint8Array): HashState {
  return { update: (data) => state.update(data), digest: () => sign(state.digest()) };
}

/** A running hash whose digest is verified at the end. */
export function verifying(
  state: HashState,
  verify: (digest: Uint8Array, signature: Uint8Array) => boolean,
): VerifyStream {
  return { update: (data) => state.update(data), final: (signature) => verify(state.digest(), signature) };
}

/** A running MAC that is compared at the end. */
export function comparing(state: HashState): VerifyStream {
  return verifying(state, equalBytes);
}
