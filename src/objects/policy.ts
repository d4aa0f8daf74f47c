import { bitLengthOf, equalBytes } from "../bytes/bytes.ts";
import type { AttributeName, AttributeValue, Template } from "../cryptoki/attributes.ts";
import type { ObjectClass } from "../cryptoki/constants.ts";
import { CkrError } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import type { TokenObject } from "./object.ts";
import { strengthOf } from "./strength.ts";
import { USAGE_OF, type Usage } from "./template.ts";

type Violation = readonly [ckr: CkrName, why: string] | undefined;

/** What a policy must know of a mechanism. */
export interface WrapMechanism {
  readonly name: string;
  readonly bindsAttributes?: true;
  readonly separatesWrapKey?: true;
}

/** Something a caller chose (a tag, a salt, a number of iterations), how much of it, and the least that is safe. */
export interface Strength {
  readonly what: string;
  readonly given: number;
  readonly least: number;
  /** The clause of a standard that asks for so much. */
  readonly source: string;
}

/** What is wrong with an operation of a mechanism, whatever its parameters. */
export type Hazard = "single blocks" | "related keys" | "no padding";

/** What a policy must know of a mechanism about to be used. */
export interface UsedMechanism {
  readonly name: string;
  readonly hazards?: Readonly<Partial<Record<string, Hazard>>>;
  strengths?(params: unknown, key?: TokenObject): readonly Strength[];
}

/** One rule of key management: a name, the reason it stands, and the moments at which it speaks. */
export interface PolicyRule {
  readonly name: string;
  readonly why: string;
  /** A new object, whatever its origin, before it exists for anyone. */
  readonly object?: (object: TokenObject) => Violation;
  readonly pair?: (publicKey: TokenObject, privateKey: TokenObject) => Violation;
  /** A change of one attribute, by C_SetAttributeValue or C_CopyObject. */
  readonly change?: (object: TokenObject, name: AttributeName, value: AttributeValue) => Violation;
  /** A key derived from `base`. */
  readonly derived?: (base: TokenObject, key: TokenObject) => Violation;
  /** The use of a key, by the name of the operation, on a day (YYYYMMDD). */
  readonly keyUse?: (use: string, key: TokenObject, today: string) => Violation;
  /** A key whose value goes into a digest (C_DigestKey). */
  readonly digestKey?: (key: TokenObject) => Violation;
  /** An operation with a key, or the generation of one, before it begins. */
  readonly use?: (operation: string, mechanism: UsedMechanism, params: unknown, key?: TokenObject) => Violation;
  /** The mechanism that is to wrap a key, or to unwrap one with `unwrappingKey`. */
  readonly wrapMechanism?: (mechanism: WrapMechanism, unwrappingKey?: TokenObject) => Violation;
  readonly wrap?: (wrappingKey: TokenObject, key: TokenObject) => Violation;
  /** An attribute that an unwrap template asks for against what the blob says. */
  readonly unwrapOverride?: (name: AttributeName) => Violation;
}

/** The usages that an object's flags add up to. */
export function usagesOf(object: TokenObject): Set<Usage> {
  const usages = new Set<Usage>();
  for (const [flag, usage] of Object.entries(USAGE_OF)) if (object.isTrue(flag as AttributeName)) usages.add(usage);
  return usages;
}

function isOdd(integer: Uint8Array): boolean {
  return ((integer.at(-1) ?? 0) & 1) === 1;
}

function sameSecret(a: TokenObject, b: TokenObject): boolean {
  if (a === b) return true;
  if (a.get("CLASS") !== "SECRET_KEY" || b.get("CLASS") !== "SECRET_KEY") return false;
  return a.secret("VALUE").use((x) => b.secret("VALUE").use((y) => equalBytes(x, y)));
}

/** Uses that protect something new, beside those that open or check what was protected before. */
const PROTECTING: ReadonlySet<string> = new Set([
  ...["encrypt", "messageEncrypt", "sign", "signRecover", "messageSign", "wrap", "derive", "encapsulate"],
]);

