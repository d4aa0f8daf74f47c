/** CreateGrant, ListGrants, ListRetirableGrants, RetireGrant, RevokeGrant. */

import { toHex } from "../bytes/bytes.ts";
import type { Stored } from "../storage/store.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import { grantCreation, grantRemoval, grantsToRetire } from "./grant-indexes.ts";
import { type GrantParameters, grantParameters, requireFitting } from "./grant-input.ts";
import {
  type GrantRecord,
  grantEntry,
  granteeOf,
  grantOfToken,
  grantRecordId,
  grantsOn,
  grantToken,
} from "./grant-records.ts";
import { constraintConditions, retirementPolicy } from "./grant-rules.ts";
import type { OperationInput } from "./inputs.ts";
import { denyForeigner, findAuthorized, findOrDeny, requireEnabled, stopDryRun } from "./key-access.ts";
import { pageOf, recordsAfter } from "./pagination.ts";
import { tryParseCaller } from "./policy/principals.ts";
import { GRANTS, retried } from "./record-ids.ts";

const OF_ANY_ACCOUNT = { aliases: false, otherAccounts: true } as const;
const PAGE = { defaultLimit: 50, maxLimit: 100 } as const;

/**
 * CreateGrant (API reference, CreateGrant). A request with the name and the parameters of a grant that is there gets
 * that grant's identifier and a new token.
 * @throws KmsError in the order principals and constraints, lookup, permission, state, operations, dry run.
 */
export async function createGrant(context: CallContext, input: OperationInput<"CreateGrant">): Promise<object> {
  const { store, vault, now } = context;
  const parameters = grantParameters(context, input);
  const key = await findAuthorized(context, input.KeyId, "kms:CreateGrant", OF_ANY_ACCOUNT);
  requireEnabled(key);
  requireFitting(parameters, key);
  stopDryRun(input);
  const twin = await twinOf(context, key, parameters);
  const grant = twin ?? {
    ...parameters,
    grantId: toHex(vault.random(32)),
    keyArn: key.arn,
    creationDate: now,
    secret: toHex(vault.random(16)),
  };
  if (twin === undefined) {
    await store.commit(grantCreation(key, grant));
  }
  return { GrantToken: grantToken(grant, toHex(vault.random(16))), GrantId: grant.grantId };
}

/** The grant that a request with a name repeats: all of its parameters are the same. */
async function twinOf(
  { store }: CallContext,
  key: KeyRecord,
  parameters: GrantParameters,
): Promise<GrantRecord | undefined> {
  if (parameters.name === "") return undefined;
  const same = ({ value: { grantId, keyArn, creationDate, secret, ...rest } }: Stored<GrantRecord>): boolean =>
    fingerprint(rest) === fingerprint(parameters);
  return (await grantsOn(store, key)).find(same)?.value;
}

function fingerprint({ name, principals, operations, constraints, issuingAccount }: GrantParameters): string {
  const { equals, subset, sourceArn } = constraints;
  const named = Object.entries(principals).sort();
  return JSON.stringify([name, named, [...operations].sort(), equals, subset, sourceArn, issuingAccount]);
}

export async function listGrants(context: CallContext, input: OperationInput<"ListGrants">): Promise<object> {
  const key = await findAuthorized(context, input.KeyId, "kms:ListGrants", OF_ANY_ACCOUNT);
  const { GrantId, GranteePrincipal, GranteeServicePrincipal } = input;
  const grantee = GranteePrincipal ?? GranteeServicePrincipal;
  const prefix = grantRecordId(key, GrantId ?? "");
  const rules = { scope: `ListGrants ${key.keyId} ${GrantId ?? ""} ${grantee ?? ""}`, ...PAGE };
  const { items, rest } = await pageOf(input, rules, async function* (after, count) {
    const start = after === undefined ? undefined : grantRecordId(key, after);
    for await (const { value: grant } of recordsAfter<GrantRecord>(context.store, GRANTS, prefix, start, count)) {
      const isMeant = GrantId === undefined || grant.grantId === GrantId;
      if (isMeant && (grantee === undefined || granteeOf(grant) === grantee))
        yield { place: grant.grantId, item: grantEntry(grant) };
    }
  });
  return { Grants: items, ...rest };
}

