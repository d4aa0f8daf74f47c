/** Data key pairs: the one kind of key that leaves the token in the clear, because that is what it is made for. */

import { wipe } from "../bytes/bytes.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import type { SeededParameterSet } from "../der/parameter-sets.ts";
import { encodePkcs8 } from "../der/pkcs8.ts";
import { decodeSpki } from "../der/spki.ts";
import type { Session } from "../token/session.ts";
import type { MechanismChoice } from "./algorithms.ts";
import type { Material } from "./key-specs.ts";

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
    usage: material.kind === "ML_KEM" ? "encapsulate" : "sign",
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
      return material.curve === "SM2"
        ? { mechanism: "PHSM_SM2_KEY_PAIR_GEN" }
        : { mechanism: "EC_KEY_PAIR_GEN", curve: material.curve };
    case "Ed25519":
      return { mechanism: "EC_EDWARDS_KEY_PAIR_GEN" };
    case "ML_DSA":
      return { mechanism: "ML_DSA_KEY_PAIR_GEN", parameterSet: material.parameterSet };
    case "ML_KEM":
      return { mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: material.parameterSet };
  }
}

function readPrivateKey(session: Session, material: PairMaterial, key: ObjectHandle, spki: Uint8Array): Uint8Array {
  if (material.kind === "RSA") return readRsa(session, key);
  if (material.kind === "ML_DSA" || material.kind === "ML_KEM") return readSeed(session, material.parameterSet, key);
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

function readSeed(session: Session, type: SeededParameterSet, key: ObjectHandle): Uint8Array {
  const { SEED } = session.getAttributes(key, ["SEED"]);
  try {
    return encodePkcs8({ type, seed: SEED });
  } finally {
    wipe(SEED);
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
