/** What CKK_EC_EDWARDS and CKK_EC_MONTGOMERY have alike: both halves are byte strings, of RFC 8032 and of RFC 7748. */

import { equalBytes, wipe } from "../../bytes/bytes.ts";
import { Secret } from "../../bytes/secret.ts";
import { CkrError, demand } from "../../cryptoki/error.ts";
import { decodeEcParams, encodeEcParams, OCTET_KEY_BYTES, type OctetCurve } from "../../der/ec-params.ts";
import { decodePkcs8, encodePkcs8 } from "../../der/pkcs8.ts";
import { encodeSpki } from "../../der/spki.ts";
import type { Prepared, TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";
import { badValue, decoded, type KeyTypeSpec, required } from "./key-type.ts";

interface OctetCurves<C extends OctetCurve> {
  readonly type: "EC_EDWARDS" | "EC_MONTGOMERY";
  readonly curves: readonly C[];
  /** Checks a public key. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID */
  readonly checkPublic: (context: Context, curve: C, publicKey: Uint8Array) => void;
  /** The public key of a private key of the right length. */
  readonly publicKeyOf: (context: Context, curve: C, privateKey: Uint8Array) => Uint8Array;
}

export interface OctetKeys<C extends OctetCurve> {
  readonly spec: KeyTypeSpec;
  /** @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID */
  readonly newPublicKey: (context: Context, curve: C, publicKey: Uint8Array, ecParams: Uint8Array) => NewKey;
  /** Takes the private key over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when it has another length than the curve's */
  readonly newPrivateKey: (context: Context, curve: C, privateKey: Uint8Array, ecParams: Uint8Array) => NewKey;
  /** The curve of CKA_EC_PARAMS. @throws CkrError CKR_CURVE_NOT_SUPPORTED, CKR_ATTRIBUTE_VALUE_INVALID */
  readonly curveOfParams: (ecParams: Uint8Array) => C;
  /** The curve of a key. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
  readonly curveOf: (key: TokenObject) => C;
}

export function octetKeys<C extends OctetCurve>({
  type,
  curves,
  checkPublic,
  publicKeyOf,
}: OctetCurves<C>): OctetKeys<C> {
  const named = curves.join(" or ");
  const isOurs = (curve: string): curve is C => curves.some((one) => one === curve);

  function curveOfParams(ecParams: Uint8Array): C {
    const curve = decoded(() => decodeEcParams(ecParams));
    if (!isOurs(curve)) throw new CkrError("CURVE_NOT_SUPPORTED", `${curve} keys are not of type ${type}`);
    return curve;
  }

  const curveOf = (key: TokenObject): C =>
    key.prepared<{ curve: C } & Prepared>(`${type} curve`, () => {
      const ecParams = key.get("EC_PARAMS");
      const isOfType = ecParams && key.get("KEY_TYPE") === type;
      demand(isOfType, "KEY_TYPE_INCONSISTENT", `the mechanism needs an ${named} key`);
      return { curve: curveOfParams(ecParams) };
    }).curve;

  function newPublicKey(context: Context, curve: C, publicKey: Uint8Array, ecParams: Uint8Array): NewKey {
    const PUBLIC_KEY_INFO = decoded(() => encodeSpki({ type: curve, publicKey }));
    checkPublic(context, curve, publicKey);
    return {
      attributes: { CLASS: "PUBLIC_KEY", KEY_TYPE: type, EC_PARAMS: ecParams, EC_POINT: publicKey, PUBLIC_KEY_INFO },
      secrets: {},
    };
  }

  function newPrivateKey(context: Context, curve: C, privateKey: Uint8Array, ecParams: Uint8Array): NewKey {
    const length = OCTET_KEY_BYTES[curve];
    if (privateKey.length !== length) {
      wipe(privateKey);
      throw badValue(`an ${curve} private key has ${length} bytes, not ${privateKey.length}`);
    }
    const PUBLIC_KEY_INFO = encodeSpki({ type: curve, publicKey: publicKeyOf(context, curve, privateKey) });
    return {
      attributes: { CLASS: "PRIVATE_KEY", KEY_TYPE: type, EC_PARAMS: ecParams, PUBLIC_KEY_INFO },
      secrets: { VALUE: new Secret(privateKey) },
    };
  }

  const spec: KeyTypeSpec = {
    type,

    importPublic(context, template) {
      const ecParams = required(template, "EC_PARAMS");
      return newPublicKey(context, curveOfParams(ecParams), required(template, "EC_POINT"), ecParams);
    },

    importPrivate(context, template) {
      const ecParams = required(template, "EC_PARAMS");
      const key = newPrivateKey(context, curveOfParams(ecParams), required(template, "VALUE"), ecParams);
      const given = template.PUBLIC_KEY_INFO;
      if (given !== undefined && !equalBytes(given, key.attributes.PUBLIC_KEY_INFO as Uint8Array)) {
        key.secrets.VALUE?.destroy();
        throw badValue("the public key does not belong to the private key");
      }
      return key;
    },

    decodePrivate(pkcs8, context) {
      const info = decoded(() => decodePkcs8(pkcs8));
      if (!("seed" in info) || !isOurs(info.type)) throw badValue(`the PKCS #8 key is ${info.type}, not ${named}`);
      return newPrivateKey(context, info.type, info.seed as Uint8Array, encodeEcParams(info.type));
    },

    encodePrivate: (key) => key.secret("VALUE").use((seed) => encodePkcs8({ type: curveOf(key), seed })),
  };

  return { spec, newPublicKey, newPrivateKey, curveOfParams, curveOf };
}
