/** How the tables of condition keys (condition-keys.ts) read what is more than a member of the input. */

import type { Circumstances } from "./circumstances.ts";
import type { KeyRecord } from "./context.ts";
import type { OperationName } from "./inputs.ts";
import { aliasNameIn } from "./key-lookup.ts";
import { isReplica } from "./key-set.ts";
import type { INPUTS } from "./model.ts";
import type { Caller } from "./policy/principals.ts";

/** The validated input of any operation, by member. */
export type Members = { readonly [Name in MemberName]?: unknown };

type MemberName = { [Name in OperationName]: keyof (typeof INPUTS)[Name]["members"] }[OperationName];

/** What the condition keys of one request for permission are read from. */
export interface Facts {
  readonly caller: Caller;
  readonly circumstances: Circumstances;
  /** The operation that asks, such as `ReEncrypt`. */
  readonly operation: string;
  /** The permission that it asks for, such as `kms:ReEncryptTo`. */
  readonly action: string;
  readonly input: Members;
  readonly key: KeyRecord | undefined;
  /** What has to be looked up in the store, when a policy looks at it. */
  readonly lookups: Lookups;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Lookups {
  /** The names of the key's aliases. */
  readonly aliases?: readonly string[];
  /** Whether both sides of a ReEncrypt are one key. */
  readonly sameKey?: boolean;
  /** Days since the key was last used, or since its use was first watched. */
  readonly unusedDays?: number;
}

/** A value as it stands in the request; `undefined` leaves the key out, and a map is a family of keys by name. */
export type Source = (facts: Facts) => unknown;

export const member =
  (name: MemberName, otherwise?: unknown): Source =>
  ({ input }) =>
    input[name] ?? otherwise;

/** The encryption context that a permission is asked with: that of its side of a ReEncrypt, or a new grant's constraint. */
export function encryptionContextOf({ action, operation, input }: Facts): ReadonlyMap<string, string> | undefined {
  const { EncryptionContextEquals, EncryptionContextSubset } = constraintsIn(input);
  if (operation === "CreateGrant") return EncryptionContextEquals ?? EncryptionContextSubset;
  return input[`${sideOf(action)}EncryptionContext`] as ReadonlyMap<string, string> | undefined;
}

export function contextNames(facts: Facts): readonly string[] | undefined {
  const context = encryptionContextOf(facts);
  return context === undefined || context.size === 0 ? undefined : [...context.keys()];
}

/** SYMMETRIC_DEFAULT is the default, and the only algorithm under which a data key is encrypted. */
export function encryptionAlgorithm({ action, input }: Facts): unknown {
  return input[`${sideOf(action)}EncryptionAlgorithm`] ?? "SYMMETRIC_DEFAULT";
}

/** The alias by which the request names the key, whether by its name or by its ARN. */
export function requestAlias({ action, input, key }: Facts): string | undefined {
  const name = input[`${sideOf(action)}KeyId`];
  return key !== undefined && typeof name === "string" ? aliasNameIn(name) : undefined;
}

export function multiRegionType({ key }: Facts): string | undefined {
  if (key?.multiRegion !== true) return undefined;
  return isReplica(key) ? "REPLICA" : "PRIMARY";
}

/** The parameters of CreateKey stand for the key that is not there yet. */
export function specToCreate({ input }: Facts): unknown {
  return input.KeySpec ?? input.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT";
}

export function usageToCreate(facts: Facts): unknown {
  return facts.input.KeyUsage ?? (specToCreate(facts) === "SYMMETRIC_DEFAULT" ? "ENCRYPT_DECRYPT" : undefined);
}

interface Constraints {
  readonly EncryptionContextEquals?: ReadonlyMap<string, string>;
  readonly EncryptionContextSubset?: ReadonlyMap<string, string>;
  readonly SourceArn?: string;
}

export function constraintsIn(input: Members): Constraints {
  return (input.Constraints ?? {}) as Constraints;
}

export function constraintTypes({ input }: Facts): readonly string[] {
  const { EncryptionContextEquals, EncryptionContextSubset } = constraintsIn(input);
  return [
    ...(EncryptionContextEquals === undefined ? [] : ["EncryptionContextEquals"]),
    ...(EncryptionContextSubset === undefined ? [] : ["EncryptionContextSubset"]),
  ];
}

/** "When an AWS service that is integrated with AWS KMS sends the request on the principal's behalf." */
export function isForService({ caller, circumstances }: Facts): boolean {
  return caller.kind === "service" || isVia({ circumstances });
}

export function isVia({ circumstances }: Pick<Facts, "circumstances">): boolean {
  return circumstances.viaService !== undefined;
}

/** `s3.us-east-1.amazonaws.com` is the endpoint of the service principal `s3.amazonaws.com`. */
export function calledVia({ circumstances }: Facts): string | undefined {
  return circumstances.viaService?.replace(/^([^.]+)\.[a-z0-9-]+-\d+\.amazonaws\.com/, "$1.amazonaws.com");
}

export function tokenIssueTime({ circumstances }: Facts): Date | undefined {
  return circumstances.tokenIssueTime === undefined ? undefined : new Date(circumstances.tokenIssueTime);
}

type Tags = readonly { readonly TagKey: string; readonly TagValue: string }[];

export function tagMap(tags: unknown): ReadonlyMap<string, string> | undefined {
  return tags === undefined ? undefined : new Map((tags as Tags).map(({ TagKey, TagValue }) => [TagKey, TagValue]));
}

export function tagKeys(tags: unknown): readonly string[] | undefined {
  return (tags as Tags | undefined)?.map(({ TagKey }) => TagKey);
}

/** What the members of that side of a ReEncrypt begin with; other operations have one side only. */
function sideOf(action: string): "Source" | "Destination" | "" {
  if (action === "kms:ReEncryptFrom") return "Source";
  return action === "kms:ReEncryptTo" ? "Destination" : "";
}
