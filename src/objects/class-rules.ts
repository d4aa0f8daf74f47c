import type { AttributeName, AttributeValue, Template } from "../cryptoki/attributes.ts";
import { CKC, type KeyType, type ObjectClass } from "../cryptoki/constants.ts";

/** What may happen to one attribute (PKCS #11 v3.2, section 4.1.1 and the attribute tables' footnotes). */
export interface AttributeRule {
  /** Must be in the template of C_CreateObject. */
  readonly required?: true;
  readonly default?: AttributeValue;
  /** `never`: only the token sets it. `so`: only the SO may set it to true. Otherwise any template may. */
  readonly settable?: "never" | "so";
  /** How C_SetAttributeValue and C_CopyObject may change it; not at all when absent. */
  readonly change?: "free" | "only-to-true" | "only-to-false" | "copy-only";
  /** Where this attribute is true, these hold too. */
  readonly requires?: Template;
  /** Of two dates: this one is not before that one. */
  readonly notBefore?: AttributeName;
  /** This one is empty only where that one is not. */
  readonly orElse?: AttributeName;
  /** What the token finds for it is kept; a template may say the same, or leave it out with an empty value. */
  readonly computed?: true;
  /** Its bytes are kept as a Secret, taken only by C_CreateObject and read only when the key is neither sensitive nor unextractable. */
  readonly secret?: true;
}

export type ClassRules = { readonly [N in AttributeName]?: AttributeRule };

const none = new Uint8Array(0);

/** Every object (table 15, storage objects). */
const storage: ClassRules = {
  CLASS: { required: true },
  TOKEN: { default: false, change: "copy-only" },
  PRIVATE: { default: false, change: "copy-only" },
  LABEL: { default: "", change: "free" },
  UNIQUE_ID: { settable: "never" },
  MODIFIABLE: { default: true, change: "copy-only" },
  COPYABLE: { default: true, change: "only-to-false" },
  DESTROYABLE: { default: true, change: "only-to-false" },
};

/** Every key (table 24). */
const key: ClassRules = {
  ...storage,
  KEY_TYPE: { required: true },
  ID: { default: none, change: "free" },
  START_DATE: { default: "", change: "free" },
  END_DATE: { default: "", change: "free", notBefore: "START_DATE" },
  DERIVE: { default: false, change: "free" },
  LOCAL: { settable: "never" },
  KEY_GEN_MECHANISM: { settable: "never" },
  ALLOWED_MECHANISMS: {},
};

/** Public keys (table 25). */
const publicKey: ClassRules = {
  ...key,
  SUBJECT: { default: none, change: "free" },
  ENCRYPT: { default: false, change: "free" },
  VERIFY: { default: false, change: "free" },
  VERIFY_RECOVER: { default: false, change: "free" },
  WRAP: { default: false, change: "free" },
  TRUSTED: { default: false, settable: "so", change: "free" },
  WRAP_TEMPLATE: {},
  PUBLIC_KEY_INFO: { computed: true },
};

/** What protects a key's secret (tables 26 and 28); sensitive and not extractable unless told otherwise. */
const protection: ClassRules = {
  PRIVATE: { default: true, change: "copy-only" },
  SENSITIVE: { default: true, change: "only-to-true" },
  EXTRACTABLE: { default: false, change: "only-to-false" },
  ALWAYS_SENSITIVE: { settable: "never" },
  NEVER_EXTRACTABLE: { settable: "never" },
  WRAP_WITH_TRUSTED: { default: false, change: "only-to-true" },
};

/** Private keys (table 26). */
const privateKey: ClassRules = {
  ...key,
  ...protection,
  SUBJECT: { default: none, change: "free" },
  DECRYPT: { default: false, change: "free" },
  SIGN: { default: false, change: "free" },
  SIGN_RECOVER: { default: false, change: "free" },
  UNWRAP: { default: false, change: "free" },
  UNWRAP_TEMPLATE: {},
  DERIVE_TEMPLATE: {},
  ALWAYS_AUTHENTICATE: { default: false, requires: { PRIVATE: true } },
  PUBLIC_KEY_INFO: { computed: true },
};

/** Secret keys (table 28). */
const secretKey: ClassRules = {
  ...key,
  ...protection,
  ENCRYPT: { default: false, change: "free" },
  DECRYPT: { default: false, change: "free" },
  SIGN: { default: false, change: "free" },
  VERIFY: { default: false, change: "free" },
  WRAP: { default: false, change: "free" },
  UNWRAP: { default: false, change: "free" },
  WRAP_TEMPLATE: {},
  UNWRAP_TEMPLATE: {},
  DERIVE_TEMPLATE: {},
  TRUSTED: { default: false, settable: "so", change: "free" },
  CHECK_VALUE: { computed: true },
  VALUE: { required: true, secret: true },
  VALUE_LEN: {},
};

