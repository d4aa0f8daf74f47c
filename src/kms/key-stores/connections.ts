/** ConnectCustomKeyStore and DisconnectCustomKeyStore. */

import type { CallContext } from "../context.ts";
import { fail } from "../errors.ts";
import type { OperationInput } from "../inputs.ts";
import { checkHealth } from "./proxy-client.ts";
import { PROXY_FAILURES, ProxyFailure } from "./proxy-failures.ts";
import {
  type ClusterConfiguration,
  type Connection,
  type ConnectionErrorCode,
  type ConnectionState,
  changeKeyStore,
  connectionOf,
  type KeyStoreRecord,
  keyStoreById,
  type ProxyConfiguration,
} from "./record.ts";
import { openSecret } from "./secrets.ts";

/**
 * ConnectCustomKeyStore (API reference): starts to connect. Whether it worked, DescribeCustomKeyStores says; only a
 * cluster that is not active or has no HSM is refused here.
 */
export async function connectCustomKeyStore(
  context: CallContext,
  { CustomKeyStoreId: id }: OperationInput<"ConnectCustomKeyStore">,
): Promise<object> {
  await context.authorize("kms:ConnectCustomKeyStore", "*");
  const keyStore = await keyStoreById(context, id);
  requireState(keyStore, context.now, ["DISCONNECTED", "CONNECTING", "CONNECTED"]);
  if (connectionOf(keyStore, context.now).state !== "DISCONNECTED") return {};
  const errorCode = await obstacle(context, keyStore);
  const outcome: Connection = errorCode === undefined ? { state: "CONNECTED" } : { state: "FAILED", errorCode };
  await changeKeyStore(context, id, (current) => {
    requireState(current, context.now, ["DISCONNECTED", "CONNECTING", "CONNECTED"]);
    return { ...current, connection: becoming(context, "CONNECTING", outcome) };
  });
  return {};
}

/** DisconnectCustomKeyStore (API reference). */
export async function disconnectCustomKeyStore(
  context: CallContext,
  { CustomKeyStoreId: id }: OperationInput<"DisconnectCustomKeyStore">,
): Promise<object> {
  await context.authorize("kms:DisconnectCustomKeyStore", "*");
  await changeKeyStore(context, id, (current) => {
    requireState(current, context.now, ["CONNECTED", "CONNECTING", "FAILED"]);
    return { ...current, connection: becoming(context, "DISCONNECTING", { state: "DISCONNECTED" }) };
  });
  return {};
}

function requireState(keyStore: KeyStoreRecord, now: number, states: readonly ConnectionState[]): void {
  const { state } = connectionOf(keyStore, now);
  if (!states.includes(state)) {
    fail("CustomKeyStoreInvalidStateException", `The custom key store ${keyStore.id} is ${state}.`);
  }
}

function becoming({ now, surroundings }: CallContext, state: ConnectionState, outcome: Connection): Connection {
  const { connectionTime } = surroundings;
  return connectionTime === 0 ? outcome : { state, next: { ...outcome, at: now + connectionTime } };
}

/** What keeps the key store from being connected. */
async function obstacle(context: CallContext, keyStore: KeyStoreRecord): Promise<ConnectionErrorCode | undefined> {
  const { cluster, proxy } = keyStore;
  const scripted = context.surroundings.failureOf(keyStore.id);
  if (cluster !== undefined) return obstacleInCluster(context, cluster) ?? scripted;
  return scripted ?? obstacleAtProxy(context, proxy as ProxyConfiguration);
}

/** @throws KmsError CloudHsmClusterNotActiveException, CloudHsmClusterInvalidConfigurationException */
function obstacleInCluster(
  context: CallContext,
  { clusterId, password }: ClusterConfiguration,
): ConnectionErrorCode | undefined {
  const cluster = context.surroundings.cluster(clusterId);
  if (cluster === undefined) return "CLUSTER_NOT_FOUND";
  if (cluster.active === false) fail("CloudHsmClusterNotActiveException", `The cluster ${clusterId} is not active.`);
  if (cluster.hsms === 0) {
    fail("CloudHsmClusterInvalidConfigurationException", `The cluster ${clusterId} has no active HSM.`);
  }
  const isRight = cluster.password === undefined || cluster.password === openSecret(context, password);
  return isRight ? undefined : "INVALID_CREDENTIALS";
}

async function obstacleAtProxy(
  context: CallContext,
  proxy: ProxyConfiguration,
): Promise<ConnectionErrorCode | undefined> {
  if (proxy.vpcEndpointServiceName !== undefined) {
    const service = context.surroundings.vpcEndpointService(proxy.vpcEndpointServiceName);
    if (service === "not found") return "XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND";
    if (service !== "available") return "XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION";
  }
  try {
    await checkHealth(context, { proxy, operation: "ConnectCustomKeyStore" });
    return undefined;
  } catch (error) {
    if (error instanceof ProxyFailure) return PROXY_FAILURES[error.failure].code;
    throw error;
  }
}
