import { equalBytes } from "../../bytes/bytes.ts";
import { Secret } from "../../bytes/secret.ts";
import type { EdPrivateKey, EdPublicKey } from "../../crypto/engine.ts";
import { CkrError, demand } from "../../cryptoki/error.ts";
import { decodeEcParams, encodeEcParams } from "../../der/ec-params.ts";
import { decodePkcs8, encodePkcs8 } from "../../der/pkcs8.ts";
import { encodeSpki } from "../../der/spki.ts";
import type { Prepared, TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";
import { badValue, decoded, type KeyTypeSpec, required } from "./key-type.ts";

const SEED_BYTES = 32;

/** CKK_EC_EDWARDS (PKCS #11 v3.1, 6.3): Ed25519; CKA_EC_POINT is the 32 bytes of RFC 8032 themselves. */
export const ecEdwards: KeyTypeSpec = {
  type: "EC_EDWARDS",

  importPublic(context, template) {
    const ecParams = edwardsParams(required(template, "EC_PARAMS"));
    return newEdPublicKey(context, required(template, "EC_POINT"), ecParams);
  },

  importPrivate(context, template) {
    const ecParams = edwardsParams(required(template, "EC_PARAMS"));
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
    if (info.type !== "Ed25519") throw badValue(`the PKCS #8 key is ${info.type}, not Ed25519`);
    return newEdPrivateKey(context, info.seed);
  },

  encodePrivate: (key) => key.secret("VALUE").use((seed) => encodePkcs8({ type: "Ed25519", seed })),
};

const ED25519_PARAMS = encodeEcParams("Ed25519");

/** @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when the bytes are no public key of the prime-order subgroup */
export function newEdPublicKey(
  { engine }: Context,
  publicKey: Uint8Array,
  ecParams: Uint8Array = ED25519_PARAMS,
): NewKey {
  if (engine.edPublic(publicKey) === undefined) throw badValue("CKA_EC_POINT is not an Ed25519 public key");
  return {
    attributes: {
      CLASS: "PUBLIC_KEY",
      KEY_TYPE: "EC_EDWARDS",
      EC_PARAMS: ecParams,
      EC_POINT: publicKey,
      PUBLIC_KEY_INFO: encodeSpki({ type: "Ed25519", publicKey }),
    },
    secrets: {},
  };
}

/** Takes the seed over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when it has not 32 bytes */
export function newEdPrivateKey({ engine }: Context, seed: Uint8Array, ecParams: Uint8Array = ED25519_PARAMS): NewKey {
  if (seed.length !== SEED_BYTES) throw badValue(`an Ed25519 private key has ${SEED_BYTES} bytes, not ${seed.length}`);
  const prepared = engine.edPrivate(seed);
  const publicKey = prepared.publicKey();
  prepared.destroy();
  return {
    attributes: {
      CLASS: "PRIVATE_KEY",
      KEY_TYPE: "EC_EDWARDS",
      EC_PARAMS: ecParams,
      PUBLIC_KEY_INFO: encodeSpki({ type: "Ed25519", publicKey }),
    },
    secrets: { VALUE: new Secret(seed) },
  };
}

/** CKA_EC_PARAMS as given: PKCS #11 allows an object identifier and a curve name. */
export function edwardsParams(ecParams: Uint8Array): Uint8Array {
  const curve = decoded(() => decodeEcParams(ecParams));
  if (curve !== "Ed25519") throw new CkrError("CURVE_NOT_SUPPORTED", `${curve} keys are of type EC`);
  return ecParams;
}

/** The prepared private key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function edPrivateOf({ engine }: Context, key: TokenObject): EdPrivateKey {
  return key.prepared("ed private", () => {
    demand(key.get("KEY_TYPE") === "EC_EDWARDS", "KEY_TYPE_INCONSISTENT", "the mechanism needs an Ed25519 key");
    return key.secret("VALUE").use((seed) => engine.edPrivate(seed));
  });
}

/** The prepared public key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function edPublicOf({ engine }: Context, key: TokenObject): EdPublicKey {
  return key.prepared<EdPublicKey & Prepared>("ed public", () => {
    const point = key.get("EC_POINT");
    const isEdwards = key.get("KEY_TYPE") === "EC_EDWARDS";
    demand(point && isEdwards, "KEY_TYPE_INCONSISTENT", "the mechanism needs an Ed25519 public key");
    const prepared = engine.edPublic(point);
    demand(prepared, "KEY_TYPE_INCONSISTENT", "the Ed25519 public key is damaged");
    return prepared;
  });
}
