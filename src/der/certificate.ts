/**
 * X.509 certificates (RFC 5280) as far as a chain of ECDSA P-384 with SHA-384 needs them, read strictly. What a path
 * depends on and is not read here (a critical extension, another algorithm) is refused, never passed over.
 */

import { equalBytes, toHex, toLatin1 } from "../bytes/bytes.ts";
import { demand } from "./der-error.ts";
import { contentsOf, contextTag, inside, readTlv, TAG, type Tlv, tlv, wholeBits } from "./tlv.ts";

export interface Certificate {
  readonly encoding: Uint8Array;
  /** The part that is signed, as it is encoded. */
  readonly tbs: Uint8Array;
  /** Names in DER. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Milliseconds since the epoch; both belong to the time of validity. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** basicConstraints: whether it may sign certificates, and how many of other CAs may stand below it. */
  readonly isCa: boolean;
  readonly pathLength?: number;
  readonly keyUsage?: { readonly digitalSignature: boolean; readonly keyCertSign: boolean };
  /** Ecdsa-Sig-Value in DER. */
  readonly signature: Uint8Array;
}

const WHAT = "the certificate";

/** SEQUENCE { ecdsa-with-SHA384 } (RFC 5758, 3.2): without parameters. */
const ECDSA_WITH_SHA384: Uint8Array = tlv(TAG.SEQUENCE, tlv(TAG.OID, Uint8Array.of(42, 134, 72, 206, 61, 4, 3, 3)));

/** @throws DerError for anything but a version 3 certificate with known critical extensions, signed as above */
export function readCertificate(der: Uint8Array): Certificate {
  const [tbs, algorithm, signature, ...others] = inside(readTlv(der, WHAT), TAG.SEQUENCE, WHAT);
  demand(others.length === 0, `${WHAT} has too many fields`);
  demandAlgorithm(algorithm);
  const fields = inside(tbs, TAG.SEQUENCE, WHAT);
  const [version, serial, inner, issuer, validity, subject, publicKey] = fields;
  const [number] = inside(version, contextTag(0, true), WHAT);
  demand(equalBytes(contentsOf(number, TAG.INTEGER, WHAT), Uint8Array.of(2)), `${WHAT} must have version 3`);
  const serialBytes = contentsOf(serial, TAG.INTEGER, WHAT).length;
  demand(serialBytes >= 1 && serialBytes <= 20, `${WHAT} must have a serial number of up to 20 bytes`);
  demandAlgorithm(inner);
  const [notBefore, notAfter, ...more] = inside(validity, TAG.SEQUENCE, WHAT);
  demand(more.length === 0, `${WHAT} has too many times`);
  // issuerUniqueID and subjectUniqueID are not for new certificates (4.1.2.8).
  demand(fields.length <= 8, `${WHAT} has unique identifiers`);
  return {
    encoding: der,
    tbs: (tbs as Tlv).encoding,
    issuer: named(issuer),
    subject: named(subject),
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    publicKey: sequence(publicKey),
    ...extensions(fields[7]),
    signature: wholeBits(signature, WHAT),
  };
}

function demandAlgorithm(algorithm: Tlv | undefined): void {
  const known = algorithm !== undefined && equalBytes(algorithm.encoding, ECDSA_WITH_SHA384);
  demand(known, `${WHAT} must be signed by ECDSA with SHA-384`);
}

/** A distinguished name that is not empty. */
function named(name: Tlv | undefined): Uint8Array {
  demand(inside(name, TAG.SEQUENCE, WHAT).length > 0, `${WHAT} must name its issuer and its subject`);
  return (name as Tlv).encoding;
}

function sequence(value: Tlv | undefined): Uint8Array {
  contentsOf(value, TAG.SEQUENCE, WHAT);
  return (value as Tlv).encoding;
}

const UTC = /^(\d\d)(\d{4}\d{6})Z$/;
const GENERALIZED = /^(\d{4})(\d{4}\d{6})Z$/;

