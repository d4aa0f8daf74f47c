/**
 * The engine seam: every algorithm is a prepared key and operations on it.
 *
 * An engine is a plain value of functions. `pureEngine` (pure-engine.ts) is the default; an engine on another
 * library offers the same value, and each is the other's oracle in the tests. All byte strings that come in are
 * read and never kept, except by the prepared keys, which copy what they need and wipe it on `destroy`.
 *
 * Randomness is an argument: an {@link Rng} is passed to each call that needs one. What an operation draws, and in
 * which order, is the same in every engine, so that a run from a seed gives the same results on all of them.
 */

import type { AesCipherMaker } from "./block-cipher.ts";

/** Random bytes of the given length, 1 to 65,536. */
export type Rng = (byteLength: number) => Uint8Array;

export type HashName =
  | "SHA1"
  | "SHA224"
  | "SHA256"
  | "SHA384"
  | "SHA512"
  | "SHA512_224"
  | "SHA512_256"
  | "SHA3_224"
  | "SHA3_256"
  | "SHA3_384"
  | "SHA3_512"
  | "SM3";

/** The extendable-output functions of FIPS 202, 6.2. */
export type XofName = "SHAKE128" | "SHAKE256";

export type CurveName =
  | "P-224"
  | "P-256"
  | "P-384"
  | "P-521"
  | "secp256k1"
  | "brainpoolP256r1"
  | "brainpoolP384r1"
  | "brainpoolP512r1";

/** A running digest or MAC. After `digest` the state is used up. */
export interface HashState {
  update(data: Uint8Array): void;
  digest(): Uint8Array;
  /** The same state once more; only digests have it. */
  copy?(): HashState;
}

/** AES under one key of 16, 24 or 32 bytes. */
export interface AesKey {
  /** AES-GCM (SP 800-38D): ciphertext followed by the tag of `tagBytes`, 4, 8, or 12 to 16. */
  gcmSeal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, tagBytes: number): Uint8Array;
  /** The plaintext, or `undefined` when the tag does not match. */
  gcmOpen(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, tagBytes: number): Uint8Array | undefined;
  /** AES-CBC over whole blocks, no padding (SP 800-38A, 6.2). */
  cbcEncrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
  cbcDecrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
  /** AES-ECB over whole blocks (SP 800-38A, 6.1). */
  ecbEncrypt(blocks: Uint8Array): Uint8Array;
  ecbDecrypt(blocks: Uint8Array): Uint8Array;
  /** AES-CTR from a 16-byte counter block, 128-bit big-endian increment (SP 800-38A, 6.5). */
  ctr(counter: Uint8Array, data: Uint8Array): Uint8Array;
  /** AES-CMAC (SP 800-38B), 16 bytes. */
  cmac(): HashState;
  /** AES key wrap (RFC 3394): a multiple of 8 bytes, at least 16. */
  kwWrap(data: Uint8Array): Uint8Array;
  kwUnwrap(wrapped: Uint8Array): Uint8Array | undefined;
  /** AES key wrap with padding (RFC 5649). */
  kwpWrap(data: Uint8Array): Uint8Array;
  kwpUnwrap(wrapped: Uint8Array): Uint8Array | undefined;
  destroy(): void;
}

/** An AES key for one mode alone, which is all that has to be tested before it is used. */
export type AesGcmKey = Pick<AesKey, "gcmSeal" | "gcmOpen" | "destroy">;
export type AesCbcKey = Pick<AesKey, "cbcEncrypt" | "cbcDecrypt" | "destroy">;

/** Prepares an AES key. @throws RangeError when it is not of 16, 24 or 32 bytes. */
export interface AesMaker {
  (key: Uint8Array): AesKey;
  (key: Uint8Array, mode: "GCM"): AesGcmKey;
  (key: Uint8Array, mode: "CBC"): AesCbcKey;
}

/** SM4 (GB/T 32907-2016) under one key of 16 bytes, in the modes that AES has above. GCM takes an IV of any length. */
export type Sm4Key = Pick<AesKey, "gcmSeal" | "gcmOpen" | "cbcEncrypt" | "cbcDecrypt" | "ctr" | "destroy">;

