/** ImportKeyMaterial and DeleteImportedKeyMaterial. */

import type { BackingKey, CallContext, KeyMaterial, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { findAuthorized, requireNotPendingDeletion, requireOrigin } from "./key-access.ts";
import { MILLISECONDS_PER_DAY, withMaterials, withoutValue } from "./key-life.ts";
import { changeSet } from "./key-records.ts";
import { inAll, inRegion, isReplica, type KeySet } from "./key-set.ts";
import { requirePrimary } from "./rotation.ts";

type Input = OperationInput<"ImportKeyMaterial">;

/** ValidTo is at most this far away (API reference, ImportKeyMaterial). */
const MAX_VALID_DAYS = 365;

/**
 * ImportKeyMaterial (API reference, ImportKeyMaterial).
 * @throws KmsError in the order lookup, permission, origin, state, expiration, members for symmetric keys only, import
 * token, wrapped material, same or new material.
 */
export async function importKeyMaterial(context: CallContext, input: Input): Promise<object> {
  const { ExpirationModel = "KEY_MATERIAL_EXPIRES", ValidTo } = input;
  const key = await findAuthorized(context, input.KeyId, "kms:ImportKeyMaterial", { aliases: false });
  requireImportable(key);
  const validTo = expiryOf(context, ExpirationModel, ValidTo);
  checkMembers(key, input);
  const { KeyMaterialDescription: description } = input;
  const material: BackingKey = {
    ...unwrapped(context, key, input),
    ...(description !== undefined && { description }),
    ...(validTo !== undefined && { validTo }),
  };
  const { arn } = await changeSet(context, key, (current, set) => {
    requireImportable(current);
    return isNew(current, input) ? withNew(set, current, material) : withKnown(set, current, material);
  });
  return { KeyId: arn, KeyMaterialId: isSymmetric(key) ? material.id : undefined };
}

/**
 * DeleteImportedKeyMaterial (API reference, DeleteImportedKeyMaterial). Material that is not here is deleted already;
 * one that is pending rotation is no longer associated with the key then.
 */
export async function deleteImportedKeyMaterial(
  context: CallContext,
  input: OperationInput<"DeleteImportedKeyMaterial">,
): Promise<object> {
  const key = await findAuthorized(context, input.KeyId, "kms:DeleteImportedKeyMaterial", { aliases: false });
  requireOrigin(key, "EXTERNAL");
  const changed = await changeSet(context, key, (current, set) => {
    const id = input.KeyMaterialId ?? current.materials[0]?.id;
    if (id === undefined) return set;
    if (id === current.pendingMaterial?.id) return withoutPending(set, current, current.pendingMaterial);
    requireAssociated(current, id);
    const materials = current.materials.map((own) => (own.id === id ? withoutValue(own) : own));
    return inRegion(set, key.region, (own) => withMaterials(own, materials, own.pendingMaterial));
  });
  context.vault.forget(key);
  const KeyMaterialId = input.KeyMaterialId ?? changed.materials[0]?.id;
  return { KeyId: changed.arn, KeyMaterialId: isSymmetric(key) ? KeyMaterialId : undefined };
}

function requireImportable(key: KeyRecord): void {
  requireOrigin(key, "EXTERNAL");
  requireNotPendingDeletion(key);
}

const isSymmetric = ({ keySpec }: KeyRecord): boolean => keySpec === "SYMMETRIC_DEFAULT";

/** @returns milliseconds since the epoch, or `undefined` for material that does not expire. */
function expiryOf(
  { now }: CallContext,
  model: NonNullable<Input["ExpirationModel"]>,
  validTo: Date | undefined,
): number | undefined {
  if (model === "KEY_MATERIAL_DOES_NOT_EXPIRE") {
    if (validTo === undefined) return undefined;
    fail("ValidationException", `A validTo date must not be set if the ExpirationModel is ${model}`);
  }
  if (validTo === undefined) {
    fail("ValidationException", `A validTo date must be set if the ExpirationModel is ${model}`);
  }
  const end = validTo.getTime();
  if (end > now && end <= now + MAX_VALID_DAYS * MILLISECONDS_PER_DAY) return end;
  return fail("ValidationException", `The validTo date must be in the future, within ${MAX_VALID_DAYS} days`);
}

/** What only keys that can have several materials take (API reference, ImportKeyMaterial). */
function checkMembers(key: KeyRecord, input: Input): void {
  const { ImportType, KeyMaterialDescription, KeyMaterialId } = input;
  const only = { ImportType, KeyMaterialDescription, KeyMaterialId };
  const [name] = Object.entries(only).find(([, value]) => value !== undefined) ?? [];
  if (name !== undefined && !isSymmetric(key)) {
    fail("ValidationException", `${name} is valid only for symmetric encryption keys.`);
  }
  if (ImportType === "NEW_KEY_MATERIAL" && KeyMaterialId !== undefined) {
    fail("ValidationException", "KeyMaterialId is not valid with the ImportType NEW_KEY_MATERIAL.");
  }
}

/** Opens the import token, and with it the material. */
function unwrapped({ vault, now }: CallContext, key: KeyRecord, input: Input): BackingKey {
  const imported =
    vault.openImportToken(input.ImportToken, (terms, unwrap) => {
      if (terms.keyArn !== key.arn) return "InvalidImportTokenException";
      if (terms.validTo <= now) return "ExpiredImportTokenException";
      return unwrap(key, input.EncryptedKeyMaterial);
    }) ?? "InvalidImportTokenException";
  if (typeof imported === "string") fail(imported, IMPORT_REFUSALS[imported]);
  const { KeyMaterialId = imported.id } = input;
  if (KeyMaterialId !== imported.id) {
    fail("IncorrectKeyMaterialException", "The key material is not the one that KeyMaterialId identifies.");
  }
  return imported;
}

const IMPORT_REFUSALS = {
  InvalidImportTokenException: "The import token is not valid for this KMS key.",
  ExpiredImportTokenException: "The import token has expired.",
  InvalidCiphertextException: undefined,
  IncorrectKeyMaterialException: "The key material does not have the type or length that the key spec asks for.",
} as const;

/** The first material of a key is always new; later ones are when the caller says so. */
function isNew({ materials, pendingMaterial }: KeyRecord, { ImportType }: Input): boolean {
  const isFirst = materials.length === 0 && pendingMaterial === undefined;
  return (ImportType ?? (isFirst ? "NEW_KEY_MATERIAL" : "EXISTING_KEY_MATERIAL")) === "NEW_KEY_MATERIAL";
}

/** The first material is the current one at once; another waits for the rotation, and in replicas for its import. */
function withNew(set: KeySet, key: KeyRecord, material: BackingKey): KeySet {
  requirePrimary(key);
  if (key.materials.some(({ id }) => id === material.id)) {
    fail(
      "IncorrectKeyMaterialException",
      `The key material (id: ${material.id}) is already associated with ${key.arn}.`,
    );
  }
  if (key.pendingMaterial !== undefined) {
    fail(
      "KMSInvalidStateException",
      `New key material (id: ${material.id}) cannot be imported into KMS key ${key.arn}, ` +
        `because another key material (id: ${key.pendingMaterial.id}) is pending rotation.`,
    );
  }
  if (key.materials.length === 0) return inRegion(set, key.region, (own) => withMaterials(own, [material]));
  const named = withoutValue(material);
  return inAll(set, ({ region }) => ({ pendingMaterial: region === key.region ? material : named }));
}

/** Material that the key has had before, or that its primary key has been given. */
function withKnown(set: KeySet, key: KeyRecord, material: BackingKey): KeySet {
  const again = (known: KeyMaterial): KeyMaterial => ({ ...withoutValue(known), ...material });
  const { pendingMaterial } = key;
  if (pendingMaterial?.id === material.id) {
    return inRegion(set, key.region, (own) => ({ ...own, pendingMaterial: again(pendingMaterial) }));
  }
  if (!key.materials.some(({ id }) => id === material.id)) {
    fail("IncorrectKeyMaterialException", `The key material is not one that is associated with ${key.arn}.`);
  }
  const materials = key.materials.map((known) => (known.id === material.id ? again(known) : known));
  return inRegion(set, key.region, (own) => withMaterials(own, materials, own.pendingMaterial));
}

/** Of a primary key, for its replicas too (API reference, DeleteImportedKeyMaterial). */
function withoutPending(set: KeySet, key: KeyRecord, pending: KeyMaterial): KeySet {
  if (!isReplica(key)) return set.map(({ pendingMaterial, ...own }) => own);
  return inRegion(set, key.region, (own) => ({ ...own, pendingMaterial: withoutValue(pending) }));
}

function requireAssociated({ arn, materials }: KeyRecord, id: string): void {
  if (materials.some((material) => material.id === id)) return;
  fail("NotFoundException", `The key material (id: ${id}) is not associated with ${arn}.`);
}
