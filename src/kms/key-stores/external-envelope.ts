/**
 * The outside of a ciphertext of a KMS key in an external key store. It begins as every blob does, so that the key is
 * found in the same way; what AWS puts into it is not published, but these fields are said to be there.
 *
 *     the first 37 bytes of the blob within ‖ 02 ‖ length, IV ‖ length, ciphertextMetadata ‖ tag (16) ‖ ciphertext
 *
 * The ciphertext is the KMS's own blob (der/kms-envelope-frame.ts), encrypted once more by the external key: the double
 * encryption of the developer guide.
 */

import { concat } from "../../bytes/bytes.ts";
import type { ExternalCiphertext } from "./proxy-client.ts";

const HEAD_BYTES = 37;
const KEY_ID = 5;
const KIND = 0x02;
const TAG_BYTES = 16;

export interface ExternalEnvelope extends ExternalCiphertext {
  /** What the external key's tag covers beside the ciphertext, with the encryption context's digest. */
  readonly head: Uint8Array;
  /** Of the material of the KMS key, 32 bytes. */
  readonly keyIdentifier: Uint8Array;
}

/** The head of the envelope around a blob of the KMS's own. */
export function headAround(blob: Uint8Array): Uint8Array {
  return concat(blob.subarray(0, HEAD_BYTES), Uint8Array.of(KIND));
}

export function encodeExternalEnvelope(head: Uint8Array, sealed: ExternalCiphertext): Uint8Array {
  const { initializationVector: iv, ciphertextMetadata: metadata, authenticationTag, ciphertext } = sealed;
  const [ivLength, metadataLength] = [Uint8Array.of(iv.length), Uint8Array.of(metadata.length)];
  return concat(head, ivLength, iv, metadataLength, metadata, authenticationTag, ciphertext);
}

/** Reads an envelope, or `undefined` for anything else. */
export function readExternalEnvelope(blob: Uint8Array): ExternalEnvelope | undefined {
  const head = blob.subarray(0, HEAD_BYTES + 1);
  const isOurs = head[0] === 0x01 && head[1] === 0x02 && head[3] === 0x00 && head[4] === 0x78 && head[37] === KIND;
  if (!isOurs) return undefined;
  let position = head.length;
  const take = (length: number): Uint8Array => {
    const bytes = blob.slice(position, position + length);
    position += length;
    return bytes;
  };
  const initializationVector = take(take(1)[0] ?? 0);
  const ciphertextMetadata = take(take(1)[0] ?? 0);
  const authenticationTag = take(TAG_BYTES);
  const ciphertext = blob.slice(position);
  if (ciphertext.length === 0) return undefined;
  const keyIdentifier = head.slice(KEY_ID, HEAD_BYTES);
  return { head, keyIdentifier, initializationVector, ciphertextMetadata, authenticationTag, ciphertext };
}
