/**
 * What the engine on `node:crypto` leaves to the pure functions. They are reached through pure.ts only, so that nothing
 * falls back unseen: a test runs every operation and compares what was called there with the table.
 */

export type Fallback =
  | "AES of short messages"
  | "AES-GCM with an IV above 128 bytes"
  | "AES key wrap"
  | "Digests of short messages"
  | "EC key generation"
  | "EC public key validation and ECDSA verification of a digest"
  | "ECDSA nonces and scalar arithmetic"
  | "ECDSA and ECDH on P-384, P-521 and secp256k1"
  | "Ed25519 public key validation"
  | "Ed25519 verification of a signature that OpenSSL refuses"
  | "Ed25519ph signing and verification"
  | "Ed448 public key validation"
  | "Ed448 verification of a signature that OpenSSL refuses"
  | "Ed448 with a context, and Ed448ph"
  | "HMAC of short messages"
  | "ML-DSA, SLH-DSA and ML-KEM"
  | "RSA key generation"
  | "RSA key validation and encodings"
  | "RSA public operation with n above 3072 bits and e above 64"
  | "SM2"
  | "SM4";

/** Each operation that runs on the pure functions, and why. */
// biome-ignore format: a table
export const fallbacks: Readonly<Record<Fallback, string>> = {
  "AES of short messages":
    "the way into OpenSSL takes longer than the cryptography (by-length.ts)",
  "AES-GCM with an IV above 128 bytes":
    "OpenSSL takes none that is longer",
  "AES key wrap":
    "its blocks go one by one, of which each takes OpenSSL longer",
  "Digests of short messages":
    "the way into OpenSSL takes longer than two blocks; with SHA-1, SHA-224, SHA-256 and SM3",
  "EC key generation":
    "Node draws from its own source; FIPS 186-5, A.2.1 takes the scalar from the one that is given",
  "EC public key validation and ECDSA verification of a digest":
    "Node verifies over a message that it hashes itself: it does so where there is one (EcPublicKey.verifyMessage); on P-256 the multiple of the base point is Node's",
  "ECDSA nonces and scalar arithmetic":
    "Node hashes the message itself and draws the nonce from its own source; ours is RFC 6979, hedged with the given one or deterministic",
  "ECDSA and ECDH on P-384, P-521 and secp256k1":
    "the generated fields are faster than OpenSSL 3.0, which has special code for P-256 alone",
  "Ed25519 public key validation":
    "Node takes any 32 bytes for a key, points of small order and encodings that are not canonical too",
  "Ed25519 verification of a signature that OpenSSL refuses":
    "OpenSSL checks the equation without the cofactor; FIPS 186-5, 7.7 has the one with it, which accepts more",
  "Ed25519ph signing and verification":
    "OpenSSL 3.0 does not have it",
  "Ed448 public key validation":
    "OpenSSL does not check a key's order",
  "Ed448 verification of a signature that OpenSSL refuses":
    "it may be one that FIPS 186-5, 7.7 accepts, or one with R in a form that OpenSSL is not asked about",
  "Ed448 with a context, and Ed448ph":
    "Node has no parameter for a context, and OpenSSL 3.0 no Ed448ph",
  "HMAC of short messages":
    "the same, up to some blocks (by-length.ts); with other hashes Node is the faster one at any length",
  "ML-DSA, SLH-DSA and ML-KEM":
    "OpenSSL 3.0 does not have them",
  "RSA key generation":
    "Node draws from its own source, and all at once; the powers of Miller–Rabin are Node's",
  "RSA key validation and encodings":
    "Node takes keys whose parts do not belong together and draws seeds and salts itself; the primitives are Node's, and PSS over a message (RsaPublicKey.pssVerifyMessage)",
  "RSA public operation with n above 3072 bits and e above 64":
    "OpenSSL refuses such a key",
  SM2:
    "Node has no SM2 keys",
  SM4:
    "OpenSSL 3.0 has no GCM with it, and other modes without the processor's instructions; to decrypt long CBC alone it is a tenth faster",
};