/** HMAC under one key (FIPS 198-1); inner and outer states are computed once. */
export interface MacKey {
  readonly macBytes: number;
  mac(data: Uint8Array): Uint8Array;
  start(): HashState;
  destroy(): void;
}

export interface EcPublicKey {
  readonly curve: CurveName;
  /** ECDSA (FIPS 186-5, 6.4.2) over a digest of any length; `signature` is r ‖ s, each of the order's length. */
  verify(digest: Uint8Array, signature: Uint8Array): boolean;
  /** The same over a message, of an engine that is faster when it hashes itself. */
  verifyMessage?(hash: HashName, message: Uint8Array, signature: Uint8Array): boolean;
}

export interface EcPrivateKey {
  readonly curve: CurveName;
  /** The public point, uncompressed (SEC 1, 2.3.3). */
  publicPoint(): Uint8Array;
  /**
   * ECDSA (FIPS 186-5, 6.4.1); r ‖ s. The nonce is by RFC 6979: hedged with a generator (3.6), or deterministic with
   * HMAC of the hash that the digest is of (3.2).
   */
  sign(digest: Uint8Array, nonce: Rng | HashName): Uint8Array;
  /** ECDH (SP 800-56A, 5.7.1.2): x-coordinate of the field's length, or `undefined` when the point is not valid. */
  agree(peerPoint: Uint8Array): Uint8Array | undefined;
  destroy(): void;
}

/** `pure`: Ed25519 over the message; `prehashed`: Ed25519ph over a 64-byte SHA-512 digest (RFC 8032, 5.1). */
export type EdVariant = "pure" | "prehashed";

export interface EdPublicKey {
  verify(message: Uint8Array, signature: Uint8Array, variant: EdVariant): boolean;
}

export interface EdPrivateKey {
  publicKey(): Uint8Array;
  sign(message: Uint8Array, variant: EdVariant): Uint8Array;
  destroy(): void;
}

/** Ed448, or Ed448ph over a 64-byte SHAKE256 digest, with a context of up to 255 bytes (RFC 8032, 5.2). */
export interface Ed448PublicKey {
  verify(message: Uint8Array, signature: Uint8Array, variant: EdVariant, context: Uint8Array): boolean;
}

export interface Ed448PrivateKey {
  publicKey(): Uint8Array;
  sign(message: Uint8Array, variant: EdVariant, context: Uint8Array): Uint8Array;
  destroy(): void;
}

/** Key agreement on curve25519 and curve448 (RFC 7748). */
export type XCurveName = "X25519" | "X448";

export interface XPrivateKey {
  readonly curve: XCurveName;
  publicKey(): Uint8Array;
  /** The shared secret, or `undefined` when it is all zero (RFC 7748, 6) or the public key has another length. */
  agree(peer: Uint8Array): Uint8Array | undefined;
  destroy(): void;
}

/** Parameter sets of FIPS 204, section 4. */
export type MlDsaSet = "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";

/** Parameter sets of FIPS 205, section 11. */
export type SlhDsaSet =
  | "SLH-DSA-SHA2-128s"
  | "SLH-DSA-SHAKE-128s"
  | "SLH-DSA-SHA2-128f"
  | "SLH-DSA-SHAKE-128f"
  | "SLH-DSA-SHA2-192s"
  | "SLH-DSA-SHAKE-192s"
  | "SLH-DSA-SHA2-192f"
  | "SLH-DSA-SHAKE-192f"
  | "SLH-DSA-SHA2-256s"
  | "SLH-DSA-SHAKE-256s"
  | "SLH-DSA-SHA2-256f"
  | "SLH-DSA-SHAKE-256f";

/** A key pair as the byte strings of FIPS 203, 204 and 205. */
export interface PqKeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/**
 * What a signature is over: a message with a context of up to 255 bytes (FIPS 204, 5.2; FIPS 205, 10.2); M′ as it is
 * (their internal interface, 6.2 and 9.2); or the representative µ of 64 bytes, for ML-DSA alone.
 */
