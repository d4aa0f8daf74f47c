/** What every operation with a key does first: find the key, ask for permission, look at its usage and state. */

import { after, caught, type Soon } from "../storage/soon.ts";
import { parseArn } from "./arn.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { fail, KmsError } from "./errors.ts";
import type { OperationName } from "./inputs.ts";
import { findKey, type LookupOptions } from "./key-lookup.ts";
import { algorithmsOf, type KeyUsage } from "./key-specs.ts";
import { INPUTS } from "./model.ts";
import { denialMessage, NOTHING_FOR_FOREIGNERS } from "./policy/explain.ts";

/** Condition keys of a request beside those of the tables (condition-keys.ts), with their values. */
export type Conditions = ReadonlyMap<string, readonly string[]>;

export interface KeyRequest {
  /** As the caller names it: an identifier, an ARN, an alias. */
  readonly keyId: string;
  /** The permission, such as `kms:Encrypt`. */
  readonly action: string;
  /** The operation by the name that AWS's messages use. */
  readonly operation: string;
  readonly usage: KeyUsage;
  readonly conditions?: Conditions;
}

const ACTIONS: ReadonlyMap<string, string> = new Map(Object.keys(INPUTS).map((name) => [name, `kms:${name}`]));

/** The permission that has its operation's name. Policies look it up, and a text that is put together anew has to be hashed again. */
export function actionOf(operation: OperationName): string {
  return ACTIONS.get(operation) as string;
}

/**
 * The key for one cryptographic operation.
 * @throws KmsError in the order lookup, permission, usage, state.
 */
export function useKey(context: CallContext, request: KeyRequest): Soon<KeyRecord> {
  return after(findAuthorized(context, request.keyId, request.action, request), (key) => {
    requireUsable(key, request.usage, request.operation);
    return key;
  });
}

/**
 * The key that the caller names and has permission for.
 * @throws KmsError of the lookup, or AccessDeniedException.
 */
export function findAuthorized(
  context: CallContext,
  keyId: string,
  action: string,
  options: LookupOptions & { readonly conditions?: Conditions | undefined } = {},
): Soon<KeyRecord> {
  return after(findOrDeny(context, keyId, action, options), (key) =>
    after(context.authorize(action, key, options.conditions), () => key),
  );
}

/**
 * The key that the caller names. That there is no such key in another account, its caller learns no more than that there
 * is one without permission (policy/explain.ts).
 * @throws KmsError of the lookup, or AccessDeniedException.
 */
export function findOrDeny(
  context: CallContext,
  keyId: string,
  action: string,
  options: LookupOptions = {},
): Soon<KeyRecord> {
  return caught(
    () => findKey(context, keyId, options),
    (error) => {
      const arn = parseArn(keyId);
      const isForeign = arn !== undefined && arn.account !== context.account && arn.region === context.region;
      if (!isForeign || !(error instanceof KmsError) || error.name !== "NotFoundException") throw error;
      return denyForeigner(context, action, keyId);
    },
  );
}

/** @throws KmsError AccessDeniedException, always */
export function denyForeigner({ caller }: CallContext, action: string, resource: string): never {
  fail("AccessDeniedException", denialMessage({ caller, action, resource }, NOTHING_FOR_FOREIGNERS));
}

/** @throws KmsError InvalidKeyUsageException, then of the key's state. */
export function requireUsable(key: KeyRecord, usage: KeyUsage, operation: string): void {
  requireUsage(key, usage, operation);
  requireEnabled(key);
}

/** @throws KmsError InvalidKeyUsageException */
export function requireUsage(key: KeyRecord, usage: KeyUsage, operation: string): void {
  if (key.keyUsage === usage) return;
  fail("InvalidKeyUsageException", `${key.arn} key usage is ${key.keyUsage} which is not valid for ${operation}.`);
}

/** @throws KmsError DisabledException, KMSInvalidStateException */
export function requireEnabled(key: KeyRecord): void {
  if (key.state === "Disabled") fail("DisabledException", `${key.arn} is disabled.`);
  requireNotPendingDeletion(key);
  requireNotPendingImport(key);
}

/** @throws KmsError KMSInvalidStateException */
export function requireNotPendingDeletion(key: KeyRecord): void {
  if (key.state === "PendingDeletion") fail("KMSInvalidStateException", `${key.arn} is pending deletion.`);
  if (key.state === "PendingReplicaDeletion") {
    fail("KMSInvalidStateException", `${key.arn} is pending replica deletion.`);
  }
}

/** @throws KmsError KMSInvalidStateException */
export function requireNotPendingImport(key: KeyRecord): void {
  if (key.state === "PendingImport") fail("KMSInvalidStateException", `${key.arn} is pending import.`);
}

/** @throws KmsError UnsupportedOperationException for a key whose material comes from elsewhere. */
export function requireOrigin(key: KeyRecord, origin: KeyRecord["origin"]): void {
  if (key.origin === origin) return;
  fail("UnsupportedOperationException", `${key.arn} origin is ${key.origin} which is not valid for this operation.`);
}

/** @throws KmsError InvalidKeyUsageException when the key has no such algorithm. */
export function checkAlgorithm(key: KeyRecord, algorithm: string): void {
  if (algorithmsOf(key.keySpec, key.keyUsage).includes(algorithm)) return;
  fail("InvalidKeyUsageException", `Algorithm ${algorithm} is incompatible with key spec ${key.keySpec}.`);
}

/** The last check of an operation that can be tried without doing it. @throws KmsError DryRunOperationException */
export function stopDryRun(input: { readonly DryRun?: boolean }): void {
  if (input.DryRun === true) {
    fail("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.");
  }
}
