/**
 * What custom key stores are connected to, outside of the KMS: CloudHSM clusters and VPC endpoint services, which exist
 * here only as a test tells of them, and external key store proxies, which are real and answer HTTP.
 */

import type { Restorable } from "../../storage/restorable.ts";
import { type Duration, lengthOf } from "../clock.ts";
import type { ConnectionErrorCode } from "./record.ts";

/** A CloudHSM cluster. What is not told is as it should be: active, with two HSMs, and agreeing with the request. */
export interface CloudHsmCluster {
  readonly active?: boolean;
  /** How many active HSMs it has. */
  readonly hsms?: number;
  /** The certificate that its key stores must name, and that clusters with a common history share. */
  readonly trustAnchorCertificate?: string;
  /** The current password of the crypto user `kmsuser`. */
  readonly password?: string;
}

export type VpcEndpointService = "available" | "not found" | "invalid configuration";

export interface SurroundingsOptions {
  /** Sends the requests to external key store proxies; the global `fetch` when it is not given. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** How long a proxy may take for its answer, in milliseconds: 2,000 unless told otherwise. AWS gives it 250. */
  readonly proxyTimeout?: number;
  /** How long connecting and disconnecting take; no time unless told otherwise. */
  readonly connectionTime?: Duration;
}

const PROXY_TIMEOUT_MS = 2000;

/** The state that a snapshot of the KMS holds. */
export interface SurroundingsState {
  readonly clusters: ReadonlyMap<string, CloudHsmCluster | undefined>;
  readonly services: ReadonlyMap<string, VpcEndpointService>;
  readonly failures: ReadonlyMap<string, ConnectionErrorCode>;
}

/** The surroundings of one KMS, for a test to script. */
export class Surroundings implements Restorable<SurroundingsState> {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly proxyTimeout: number;
  /** In milliseconds. */
  readonly connectionTime: number;
  /** `undefined` for a cluster that has been deleted. */
  #clusters = new Map<string, CloudHsmCluster | undefined>();
  #services = new Map<string, VpcEndpointService>();
  #failures = new Map<string, ConnectionErrorCode>();

  constructor(options: SurroundingsOptions = {}) {
    this.fetch = options.fetch ?? ((request) => globalThis.fetch(request));
    this.proxyTimeout = options.proxyTimeout ?? PROXY_TIMEOUT_MS;
    this.connectionTime = lengthOf(options.connectionTime ?? {});
  }

  /** Tells of a cluster; `undefined` says that there is none of that identifier. */
  setCluster(clusterId: string, cluster: CloudHsmCluster | undefined): void {
    this.#clusters.set(clusterId, cluster && { ...cluster });
  }

  /** Tells of the VPC endpoint service of that name; one that is not told of is available. */
  setVpcEndpointService(name: string, service: VpcEndpointService): void {
    this.#services.set(name, service);
  }

  /** Lets connections of a custom key store fail with that code from now on; `undefined` lets them succeed again. */
  failConnections(customKeyStoreId: string, code: ConnectionErrorCode | undefined): void {
    if (code === undefined) this.#failures.delete(customKeyStoreId);
    else this.#failures.set(customKeyStoreId, code);
  }

  /** The cluster of that identifier: one that nobody told of is as it should be. */
  cluster(clusterId: string): CloudHsmCluster | undefined {
    return this.#clusters.has(clusterId) ? this.#clusters.get(clusterId) : {};
  }

  vpcEndpointService(name: string): VpcEndpointService {
    return this.#services.get(name) ?? "available";
  }

  save(): SurroundingsState {
    return {
      clusters: new Map(this.#clusters),
      services: new Map(this.#services),
      failures: new Map(this.#failures),
    };
  }

  load({ clusters, services, failures }: SurroundingsState): void {
    this.#clusters = new Map(clusters);
    this.#services = new Map(services);
    this.#failures = new Map(failures);
  }

  failureOf(customKeyStoreId: string): ConnectionErrorCode | undefined {
    return this.#failures.get(customKeyStoreId);
  }
}