export type PqInput =
  | { readonly message: Uint8Array; readonly context: Uint8Array }
  | { readonly formatted: Uint8Array }
  | { readonly mu: Uint8Array };

export interface PqPublicKey {
  verify(input: PqInput, signature: Uint8Array): boolean;
}

export interface PqPrivateKey {
  publicKey(): Uint8Array;
  /** Hedged with `rng`; deterministic without. @throws RangeError for an input of a length that it may not have. */
  sign(input: PqInput, rng: Rng | undefined): Uint8Array;
  destroy(): void;
}

/** ML-DSA (FIPS 204) or SLH-DSA (FIPS 205) in one parameter set. */
export interface PqSignature {
  readonly seedBytes: number;
  readonly publicKeyBytes: number;
  readonly signatureBytes: number;
  /** Key generation (FIPS 204, 6.1: ξ; FIPS 205, 9.1: SK.seed ‖ SK.prf ‖ PK.seed) from a seed of `seedBytes`. */
  generate(seed: Uint8Array): PqKeyPair;
  /** `undefined` when the key has another length. */
  publicKey(publicKey: Uint8Array): PqPublicKey | undefined;
  /** `undefined` when the key has another length; for ML-DSA also when its parts do not belong together. */
  privateKey(privateKey: Uint8Array): PqPrivateKey | undefined;
}

/** Parameter sets of FIPS 203, section 8. */
export type MlKemSet = "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";

/** A shared secret of 32 bytes, and the ciphertext that carries it (FIPS 203, 7.2). */
export interface Encapsulated {
  readonly ciphertext: Uint8Array;
  readonly sharedSecret: Uint8Array;
}

export interface KemPublicKey {
  /** FIPS 203, 7.2. */
  encapsulate(rng: Rng): Encapsulated;
}

export interface KemPrivateKey {
  publicKey(): Uint8Array;
  /** The shared secret; implicit rejection for any ciphertext of the right length, `undefined` for another (7.3). */
  decapsulate(ciphertext: Uint8Array): Uint8Array | undefined;
  destroy(): void;
}

/** ML-KEM (FIPS 203) in one parameter set. */
export interface Kem {
  readonly seedBytes: number;
  readonly publicKeyBytes: number;
  readonly ciphertextBytes: number;
  /** Key generation (FIPS 203, 7.1) from d ‖ z. */
  generate(seed: Uint8Array): PqKeyPair;
  /** `undefined` when the type check or the modulus check of FIPS 203, 7.2 fails. */
  publicKey(publicKey: Uint8Array): KemPublicKey | undefined;
  /** `undefined` when the type check or the hash check of FIPS 203, 7.3 fails, or the public key inside is none. */
  privateKey(privateKey: Uint8Array): KemPrivateKey | undefined;
}

/** Big-endian unsigned integers (RFC 8017, 3.2), with p > q and d modulo lcm(p−1, q−1). */
export interface RsaComponents {
  readonly n: Uint8Array;
  readonly e: Uint8Array;
  readonly d: Uint8Array;
  readonly p: Uint8Array;
  readonly q: Uint8Array;
  readonly dp: Uint8Array;
  readonly dq: Uint8Array;
  readonly qi: Uint8Array;
}

export interface OaepParams {
  readonly hash: HashName;
  readonly mgf: HashName;
  readonly label: Uint8Array;
}

/** A SHAKE as `hash` gives 32 or 64 bytes, and as `mgf` it is the mask itself, without MGF1 (RFC 8702, 2.2). */
export interface PssParams {
  readonly hash: HashName | XofName;
  readonly mgf: HashName | XofName;
  readonly saltBytes: number;
}

