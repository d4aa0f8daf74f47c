/** Private keys as key files hold them: PEM (RFC 7468) of PKCS #8, PKCS #1 (RFC 8017, A.1.2) or ECPrivateKey (RFC 5915). */

import { fromBase64, fromHex, toBase64, wipe } from "../bytes/bytes.ts";
import { DerError, demand } from "./der-error.ts";
import { contextTag, inside, readTlv, TAG, tlv } from "./tlv.ts";

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]*?)-----END \1-----/g;

/** A block of a PEM text. */
export interface PemBlock {
  readonly label: string;
  readonly bytes: Uint8Array;
}

/** The blocks of a PEM text; what stands between them is explanation (RFC 7468, 5.2). @throws DerError for bad base64 */
export function readPem(text: string): PemBlock[] {
  return [...text.matchAll(BLOCK)].map(([, label = "", body = ""]) => {
    try {
      return { label, bytes: fromBase64(body.replace(/\s+/g, "")) };
    } catch {
      throw new DerError(`the PEM block ${label} is not base64`);
    }
  });
}

const none = new Uint8Array(0);
const VERSION_0 = tlv(TAG.INTEGER, Uint8Array.of(0));
const RSA_ENCRYPTION = tlv(TAG.SEQUENCE, tlv(TAG.OID, fromHex("2a864886f70d010101")), tlv(TAG.NULL, none));
const EC_PUBLIC_KEY = tlv(TAG.OID, fromHex("2a8648ce3d0201"));

/** By label: how a block becomes PKCS #8. */
const TO_PKCS8: Readonly<Record<string, (der: Uint8Array) => Uint8Array>> = {
  "PRIVATE KEY": (der) => Uint8Array.from(der),
  "RSA PRIVATE KEY": (der) => privateKeyInfo(RSA_ENCRYPTION, der),
  "EC PRIVATE KEY": (der) => {
    const what = "ECPrivateKey";
    const parameters = inside(readTlv(der, what), TAG.SEQUENCE, what).find(({ tag }) => tag === contextTag(0, true));
    demand(parameters !== undefined, "an EC PRIVATE KEY must name its curve");
    return privateKeyInfo(tlv(TAG.SEQUENCE, EC_PUBLIC_KEY, parameters.contents), der);
  },
};

/**
 * The one private key of a PEM text as PKCS #8; the caller wipes it. The text cannot be wiped.
 * @throws DerError when there is none or more than one, or an encrypted one
 */
export function readPrivateKeyPem(text: string): Uint8Array {
  const [block, ...others] = readPem(text).filter(({ label }) => label.endsWith("PRIVATE KEY"));
  demand(block !== undefined && others.length === 0, "a PEM text with one private key is expected");
  const convert = Object.hasOwn(TO_PKCS8, block.label) ? TO_PKCS8[block.label] : undefined;
  demand(convert !== undefined, `a PEM block of ${block.label} cannot be read; PRIVATE KEY (PKCS #8) can`);
  try {
    return convert(block.bytes);
  } finally {
    wipe(block.bytes);
  }
}

function privateKeyInfo(algorithm: Uint8Array, key: Uint8Array): Uint8Array {
  return tlv(TAG.SEQUENCE, VERSION_0, algorithm, tlv(TAG.OCTET_STRING, key));
}

/** A block of PEM, in lines of 64 (RFC 7468, 2). */
export function encodePem(label: string, bytes: Uint8Array): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
