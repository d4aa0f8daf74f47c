/** CreateAlias, UpdateAlias, DeleteAlias, ListAliases. */

import type { Soon } from "../storage/soon.ts";
import type { Stored } from "../storage/store.ts";
import { aliasChanges, aliasesOfKey } from "./alias-records.ts";
import { aliasArn } from "./arn.ts";
import type { AliasRecord, CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { requireNotPendingDeletion } from "./key-access.ts";
import { aliasNameIn, findKey } from "./key-lookup.ts";
import { ALIASES, aliasByName, keyById, placePrefix, retried } from "./key-records.ts";
import { isAsymmetric } from "./key-specs.ts";
import { pageOf, recordsAfter } from "./pagination.ts";

const PREFIX = "alias/";
const NO_PREFIX =
  'Alias must start with the prefix "alias/". Please see ' +
  "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";

/** CreateAlias (API reference, CreateAlias): permission is needed for the alias and for the key. */
export async function createAlias(context: CallContext, input: OperationInput<"CreateAlias">): Promise<void> {
  const { AliasName: name } = input;
  checkName(name);
  const key = await targetOf(context, input.TargetKeyId);
  const arn = aliasArn(context, name);
  await context.authorize("kms:CreateAlias", arn);
  await context.authorize("kms:CreateAlias", key);
  requireNotPendingDeletion(key);
  await retried(async () => {
    if ((await aliasByName(context, name)) !== undefined) {
      fail("AlreadyExistsException", `An alias with the name ${arn} already exists`);
    }
    const { now } = context;
    const value: AliasRecord = { name, arn, targetKeyId: key.keyId, creationDate: now, lastUpdatedDate: now };
    await context.store.commit(aliasChanges(context, undefined, value));
  });
}

/** UpdateAlias (API reference, UpdateAlias): the new key is of the same kind and usage as the old one. */
export async function updateAlias(context: CallContext, input: OperationInput<"UpdateAlias">): Promise<void> {
  const { AliasName: name } = input;
  checkName(name);
  const key = await targetOf(context, input.TargetKeyId);
  await retried(async () => {
    const { alias, target } = await existing(context, name);
    await context.authorize("kms:UpdateAlias", alias.value.arn);
    await context.authorize("kms:UpdateAlias", target);
    if (key.keyId !== target.keyId) await context.authorize("kms:UpdateAlias", key);
    requireNotPendingDeletion(key);
    requireSameKind(target, key);
    const value: AliasRecord = { ...alias.value, targetKeyId: key.keyId, lastUpdatedDate: context.now };
    await context.store.commit(aliasChanges(context, alias, value));
  });
}

export async function deleteAlias(context: CallContext, { AliasName }: OperationInput<"DeleteAlias">): Promise<void> {
  checkName(AliasName);
  await retried(async () => {
    const { alias, target } = await existing(context, AliasName);
    await context.authorize("kms:DeleteAlias", alias.value.arn);
    await context.authorize("kms:DeleteAlias", target);
    await context.store.commit(aliasChanges(context, alias, undefined));
  });
}

export async function listAliases(context: CallContext, input: OperationInput<"ListAliases">): Promise<object> {
  await context.authorize("kms:ListAliases", "*");
  const key = input.KeyId === undefined ? undefined : await findKey(context, input.KeyId, { aliases: false });
  const rules = { scope: `ListAliases ${key?.keyId ?? ""}`, defaultLimit: 50, maxLimit: 100 };
  const { items, rest } = await pageOf(input, rules, async function* (after, count) {
    const { store } = context;
    const found =
      key === undefined ? allAliases(context, after, count) : aliasesOfKey(store, context, key.keyId, after, count);
    for await (const { value: alias } of found) {
      if ((await keyById(context, alias.targetKeyId)) !== undefined) yield { place: alias.name, item: entryOf(alias) };
    }
  });
  return { Aliases: items, ...rest };
}

function allAliases(
  context: CallContext,
  after: string | undefined,
  count: number,
): AsyncIterable<Stored<AliasRecord>> {
  const prefix = placePrefix(context);
  return recordsAfter(context.store, ALIASES, prefix, after === undefined ? undefined : prefix + after, count);
}

function entryOf(alias: AliasRecord): object {
  return {
    AliasName: alias.name,
    AliasArn: alias.arn,
    TargetKeyId: alias.targetKeyId,
    CreationDate: new Date(alias.creationDate),
    LastUpdatedDate: new Date(alias.lastUpdatedDate),
  };
}

/** @throws KmsError for a name without the prefix, with nothing after it, or of AWS's own aliases. */
function checkName(name: string): void {
  if (!name.startsWith(PREFIX)) fail("ValidationException", NO_PREFIX);
  if (name.startsWith("alias/aws/")) fail("NotAuthorizedException", "");
  if (name === PREFIX) fail("InvalidAliasNameException", "An alias has a name after its prefix.");
}

function targetOf(context: CallContext, keyId: string): Soon<KeyRecord> {
  if (aliasNameIn(keyId) !== undefined) fail("ValidationException", "Aliases must refer to keys. Not aliases");
  return findKey(context, keyId, { otherAccounts: false });
}

async function existing(
  context: CallContext,
  name: string,
): Promise<{ readonly alias: Stored<AliasRecord>; readonly target: KeyRecord }> {
  const alias = await aliasByName(context, name);
  const target = alias === undefined ? undefined : await keyById(context, alias.value.targetKeyId);
  if (alias === undefined || target === undefined) {
    return fail("NotFoundException", `Alias ${aliasArn(context, name)} is not found.`);
  }
  return { alias, target: target.value };
}

function requireSameKind(before: KeyRecord, after: KeyRecord): void {
  if (before.keyUsage === after.keyUsage && isAsymmetric(before.keySpec) === isAsymmetric(after.keySpec)) return;
  const kind = ({ keySpec, keyUsage }: KeyRecord): string => `${keySpec} for ${keyUsage}`;
  fail("ValidationException", `The alias refers to a key ${kind(before)} and cannot refer to one ${kind(after)}.`);
}