export interface RsaPublicKey {
  readonly modulusBits: number;
  /** RSAEP (RFC 8017, 5.1.1) on k bytes; `undefined` when they are not below n. */
  power(input: Uint8Array): Uint8Array | undefined;
  /** RSAES-OAEP (RFC 8017, 7.1.1). @throws RangeError when the message is longer than k − 2·hLen − 2. */
  oaepEncrypt(params: OaepParams, message: Uint8Array, rng: Rng): Uint8Array;
  /** RSAES-PKCS1-v1_5 (RFC 8017, 7.2.1). @throws RangeError when the message is longer than k − 11. */
  pkcs1Encrypt(message: Uint8Array, rng: Rng): Uint8Array;
  /** RSASSA-PSS over a digest (RFC 8017, 8.1.2). */
  pssVerify(params: PssParams, digest: Uint8Array, signature: Uint8Array): boolean;
  /** The same over a message, of an engine that is faster when it hashes itself. */
  pssVerifyMessage?(
    params: PssParams & { readonly hash: HashName },
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
  /** RSASSA-PKCS1-v1_5 (RFC 8017, 8.2.2). Without `hash`, `digest` is the DigestInfo or any bytes to be padded. */
  pkcs1Verify(hash: HashName | undefined, digest: Uint8Array, signature: Uint8Array): boolean;
  /** What was padded into a signature that is valid in itself (RFC 8017, 9.2), or `undefined`. */
  pkcs1Recover(signature: Uint8Array): Uint8Array | undefined;
}

export interface RsaPrivateKey {
  readonly modulusBits: number;
  /** RSADP (RFC 8017, 5.1.2) on k bytes; `undefined` when they are not below n. */
  power(input: Uint8Array, rng: Rng): Uint8Array | undefined;
  /** The message, or `undefined` for every failure alike. */
  oaepDecrypt(params: OaepParams, ciphertext: Uint8Array, rng: Rng): Uint8Array | undefined;
  /**
   * Implicit rejection (draft-irtf-cfrg-rsa-guidance): a ciphertext of k bytes below n always gives a message; with
   * bad padding it is a pseudorandom one, fixed by key and ciphertext. `undefined` only for a wrong length or range.
   */
  pkcs1Decrypt(ciphertext: Uint8Array, rng: Rng): Uint8Array | undefined;
  pssSign(params: PssParams, digest: Uint8Array, rng: Rng): Uint8Array;
  pkcs1Sign(hash: HashName | undefined, digest: Uint8Array, rng: Rng): Uint8Array;
  destroy(): void;
}

/** SM2 (GB/T 32918-2016) on its one curve (GB/T 32918.5, annex A). */
export interface Sm2PublicKey {
  /** Verification (GB/T 32918.2, 7.1) of r ‖ s over e = SM3(Z ‖ M), 32 bytes; Z as sm2Z makes it. */
  verify(digest: Uint8Array, signature: Uint8Array): boolean;
  /** Encryption (GB/T 32918.4, 6.1): C1 ‖ C3 ‖ C2, C1 uncompressed. @throws RangeError when the message is empty. */
  encrypt(message: Uint8Array, rng: Rng): Uint8Array;
}

export interface Sm2PrivateKey {
  /** The public point, uncompressed. */
  publicPoint(): Uint8Array;
  /** Signature (GB/T 32918.2, 6.1) over e, nonce by RFC 6979, 3.6 with SM3, hedged with `rng`; r ‖ s. */
  sign(digest: Uint8Array, rng: Rng): Uint8Array;
  /** The message of C1 ‖ C3 ‖ C2 (GB/T 32918.4, 7.1), or `undefined` for every failure alike. */
  decrypt(ciphertext: Uint8Array): Uint8Array | undefined;
  /** Plain ECDH on the SM2 curve: the x-coordinate, or `undefined` when the point is not valid. */
  agree(peerPoint: Uint8Array): Uint8Array | undefined;
  destroy(): void;
}

export interface Pbkdf2Params {
  readonly hash: HashName;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** Work in another thread. */
export interface Running<T> {
  /** Rejects when the thread ends on the way, or the work was stopped. */
  readonly result: Promise<T>;
  /** Asks the thread to stop; it does so between two steps. */
  stop(): void;
}

/**
 * Threads that do what would hold up the event loop. What they can do is their own table (token/tasks.ts): here tasks are
 * plain data, and so are results.
 */
export interface Threads {
  /** How many there are at most; 0 when they have been closed. */
  readonly count: number;
  /** `secrets` are arrays in the task with a buffer of their own, which is moved to the thread, and wiped there. */
  run(task: unknown, secrets: readonly Uint8Array[]): Running<unknown>;
}

export interface Engine {
  readonly name: string;
  /** Without them, long work is done in slices. */
  readonly threads?: Threads;
  /** AES for the random generator and its health tests, where it is not to be the one by tables. */
  readonly drbgCipher?: AesCipherMaker;
  readonly digest: (hash: HashName, data: Uint8Array) => Uint8Array;
  readonly hash: (hash: HashName) => HashState;
  /** SHAKE128 or SHAKE256 (FIPS 202, 6.2) with an output of `byteLength`, at least 1. */
  readonly xof: (xof: XofName, byteLength: number) => HashState;
  /** PBKDF2 with HMAC (RFC 8018, 5.2). @throws RangeError when `iterations` or `byteLength` is not positive. */
  readonly pbkdf2: (password: Uint8Array, params: Pbkdf2Params, byteLength: number) => Uint8Array;
  readonly aes: AesMaker;
  readonly hmac: (hash: HashName, key: Uint8Array) => MacKey;
  /** SM4. @throws RangeError when the key is not of 16 bytes. */
  readonly sm4: (key: Uint8Array) => Sm4Key;
  /** `undefined` when the 65 bytes are not an uncompressed point of the SM2 curve. */
  readonly sm2Public: (point: Uint8Array) => Sm2PublicKey | undefined;
  /** `undefined` when the scalar is not of 32 bytes or not in [1, n − 2] (GB/T 32918.1, 6.1). */
  readonly sm2Private: (scalar: Uint8Array) => Sm2PrivateKey | undefined;
  /** A private scalar of 32 bytes by FIPS 186-5, A.2.1 (extra random bits), in [1, n − 2]. */
  readonly sm2Generate: (rng: Rng) => Uint8Array;
  /** `undefined` when the point (compressed or not) is not on the curve, or is the point at infinity. */
  readonly ecPublic: (curve: CurveName, point: Uint8Array) => EcPublicKey | undefined;
  /** `undefined` when the scalar is not of the order's length or not in [1, n − 1]. */
  readonly ecPrivate: (curve: CurveName, scalar: Uint8Array) => EcPrivateKey | undefined;
  /** A private scalar by FIPS 186-5, A.2.1 (extra random bits), of the order's length. */
  readonly ecGenerate: (curve: CurveName, rng: Rng) => Uint8Array;
  /** Ed25519; `undefined` when the 32 bytes are not the canonical encoding of a point of the prime-order subgroup. */
  readonly edPublic: (publicKey: Uint8Array) => EdPublicKey | undefined;
  readonly edPrivate: (seed: Uint8Array) => EdPrivateKey;
  /** Ed448; `undefined` when the 57 bytes are not the canonical encoding of a point of the prime-order subgroup. */
  readonly ed448Public: (publicKey: Uint8Array) => Ed448PublicKey | undefined;
  readonly ed448Private: (seed: Uint8Array) => Ed448PrivateKey;
  /** X25519 or X448 with a private key of 32 or 56 bytes, clamped on use (RFC 7748, 5). */
  readonly xPrivate: (curve: XCurveName, privateKey: Uint8Array) => XPrivateKey;
  readonly mlDsa: (set: MlDsaSet) => PqSignature;
  readonly slhDsa: (set: SlhDsaSet) => PqSignature;
  readonly mlKem: (set: MlKemSet) => Kem;
  /** `undefined` unless n is odd and of 1024 to 8192 bits, and e odd and from 3 to 2^256 (what is safe is for a policy). */
  readonly rsaPublic: (n: Uint8Array, e: Uint8Array) => RsaPublicKey | undefined;
  /** `undefined` when the components do not belong together. */
  readonly rsaPrivate: (components: RsaComponents) => RsaPrivateKey | undefined;
  /**
   * RSA key generation by FIPS 186-5, A.1.3, in steps: the generator yields between candidates, so that the caller
   * may run it to the end at once, or leave the event loop free and stop it.
   */
  readonly rsaGenerate: (modulusBits: number, publicExponent: Uint8Array, rng: Rng) => Generator<void, RsaComponents>;
}
