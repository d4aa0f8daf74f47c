/** The vault on a token: where the KMS's words become PKCS #11's. */

import { fromHex, toHex, utf8 } from "../bytes/bytes.ts";
import { CkrError } from "../cryptoki/error.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import { FIELD_BYTES } from "../der/ec-params.ts";
import { decodeEcdsaSignature, encodeEcdsaSignature } from "../der/ecdsa-signature.ts";
import type { Hsm } from "../token/hsm.ts";
import type { Session } from "../token/session.ts";
import type { MechanismChoice } from "./algorithms.ts";
import type { BackingKey, KeyMaterial } from "./context.ts";
import { generateDataKeyPair, type PairMaterial, pairGeneration } from "./data-key-pair.ts";
import { createGiven } from "./given-material.ts";
import { HandleCache } from "./handle-cache.ts";
import { importVault } from "./import-vault.ts";
import { KEY_SPECS, type KeyUsage, type Material } from "./key-specs.ts";
import { envelope, macOf, mechanismsOf, publicKeyEncryption, signing } from "./mechanism-choices.ts";
import { sealFor, verifyP384 } from "./nitro/session-crypto.ts";
import { pointOn, publicKeyTemplate } from "./public-halves.ts";
import { symmetricId } from "./symmetric-id.ts";
import type { Vault } from "./vault.ts";

export interface VaultOptions {
  /** The user's PIN, for a token that wants one and where nobody is logged in yet. */
  readonly pin?: string;
  /** How many backing keys may be unwrapped in the token at a time. */
  readonly cacheSize?: number;
}

export interface TokenVault extends Vault {
  /** Ends the session and with it every unwrapped key. */
  close(): void;
}

type KeyTemplate = NonNullable<Parameters<Session["generateKey"]>[1]>;

