/** CreateCustomKeyStore, DescribeCustomKeyStores, UpdateCustomKeyStore and DeleteCustomKeyStore. */

import { toHex } from "../../bytes/bytes.ts";
import type { CallContext } from "../context.ts";
import { fail } from "../errors.ts";
import type { OperationInput } from "../inputs.ts";
import { pageOf } from "../pagination.ts";
import { newCluster, newProxy, otherCluster, otherProxy } from "./configurations.ts";
import { keysIn } from "./new-keys.ts";
import {
  changeKeyStore,
  connectionOf,
  KEY_STORES,
  type KeyStoreRecord,
  keyStoreById,
  keyStoreRecordId,
  keyStoresOf,
  storedKeyStores,
  typeOf,
} from "./record.ts";

/** Developer guide, "Resource quotas": custom key stores of an account and Region. */
const MAX_KEY_STORES = 10;

/**
 * CreateCustomKeyStore (API reference, CreateCustomKeyStore).
 * @throws KmsError in the order permission, parameters, name, quota, cluster or proxy.
 */
export async function createCustomKeyStore(
  context: CallContext,
  input: OperationInput<"CreateCustomKeyStore">,
): Promise<object> {
  await context.authorize("kms:CreateCustomKeyStore", "*");
  const { CustomKeyStoreName: name, CustomKeyStoreType = "AWS_CLOUDHSM" } = input;
  const others = await keyStoresOf(context);
  requireFreeName(others, name);
  if (others.length >= MAX_KEY_STORES) {
    fail("LimitExceededException", `There are ${MAX_KEY_STORES} custom key stores already.`);
  }
  const id = `cks-${toHex(context.vault.random(9)).slice(0, 17)}`;
  const configuration =
    CustomKeyStoreType === "AWS_CLOUDHSM"
      ? { cluster: await newCluster(context, id, input, others) }
      : { proxy: await newProxy(context, id, input, others) };
  const { account, region, now: creationDate } = context;
  const connection = { state: "DISCONNECTED" } as const;
  const value: KeyStoreRecord = { id, name, account, region, creationDate, connection, ...configuration };
  await context.store.commit([{ table: KEY_STORES, id: keyStoreRecordId(context, id), value, expect: 0 }]);
  return { CustomKeyStoreId: id };
}

/** DescribeCustomKeyStores (API reference): one by its identifier or name, or all. */
export async function describeCustomKeyStores(
  context: CallContext,
  input: OperationInput<"DescribeCustomKeyStores">,
): Promise<object> {
  await context.authorize("kms:DescribeCustomKeyStores", "*");
  const { CustomKeyStoreId: id, CustomKeyStoreName: name } = input;
  if (id !== undefined && name !== undefined) {
    fail("ValidationException", "Specify either CustomKeyStoreId or CustomKeyStoreName, not both.");
  }
  const only = id === undefined ? name && (await keyStoreByName(context, name)) : await keyStoreById(context, id);
  if (typeof only === "object") return { CustomKeyStores: [entryOf(only, context.now)], Truncated: false };
  const rules = { scope: "DescribeCustomKeyStores", defaultLimit: 50, maxLimit: 1000 };
  const { items, rest } = await pageOf(input, rules, async function* (after) {
    for await (const { value } of storedKeyStores(context, after)) {
      yield { place: value.id, item: entryOf(value, context.now) };
    }
  });
  return { CustomKeyStores: items, ...rest };
}

async function keyStoreByName(context: CallContext, name: string): Promise<KeyStoreRecord> {
  const found = (await keyStoresOf(context)).find((keyStore) => keyStore.name === name);
  return found ?? fail("CustomKeyStoreNotFoundException", `There is no custom key store of the name ${name}.`);
}

/** CustomKeyStoresListEntry of the service model. */
function entryOf(keyStore: KeyStoreRecord, now: number): object {
  const { cluster, proxy } = keyStore;
  const { state, errorCode } = connectionOf(keyStore, now);
  return {
    CustomKeyStoreId: keyStore.id,
    CustomKeyStoreName: keyStore.name,
    ...(cluster && { CloudHsmClusterId: cluster.clusterId, TrustAnchorCertificate: cluster.trustAnchorCertificate }),
    ConnectionState: state,
    ...(errorCode !== undefined && { ConnectionErrorCode: errorCode }),
    CreationDate: new Date(keyStore.creationDate),
    CustomKeyStoreType: typeOf(keyStore),
    ...(proxy && {
      XksProxyConfiguration: {
        Connectivity: proxy.connectivity,
        AccessKeyId: proxy.accessKeyId,
        UriEndpoint: proxy.uriEndpoint,
        UriPath: proxy.uriPath,
        VpcEndpointServiceName: proxy.vpcEndpointServiceName,
        VpcEndpointServiceOwner: proxy.vpcEndpointServiceOwner,
      },
    }),
  };
}

/**
 * UpdateCustomKeyStore (API reference, UpdateCustomKeyStore): the name may change at any time, everything else while the
 * key store is disconnected.
 * @throws KmsError in the order permission, key store, parameters, state, name, cluster or proxy.
 */
export async function updateCustomKeyStore(
  context: CallContext,
  input: OperationInput<"UpdateCustomKeyStore">,
): Promise<object> {
  await context.authorize("kms:UpdateCustomKeyStore", "*");
  const { CustomKeyStoreId: id, NewCustomKeyStoreName: name, ...parameters } = input;
  const keyStore = await keyStoreById(context, id);
  if (Object.keys(parameters).length > 0) requireDisconnected(keyStore, context.now);
  const others = (await keyStoresOf(context)).filter((other) => other.id !== id);
  if (name !== undefined) requireFreeName(others, name);
  const configuration =
    keyStore.cluster === undefined
      ? { proxy: await otherProxy(context, keyStore, input, others) }
      : { cluster: await otherCluster(context, keyStore, input, others) };
  await changeKeyStore(context, id, (current) => {
    if (Object.keys(parameters).length > 0) requireDisconnected(current, context.now);
    return { ...current, ...(name !== undefined && { name }), ...configuration };
  });
  return {};
}

/**
 * DeleteCustomKeyStore (API reference, DeleteCustomKeyStore).
 * @throws KmsError in the order permission, key store, state, keys.
 */
export async function deleteCustomKeyStore(
  context: CallContext,
  { CustomKeyStoreId: id }: OperationInput<"DeleteCustomKeyStore">,
): Promise<object> {
  await context.authorize("kms:DeleteCustomKeyStore", "*");
  requireDisconnected(await keyStoreById(context, id), context.now);
  for await (const key of keysIn(context, id)) {
    fail("CustomKeyStoreHasCMKsException", `The custom key store ${id} contains the KMS key ${key.arn}.`);
  }
  await changeKeyStore(context, id, (current) => {
    requireDisconnected(current, context.now);
    return undefined;
  });
  return {};
}

function requireDisconnected(keyStore: KeyStoreRecord, now: number): void {
  const { state } = connectionOf(keyStore, now);
  if (state !== "DISCONNECTED") {
    fail("CustomKeyStoreInvalidStateException", `The custom key store ${keyStore.id} is ${state}, not DISCONNECTED.`);
  }
}

function requireFreeName(others: readonly KeyStoreRecord[], name: string): void {
  if (others.some((other) => other.name === name)) {
    fail("CustomKeyStoreNameInUseException", `There is a custom key store of the name ${name} already.`);
  }
}