const rsaPublic: ClassRules = { MODULUS: { required: true }, PUBLIC_EXPONENT: { required: true }, MODULUS_BITS: {} };
const rsaPrivate: ClassRules = {
  MODULUS: { required: true },
  PUBLIC_EXPONENT: { required: true },
  PRIVATE_EXPONENT: { required: true, secret: true },
  PRIME_1: { required: true, secret: true },
  PRIME_2: { required: true, secret: true },
  EXPONENT_1: { required: true, secret: true },
  EXPONENT_2: { required: true, secret: true },
  COEFFICIENT: { required: true, secret: true },
};
const ecPublic: ClassRules = { EC_PARAMS: { required: true }, EC_POINT: { required: true } };
const ecPrivate: ClassRules = { EC_PARAMS: { required: true }, VALUE: { required: true, secret: true } };

/** Keys of FIPS 203, 204 and 205 (PKCS #11 v3.2). CKA_VALUE, CKA_SEED or both make a private one of the first two. */
const pqPublic: ClassRules = { PARAMETER_SET: { required: true }, VALUE: { required: true } };
const pqPrivate: ClassRules = { PARAMETER_SET: { required: true }, VALUE: { secret: true }, SEED: { secret: true } };
const mlKemPublic: ClassRules = {
  ...pqPublic,
  ENCAPSULATE: { default: false, change: "free" },
  ENCAPSULATE_TEMPLATE: {},
};
const mlKemPrivate: ClassRules = {
  ...pqPrivate,
  DECAPSULATE: { default: false, change: "free" },
  DECAPSULATE_TEMPLATE: {},
};
const slhDsaPrivate: ClassRules = { PARAMETER_SET: { required: true }, VALUE: { required: true, secret: true } };

/** Every certificate (v3.2, 4.6). */
const certificate: ClassRules = {
  ...storage,
  CERTIFICATE_TYPE: { required: true },
  TRUSTED: { default: false, settable: "so", change: "free" },
  CERTIFICATE_CATEGORY: { default: 0 },
  CHECK_VALUE: { computed: true },
  START_DATE: { default: "" },
  END_DATE: { default: "", notBefore: "START_DATE" },
  PUBLIC_KEY_INFO: { default: none },
};

/** X.509 and WTLS public key certificates, and X.509 attribute certificates (v3.2, 4.6.3 to 4.6.5). */
const whereabouts: ClassRules = {
  SUBJECT: { required: true },
  VALUE: { required: true, orElse: "URL" },
  URL: { default: "" },
  HASH_OF_SUBJECT_PUBLIC_KEY: { default: none },
  HASH_OF_ISSUER_PUBLIC_KEY: { default: none },
  NAME_HASH_ALGORITHM: { default: "SHA_1" },
};
const x509Certificate: ClassRules = {
  ...whereabouts,
  ID: { default: none, change: "free" },
  ISSUER: { default: none, change: "free" },
  SERIAL_NUMBER: { default: none, change: "free" },
  JAVA_MIDP_SECURITY_DOMAIN: { default: 0 },
};
const wtlsCertificate: ClassRules = { ...whereabouts, ISSUER: { default: none, change: "free" } };
const attributeCertificate: ClassRules = {
  VALUE: { required: true },
  OWNER: { required: true },
  AC_ISSUER: { default: none, change: "free" },
  SERIAL_NUMBER: { default: none, change: "free" },
  ATTR_TYPES: { default: none, change: "free" },
};

/** Objects that the token itself has (4.12 and 4.13): there for whoever asks for their class, made and changed by nobody. */
const builtIn: ClassRules = { ...storage, CLASS: { settable: "never" } };

const BY_CLASS: Readonly<Record<ObjectClass, ClassRules>> = {
  DATA: {
    ...storage,
    APPLICATION: { default: "", change: "free" },
    OBJECT_ID: { default: none, change: "free" },
    VALUE: { default: none, change: "free" },
  },
  CERTIFICATE: certificate,
  PUBLIC_KEY: publicKey,
  PRIVATE_KEY: privateKey,
  SECRET_KEY: secretKey,
  MECHANISM: { ...builtIn, MECHANISM_TYPE: { settable: "never" } },
  PROFILE: { ...builtIn, PROFILE_ID: { settable: "never" } },
  VALIDATION: { ...builtIn, VALIDATION_FLAG: { settable: "never" } },
};

/** What tells objects of one class apart; the other classes have one kind. */
export const KIND_OF: Readonly<Partial<Record<ObjectClass, "KEY_TYPE" | "CERTIFICATE_TYPE">>> = {
  CERTIFICATE: "CERTIFICATE_TYPE",
  PUBLIC_KEY: "KEY_TYPE",
  PRIVATE_KEY: "KEY_TYPE",
  SECRET_KEY: "KEY_TYPE",
};

