/** Grants as records of the store, and the tokens that name them. */

import { fromBase64, toBase64, utf8 } from "../bytes/bytes.ts";
import type { Store, Stored } from "../storage/store.ts";
import { parseArn } from "./arn.ts";
import type { KeyRecord } from "./context.ts";
import { GRANTS, keyRecordId } from "./record-ids.ts";

/** Pairs of an encryption context, sorted by name. */
export type Pairs = readonly (readonly [name: string, value: string])[];

export interface GrantConstraints {
  readonly equals?: Pairs;
  readonly subset?: Pairs;
  readonly sourceArn?: string;
}

/** By the members of the request: ARNs of principals, and names of AWS services. */
export interface GrantPrincipals {
  readonly GranteePrincipal?: string;
  readonly GranteeServicePrincipal?: string;
  readonly RetiringPrincipal?: string;
  readonly RetiringServicePrincipal?: string;
}

/** A grant as stored, table `grants`, id `account/region/keyId/grantId`. It never changes. */
export interface GrantRecord {
  readonly grantId: string;
  readonly keyArn: string;
  /** Empty when the request had none. */
  readonly name: string;
  readonly principals: GrantPrincipals;
  readonly operations: readonly string[];
  readonly constraints: GrantConstraints;
  /** The ARN of the root of the account in which the grant was made. */
  readonly issuingAccount: string;
  /** Milliseconds since the epoch. */
  readonly creationDate: number;
  /** What its tokens prove that they are its own with. */
  readonly secret: string;
}

/** What the records of a key's grants begin with. */
export function grantPrefix(key: KeyRecord): string {
  return `${keyRecordId(key, key.keyId)}/`;
}

export function grantRecordId(key: KeyRecord, grantId: string): string {
  return grantPrefix(key) + grantId;
}

/** The grants of a key, by identifier: the first `limit` of them, or all. */
export function grantsOn(store: Store, key: KeyRecord, limit?: number): Promise<Stored<GrantRecord>[]> {
  return store.list(GRANTS, { prefix: grantPrefix(key), ...(limit !== undefined && { limit }) });
}

/**
 * A token of a grant: a text that names the grant and shows that its bearer got it from CreateGrant. Each request makes
 * another, and all of one grant are equally good (API reference, CreateGrant, Name).
 */
export function grantToken({ keyArn, grantId, secret }: GrantRecord, nonce: string): string {
  return toBase64(utf8(JSON.stringify([keyArn, grantId, secret, nonce])));
}

/** The grant that a token names, while it lasts; `undefined` for a text that is no token, or none any more. */
export async function grantOfToken(store: Store, token: string): Promise<Stored<GrantRecord> | undefined> {
  const [keyArn = "", grantId, secret] = contentOf(token);
  const arn = parseArn(keyArn);
  if (arn === undefined || grantId === undefined) return undefined;
  const id = `${arn.account}/${arn.region}/${arn.resource.slice("key/".length)}/${grantId}`;
  const stored = await store.get<GrantRecord>(GRANTS, id);
  return stored?.value.secret === secret ? stored : undefined;
}

/** Who the grant gives permission to. */
export function granteeOf({ principals }: GrantRecord): string | undefined {
  return principals.GranteePrincipal ?? principals.GranteeServicePrincipal;
}

/** Who may retire the grant. */
export function retiringOf({ principals }: GrantRecord): string | undefined {
  return principals.RetiringPrincipal ?? principals.RetiringServicePrincipal;
}

/** The identifier of the grant that a token says it is of. */
export function grantIdIn(token: string): string | undefined {
  return contentOf(token)[1];
}

/** A grant as ListGrants and ListRetirableGrants show it. */
export function grantEntry(grant: GrantRecord): object {
  const { equals, subset, sourceArn } = grant.constraints;
  const constraints = {
    ...(equals && { EncryptionContextEquals: Object.fromEntries(equals) }),
    ...(subset && { EncryptionContextSubset: Object.fromEntries(subset) }),
    ...(sourceArn !== undefined && { SourceArn: sourceArn }),
  };
  return {
    KeyId: grant.keyArn,
    GrantId: grant.grantId,
    Name: grant.name,
    CreationDate: new Date(grant.creationDate),
    ...grant.principals,
    IssuingAccount: grant.issuingAccount,
    Operations: grant.operations,
    ...(Object.keys(constraints).length > 0 && { Constraints: constraints }),
  };
}

function contentOf(token: string): readonly string[] {
  try {
    const content: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64(token)));
    return Array.isArray(content) && content.length === 4 && content.every((part) => typeof part === "string")
      ? content
      : [];
  } catch {
    return [];
  }
}
