/**
 * The part of the vault that takes key material in from outside. It is unwrapped inside the token, by a pair that is
 * made there for it and whose CKA_UNWRAP_TEMPLATE says what becomes of it (docs/security.md). The private half leaves
 * the token as the import token, wrapped like any backing key; nothing else has to be kept until the import.
 */

import { be32, bitLengthOf, concat, toHex, utf8 } from "../bytes/bytes.ts";
import { CkrError } from "../cryptoki/error.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import { decodeSpki } from "../der/spki.ts";
import type { Session } from "../token/session.ts";
import type { MechanismChoice } from "./algorithms.ts";
import type { BackingKey } from "./context.ts";
import { KEY_SPECS, type KeySpec, type KeyUsage, type Material } from "./key-specs.ts";
import { macOf, mechanismsOf } from "./mechanism-choices.ts";
import { symmetricId } from "./symmetric-id.ts";
import type { Imported, ImportTarget, ImportTerms, ImportVault, WrappingAlgorithm, WrappingKeySpec } from "./vault.ts";

type Template = NonNullable<Parameters<Session["unwrapKey"]>[3]>;

const WRAP: MechanismChoice = { mechanism: "PHSM_BOUND_WRAP" };

const PAIRS: Readonly<Record<WrappingKeySpec, MechanismChoice>> = {
  RSA_2048: { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 },
  RSA_3072: { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 3072 },
  RSA_4096: { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 4096 },
  SM2: { mechanism: "PHSM_SM2_KEY_PAIR_GEN" },
};

/** The hash is that of MGF1 too; the temporary AES key has 256 bits (developer guide, "Select a wrapping algorithm"). */
const UNWRAPPING: Readonly<Record<WrappingAlgorithm, MechanismChoice>> = {
  RSAES_OAEP_SHA_1: { mechanism: "RSA_PKCS_OAEP", hash: "SHA1" },
  RSAES_OAEP_SHA_256: { mechanism: "RSA_PKCS_OAEP", hash: "SHA256" },
  RSA_AES_KEY_WRAP_SHA_1: { mechanism: "RSA_AES_KEY_WRAP", hash: "SHA1" },
  RSA_AES_KEY_WRAP_SHA_256: { mechanism: "RSA_AES_KEY_WRAP", hash: "SHA256" },
  SM2PKE: { mechanism: "PHSM_SM2PKE" },
};

/**
 * An imported symmetric key comes in as a generic secret, whose length the token can tell, and the backing key is
 * derived from it and the KMS key's identifier.
 */
const IMPORT_LABEL: Uint8Array = utf8("POCKET-HSM KMS IMPORT");
const ID_LABEL: Uint8Array = utf8("POCKET-HSM KMS MATERIAL ID");

export function importVault(session: Session, domainKey: ObjectHandle): ImportVault {
  return {
    async createImportKey(terms, target, spec) {
      const { publicKey, privateKey } = await session.generateKeyPairAsync(
        PAIRS[spec],
        { TOKEN: false, usage: "wrap" },
        {
          LABEL: textOf(terms),
          TOKEN: false,
          SENSITIVE: true,
          EXTRACTABLE: true,
          ALLOWED_MECHANISMS: [UNWRAPPING[terms.algorithm].mechanism],
          UNWRAP_TEMPLATE: templateOf(target),
          usage: "wrap",
        },
      );
      try {
        return {
          publicKey: session.getAttributes(publicKey, ["PUBLIC_KEY_INFO"]).PUBLIC_KEY_INFO,
          token: session.wrapKey(WRAP, domainKey, privateKey),
        };
      } finally {
        session.destroyObject(publicKey);
        session.destroyObject(privateKey);
      }
    },

    openImportToken(token, use) {
      const privateKey = unwrapToken(session, domainKey, token);
      if (privateKey === undefined) return undefined;
      try {
        const terms = termsOf(session, privateKey);
        return (
          terms &&
          use(terms, (target, encrypted) =>
            takeIn(session, domainKey, target, () =>
              session.unwrapKey(UNWRAPPING[terms.algorithm], privateKey, encrypted, templateOf(target)),
            ),
          )
        );
      } finally {
        session.destroyObject(privateKey);
      }
    },
  };
}