/** CKA_LOCAL, but not of a value that whoever gave the password knows too. */
function isMadeHere(object: TokenObject): boolean {
  return object.isTrue("LOCAL") && object.get("KEY_GEN_MECHANISM") !== "PKCS5_PBKD2";
}

/** What an unwrapping key must say of the keys that it unwraps to leave nobody a choice of what they are. */
const DICTATED: readonly AttributeName[] = ["CLASS", "KEY_TYPE", "EXTRACTABLE", "ALLOWED_MECHANISMS"];

/**
 * Whether an unwrapping key says itself, in its CKA_UNWRAP_TEMPLATE, all that a blob which binds attributes would say.
 * Such a private key takes keys in from outside (R4: it was made here, its public half wraps nothing of this token),
 * and every blob for it becomes the same kind of key.
 */
function dictatesAttributes(unwrappingKey: TokenObject | undefined): boolean {
  const template = unwrappingKey?.get("CLASS") === "PRIVATE_KEY" ? unwrappingKey.get("UNWRAP_TEMPLATE") : undefined;
  if (template === undefined || template.SENSITIVE !== true) return false;
  const hasUsage = Object.keys(USAGE_OF).some((flag) => template[flag as AttributeName] === true);
  return hasUsage && DICTATED.every((name) => template[name] !== undefined);
}

/** 112 bits, the least security strength of SP 800-131A r2. */
const MIN_SECRET_BYTES = 14;

/** The rule against one hazard. */
function hazardRule(hazard: Hazard, name: string, why: string): PolicyRule {
  return {
    name,
    why,
    use: (operation, { name: mechanism, hazards }) =>
      hazards?.[operation] === hazard ? ["MECHANISM_INVALID", `${mechanism} is not allowed: ${why}`] : undefined,
  };
}

/**
 * The strict policy (docs/security.md). An exhaustive search over call sequences gives a counter-example for each of
 * R1 to R5 when it is left out; the other rules close what the standard leaves open beside them.
 */
