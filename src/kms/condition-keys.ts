/**
 * The condition keys of a request, as tables: condition key, how a request gives its value, and in which operations.
 *
 * Names, operations and defaults are those of the developer guide ("AWS KMS condition keys"), of the IAM user guide
 * ("AWS global condition context keys") and of the service authorization reference. A parameter with a default has it
 * here too, "even when the parameter doesn't appear in the request". The handlers of operations name no condition keys:
 * a new parameter has its row here.
 */

import {
  calledVia,
  constraintsIn,
  constraintTypes,
  contextNames,
  encryptionAlgorithm,
  encryptionContextOf,
  type Facts,
  isForService,
  isVia,
  member,
  multiRegionType,
  requestAlias,
  type Source,
  specToCreate,
  tagKeys,
  tagMap,
  tokenIssueTime,
  usageToCreate,
} from "./condition-sources.ts";
import { type ConditionContext, canonicalKey, conditionContext } from "./policy/context.ts";
import { callerKeys } from "./policy/principals.ts";

/** Without operations the row is of all that give a value. A key that ends in `*` is a family, whose value is a map from the name in the place of the `*`. */
type Row = readonly [key: string, source: Source, operations?: readonly string[]];

/** Of the sender; those that follow from the principal alone are `callerKeys`'. */
// biome-ignore format: a table
const OF_SENDER: readonly Row[] = [
  ["aws:CalledVia",              calledVia],
  ["aws:CalledViaFirst",         calledVia],
  ["aws:CalledViaLast",          calledVia],
  ["aws:CurrentTime",            ({ now }) => new Date(now)],
  ["aws:EpochTime",              ({ now }) => Math.floor(now / 1000)],
  ["aws:MultiFactorAuthPresent", ({ circumstances }) => circumstances.tokenIssueTime === undefined ? undefined : false],
  ["aws:PrincipalTag/*",       ({ circumstances }) => new Map(Object.entries(circumstances.principalTags ?? {}))],
  ["aws:RequestedRegion",        ({ region }) => region],
  ["aws:SecureTransport",        ({ circumstances }) => circumstances.secureTransport],
  ["aws:SourceAccount",          ({ circumstances }) => circumstances.sourceArn?.split(":")[4]],
  ["aws:SourceArn",              ({ circumstances }) => circumstances.sourceArn],
  // The address of a service is not the caller's, and AWS leaves it out.
  ["aws:SourceIp",               (facts) => isVia(facts) ? undefined : facts.circumstances.sourceIp],
  ["aws:TokenIssueTime",         tokenIssueTime],
  ["aws:UserAgent",              ({ circumstances }) => circumstances.userAgent],
  ["aws:userid",                 ({ circumstances }) => circumstances.userId],
  ["aws:ViaAWSService",          isVia],
  ["kms:ViaService",             ({ circumstances }) => circumstances.viaService],
];

/** Of the key that permission is asked for. */
// biome-ignore format: a table
const OF_KEY: readonly Row[] = [
  ["aws:ResourceAccount",        ({ key }) => key?.account],
  ["aws:ResourceTag/*",        ({ key }) => tagMap(key?.tags)],
  ["kms:CustomerMasterKeySpec",  ({ key }) => key?.keySpec],
  ["kms:CustomerMasterKeyUsage", ({ key }) => key?.keyUsage],
  ["kms:KeyOrigin",              ({ key }) => key?.origin],
  ["kms:KeySpec",                ({ key }) => key?.keySpec],
  ["kms:KeyUsage",               ({ key }) => key?.keyUsage],
  ["kms:MultiRegion",            ({ key }) => key?.multiRegion],
  ["kms:MultiRegionKeyType",     multiRegionType],
  ["kms:ResourceAliases",        ({ lookups }) => lookups.aliases],
  ["kms:TrailingDaysWithoutKeyUsage", ({ lookups }) => lookups.unusedDays, ["DisableKey", "ScheduleKeyDeletion"]],
];

