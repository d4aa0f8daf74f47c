/** Material that comes from outside: into the token as what it is, through C_CreateObject and its checks. */

import { bitLengthOf, equalBytes, wipe } from "../bytes/bytes.ts";
import { CKP } from "../cryptoki/constants.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import { DerError } from "../der/der-error.ts";
import { encodeEcParams } from "../der/ec-params.ts";
import { decodePkcs8, type PrivateKeyInfo, type SeededPrivateKeyInfo } from "../der/pkcs8.ts";
import { readSeedKey } from "../der/seed-key.ts";
import { encodeSpki } from "../der/spki.ts";
import type { Session } from "../token/session.ts";
import { KEY_SPECS, type KeySpec, type Material } from "./key-specs.ts";

type Template = NonNullable<Parameters<Session["createObject"]>[0]>;

/** Material that is not of the key spec that it is given for. The message tells nothing of its value. */
export class MaterialError extends Error {
  override readonly name: string = "MaterialError";
}

/**
 * The session object of given material.
 * @param given the secret's bytes, or PKCS #8 of a private key, or the seed of ML-DSA or ML-KEM; it is not changed.
 * @param template the attributes that a key of this usage has when it is generated.
 * @throws MaterialError, CkrError when the numbers of a private key do not belong together
 */
export function createGiven(session: Session, material: Material, template: Template, given: Uint8Array): ObjectHandle {
  const { attributes, publicKey } = read(material, given);
  try {
    const key = session.createObject({ ...template, ...attributes });
    const own = publicKey && session.getAttributes(key, ["PUBLIC_KEY_INFO"]).PUBLIC_KEY_INFO;
    if (own === undefined || publicKey === undefined || equalBytes(own, publicKey)) return key;
    session.destroyObject(key);
    throw new MaterialError("the public key beside the private key is not its own");
  } finally {
    for (const value of Object.values(attributes)) if (value instanceof Uint8Array) wipe(value);
  }
}

interface Read {
  readonly attributes: Template;
  /** SubjectPublicKeyInfo of the point that an ECPrivateKey may have beside it. */
  readonly publicKey?: Uint8Array;
}

function read(material: Material, given: Uint8Array): Read {
  if (material.kind === "AES") return { attributes: secretKey("AES", 32, given) };
  if (material.kind === "HMAC") return { attributes: secretKey("GENERIC_SECRET", material.byteLength, given) };
  if (material.kind === "ML_DSA" || material.kind === "ML_KEM") return { attributes: seedOf(material, given) };
  const info = decoded(given);
  demand(isOf(material, info), `the private key must be one of ${nameOf(material)}, not ${info.type}`);
  const attributes: Template = { CLASS: "PRIVATE_KEY", ...numbersOf(info) };
  if (info.type !== "EC" || info.point === undefined) return { attributes };
  return { attributes, publicKey: encodeSpki({ type: "EC", curve: info.curve, point: info.point }) };
}

/** The seed that the whole key follows from: as it is, or in PKCS #8. */
function seedOf({ kind, parameterSet }: SeededMaterial, given: Uint8Array): Template {
  const seedBytes = kind === "ML_DSA" ? 32 : 64;
  const info = given.length === seedBytes ? { type: parameterSet, seed: Uint8Array.from(given) } : readSeed(given);
  demand(info?.type === parameterSet, `the private key must be one of ${parameterSet}`);
  const PARAMETER_SET = new Map<string, number>(Object.entries(CKP[kind])).get(parameterSet) as number;
  return { CLASS: "PRIVATE_KEY", KEY_TYPE: kind, PARAMETER_SET, SEED: info.seed };
}

type SeededMaterial = Extract<Material, { readonly parameterSet: string }>;

const readSeed = (given: Uint8Array): ReturnType<typeof readSeedKey> => readable(() => readSeedKey(given));

function numbersOf(info: PrivateKeyInfo): Template {
  switch (info.type) {
    case "RSA":
      return {
        KEY_TYPE: "RSA",
        MODULUS: info.n,
        PUBLIC_EXPONENT: info.e,
        PRIVATE_EXPONENT: info.d,
        PRIME_1: info.p,
        PRIME_2: info.q,
        EXPONENT_1: info.dp,
        EXPONENT_2: info.dq,
        COEFFICIENT: info.qi,
      };
    case "EC":
      return {
        KEY_TYPE: info.curve === "SM2" ? "SM2" : "EC",
        EC_PARAMS: encodeEcParams(info.curve),
        VALUE: info.privateKey,
      };
    default:
      return { KEY_TYPE: "EC_EDWARDS", EC_PARAMS: encodeEcParams(info.type), VALUE: info.seed };
  }
}

/** The key spec of a private key. @throws MaterialError when there is none for it */
export function specOfPrivateKey(pkcs8: Uint8Array): KeySpec {
  const info = readSeed(pkcs8) ?? decoded(pkcs8);
  const spec = Object.entries(KEY_SPECS).find(([, { material }]) => isOf(material, info))?.[0];
  demand(spec !== undefined, "there is no key spec for this private key");
  return spec as KeySpec;
}

function secretKey(type: "AES" | "GENERIC_SECRET", byteLength: number, given: Uint8Array): Template {
  demand(given.length === byteLength, `the secret must have ${byteLength} bytes, not ${given.length}`);
  return { CLASS: "SECRET_KEY", KEY_TYPE: type, VALUE: Uint8Array.from(given) };
}

function isOf(material: Material, info: PrivateKeyInfo | SeededPrivateKeyInfo): boolean {
  if (material.kind === "ML_DSA" || material.kind === "ML_KEM") return info.type === material.parameterSet;
  if (material.kind === "RSA") return info.type === "RSA" && bitLengthOf(info.n) === material.modulusBits;
  if (material.kind === "EC") return info.type === "EC" && info.curve === material.curve;
  return material.kind === info.type;
}

function nameOf(material: Material): string {
  if (material.kind === "RSA") return `RSA with ${material.modulusBits} bits`;
  return material.kind === "EC" ? material.curve : material.kind;
}

const decoded = (given: Uint8Array): PrivateKeyInfo => readable(() => decodePkcs8(given));

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) throw new MaterialError(`the private key cannot be read: ${error.message}`);
    throw error;
  }
}

function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new MaterialError(message);
}
