/** Templates of asymmetric keys, from the forms that vector files have them in. */

import { bitLength, concat, fromBase64, fromHex, os2ip } from "../../bytes/bytes.ts";
import type { CurveName, RsaComponents } from "../../crypto/engine.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import { encodeEcParams, encodeEcPoint, FIELD_BYTES, type OctetCurve } from "../../der/ec-params.ts";
import { decodeSpki } from "../../der/spki.ts";
import type { KeyTemplate, Usage } from "../../objects/template.ts";
import { Lacking } from "../module/refusals.ts";
import type { TokenSession } from "../suite.ts";
import { Refusal } from "./support.ts";

// biome-ignore format: a table
const CURVES: Readonly<Record<string, CurveName>> = {
  "P-224": "P-224", secp224r1: "P-224", EB: "P-224",
  "P-256": "P-256", secp256r1: "P-256", EC: "P-256",
  "P-384": "P-384", secp384r1: "P-384", ED: "P-384",
  "P-521": "P-521", secp521r1: "P-521", EE: "P-521",
  "P-256K": "secp256k1", secp256k1: "secp256k1", "K-256": "secp256k1",
  brainpoolP256r1: "brainpoolP256r1", brainpoolP384r1: "brainpoolP384r1", brainpoolP512r1: "brainpoolP512r1",
};

/** The curve of a name, `undefined` for one that the token does not have. */
export function curveNamed(name: string): CurveName | undefined {
  return Object.hasOwn(CURVES, name) ? CURVES[name] : undefined;
}

export function ecPublic(curve: CurveName, point: Uint8Array, usage: Usage = "sign"): KeyTemplate {
  const EC_PARAMS = encodeEcParams(curve);
  return { CLASS: "PUBLIC_KEY", KEY_TYPE: "EC", EC_PARAMS, EC_POINT: encodeEcPoint(point), usage };
}

export function ecPrivate(curve: CurveName, scalar: Uint8Array, usage: Usage): KeyTemplate {
  return { CLASS: "PRIVATE_KEY", KEY_TYPE: "EC", EC_PARAMS: encodeEcParams(curve), VALUE: scalar, usage };
}

/** An uncompressed point from its coordinates. */
export function pointOf(curve: CurveName, x: Uint8Array, y: Uint8Array): Uint8Array {
  const length = FIELD_BYTES[curve];
  return concat(Uint8Array.of(4), padded(x, length), padded(y, length));
}

/** With zeros in front up to the length. @throws Refusal when the integer does not fit */
export function padded(integer: Uint8Array, length: number): Uint8Array {
  const first = integer.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? integer.subarray(0, 0) : integer.subarray(first);
  if (digits.length > length) throw new Refusal(`an integer of ${digits.length} bytes where ${length} are the most`);
  return concat(new Uint8Array(length - digits.length), digits);
}

/** A key of curve25519, curve448 and the Edwards curves. */
export function octetKey(
  keyClass: "PUBLIC_KEY" | "PRIVATE_KEY",
  curve: OctetCurve,
  value: Uint8Array,
  usage: Usage,
): KeyTemplate {
  const KEY_TYPE = curve.startsWith("X") ? "EC_MONTGOMERY" : "EC_EDWARDS";
  const own = keyClass === "PUBLIC_KEY" ? { EC_POINT: value } : { VALUE: value };
  return { CLASS: keyClass, KEY_TYPE, EC_PARAMS: encodeEcParams(curve), ...own, usage };
}

export function rsaPublic(n: Uint8Array, e: Uint8Array, usage: Usage): KeyTemplate {
  return { CLASS: "PUBLIC_KEY", KEY_TYPE: "RSA", MODULUS: n, PUBLIC_EXPONENT: e, usage };
}

export function rsaPrivate({ n, e, d, p, q, dp, dq, qi }: RsaComponents, usage: Usage): KeyTemplate {
  return {
    CLASS: "PRIVATE_KEY",
    KEY_TYPE: "RSA",
    MODULUS: n,
    PUBLIC_EXPONENT: e,
    PRIVATE_EXPONENT: d,
    PRIME_1: p,
    PRIME_2: q,
    EXPONENT_1: dp,
    EXPONENT_2: dq,
    COEFFICIENT: qi,
    usage,
  };
}

/** The code of the reason for which no policy takes an RSA key: the bounds of the engines. */
export const rsaBounds: RsaCheck = rsaOutside({ least: 1024, most: 8192 }, 3n);

/** The code of the reason for which strict takes no such RSA key: FIPS 186-5, A.1.1, and 4096 bits at most. */
export const rsaLimits: RsaCheck = rsaOutside({ least: 2048, most: 4096 }, 65_537n);

type RsaCheck = (n: Uint8Array, e: Uint8Array) => string | undefined;

function rsaOutside(modulusBits: { readonly least: number; readonly most: number }, leastExponent: bigint): RsaCheck {
  return (n, e) => {
    const bits = bitLength(os2ip(n));
    if (bits < modulusBits.least || bits > modulusBits.most) return "rsa-modulus-length";
    const exponent = os2ip(e);
    const isExponent = exponent >= leastExponent && exponent % 2n === 1n && exponent < 1n << 256n;
    return isExponent ? undefined : "rsa-public-exponent";
  };
}

/** The public key that the token has beside a private one. */
export function publicKeyOf(session: TokenSession, privateKey: ObjectHandle): Uint8Array {
  const info = decodeSpki(session.getAttributes(privateKey, ["PUBLIC_KEY_INFO"]).PUBLIC_KEY_INFO);
  return info.type === "EC" ? info.point : info.type === "RSA" ? info.n : info.publicKey;
}

/** The same, where the token tells it: not every PKCS #11 module has CKA_PUBLIC_KEY_INFO. */
export function publicKeyIfTold(session: TokenSession, privateKey: ObjectHandle): Uint8Array | undefined {
  try {
    return publicKeyOf(session, privateKey);
  } catch (error) {
    if (error instanceof Lacking) return undefined;
    throw error;
  }
}

/** The contents of a PEM block (RFC 7468, strict). @throws Refusal */
export function pem(text: string, label: "PUBLIC KEY" | "PRIVATE KEY"): Uint8Array {
  const lines = text.trimEnd().split("\n");
  const isFramed = lines[0] === `-----BEGIN ${label}-----` && lines.at(-1) === `-----END ${label}-----`;
  if (!isFramed) throw new Refusal(`no PEM block of a ${label}`);
  return base64(lines.slice(1, -1).join(""));
}

/** Strict base64url without padding (RFC 7515, 2). @throws Refusal */
export function base64url(text: string): Uint8Array {
  if (!/^[\w-]*$/.test(text)) throw new Refusal("not base64url");
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  return base64(standard.padEnd(Math.ceil(standard.length / 4) * 4, "="));
}

function base64(text: string): Uint8Array {
  try {
    return fromBase64(text);
  } catch {
    throw new Refusal("not base64");
  }
}

/** A big-endian integer in hexadecimal as a byte string, the sign byte of DER left off. */
export function unsignedHex(text: string): Uint8Array {
  const digits = text.replace(/^0x/i, "").replace(/^(00)+(?=..)/, "");
  return fromHex(digits.length % 2 === 0 ? digits : `0${digits}`);
}
