/** Applies a seed document: what a KMS is given before its first call, or a test before it starts. */

import { wipe } from "../bytes/bytes.ts";
import { CkrError } from "../cryptoki/error.ts";
import type { Change, Store } from "../storage/store.ts";
import { aliasChanges } from "./alias-records.ts";
import { aliasArn, keyArn, keyIdFrom, partitionOf } from "./arn.ts";
import type { AliasRecord, BackingKey, KeyRecord } from "./context.ts";
import { canonicalContext } from "./encryption-context.ts";
import { MaterialError } from "./given-material.ts";
import type { Identities } from "./identities.ts";
import { setChanges } from "./key-set.ts";
import { usable } from "./materials.ts";
import type { NitroTrust } from "./nitro/trust.ts";
import { defaultKeyPolicy } from "./policy/key-policy.ts";
import { ALIASES, aliasRecordId, KEYS, keyRecordId } from "./record-ids.ts";
import { registration } from "./registered-ciphertexts.ts";
import { readSeedDocument, type SeedDocument, type SeedKey } from "./seed-document.ts";
import { fromLocalKms, isLocalKmsSeed } from "./seed-local-kms.ts";
import { located, SeedError } from "./seed-reader.ts";
import { parseSeedText } from "./seed-text.ts";
import type { Vault } from "./vault.ts";

export { SeedError } from "./seed-reader.ts";

export interface SeedTarget {
  readonly account: string;
  readonly region: string;
  readonly store: Store;
  readonly vault: Vault;
  readonly identities: Identities;
  readonly now: () => number;
  /** Is told which key an alias means. */
  readonly aliasMeans: (name: string, keyArn: string) => void;
  readonly nitro: NitroTrust;
}

/**
 * Applies a seed (docs/kms.md, "Seeding"), given as an object or as the text of a JSON or YAML file, ours or local-kms's.
 * All of it is read and checked, and all keys are made, before anything is changed. Keys and aliases that are there
 * already stay as they are.
 * @throws SeedError for a member that is unknown, missing or of the wrong type, a malformed policy, or material that is
 * not of its key spec
 */
export async function applySeed(seed: unknown, target: SeedTarget): Promise<void> {
  const document = typeof seed === "string" ? ((await parseSeedText(seed)) ?? {}) : seed;
  const read = readSeedDocument(isLocalKmsSeed(document) ? fromLocalKms(document) : document);
  const { identities } = target;
  read.identityPolicies.forEach(({ principal, name, policy }, i) => {
    located(`identityPolicies[${i}]`, () => identities.readPolicy(principal, name, policy));
  });
  try {
    const { changes, aliases } = await changesOf(read, target);
    if (changes.length > 0) await target.store.commit(changes);
    for (const { name, arn } of aliases) target.aliasMeans(name, arn);
  } finally {
    for (const { materials } of read.keys) wipe(...materials);
    for (const { plaintext } of read.ciphertexts) wipe(plaintext);
  }
  for (const { principal, name, policy } of read.identityPolicies) identities.attachPolicy(principal, name, policy);
  for (const root of read.nitroRoots) target.nitro.trust(root);
  for (const key of read.accessKeys) identities.addAccessKey(key);
}

interface Planned {
  readonly changes: readonly Change[];
  /** The new aliases, with the ARNs of their keys. */
  readonly aliases: readonly { readonly name: string; readonly arn: string }[];
}

async function changesOf(read: SeedDocument, target: SeedTarget): Promise<Planned> {
  const { store } = target;
  const changes: Change[] = [];
  const aliases: { name: string; arn: string }[] = [];
  /** Keys of this seed and of the store, by identifier. */
  const keys = new Map<string, KeyRecord>();
  const targets = new Map<string, string>();
  for (const [i, entry] of read.keys.entries()) {
    const there = entry.id === undefined ? undefined : await store.get<KeyRecord>(KEYS, keyRecordId(target, entry.id));
    const key = there?.value ?? (await makeKey(entry, target, `keys[${i}]`));
    if (keys.has(key.keyId)) throw new SeedError(`keys[${i}].id is the id of two keys`);
    keys.set(key.keyId, key);
    if (there === undefined) changes.push(...(await setChanges(store, [], [key])));
    for (const name of entry.aliases) targets.set(name, key.keyId);
  }
  const keyNamed = async (name: string, what: string): Promise<KeyRecord> => {
    const alias = targets.has(name) ? undefined : await store.get<AliasRecord>(ALIASES, aliasRecordId(target, name));
    const keyId = targets.get(name) ?? alias?.value.targetKeyId ?? name;
    const key = keys.get(keyId) ?? (await store.get<KeyRecord>(KEYS, keyRecordId(target, keyId)))?.value;
    if (key === undefined) throw new SeedError(`${what} names no key`);
    return key;
  };
  for (const [i, { name, target: key }] of read.aliases.entries()) {
    targets.set(name, (await keyNamed(key, `aliases[${i}].target`)).keyId);
  }
  for (const name of targets.keys()) {
    const id = aliasRecordId(target, name);
    if ((await store.get(ALIASES, id)) !== undefined) continue;
    const { keyId, arn } = await keyNamed(name, name);
    const now = target.now();
    const value: AliasRecord = {
      name,
      arn: aliasArn(target, name),
      targetKeyId: keyId,
      creationDate: now,
      lastUpdatedDate: now,
    };
    changes.push(...aliasChanges(target, undefined, value));
    aliases.push({ name, arn });
  }
  for (const [i, { key: name, ciphertext, plaintext, encryptionContext }] of read.ciphertexts.entries()) {
    const key = await keyNamed(name, `ciphertexts[${i}].key`);
    const [material] = key.materials;
    if (key.keySpec !== "SYMMETRIC_DEFAULT" || material === undefined) {
      throw new SeedError(`ciphertexts[${i}].key must be a key of SYMMETRIC_DEFAULT`);
    }
    const canonical = located(`ciphertexts[${i}].encryptionContext`, () => canonicalContext(encryptionContext));
    const blob = target.vault.encrypt(usable(key, material), canonical, plaintext, "ENCRYPT");
    changes.push(await registration(target, ciphertext, blob));
  }
  return { changes, aliases };
}

async function makeKey(entry: SeedKey, target: SeedTarget, what: string): Promise<KeyRecord> {
  const { account, region, vault } = target;
  const keyId = entry.id ?? keyIdFrom(vault.random(16), false);
  const multiRegion = keyId.startsWith("mrk-");
  const { spec, usage } = entry;
  const given = entry.materials.length === 0 ? [undefined] : [...entry.materials].reverse();
  const materials: BackingKey[] = [];
  for (const material of given) {
    try {
      materials.push(await vault.createBackingKey(keyId, spec, usage, material));
    } catch (error) {
      // The token's refusals name attributes and rules, never values.
      if (error instanceof MaterialError || error instanceof CkrError) {
        throw new SeedError(`${what}.material: ${error.message}`);
      }
      throw error;
    }
  }
  return {
    keyId,
    arn: keyArn(target, keyId),
    account,
    region,
    keySpec: spec,
    keyUsage: usage,
    origin: "AWS_KMS",
    multiRegion,
    ...(multiRegion && { regions: { primary: region, replicas: [] } }),
    description: entry.description,
    state: entry.state,
    creationDate: entry.created ?? target.now(),
    policy: entry.policy ?? defaultKeyPolicy(account, partitionOf(region)),
    tags: entry.tags,
    materials,
  };
}
