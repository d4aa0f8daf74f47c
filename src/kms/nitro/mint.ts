/** Certificates and attestation documents as a Nitro hypervisor would issue them, for tests. */

import { Encoder } from "cbor-x/encode";
import { concat, fromHex, utf8 } from "../../bytes/bytes.ts";
import { contextTag, TAG, tlv } from "../../der/tlv.ts";
import { ES384, sigStructure } from "./document.ts";

/** ECDSA with SHA-384 over the data, r ‖ s. */
export type Sign = (data: Uint8Array) => Uint8Array;

export interface CertificateFields {
  readonly serial: Uint8Array;
  readonly issuer: string;
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** A CA's with room for that many CAs below, or not a CA's. */
  readonly ca?: { readonly pathLength: number };
}

const OID = (hex: string): Uint8Array => tlv(TAG.OID, fromHex(hex));
const ECDSA_WITH_SHA384 = tlv(TAG.SEQUENCE, OID("2a8648ce3d040303"));
const TRUE = tlv(TAG.BOOLEAN, Uint8Array.of(0xff));
const integer = (value: number): Uint8Array => tlv(TAG.INTEGER, Uint8Array.of(value));

/** A certificate in DER. @param derOf Ecdsa-Sig-Value from r ‖ s */
export function mintCertificate(
  fields: CertificateFields,
  sign: Sign,
  derOf: (rs: Uint8Array) => Uint8Array,
): Uint8Array {
  const { ca } = fields;
  const extensions = tlv(
    TAG.SEQUENCE,
    ...(ca === undefined ? [] : [critical("551d13", tlv(TAG.SEQUENCE, TRUE, integer(ca.pathLength)))]),
    // digitalSignature (0), or keyCertSign (5) and cRLSign (6); the first byte counts unused bits.
    critical("551d0f", tlv(TAG.BIT_STRING, ca === undefined ? Uint8Array.of(7, 0x80) : Uint8Array.of(1, 0x06))),
  );
  const tbs = tlv(
    TAG.SEQUENCE,
    tlv(contextTag(0, true), integer(2)),
    tlv(TAG.INTEGER, concat(Uint8Array.of(0x01), fields.serial)),
    ECDSA_WITH_SHA384,
    name(fields.issuer),
    tlv(TAG.SEQUENCE, time(fields.notBefore), time(fields.notAfter)),
    name(fields.subject),
    fields.publicKey,
    tlv(contextTag(3, true), extensions),
  );
  const signature = tlv(TAG.BIT_STRING, Uint8Array.of(0), derOf(sign(tbs)));
  return tlv(TAG.SEQUENCE, tbs, ECDSA_WITH_SHA384, signature);
}

function critical(oid: string, value: Uint8Array): Uint8Array {
  return tlv(TAG.SEQUENCE, OID(oid), TRUE, tlv(TAG.OCTET_STRING, value));
}

/** SEQUENCE { SET { SEQUENCE { commonName, UTF8String } } } */
function name(commonName: string): Uint8Array {
  const attribute = tlv(TAG.SEQUENCE, OID("550403"), tlv(TAG.UTF8_STRING, utf8(commonName)));
  return tlv(TAG.SEQUENCE, tlv(TAG.SET, attribute));
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). */
function time(milliseconds: number): Uint8Array {
  const digits = `${new Date(milliseconds).toISOString().slice(0, 19).replace(/[-T:]/g, "")}Z`;
  return digits < "2050" ? tlv(TAG.UTC_TIME, utf8(digits.slice(2))) : tlv(TAG.GENERALIZED_TIME, utf8(digits));
}

export interface DocumentFields {
  readonly moduleId: string;
  readonly timestamp: number;
  readonly pcrs: ReadonlyMap<number, Uint8Array>;
  readonly certificate: Uint8Array;
  readonly cabundle: readonly Uint8Array[];
  readonly publicKey: Uint8Array | null;
  readonly userData: Uint8Array | null;
  readonly nonce: Uint8Array | null;
}

const cbor = new Encoder({ useRecords: false, mapsAsObjects: false, tagUint8Array: false });

/** COSE_Sign1 without its tag, as the Nitro Security Module gives it. */
export function mintDocument(fields: DocumentFields, sign: Sign): Uint8Array {
  const payload = encoded(
    new Map<string, unknown>([
      ["module_id", fields.moduleId],
      ["digest", "SHA384"],
      ["timestamp", BigInt(fields.timestamp)],
      ["pcrs", fields.pcrs],
      ["certificate", fields.certificate],
      ["cabundle", fields.cabundle],
      ["public_key", fields.publicKey],
      ["user_data", fields.userData],
      ["nonce", fields.nonce],
    ]),
  );
  return encoded([ES384, new Map(), payload, sign(sigStructure(payload))]);
}

function encoded(value: unknown): Uint8Array {
  return Uint8Array.from(cbor.encode(value));
}
