/** RSA keys: what is a key (RFC 8017, 3; SP 800-56B, 6.4), and the schemes on top of the primitives. */

import { bitLength, equalBytes, i2osp, os2ip, wipe } from "../../bytes/bytes.ts";
import type { RsaComponents, RsaPrivateKey, RsaPublicKey } from "../engine.ts";
import { digest } from "../hash.ts";
import { hmacKey } from "../hmac.ts";
import { type PublicNumbers, type PublicPrimitive, purePrimitives, type RsaPrimitives } from "./core.ts";
import { oaepDecode, oaepEncode } from "./oaep.ts";
import { pkcs1DecryptionDecode, pkcs1EncryptionEncode, pkcs1SignatureDecode, pkcs1SignatureEncode } from "./pkcs1.ts";
import { isStrongToBase2 } from "./primes.ts";
import { pssEncode, pssVerify } from "./pss.ts";

/** Below, a modulus is factored on a laptop (SP 800-131A r2, 3 lets signatures be verified from 1024 bits on). */
const minModulusBits = 1024;
const maxModulusBits = 8192;

/** The largest modulus and some leading zeros: longer input is refused before any arithmetic is done on it. */
const maxComponentBytes = maxModulusBits / 8 + 8;

/** With e = 1 RSA is the identity (RFC 8017, 3.1: e from 3 on); larger ones than 2^256 only cost time. */
function isPublicExponent(e: bigint): boolean {
  return (e & 1n) === 1n && e > 2n && e >> 256n === 0n;
}

/** A public key; `undefined` when n or e is out of bounds, or n is even. */
export function rsaPublic(
  n: Uint8Array,
  e: Uint8Array,
  primitives: RsaPrimitives = purePrimitives,
): RsaPublicKey | undefined {
  const numbers = publicNumbers(n, e);
  if (numbers === undefined) return undefined;
  const { k } = numbers;
  const modulusBits = bitLength(numbers.n);
  const { hashes } = primitives;
  const operation = primitives.publicPrimitive(numbers);
  return {
    modulusBits,
    power: operation,
    oaepEncrypt: (params, message, rng) => encrypt(operation, oaepEncode(params, message, k, rng, hashes)),
    pkcs1Encrypt: (message, rng) => encrypt(operation, pkcs1EncryptionEncode(message, k, rng)),
    pssVerify(params, messageDigest, signature) {
      const encoded = operation(signature);
      return encoded !== undefined && pssVerify(params, messageDigest, encoded, modulusBits - 1, hashes);
    },
    pkcs1Verify(hash, messageDigest, signature) {
      const encoded = operation(signature);
      if (encoded === undefined) return false;
      try {
        return equalBytes(encoded, pkcs1SignatureEncode(hash, messageDigest, k));
      } catch {
        return false;
      }
    },
    pkcs1Recover(signature) {
      const encoded = operation(signature);
      return encoded && pkcs1SignatureDecode(encoded);
    },
  };
}

/** A private key; `undefined` when the components do not belong together. */
export function rsaPrivate(
  components: RsaComponents,
  primitives: RsaPrimitives = purePrimitives,
): RsaPrivateKey | undefined {
  const numbers = publicNumbers(components.n, components.e);
  if (numbers === undefined || !belongTogether(numbers, components)) return undefined;
  const { k } = numbers;
  const modulusBits = bitLength(numbers.n);
  const { hashes } = primitives;
  const operation = primitives.privatePrimitive(components);
  const exponent = i2osp(os2ip(components.d), k);
  const rejectionSecret = digest("SHA256", exponent);
  const rejection = hmacKey("SHA256", rejectionSecret);
  wipe(exponent, rejectionSecret);
  return {
    modulusBits,
    power: (input, rng) => operation.apply(input, rng),
    oaepDecrypt(params, ciphertext, rng) {
      const encoded = operation.apply(ciphertext, rng);
      return encoded && oaepDecode(params, encoded, hashes);
    },
    pkcs1Decrypt(ciphertext, rng) {
      const encoded = operation.apply(ciphertext, rng);
      return encoded && pkcs1DecryptionDecode(encoded, ciphertext, rejection);
    },
    pssSign: (params, messageDigest, rng) =>
      inRange(operation.apply(pssEncode(params, messageDigest, modulusBits - 1, k, rng, hashes), rng)),
    pkcs1Sign: (hash, messageDigest, rng) =>
      inRange(operation.apply(pkcs1SignatureEncode(hash, messageDigest, k), rng)),
    destroy() {
      operation.destroy();
      rejection.destroy();
    },
  };
}

function publicNumbers(modulus: Uint8Array, exponent: Uint8Array): PublicNumbers | undefined {
  if (modulus.length > maxComponentBytes || exponent.length > maxComponentBytes) return undefined;
  const n = os2ip(modulus);
  const e = os2ip(exponent);
  const bits = bitLength(n);
  const isModulus = bits >= minModulusBits && bits <= maxModulusBits && (n & 1n) === 1n;
  return isModulus && isPublicExponent(e) && e < n ? { n, e, k: Math.ceil(bits / 8) } : undefined;
}

/**
 * The checks of SP 800-56B, 6.4.1.2.3 (RSAKPV2-CRT) and FIPS 186-5, A.1.1, with one round of Miller–Rabin a prime:
 * enough against damage and mix-ups. Whoever makes up a key with false primes on purpose only harms that key.
 */
function belongTogether({ n, e }: PublicNumbers, components: RsaComponents): boolean {
  if (Object.values(components).some((component) => component.length > maxComponentBytes)) return false;
  const [d, p, q, dp, dq, qi] = [
    components.d,
    components.p,
    components.q,
    components.dp,
    components.dq,
    components.qi,
  ].map(os2ip);
  const half = Math.ceil(bitLength(n) / 2);
  if (p * q !== n || Math.max(bitLength(p), bitLength(q)) !== half) return false;
  if (tooClose(p, q, half)) return false;
  if (d >= n || d <= 1n << BigInt(half)) return false;
  if (dp !== d % (p - 1n) || dq !== d % (q - 1n)) return false;
  if ((e * dp) % (p - 1n) !== 1n || (e * dq) % (q - 1n) !== 1n) return false;
  if (qi >= p || (qi * q) % p !== 1n) return false;
  return isStrongToBase2(p) && isStrongToBase2(q);
}

/** Whether |p − q| ≤ 2^(bits − 100) for primes of `bits` bits (FIPS 186-5, A.1.3, step 5.5). */
export function tooClose(p: bigint, q: bigint, bits: number): boolean {
  const distance = p > q ? p - q : q - p;
  return distance <= 1n << BigInt(bits - 100);
}

function encrypt(operation: PublicPrimitive, encoded: Uint8Array): Uint8Array {
  const ciphertext = inRange(operation(encoded));
  wipe(encoded);
  return ciphertext;
}

/** An encoded message begins with a zero bit, so it is always below n. */
function inRange(result: Uint8Array | undefined): Uint8Array {
  if (result === undefined) throw new Error("an encoded message was out of the modulus's range");
  return result;
}