function takeIn(session: Session, domainKey: ObjectHandle, target: ImportTarget, unwrap: () => ObjectHandle): Imported {
  let imported: ObjectHandle;
  try {
    imported = unwrap();
  } catch (error) {
    const reason = error instanceof CkrError ? REFUSALS[error.ckr] : undefined;
    if (reason === undefined) throw error;
    return reason;
  }
  try {
    return adopt(session, domainKey, imported, target) ?? "IncorrectKeyMaterialException";
  } finally {
    session.destroyObject(imported);
  }
}

/** What the token's refusals of wrapped material mean: the last is of keys that are too weak for it. */
const REFUSALS: Readonly<Partial<Record<CkrName, Exclude<Imported, BackingKey>>>> = {
  WRAPPED_KEY_INVALID: "InvalidCiphertextException",
  WRAPPED_KEY_LEN_RANGE: "InvalidCiphertextException",
  ATTRIBUTE_VALUE_INVALID: "IncorrectKeyMaterialException",
};

/** The material as the backing key of a KMS key, or `undefined` when it is not what the key spec says. */
function adopt(
  session: Session,
  domainKey: ObjectHandle,
  imported: ObjectHandle,
  { keyId, keySpec, keyUsage }: ImportTarget,
): BackingKey | undefined {
  const { material } = KEY_SPECS[keySpec];
  if (!fits(session, imported, material)) return undefined;
  if (material.kind === "AES") {
    const derivation: MechanismChoice = {
      mechanism: "SP800_108_COUNTER_KDF",
      label: IMPORT_LABEL,
      context: utf8(keyId),
    };
    const key = session.deriveKey(derivation, imported, {
      ...backingTemplate(keyId, "encrypt"),
      CLASS: "SECRET_KEY",
      KEY_TYPE: "AES",
      VALUE_LEN: 32,
      ALLOWED_MECHANISMS: mechanismsOf(keySpec, keyUsage),
    });
    try {
      const ID = symmetricId(session, key, keyId);
      session.setAttributes(key, { ID });
      return { id: toHex(ID), keyId, exported: session.wrapKey(WRAP, domainKey, key) };
    } finally {
      session.destroyObject(key);
    }
  }
  const publicKey =
    material.kind === "HMAC" ? undefined : session.getAttributes(imported, ["PUBLIC_KEY_INFO"]).PUBLIC_KEY_INFO;
  const ID = publicKey ? publicId(session, keyId, publicKey) : macId(session, imported, keyId, keySpec);
  session.setAttributes(imported, { ID });
  const exported = session.wrapKey(WRAP, domainKey, imported);
  return { id: toHex(ID), keyId, exported, ...(publicKey && { publicKey }) };
}

/** A MAC key's identifier: SP 800-108 r1, 4.1, with the key's own MAC as the PRF. */
function macId(session: Session, key: ObjectHandle, keyId: string, keySpec: KeySpec): Uint8Array {
  const [algorithm = ""] = KEY_SPECS[keySpec].usages.GENERATE_VERIFY_MAC ?? [];
  const block = (i: number): Uint8Array =>
    session.sign(macOf(algorithm), key, concat(be32(i), ID_LABEL, Uint8Array.of(0), utf8(keyId), be32(256)));
  return concat(block(1), block(2)).slice(0, 32);
}

/** The public half says which private key it is. */
function publicId(session: Session, keyId: string, publicKey: Uint8Array): Uint8Array {
  return session.digest("SHA256", concat(ID_LABEL, Uint8Array.of(0), utf8(keyId), Uint8Array.of(0), publicKey));
}

