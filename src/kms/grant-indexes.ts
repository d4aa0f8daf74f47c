/** The indexes of grants, by grantee and by retiring principal. Their entries come and go with the grants. */

import type { Change, Store, Stored } from "../storage/store.ts";
import type { KeyRecord } from "./context.ts";
import { type GrantRecord, granteeOf, grantRecordId, retiringOf } from "./grant-records.ts";
import { recordsAfter } from "./pagination.ts";
import { type Caller, tryParseCaller } from "./policy/principals.ts";
import { GRANTEES, GRANTS, keyRecordId, RETIREMENTS, removal } from "./record-ids.ts";

/** An entry as stored: the id of the grant's record. */
interface Entry {
  readonly grant: string;
}

/** Table `grants-by-grantee`, id `account/region/keyId/grantee/grantId`, the grantee without a slash. */
function granteePrefix(key: KeyRecord, name: string): string {
  return `${keyRecordId(key, key.keyId)}/${encodeURIComponent(name)}/`;
}

/** Table `grants-to-retire`, id `region/principal/account/keyId/grantId`, the principal without a slash. */
function retirementPrefix(region: string, principal: string): string {
  return `${region}/${encodeURIComponent(principal)}/`;
}

/** A role without its path: a session's ARN does not carry it, and the name is unique in the account. */
const roleName = ({ partition, accountId, name }: Caller): string => `${partition} ${accountId} role ${name}`;

/** What grants to a principal are filed under: an account and its root are one, a role is known by its name. */
function filedUnder(grantee: string): string {
  const caller = tryParseCaller(grantee);
  if (caller?.kind === "role") return roleName(caller);
  return caller?.kind === "root" ? caller.accountId : grantee;
}

/** What the grants are filed under that may be for a caller. */
function namesOf(caller: Caller): string[] {
  return caller.kind === "assumed-role" ? [caller.arn, roleName(caller)] : [filedUnder(caller.arn)];
}

/** The entries of a grant: tables and ids. */
function entriesOf(key: KeyRecord, grant: GrantRecord): Pick<Change, "table" | "id">[] {
  const { account, region, keyId } = key;
  const [grantee, retiring] = [granteeOf(grant), retiringOf(grant)];
  const entries: Pick<Change, "table" | "id">[] = [];
  if (grantee !== undefined) {
    entries.push({ table: GRANTEES, id: granteePrefix(key, filedUnder(grantee)) + grant.grantId });
  }
  if (retiring !== undefined) {
    const id = `${retirementPrefix(region, retiring)}${account}/${keyId}/${grant.grantId}`;
    entries.push({ table: RETIREMENTS, id });
  }
  return entries;
}

/** The changes that make a grant on a key. */
export function grantCreation(key: KeyRecord, value: GrantRecord): Change[] {
  const grant = grantRecordId(key, value.grantId);
  return [
    { table: GRANTS, id: grant, value, expect: 0 },
    ...entriesOf(key, value).map((entry): Change => ({ ...entry, value: { grant }, expect: 0 })),
  ];
}

/** The changes that remove a grant. Its entries have never changed. */
export function grantRemoval(key: KeyRecord, stored: Stored<GrantRecord>): Change[] {
  const entries = entriesOf(key, stored.value);
  return [removal(GRANTS)(stored), ...entries.map((entry): Change => ({ ...entry, value: undefined, expect: 1 }))];
}

/** The grants of a key that may be for a caller as their grantee, by identifier. */
export async function grantsTo(store: Store, key: KeyRecord, caller: Caller): Promise<GrantRecord[]> {
  const grants: GrantRecord[] = [];
  for (const name of namesOf(caller)) {
    for (const { value } of await store.list<Entry>(GRANTEES, { prefix: granteePrefix(key, name) })) {
      const stored = await store.get<GrantRecord>(GRANTS, value.grant);
      if (stored !== undefined) grants.push(stored.value);
    }
  }
  return grants.sort((a, b) => (a.grantId < b.grantId ? -1 : 1));
}

/**
 * The grants of a Region that a principal may retire, by account of the key, key and grant.
 * @param account of keys in that account alone
 * @param after the place of the last one
 */
export async function* grantsToRetire(
  store: Store,
  { region, principal, account }: { readonly region: string; readonly principal: string; readonly account?: string },
  after: string | undefined,
  count: number,
): AsyncIterable<{ readonly place: string; readonly grant: GrantRecord }> {
  const all = retirementPrefix(region, principal);
  const prefix = account === undefined ? all : `${all}${account}/`;
  const start = after === undefined ? undefined : all + after;
  for await (const { id, value } of recordsAfter<Entry>(store, RETIREMENTS, prefix, start, count)) {
    const stored = await store.get<GrantRecord>(GRANTS, value.grant);
    if (stored !== undefined) yield { place: id.slice(all.length), grant: stored.value };
  }
}
