import {
  encode,
  objectId,
  octets,
  parse,
  printable,
  readObjectId,
  readOctets,
  readPrintable,
  requireRebuilt,
} from "./asn1.ts";
import { demand } from "./der-error.ts";
import { OID } from "./oids.ts";

export type EcCurve =
  | "P-224"
  | "P-256"
  | "P-384"
  | "P-521"
  | "secp256k1"
  | "brainpoolP256r1"
  | "brainpoolP384r1"
  | "brainpoolP512r1"
  | "SM2";

/** Bytes of a coordinate, and of a private scalar (SEC 1, 2.3.5 and C.4). */
// biome-ignore format: a table
export const FIELD_BYTES: { readonly [C in EcCurve]: number } = {
  "P-224":         28,
  "P-256":         32,
  "P-384":         48,
  "P-521":         66,
  secp256k1:       32,
  brainpoolP256r1: 32,
  brainpoolP384r1: 48,
  brainpoolP512r1: 64,
  SM2:             32,
};

/** The curves whose keys are byte strings, as RFC 7748 and RFC 8032 have them (RFC 8410). */
export type OctetCurve = "X25519" | "X448" | "Ed25519" | "Ed448";

/** Bytes of a public key, and of a private one (RFC 7748, 5; RFC 8032, 5.1.5 and 5.2.5). */
// biome-ignore format: a table
export const OCTET_KEY_BYTES: { readonly [C in OctetCurve]: number } = {
  X25519:  32,
  X448:    56,
  Ed25519: 32,
  Ed448:   57,
};

/** The curve names that PKCS #11 v3.1, 6.3.4 and 6.3.6, give them beside their object identifiers. */
// biome-ignore format: a table
const OCTET_CURVE_NAMES: { readonly [C in OctetCurve]: string } = {
  X25519:  "curve25519",
  X448:    "curve448",
  Ed25519: "edwards25519",
  Ed448:   "edwards448",
};

const OCTET_CURVES = Object.keys(OCTET_KEY_BYTES) as OctetCurve[];

/** The curve of an object identifier of RFC 8410, or `undefined` for any other. */
export function octetCurveOf(oid: string): OctetCurve | undefined {
  return OCTET_CURVES.find((curve) => OID[curve] === oid);
}

/** @throws DerError unless the key has the length of the curve's keys. */
export function requireOctetKey(curve: OctetCurve, which: "public" | "private", key: Uint8Array): void {
  const length = OCTET_KEY_BYTES[curve];
  demand(key.length === length, `an ${curve} ${which} key has ${length} bytes, not ${key.length}`);
}

/** The curve of an object identifier, or `undefined` for any other. */
export function curveOf(oid: string): EcCurve | undefined {
  return (Object.keys(FIELD_BYTES) as EcCurve[]).find((curve) => OID[curve] === oid);
}

/** @throws DerError unless the bytes have the shape of an uncompressed point, 04 ‖ x ‖ y (SEC 1, 2.3.3). */
export function requirePoint(curve: EcCurve, point: Uint8Array): void {
  const length = 1 + 2 * FIELD_BYTES[curve];
  demand(point[0] !== 0x02 && point[0] !== 0x03, "compressed points are refused; give the uncompressed point");
  demand(point[0] === 0x04, "an EC point must be uncompressed: 04, x, y");
  demand(point.length === length, `an uncompressed ${curve} point has ${length} bytes, not ${point.length}`);
}

/** CKA_EC_PARAMS (PKCS #11 v3.1, 6.3.3): the curve's object identifier. */
export function encodeEcParams(curve: EcCurve | OctetCurve): Uint8Array {
  return encode(objectId(OID[curve]));
}

/**
 * Reads CKA_EC_PARAMS: an object identifier, or a PrintableString such as "edwards25519" (PKCS #11 v3.1, 6.3.4).
 * @throws DerError for any other curve, explicit parameters, or anything but DER.
 */
export function decodeEcParams(der: Uint8Array): EcCurve | OctetCurve {
  const what = "EC parameters";
  const block = parse(der, what);
  const name = readPrintable(block);
  const named = OCTET_CURVES.find((curve) => OCTET_CURVE_NAMES[curve] === name);
  if (named !== undefined) {
    requireRebuilt(der, encode(printable(OCTET_CURVE_NAMES[named])), what);
    return named;
  }
  const oid = readObjectId(block, what);
  const curve = octetCurveOf(oid) ?? curveOf(oid);
  demand(curve !== undefined, "EC parameters name a curve that is not supported");
  requireRebuilt(der, encodeEcParams(curve), what);
  return curve;
}

/** CKA_EC_POINT (PKCS #11 v3.1, 6.3.3): the point in an OCTET STRING. */
export function encodeEcPoint(point: Uint8Array): Uint8Array {
  return encode(octets(point));
}

/**
 * The contents of CKA_EC_POINT. Whether they are a point is for the curve to say.
 * @throws DerError when it is not one DER OCTET STRING.
 */
export function decodeEcPoint(der: Uint8Array): Uint8Array {
  const point = readOctets(parse(der, "EC point"), "EC point");
  requireRebuilt(der, encodeEcPoint(point), "EC point");
  return point;
}
