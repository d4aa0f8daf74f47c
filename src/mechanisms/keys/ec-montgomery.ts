import type { XCurveName, XPrivateKey } from "../../crypto/engine.ts";
import { demand } from "../../cryptoki/error.ts";
import { encodeEcParams, OCTET_KEY_BYTES } from "../../der/ec-params.ts";
import { decodeSpki } from "../../der/spki.ts";
import type { TokenObject } from "../../objects/object.ts";
import type { Context, NewKeyPair } from "../mechanism.ts";
import { badValue, type KeyTypeSpec } from "./key-type.ts";
import { type OctetKeys, octetKeys } from "./octet-curve.ts";

/**
 * Any string of the curve's length is a public key (RFC 7748, 5), but those of small order have no use: whatever they
 * are combined with, the secret is zero.
 */
const keys: OctetKeys<XCurveName> = octetKeys({
  type: "EC_MONTGOMERY",
  curves: ["X25519", "X448"],
  checkPublic({ engine }, curve, publicKey) {
    const probe = engine.xPrivate(curve, new Uint8Array(OCTET_KEY_BYTES[curve]).fill(1));
    if (probe.agree(publicKey) === undefined) throw badValue(`CKA_EC_POINT is an ${curve} public key of small order`);
  },
  publicKeyOf({ engine }, curve, privateKey) {
    const prepared = engine.xPrivate(curve, privateKey);
    const publicKey = prepared.publicKey();
    prepared.destroy();
    return publicKey;
  },
});

/** CKK_EC_MONTGOMERY (PKCS #11 v3.1, 6.3): X25519 and X448; CKA_EC_POINT is the byte string of RFC 7748 itself. */
export const ecMontgomery: KeyTypeSpec = keys.spec;

/** The curve of CKA_EC_PARAMS. @throws CkrError CKR_CURVE_NOT_SUPPORTED, CKR_ATTRIBUTE_VALUE_INVALID */
export const montgomeryCurve: OctetKeys<XCurveName>["curveOfParams"] = keys.curveOfParams;

/** The curve of a key. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export const montgomeryCurveOf: OctetKeys<XCurveName>["curveOf"] = keys.curveOf;

/** Both halves of a private key, which is taken over. */
export function newXPair(
  context: Context,
  curve: XCurveName,
  value: Uint8Array,
  ecParams: Uint8Array = encodeEcParams(curve),
): NewKeyPair {
  const privateKey = keys.newPrivateKey(context, curve, value, ecParams);
  const info = decodeSpki(privateKey.attributes.PUBLIC_KEY_INFO as Uint8Array);
  demand(info.type === curve, "GENERAL_ERROR", `the new key's public part is not an ${curve} key`);
  return { publicKey: keys.newPublicKey(context, curve, info.publicKey, ecParams), privateKey };
}

/** The prepared private key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function xPrivateOf({ engine }: Context, key: TokenObject): XPrivateKey {
  return key.prepared("x private", () =>
    key.secret("VALUE").use((value) => engine.xPrivate(montgomeryCurveOf(key), value)),
  );
}
