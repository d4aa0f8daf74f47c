/** The RSA primitives (RFC 8017, 5.1 and 5.2) by Node; keys and encodings are those of `crypto/rsa` (fallbacks.ts). */

import {
  constants,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  verify,
} from "node:crypto";
import { bitLength, i2osp, os2ip, unsignedBytes, wipe } from "../bytes/bytes.ts";
import type { RsaComponents, RsaPrivateKey, RsaPublicKey } from "../crypto/engine.ts";
import {
  blindingSeedBytes,
  type PrivatePrimitive,
  type PublicNumbers,
  type PublicPrimitive,
  type RsaPrimitives,
} from "../crypto/rsa/core.ts";
import type { ModularPower } from "../crypto/rsa/primes.ts";
import { TAG, tlv } from "../der/tlv.ts";
import { taken } from "./buffers.ts";
import { digest } from "./by-length.ts";
import { hashNames, xofState } from "./hash.ts";
import * as pure from "./pure.ts";

const { RSA_NO_PADDING: padding, RSA_PKCS1_PSS_PADDING } = constants;

/** Above the first number of bits of n, OpenSSL takes no e of more bits than the second. */
const smallModulusBits = 3072;
const maxExponentBits = 64;

const nodePrimitives: RsaPrimitives = {
  hashes: { digest, xof: xofState },
  publicPrimitive: (numbers) => publicPrimitive(numbers, publicKeyObject(numbers)),
  privatePrimitive,
};

/** A private key whose operation is OpenSSL's; `undefined` when the components do not belong together. */
export function rsaPrivate(components: RsaComponents): RsaPrivateKey | undefined {
  return pure.rsaPrivate(components, nodePrimitives);
}

/** A public key whose operation is OpenSSL's; `undefined` when n or e is out of bounds, or n is even. */
export function rsaPublic(n: Uint8Array, e: Uint8Array): RsaPublicKey | undefined {
  let object: KeyObject | undefined;
  const key = pure.rsaPublic(n, e, {
    ...nodePrimitives,
    publicPrimitive(numbers) {
      object = publicKeyObject(numbers);
      return publicPrimitive(numbers, object);
    },
  });
  if (key === undefined || object === undefined) return key;
  return { ...key, pssVerifyMessage: pssVerifier(key, object) };
}

/** `undefined` when OpenSSL refuses such a key. */
function publicKeyObject({ n, e, k }: PublicNumbers): KeyObject | undefined {
  if (8 * k > smallModulusBits && bitLength(e) > maxExponentBits) return undefined;
  const der = sequence([unsignedBytes(n), unsignedBytes(e)]);
  return createPublicKey({ format: "der", type: "pkcs1", key: Buffer.from(der) });
}

function publicPrimitive(numbers: PublicNumbers, key: KeyObject | undefined): PublicPrimitive {
  if (key === undefined) return (input) => pure.publicOperation(numbers, input);
  const modulus = unsignedBytes(numbers.n);
  const options = { key, padding };
  return (input) => (isBelow(input, modulus) ? taken(publicEncrypt(options, input)) : undefined);
}

/**
 * RSASSA-PSS over a message by Node where it has the parameters: it masks with the hash of the message, knows no PSS with SM3,
 * and takes negative lengths of a salt for rules. The checks are those of crypto/rsa/pss.ts, and OpenSSL's own of the range.
 */
function pssVerifier(own: RsaPublicKey, key: KeyObject): NonNullable<RsaPublicKey["pssVerifyMessage"]> {
  const k = Math.ceil(own.modulusBits / 8);
  return (params, message, signature) => {
    const { hash, mgf, saltBytes: saltLength } = params;
    const isSalt = Number.isInteger(saltLength) && saltLength >= 0 && saltLength <= k;
    if (!isSalt || mgf !== hash || hash === "SM3") return own.pssVerify(params, digest(hash, message), signature);
    if (signature.length !== k) return false;
    return verify(hashNames[hash], message, { key, padding: RSA_PKCS1_PSS_PADDING, saltLength }, signature);
  };
}

/**
 * OpenSSL blinds the operation and checks its result. Node cannot wipe a KeyObject: `destroy` drops it, and OpenSSL
 * cleanses the numbers when it is collected.
 */
function privatePrimitive({ n, e, d, p, q, dp, dq, qi }: RsaComponents): PrivatePrimitive {
  const modulus = unsignedBytes(os2ip(n));
  const der = Buffer.from(sequence([Uint8Array.of(0), n, e, d, p, q, dp, dq, qi]));
  let options: { key: KeyObject; padding: number } | undefined;
  options = { key: createPrivateKey({ format: "der", type: "pkcs1", key: der }), padding };
  wipe(der);
  return {
    apply(input, rng) {
      if (options === undefined) throw new Error("this RSA private key was destroyed");
      if (!isBelow(input, modulus)) return undefined;
      // OpenSSL needs no seed for its blinding; drawn all the same, it keeps a seeded run in step with the pure engine.
      wipe(rng(blindingSeedBytes));
      return taken(privateDecrypt(options, input));
    },
    destroy() {
      options = undefined;
    },
  };
}

/**
 * The power of Miller–Rabin as RSAEP with the candidate as modulus. Neither OpenSSL nor JavaScript wipes the memory of
 * a candidate.
 */
export const modularPower: ModularPower = (base, exponent, modulus) => {
  const n = unsignedBytes(modulus);
  const der = Buffer.from(sequence([n, unsignedBytes(exponent)]));
  const key = createPublicKey({ format: "der", type: "pkcs1", key: der });
  wipe(der);
  const power = publicEncrypt({ key, padding }, i2osp(base, n.length));
  const result = os2ip(power);
  wipe(n, power);
  return result;
};

/** Whether `input` has the modulus's length and is below it. An encoded message begins with a zero, so that is all it tells. */
function isBelow(input: Uint8Array, modulus: Uint8Array): boolean {
  if (input.length !== modulus.length) return false;
  let i = 0;
  while (i < modulus.length && input[i] === modulus[i]) i++;
  return i < modulus.length && (input[i] as number) < (modulus[i] as number);
}

/** A DER SEQUENCE of unsigned INTEGERs: RSAPublicKey and RSAPrivateKey (RFC 8017, A.1). */
function sequence(integers: readonly Uint8Array[]): Uint8Array {
  const encoded = integers.map(integer);
  const der = tlv(TAG.SEQUENCE, ...encoded);
  wipe(...encoded);
  return der;
}

function integer(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const value = bytes.subarray(start);
  return (value[0] as number) < 0x80 ? tlv(TAG.INTEGER, value) : tlv(TAG.INTEGER, Uint8Array.of(0), value);
}
