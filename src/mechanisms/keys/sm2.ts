import { equalBytes, wipe } from "../../bytes/bytes.ts";
import { Secret } from "../../bytes/secret.ts";
import type { Sm2PrivateKey, Sm2PublicKey } from "../../crypto/engine.ts";
import type { Template } from "../../cryptoki/attributes.ts";
import { CkrError, demand } from "../../cryptoki/error.ts";
import { decodeEcParams, decodeEcPoint, encodeEcParams, encodeEcPoint } from "../../der/ec-params.ts";
import { decodePkcs8, encodePkcs8 } from "../../der/pkcs8.ts";
import { encodeSpki } from "../../der/spki.ts";
import type { Prepared, TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";
import { badValue, decoded, type KeyTypeSpec, required } from "./key-type.ts";

const SCALAR_BYTES = 32;
const SM2_PARAMS = encodeEcParams("SM2");

/**
 * SM2, a key type of this token's own (docs/pkcs11.md) with the attributes of CKK_EC, so that no ECDSA is made with
 * an SM2 key: CKA_EC_PARAMS is the SM2 curve's object identifier, encodings are those of an EC key.
 */
export const sm2: KeyTypeSpec = {
  type: "SM2",

  importPublic(context, template) {
    requireSm2Params(required(template, "EC_PARAMS"));
    return newSm2PublicKey(
      context,
      decoded(() => decodeEcPoint(required(template, "EC_POINT"))),
    );
  },

  importPrivate(context, template) {
    requireSm2Params(required(template, "EC_PARAMS"));
    const key = newSm2PrivateKey(context, scalarOf(required(template, "VALUE")));
    requireSamePublicKey(key, template);
    return key;
  },

  decodePrivate(pkcs8, context) {
    const info = decoded(() => decodePkcs8(pkcs8));
    const isSm2 = info.type === "EC" && info.curve === "SM2";
    if (!isSm2) throw badValue(`the PKCS #8 key is ${info.type === "EC" ? info.curve : info.type}, not SM2`);
    const key = newSm2PrivateKey(context, info.privateKey);
    const { point } = info;
    if (point !== undefined) requireSamePublicKey(key, { EC_POINT: encodeEcPoint(point) });
    return key;
  },

  encodePrivate: (key) =>
    key.secret("VALUE").use((privateKey) => encodePkcs8({ type: "EC", curve: "SM2", privateKey })),
};

/** @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when the point is not on the curve */
export function newSm2PublicKey({ engine }: Context, point: Uint8Array): NewKey {
  const info = decoded(() => encodeSpki({ type: "EC", curve: "SM2", point }));
  if (engine.sm2Public(point) === undefined) throw badValue("CKA_EC_POINT is not a point of the SM2 curve");
  return {
    attributes: {
      CLASS: "PUBLIC_KEY",
      KEY_TYPE: "SM2",
      EC_PARAMS: SM2_PARAMS,
      EC_POINT: encodeEcPoint(point),
      PUBLIC_KEY_INFO: info,
    },
    secrets: {},
  };
}

/** Takes the scalar over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when it is not in [1, n − 2] */
export function newSm2PrivateKey({ engine }: Context, scalar: Uint8Array): NewKey {
  const prepared = engine.sm2Private(scalar);
  if (prepared === undefined) {
    wipe(scalar);
    throw badValue("CKA_VALUE must be from 1 to n − 2 of the SM2 curve");
  }
  const point = prepared.publicPoint();
  prepared.destroy();
  return {
    attributes: {
      CLASS: "PRIVATE_KEY",
      KEY_TYPE: "SM2",
      EC_PARAMS: SM2_PARAMS,
      PUBLIC_KEY_INFO: encodeSpki({ type: "EC", curve: "SM2", point }),
    },
    secrets: { VALUE: new Secret(scalar) },
  };
}

/** The prepared private key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function sm2PrivateOf({ engine }: Context, key: TokenObject): Sm2PrivateKey {
  return key.prepared("sm2 private", () => {
    const isPrivate = key.get("KEY_TYPE") === "SM2" && key.get("CLASS") === "PRIVATE_KEY";
    demand(isPrivate, "KEY_TYPE_INCONSISTENT", "the mechanism needs an SM2 private key");
    const prepared = key.secret("VALUE").use((scalar) => engine.sm2Private(scalar));
    demand(prepared, "KEY_TYPE_INCONSISTENT", "the SM2 private key is damaged");
    return prepared;
  });
}

/** The prepared public key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function sm2PublicOf({ engine }: Context, key: TokenObject): Sm2PublicKey {
  return key.prepared<Sm2PublicKey & Prepared>("sm2 public", () => {
    const prepared = engine.sm2Public(sm2PointOf(key));
    demand(prepared, "KEY_TYPE_INCONSISTENT", "the SM2 public key is damaged");
    return prepared;
  });
}

/** The uncompressed point of a public key. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function sm2PointOf(key: TokenObject): Uint8Array {
  const point = key.get("EC_POINT");
  demand(point && key.get("KEY_TYPE") === "SM2", "KEY_TYPE_INCONSISTENT", "the mechanism needs an SM2 public key");
  return decodeEcPoint(point);
}

/** @throws CkrError CKR_CURVE_NOT_SUPPORTED, CKR_ATTRIBUTE_VALUE_INVALID unless CKA_EC_PARAMS is the SM2 curve */
export function requireSm2Params(ecParams: Uint8Array): void {
  const curve = decoded(() => decodeEcParams(ecParams));
  if (curve !== "SM2") throw new CkrError("CURVE_NOT_SUPPORTED", `${curve} keys are not of type SM2`);
}

/** CKA_VALUE is a big integer: zeros in front may have been dropped or added. */
function scalarOf(value: Uint8Array): Uint8Array {
  const excess = Math.max(0, value.length - SCALAR_BYTES);
  const isTooLarge = value.subarray(0, excess).some((byte) => byte !== 0);
  const scalar = new Uint8Array(SCALAR_BYTES);
  if (!isTooLarge) scalar.set(value.subarray(excess), SCALAR_BYTES - (value.length - excess));
  wipe(value);
  return scalar;
}

/** @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when a public part that came along is another key's */
function requireSamePublicKey(key: NewKey, { EC_POINT, PUBLIC_KEY_INFO }: Template): void {
  const own = key.attributes.PUBLIC_KEY_INFO as Uint8Array;
  const info = EC_POINT && decoded(() => encodeSpki({ type: "EC", curve: "SM2", point: decodeEcPoint(EC_POINT) }));
  const isSame = [info, PUBLIC_KEY_INFO].every((given) => given === undefined || equalBytes(given, own));
  if (isSame) return;
  key.secrets.VALUE?.destroy();
  throw badValue("the public key does not belong to the private key");
}
