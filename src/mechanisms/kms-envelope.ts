import { equalBytes, putBytes, utf8, wipe } from "../bytes/bytes.ts";
import { putWord } from "../crypto/block-cipher.ts";
import type { AesGcmKey, MacKey } from "../crypto/engine.ts";
import { counterKdf } from "../crypto/kdf.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import { type Envelope, type EnvelopePurpose, readEnvelopeFrame, startEnvelope } from "../der/kms-envelope-frame.ts";
import type { Prepared, TokenObject } from "../objects/object.ts";
import { hmacKeyOf } from "./keys/generic-secret.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, MAX_PARAM_BYTES, oneOf, optional, paramReader } from "./params.ts";

export { envelopeKeyId } from "../der/kms-envelope-frame.ts";

/**
 * `aad` is the canonical encryption context. `purpose` is ENCRYPT unless told otherwise; decryption takes it from the
 * blob. `owner` is whose the backing key is: the same value in two owners' keys has two identifiers, so that a blob
 * says which of them made it. Nobody's by default.
 */
export interface KmsEnvelopeParams {
  readonly aad: Uint8Array;
  readonly purpose?: EnvelopePurpose | undefined;
  readonly owner?: Uint8Array | undefined;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const MAX_PLAINTEXT_BYTES = 8192;
/**
 * Zeros before the plaintext: a blob that opens under two keys would need 88 bits of them to come out twice (Albertini
 * et al., USENIX Security 2022, 5.3). The key identifier in the header commits to the key besides.
 */
const PADDING_BYTES = 11;

const ID_LABEL = utf8("POCKET-HSM KEY ID");
const none = new Uint8Array(0);
// biome-ignore format: a table
const LABELS: Readonly<Record<EnvelopePurpose, Uint8Array>> = {
  ENCRYPT: utf8("POCKET-HSM ENVELOPE ENCRYPT"),
  DATAKEY: utf8("POCKET-HSM ENVELOPE DATAKEY"),
};

const parse = paramReader<KmsEnvelopeParams>({
  aad: bytes(0, MAX_PARAM_BYTES),
  purpose: optional(oneOf<EnvelopePurpose>("ENCRYPT", "DATAKEY")),
  owner: optional(bytes(0, MAX_PARAM_BYTES)),
});

interface BackingKey {
  readonly prf: MacKey;
  /** Its identifier as that owner's. */
  readonly idOf: (owner: Uint8Array) => Uint8Array;
}

function backingKeyOf(context: Context, key: TokenObject): BackingKey {
  return key.prepared<BackingKey & Prepared>("kms envelope", () => {
    demand(key.get("KEY_TYPE") === "AES", "KEY_TYPE_INCONSISTENT", "the mechanism needs an AES key");
    demand(key.secret("VALUE").length === KEY_BYTES, "KEY_SIZE_RANGE", `a backing key has ${KEY_BYTES} bytes`);
    const prf = hmacKeyOf(context, key, "SHA256");
    let last: { readonly owner: Uint8Array; readonly id: Uint8Array } | undefined;
    const idOf = (owner: Uint8Array): Uint8Array => {
      if (last === undefined || !equalBytes(last.owner, owner)) {
        last = { owner: Uint8Array.from(owner), id: counterKdf(prf, ID_LABEL, owner, 32) };
      }
      return last.id;
    };
    return { prf, idOf };
  });
}

/** The identifier of a backing key in the blobs that it made. @throws CkrError CKR_KEY_TYPE_INCONSISTENT, CKR_KEY_SIZE_RANGE */
export function keyIdOf(context: Context, key: TokenObject, owner: Uint8Array = none): Uint8Array {
  return backingKeyOf(context, key).idOf(owner).slice();
}

/** Runs AES-256-GCM under the key of one blob. */
function withBlobKey<T>(
  { engine }: Context,
  { prf }: BackingKey,
  { purpose, nonce }: Pick<Envelope, "purpose" | "nonce">,
  use: (aes: AesGcmKey) => T,
): T {
  const value = counterKdf(prf, LABELS[purpose], nonce, KEY_BYTES);
  const aes = engine.aes(value, "GCM");
  wipe(value);
  try {
    return use(aes);
  } finally {
    aes.destroy();
  }
}

/** Where {@link authenticated} is put together when it is short, as it is without long encryption contexts. */
const scratch = new Uint8Array(1024);

/**
 * The encryption context and the header, the first with its length, so that no two pairs give the same bytes. They are
 * lent until the next call.
 */
function authenticated(aad: Uint8Array, blob: Uint8Array, headerBytes: number): Uint8Array {
  const byteLength = 4 + aad.length + headerBytes;
  const bytes = byteLength <= scratch.length ? scratch.subarray(0, byteLength) : new Uint8Array(byteLength);
  putWord(aad.length, bytes, 0);
  putBytes(aad, bytes, 4);
  for (let i = 0; i < headerBytes; i++) bytes[4 + aad.length + i] = blob[i] as number;
  return bytes;
}

/** The plaintext, or `undefined` for whatever is wrong. */
function open(
  context: Context,
  key: TokenObject,
  { aad, owner = none }: KmsEnvelopeParams,
  blob: Uint8Array,
): Uint8Array | undefined {
  const backingKey = backingKeyOf(context, key);
  const envelope = readEnvelopeFrame(blob);
  if (envelope === undefined || envelope.octets.length < PADDING_BYTES + TAG_BYTES) return undefined;
  if (!equalBytes(envelope.keyIdentifier, backingKey.idOf(owner))) return undefined;
  const { header, iv, octets } = envelope;
  const padded = withBlobKey(context, backingKey, envelope, (aes) =>
    aes.gcmOpen(iv, authenticated(aad, header, header.length), octets, TAG_BYTES),
  );
  if (padded === undefined) return undefined;
  let padding = 0;
  for (let i = 0; i < PADDING_BYTES; i++) padding |= padded[i] as number;
  const plaintext = padded.slice(PADDING_BYTES);
  wipe(padded);
  return padding === 0 ? plaintext : undefined;
}

/**
 * PHSM_KMS_ENVELOPE: a ciphertext blob of AWS KMS's shape, plaintext + 152 bytes while its lengths stay short, under
 * a key that SP 800-108 derives from backing key, purpose and a fresh nonce for every blob.
 */
export const kmsEnvelope: Mechanism<"PHSM_KMS_ENVELOPE", KmsEnvelopeParams> = mechanism({
  name: "PHSM_KMS_ENVELOPE",
  source: "docs/pkcs11.md; SP 800-108 r1, 4.1; SP 800-38D; RFC 2315, 13",
  keyTypes: ["AES"],
  keySize: { min: KEY_BYTES, max: KEY_BYTES, unit: "bytes" },
  mustBeAllowed: true,
  parse,
  encrypt(context, key, { aad, purpose = "ENCRYPT", owner = none }, data) {
    if (data.length < 1 || data.length > MAX_PLAINTEXT_BYTES) {
      throw new CkrError("DATA_LEN_RANGE", `the plaintext has 1 to ${MAX_PLAINTEXT_BYTES} bytes, not ${data.length}`);
    }
    const backingKey = backingKeyOf(context, key);
    const random = context.rng(NONCE_BYTES + IV_BYTES);
    const nonce = random.slice(0, NONCE_BYTES);
    const iv = random.slice(NONCE_BYTES);
    const padded = new Uint8Array(PADDING_BYTES + data.length);
    padded.set(data, PADDING_BYTES);
    const fields = { purpose, keyIdentifier: backingKey.idOf(owner), nonce, iv };
    const { blob, headerBytes } = startEnvelope(fields, padded.length + TAG_BYTES);
    const octets = withBlobKey(context, backingKey, fields, (aes) =>
      aes.gcmSeal(iv, authenticated(aad, blob, headerBytes), padded, TAG_BYTES),
    );
    wipe(padded);
    putBytes(octets, blob, headerBytes);
    return blob;
  },
  decrypt(context, key, params, blob) {
    const plaintext = open(context, key, params, blob);
    if (plaintext === undefined)
      throw new CkrError("ENCRYPTED_DATA_INVALID", "the ciphertext blob cannot be decrypted");
    return plaintext;
  },
});
