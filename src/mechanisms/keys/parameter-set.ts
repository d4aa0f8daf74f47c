import { equalBytes, wipe } from "../../bytes/bytes.ts";
import { Secret } from "../../bytes/secret.ts";
import type { PqKeyPair } from "../../crypto/engine.ts";
import type { Template } from "../../cryptoki/attributes.ts";
import { CKP } from "../../cryptoki/constants.ts";
import { CkrError, demand } from "../../cryptoki/error.ts";
import { encodeSpki } from "../../der/spki.ts";
import type { Prepared, TokenObject } from "../../objects/object.ts";
import type { NewKey, NewKeyPair } from "../mechanism.ts";
import { badValue, required } from "./key-type.ts";

/** The key types whose keys are byte strings of a parameter set (PKCS #11 v3.2, 6.67 to 6.69). */
export type PqKeyType = keyof typeof CKP;
export type SetOf<T extends PqKeyType> = T extends PqKeyType ? keyof (typeof CKP)[T] & string : never;

/** What a parameter set of any of them says of its keys. */
export interface PqScheme {
  readonly seedBytes: number;
  generate(seed: Uint8Array): PqKeyPair;
  publicKey(publicKey: Uint8Array): object | undefined;
  privateKey(privateKey: Uint8Array): (Required<Prepared> & { publicKey(): Uint8Array }) | undefined;
}

/** The names of a key type's parameter sets. */
export function parameterSets<T extends PqKeyType>(type: T): SetOf<T>[] {
  return Object.keys(CKP[type]) as SetOf<T>[];
}

/** The parameter set of CKA_PARAMETER_SET. @throws CkrError CKR_PARAMETER_SET_NOT_SUPPORTED */
export function parameterSet<T extends PqKeyType>(type: T, value: number): SetOf<T> {
  const found = Object.entries<number>(CKP[type]).find(([, code]) => code === value);
  if (found === undefined) throw new CkrError("PARAMETER_SET_NOT_SUPPORTED", `${type} has no parameter set ${value}`);
  return found[0] as SetOf<T>;
}

/** The parameter set of a template. @throws CkrError CKR_TEMPLATE_INCOMPLETE, CKR_PARAMETER_SET_NOT_SUPPORTED */
export function parameterSetIn<T extends PqKeyType>(type: T, { PARAMETER_SET }: Template): SetOf<T> {
  demand(PARAMETER_SET !== undefined, "TEMPLATE_INCOMPLETE", "CKA_PARAMETER_SET is missing");
  return parameterSet(type, PARAMETER_SET);
}

/** The parameter set of a key pair, chosen by the mechanism or the public template. @throws CkrError */
export function chosenSet<T extends PqKeyType>(type: T, chosen: SetOf<T> | undefined, template: Template): SetOf<T> {
  if (chosen === undefined) return parameterSetIn(type, template);
  const agrees = template.PARAMETER_SET === undefined || parameterSetIn(type, template) === chosen;
  demand(agrees, "TEMPLATE_INCONSISTENT", "parameterSet is not the one of CKA_PARAMETER_SET");
  return chosen;
}

/** The parameter set of a key of that type. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function parameterSetOf<T extends PqKeyType>(type: T, key: TokenObject): SetOf<T> {
  const value = key.get("PARAMETER_SET");
  const isOfType = value !== undefined && key.get("KEY_TYPE") === type;
  demand(isOfType, "KEY_TYPE_INCONSISTENT", `the mechanism needs a key of type ${type}`);
  return parameterSet(type, value);
}

function codeOf<T extends PqKeyType>(type: T, set: SetOf<T>): number {
  return (CKP[type] as Readonly<Record<string, number>>)[set] as number;
}

/** @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when the bytes are no public key of the parameter set */
export function newPqPublicKey<T extends PqKeyType>(
  type: T,
  set: SetOf<T>,
  scheme: PqScheme,
  publicKey: Uint8Array,
): NewKey {
  if (scheme.publicKey(publicKey) === undefined) throw badValue(`CKA_VALUE is no public key of ${set}`);
  return {
    attributes: {
      CLASS: "PUBLIC_KEY",
      KEY_TYPE: type,
      PARAMETER_SET: codeOf(type, set),
      VALUE: publicKey,
      PUBLIC_KEY_INFO: encodeSpki({ type: set, publicKey }),
    },
    secrets: {},
  };
}

/**
 * A private key of a template: from CKA_SEED, which gives the rest, or from CKA_VALUE, or from both when they agree. An
 * SLH-DSA private key begins with its seed (FIPS 205, 9.1), so that it is always made again and compared.
 * @throws CkrError CKR_TEMPLATE_INCOMPLETE, CKR_ATTRIBUTE_VALUE_INVALID
 */
export function importPqPrivateKey<T extends PqKeyType>(
  type: T,
  set: SetOf<T>,
  scheme: PqScheme,
  template: Template,
): NewKey {
  const given = template.SEED === undefined || template.VALUE ? required(template, "VALUE") : undefined;
  const seed = type === "SLH_DSA" ? given?.slice(0, scheme.seedBytes) : template.SEED && required(template, "SEED");
  if (seed === undefined) return newPqPrivateKey(type, set, scheme, given as Uint8Array);
  try {
    const { privateKey } = newPqPair(type, set, scheme, seed);
    if (given === undefined || privateKey.secrets.VALUE?.use((own) => equalBytes(own, given))) return privateKey;
    for (const secret of Object.values(privateKey.secrets)) secret.destroy();
    throw badValue("CKA_VALUE is not the private key that the seed gives");
  } finally {
    wipe(given);
  }
}

/** Takes the bytes over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when they are no private key of the set */
function newPqPrivateKey<T extends PqKeyType>(type: T, set: SetOf<T>, scheme: PqScheme, value: Uint8Array): NewKey {
  const prepared = scheme.privateKey(value);
  if (prepared === undefined) {
    wipe(value);
    throw badValue(`CKA_VALUE is no private key of ${set}`);
  }
  const publicKey = prepared.publicKey();
  prepared.destroy();
  return {
    attributes: {
      CLASS: "PRIVATE_KEY",
      KEY_TYPE: type,
      PARAMETER_SET: codeOf(type, set),
      PUBLIC_KEY_INFO: encodeSpki({ type: set, publicKey }),
    },
    secrets: { VALUE: new Secret(value) },
  };
}

/** Both halves from a seed, which is taken over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID for another length */
export function newPqPair<T extends PqKeyType>(type: T, set: SetOf<T>, scheme: PqScheme, seed: Uint8Array): NewKeyPair {
  if (seed.length !== scheme.seedBytes) {
    wipe(seed);
    throw badValue(`a seed of ${set} has ${scheme.seedBytes} bytes, not ${seed.length}`);
  }
  const { publicKey, privateKey } = scheme.generate(seed);
  const half = newPqPrivateKey(type, set, scheme, privateKey);
  const made = newPqPublicKey(type, set, scheme, publicKey);
  if (type !== "SLH_DSA") {
    return { publicKey: made, privateKey: { ...half, secrets: { ...half.secrets, SEED: new Secret(seed) } } };
  }
  wipe(seed);
  return { publicKey: made, privateKey: half };
}
