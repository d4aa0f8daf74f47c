/** Validation objects and the flags of sessions (PKCS #11 v3.2, 4.15): what an owner says of the HSM, never we. */

import type { Template } from "../cryptoki/attributes.ts";
import { copyList, readOptions } from "../cryptoki/caller.ts";
import { CKV_AUTHORITY, CKV_TYPE, type MechanismName } from "../cryptoki/constants.ts";
import { demand } from "../cryptoki/error.ts";
import type { Mechanism } from "../mechanisms/mechanism.ts";
import { mechanisms as table } from "../mechanisms/registry.ts";
import type { TokenObject } from "../objects/object.ts";
import { strictRules } from "../objects/policy.ts";

/** A third party's validation that the HSM is said to have, for whoever tests software that asks for one. */
export interface Validation {
  readonly type?: keyof typeof CKV_TYPE;
  readonly authority?: keyof typeof CKV_AUTHORITY;
  /** Of the standard, such as `[3, 0]` for FIPS 140-3. */
  readonly version: readonly [major: number, minor: number];
  readonly level: number;
  readonly moduleId: string;
  readonly country?: string;
  readonly certificateId?: string;
  readonly certificateUri?: string;
  readonly vendorUri?: string;
  readonly profile?: string;
  /** The mechanisms that it covers; all of the token's unless given. */
  readonly mechanisms?: readonly MechanismName[];
}

/** A validation as the token keeps it. */
export interface KnownValidation {
  readonly flag: number;
  readonly mechanisms: ReadonlySet<MechanismName>;
  /** The CKO_VALIDATION object. */
  readonly template: Template;
}

/** Flags are single bits of a CK_FLAGS of 32. */
const MAX_VALIDATIONS = 31;
const MAX_BYTE = 255;

/** @throws CkrError CKR_ARGUMENTS_BAD */
export function readValidations(given: unknown): KnownValidation[] {
  const list = copyList(given, MAX_VALIDATIONS);
  demand(list, "ARGUMENTS_BAD", `validations must be a list of at most ${MAX_VALIDATIONS}`);
  return list.map((one, i) => readValidation(readOptions(one as Validation), 2 ** i));
}

function readValidation(own: Validation, flag: number): KnownValidation {
  const { type = "UNSPECIFIED", authority = "UNSPECIFIED", version, level, moduleId, mechanisms } = own;
  const { country = "", certificateId = "", certificateUri = "", vendorUri = "", profile = "" } = own;
  const isNamed = Object.hasOwn(CKV_TYPE, type) && Object.hasOwn(CKV_AUTHORITY, authority);
  demand(isNamed, "ARGUMENTS_BAD", "a validation's type and authority are names of the standard");
  const numbers = copyList(version, 2) ?? [];
  const isVersion =
    numbers.length === 2 &&
    numbers.every((n) => Number.isInteger(n) && (n as number) >= 0 && (n as number) <= MAX_BYTE);
  demand(isVersion, "ARGUMENTS_BAD", "a validation's version is [major, minor]");
  demand(Number.isInteger(level) && level >= 0, "ARGUMENTS_BAD", "a validation's level is an integer from 0");
  const texts = [moduleId, country, certificateId, certificateUri, vendorUri, profile];
  demand(
    texts.every((text) => typeof text === "string"),
    "ARGUMENTS_BAD",
    "a validation's texts are strings",
  );
  const names = mechanisms === undefined ? [...table.keys()] : copyList(mechanisms, table.size);
  const areKnown = names?.every((name) => table.has(name as MechanismName));
  demand(names && areKnown, "ARGUMENTS_BAD", "a validation's mechanisms are names of this token's");
  return {
    flag,
    mechanisms: new Set(names as MechanismName[]),
    template: {
      LABEL: moduleId,
      VALIDATION_TYPE: CKV_TYPE[type],
      VALIDATION_VERSION: Uint8Array.from(numbers as number[]),
      VALIDATION_LEVEL: level,
      VALIDATION_MODULE_ID: moduleId,
      VALIDATION_FLAG: flag,
      VALIDATION_AUTHORITY_TYPE: CKV_AUTHORITY[authority],
      VALIDATION_COUNTRY: country,
      VALIDATION_CERTIFICATE_IDENTIFIER: certificateId,
      VALIDATION_CERTIFICATE_URI: certificateUri,
      VALIDATION_VENDOR_URI: vendorUri,
      VALIDATION_PROFILE: profile,
    },
  };
}

/** The flags of the validations that cover a mechanism, if the strict policy has nothing against this use of it. */
export function validatedBy(
  validations: readonly KnownValidation[],
  operation: string,
  mechanism: Mechanism,
  params: unknown,
  key: TokenObject | undefined,
): number {
  const isSound = strictRules.every((rule) => rule.use?.(operation, mechanism, params, key) === undefined);
  const covering = validations.filter(({ mechanisms }) => isSound && mechanisms.has(mechanism.name));
  return covering.reduce((flags, { flag }) => flags | flag, 0);
}
