import { wipe } from "../bytes/bytes.ts";
import { algorithmIdentifier, readAlgorithmIdentifier } from "./algorithm-identifier.ts";
import {
  type Block,
  bits,
  encode,
  explicit,
  implicitOctets,
  objectId,
  octets,
  parse,
  readBits,
  readExplicit,
  readObjectId,
  readOctets,
  readSequence,
  readUnsigned,
  readVersion,
  requireRebuilt,
  sequence,
  unsigned,
  version,
} from "./asn1.ts";
import { demand } from "./der-error.ts";
import { type EcCurve, FIELD_BYTES, type OctetCurve, requireOctetKey, requirePoint } from "./ec-params.ts";
import { OID } from "./oids.ts";
import { isParameterSet, requireSeed, type SeededParameterSet } from "./parameter-sets.ts";

/** `privateKey` is the scalar, big-endian, of exactly the order's length; `point` is the uncompressed public point. */
export type EcPrivateKeyInfo = { type: "EC"; curve: EcCurve; privateKey: Uint8Array; point?: Uint8Array };

/** Unsigned big-endian integers without leading zeros (RFC 8017, A.1.2). */
export type RsaPrivateKeyInfo = { type: "RSA" } & { [N in (typeof RSA_FIELDS)[number]]: Uint8Array };

/** `seed` is the private key of RFC 7748 or RFC 8032, a byte string. */
export type OctetPrivateKeyInfo = { type: OctetCurve; seed: Uint8Array };

/** `seed` is ξ of ML-DSA (RFC 9881, 6) or d ‖ z of ML-KEM (RFC 9935, 6), from which the whole key follows. */
export type SeededPrivateKeyInfo = { type: SeededParameterSet; seed: Uint8Array };

/** A private key. */
export type PrivateKeyInfo = EcPrivateKeyInfo | RsaPrivateKeyInfo | OctetPrivateKeyInfo;

const WHAT = "PrivateKeyInfo";
const RSA_FIELDS = ["n", "e", "d", "p", "q", "dp", "dq", "qi"] as const;

/**
 * PrivateKeyInfo (RFC 5208, 5) in DER, as OpenSSL writes it: version 0, no attributes, and for EC an ECPrivateKey
 * (RFC 5915, 3) without parameters, because the AlgorithmIdentifier has them. ML-DSA and ML-KEM keys are in the form
 * that RFC 9881, 6, and RFC 9935, 6, recommend: the seed alone.
 * @throws DerError when a key, seed or point has the wrong length, or an RSA integer is zero.
 */
export function encodePkcs8(info: PrivateKeyInfo | SeededPrivateKeyInfo): Uint8Array {
  return build(info, false);
}

function build(info: PrivateKeyInfo | SeededPrivateKeyInfo, curveInside: boolean): Uint8Array {
  const key = encodeKey(info, curveInside);
  const der = encode(sequence(version(0), algorithmIdentifier(info), octets(key)));
  wipe(key);
  return der;
}

function encodeKey(info: PrivateKeyInfo | SeededPrivateKeyInfo, curveInside: boolean): Uint8Array {
  switch (info.type) {
    case "EC":
      return encode(ecPrivateKey(info, curveInside));
    case "RSA":
      return encode(sequence(version(0), ...RSA_FIELDS.map((name) => unsigned(info[name]))));
    default:
      if (isParameterSet(info.type)) {
        requireSeed(info.type, info.seed);
        return encode(implicitOctets(0, info.seed));
      }
      requireOctetKey(info.type, "private", info.seed);
      return encode(octets(info.seed));
  }
}

function ecPrivateKey({ curve, privateKey, point }: EcPrivateKeyInfo, curveInside: boolean): Block {
  const length = FIELD_BYTES[curve];
  demand(privateKey.length === length, `a ${curve} private key has ${length} bytes, not ${privateKey.length}`);
  if (point !== undefined) requirePoint(curve, point);
  return sequence(
    version(1),
    octets(privateKey),
    ...(curveInside ? [explicit(0, objectId(OID[curve]))] : []),
    ...(point === undefined ? [] : [explicit(1, bits(point))]),
  );
}

/**
 * Reads a PrivateKeyInfo. ECPrivateKey may repeat the curve, as RFC 5915 asks, and may leave out the public point;
 * whether the values belong together is for the algorithm to say.
 * @throws DerError for anything but its DER encoding, another algorithm or version, attributes, RSA of other than two
 * primes.
 */
export function decodePkcs8(der: Uint8Array): PrivateKeyInfo {
  const [versionField, identifier, privateKey] = readSequence(parse(der, WHAT), WHAT, 3);
  readVersion(versionField, "PrivateKeyInfo version", 0);
  const algorithm = readAlgorithmIdentifier(identifier);
  demand(!isParameterSet(algorithm.type), `a private key of ${algorithm.type} is not read from PKCS #8`);
  const key = readOctets(privateKey, "privateKey");
  try {
    const { info, curveInside } =
      algorithm.type === "EC"
        ? readEc(key, algorithm.curve)
        : { info: readOther(key, algorithm.type), curveInside: false };
    requireRebuilt(der, build(info, curveInside), WHAT);
    return info;
  } finally {
    wipe(key);
  }
}

function readEc(key: Uint8Array, curve: EcCurve): { info: EcPrivateKeyInfo; curveInside: boolean } {
  const what = "ECPrivateKey";
  const fields = readSequence(parse(key, what), what, 2, 4);
  readVersion(fields[0], "ECPrivateKey version", 1);
  const privateKey = readOctets(fields[1], "ECPrivateKey privateKey");
  const parameters = readExplicit(fields[2], 0);
  if (parameters !== undefined) {
    const same = readObjectId(parameters, "ECPrivateKey parameters") === OID[curve];
    demand(same, "ECPrivateKey parameters name another curve than the AlgorithmIdentifier");
  }
  const publicKey = readExplicit(fields.at(-1), 1);
  const info: EcPrivateKeyInfo = { type: "EC", curve, privateKey };
  if (publicKey !== undefined) info.point = readBits(publicKey, "ECPrivateKey publicKey");
  return { info, curveInside: parameters !== undefined };
}

function readOther(key: Uint8Array, type: "RSA" | OctetCurve): PrivateKeyInfo {
  if (type !== "RSA") {
    return { type, seed: readOctets(parse(key, "CurvePrivateKey"), "CurvePrivateKey") };
  }
  const what = "RSAPrivateKey";
  const [versionField, ...integers] = readSequence(parse(key, what), what, 9);
  readVersion(versionField, "RSAPrivateKey version", 0);
  const [n, e, d, p, q, dp, dq, qi] = integers.map((block, i) => readUnsigned(block, `RSAPrivateKey ${RSA_FIELDS[i]}`));
  return { type, n, e, d, p, q, dp, dq, qi } as RsaPrivateKeyInfo;
}