export const strictRules: readonly PolicyRule[] = Object.freeze([
  {
    name: "one-usage",
    why: "a key that both wraps and decrypts, or unwraps and encrypts, gives away every key it wraps",
    object: (object) =>
      usagesOf(object).size > 1
        ? ["TEMPLATE_INCONSISTENT", `a key has one usage, not ${[...usagesOf(object)].join(" and ")}`]
        : undefined,
    pair: (publicKey, privateKey) =>
      new Set([...usagesOf(publicKey), ...usagesOf(privateKey)]).size > 1
        ? ["TEMPLATE_INCONSISTENT", "both halves of a pair have the same usage"]
        : undefined,
  },
  {
    name: "R1 usage is immutable",
    why: "toggled or copied usages undo the separation of usages",
    change: (object, name, value) =>
      Object.hasOwn(USAGE_OF, name) && object.isTrue(name) !== value
        ? ["ATTRIBUTE_READ_ONLY", `CKA_${name} is fixed when the key is made`]
        : undefined,
  },
  {
    name: "R2 wrapped keys carry their attributes",
    why: "a blob that says nothing of its key can be unwrapped as another kind of key",
    wrapMechanism: (mechanism, unwrappingKey) =>
      mechanism.bindsAttributes || dictatesAttributes(unwrappingKey)
        ? undefined
        : [
            "MECHANISM_INVALID",
            `${mechanism.name} does not authenticate the attributes of the key; use PHSM_BOUND_WRAP`,
          ],
    unwrapOverride: (name) => [
      "TEMPLATE_INCONSISTENT",
      `CKA_${name} is bound to the wrapped key; a template may repeat it, not change it`,
    ],
  },
  {
    name: "R3 wrapping has a sub-key of its own",
    why: "no encrypt or decrypt mechanism may open a wrapped key",
    wrapMechanism: (mechanism, unwrappingKey) =>
      mechanism.separatesWrapKey || dictatesAttributes(unwrappingKey)
        ? undefined
        : ["MECHANISM_INVALID", `${mechanism.name} wraps under the key itself; use PHSM_BOUND_WRAP`],
  },
  {
    name: "R4 wrapping keys are made in the token",
    why: "a wrapping key that the caller knows, or has let somebody choose, opens what it wraps",
    object: (object) =>
      (object.isTrue("WRAP") || object.isTrue("UNWRAP")) && !isMadeHere(object) && !object.isTrue("TRUSTED")
        ? ["TEMPLATE_INCONSISTENT", "CKA_WRAP and CKA_UNWRAP need a key generated in the token or certified by the SO"]
        : undefined,
  },
  {
    name: "wrapping keys are sensitive",
    why: "whoever reads a wrapping key opens outside the token what it wraps",
    object: (object) =>
      (object.isTrue("WRAP") || object.isTrue("UNWRAP")) && object.get("SENSITIVE") === false
        ? ["TEMPLATE_INCONSISTENT", "CKA_WRAP and CKA_UNWRAP need CKA_SENSITIVE"]
        : undefined,
  },
  {
    name: "R5 the wrapping key is the stronger one",
    why: "a wrapped key is no safer than the key around it, and a key around itself is no protection",
    wrap: (wrappingKey, key) => {
      if (sameSecret(wrappingKey, key)) return ["KEY_NOT_WRAPPABLE", "a key cannot wrap itself"];
      return strengthOf(wrappingKey) < strengthOf(key)
        ? [
            "WRAPPING_KEY_SIZE_RANGE",
            `a wrapping key of ${strengthOf(wrappingKey)} bits cannot protect a key of ${strengthOf(key)} bits`,
          ]
        : undefined;
    },
  },
  {
    name: "keys protect within their dates",
    why: "past its cryptoperiod, which is made shorter but never longer, a key protects nothing new; what it protected before can still be opened and verified (SP 800-57 part 1 r5, 5.3.4)",
    change: (object, name, value) => {
      const before = object.get(name);
      const isExtended =
        (name === "START_DATE" && before && (value as string) < (before as string)) ||
        (name === "END_DATE" && before && (value === "" || (value as string) > (before as string)));
      return isExtended ? ["ATTRIBUTE_READ_ONLY", `CKA_${name} only makes the time of a key shorter`] : undefined;
    },
    keyUse: (use, key, today) => {
      const [start, end] = [key.get("START_DATE"), key.get("END_DATE")];
      return PROTECTING.has(use) && ((start && today < start) || (end && today > end))
        ? ["KEY_FUNCTION_NOT_PERMITTED", `the key is for use from ${start || "ever"} to ${end || "ever"}`]
        : undefined;
    },
  },
  {
    name: "secrets of 112 bits",
    why: "a shorter secret can be found by trying (SP 800-131A r2, 8 and 10)",
    object: (object) => {
      const bytes = object.get("CLASS") === "SECRET_KEY" ? object.get("VALUE_LEN") : undefined;
      return bytes !== undefined && bytes < MIN_SECRET_BYTES
        ? ["ATTRIBUTE_VALUE_INVALID", `a secret key has at least ${MIN_SECRET_BYTES} bytes, not ${bytes}`]
        : undefined;
    },
  },
  {
    name: "digested keys can be read",
    why: "a digest over a sensitive key is a key derived from it, in everybody's hands",
    digestKey: (key) =>
      key.get("SENSITIVE") === false && key.isTrue("EXTRACTABLE")
        ? undefined
        : ["KEY_INDIGESTIBLE", "a key is digested only where it could be read"],
  },
  {
    name: "RSA of 112 bits",
    why: "shorter moduli can be factored, and small exponents forgive no mistake (SP 800-131A r2, 3 and 6; FIPS 186-5, A.1.1)",
    object: (object) => {
      // Before a pair is generated, there are only the size and exponent that are asked for.
      const [modulus, exponent] = [object.get("MODULUS"), object.get("PUBLIC_EXPONENT")];
      const bits = modulus === undefined ? object.get("MODULUS_BITS") : bitLengthOf(modulus);
      const isOfSize = bits === undefined || (bits >= 2048 && bits <= 4096);
      const isOddModulus = modulus === undefined || isOdd(modulus);
      const isStrongExponent =
        exponent === undefined || (isOdd(exponent) && exponent.length >= 3 && exponent.length <= 32);
      const isStrong = isOfSize && isOddModulus && isStrongExponent;
      return isStrong
        ? undefined
        : [
            "ATTRIBUTE_VALUE_INVALID",
            "an RSA key has an odd modulus of 2048 to 4096 bits and an odd exponent from 65537",
          ];
    },
  },
  {
    name: "parameters are strong enough",
    why: "a short tag is forged in a few tries, a collision of a short hash is one of its signatures, and a password is tried faster without salt and iterations",
    use: (_operation, mechanism, params, key) => {
      const weak = mechanism.strengths?.(params, key).find(({ given, least }) => given < least);
      return (
        weak && [
          "MECHANISM_PARAM_INVALID",
          `${weak.what} is at least ${weak.least}, not ${weak.given} (${weak.source})`,
        ]
      );
    },
  },
  hazardRule(
    "single blocks",
    "blocks are chained",
    "equal blocks show, and a key that enciphers single blocks undoes what it wraps, block by block",
  ),
  hazardRule(
    "related keys",
    "keys are not joined, cut or mixed with known bytes",
    "whoever derives parts of a key, or combinations of it with chosen bytes, finds it piece by piece",
  ),
  hazardRule(
    "no padding",
    "RSA is padded",
    "the bare power of a chosen number is a forgery, or opens what another mechanism has sealed",
  ),
  {
    name: "derived keys inherit protection",
    why: "what is derived from a sensitive key must not be read where the key could not",
    derived: (base, key) =>
      (base.isTrue("SENSITIVE") && !key.isTrue("SENSITIVE")) ||
      (!base.isTrue("EXTRACTABLE") && key.isTrue("EXTRACTABLE"))
        ? ["TEMPLATE_INCONSISTENT", "a derived key is sensitive and unextractable where its base key is"]
        : undefined,
  },
  {
    name: "derived keys are for data",
    why: "a value that is derived once to derive from and once to sign with gives away, as a MAC, what is derived from it",
    derived: (base, key) => {
      if (base.get("SENSITIVE") === false && base.isTrue("EXTRACTABLE")) return undefined;
      const said = base.get(base.isTrue("DECAPSULATE") ? "DECAPSULATE_TEMPLATE" : "DERIVE_TEMPLATE");
      if (key.isTrue("DERIVE") && said?.DERIVE !== true)
        return ["TEMPLATE_INCONSISTENT", "a derived key has CKA_DERIVE only where a template of its base key says so"];
      return key.get("DERIVE_TEMPLATE")?.DERIVE === true
        ? ["TEMPLATE_INCONSISTENT", "what is derived from a derived key does not derive"]
        : undefined;
    },
  },
]);

