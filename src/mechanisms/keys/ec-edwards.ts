import type { Ed448PrivateKey, Ed448PublicKey, Engine } from "../../crypto/engine.ts";
import { demand } from "../../cryptoki/error.ts";
import { encodeEcParams } from "../../der/ec-params.ts";
import type { Prepared, TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";
import { badValue, type KeyTypeSpec } from "./key-type.ts";
import { type OctetKeys, octetKeys } from "./octet-curve.ts";

export type EdwardsCurve = "Ed25519" | "Ed448";

const keys: OctetKeys<EdwardsCurve> = octetKeys({
  type: "EC_EDWARDS",
  curves: ["Ed25519", "Ed448"],
  checkPublic({ engine }, curve, publicKey) {
    const isKey = edwards(engine, curve).publicKey(publicKey) !== undefined;
    if (!isKey) throw badValue(`CKA_EC_POINT is not an ${curve} public key`);
  },
  publicKeyOf({ engine }, curve, seed) {
    const prepared = edwards(engine, curve).privateKey(seed);
    const publicKey = prepared.publicKey();
    prepared.destroy();
    return publicKey;
  },
});

/** CKK_EC_EDWARDS (PKCS #11 v3.1, 6.3): Ed25519 and Ed448; CKA_EC_POINT is the byte string of RFC 8032 itself. */
export const ecEdwards: KeyTypeSpec = keys.spec;

/** The curve of CKA_EC_PARAMS: an object identifier or a curve name. @throws CkrError CKR_CURVE_NOT_SUPPORTED */
export const edwardsCurve: OctetKeys<EdwardsCurve>["curveOfParams"] = keys.curveOfParams;

/** The curve of a key. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export const edwardsCurveOf: OctetKeys<EdwardsCurve>["curveOf"] = keys.curveOf;

const ED25519_PARAMS = encodeEcParams("Ed25519");

/** @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when the bytes are no public key of the prime-order subgroup */
export function newEdPublicKey(context: Context, publicKey: Uint8Array, ecParams: Uint8Array = ED25519_PARAMS): NewKey {
  return keys.newPublicKey(context, edwardsCurve(ecParams), publicKey, ecParams);
}

/** Takes the seed over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when it has another length than the curve's */
export function newEdPrivateKey(context: Context, seed: Uint8Array, ecParams: Uint8Array = ED25519_PARAMS): NewKey {
  return keys.newPrivateKey(context, edwardsCurve(ecParams), seed, ecParams);
}

/** The engine's functions of a curve. Ed25519 has no context here; whoever asks for one is refused before. */
export function edwards(
  engine: Engine,
  curve: EdwardsCurve,
): {
  publicKey: (publicKey: Uint8Array) => Ed448PublicKey | undefined;
  privateKey: (seed: Uint8Array) => Ed448PrivateKey;
} {
  return curve === "Ed25519"
    ? { publicKey: engine.edPublic, privateKey: engine.edPrivate }
    : { publicKey: engine.ed448Public, privateKey: engine.ed448Private };
}

/** The prepared private key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function edPrivateOf({ engine }: Context, key: TokenObject): Ed448PrivateKey {
  return key.prepared<Ed448PrivateKey>("ed private", () => {
    const { privateKey } = edwards(engine, edwardsCurveOf(key));
    return key.secret("VALUE").use((seed) => privateKey(seed));
  });
}

/** The prepared public key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function edPublicOf({ engine }: Context, key: TokenObject): Ed448PublicKey {
  return key.prepared<Ed448PublicKey & Prepared>("ed public", () => {
    const { publicKey } = edwards(engine, edwardsCurveOf(key));
    const point = key.get("EC_POINT");
    demand(point, "KEY_TYPE_INCONSISTENT", "the mechanism needs an Edwards public key");
    const prepared = publicKey(point);
    demand(prepared, "KEY_TYPE_INCONSISTENT", "the Edwards public key is damaged");
    return prepared;
  });
}
