import { equalBytes, wipe } from "../../bytes/bytes.ts";
import { Secret } from "../../bytes/secret.ts";
import type { CurveName, EcPrivateKey, EcPublicKey } from "../../crypto/engine.ts";
import type { Template } from "../../cryptoki/attributes.ts";
import { CkrError, demand } from "../../cryptoki/error.ts";
import { decodeEcParams, decodeEcPoint, encodeEcParams, encodeEcPoint, FIELD_BYTES } from "../../der/ec-params.ts";
import { decodePkcs8, encodePkcs8 } from "../../der/pkcs8.ts";
import { encodeSpki } from "../../der/spki.ts";
import type { Prepared, TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";
import { badValue, decoded, type KeyTypeSpec, required } from "./key-type.ts";

/** CKK_EC (PKCS #11 v3.1, 6.3): the scalar has the length of the order, points are uncompressed. */
export const ec: KeyTypeSpec = {
  type: "EC",

  importPublic(context, template) {
    const curve = curveOf(required(template, "EC_PARAMS"));
    const point = decoded(() => decodeEcPoint(required(template, "EC_POINT")));
    return newEcPublicKey(context, curve, point);
  },

  importPrivate(context, template) {
    const curve = curveOf(required(template, "EC_PARAMS"));
    const key = newEcPrivateKey(context, curve, scalarOf(curve, required(template, "VALUE")));
    requireSamePublicKey(key, template);
    return key;
  },

  decodePrivate(pkcs8, context) {
    const info = decoded(() => decodePkcs8(pkcs8));
    if (info.type !== "EC") throw badValue(`the PKCS #8 key is ${info.type}, not EC`);
    if (info.curve === "SM2") throw badValue("the PKCS #8 key is of the SM2 curve, whose keys are of type SM2");
    const key = newEcPrivateKey(context, info.curve, info.privateKey);
    const { point } = info;
    if (point !== undefined) requireSamePublicKey(key, { EC_POINT: encodeEcPoint(point) });
    return key;
  },

  encodePrivate: (key) =>
    key.secret("VALUE").use((privateKey) => encodePkcs8({ type: "EC", curve: curveOfKey(key), privateKey })),
};

/** @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when the point is not on the curve */
export function newEcPublicKey({ engine }: Context, curve: CurveName, point: Uint8Array): NewKey {
  // The encoding comes first: it refuses compressed points, which the engine would take.
  const info = decoded(() => encodeSpki({ type: "EC", curve, point }));
  if (engine.ecPublic(curve, point) === undefined) throw badValue(`CKA_EC_POINT is not a point of ${curve}`);
  return {
    attributes: {
      CLASS: "PUBLIC_KEY",
      KEY_TYPE: "EC",
      EC_PARAMS: encodeEcParams(curve),
      EC_POINT: encodeEcPoint(point),
      PUBLIC_KEY_INFO: info,
    },
    secrets: {},
  };
}

/** Takes the scalar over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when it is not in [1, n − 1] */
export function newEcPrivateKey({ engine }: Context, curve: CurveName, scalar: Uint8Array): NewKey {
  const prepared = engine.ecPrivate(curve, scalar);
  if (prepared === undefined) throw badValue(`CKA_VALUE must be from 1 to n − 1 of ${curve}`);
  const point = prepared.publicPoint();
  prepared.destroy();
  return {
    attributes: {
      CLASS: "PRIVATE_KEY",
      KEY_TYPE: "EC",
      EC_PARAMS: encodeEcParams(curve),
      PUBLIC_KEY_INFO: encodeSpki({ type: "EC", curve, point }),
    },
    secrets: { VALUE: new Secret(scalar) },
  };
}

/** The curve of CKA_EC_PARAMS. @throws CkrError CKR_CURVE_NOT_SUPPORTED, CKR_ATTRIBUTE_VALUE_INVALID */
export function curveOf(ecParams: Uint8Array): CurveName {
  const curve = decoded(() => decodeEcParams(ecParams));
  if (curve === "SM2" || !Object.hasOwn(FIELD_BYTES, curve)) {
    throw new CkrError("CURVE_NOT_SUPPORTED", `${curve} keys are not of type EC`);
  }
  return curve as CurveName;
}

/** The curve of an EC key. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function curveOfKey(key: TokenObject): CurveName {
  const prepared = key.prepared<{ curve: CurveName } & Prepared>("curve", () => {
    const ecParams = key.get("EC_PARAMS");
    demand(ecParams && key.get("KEY_TYPE") === "EC", "KEY_TYPE_INCONSISTENT", "the mechanism needs an EC key");
    return { curve: curveOf(ecParams) };
  });
  return prepared.curve;
}

/** The prepared private key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function ecPrivateOf({ engine }: Context, key: TokenObject): EcPrivateKey {
  return key.prepared("ec private", () => {
    const prepared = key.secret("VALUE").use((scalar) => engine.ecPrivate(curveOfKey(key), scalar));
    demand(prepared, "KEY_TYPE_INCONSISTENT", "the EC private key is damaged");
    return prepared;
  });
}

/** The prepared public key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function ecPublicOf({ engine }: Context, key: TokenObject): EcPublicKey {
  return key.prepared<EcPublicKey & Prepared>("ec public", () => {
    const point = key.get("EC_POINT");
    demand(point, "KEY_TYPE_INCONSISTENT", "the mechanism needs an EC public key");
    const prepared = engine.ecPublic(curveOfKey(key), decodeEcPoint(point));
    demand(prepared, "KEY_TYPE_INCONSISTENT", "the EC public key is damaged");
    return prepared;
  });
}

/** CKA_VALUE is a big integer: zeros in front may have been dropped or added. */
function scalarOf(curve: CurveName, value: Uint8Array): Uint8Array {
  const length = FIELD_BYTES[curve];
  const excess = Math.max(0, value.length - length);
  if (value.subarray(0, excess).some((byte) => byte !== 0)) {
    wipe(value);
    throw badValue(`CKA_VALUE must be from 1 to n − 1 of ${curve}`);
  }
  const scalar = new Uint8Array(length);
  scalar.set(value.subarray(excess), length - (value.length - excess));
  wipe(value);
  return scalar;
}

/** @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when a public part that came along is another key's */
function requireSamePublicKey(key: NewKey, { EC_POINT, PUBLIC_KEY_INFO }: Template): void {
  const own = key.attributes.PUBLIC_KEY_INFO as Uint8Array;
  const point = EC_POINT && decoded(() => decodeEcPoint(EC_POINT));
  const same =
    (PUBLIC_KEY_INFO === undefined || equalBytes(PUBLIC_KEY_INFO, own)) &&
    // The point is the tail of its SubjectPublicKeyInfo.
    (point === undefined || (point.length > 1 && equalBytes(point, own.subarray(own.length - point.length))));
  if (same) return;
  key.secrets.VALUE?.destroy();
  throw badValue("the public key does not belong to the private key");
}
