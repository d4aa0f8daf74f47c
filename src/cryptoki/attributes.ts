import type { KeyType, MechanismName, ObjectClass } from "./constants.ts";

/** Attribute types (PKCS #11 v3.2, pkcs11t.h), sorted by code. `NAME: [code, kind of value]`. */
// biome-ignore format: a table
export const CKA = {
  CLASS:                             [0x0000_0000, "class"],
  TOKEN:                             [0x0000_0001, "bool"],
  PRIVATE:                           [0x0000_0002, "bool"],
  LABEL:                             [0x0000_0003, "text"],
  UNIQUE_ID:                         [0x0000_0004, "text"],
  APPLICATION:                       [0x0000_0010, "text"],
  VALUE:                             [0x0000_0011, "bytes"],
  OBJECT_ID:                         [0x0000_0012, "bytes"],
  CERTIFICATE_TYPE:                  [0x0000_0080, "number"],
  ISSUER:                            [0x0000_0081, "bytes"],
  SERIAL_NUMBER:                     [0x0000_0082, "bytes"],
  AC_ISSUER:                         [0x0000_0083, "bytes"],
  OWNER:                             [0x0000_0084, "bytes"],
  ATTR_TYPES:                        [0x0000_0085, "bytes"],
  TRUSTED:                           [0x0000_0086, "bool"],
  CERTIFICATE_CATEGORY:              [0x0000_0087, "number"],
  JAVA_MIDP_SECURITY_DOMAIN:         [0x0000_0088, "number"],
  URL:                               [0x0000_0089, "text"],
  HASH_OF_SUBJECT_PUBLIC_KEY:        [0x0000_008a, "bytes"],
  HASH_OF_ISSUER_PUBLIC_KEY:         [0x0000_008b, "bytes"],
  NAME_HASH_ALGORITHM:               [0x0000_008c, "mechanism"],
  CHECK_VALUE:                       [0x0000_0090, "bytes"],
  KEY_TYPE:                          [0x0000_0100, "keyType"],
  SUBJECT:                           [0x0000_0101, "bytes"],
  ID:                                [0x0000_0102, "bytes"],
  SENSITIVE:                         [0x0000_0103, "bool"],
  ENCRYPT:                           [0x0000_0104, "bool"],
  DECRYPT:                           [0x0000_0105, "bool"],
  WRAP:                              [0x0000_0106, "bool"],
  UNWRAP:                            [0x0000_0107, "bool"],
  SIGN:                              [0x0000_0108, "bool"],
  SIGN_RECOVER:                      [0x0000_0109, "bool"],
  VERIFY:                            [0x0000_010a, "bool"],
  VERIFY_RECOVER:                    [0x0000_010b, "bool"],
  DERIVE:                            [0x0000_010c, "bool"],
  START_DATE:                        [0x0000_0110, "date"],
  END_DATE:                          [0x0000_0111, "date"],
  MODULUS:                           [0x0000_0120, "integer"],
  MODULUS_BITS:                      [0x0000_0121, "number"],
  PUBLIC_EXPONENT:                   [0x0000_0122, "integer"],
  PRIVATE_EXPONENT:                  [0x0000_0123, "integer"],
  PRIME_1:                           [0x0000_0124, "integer"],
  PRIME_2:                           [0x0000_0125, "integer"],
  EXPONENT_1:                        [0x0000_0126, "integer"],
  EXPONENT_2:                        [0x0000_0127, "integer"],
  COEFFICIENT:                       [0x0000_0128, "integer"],
  PUBLIC_KEY_INFO:                   [0x0000_0129, "bytes"],
  VALUE_LEN:                         [0x0000_0161, "number"],
  EXTRACTABLE:                       [0x0000_0162, "bool"],
  LOCAL:                             [0x0000_0163, "bool"],
  NEVER_EXTRACTABLE:                 [0x0000_0164, "bool"],
  ALWAYS_SENSITIVE:                  [0x0000_0165, "bool"],
  KEY_GEN_MECHANISM:                 [0x0000_0166, "mechanism"],
  MODIFIABLE:                        [0x0000_0170, "bool"],
  COPYABLE:                          [0x0000_0171, "bool"],
  DESTROYABLE:                       [0x0000_0172, "bool"],
  EC_PARAMS:                         [0x0000_0180, "bytes"],
  EC_POINT:                          [0x0000_0181, "bytes"],
  ALWAYS_AUTHENTICATE:               [0x0000_0202, "bool"],
  WRAP_WITH_TRUSTED:                 [0x0000_0210, "bool"],
  MECHANISM_TYPE:                    [0x0000_0500, "mechanism"],
  PROFILE_ID:                        [0x0000_0601, "number"],
  PARAMETER_SET:                     [0x0000_061d, "number"],
  VALIDATION_TYPE:                   [0x0000_061f, "number"],
  VALIDATION_VERSION:                [0x0000_0620, "bytes"],
  VALIDATION_LEVEL:                  [0x0000_0621, "number"],
  VALIDATION_MODULE_ID:              [0x0000_0622, "text"],
  VALIDATION_FLAG:                   [0x0000_0623, "number"],
  VALIDATION_AUTHORITY_TYPE:         [0x0000_0624, "number"],
  VALIDATION_COUNTRY:                [0x0000_0625, "text"],
  VALIDATION_CERTIFICATE_IDENTIFIER: [0x0000_0626, "text"],
  VALIDATION_CERTIFICATE_URI:        [0x0000_0627, "text"],
  VALIDATION_VENDOR_URI:             [0x0000_0628, "text"],
  VALIDATION_PROFILE:                [0x0000_0629, "text"],
  ENCAPSULATE_TEMPLATE:              [0x0000_062a, "template"],
  DECAPSULATE_TEMPLATE:              [0x0000_062b, "template"],
  ENCAPSULATE:                       [0x0000_0633, "bool"],
  DECAPSULATE:                       [0x0000_0634, "bool"],
  SEED:                              [0x0000_0637, "bytes"],
  WRAP_TEMPLATE:                     [0x4000_0211, "template"],
  UNWRAP_TEMPLATE:                   [0x4000_0212, "template"],
  DERIVE_TEMPLATE:                   [0x4000_0213, "template"],
  ALLOWED_MECHANISMS:                [0x4000_0600, "mechanisms"],
} as const;

export type AttributeName = keyof typeof CKA;

/** CK_UNAVAILABLE_INFORMATION: what CKA_KEY_GEN_MECHANISM says of a key that was not generated in the token. */
export const UNAVAILABLE = "UNAVAILABLE_INFORMATION";

interface ValueKinds {
  bool: boolean;
  text: string;
  bytes: Uint8Array;
  /** A big integer: unsigned, big-endian; kept without leading zeros. */
  integer: Uint8Array;
  number: number;
  class: ObjectClass;
  keyType: KeyType;
  mechanism: MechanismName | typeof UNAVAILABLE;
  mechanisms: readonly MechanismName[];
  /** CK_DATE: YYYYMMDD, or nothing for an empty one. */
  date: string;
  /** Of a key that this one works on or makes; never one within another. */
  template: Template;
}

export type AttributeKind = keyof ValueKinds;
export type AttributeValue = ValueKinds[AttributeKind];
export type ValueOf<N extends AttributeName> = ValueKinds[(typeof CKA)[N][1]];

/** A template (PKCS #11 v3.1, section 4.2) by attribute name; `{ LABEL: 4 }` does not compile. */
export type Template = { readonly [N in AttributeName]?: ValueOf<N> | undefined };
