/** The ways into a KMS. */

import { isRegion } from "../kms/arn.ts";
import type { Circumstances } from "../kms/circumstances.ts";
import { createClient, type KmsClient } from "../kms/client.ts";
import type { Identities, Sender } from "../kms/identities.ts";
import type { Caller } from "../kms/policy/principals.ts";
import { regionOf, senderIn } from "../kms/senders.ts";
import type { KmsService } from "../kms/service.ts";
import { createEndpoint, type Endpoint } from "./endpoint.ts";
import { fetchHandler } from "./fetch.ts";
import { requestHandler, type SdkRequestHandler } from "./sdk-handler.ts";
import type { Connection, WireCredentials, WireOptions, WireService } from "./wire-service.ts";

/** What `new KMSClient(…)` and `new STSClient(…)` take. */
export interface ClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly requestHandler: SdkRequestHandler;
}

/**
 * The ways in. Each is one principal's, whose account's keys it sees, and in one Region, unless a request says otherwise:
 * by credentials that `AssumeRole` issued, by an access key id of twelve digits, which is the root of that account, and
 * by the Region that it is signed for.
 */
export interface KmsDoors {
  /** The Region of requests that name none. */
  readonly region: string;
  /** The same doors in another Region. @throws RangeError when the name is none */
  inRegion(region: string): KmsDoors;
  /** The configuration of an SDK client that talks to this KMS without a socket. */
  clientConfig(): ClientConfig;
  /** A client with the SDK client's `send`, without the SDK's own cost. */
  client(): KmsClient;
  /** The endpoint as a standard fetch handler. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** The endpoint on plain values, for a listener (`pocket-hsm/server`). */
  readonly endpoint: Endpoint;
}

/** Credentials that were not issued here, so that whoever presents them is the door's own principal. */
const NO_CREDENTIALS = { accessKeyId: "POCKETHSM", secretAccessKey: "pocket-hsm" };
/** Never resolved: the request handler opens no socket. */
const ENDPOINT = "http://localhost";

/** What stands behind the doors. */
export interface Behind {
  readonly service: KmsService;
  readonly identities: Identities;
  /** Whose the doors are. */
  readonly own: Sender;
  readonly region: string;
  readonly wireOptions: WireOptions & { readonly requestId: () => string };
}

/** The doors of one principal in one Region. */
export function openDoors(behind: Behind): KmsDoors {
  const { service, identities, own, region, wireOptions } = behind;
  const { onError, signatures } = wireOptions;
  const callerOf = (credentials: WireCredentials): Caller =>
    senderIn(regionOf(credentials, region), credentials, own.caller);
  const circumstancesOf = latestCircumstances(own.circumstances);
  const wire: WireService = {
    call(operation, input, credentials, connection, requestId) {
      const asked = regionOf(credentials, region);
      const { caller, circumstances } = identities.senderOf(credentials, senderIn(asked, credentials, own.caller));
      return service.call(operation, input, caller, circumstancesOf(connection, circumstances, asked), requestId);
    },
    sts: {
      assumeRole: async (request, credentials) => identities.assumeRole(request, credentials, callerOf(credentials)),
      getCallerIdentity: async (credentials) => identities.callerIdentity(credentials, callerOf(credentials)),
      getSessionToken: async (seconds, credentials) =>
        identities.sessionToken(seconds, credentials, callerOf(credentials)),
    },
  };
  const endpoint = createEndpoint(wire, wireOptions);
  return {
    region,
    inRegion(other) {
      const caller = senderIn(requireRegion(other), {}, own.caller);
      return openDoors({ ...behind, own: { ...own, caller }, region: other });
    },
    endpoint,
    fetch: fetchHandler(endpoint),
    clientConfig: () => ({
      region,
      endpoint: ENDPOINT,
      credentials: signatures === undefined ? NO_CREDENTIALS : identities.accessKeyOf(own.caller),
      requestHandler: requestHandler(endpoint),
    }),
    client() {
      const circumstances = { ...own.circumstances, region };
      return createClient(
        (operation, input, requestId) => service.call(operation, input, own.caller, circumstances, requestId),
        { nextRequestId: wireOptions.requestId, ...(onError && { onError }) },
      );
    },
  };
}

/**
 * What surrounds a request, of which what its sender's credentials say goes before the door's own, and that before the
 * connection. One object for as long as all stays the same, as it mostly does: the record of each call keeps it.
 */
function latestCircumstances(
  own: Circumstances,
): (connection: Connection, sender: Circumstances, region: string) => Circumstances {
  let latest: readonly [Connection, Circumstances, Circumstances] | undefined;
  return (connection, sender, region) => {
    if (latest !== undefined) {
      const [{ sourceIp, secureTransport, userAgent }, before, circumstances] = latest;
      const isSame =
        connection.sourceIp === sourceIp &&
        connection.secureTransport === secureTransport &&
        connection.userAgent === userAgent &&
        sender === before &&
        region === circumstances.region;
      if (isSame) return circumstances;
    }
    const circumstances = { ...connection, ...own, ...sender, region };
    latest = [connection, sender, circumstances];
    return circumstances;
  };
}

/** @throws RangeError when the name is no Region's */
export function requireRegion(region: string): string {
  if (!isRegion(region)) throw new RangeError("a region is named like us-east-1");
  return region;
}
