/** What a custom key store is told of its cluster or proxy, and what that is checked against. */

import type { CallContext } from "../context.ts";
import { fail, KmsError } from "../errors.ts";
import type { OperationInput } from "../inputs.ts";
import { LEAST_HSMS } from "./new-keys.ts";
import { checkHealth } from "./proxy-client.ts";
import { PROXY_FAILURES, ProxyFailure } from "./proxy-failures.ts";
import type { ClusterConfiguration, KeyStoreRecord, ProxyConfiguration } from "./record.ts";
import { sealSecret } from "./secrets.ts";

type Creation = OperationInput<"CreateCustomKeyStore">;
type Update = OperationInput<"UpdateCustomKeyStore">;

const CLUSTER_PARAMETERS = ["CloudHsmClusterId", "TrustAnchorCertificate", "KeyStorePassword"] as const;
const PROXY_PARAMETERS = [
  "XksProxyConnectivity",
  "XksProxyUriEndpoint",
  "XksProxyUriPath",
  "XksProxyAuthenticationCredential",
] as const;
const VPC_PARAMETERS = ["XksProxyVpcEndpointServiceName", "XksProxyVpcEndpointServiceOwner"] as const;

export async function newCluster(
  context: CallContext,
  id: string,
  input: Creation,
  others: readonly KeyStoreRecord[],
): Promise<ClusterConfiguration> {
  requireParameters("AWS_CLOUDHSM", input, CLUSTER_PARAMETERS, [...PROXY_PARAMETERS, ...VPC_PARAMETERS]);
  const { CloudHsmClusterId: clusterId, TrustAnchorCertificate: trustAnchorCertificate } = input;
  checkCluster(context, clusterId as string, others);
  const expected = context.surroundings.cluster(clusterId as string)?.trustAnchorCertificate;
  if (expected !== undefined && expected !== trustAnchorCertificate) {
    fail("IncorrectTrustAnchorException", `The certificate is not the trust anchor of the cluster ${clusterId}.`);
  }
  const password = await sealSecret(context, id, input.KeyStorePassword as string);
  return { clusterId: clusterId as string, trustAnchorCertificate: trustAnchorCertificate as string, password };
}

export async function otherCluster(
  context: CallContext,
  keyStore: KeyStoreRecord,
  input: Update,
  others: readonly KeyStoreRecord[],
): Promise<ClusterConfiguration> {
  requireParameters("AWS_CLOUDHSM", input, [], [...PROXY_PARAMETERS, ...VPC_PARAMETERS]);
  const before = keyStore.cluster as ClusterConfiguration;
  const { CloudHsmClusterId: clusterId = before.clusterId, KeyStorePassword } = input;
  if (clusterId !== before.clusterId) {
    checkCluster(context, clusterId, others);
    const certificate = context.surroundings.cluster(clusterId)?.trustAnchorCertificate;
    if (certificate !== undefined && certificate !== before.trustAnchorCertificate) {
      fail("CloudHsmClusterNotRelatedException", `The cluster ${clusterId} has another certificate.`);
    }
  }
  const password =
    KeyStorePassword === undefined ? before.password : await sealSecret(context, keyStore.id, KeyStorePassword);
  return { ...before, clusterId, password };
}

function checkCluster({ surroundings }: CallContext, clusterId: string, others: readonly KeyStoreRecord[]): void {
  if (others.some(({ cluster }) => cluster?.clusterId === clusterId)) {
    fail("CloudHsmClusterInUseException", `The cluster ${clusterId} is associated with a custom key store already.`);
  }
  const cluster =
    surroundings.cluster(clusterId) ?? fail("CloudHsmClusterNotFoundException", `There is no cluster ${clusterId}.`);
  if (cluster.active === false) fail("CloudHsmClusterNotActiveException", `The cluster ${clusterId} is not active.`);
  if ((cluster.hsms ?? LEAST_HSMS) < LEAST_HSMS) {
    fail("CloudHsmClusterInvalidConfigurationException", `The cluster ${clusterId} has fewer than ${LEAST_HSMS} HSMs.`);
  }
}

export async function newProxy(
  context: CallContext,
  id: string,
  input: Creation,
  others: readonly KeyStoreRecord[],
): Promise<ProxyConfiguration> {
  requireParameters("EXTERNAL_KEY_STORE", input, PROXY_PARAMETERS, CLUSTER_PARAMETERS);
  const credential = input.XksProxyAuthenticationCredential as NonNullable<
    Creation["XksProxyAuthenticationCredential"]
  >;
  const proxy = withService(input, {
    connectivity: input.XksProxyConnectivity as ProxyConfiguration["connectivity"],
    uriEndpoint: input.XksProxyUriEndpoint as string,
    uriPath: input.XksProxyUriPath as string,
    accessKeyId: credential.AccessKeyId,
    secretAccessKey: await sealSecret(context, id, credential.RawSecretAccessKey),
  });
  await checkProxy(context, proxy, others, "CreateCustomKeyStore");
  return proxy;
}