export type PolicyName = "strict" | "pkcs11";

type Defaults = { readonly [C in ObjectClass]?: Template };

/** A named set of rules. `pkcs11` is the standard's laxer behaviour, for foreign test suites. */
export interface Policy {
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  /** What an object of a class has where its template says nothing, in place of the table's own. */
  readonly defaults?: Defaults;
  /** The same of a key that came in: unwrapped, encapsulated or decapsulated. */
  readonly unwrapDefaults?: Defaults;
  /** What a key may be used for where its template names no use at all. */
  readonly uses?: Defaults;
  /** The same where private objects cannot be made, as nobody is logged in. */
  readonly publicDefaults?: Defaults;
}

/**
 * The standard's default of CKA_SENSITIVE (PKCS #11 v3.2, table 32), and SoftHSM's of CKA_PRIVATE, which the standard
 * leaves to the token: programs that were written against it rely on both.
 */
const pkcs11Defaults: Policy["defaults"] = Object.freeze({
  SECRET_KEY: { SENSITIVE: false },
  DATA: { PRIVATE: true },
});

/** Data objects of whoever has not logged in are public (Google's pkcs11test relies on that). */
const pkcs11PublicDefaults: Policy["publicDefaults"] = Object.freeze({ DATA: { PRIVATE: false } });

