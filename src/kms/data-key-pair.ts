/** Data key pairs: the one kind of key that leaves the token in the clear, because that is what it is made for. */

import { wipe } from "../bytes/bytes.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import { encodePkcs8 } from "../der/pkcs8.ts";
import { decodeSpki } from "../der/spki.ts";
import type { Session } from "../token/session.ts";
import type { Material, MechanismChoice } from "./key-specs.ts";

export interface DataKeyPair {
  /** PKCS #8 in DER; the caller wipes it. */
  readonly privateKey: Uint8Array;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
}

/** Makes a pair of session objects, reads them, and destroys them. */
export async function generateDataKeyPair(session: Session, material: PairMaterial): Promise<DataKeyPair> {
  const pair = await session.generateKeyPairAsync(pairGeneration(material), {
    TOKEN: false,
    SENSITIVE: false,
    EXTRACTABLE: true,
    usage: "sign",
  });
  try {
    const publicKey = session.getAttributes(pair.publicKey, ["PUBLIC_KEY_INFO"]).PUBLIC_KEY_INFO;
    return { privateKey: readPrivateKey(session, material, pair.privateKey, publicKey), publicKey };
  } finally {
    session.destroyObject(pair.publicKey);
    session.destroyObject(pair.privateKey);
  }
}

export type PairMaterial = Exclude<Material, { readonly kind: "AES" | "HMAC" }>;

/** The mechanism that generates a key pair of that material. */
export function pairGeneration(material: PairMaterial): MechanismChoice {
  switch (material.kind) {
    case "RSA":
      return { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: material.modulusBits };
    case "EC":
      return { mechanism: "EC_KEY_PAIR_GEN", curve: material.curve };
    case "Ed25519":
      return { mechanism: "EC_EDWARDS_KEY_PAIR_GEN" };
  }
}

function readPrivateKey(session: Session, material: PairMaterial, key: ObjectHandle, spki: Uint8Array): Uint8Array {
  if (material.kind === "RSA") return readRsa(session, key);
  const { VALUE } = session.getAttributes(key, ["VALUE"]);
  try {
    if (material.kind === "Ed25519") return encodePkcs8({ type: "Ed25519", seed: VALUE });
    const info = decodeSpki(spki);
    const point = info.type === "EC" ? { point: info.point } : {};
    return encodePkcs8({ type: "EC", curve: material.curve, privateKey: VALUE, ...point });
  } finally {
    wipe(VALUE);
  }
}

function readRsa(session: Session, key: ObjectHandle): Uint8Array {
  const secrets = session.getAttributes(key, [
    "PRIVATE_EXPONENT",
    "PRIME_1",
    "PRIME_2",
    "EXPONENT_1",
    "EXPONENT_2",
    "COEFFICIENT",
  ]);
  const { MODULUS: n, PUBLIC_EXPONENT: e } = session.getAttributes(key, ["MODULUS", "PUBLIC_EXPONENT"]);
  const { PRIVATE_EXPONENT: d, PRIME_1: p, PRIME_2: q, EXPONENT_1: dp, EXPONENT_2: dq, COEFFICIENT: qi } = secrets;
  try {
    return encodePkcs8({ type: "RSA", n, e, d, p, q, dp, dq, qi });
  } finally {
    wipe(...Object.values(secrets));
  }
}
