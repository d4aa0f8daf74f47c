import { bitLengthOf, wipe } from "../../bytes/bytes.ts";
import { Secret } from "../../bytes/secret.ts";
import type { RsaComponents, RsaPrivateKey, RsaPublicKey } from "../../crypto/engine.ts";
import type { AttributeName } from "../../cryptoki/attributes.ts";
import { demand } from "../../cryptoki/error.ts";
import { decodePkcs8, encodePkcs8 } from "../../der/pkcs8.ts";
import { encodeSpki } from "../../der/spki.ts";
import type { Prepared, SecretValues, TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";
import { badValue, decoded, type KeyTypeSpec, required } from "./key-type.ts";

/** Of the keys that a lax policy takes (objects/policy.ts has the strict bounds). */
export const RSA_SIZE = { min: 1024, max: 8192, unit: "bits" } as const;

type SecretComponent = Exclude<keyof RsaComponents, "n" | "e">;

/** Where each secret component is kept (PKCS #11 v3.1, 6.1). */
// biome-ignore format: a table
const SECRET_ATTRIBUTES: Readonly<Record<SecretComponent, AttributeName>> = {
  d:  "PRIVATE_EXPONENT",
  p:  "PRIME_1",
  q:  "PRIME_2",
  dp: "EXPONENT_1",
  dq: "EXPONENT_2",
  qi: "COEFFICIENT",
};
const SECRET_COMPONENTS = Object.keys(SECRET_ATTRIBUTES) as SecretComponent[];

/** CKK_RSA (PKCS #11 v3.1, 6.1): integers are big-endian without zeros in front. */
export const rsa: KeyTypeSpec = {
  type: "RSA",

  // Numbers that are no key are kept as they are, and refused where they are used: programs store such objects. What may
  // be stored is the policy's to say.
  importPublic: (_context, template) =>
    publicKeyOf(minimal(required(template, "MODULUS")), minimal(required(template, "PUBLIC_EXPONENT"))),

  importPrivate(context, template) {
    const components = {
      n: minimal(required(template, "MODULUS")),
      e: minimal(required(template, "PUBLIC_EXPONENT")),
    } as Record<keyof RsaComponents, Uint8Array>;
    for (const name of SECRET_COMPONENTS) components[name] = minimal(required(template, SECRET_ATTRIBUTES[name]));
    return newRsaPrivateKey(context, components);
  },

  decodePrivate(pkcs8, context) {
    const info = decoded(() => decodePkcs8(pkcs8));
    if (info.type !== "RSA") throw badValue(`the PKCS #8 key is ${info.type}, not RSA`);
    return newRsaPrivateKey(context, info);
  },

  encodePrivate: (key) => withComponents(key, (components) => encodePkcs8({ type: "RSA", ...components })),
};

/** @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when modulus or exponent is out of bounds */
export function newRsaPublicKey({ engine }: Context, n: Uint8Array, e: Uint8Array): NewKey {
  if (engine.rsaPublic(n, e) === undefined)
    throw badValue("an RSA key needs a modulus of 1024 to 8192 bits and an odd exponent from 3 to 2^256");
  return publicKeyOf(n, e);
}

function publicKeyOf(n: Uint8Array, e: Uint8Array): NewKey {
  if (n.length === 0 || e.length === 0) throw badValue("modulus and exponent of an RSA key are not zero");
  return {
    attributes: {
      CLASS: "PUBLIC_KEY",
      KEY_TYPE: "RSA",
      MODULUS: n,
      PUBLIC_EXPONENT: e,
      MODULUS_BITS: bitLengthOf(n),
      PUBLIC_KEY_INFO: encodeSpki({ type: "RSA", n, e }),
    },
    secrets: {},
  };
}

/** Takes the components over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID when they do not belong together */
export function newRsaPrivateKey({ engine }: Context, components: RsaComponents): NewKey {
  const prepared = engine.rsaPrivate(components);
  if (prepared === undefined) {
    for (const name of SECRET_COMPONENTS) wipe(components[name]);
    throw badValue("the RSA components do not belong together");
  }
  prepared.destroy();
  const { n, e } = components;
  return {
    attributes: {
      CLASS: "PRIVATE_KEY",
      KEY_TYPE: "RSA",
      MODULUS: n,
      PUBLIC_EXPONENT: e,
      PUBLIC_KEY_INFO: encodeSpki({ type: "RSA", n, e }),
    },
    secrets: Object.fromEntries(
      SECRET_COMPONENTS.map((name) => [SECRET_ATTRIBUTES[name], new Secret(components[name])]),
    ) as SecretValues,
  };
}

/** Length of the modulus: of every signature and ciphertext. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function modulusBytesOf(key: TokenObject): number {
  const modulus = key.get("MODULUS");
  demand(modulus, "KEY_TYPE_INCONSISTENT", "the mechanism needs an RSA key");
  return modulus.length;
}

/** Bits of the modulus. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function modulusBitsOf(key: TokenObject): number {
  const modulus = key.get("MODULUS");
  demand(modulus, "KEY_TYPE_INCONSISTENT", "the mechanism needs an RSA key");
  return bitLengthOf(modulus);
}

/** The prepared private key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function rsaPrivateOf({ engine }: Context, key: TokenObject): RsaPrivateKey {
  return key.prepared("rsa private", () => {
    const prepared = withComponents(key, engine.rsaPrivate);
    demand(prepared, "KEY_TYPE_INCONSISTENT", "the RSA private key is damaged");
    return prepared;
  });
}

/** The prepared public key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function rsaPublicOf({ engine }: Context, key: TokenObject): RsaPublicKey {
  return key.prepared<RsaPublicKey & Prepared>("rsa public", () => {
    const prepared = engine.rsaPublic(...publicNumbers(key));
    demand(prepared, "KEY_TYPE_INCONSISTENT", "the modulus or the exponent of the RSA public key is none");
    return prepared;
  });
}

function publicNumbers(key: TokenObject): [n: Uint8Array, e: Uint8Array] {
  const [n, e] = [key.get("MODULUS"), key.get("PUBLIC_EXPONENT")];
  demand(n && e, "KEY_TYPE_INCONSISTENT", "the mechanism needs an RSA key");
  return [n, e];
}

/** Lends all components of a private key at once. */
function withComponents<T>(key: TokenObject, use: (components: RsaComponents) => T): T {
  const [n, e] = publicNumbers(key);
  const borrow = (left: readonly SecretComponent[], components: Partial<RsaComponents>): T => {
    const [name, ...others] = left;
    if (name === undefined) return use(components as RsaComponents);
    return key.secret(SECRET_ATTRIBUTES[name]).use((bytes) => borrow(others, { ...components, [name]: bytes }));
  };
  return borrow(SECRET_COMPONENTS, { n, e });
}

/** Without zeros in front; the copy that it came from is wiped. */
function minimal(integer: Uint8Array): Uint8Array {
  const first = integer.findIndex((byte) => byte !== 0);
  const result = integer.slice(first === -1 ? integer.length : first);
  wipe(integer);
  return result;
}
