/** Templates as CK_ATTRIBUTE arrays, and back. */

import { concat, utf8 } from "../../bytes/bytes.ts";
import { type AttributeKind, type AttributeName, type AttributeValue, CKA } from "../../cryptoki/attributes.ts";
import { CKK, CKM, CKO, type KeyType, type MechanismName, type ObjectClass } from "../../cryptoki/constants.ts";
import { encodeEcPoint } from "../../der/ec-params.ts";
import { type KeyTemplate, readTemplate } from "../../objects/template.ts";
import type { ModuleAttribute } from "./binding.ts";
import { Lacking } from "./refusals.ts";

/** What differs between modules. */
export interface Dialect {
  /** Bytes of a CK_ULONG. */
  readonly ulongBytes: number;
  /** Whether CKA_EC_POINT of an Edwards or Montgomery key is in an OCTET STRING, as up to v3.0; from v3.1 on it is bare. */
  readonly wrapsOctetPoints: boolean;
  /** CKA_PRIVATE of the keys that have a secret: true for who has logged in. */
  readonly isPrivate: boolean;
}

/** Whether a CKK_ or CKM_ is vendor-defined (pkcs11t.h, CKK_VENDOR_DEFINED): those of this HSM mean something else elsewhere. */
export function isVendorDefined(code: number): boolean {
  return code >= 0x8000_0000;
}

const OCTET_KEY_TYPES: ReadonlySet<KeyType> = new Set<KeyType>(["EC_EDWARDS", "EC_MONTGOMERY"]);

/**
 * A template for the module. Every object is a session object: nothing is left in the token.
 * @throws Lacking for a key type of this HSM's own
 */
export function attributesOf(template: KeyTemplate, dialect: Dialect, objectClass?: ObjectClass): ModuleAttribute[] {
  const given = readTemplate(template, objectClass);
  const keyType = given.KEY_TYPE;
  if (keyType !== undefined && isVendorDefined(CKK[keyType]))
    throw new Lacking("not-through-pkcs11", `${keyType} is a key type of this HSM alone`);
  const isSecret = (given.CLASS ?? objectClass) !== "PUBLIC_KEY";
  const all = { TOKEN: false, PRIVATE: isSecret && dialect.isPrivate, ...given };
  return Object.entries(all).map(([name, value]) => {
    const isOctetPoint = name === "EC_POINT" && keyType !== undefined && OCTET_KEY_TYPES.has(keyType);
    const own = isOctetPoint && dialect.wrapsOctetPoints ? encodeEcPoint(value as Uint8Array) : value;
    const [type, kind] = CKA[name as AttributeName];
    return { type, value: ENCODINGS[kind](own as never, dialect) };
  });
}

/** A number as a CK_ULONG of the module. Every platform of Node is little-endian but for a few that no module is on. */
export function ulong(value: number, { ulongBytes }: Pick<Dialect, "ulongBytes">): Uint8Array {
  return Uint8Array.from({ length: ulongBytes }, (_, index) => Math.floor(value / 2 ** (8 * index)) % 256);
}

type Encoded = NonNullable<ModuleAttribute["value"]>;

const ENCODINGS: { readonly [K in AttributeKind]: (value: never, dialect: Dialect) => Encoded } = {
  bool: (value: boolean) => value,
  text: (value: string) => utf8(value),
  date: (value: string) => utf8(value),
  bytes: (value: Uint8Array) => value,
  integer: (value: Uint8Array) => value,
  number: (value: number) => value,
  class: (value: ObjectClass) => CKO[value],
  keyType: (value: KeyType) => CKK[value],
  mechanism: (value: MechanismName) => CKM[value],
  mechanisms: (value: readonly MechanismName[], dialect) =>
    concat(...value.map((mechanism) => ulong(CKM[mechanism], dialect))),
  template: () => {
    throw new Lacking("not-through-pkcs11", "the binding passes no template within a template");
  },
};

/** The value of an attribute that the suites read, all of which are byte strings. */
export function attributeValue(value: Uint8Array): AttributeValue {
  return Uint8Array.from(value);
}
