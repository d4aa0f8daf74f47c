import type { MessageType } from "./algorithms.ts";
import type { BackingKey, KeyRecord } from "./context.ts";
import type { DataKeyPairSpec, KeySpec, KeyUsage } from "./key-specs.ts";

/**
 * The KMS's whole view of the token: the only place of `kms/` that knows sessions, handles and mechanisms. Backing
 * keys are made in the token, leave it only as exported key tokens, and are unwrapped into session objects on use
 * (bounded cache by backing key id).
 */
export interface Vault extends ImportVault {
  /** Random bytes from the token's DRBG, with prediction resistance. */
  random(byteLength: number): Uint8Array;
  sha256(data: Uint8Array): Uint8Array;
  /** Whether r ‖ s is the signature of somebody else's P-384 key (SubjectPublicKeyInfo), with SHA-384. */
  verifyP384(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean;
  /** CMS EnvelopedData for the holder of an RSA key (SubjectPublicKeyInfo). */
  sealFor(publicKey: Uint8Array, secret: Uint8Array): Uint8Array;
  /**
   * @param given the material where it is not to be generated: a secret's bytes, or PKCS #8 of a private key.
   * @throws MaterialError, CkrError for material that is not the key spec's
   */
  createBackingKey(keyId: string, spec: KeySpec, usage: KeyUsage, given?: Uint8Array): Promise<BackingKey>;
  /** The per-call envelope. `context` is the canonical encryption context. */
  encrypt(key: BackingKey, context: Uint8Array, plaintext: Uint8Array, purpose: "ENCRYPT" | "DATAKEY"): Uint8Array;
  /** The plaintext, or `undefined` for every failure alike. */
  decrypt(key: BackingKey, context: Uint8Array, blob: Uint8Array): Uint8Array | undefined;
  /** RSAES-OAEP and SM2PKE, whose ciphertexts are DER. */
  publicEncrypt(key: BackingKey, algorithm: string, plaintext: Uint8Array): Uint8Array;
  /** The plaintext, or `undefined` for every failure alike. */
  privateDecrypt(key: BackingKey, algorithm: string, ciphertext: Uint8Array): Uint8Array | undefined;
  /** Signatures of ECDSA and SM2DSA are DER. */
  sign(key: BackingKey, spec: KeySpec, algorithm: string, message: Uint8Array, type: MessageType): Uint8Array;
  verify(
    key: BackingKey,
    spec: KeySpec,
    algorithm: string,
    message: Uint8Array,
    type: MessageType,
    signature: Uint8Array,
  ): boolean;
  mac(key: BackingKey, algorithm: string, message: Uint8Array): Uint8Array;
  verifyMac(key: BackingKey, algorithm: string, message: Uint8Array, mac: Uint8Array): boolean;
  /** The raw shared secret, or `undefined` when the public key does not fit (wrong curve, garbage, not on it). */
  deriveSharedSecret(key: BackingKey, spec: KeySpec, publicKey: Uint8Array): Uint8Array | undefined;
  /** ML-KEM: a new shared secret, and the ciphertext by which the holder of the private key has it too. */
  encapsulate(key: BackingKey): { readonly sharedSecret: Uint8Array; readonly ciphertext: Uint8Array };
  /** The shared secret, or `undefined` for a ciphertext of another length; for others there always is one. */
  decapsulate(key: BackingKey, ciphertext: Uint8Array): Uint8Array | undefined;
  /** A data key pair: PKCS #8 and SPKI in DER. It leaves the token by definition. */
  generateDataKeyPair(spec: DataKeyPairSpec): Promise<{ privateKey: Uint8Array; publicKey: Uint8Array }>;
  /** Ends the session objects of a key that has been deleted. */
  forget(record: KeyRecord): void;
}

/** How material is wrapped for an import (service model, AlgorithmSpec). */
export type WrappingAlgorithm = `${"RSAES_OAEP" | "RSA_AES_KEY_WRAP"}_SHA_${1 | 256}` | "SM2PKE";

/** The pair that it is wrapped with (service model, WrappingKeySpec). */
export type WrappingKeySpec = `RSA_${2048 | 3072 | 4096}` | "SM2";

/** What an import token is for. */
export interface ImportTerms {
  readonly keyArn: string;
  readonly algorithm: WrappingAlgorithm;
  /** Milliseconds since the epoch. */
  readonly validTo: number;
}

/** The key that material is imported into. */
export type ImportTarget = Pick<KeyRecord, "keyId" | "keySpec" | "keyUsage">;

/**
 * The material as a backing key, whose id is a commitment to it and to the KMS key; or what is wrong: it cannot be
 * unwrapped, or is not what the key spec asks for.
 */
export type Imported = BackingKey | "InvalidCiphertextException" | "IncorrectKeyMaterialException";

export interface ImportVault {
  /** A new pair for imports into one key: the public half as SubjectPublicKeyInfo, and the import token. */
  createImportKey(
    terms: ImportTerms,
    target: ImportTarget,
    spec: WrappingKeySpec,
  ): Promise<{ readonly publicKey: Uint8Array; readonly token: Uint8Array }>;
  /**
   * Lends what an import token is for, and the way to unwrap with it.
   * @returns what `use` returns, or `undefined` for bytes that are no token of this vault.
   */
  openImportToken<T>(
    token: Uint8Array,
    use: (terms: ImportTerms, unwrap: (target: ImportTarget, encrypted: Uint8Array) => Imported) => T,
  ): T | undefined;
}
