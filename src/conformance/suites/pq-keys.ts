/** Keys of ML-KEM, ML-DSA and SLH-DSA. */

import { CKP } from "../../cryptoki/constants.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import { decodeSpki } from "../../der/spki.ts";
import type { KeyTemplate } from "../../objects/template.ts";
import type { TokenSession } from "../suite.ts";
import { difference, firstOf } from "./support.ts";
import { withKey } from "./token.ts";

type PqType = keyof typeof CKP;

/** The code of a parameter set; a name that the key type does not have is a fault of the suite. */
function codeOf(type: PqType, set: string): number {
  const code = (CKP[type] as Readonly<Record<string, number>>)[set];
  if (code === undefined) throw new TypeError(`${type} has no parameter set ${set}`);
  return code;
}

function usageOf(type: PqType): "encapsulate" | "sign" {
  return type === "ML_KEM" ? "encapsulate" : "sign";
}

export function pqPublic(type: PqType, set: string, value: Uint8Array): KeyTemplate {
  return { CLASS: "PUBLIC_KEY", KEY_TYPE: type, PARAMETER_SET: codeOf(type, set), VALUE: value, usage: usageOf(type) };
}

/** From the seed, the expanded key, or both. Its value may be read. */
export function pqPrivate(
  type: PqType,
  set: string,
  parts: { readonly seed?: Uint8Array; readonly value?: Uint8Array },
): KeyTemplate {
  return {
    CLASS: "PRIVATE_KEY",
    KEY_TYPE: type,
    PARAMETER_SET: codeOf(type, set),
    SEED: parts.seed,
    VALUE: parts.value,
    usage: usageOf(type),
    sensitive: false,
    extractable: true,
  };
}

/** The public key that the token has beside a private one. */
export function pqPublicOf(session: TokenSession, key: ObjectHandle): Uint8Array {
  const info = decodeSpki(session.getAttributes(key, ["PUBLIC_KEY_INFO"]).PUBLIC_KEY_INFO);
  return "publicKey" in info ? info.publicKey : new Uint8Array(0);
}

/** Key generation: a private key made from its seed has the value and the public key of the vector. */
export function checkPair(
  session: TokenSession,
  template: KeyTemplate,
  publicKey: Uint8Array,
  value: Uint8Array,
): string | undefined {
  return withKey(session, template, (key) =>
    firstOf(
      difference(pqPublicOf(session, key), publicKey),
      difference(session.getAttributes(key, ["VALUE"]).VALUE, value),
    ),
  );
}
