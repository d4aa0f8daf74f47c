/** Custom key stores as records of the store: how they are found, and how they are connected at a given time. */

import type { Stored } from "../../storage/store.ts";
import type { BackingKey, CallContext } from "../context.ts";
import { fail } from "../errors.ts";
import { recordsAfter } from "../pagination.ts";
import { type Place, placePrefix, retried } from "../record-ids.ts";

export const KEY_STORES = "custom-key-stores";

export type KeyStoreType = "AWS_CLOUDHSM" | "EXTERNAL_KEY_STORE";
export type ConnectionState = "CONNECTED" | "CONNECTING" | "FAILED" | "DISCONNECTED" | "DISCONNECTING";

/** ConnectionErrorCodeType of the service model. */
export type ConnectionErrorCode =
  | "INVALID_CREDENTIALS"
  | "CLUSTER_NOT_FOUND"
  | "NETWORK_ERRORS"
  | "INTERNAL_ERROR"
  | "INSUFFICIENT_CLOUDHSM_HSMS"
  | "USER_LOCKED_OUT"
  | "USER_NOT_FOUND"
  | "USER_LOGGED_IN"
  | "SUBNET_NOT_FOUND"
  | "INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET"
  | "XKS_PROXY_ACCESS_DENIED"
  | "XKS_PROXY_NOT_REACHABLE"
  | "XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND"
  | "XKS_PROXY_INVALID_RESPONSE"
  | "XKS_PROXY_INVALID_CONFIGURATION"
  | "XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION"
  | "XKS_PROXY_TIMED_OUT"
  | "XKS_PROXY_INVALID_TLS_CONFIGURATION";

/** A connection as it was last changed; {@link connectionOf} says what time has made of it. */
export interface Connection {
  readonly state: ConnectionState;
  readonly errorCode?: ConnectionErrorCode;
  /** For a state that passes: when, in milliseconds since the epoch, and into which. */
  readonly next?: Connection & { readonly at: number };
}

/** A secret of the key store, encrypted under a key of the token's that is used for nothing else. */
export interface SealedSecret {
  readonly key: BackingKey;
  readonly blob: Uint8Array;
}

/** XksProxyConfigurationType of the service model, and the secret. */
export interface ProxyConfiguration {
  readonly connectivity: "PUBLIC_ENDPOINT" | "VPC_ENDPOINT_SERVICE";
  readonly uriEndpoint: string;
  readonly uriPath: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: SealedSecret;
  readonly vpcEndpointServiceName?: string;
  readonly vpcEndpointServiceOwner?: string;
}

export interface ClusterConfiguration {
  readonly clusterId: string;
  readonly trustAnchorCertificate: string;
  /** Of the crypto user `kmsuser`. */
  readonly password: SealedSecret;
}

/** A custom key store as stored, table `custom-key-stores`, id `account/region/cks-…`. */
export interface KeyStoreRecord {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly creationDate: number;
  readonly connection: Connection;
  /** Exactly one of the two, by the key store's type. */
  readonly cluster?: ClusterConfiguration;
  readonly proxy?: ProxyConfiguration;
}

export function typeOf({ proxy }: KeyStoreRecord): KeyStoreType {
  return proxy === undefined ? "AWS_CLOUDHSM" : "EXTERNAL_KEY_STORE";
}

/** The connection at a time. */
export function connectionOf({ connection }: KeyStoreRecord, now: number): Connection {
  return connection.next !== undefined && connection.next.at <= now ? connection.next : connection;
}

export function keyStoreRecordId(place: Place, id: string): string {
  return placePrefix(place) + id;
}

/** @throws KmsError CustomKeyStoreNotFoundException */
export async function keyStoreById(context: CallContext, id: string, place: Place = context): Promise<KeyStoreRecord> {
  const stored = await context.store.get<KeyStoreRecord>(KEY_STORES, keyStoreRecordId(place, id));
  return stored?.value ?? fail("CustomKeyStoreNotFoundException", `Custom key store ${id} is not found.`);
}

/** All custom key stores of the place, by identifier. */
export async function keyStoresOf(context: CallContext): Promise<KeyStoreRecord[]> {
  const records: KeyStoreRecord[] = [];
  for await (const { value } of storedKeyStores(context)) records.push(value);
  return records;
}

export function storedKeyStores(context: CallContext, after?: string): AsyncIterable<Stored<KeyStoreRecord>> {
  const prefix = placePrefix(context);
  return recordsAfter<KeyStoreRecord>(
    context.store,
    KEY_STORES,
    prefix,
    after === undefined ? undefined : prefix + after,
  );
}

/**
 * Replaces a key store by what `change` makes of its newest version, or removes it where that is nothing.
 * @throws KmsError CustomKeyStoreNotFoundException, and what `change` throws.
 */
export async function changeKeyStore(
  context: CallContext,
  id: string,
  change: (current: KeyStoreRecord) => KeyStoreRecord | undefined,
): Promise<void> {
  await retried(async () => {
    const recordId = keyStoreRecordId(context, id);
    const stored = await context.store.get<KeyStoreRecord>(KEY_STORES, recordId);
    if (stored === undefined) return fail("CustomKeyStoreNotFoundException", `Custom key store ${id} is not found.`);
    const value = change(stored.value);
    if (value === stored.value) return;
    await context.store.commit([{ table: KEY_STORES, id: recordId, value, expect: stored.version }]);
  });
}
