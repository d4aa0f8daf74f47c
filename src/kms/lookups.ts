/** What policies may want to know of the store: which aliases a key has, and whether a ReEncrypt stays with one key. */

import { envelopeKeyId } from "../der/kms-envelope-frame.ts";
import type { Soon } from "../storage/soon.ts";
import { aliasesOfKey } from "./alias-records.ts";
import type { Members } from "./condition-sources.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { KmsError } from "./errors.ts";
import { findKey } from "./key-lookup.ts";
import { materialOwner } from "./materials.ts";

const MILLISECONDS_PER_DAY = 86_400_000;

/** The names of a key's aliases, `alias/…`. */
export async function aliasesOf({ store }: CallContext, key: KeyRecord): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { value } of aliasesOfKey(store, key, key.keyId)) names.push(value.name);
  return names;
}

/** `kms:ReEncryptOnSameKey`: `undefined` for other operations, and when one of the two keys is not there. */
export async function isSameKey(context: CallContext, input: Members): Promise<boolean | undefined> {
  const { SourceKeyId, DestinationKeyId, CiphertextBlob } = input;
  if (typeof DestinationKeyId !== "string") return undefined;
  const destination = await keyOrNone(() => findKey(context, DestinationKeyId));
  const source =
    typeof SourceKeyId === "string"
      ? await keyOrNone(() => findKey(context, SourceKeyId))
      : await ownerOf(context, CiphertextBlob as Uint8Array | undefined);
  return source === undefined || destination === undefined ? undefined : source.arn === destination.arn;
}

/** `kms:TrailingDaysWithoutKeyUsage`: whole days, from when the key was made or first watched when it was not used yet. */
export function unusedDays({ lastUsages, now }: CallContext, key: KeyRecord): number {
  const last = lastUsages.of(key)?.time ?? Math.max(key.creationDate, lastUsages.since);
  return Math.floor((now - last) / MILLISECONDS_PER_DAY);
}

async function ownerOf(context: CallContext, ciphertext: Uint8Array | undefined): Promise<KeyRecord | undefined> {
  const identifier = ciphertext && envelopeKeyId(ciphertext);
  return identifier && (await materialOwner(context, identifier))?.key;
}

async function keyOrNone(lookup: () => Soon<KeyRecord>): Promise<KeyRecord | undefined> {
  try {
    return await lookup();
  } catch (error) {
    if (error instanceof KmsError && error.name === "NotFoundException") return undefined;
    throw error;
  }
}
