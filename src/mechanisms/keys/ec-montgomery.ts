import { equalBytes, wipe } from "../../bytes/bytes.ts";
import { Secret } from "../../bytes/secret.ts";
import type { XCurveName, XPrivateKey } from "../../crypto/engine.ts";
import { CkrError, demand } from "../../cryptoki/error.ts";
import { decodeEcParams, encodeEcParams, OCTET_KEY_BYTES } from "../../der/ec-params.ts";
import { decodePkcs8, encodePkcs8 } from "../../der/pkcs8.ts";
import { decodeSpki, encodeSpki } from "../../der/spki.ts";
import type { Prepared, TokenObject } from "../../objects/object.ts";
import type { Context, NewKey, NewKeyPair } from "../mechanism.ts";
import { badValue, decoded, type KeyTypeSpec, required } from "./key-type.ts";

/** CKK_EC_MONTGOMERY (PKCS #11 v3.1, 6.3): X25519 and X448; CKA_EC_POINT is the byte string of RFC 7748 itself. */
export const ecMontgomery: KeyTypeSpec = {
  type: "EC_MONTGOMERY",

  importPublic(context, template) {
    const ecParams = required(template, "EC_PARAMS");
    return newXPublicKey(context, montgomeryCurve(ecParams), required(template, "EC_POINT"), ecParams);
  },

  importPrivate(context, template) {
    const ecParams = required(template, "EC_PARAMS");
    const curve = montgomeryCurve(ecParams);
    const key = newXPrivateKey(context, curve, required(template, "VALUE"), ecParams);
    const given = template.PUBLIC_KEY_INFO;
    if (given !== undefined && !equalBytes(given, key.attributes.PUBLIC_KEY_INFO as Uint8Array)) {
      key.secrets.VALUE?.destroy();
      throw badValue("the public key does not belong to the private key");
    }
    return key;
  },

  decodePrivate(pkcs8, context) {
    const info = decoded(() => decodePkcs8(pkcs8));
    if (info.type !== "X25519" && info.type !== "X448") {
      throw badValue(`the PKCS #8 key is ${info.type}, not X25519 or X448`);
    }
    return newXPrivateKey(context, info.type, info.seed);
  },

  encodePrivate: (key) => key.secret("VALUE").use((seed) => encodePkcs8({ type: montgomeryCurveOf(key), seed })),
};

/**
 * Any string of the curve's length is a public key (RFC 7748, 5), but those of small order have no use: whatever they
 * are combined with, the secret is zero.
 * @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID
 */
export function newXPublicKey(
  { engine }: Context,
  curve: XCurveName,
  publicKey: Uint8Array,
  ecParams: Uint8Array = encodeEcParams(curve),
): NewKey {
  const PUBLIC_KEY_INFO = decoded(() => encodeSpki({ type: curve, publicKey }));
  const probe = engine.xPrivate(curve, new Uint8Array(OCTET_KEY_BYTES[curve]).fill(1));
  if (probe.agree(publicKey) === undefined) throw badValue(`CKA_EC_POINT is an ${curve} public key of small order`);
  return {
    attributes: {
      CLASS: "PUBLIC_KEY",
      KEY_TYPE: "EC_MONTGOMERY",
      EC_PARAMS: ecParams,
      EC_POINT: publicKey,
      PUBLIC_KEY_INFO,
    },
    secrets: {},
  };
}

/** Takes the private key over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when it has another length */
export function newXPrivateKey(
  { engine }: Context,
  curve: XCurveName,
  privateKey: Uint8Array,
  ecParams: Uint8Array = encodeEcParams(curve),
): NewKey {
  const length = OCTET_KEY_BYTES[curve];
  if (privateKey.length !== length) {
    wipe(privateKey);
    throw badValue(`an ${curve} private key has ${length} bytes, not ${privateKey.length}`);
  }
  const prepared = engine.xPrivate(curve, privateKey);
  const publicKey = prepared.publicKey();
  prepared.destroy();
  return {
    attributes: {
      CLASS: "PRIVATE_KEY",
      KEY_TYPE: "EC_MONTGOMERY",
      EC_PARAMS: ecParams,
      PUBLIC_KEY_INFO: encodeSpki({ type: curve, publicKey }),
    },
    secrets: { VALUE: new Secret(privateKey) },
  };
}

/** Both halves of a private key, which is taken over. */
export function newXPair(
  context: Context,
  curve: XCurveName,
  value: Uint8Array,
  ecParams: Uint8Array = encodeEcParams(curve),
): NewKeyPair {
  const privateKey = newXPrivateKey(context, curve, value, ecParams);
  const info = decodeSpki(privateKey.attributes.PUBLIC_KEY_INFO as Uint8Array);
  demand(info.type === curve, "GENERAL_ERROR", `the new key's public part is not an ${curve} key`);
  return { publicKey: newXPublicKey(context, curve, info.publicKey, ecParams), privateKey };
}

/** The curve of CKA_EC_PARAMS. @throws CkrError CKR_CURVE_NOT_SUPPORTED, CKR_ATTRIBUTE_VALUE_INVALID */
export function montgomeryCurve(ecParams: Uint8Array): XCurveName {
  const curve = decoded(() => decodeEcParams(ecParams));
  if (curve !== "X25519" && curve !== "X448") {
    throw new CkrError("CURVE_NOT_SUPPORTED", `${curve} keys are not of type EC_MONTGOMERY`);
  }
  return curve;
}

/** The curve of a key. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function montgomeryCurveOf(key: TokenObject): XCurveName {
  return key.prepared<{ curve: XCurveName } & Prepared>("montgomery curve", () => {
    const ecParams = key.get("EC_PARAMS");
    const isMontgomery = ecParams && key.get("KEY_TYPE") === "EC_MONTGOMERY";
    demand(isMontgomery, "KEY_TYPE_INCONSISTENT", "the mechanism needs an X25519 or X448 key");
    return { curve: montgomeryCurve(ecParams) };
  }).curve;
}

/** The prepared private key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function xPrivateOf({ engine }: Context, key: TokenObject): XPrivateKey {
  return key.prepared("x private", () =>
    key.secret("VALUE").use((value) => engine.xPrivate(montgomeryCurveOf(key), value)),
  );
}
