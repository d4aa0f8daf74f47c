/** TagResource, UntagResource, ListResourceTags. */

import type { CallContext, KeyRecord, Tag } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { findAuthorized, requireNotPendingDeletion } from "./key-access.ts";
import { changeKey } from "./key-records.ts";
import { pageOf } from "./pagination.ts";

const MAX_TAGS = 50;

/** @throws KmsError TagException for reserved or duplicate names, or too many tags. */
export function checkTags(tags: readonly Tag[]): void {
  checkNames(tags.map(({ TagKey }) => TagKey));
  if (new Set(tags.map(({ TagKey }) => TagKey)).size < tags.length) fail("TagException", "Duplicate tag keys");
  if (tags.length > MAX_TAGS) fail("TagException", "Too many tags");
}

export async function tagResource(context: CallContext, { KeyId, Tags }: OperationInput<"TagResource">): Promise<void> {
  const key = await findAuthorized(context, KeyId, "kms:TagResource", { aliases: false });
  requireNotPendingDeletion(key);
  checkTags(Tags);
  await changeKey(context, key, (current) => ({ ...current, tags: merged(current.tags, Tags) }));
}

export async function untagResource(
  context: CallContext,
  { KeyId, TagKeys }: OperationInput<"UntagResource">,
): Promise<void> {
  const key = await findAuthorized(context, KeyId, "kms:UntagResource", { aliases: false });
  requireNotPendingDeletion(key);
  checkNames(TagKeys);
  const kept = (tag: Tag): boolean => !TagKeys.includes(tag.TagKey);
  await changeKey(context, key, (current) => ({ ...current, tags: current.tags.filter(kept) }));
}

export async function listResourceTags(
  context: CallContext,
  input: OperationInput<"ListResourceTags">,
): Promise<object> {
  const key = await findAuthorized(context, input.KeyId, "kms:ListResourceTags", { aliases: false });
  const rules = { scope: `ListResourceTags ${key.keyId}`, defaultLimit: 50, maxLimit: 50 };
  const { items, rest } = await pageOf(input, rules, (after) => tagsAfter(key, after));
  return { Tags: items, ...rest };
}

function tagsAfter({ tags }: KeyRecord, after: string | undefined): { place: string; item: Tag }[] {
  return tags
    .map((item) => ({ place: item.TagKey, item }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .filter(({ place }) => after === undefined || place > after);
}

function merged(before: readonly Tag[], added: readonly Tag[]): Tag[] {
  const values = new Map([...before, ...added].map(({ TagKey, TagValue }) => [TagKey, TagValue]));
  if (values.size > MAX_TAGS) fail("TagException", "Too many tags");
  return [...values].map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}

function checkNames(names: readonly string[]): void {
  if (names.some((name) => /^aws:/i.test(name))) fail("TagException", "Tags beginning with aws: are reserved");
}