/**
 * ListRetirableGrants (API reference, ListRetirableGrants): of this region, those on keys of the caller's account, and
 * those on others' keys when the principal is of the caller's account.
 */
export async function listRetirableGrants(
  context: CallContext,
  input: OperationInput<"ListRetirableGrants">,
): Promise<object> {
  const principal = input.RetiringPrincipal ?? input.RetiringServicePrincipal;
  if (principal === undefined) {
    fail("ValidationException", "Specify RetiringPrincipal or RetiringServicePrincipal.");
  }
  await context.authorize("kms:ListRetirableGrants", principal);
  const { accountId } = context.caller;
  const own = tryParseCaller(principal)?.accountId === accountId;
  const wanted = { region: context.region, principal, ...(own ? {} : { account: accountId }) };
  const rules = { scope: `ListRetirableGrants ${principal}`, ...PAGE };
  const { items, rest } = await pageOf(input, rules, async function* (after, count) {
    for await (const { place, grant } of grantsToRetire(context.store, wanted, after, count)) {
      yield { place, item: grantEntry(grant) };
    }
  });
  return { Grants: items, ...rest };
}

/**
 * RetireGrant (API reference, RetireGrant). Who may do it, the grant says; a key policy does not.
 * @throws KmsError ValidationException, InvalidGrantTokenException, NotFoundException, AccessDeniedException
 */
export async function retireGrant(context: CallContext, input: OperationInput<"RetireGrant">): Promise<void> {
  const { GrantToken, KeyId, GrantId } = input;
  const action = "kms:RetireGrant";
  const byToken = GrantToken !== undefined;
  if (byToken ? KeyId !== undefined || GrantId !== undefined : KeyId === undefined || GrantId === undefined) {
    fail("ValidationException", "Specify a GrantToken, or both a KeyId and a GrantId.");
  }
  const stored = byToken ? await grantOfToken(context.store, GrantToken) : undefined;
  if (byToken && stored === undefined) fail("InvalidGrantTokenException", "The grant token is not valid.");
  const key = await findOrDeny(context, stored?.value.keyArn ?? (KeyId as string), action, OF_ANY_ACCOUNT);
  const grant = stored ?? (await grantById(context, key, GrantId as string, action));
  const policy = retirementPolicy(grant.value);
  await context.authorize(action, { ...key, policy }, constraintConditions(grant.value));
  stopDryRun(input);
  await removeGrant(context, key, grant.value.grantId);
}

export async function revokeGrant(context: CallContext, input: OperationInput<"RevokeGrant">): Promise<void> {
  const key = await findAuthorized(context, input.KeyId, "kms:RevokeGrant", OF_ANY_ACCOUNT);
  await grantById(context, key, input.GrantId);
  stopDryRun(input);
  await removeGrant(context, key, input.GrantId);
}

/** @param action as which a caller of another account is refused what is not there. */
async function grantById(
  context: CallContext,
  key: KeyRecord,
  grantId: string,
  action?: string,
): Promise<Stored<GrantRecord>> {
  const stored = await context.store.get<GrantRecord>(GRANTS, grantRecordId(key, grantId));
  if (stored !== undefined) return stored;
  if (action !== undefined && key.account !== context.account) return denyForeigner(context, action, key.arn);
  return fail("NotFoundException", `Grant ID ${grantId} not found`);
}

async function removeGrant(context: CallContext, key: KeyRecord, grantId: string): Promise<void> {
  await retried(async () => {
    await context.store.commit(grantRemoval(key, await grantById(context, key, grantId)));
  });
}