const DOMAIN_KEY_LABEL = "KMS domain key";
const WRAP: MechanismChoice = { mechanism: "PHSM_BOUND_WRAP" };
const KEM: MechanismChoice = { mechanism: "PHSM_ML_KEM_SHARED_SECRET" };
/** A secret that is agreed on to leave the token. */
const AGREED = { CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", SENSITIVE: false, EXTRACTABLE: true } as const;
/** KeyMaterialId is 64 hexadecimal digits. */
const MATERIAL_ID_BYTES = 32;

const TOKEN_USAGE: Readonly<Record<KeyUsage, NonNullable<KeyTemplate["usage"]>>> = {
  ENCRYPT_DECRYPT: "encrypt",
  SIGN_VERIFY: "sign",
  GENERATE_VERIFY_MAC: "sign",
  KEY_AGREEMENT: "derive",
  ENCAPSULATE_DECAPSULATE: "encapsulate",
};

/**
 * Opens a session with the HSM's first token for the KMS. The domain key, under which backing keys leave the token, is
 * the token's own: it is generated there when there is none yet.
 * @throws CkrError of the login and of the session.
 */
export function createVault(hsm: Hsm, options: VaultOptions = {}): TokenVault {
  const { pin, cacheSize = 10_000 } = options;
  const session = hsm.openSession({ readWrite: true });
  let domainKey: ObjectHandle;
  try {
    if (pin !== undefined && session.info().state !== "RW_USER_FUNCTIONS") session.login("user", pin);
    domainKey = findDomainKey(session);
  } catch (error) {
    session.close();
    throw error;
  }
  const cache = new HandleCache(cacheSize, (handle) => session.destroyObject(handle));

  /** The secret or private key, in the token, which refuses a blob that is bound to another identifier or KMS key. */
  const keyOf = (key: BackingKey): ObjectHandle =>
    cache.get(privateName(key), () =>
      session.unwrapKey(WRAP, domainKey, key.exported, { ID: fromHex(key.id), LABEL: key.keyId }),
    );
  const publicKeyOf = (key: BackingKey, usage: "encrypt" | "sign" | "encapsulate"): ObjectHandle =>
    cache.get(publicName(key), () => {
      const { publicKey } = key;
      if (publicKey === undefined) throw new Error("a symmetric key has no public half");
      const ALLOWED_MECHANISMS = usage === "encapsulate" ? { ALLOWED_MECHANISMS: [KEM.mechanism] } : {};
      return session.createObject({ ...publicKeyTemplate(publicKey), ...ALLOWED_MECHANISMS, usage });
    });
  /** The value of a secret that was agreed on, which is destroyed. */
  const released = (secret: ObjectHandle): Uint8Array => {
    try {
      return session.getAttributes(secret, ["VALUE"]).VALUE;
    } finally {
      session.destroyObject(secret);
    }
  };

  return {
    random: (byteLength) => session.generateRandom(byteLength),
    sha256: (data) => session.digest({ mechanism: "SHA256" }, data),
    verifyP384: (publicKey, data, signature) => verifyP384(session, publicKey, data, signature),
    sealFor: (publicKey, secret) => sealFor(session, publicKey, secret),

    async createBackingKey(keyId, spec, usage, given) {
      const { material } = KEY_SPECS[spec];
      const template: KeyTemplate = {
        LABEL: keyId,
        TOKEN: false,
        SENSITIVE: true,
        EXTRACTABLE: true,
        ALLOWED_MECHANISMS: mechanismsOf(spec, usage),
        usage: TOKEN_USAGE[usage],
      };
      const made = await (given === undefined
        ? generate(session, material, template)
        : take(session, material, template, given));
      const exported = session.wrapKey(WRAP, domainKey, made.key);
      const backingKey = { id: made.id, keyId, exported, ...(made.publicKey && { publicKey: made.publicKey }) };
      cache.put(privateName(backingKey), made.key);
      return backingKey;
    },

    encrypt: (key, context, plaintext, purpose) =>
      session.encrypt(envelope(namesOf(key).owner, context, purpose), keyOf(key), plaintext),

    decrypt: (key, context, blob) => {
      const handle = keyOf(key);
      return unlessInvalid(() => session.decrypt(envelope(namesOf(key).owner, context, "ENCRYPT"), handle, blob));
    },

    publicEncrypt: (key, algorithm, plaintext) =>
      session.encrypt(publicKeyEncryption(algorithm), publicKeyOf(key, "encrypt"), plaintext),

    privateDecrypt: (key, algorithm, ciphertext) => {
      const handle = keyOf(key);
      return unlessInvalid(() => session.decrypt(publicKeyEncryption(algorithm), handle, ciphertext));
    },

    sign(key, spec, algorithm, message, type) {
      const { choice, data } = signing(algorithm, message, type);
      const signature = session.sign(choice, keyOf(key), data);
      return KEY_SPECS[spec].material.kind === "EC" ? encodeEcdsaSignature(signature) : signature;
    },

    verify(key, spec, algorithm, message, type, signature) {
      const { choice, data } = signing(algorithm, message, type);
      const { material } = KEY_SPECS[spec];
      const raw = material.kind === "EC" ? decodeEcdsaSignature(signature, FIELD_BYTES[material.curve]) : signature;
      return raw !== undefined && isValid(() => session.verify(choice, publicKeyOf(key, "sign"), data, raw));
    },

    mac: (key, algorithm, message) => session.sign(macOf(algorithm), keyOf(key), message),

    verifyMac: (key, algorithm, message, mac) => {
      const handle = keyOf(key);
      return isValid(() => session.verify(macOf(algorithm), handle, message, mac));
    },

    deriveSharedSecret(key, spec, publicKey) {
      const point = pointOn(KEY_SPECS[spec].material, publicKey);
      if (point === undefined) return undefined;
      const base = keyOf(key);
      const choice: MechanismChoice = { mechanism: "PHSM_ECDH_SHARED_SECRET", publicData: point };
      const derived = unless(INVALID_POINT, () => session.deriveKey(choice, base, AGREED));
      return derived === undefined ? undefined : released(derived);
    },

    encapsulate(key) {
      const { key: secret, ciphertext } = session.encapsulateKey(KEM, publicKeyOf(key, "encapsulate"), AGREED);
      return { sharedSecret: released(secret), ciphertext };
    },

    decapsulate(key, ciphertext) {
      const base = keyOf(key);
      const secret = unless(INVALID_CIPHERTEXT, () => session.decapsulateKey(KEM, base, ciphertext, AGREED));
      return secret === undefined ? undefined : released(secret);
    },

    ...importVault(session, domainKey),

    generateDataKeyPair: (spec) => generateDataKeyPair(session, KEY_SPECS[spec].material as PairMaterial),

    forget(record) {
      for (const key of record.materials) {
        cache.drop(privateName(key));
        cache.drop(publicName(key));
      }
    },

    // An HSM in its error state ends nothing; one that was initialised again has ended the session itself.
    close: () => unless(ENDED, () => session.close()),
  };
}

/** The domain key of a token: an AES-256 key that was made in it and has never been outside. */
function findDomainKey(session: Session): ObjectHandle {
  const description = { LABEL: DOMAIN_KEY_LABEL, CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE_LEN: 32 } as const;
  const [found] = session.findObjects(
    { ...description, WRAP: true, LOCAL: true, ALWAYS_SENSITIVE: true, NEVER_EXTRACTABLE: true },
    { limit: 1 },
  );
  if (found !== undefined) return found;
  return session.generateKey(
    { mechanism: "AES_KEY_GEN" },
    {
      LABEL: DOMAIN_KEY_LABEL,
      ID: session.generateRandom(16),
      VALUE_LEN: 32,
      TOKEN: true,
      SENSITIVE: true,
      EXTRACTABLE: false,
      ALLOWED_MECHANISMS: ["PHSM_BOUND_WRAP"],
      usage: "wrap",
    },
  );
}

interface Made {
  readonly id: string;
  readonly key: ObjectHandle;
  readonly publicKey?: Uint8Array;
}

async function generate(session: Session, material: Material, template: KeyTemplate): Promise<Made> {
  if (material.kind === "AES") {
    return identified(
      session,
      session.generateKey({ mechanism: "AES_KEY_GEN" }, { ...template, VALUE_LEN: 32 }),
      template,
    );
  }
  const ID = session.generateRandom(MATERIAL_ID_BYTES);
  const id = toHex(ID);
  if (material.kind === "HMAC") {
    const choice: MechanismChoice = { mechanism: "GENERIC_SECRET_KEY_GEN" };
    return { id, key: session.generateKey(choice, { ...template, ID, VALUE_LEN: material.byteLength }) };
  }
  const pair = await session.generateKeyPairAsync(pairGeneration(material), { ...template, ID });
  const { PUBLIC_KEY_INFO } = session.getAttributes(pair.publicKey, ["PUBLIC_KEY_INFO"]);
  session.destroyObject(pair.publicKey);
  return { id, key: pair.privateKey, publicKey: PUBLIC_KEY_INFO };
}

/** Material from outside, as {@link generate} makes it inside. */
async function take(session: Session, material: Material, template: KeyTemplate, given: Uint8Array): Promise<Made> {
  if (material.kind === "AES") return identified(session, createGiven(session, material, template, given), template);
  const ID = session.generateRandom(MATERIAL_ID_BYTES);
  const key = createGiven(session, material, { ...template, ID }, given);
  if (material.kind === "HMAC") return { id: toHex(ID), key };
  return { id: toHex(ID), key, publicKey: session.getAttributes(key, ["PUBLIC_KEY_INFO"]).PUBLIC_KEY_INFO };
}

/** The identifier is the token's commitment to the key, which every ciphertext names. */
function identified(session: Session, key: ObjectHandle, { LABEL = "" }: KeyTemplate): Made {
  const ID = symmetricId(session, key, LABEL);
  session.setAttributes(key, { ID });
  return { id: toHex(ID), key };
}

/** Names of handles. Forks share a vault, and may have the same material in different keys: it is bound to each. */
const privateName = (key: KeyMaterial): string => namesOf(key).ofPrivate;
const publicName = (key: KeyMaterial): string => namesOf(key).ofPublic;

interface Names {
  readonly ofPrivate: string;
  readonly ofPublic: string;
  /** The KMS key's identifier, as ciphertexts are bound to it. */
  readonly owner: Uint8Array;
}

const names = new WeakMap<KeyMaterial, Names>();

/** Put together once for each record of a material, which never changes. */
function namesOf(key: KeyMaterial): Names {
  let known = names.get(key);
  if (known === undefined) {
    const ofPrivate = `${key.keyId}/${key.id}`;
    known = { ofPrivate, ofPublic: `${ofPrivate}/public`, owner: utf8(key.keyId) };
    names.set(key, known);
  }
  return known;
}

const INVALID_CIPHERTEXT: readonly CkrName[] = ["ENCRYPTED_DATA_INVALID", "ENCRYPTED_DATA_LEN_RANGE"];
const INVALID_SIGNATURE: readonly CkrName[] = ["SIGNATURE_INVALID", "SIGNATURE_LEN_RANGE"];
const ENDED: readonly CkrName[] = ["DEVICE_ERROR", "FIPS_SELF_TEST_FAILED", "SESSION_HANDLE_INVALID"];
const INVALID_POINT: readonly CkrName[] = ["MECHANISM_PARAM_INVALID", "DOMAIN_PARAMS_INVALID", "DATA_INVALID"];

const unlessInvalid = (open: () => Uint8Array): Uint8Array | undefined => unless(INVALID_CIPHERTEXT, open);
const isValid = (verify: () => true): boolean => unless(INVALID_SIGNATURE, verify) ?? false;

/** What the token answers, or `undefined` for the refusals that are an answer about the data. */
function unless<T>(refusals: readonly CkrName[], ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof CkrError && refusals.includes(error.ckr)) return undefined;
    throw error;
  }
}