/** C_UnwrapKey, C_EncapsulateKey and C_DecapsulateKey make keys that may go out again (v3.2, 5.18). */
const pkcs11UnwrapDefaults: Policy["unwrapDefaults"] = Object.freeze({
  SECRET_KEY: { EXTRACTABLE: true },
  PRIVATE_KEY: { EXTRACTABLE: true },
});

/**
 * SoftHSM's defaults of what a key is used for, which the standard leaves to the token and lets depend on other attributes
 * (PKCS #11 v3.2, tables 26 to 32): Java's SunPKCS11 and pkcs11-tool name none. CKA_DERIVE is false by the standard.
 */
const pkcs11Uses: Policy["uses"] = Object.freeze({
  PUBLIC_KEY: { ENCRYPT: true, VERIFY: true, VERIFY_RECOVER: true, WRAP: true },
  PRIVATE_KEY: { DECRYPT: true, SIGN: true, SIGN_RECOVER: true, UNWRAP: true },
  SECRET_KEY: { ENCRYPT: true, DECRYPT: true, SIGN: true, VERIFY: true, WRAP: true, UNWRAP: true },
});

export const policies: Readonly<Record<PolicyName, Policy>> = Object.freeze({
  strict: { name: "strict", rules: strictRules },
  pkcs11: {
    name: "pkcs11",
    rules: [],
    defaults: pkcs11Defaults,
    unwrapDefaults: pkcs11UnwrapDefaults,
    publicDefaults: pkcs11PublicDefaults,
    uses: pkcs11Uses,
  },
});

/** What a policy says of the attributes of a class, beside this template; only its own word counts, as everywhere. */
export function defaultsOf(
  policy: Policy,
  objectClass: ObjectClass,
  given: { readonly template: Template; readonly isUnwrapped: boolean; readonly isPublic: boolean },
): Template {
  const own = (which: "defaults" | "unwrapDefaults" | "publicDefaults" | "uses"): Template => {
    const defaults = Object.hasOwn(policy, which) ? policy[which] : undefined;
    return (defaults && Object.hasOwn(defaults, objectClass) && defaults[objectClass]) || {};
  };
  const namesUse = Object.keys(given.template).some((name) => Object.hasOwn(USAGE_OF, name));
  return {
    ...own("defaults"),
    ...(given.isUnwrapped && own("unwrapDefaults")),
    ...(given.isPublic && own("publicDefaults")),
    ...(!namesUse && own("uses")),
  };
}

/** The moments at which a rule may speak. */
type Moment = Exclude<keyof PolicyRule, "name" | "why">;

/** A policy with its rules by moment, as they were when it came into force. */
export interface PolicyInForce extends Policy {
  readonly at: ReadonlyMap<Moment, readonly PolicyRule[]>;
}

/** Sorts the rules of a policy, of which each call asks those of one or two moments. */
export function inForce(policy: Policy): PolicyInForce {
  const at = new Map<Moment, PolicyRule[]>();
  for (const rule of policy.rules) {
    for (const moment of Object.keys(rule) as Moment[]) at.set(moment, [...(at.get(moment) ?? []), rule]);
  }
  return { ...policy, at };
}

/** Asks every rule of a policy at one moment. @throws CkrError of the first that objects. */
export function enforce<M extends Moment>(
  policy: PolicyInForce,
  moment: M,
  ...args: Parameters<NonNullable<PolicyRule[M]>>
): void {
  const rules = policy.at.get(moment);
  if (rules === undefined) return;
  for (const rule of rules) {
    const violation = (rule[moment] as ((...args: unknown[]) => Violation) | undefined)?.(...args);
    if (violation !== undefined) throw new CkrError(...violation);
  }
}
