/**
 * The outside of a KMS ciphertext blob, as AWS KMS's own blobs have it:
 *
 *     01 02 02|03 00 78 ‖ key identifier (32) ‖ 01 ‖ nonce (16) ‖ length of the rest (4) ‖ PKCS #7 EncryptedData
 *
 * EncryptedData (RFC 2315, 13) is AES-256-GCM (RFC 5084, 3.2) with a 12-byte IV and a 16-byte tag. All of it but the
 * IV and the encrypted octets at the end is known once their number is, so a blob is read by comparing it with what is
 * written: there is no second encoding of the same values.
 */

import { be32, concat, fromHex, putBytes } from "../bytes/bytes.ts";
import { contextTag, headBytes, headOf, TAG } from "./tlv.ts";

/** What made the blob: Encrypt (AQICAH… in base64) or GenerateDataKey (AQIDAH…). */
export type EnvelopePurpose = "ENCRYPT" | "DATAKEY";

export interface EnvelopeHeader {
  readonly purpose: EnvelopePurpose;
  /** Which backing key it belongs to, 32 bytes. */
  readonly keyIdentifier: Uint8Array;
  /** 16 bytes. */
  readonly nonce: Uint8Array;
  /** 12 bytes. */
  readonly iv: Uint8Array;
}

export interface Envelope extends EnvelopeHeader {
  /** Everything before the encrypted octets. */
  readonly header: Uint8Array;
  readonly octets: Uint8Array;
}

const PURPOSES: Readonly<Record<EnvelopePurpose, number>> = { ENCRYPT: 0x02, DATAKEY: 0x03 };

const PURPOSE = 2;
const KEY_ID = 5;
const KEY_ID_BYTES = 32;
const NONCE = KEY_ID + KEY_ID_BYTES + 1;
const NONCE_BYTES = 16;
const BODY_LENGTH = NONCE + NONCE_BYTES;
const BODY = BODY_LENGTH + 4;
const IV_BYTES = 12;

// biome-ignore format: one value a line
const DER = {
  encryptedData:   fromHex("06092a864886f70d010706"),       // OBJECT IDENTIFIER 1.2.840.113549.1.7.6
  version:         fromHex("020100"),                       // INTEGER 0
  data:            fromHex("06092a864886f70d010701"),       // OBJECT IDENTIFIER 1.2.840.113549.1.7.1
  aes256GcmToIv:   fromHex("301e060960864801650304012e3011040c"), // SEQUENCE { 2.16.840.1.101.3.4.1.46, SEQUENCE { OCTET STRING
  tagBytes:        fromHex("020110"),                       // INTEGER 16
};

const EXPLICIT_0 = contextTag(0, true);
const IMPLICIT_0 = contextTag(0, false);

/** Bytes of tag, length and contents. */
function encodedLength(contents: number): number {
  return headBytes(contents) + contents;
}

function tagAndLength(tag: number, length: number): Uint8Array {
  return Uint8Array.from(headOf(tag, length));
}

/** Lengths of the nested values around that many octets, from the inside out. */
function lengths(octetCount: number): { info: number; data: number; content: number; body: number } {
  const algorithm = DER.aes256GcmToIv.length + IV_BYTES + DER.tagBytes.length;
  const info = DER.data.length + algorithm + encodedLength(octetCount);
  const data = DER.version.length + encodedLength(info);
  const content = encodedLength(data);
  return { info, data, content, body: DER.encryptedData.length + encodedLength(content) };
}

function headerLength(octetCount: number): number {
  const { body } = lengths(octetCount);
  return BODY + encodedLength(body) - octetCount;
}

/** The header for some number of octets, with zeros in the place of what differs from blob to blob. */
interface Form {
  readonly bytes: Uint8Array;
  /** Where the bytes are the same in every blob of that length: from here up to there, and so on. */
  readonly fixed: readonly (readonly [from: number, to: number])[];
  readonly iv: number;
}

/** The forms that were made last. */
const forms = new Map<number, Form>();
const MAX_FORMS = 64;

function formOf(octetCount: number): Form {
  let form = forms.get(octetCount);
  if (form === undefined) {
    form = makeForm(octetCount);
    if (forms.size >= MAX_FORMS) forms.clear();
    forms.set(octetCount, form);
  }
  return form;
}

