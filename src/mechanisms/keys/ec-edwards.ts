import { equalBytes, wipe } from "../../bytes/bytes.ts";
import { Secret } from "../../bytes/secret.ts";
import type { Ed448PrivateKey, Ed448PublicKey, Engine } from "../../crypto/engine.ts";
import { CkrError, demand } from "../../cryptoki/error.ts";
import { decodeEcParams, encodeEcParams, OCTET_KEY_BYTES } from "../../der/ec-params.ts";
import { decodePkcs8, encodePkcs8 } from "../../der/pkcs8.ts";
import { encodeSpki } from "../../der/spki.ts";
import type { Prepared, TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";
import { badValue, decoded, type KeyTypeSpec, required } from "./key-type.ts";

export type EdwardsCurve = "Ed25519" | "Ed448";

/** CKK_EC_EDWARDS (PKCS #11 v3.1, 6.3): Ed25519 and Ed448; CKA_EC_POINT is the byte string of RFC 8032 itself. */
export const ecEdwards: KeyTypeSpec = {
  type: "EC_EDWARDS",

  importPublic(context, template) {
    const ecParams = required(template, "EC_PARAMS");
    return newEdPublicKey(context, required(template, "EC_POINT"), ecParams);
  },

  importPrivate(context, template) {
    const ecParams = required(template, "EC_PARAMS");
    const key = newEdPrivateKey(context, required(template, "VALUE"), ecParams);
    const given = template.PUBLIC_KEY_INFO;
    if (given !== undefined && !equalBytes(given, key.attributes.PUBLIC_KEY_INFO as Uint8Array)) {
      key.secrets.VALUE?.destroy();
      throw badValue("the public key does not belong to the private key");
    }
    return key;
  },

  decodePrivate(pkcs8, context) {
    const info = decoded(() => decodePkcs8(pkcs8));
    if (info.type !== "Ed25519" && info.type !== "Ed448") {
      throw badValue(`the PKCS #8 key is ${info.type}, not Ed25519 or Ed448`);
    }
    return newEdPrivateKey(context, info.seed, encodeEcParams(info.type));
  },

  encodePrivate: (key) => key.secret("VALUE").use((seed) => encodePkcs8({ type: edwardsCurveOf(key), seed })),
};

const ED25519_PARAMS = encodeEcParams("Ed25519");

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

/** @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when the bytes are no public key of the prime-order subgroup */
export function newEdPublicKey(
  { engine }: Context,
  publicKey: Uint8Array,
  ecParams: Uint8Array = ED25519_PARAMS,
): NewKey {
  const curve = edwardsCurve(ecParams);
  if (edwards(engine, curve).publicKey(publicKey) === undefined) {
    throw badValue(`CKA_EC_POINT is not an ${curve} public key`);
  }
  return {
    attributes: {
      CLASS: "PUBLIC_KEY",
      KEY_TYPE: "EC_EDWARDS",
      EC_PARAMS: ecParams,
      EC_POINT: publicKey,
      PUBLIC_KEY_INFO: encodeSpki({ type: curve, publicKey }),
    },
    secrets: {},
  };
}

/** Takes the seed over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when it has another length than the curve's */
export function newEdPrivateKey({ engine }: Context, seed: Uint8Array, ecParams: Uint8Array = ED25519_PARAMS): NewKey {
  const curve = edwardsCurve(ecParams);
  const length = OCTET_KEY_BYTES[curve];
  if (seed.length !== length) {
    wipe(seed);
    throw badValue(`an ${curve} private key has ${length} bytes, not ${seed.length}`);
  }
  const prepared = edwards(engine, curve).privateKey(seed);
  const publicKey = prepared.publicKey();
  prepared.destroy();
  return {
    attributes: {
      CLASS: "PRIVATE_KEY",
      KEY_TYPE: "EC_EDWARDS",
      EC_PARAMS: ecParams,
      PUBLIC_KEY_INFO: encodeSpki({ type: curve, publicKey }),
    },
    secrets: { VALUE: new Secret(seed) },
  };
}

/** The curve of CKA_EC_PARAMS: an object identifier or a curve name. @throws CkrError CKR_CURVE_NOT_SUPPORTED */
export function edwardsCurve(ecParams: Uint8Array): EdwardsCurve {
  const curve = decoded(() => decodeEcParams(ecParams));
  if (curve !== "Ed25519" && curve !== "Ed448") {
    throw new CkrError("CURVE_NOT_SUPPORTED", `${curve} keys are not of type EC_EDWARDS`);
  }
  return curve;
}

/** The curve of a key. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function edwardsCurveOf(key: TokenObject): EdwardsCurve {
  return key.prepared<{ curve: EdwardsCurve } & Prepared>("edwards curve", () => {
    const ecParams = key.get("EC_PARAMS");
    const isEdwards = ecParams && key.get("KEY_TYPE") === "EC_EDWARDS";
    demand(isEdwards, "KEY_TYPE_INCONSISTENT", "the mechanism needs an Ed25519 or Ed448 key");
    return { curve: edwardsCurve(ecParams) };
  }).curve;
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