/** UTCTime until 2049, GeneralizedTime from 2050, both with seconds and in Zulu (4.1.2.5). */
function timeOf(value: Tlv | undefined): number {
  const isUtc = value?.tag === TAG.UTC_TIME;
  const contents = contentsOf(value, isUtc ? TAG.UTC_TIME : TAG.GENERALIZED_TIME, WHAT);
  const [, year = "", rest = ""] = (isUtc ? UTC : GENERALIZED).exec(toLatin1(contents)) ?? [];
  const fullYear = isUtc && year !== "" ? Number(year) + (Number(year) < 50 ? 2000 : 1900) : Number(year);
  const [month, day, hour, minute, second] = rest.match(/\d\d/g) ?? [];
  const iso = `${String(fullYear).padStart(4, "0")}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = Date.parse(iso);
  const isReal = !Number.isNaN(time) && new Date(time).toISOString() === iso;
  demand(isReal && isUtc === fullYear < 2050, `${WHAT} has a time that is none, or in the wrong form`);
  return time;
}

type Extensions = Pick<Certificate, "isCa" | "pathLength" | "keyUsage">;

const BASIC_CONSTRAINTS = "551d13";
const KEY_USAGE = "551d0f";

function extensions(field: Tlv | undefined): Extensions {
  if (field === undefined) return { isCa: false };
  const [list] = inside(field, contextTag(3, true), WHAT);
  const found = new Map<string, Uint8Array>();
  for (const extension of inside(list, TAG.SEQUENCE, WHAT)) {
    const [id, ...rest] = inside(extension, TAG.SEQUENCE, WHAT);
    const value = rest.pop();
    const [critical, ...further] = rest;
    demand(further.length === 0, `${WHAT} has an extension with too many fields`);
    const name = toHex(contentsOf(id, TAG.OID, WHAT));
    demand(!found.has(name), `${WHAT} has an extension twice`);
    const isCritical = critical !== undefined && booleanOf(critical);
    const isRead = name === BASIC_CONSTRAINTS || name === KEY_USAGE;
    demand(isRead || !isCritical, `${WHAT} has a critical extension that is not read here`);
    found.set(name, contentsOf(value, TAG.OCTET_STRING, WHAT));
  }
  const constraints = found.get(BASIC_CONSTRAINTS);
  const usage = found.get(KEY_USAGE);
  return { ...constraintsOf(constraints), ...(usage && { keyUsage: usageOf(usage) }) };
}

/** BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL } (4.2.1.9) */
function constraintsOf(value: Uint8Array | undefined): Pick<Certificate, "isCa" | "pathLength"> {
  if (value === undefined) return { isCa: false };
  const [cA, pathLength] = inside(readTlv(value, WHAT), TAG.SEQUENCE, WHAT);
  if (cA === undefined) return { isCa: false };
  demand(booleanOf(cA), `${WHAT} has basic constraints that are not DER`);
  if (pathLength === undefined) return { isCa: true };
  const contents = contentsOf(pathLength, TAG.INTEGER, WHAT);
  demand(contents.length === 1 && (contents[0] as number) < 128, `${WHAT} has a path length out of bounds`);
  return { isCa: true, pathLength: contents[0] as number };
}

/** TRUE, the one value that DER writes where FALSE is the default. */
function booleanOf(value: Tlv): boolean {
  const contents = contentsOf(value, TAG.BOOLEAN, WHAT);
  demand(contents.length === 1 && contents[0] === 0xff, `${WHAT} has a BOOLEAN that is not DER`);
  return true;
}

/** KeyUsage ::= BIT STRING { digitalSignature (0), …, keyCertSign (5), … } (4.2.1.3) */
function usageOf(value: Uint8Array): NonNullable<Certificate["keyUsage"]> {
  const bits = contentsOf(readTlv(value, WHAT), TAG.BIT_STRING, WHAT);
  const first = bits[1] ?? 0;
  demand(bits.length >= 2 && bits.length <= 3 && (bits[0] as number) < 8, `${WHAT} has a key usage without bits`);
  return { digitalSignature: (first & 0x80) !== 0, keyCertSign: (first & 0x04) !== 0 };
}
