import { type EnvelopeHeader, startEnvelope } from "../../src/der/kms-envelope-frame.ts";

/** The header of a KMS ciphertext blob with that many encrypted octets. */
export function encodeEnvelopeHeader(fields: EnvelopeHeader, octetCount: number): Uint8Array {
  const { blob, headerBytes } = startEnvelope(fields, octetCount);
  return blob.slice(0, headerBytes);
}