function makeForm(octetCount: number): Form {
  const { info, data, content, body } = lengths(octetCount);
  const sequence = tagAndLength(TAG.SEQUENCE, body);
  const afterIv = concat(DER.tagBytes, tagAndLength(IMPLICIT_0, octetCount));
  const bytes = concat(
    Uint8Array.of(0x01, 0x02, 0x00, 0x00, 0x78),
    new Uint8Array(KEY_ID_BYTES),
    Uint8Array.of(0x01),
    new Uint8Array(NONCE_BYTES),
    be32(sequence.length + body),
    sequence,
    DER.encryptedData,
    tagAndLength(EXPLICIT_0, content),
    tagAndLength(TAG.SEQUENCE, data),
    DER.version,
    tagAndLength(TAG.SEQUENCE, info),
    DER.data,
    DER.aes256GcmToIv,
    new Uint8Array(IV_BYTES),
    afterIv,
  );
  const iv = bytes.length - afterIv.length - IV_BYTES;
  const fixed = [
    [0, PURPOSE],
    [PURPOSE + 1, KEY_ID],
    [KEY_ID + KEY_ID_BYTES, NONCE],
    [NONCE + NONCE_BYTES, iv],
    [iv + IV_BYTES, bytes.length],
  ] as const;
  return { bytes, fixed, iv };
}

/**
 * A blob with its header and zeros in the place of that many encrypted octets, up to 65,000, which follow it.
 * @throws RangeError when a field has the wrong length.
 */
export function startEnvelope(fields: EnvelopeHeader, octetCount: number): { blob: Uint8Array; headerBytes: number } {
  const { purpose, keyIdentifier, nonce, iv } = fields;
  if (keyIdentifier.length !== KEY_ID_BYTES || nonce.length !== NONCE_BYTES || iv.length !== IV_BYTES) {
    throw new RangeError("an envelope has a key identifier of 32 bytes, a nonce of 16 and an IV of 12");
  }
  if (!(octetCount <= MAX_OCTETS)) throw new RangeError(`an envelope holds up to ${MAX_OCTETS} encrypted octets`);
  const form = formOf(octetCount);
  const headerBytes = form.bytes.length;
  const blob = new Uint8Array(headerBytes + octetCount);
  blob.set(form.bytes);
  blob[PURPOSE] = PURPOSES[purpose];
  putBytes(keyIdentifier, blob, KEY_ID);
  putBytes(nonce, blob, NONCE);
  putBytes(iv, blob, form.iv);
  return { blob, headerBytes };
}

const MAX_OCTETS = 65_000;
const SHORTEST_HEADER = headerLength(0);
const LONGEST_HEADER = headerLength(MAX_OCTETS);

/** Reads a blob, or `undefined` when it is not exactly what {@link startEnvelope} and octets in it give. */
export function readEnvelopeFrame(blob: Uint8Array): Envelope | undefined {
  const form = formOfBlob(blob);
  if (form === undefined) return undefined;
  const headerBytes = form.bytes.length;
  return {
    purpose: blob[PURPOSE] === PURPOSES.ENCRYPT ? "ENCRYPT" : "DATAKEY",
    keyIdentifier: blob.subarray(KEY_ID, KEY_ID + KEY_ID_BYTES),
    nonce: blob.subarray(NONCE, NONCE + NONCE_BYTES),
    iv: blob.subarray(form.iv, form.iv + IV_BYTES),
    header: blob.subarray(0, headerBytes),
    octets: blob.subarray(headerBytes),
  };
}

/** The form that a blob has, or `undefined` when it has none. */
function formOfBlob(blob: Uint8Array): Form | undefined {
  const octetCount = octetCountOf(blob.length);
  if (octetCount === undefined) return undefined;
  const form = formOf(octetCount);
  const purpose = blob[PURPOSE];
  if (purpose !== PURPOSES.ENCRYPT && purpose !== PURPOSES.DATAKEY) return undefined;
  return hasForm(blob, form) ? form : undefined;
}

/** A header is public: the first byte that differs ends it. */
function hasForm(blob: Uint8Array, { bytes, fixed }: Form): boolean {
  for (const [from, to] of fixed) for (let i = from; i < to; i++) if (blob[i] !== bytes[i]) return false;
  return true;
}

/** The one number of octets with which a blob has that length; a header grows with it, so there is no second. */
function octetCountOf(blobBytes: number): number | undefined {
  for (let headerBytes = SHORTEST_HEADER; headerBytes <= LONGEST_HEADER; headerBytes++) {
    const octetCount = blobBytes - headerBytes;
    if (octetCount >= 0 && octetCount <= MAX_OCTETS && headerLength(octetCount) === headerBytes) return octetCount;
  }
  return undefined;
}

/** The key identifier of a blob, a copy, or `undefined` when it is not a well-formed one. */
export function envelopeKeyId(blob: Uint8Array): Uint8Array | undefined {
  return formOfBlob(blob) && blob.slice(KEY_ID, KEY_ID + KEY_ID_BYTES);
}