export async function otherProxy(
  context: CallContext,
  keyStore: KeyStoreRecord,
  input: Update,
  others: readonly KeyStoreRecord[],
): Promise<ProxyConfiguration> {
  requireParameters("EXTERNAL_KEY_STORE", input, [], CLUSTER_PARAMETERS);
  const before = keyStore.proxy as ProxyConfiguration;
  const parameters = [...PROXY_PARAMETERS, ...VPC_PARAMETERS].filter((name) => input[name] !== undefined);
  if (parameters.length === 0) return before;
  const credential = input.XksProxyAuthenticationCredential;
  const proxy = withService(input, {
    ...before,
    connectivity: input.XksProxyConnectivity ?? before.connectivity,
    uriEndpoint: input.XksProxyUriEndpoint ?? before.uriEndpoint,
    uriPath: input.XksProxyUriPath ?? before.uriPath,
    ...(credential && {
      accessKeyId: credential.AccessKeyId,
      secretAccessKey: await sealSecret(context, keyStore.id, credential.RawSecretAccessKey),
    }),
  });
  await checkProxy(context, proxy, others, "UpdateCustomKeyStore");
  return proxy;
}

/** The VPC endpoint service, which goes with its connectivity alone. */
function withService(input: Creation | Update, proxy: ProxyConfiguration): ProxyConfiguration {
  const { vpcEndpointServiceName: name, vpcEndpointServiceOwner: owner, ...rest } = proxy;
  if (rest.connectivity === "PUBLIC_ENDPOINT") {
    requireParameters("PUBLIC_ENDPOINT", input, [], VPC_PARAMETERS);
    return rest;
  }
  const vpcEndpointServiceName = input.XksProxyVpcEndpointServiceName ?? name;
  const vpcEndpointServiceOwner = input.XksProxyVpcEndpointServiceOwner ?? owner;
  if (vpcEndpointServiceName === undefined) {
    fail("ValidationException", "VPC_ENDPOINT_SERVICE requires XksProxyVpcEndpointServiceName.");
  }
  return { ...rest, vpcEndpointServiceName, ...(vpcEndpointServiceOwner !== undefined && { vpcEndpointServiceOwner }) };
}

/** A public endpoint must answer now, one behind a VPC endpoint service when the key store is connected. */
async function checkProxy(
  context: CallContext,
  proxy: ProxyConfiguration,
  others: readonly KeyStoreRecord[],
  operation: string,
): Promise<void> {
  checkUniqueness(proxy, others);
  if (proxy.vpcEndpointServiceName !== undefined) {
    const name = proxy.vpcEndpointServiceName;
    const service = context.surroundings.vpcEndpointService(name);
    const text = `The VPC endpoint service ${name} is ${service === "not found" ? "not found" : "not as it must be"}.`;
    if (service === "not found") fail("XksProxyVpcEndpointServiceNotFoundException", text);
    if (service !== "available") fail("XksProxyVpcEndpointServiceInvalidConfigurationException", text);
    return;
  }
  try {
    await checkHealth(context, { proxy, operation });
  } catch (error) {
    if (!(error instanceof ProxyFailure)) throw error;
    const { store, message } = PROXY_FAILURES[error.failure];
    throw new KmsError(store, message, { cause: error });
  }
}

/** API reference, CreateCustomKeyStore, "Uniqueness requirements". */
function checkUniqueness(proxy: ProxyConfiguration, others: readonly KeyStoreRecord[]): void {
  for (const { id, proxy: other } of others) {
    if (other === undefined) continue;
    const service = proxy.vpcEndpointServiceName;
    if (service !== undefined && service === other.vpcEndpointServiceName) {
      fail("XksProxyVpcEndpointServiceInUseException", `The VPC endpoint service ${service} is that of ${id}.`);
    }
    if (proxy.uriEndpoint !== other.uriEndpoint) continue;
    if (proxy.uriPath === other.uriPath) {
      fail("XksProxyUriInUseException", `The proxy at ${proxy.uriEndpoint}${proxy.uriPath} is that of ${id}.`);
    }
    const shared = proxy.connectivity === "PUBLIC_ENDPOINT" && other.connectivity === "PUBLIC_ENDPOINT";
    if (!shared) fail("XksProxyUriEndpointInUseException", `The endpoint ${proxy.uriEndpoint} is that of ${id}.`);
  }
}

type Parameters = Partial<Creation & Update>;

/** @throws KmsError ValidationException when a parameter is missing, or is another type's. */
function requireParameters(
  what: string,
  input: Parameters,
  required: readonly (keyof Parameters)[],
  foreign: readonly (keyof Parameters)[],
): void {
  const missing = required.find((name) => input[name] === undefined);
  if (missing !== undefined) fail("ValidationException", `${what} requires ${missing}.`);
  const excess = foreign.find((name) => input[name] !== undefined);
  if (excess !== undefined) fail("ValidationException", `${what} does not allow ${excess}.`);
}
