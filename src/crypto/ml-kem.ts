/** ML-KEM (FIPS 203), over @noble/post-quantum. */

import { sha3_256 } from "@noble/hashes/sha3.js";
import { type MLKEM, ml_kem512, ml_kem768, ml_kem1024 } from "@noble/post-quantum/ml-kem.js";
import { equalBytes, wipe } from "../bytes/bytes.ts";
import type { Kem, KemPrivateKey, KemPublicKey, MlKemSet } from "./engine.ts";

interface Parameters {
  readonly noble: MLKEM;
  /** Rank of the module (FIPS 203, section 8). */
  readonly k: number;
}

const sets: Readonly<Record<MlKemSet, Parameters>> = {
  "ML-KEM-512": { noble: ml_kem512, k: 2 },
  "ML-KEM-768": { noble: ml_kem768, k: 3 },
  "ML-KEM-1024": { noble: ml_kem1024, k: 4 },
};

const Q = 3329;
const SEED_BYTES = 64;
const MESSAGE_BYTES = 32;

/** ML-KEM in one parameter set. */
export function mlKem(set: MlKemSet): Kem {
  const { noble, k } = sets[set];
  return {
    seedBytes: SEED_BYTES,
    publicKeyBytes: publicKeyBytes(k),
    ciphertextBytes: noble.lengths.cipherText as number,
    generate(seed) {
      const { publicKey, secretKey } = noble.keygen(seed);
      return { publicKey, privateKey: secretKey };
    },
    publicKey: (publicKey) => (isPublicKey(k, publicKey) ? encapsulator(noble, publicKey) : undefined),
    privateKey: (privateKey) => (isPrivateKey(k, privateKey) ? decapsulator(set, privateKey) : undefined),
  };
}

function publicKeyBytes(k: number): number {
  return 384 * k + 32;
}

/** The type check and the modulus check (FIPS 203, 7.2). */
function isPublicKey(k: number, publicKey: Uint8Array): boolean {
  return publicKey.length === publicKeyBytes(k) && isReduced(publicKey.subarray(0, 384 * k));
}

/** The type check and the hash check (FIPS 203, 7.3), and that the encapsulation key inside is one. */
function isPrivateKey(k: number, privateKey: Uint8Array): boolean {
  if (privateKey.length !== 768 * k + 96) return false;
  const hash = privateKey.subarray(768 * k + 32, 768 * k + 64);
  const publicKey = publicKeyInside(k, privateKey);
  return equalBytes(sha3_256(publicKey), hash) && isPublicKey(k, publicKey);
}

/** dk is dk_PKE ‖ ek ‖ H(ek) ‖ z (FIPS 203, 6.1). */
function publicKeyInside(k: number, privateKey: Uint8Array): Uint8Array {
  return privateKey.subarray(384 * k, 768 * k + 32);
}

/** Whether every integer of 12 bits is below q: what ByteEncode(ByteDecode) leaves as it is (FIPS 203, 7.2). */
function isReduced(encoded: Uint8Array): boolean {
  for (let i = 0; i < encoded.length; i += 3) {
    const low = encoded[i] | ((encoded[i + 1] & 0x0f) << 8);
    const high = (encoded[i + 1] >> 4) | (encoded[i + 2] << 4);
    if (low >= Q || high >= Q) return false;
  }
  return true;
}

function encapsulator(noble: MLKEM, publicKey: Uint8Array): KemPublicKey {
  const own = Uint8Array.from(publicKey);
  return {
    encapsulate(rng) {
      const message = rng(MESSAGE_BYTES);
      const { cipherText, sharedSecret } = noble.encapsulate(own, message);
      wipe(message);
      return { ciphertext: cipherText, sharedSecret: moved(sharedSecret) };
    },
  };
}

function decapsulator(set: MlKemSet, privateKey: Uint8Array): KemPrivateKey {
  const { noble, k } = sets[set];
  let secret: Uint8Array | undefined = Uint8Array.from(privateKey);

  function borrow(): Uint8Array {
    if (secret === undefined) throw new Error(`this ${set} private key was destroyed`);
    return secret;
  }

  return {
    publicKey: () => Uint8Array.from(publicKeyInside(k, borrow())),
    decapsulate(ciphertext) {
      const own = borrow();
      return ciphertext.length === noble.lengths.cipherText ? moved(noble.decapsulate(ciphertext, own)) : undefined;
    },
    destroy() {
      wipe(secret);
      secret = undefined;
    },
  };
}

/** The secret in a buffer of its own: noble's is the front of a longer one. */
function moved(secret: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(secret);
  wipe(secret);
  return copy;
}