/** The part of a template that decides which rules hold. */
export type Kind = Pick<Template, "CLASS" | "KEY_TYPE" | "CERTIFICATE_TYPE">;

const BY_KIND: Readonly<Partial<Record<`${ObjectClass}/${KeyType | number}`, ClassRules>>> = {
  [`CERTIFICATE/${CKC.X_509}`]: x509Certificate,
  [`CERTIFICATE/${CKC.X_509_ATTR_CERT}`]: attributeCertificate,
  [`CERTIFICATE/${CKC.WTLS}`]: wtlsCertificate,
  "PUBLIC_KEY/RSA": rsaPublic,
  "PRIVATE_KEY/RSA": rsaPrivate,
  "PUBLIC_KEY/EC": ecPublic,
  "PRIVATE_KEY/EC": ecPrivate,
  "PUBLIC_KEY/EC_EDWARDS": ecPublic,
  "PRIVATE_KEY/EC_EDWARDS": ecPrivate,
  "PUBLIC_KEY/EC_MONTGOMERY": ecPublic,
  "PRIVATE_KEY/EC_MONTGOMERY": ecPrivate,
  "PUBLIC_KEY/ML_DSA": pqPublic,
  "PRIVATE_KEY/ML_DSA": pqPrivate,
  "PUBLIC_KEY/SLH_DSA": pqPublic,
  "PRIVATE_KEY/SLH_DSA": slhDsaPrivate,
  "PUBLIC_KEY/ML_KEM": mlKemPublic,
  "PRIVATE_KEY/ML_KEM": mlKemPrivate,
  "PUBLIC_KEY/SM2": ecPublic,
  "PRIVATE_KEY/SM2": ecPrivate,
  "SECRET_KEY/AES": {},
  "SECRET_KEY/AES_XTS": {},
  "SECRET_KEY/SM4": {},
  "SECRET_KEY/GENERIC_SECRET": {},
  "SECRET_KEY/HKDF": {},
};

/** Without prototypes: a polluted one adds no attribute and no rule. */
function bare(rules: ClassRules): ClassRules {
  const entries = Object.entries(rules).map(([name, rule]) => [name, Object.assign(Object.create(null), rule)]);
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

type NamedRule = readonly [AttributeName, AttributeRule];

/** The classes that have one kind, which has no name. */
const ONE_KIND: readonly string[] = ["DATA", "MECHANISM", "PROFILE", "VALIDATION"] satisfies readonly ObjectClass[];

/** Each table is made when it is first asked for: start-up waits for none, and a token has objects of few kinds. */
const made = new Map<string, ClassRules>();

/** What every new object asks of its table. */
interface Extract {
  /** The rules that look at another attribute. */
  readonly linked: readonly NamedRule[];
  readonly required: readonly AttributeName[];
  readonly defaults: Template;
}
const extracts = new Map<ClassRules, Extract>();

/** The rules of an object class and kind, or `undefined` when there is no such combination. */
export function rulesOf(kind: Kind): ClassRules | undefined {
  const { CLASS, KEY_TYPE, CERTIFICATE_TYPE } = kind;
  const subType = KEY_TYPE ?? CERTIFICATE_TYPE;
  const name = subType === undefined ? `${CLASS}` : `${CLASS}/${subType}`;
  const known = made.get(name);
  if (known !== undefined) return known;
  if (!Object.hasOwn(BY_KIND, name) && !ONE_KIND.includes(name)) return undefined;
  const rules = bare({ ...BY_CLASS[CLASS as ObjectClass], ...BY_KIND[name as keyof typeof BY_KIND] });
  made.set(name, rules);
  extracts.set(rules, extractOf(Object.entries(rules) as [AttributeName, AttributeRule][]));
  return rules;
}

function extractOf(rules: readonly NamedRule[]): Extract {
  const defaults = rules.flatMap(([name, rule]) => (rule.default === undefined ? [] : [[name, rule.default]]));
  return {
    linked: rules.filter(([, { requires, notBefore, orElse }]) => requires ?? notBefore ?? orElse),
    required: rules.flatMap(([name, { required }]) => (required ? [name] : [])),
    defaults: Object.assign(Object.create(null), Object.fromEntries(defaults)),
  };
}

/** The rules of {@link rulesOf} that look at another attribute. */
export function linkedRules(rules: ClassRules): readonly NamedRule[] {
  return extracts.get(rules)?.linked ?? [];
}

/** The attributes that C_CreateObject must be given. */
export function requiredAttributes(rules: ClassRules): readonly AttributeName[] {
  return extracts.get(rules)?.required ?? [];
}

/** The values of what a template leaves out. */
export function defaultAttributes(rules: ClassRules): Template {
  return extracts.get(rules)?.defaults ?? {};
}
