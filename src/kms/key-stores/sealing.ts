/** Symmetric ciphertexts, made and opened: by the token, and for keys in external key stores by the external key too. */

import { concat } from "../../bytes/bytes.ts";
import { type EnvelopePurpose, envelopeKeyId } from "../../der/kms-envelope-frame.ts";
import { after, type Soon } from "../../storage/soon.ts";
import type { BackingKey, CallContext, KeyRecord } from "../context.ts";
import { fail, KmsError } from "../errors.ts";
import { encodeExternalEnvelope, headAround, readExternalEnvelope } from "./external-envelope.ts";
import { decryptOutside, encryptOutside, type ProxyCall } from "./proxy-client.ts";
import { PROXY_FAILURES, ProxyFailure } from "./proxy-failures.ts";
import { connectionOf, type KeyStoreRecord, keyStoreById } from "./record.ts";

/** A key, and what of a request goes into its ciphertexts. */
export interface Sealing {
  readonly key: KeyRecord;
  readonly material: BackingKey;
  /** The canonical encryption context. */
  readonly canonical: Uint8Array;
  /** The KMS operation, which an external key store proxy is told. */
  readonly operation: string;
}

/** The identifier of the material that made a ciphertext, or `undefined` when it is no blob of a KMS. */
export function blobKeyId(blob: Uint8Array): Uint8Array | undefined {
  return envelopeKeyId(blob) ?? readExternalEnvelope(blob)?.keyIdentifier;
}

/** @throws KmsError KMSInvalidStateException when an external key store proxy does not do its part. */
export function seal(
  context: CallContext,
  sealing: Sealing,
  plaintext: Uint8Array,
  purpose: EnvelopePurpose,
): Soon<Uint8Array> {
  const { key, material, canonical } = sealing;
  const blob = context.vault.encrypt(material, canonical, plaintext, purpose);
  if (key.keyStore?.externalKeyId === undefined) return blob;
  const { externalKeyId } = key.keyStore;
  const head = headAround(blob);
  return outside(context, sealing, async (call) => {
    const aad = additionalData(context, head, canonical);
    return encodeExternalEnvelope(head, await encryptOutside(context, call, externalKeyId, aad, blob));
  });
}

/** @throws KmsError InvalidCiphertextException, and as {@link seal}. */
export function open(context: CallContext, sealing: Sealing, ciphertext: Uint8Array): Soon<Uint8Array> {
  const { key, material, canonical } = sealing;
  return after(
    key.keyStore?.externalKeyId === undefined ? ciphertext : blobWithin(context, sealing, ciphertext),
    (blob) => context.vault.decrypt(material, canonical, blob) ?? fail("InvalidCiphertextException"),
  );
}

async function blobWithin(context: CallContext, sealing: Sealing, ciphertext: Uint8Array): Promise<Uint8Array> {
  const envelope = readExternalEnvelope(ciphertext) ?? fail("InvalidCiphertextException");
  const externalKeyId = sealing.key.keyStore?.externalKeyId as string;
  return outside(context, sealing, async (call) => {
    const aad = additionalData(context, envelope.head, sealing.canonical);
    return decryptOutside(context, call, externalKeyId, aad, envelope);
  });
}

/** The head, so that it belongs to this ciphertext, and a digest of the encryption context, which may be of any length. */
function additionalData({ vault }: CallContext, head: Uint8Array, canonical: Uint8Array): Uint8Array {
  return concat(head, vault.sha256(canonical));
}

async function outside<T>(
  context: CallContext,
  { key, operation }: Sealing,
  talk: (call: ProxyCall) => Promise<T>,
): Promise<T> {
  const { proxy } = await keyStoreOf(context, key);
  if (proxy === undefined) throw new Error(`${key.arn} has an external key without a proxy`);
  try {
    return await talk({ proxy, operation, keyArn: key.arn });
  } catch (error) {
    if (!(error instanceof ProxyFailure)) throw error;
    throw new KmsError("KMSInvalidStateException", PROXY_FAILURES[error.failure].message, { cause: error });
  }
}

/** A key names its custom key store, which cannot be deleted before the key. */
function keyStoreOf(context: CallContext, key: KeyRecord): Promise<KeyStoreRecord> {
  return keyStoreById(context, key.keyStore?.id ?? "", key);
}

/** Whether the key's custom key store, if it is in one, is connected. */
export function isAvailable(context: CallContext, key: KeyRecord): Soon<boolean> {
  if (key.keyStore === undefined) return true;
  return keyStoreOf(context, key).then((store) => connectionOf(store, context.now).state === "CONNECTED");
}

/** The text for external key stores is the External Key Store Proxy API Specification's, "Error codes". */
const NOT_CONNECTED =
  "This KMS key is in a custom key store that is not connected to its external key store proxy. Connect the external " +
  "key store and try the request again.";

/** @throws KmsError KMSInvalidStateException when the key is in a custom key store that is not connected. */
export function requireAvailable(context: CallContext, key: KeyRecord): Soon<void> {
  return after(isAvailable(context, key), (isConnected) => {
    if (isConnected) return;
    const message = key.origin === "EXTERNAL_KEY_STORE" ? NOT_CONNECTED : `${key.arn} is unavailable.`;
    fail("KMSInvalidStateException", message);
  });
}
