import { algorithmIdentifier, readAlgorithmIdentifier } from "./algorithm-identifier.ts";
import {
  type Block,
  bits,
  encode,
  parse,
  readBits,
  readSequence,
  readUnsigned,
  requireRebuilt,
  sequence,
  unsigned,
} from "./asn1.ts";
import { type EcCurve, type OctetCurve, requireOctetKey, requirePoint } from "./ec-params.ts";
import { isParameterSet, type ParameterSet, requirePublicKey } from "./parameter-sets.ts";

/** A public key. Points are uncompressed; `n` and `e` are unsigned big-endian integers without leading zeros. */
export type PublicKeyInfo =
  | { type: "EC"; curve: EcCurve; point: Uint8Array }
  | { type: "RSA"; n: Uint8Array; e: Uint8Array }
  | { type: OctetCurve | ParameterSet; publicKey: Uint8Array };

const WHAT = "SubjectPublicKeyInfo";

/**
 * SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) in DER.
 * @throws DerError when a point or key has the wrong length, or an RSA integer is zero.
 */
export function encodeSpki(info: PublicKeyInfo): Uint8Array {
  return encode(sequence(algorithmIdentifier(info), bits(encodeKey(info))));
}

function encodeKey(info: PublicKeyInfo): Uint8Array {
  switch (info.type) {
    case "EC":
      requirePoint(info.curve, info.point);
      return info.point;
    case "RSA":
      return encode(sequence(unsigned(info.n), unsigned(info.e)));
    default:
      if (isParameterSet(info.type)) requirePublicKey(info.type, info.publicKey);
      else requireOctetKey(info.type, "public", info.publicKey);
      return info.publicKey;
  }
}

/**
 * Reads a SubjectPublicKeyInfo. Whether a point is on its curve is for the curve to say.
 * @throws DerError for anything but its DER encoding, another algorithm, explicit EC parameters, a compressed point.
 */
export function decodeSpki(der: Uint8Array): PublicKeyInfo {
  const info = read(parse(der, WHAT));
  requireRebuilt(der, encodeSpki(info), WHAT);
  return info;
}

function read(block: Block): PublicKeyInfo {
  const [identifier, subjectPublicKey] = readSequence(block, WHAT, 2);
  const algorithm = readAlgorithmIdentifier(identifier);
  const key = readBits(subjectPublicKey, "subjectPublicKey");
  switch (algorithm.type) {
    case "EC":
      return { ...algorithm, point: key };
    case "RSA": {
      const [n, e] = readSequence(parse(key, "RSAPublicKey"), "RSAPublicKey", 2);
      return { ...algorithm, n: readUnsigned(n, "modulus"), e: readUnsigned(e, "publicExponent") };
    }
    default:
      return { ...algorithm, publicKey: key };
  }
}