/** Whether imported material is of the kind and size that a key spec asks for. */
function fits(session: Session, key: ObjectHandle, material: Material): boolean {
  if (material.kind === "AES" || material.kind === "HMAC") {
    const byteLength = material.kind === "AES" ? 32 : material.byteLength;
    return session.getAttributes(key, ["VALUE_LEN"]).VALUE_LEN === byteLength;
  }
  const info = decodeSpki(session.getAttributes(key, ["PUBLIC_KEY_INFO"]).PUBLIC_KEY_INFO);
  if (material.kind === "RSA") return info.type === "RSA" && bitLengthOf(info.n) === material.modulusBits;
  if (material.kind === "EC") return info.type === "EC" && info.curve === material.curve;
  return info.type === material.kind;
}

/** The type of a private key from outside, by its material; keys of the other kinds are not imported. */
function privateKeyType(material: Material): "RSA" | "EC" | "SM2" | "EC_EDWARDS" {
  if (material.kind === "EC") return material.curve === "SM2" ? "SM2" : "EC";
  if (material.kind === "RSA") return "RSA";
  if (material.kind === "Ed25519") return "EC_EDWARDS";
  throw new Error(`material of kind ${material.kind} is not imported`);
}

const PRIVATE_FLAGS: Readonly<Partial<Record<KeyUsage, Template>>> = {
  ENCRYPT_DECRYPT: { DECRYPT: true },
  SIGN_VERIFY: { SIGN: true },
  KEY_AGREEMENT: { DERIVE: true },
};

/** What becomes of material for a KMS key: all that the wrapped bytes do not say. */
function templateOf({ keyId, keySpec, keyUsage }: ImportTarget): Template {
  const { material } = KEY_SPECS[keySpec];
  const common = { LABEL: keyId, TOKEN: false, SENSITIVE: true, EXTRACTABLE: true } as const;
  const secretKey = { ...common, CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET" } as const;
  if (material.kind === "AES") return { ...secretKey, DERIVE: true, ALLOWED_MECHANISMS: ["SP800_108_COUNTER_KDF"] };
  const ALLOWED_MECHANISMS = mechanismsOf(keySpec, keyUsage);
  if (material.kind === "HMAC") return { ...secretKey, SIGN: true, VERIFY: true, ALLOWED_MECHANISMS };
  const KEY_TYPE = privateKeyType(material);
  return { ...common, CLASS: "PRIVATE_KEY", KEY_TYPE, ...PRIVATE_FLAGS[keyUsage], ALLOWED_MECHANISMS };
}

const backingTemplate = (LABEL: string, usage: NonNullable<Template["usage"]>): Template => ({
  LABEL,
  TOKEN: false,
  SENSITIVE: true,
  EXTRACTABLE: true,
  usage,
});

/** The terms of an import are the label of its private key, which the import token authenticates with all the rest. */
function textOf({ keyArn, algorithm, validTo }: ImportTerms): string {
  return JSON.stringify([keyArn, algorithm, validTo]);
}

/** The terms, or `undefined` for a wrapped key that is no import token. */
function termsOf(session: Session, key: ObjectHandle): ImportTerms | undefined {
  const { CLASS, LABEL } = session.getAttributes(key, ["CLASS", "LABEL"]);
  if (CLASS !== "PRIVATE_KEY" || !session.getAttributes(key, ["UNWRAP"]).UNWRAP) return undefined;
  const [keyArn, algorithm, validTo] = JSON.parse(LABEL) as [string, WrappingAlgorithm, number];
  return { keyArn, algorithm, validTo };
}

function unwrapToken(session: Session, domainKey: ObjectHandle, token: Uint8Array): ObjectHandle | undefined {
  try {
    return session.unwrapKey(WRAP, domainKey, token);
  } catch (error) {
    if (error instanceof CkrError && Object.hasOwn(REFUSALS, error.ckr)) return undefined;
    throw error;
  }
}
