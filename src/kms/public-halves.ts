/** Public halves of backing keys: from SubjectPublicKeyInfo to what the token takes. */

import { CKP } from "../cryptoki/constants.ts";
import { DerError } from "../der/der-error.ts";
import { encodeEcParams, encodeEcPoint } from "../der/ec-params.ts";
import { decodeSpki } from "../der/spki.ts";
import type { Session } from "../token/session.ts";
import type { Material } from "./key-specs.ts";

type KeyTemplate = NonNullable<Parameters<Session["generateKey"]>[1]>;

/** The template of a session object with the public key. @throws DerError, Error for a key that no key spec has. */
export function publicKeyTemplate(spki: Uint8Array): KeyTemplate {
  return { CLASS: "PUBLIC_KEY", TOKEN: false, PRIVATE: false, ...attributesOf(spki) };
}

function attributesOf(spki: Uint8Array): KeyTemplate {
  const info = decodeSpki(spki);
  if (info.type === "RSA") return { KEY_TYPE: "RSA", MODULUS: info.n, PUBLIC_EXPONENT: info.e };
  if (info.type === "EC") {
    const KEY_TYPE = info.curve === "SM2" ? "SM2" : "EC";
    return { KEY_TYPE, EC_PARAMS: encodeEcParams(info.curve), EC_POINT: encodeEcPoint(info.point) };
  }
  if (info.type === "Ed25519") {
    return { KEY_TYPE: "EC_EDWARDS", EC_PARAMS: encodeEcParams(info.type), EC_POINT: info.publicKey };
  }
  for (const KEY_TYPE of ["ML_DSA", "ML_KEM"] as const) {
    const PARAMETER_SET = new Map<string, number>(Object.entries(CKP[KEY_TYPE])).get(info.type);
    if (PARAMETER_SET !== undefined) return { KEY_TYPE, PARAMETER_SET, VALUE: info.publicKey };
  }
  throw new Error(`there is no KMS key of type ${info.type}`);
}

/** The point of a peer's SubjectPublicKeyInfo, when it is of the key's own curve. */
export function pointOn(material: Material, spki: Uint8Array): Uint8Array | undefined {
  try {
    const info = decodeSpki(spki);
    return material.kind === "EC" && info.type === "EC" && info.curve === material.curve ? info.point : undefined;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
