import { equalBytes } from "../bytes/bytes.ts";
import type { HashName, HashState } from "../crypto/engine.ts";
import type { TokenObject } from "../objects/object.ts";
import type { Context, Mechanism, VerifyStream } from "./mechanism.ts";

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

/** A signature scheme over digests, bound to a key and its parameters. */
export interface DigestSigner {
  sign(digest: Uint8Array): Uint8Array;
  verify(digest: Uint8Array, signature: Uint8Array): boolean;
}

/** The operations of a mechanism that hashes the message first. Parameters are bound before any data. */
export function overDigest<P>(
  hash: HashName,
  bind: (context: Context, key: TokenObject, params: P) => DigestSigner,
): Required<Pick<Mechanism<never, P>, "sign" | "verify" | "signStart" | "verifyStart">> {
  return {
    sign: (context, key, params, data) => bind(context, key, params).sign(context.engine.digest(hash, data)),
    verify: (context, key, params, data, signature) =>
      bind(context, key, params).verify(context.engine.digest(hash, data), signature),
    signStart: (context, key, params) => signing(context.engine.hash(hash), bind(context, key, params).sign),
    verifyStart: (context, key, params) => verifying(context.engine.hash(hash), bind(context, key, params).verify),
  };
}