const CREATING = ["CreateKey"];
const GRANTING = ["CreateGrant"];
const SIGNING = ["Sign", "Verify"];
const TAGGING = ["CreateKey", "ReplicateKey", "TagResource"];
const ENCRYPTING = [
  ...["Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair"],
  ...["GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "ReEncrypt"],
];

/** Of the parameters. */
// biome-ignore format: a table
const OF_PARAMETERS: readonly Row[] = [
  ["aws:RequestTag/*",           ({ input }) => tagMap(input.Tags),                   TAGGING],
  ["aws:TagKeys",                  ({ input }) => input.TagKeys ?? tagKeys(input.Tags), [...TAGGING, "UntagResource"]],
  ["kms:BypassPolicyLockoutSafetyCheck", member("BypassPolicyLockoutSafetyCheck", false), [...CREATING, "PutKeyPolicy"]],
  ["kms:DataKeyPairSpec",          member("KeyPairSpec")],
  ["kms:EncapsulationAlgorithm",   member("EncapsulationAlgorithm")],
  ["kms:EncryptionAlgorithm",      encryptionAlgorithm,                                 ENCRYPTING],
  ["kms:EncryptionContext:*",    encryptionContextOf],
  ["kms:EncryptionContextKeys",    contextNames],
  ["kms:ExpirationModel",          member("ExpirationModel", "KEY_MATERIAL_EXPIRES"),   ["ImportKeyMaterial"]],
  ["kms:GrantConstraintSourceArn", ({ input }) => constraintsIn(input).SourceArn,       GRANTING],
  ["kms:GrantConstraintType",      constraintTypes,                                     GRANTING],
  ["kms:GrantIsForAWSResource",    isForService,                                        [...GRANTING, "ListGrants", "RevokeGrant"]],
  ["kms:GrantOperations",          member("Operations"),                                GRANTING],
  ["kms:GranteePrincipal",         member("GranteePrincipal"),                          GRANTING],
  ["kms:GranteeServicePrincipal",  member("GranteeServicePrincipal"),                   GRANTING],
  ["kms:KeyAgreementAlgorithm",    member("KeyAgreementAlgorithm")],
  ["kms:KeyOrigin",                member("Origin", "AWS_KMS"),                         CREATING],
  ["kms:KeySpec",                  specToCreate,                                        CREATING],
  ["kms:KeyUsage",                 usageToCreate,                                       CREATING],
  ["kms:MacAlgorithm",             member("MacAlgorithm")],
  ["kms:MessageType",              member("MessageType", "RAW"),                        SIGNING],
  ["kms:MultiRegion",              member("MultiRegion", false),                        CREATING],
  ["kms:MultiRegionKeyType",       ({ input }) => input.MultiRegion ? "PRIMARY" : undefined, CREATING],
  ["kms:PrimaryRegion",            member("PrimaryRegion")],
  ["kms:ReEncryptOnSameKey",       ({ lookups }) => lookups.sameKey],
  ["kms:ReplicaRegion",            member("ReplicaRegion")],
  ["kms:RequestAlias",             requestAlias],
  ["kms:RetiringPrincipal",        member("RetiringPrincipal"),                         GRANTING],
  ["kms:RetiringServicePrincipal", member("RetiringServicePrincipal"),                  GRANTING],
  ["kms:RotationPeriodInDays",     member("RotationPeriodInDays", 365),                 ["EnableKeyRotation"]],
  ["kms:ScheduleKeyDeletionPendingWindowInDays", member("PendingWindowInDays", 30),     ["ScheduleKeyDeletion"]],
  ["kms:SigningAlgorithm",         member("SigningAlgorithm"),                          SIGNING],
  ["kms:ValidTo",                  member("ValidTo"),                                   ["ImportKeyMaterial"]],
  ["kms:WrappingAlgorithm",        member("WrappingAlgorithm")],
  ["kms:WrappingKeySpec",          member("WrappingKeySpec")],
];

const ROWS: readonly Row[] = [...OF_SENDER, ...OF_KEY, ...OF_PARAMETERS];

/** The documented names of the condition keys that requests have; those of a family end in `*`. */
export const CONDITION_KEYS: readonly string[] = [...new Set(ROWS.map(([key]) => key))].sort();

/**
 * The condition keys of a request.
 * @param further what only the operation finds out, such as the digests of an attestation document; it replaces what a
 * row says.
 */
export function conditionsOf(facts: Facts, further?: ReadonlyMap<string, readonly string[]>): ConditionContext {
  const found = new Map<string, readonly string[]>();
  const enter = (key: string, value: unknown): void => {
    const values = textsOf(value);
    if (values !== undefined) found.set(canonicalKey(key), values);
  };
  for (const [key, values] of callerKeys(facts.caller)) enter(key, values);
  for (const [key, source, operations] of ROWS) {
    if (operations !== undefined && !operations.includes(facts.operation)) continue;
    const value = source(facts);
    if (!(value instanceof Map)) enter(key, value);
    else for (const [name, text] of value) enter(key.slice(0, -1) + name, text);
  }
  for (const [key, value] of Object.entries(facts.circumstances.conditions ?? {})) enter(key, value);
  for (const [key, values] of further ?? []) enter(key, values);
  return conditionContext(found);
}

/** As the policy language compares it: a date in ISO 8601, all else as it prints. */
function textsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.map(String);
  return [value instanceof Date ? value.toISOString() : String(value)];
}
