/**
 * CiphertextForRecipient: CMS EnvelopedData (RFC 5652, 6) for one key, RSAES-OAEP with SHA-256 around an AES-256-CBC key.
 *
 * The outer values have indefinite lengths (BER, X.690, 8.1.3.6), as AWS's have: the parser of the Nitro Enclaves SDK
 * for C takes no others.
 */

import { concat, equalBytes, fromHex } from "../../bytes/bytes.ts";
import { contextTag, TAG, tlv } from "../../der/tlv.ts";
import { demand } from "./attestation-error.ts";

/** What an envelope is made of. */
export interface EnvelopeParts {
  /** subjectKeyIdentifier of the recipient. */
  readonly keyIdentifier: Uint8Array;
  /** The content encryption key, encrypted. */
  readonly encryptedKey: Uint8Array;
  readonly iv: Uint8Array;
  readonly encryptedContent: Uint8Array;
}

// biome-ignore format: a table
const OID = {
  envelopedData: tlv(TAG.OID, fromHex("2a864886f70d010703")),
  data:          tlv(TAG.OID, fromHex("2a864886f70d010701")),
  rsaesOaep:     tlv(TAG.OID, fromHex("2a864886f70d010107")),
  mgf1:          tlv(TAG.OID, fromHex("2a864886f70d010108")),
  sha256:        tlv(TAG.OID, fromHex("608648016503040201")),
  aes256Cbc:     tlv(TAG.OID, fromHex("60864801650304012a")),
};
const NULL = tlv(TAG.NULL, new Uint8Array(0));
const VERSION_2 = tlv(TAG.INTEGER, Uint8Array.of(2));
const SHA256 = tlv(TAG.SEQUENCE, OID.sha256, NULL);
const EXPLICIT_0 = contextTag(0, true);

/** RSAES-OAEP-params with SHA-256 in both places (RFC 4055, 4.1). */
const RSAES_OAEP_SHA_256: Uint8Array = tlv(
  TAG.SEQUENCE,
  OID.rsaesOaep,
  tlv(TAG.SEQUENCE, tlv(EXPLICIT_0, SHA256), tlv(contextTag(1, true), tlv(TAG.SEQUENCE, OID.mgf1, SHA256))),
);

/** ContentInfo with EnvelopedData of one KeyTransRecipientInfo. */
export function encodeEnvelopedData({ keyIdentifier, encryptedKey, iv, encryptedContent }: EnvelopeParts): Uint8Array {
  const recipient = tlv(
    TAG.SEQUENCE,
    VERSION_2,
    tlv(contextTag(0, false), keyIdentifier),
    RSAES_OAEP_SHA_256,
    tlv(TAG.OCTET_STRING, encryptedKey),
  );
  const content = indefinite(
    TAG.SEQUENCE,
    OID.data,
    tlv(TAG.SEQUENCE, OID.aes256Cbc, tlv(TAG.OCTET_STRING, iv)),
    indefinite(EXPLICIT_0, tlv(TAG.OCTET_STRING, encryptedContent)),
  );
  const envelopedData = indefinite(TAG.SEQUENCE, VERSION_2, tlv(TAG.SET, recipient), content);
  return indefinite(TAG.SEQUENCE, OID.envelopedData, indefinite(EXPLICIT_0, envelopedData));
}

/** The parts of what {@link encodeEnvelopedData} makes. @throws AttestationError for anything else */
export function decodeEnvelopedData(ber: Uint8Array): EnvelopeParts {
  const octets: Uint8Array[] = [];
  walk(ber, 0, ber.length, 0, (tag, contents) => {
    if (tag === TAG.OCTET_STRING || tag === contextTag(0, false)) octets.push(contents);
  });
  const [keyIdentifier, encryptedKey, iv, encryptedContent] = octets as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const isOne = octets.length === 4 && iv.length === 16;
  demand(isOne && equalBytes(encodeEnvelopedData({ keyIdentifier, encryptedKey, iv, encryptedContent }), ber), NOT_ONE);
  return { keyIdentifier, encryptedKey, iv, encryptedContent };
}

const NOT_ONE = "a CiphertextForRecipient is expected";

function indefinite(tag: number, ...parts: Uint8Array[]): Uint8Array {
  return concat(Uint8Array.of(tag, 0x80), ...parts, Uint8Array.of(0, 0));
}

/** Visits every primitive value; gives where the values end: at `end`, or behind the end of contents. */
function walk(
  ber: Uint8Array,
  start: number,
  end: number,
  depth: number,
  visit: (tag: number, contents: Uint8Array) => void,
): number {
  demand(depth < 16, NOT_ONE);
  let at = start;
  while (at < end) {
    const [tag = 0, first = 0] = ber.subarray(at, at + 2);
    if (tag === 0 && first === 0) return at + 2;
    const lengthBytes = first > 0x80 ? first - 0x80 : 0;
    let length = first < 0x80 ? first : 0;
    for (const byte of ber.subarray(at + 2, at + 2 + lengthBytes)) length = length * 256 + byte;
    const contents = at + 2 + lengthBytes;
    demand(contents + length <= end, NOT_ONE);
    const isConstructed = (tag & 0x20) !== 0;
    if (!isConstructed) visit(tag, ber.subarray(contents, contents + length));
    if (first === 0x80) at = walk(ber, contents, end, depth + 1, visit);
    else {
      if (isConstructed) walk(ber, contents, contents + length, depth + 1, visit);
      at = contents + length;
    }
  }
  return at;
}
