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

export type EcCurve = "P-256" | "P-384" | "P-521" | "secp256k1";

/** Bytes of a coordinate, and of a private scalar (SEC 1, 2.3.5 and C.4). */
// biome-ignore format: a table
export const FIELD_BYTES: { readonly [C in EcCurve]: number } = {
  "P-256":   32,
  "P-384":   48,
  "P-521":   66,
  secp256k1: 32,
};

/** The curve name that PKCS #11 v3.0 gives Ed25519 beside its object identifier. */
const EDWARDS25519 = "edwards25519";

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
export function encodeEcParams(curve: EcCurve | "Ed25519"): Uint8Array {
  return encode(objectId(OID[curve]));
}

/**
 * Reads CKA_EC_PARAMS: an object identifier, or the PrintableString "edwards25519" (PKCS #11 v3.1, 6.3.4).
 * @throws DerError for any other curve, explicit parameters, or anything but DER.
 */
export function decodeEcParams(der: Uint8Array): EcCurve | "Ed25519" {
  const what = "EC parameters";
  const block = parse(der, what);
  if (readPrintable(block) === EDWARDS25519) {
    requireRebuilt(der, encode(printable(EDWARDS25519)), what);
    return "Ed25519";
  }
  const oid = readObjectId(block, what);
  const curve = oid === OID.Ed25519 ? "Ed25519" : curveOf(oid);
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
