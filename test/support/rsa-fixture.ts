import { createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from "node:crypto";
import type { RsaComponents } from "../../src/crypto/engine.ts";
import keys from "./rsa-keys.json" with { type: "json" };

export interface RsaFixture {
  readonly components: RsaComponents;
  /** The same pair in Node, to be the oracle. */
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** By modulus bits: pairs that Node has made once, for finding primes is most of what some tests would do. */
const fixed: Readonly<Record<number, readonly JsonWebKey[]>> = keys;
const made = new Map<string, KeyObject>();

/**
 * A pair made by Node; of the sizes in rsa-keys.json always the same, of others once for all files of a thread.
 * @param which tells pairs of one size apart
 */
export function nodeRsaKey(modulusBits: number, which = 0): RsaFixture {
  const name = `${modulusBits} ${which}`;
  const privateKey = made.get(name) ?? privateKeyOf(modulusBits, which);
  made.set(name, privateKey);
  const components = componentsFromJwk(privateKey.export({ format: "jwk" }));
  return { components, privateKey, publicKey: createPublicKey(privateKey) };
}

function privateKeyOf(modulusLength: number, which: number): KeyObject {
  const key = fixed[modulusLength]?.[which];
  if (key !== undefined) return createPrivateKey({ format: "jwk", key });
  return generateKeyPairSync("rsa", { modulusLength }).privateKey;
}

export function componentsFromJwk(jwk: JsonWebKey): RsaComponents {
  const field = (text: string | undefined) => Uint8Array.from(Buffer.from(text ?? "", "base64url"));
  return {
    n: field(jwk.n),
    e: field(jwk.e),
    d: field(jwk.d),
    p: field(jwk.p),
    q: field(jwk.q),
    dp: field(jwk.dp),
    dq: field(jwk.dq),
    qi: field(jwk.qi),
  };
}

export function nodeKeysFrom(components: RsaComponents): { privateKey: KeyObject; publicKey: KeyObject } {
  const jwk: JsonWebKey = { kty: "RSA" };
  for (const [name, value] of Object.entries(components)) Object.assign(jwk, { [name]: base64url(value) });
  const privateKey = createPrivateKey({ format: "jwk", key: jwk });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
