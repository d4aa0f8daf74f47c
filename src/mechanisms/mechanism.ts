import type { Secret } from "../bytes/secret.ts";
import type { Encapsulated, Engine, HashState, Rng, Running, Threads } from "../crypto/engine.ts";
import type { Template } from "../cryptoki/attributes.ts";
import { Bare } from "../cryptoki/bare.ts";
import type { KeyType, MechanismName } from "../cryptoki/constants.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import type { SecretValues, TokenObject } from "../objects/object.ts";
import type { Hazard, Strength } from "../objects/policy.ts";

/** What every operation of a mechanism may use. */
export interface Context {
  readonly engine: Engine;
  readonly rng: Rng;
  /** The key of a handle among the parameters. @throws CkrError CKR_KEY_HANDLE_INVALID */
  readonly keyOf?: (handle: ObjectHandle) => TokenObject;
}

/** Key material that a mechanism made: attributes the caller may not choose, and the secrets, taken over. */
export interface NewKey {
  readonly attributes: Template;
  readonly secrets: SecretValues;
}

export interface NewKeyPair {
  readonly publicKey: NewKey;
  readonly privateKey: NewKey;
}

/** The operations of PKCS #11 that a mechanism may have; the CKF_ flags of CK_MECHANISM_INFO are these. */
export const OPERATIONS = [
  "encrypt",
  "decrypt",
  "digest",
  "sign",
  "verify",
  "signRecover",
  "verifyRecover",
  "messageEncrypt",
  "messageDecrypt",
  "messageSign",
  "messageVerify",
  "generateKey",
  "generateKeyPair",
  "wrap",
  "unwrap",
  "derive",
  "encapsulate",
  "decapsulate",
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** What CK_MECHANISM_INFO says of elliptic curves: CKF_EC_F_P and so on (PKCS #11 v3.2, 6.3). */
export type CurveFlag = "EC_F_P" | "EC_OID" | "EC_CURVENAME" | "EC_UNCOMPRESS";

/** Curves over prime fields by object identifier, with uncompressed points. */
export const CURVE_FLAGS: readonly CurveFlag[] = ["EC_F_P", "EC_OID", "EC_UNCOMPRESS"];
/** The curves of RFC 8410, which have names too. */
export const OCTET_CURVE_FLAGS: readonly CurveFlag[] = [...CURVE_FLAGS, "EC_CURVENAME"];

/** What a wrapped blob says. Without `attributes` the template of the unwrap decides what the value is. */
export interface Unwrapped {
  readonly value?: Secret;
  readonly attributes?: Template;
  readonly secrets?: SecretValues;
}

/** A running multi-part encryption or decryption. */
export interface CipherStream {
  update(data: Uint8Array): Uint8Array;
  final(): Uint8Array;
}

/** A message of a message-based encryption: its ciphertext, and the IV and tag that the receiver needs beside it. */
export interface SealedMessage {
  readonly ciphertext: Uint8Array;
  readonly iv: Uint8Array;
  readonly tag: Uint8Array;
}

/** What C_WrapKeyAuthenticated gives: the key, and what is beside it, unless it is inside. */
export interface AuthenticatedKey {
  readonly wrappedKey: Uint8Array;
  readonly iv?: Uint8Array;
  readonly tag?: Uint8Array;
}

/** A running multi-part verification. */
export interface VerifyStream {
  update(data: Uint8Array): void;
  final(signature: Uint8Array): boolean;
}

/**
 * A mechanism (PKCS #11 v3.1, section 5 and 6): its name, its keys, its parameters and the operations it has. What it
 * does not have it does not mention; flags, lists and documentation are derived from that.
 *
 * Errors: parameters out of bounds are CKR_MECHANISM_PARAM_INVALID from `parse`; data of a wrong length is
 * CKR_DATA_LEN_RANGE or CKR_ENCRYPTED_DATA_LEN_RANGE; everything that depends on secret data is one
 * CKR_ENCRYPTED_DATA_INVALID (or CKR_WRAPPED_KEY_INVALID), thrown from one place.
 */
export interface Mechanism<N extends MechanismName = MechanismName, P = unknown> {
  readonly name: N;
  /** Where it is specified. */
  readonly source: string;
  /** The key types it works with; absent for digests. For generation and derivation: the key types it makes. */
  readonly keyTypes?: readonly KeyType[];
  /** CK_MECHANISM_INFO's ulMinKeySize and ulMaxKeySize, in the unit that the mechanism's key type has there. */
  readonly keySize?: { readonly min: number; readonly max: number; readonly unit: "bits" | "bytes" };
  /** Of mechanisms on elliptic curves: which, and in what form. */
  readonly curves?: readonly CurveFlag[];
  /** R2: its wrapped blobs authenticate the attributes of the key. Strict policy wraps with nothing else. */
  readonly bindsAttributes?: true;
  /** R3: it wraps under a sub-key of its own, which no other operation of the wrapping key can reach. */
  readonly separatesWrapKey?: true;
  /** Works only with keys whose CKA_ALLOWED_MECHANISMS names it: the owner decided when the key was made. */
  readonly mustBeAllowed?: true;
  /** The derived value is meant to leave the token (a shared secret): sensitivity is not inherited. */
  readonly releasesSecret?: true;

  /** What is wrong with some of its operations, whatever the parameters; the strict policy has a rule for each. */
  readonly hazards?: { readonly [O in Operation]?: Hazard };
  /** What it derives is a data object (CKO_DATA), not a key. */
  readonly derivesData?: true;
  /** The standard has its derived keys as sensitive and unextractable as their base key, under any policy. */
  readonly inheritsProtection?: true;
  /** Parameters that may be weaker than is safe, with a key or at all, and the least that the strict policy takes. */
  strengths?(params: P, key?: TokenObject): readonly Strength[];

  /** From anything to the parameters. @throws CkrError CKR_MECHANISM_PARAM_INVALID */
  parse(choice: Readonly<Record<string, unknown>>): P;

  encrypt?(context: Context, key: TokenObject, params: P, data: Uint8Array): Uint8Array;
  decrypt?(context: Context, key: TokenObject, params: P, data: Uint8Array): Uint8Array;
  /** Streaming forms; without them the token collects the parts and calls the one-shot form. */
  encryptStart?(context: Context, key: TokenObject, params: P): CipherStream;
  decryptStart?(context: Context, key: TokenObject, params: P): CipherStream;

  /** The parameters of one message, or of one authenticated key. */
  parseMessage?(given: Readonly<Record<string, unknown>>): unknown;
  /** Message-based encryption (v3.2, 5.9 and 5.11). */
  messageEncrypt?(context: Context, key: TokenObject, message: unknown, data: Uint8Array): SealedMessage;
  /** `undefined` when the message is not authentic. */
  messageDecrypt?(context: Context, key: TokenObject, message: unknown, data: Uint8Array): Uint8Array | undefined;

  sign?(context: Context, key: TokenObject, params: P, data: Uint8Array): Uint8Array;
  verify?(context: Context, key: TokenObject, params: P, data: Uint8Array, signature: Uint8Array): boolean;
  /** Signatures that give their data back; `undefined` when a signature is not valid. */
  signRecover?(context: Context, key: TokenObject, params: P, data: Uint8Array): Uint8Array;
  verifyRecover?(context: Context, key: TokenObject, params: P, signature: Uint8Array): Uint8Array | undefined;
  signStart?(context: Context, key: TokenObject, params: P): HashState;
  verifyStart?(context: Context, key: TokenObject, params: P): VerifyStream;
  /** Length of a signature or MAC; any other length is CKR_SIGNATURE_LEN_RANGE before anything is computed. */
  signatureBytes?(key: TokenObject, params: P): number;

  digest?(context: Context, params: P): HashState;

  /** `template` is complete but for what the mechanism contributes. */
  generateKey?(context: Context, params: P, template: Template): NewKey;
  /** Yields between steps of long work. */
  generateKeyPair?(context: Context, params: P, publicTemplate: Template): Generator<void, NewKeyPair>;
  /** The same pair from the same draws, made in a thread. */
  generateKeyPairIn?(threads: Threads, context: Context, params: P, publicTemplate: Template): Running<NewKeyPair>;
  /** `byteLength` is what the template's key type and CKA_VALUE_LEN ask for, `undefined` for the natural length. */
  derive?(context: Context, key: TokenObject, params: P, byteLength: number | undefined): Uint8Array;
  wrap?(context: Context, key: TokenObject, params: P, target: TokenObject): Uint8Array;
  unwrap?(context: Context, key: TokenObject, params: P, wrapped: Uint8Array): Unwrapped;
  /** C_WrapKeyAuthenticated and its inverse (v3.2, 5.18.6), with the parameters of a message; `undefined` when it is not authentic. */
  wrapAuthenticated?(context: Context, key: TokenObject, message: unknown, target: TokenObject): AuthenticatedKey;
  unwrapAuthenticated?(
    context: Context,
    key: TokenObject,
    message: unknown,
    wrapped: Uint8Array,
  ): Unwrapped | undefined;
  /** C_EncapsulateKey and C_DecapsulateKey (PKCS #11 v3.2, 5.18): a shared secret from either half of a pair. */
  encapsulate?(context: Context, key: TokenObject, params: P): Encapsulated;
  decapsulate?(context: Context, key: TokenObject, params: P, ciphertext: Uint8Array): Uint8Array;
}

/** Checks a mechanism's shape and keeps its literal name. What it does not have it cannot inherit. */
export function mechanism<N extends MechanismName, P>(spec: Mechanism<N, P>): Mechanism<N, P> {
  return Object.freeze(Object.assign(new Bare(), spec));
}
