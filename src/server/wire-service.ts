/** What the wire layer needs from the service behind it; src/kms has it. */

import type { OperationName } from "../kms/inputs.ts";

/** What a request says about its sender: nothing here has been verified. */
export interface WireCredentials {
  readonly accessKeyId?: string;
  readonly sessionToken?: string;
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
    requestId: string,
  ): Promise<object | undefined>;
  readonly sts: StsService;
}

/** The two operations of AWS STS that a client needs to take a role. A refusal is a KmsError AccessDeniedException. */
export interface StsService {
  assumeRole(request: AssumeRoleRequest, credentials: WireCredentials): Promise<AssumedRole>;
  getCallerIdentity(credentials: WireCredentials): Promise<CallerIdentity>;
}

export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  /** 900 to 43,200; 3,600 when the client did not say. */
  readonly durationSeconds: number;
}

export interface AssumedRole {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
  readonly assumedRoleArn: string;
  /** `<role id>:<session>` */
  readonly assumedRoleId: string;
}

export interface CallerIdentity {
  readonly arn: string;
  readonly account: string;
  readonly userId: string;
}

/** The part of an operation's surroundings that differs between a server and a reproducible run. */
export interface WireOptions {
  /** Gives each answer's `x-amzn-RequestId`; random UUIDs by default. */
  readonly requestId?: () => string;
  /** Is told of every unexpected error; the client sees only KMSInternalException. */
  readonly onError?: (error: unknown) => void;
  /** Answers requests below `/_pocket-hsm/`, which are for tests. */
  readonly control?: (request: WireRequest) => Promise<Content>;
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
  readonly type: string;
  readonly body: Uint8Array;
}
