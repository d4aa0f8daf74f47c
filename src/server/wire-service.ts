/** What the wire layer needs from the service behind it; src/kms has it. */

import type { RoleCredentials, RoleRequest, TemporaryCredentials } from "../kms/identities.ts";
import type { OperationName } from "../kms/inputs.ts";
import type { Soon } from "../storage/soon.ts";
import type { SignatureRules } from "./sigv4.ts";

/** What a request says about its sender. It has been verified when the endpoint has signature rules, and else not. */
export interface WireCredentials {
  readonly accessKeyId?: string;
  readonly sessionToken?: string | undefined;
  /** The region of the credential scope: the one that the client believes it talks to. */
  readonly region?: string;
}

export interface WireService {
  /**
   * Does one KMS operation. Blobs are `Uint8Array` and timestamps `Date` on both sides; `input` is not yet validated.
   * @returns the output, or undefined for an operation that has none.
   * @throws KmsError, as which every other error is reported too (KMSInternalException); ConnectionDropped for a
   * request that is to get no answer.
   */
  call(
    operation: OperationName,
    input: unknown,
    credentials: WireCredentials,
    connection: Connection,
    requestId: string,
  ): Soon<object | undefined>;
  readonly sts: StsService;
}

/** The operations of AWS STS that a client needs to take a role. A refusal is a KmsError AccessDeniedException. */
export interface StsService {
  assumeRole(request: RoleRequest, credentials: WireCredentials): Promise<RoleCredentials>;
  getCallerIdentity(credentials: WireCredentials): Promise<CallerIdentity>;
  /** @param durationSeconds 900 to 129,600. */
  getSessionToken(durationSeconds: number, credentials: WireCredentials): Promise<TemporaryCredentials>;
}

export interface CallerIdentity {
  readonly arn: string;
  readonly account: string;
  readonly userId: string;
}

/** Where a request comes from, as far as its transport knows. */
export interface Connection {
  /** The address of the client. */
  readonly sourceIp?: string | undefined;
  /** Whether the client came over TLS. */
  readonly secureTransport?: boolean | undefined;
  readonly userAgent?: string | undefined;
}

/** The part of an operation's surroundings that differs between a server and a reproducible run. */
export interface WireOptions {
  /** Gives each answer's `x-amzn-RequestId`; random UUIDs by default. */
  readonly requestId?: () => string;
  /** Is told of every unexpected error; the client sees only KMSInternalException. */
  readonly onError?: (error: unknown) => void;
  /** Answers requests below `/_pocket-hsm/`, which are for tests. */
  readonly control?: ((request: WireRequest) => Promise<Content>) | undefined;
  /** With rules, every request must be signed by them; without, its credentials are believed. */
  readonly signatures?: SignatureRules;
}

/** Paths of the control routes begin with this. */
export const CONTROL_PREFIX = "/_pocket-hsm/";

/** AWS KMS answers 413 to a request body above this many bytes. */
export const MAX_BODY_BYTES = 200_000;

/** A request without its transport. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The value of the header of that name, which is given in lower case. */
  readonly header: (name: string) => string | null;
  /** Absent for a request that came over no network. */
  readonly connection?: Omit<Connection, "userAgent">;
  /** The body, or what kept it from being read: more than {@link MAX_BODY_BYTES}, or a connection that broke off. */
  readonly body: Uint8Array | "too large" | "broken";
}

/** An answer without its transport. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** What is left of an answer when the headers that all have are taken away. */
export interface Content {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}
