/** A call as CloudTrail records it (CloudTrail user guide, "CloudTrail record contents"; KMS developer guide, "Logging"). */

import type { Circumstances } from "./circumstances.ts";
import type { KeyRecord } from "./context.ts";
import type { KmsError } from "./errors.ts";
import { inputShape, type OperationName } from "./inputs.ts";
import type { Call, Outcome } from "./interception.ts";
import { INPUTS } from "./model.ts";
import type { Caller, CallerKind } from "./policy/principals.ts";
import { membersOf } from "./shapes.ts";

export interface UserIdentity {
  readonly type: "Root" | "IAMUser" | "Role" | "AssumedRole" | "FederatedUser" | "AWSService";
  /** Where it is known: of credentials that the built-in STS issued. */
  readonly principalId?: string;
  readonly arn?: string;
  readonly accountId?: string;
  readonly userName?: string;
  readonly invokedBy?: string;
  readonly sessionContext?: {
    readonly sessionIssuer: {
      readonly type: "Role";
      readonly arn: string;
      readonly accountId: string;
      readonly userName: string;
    };
  };
}

export interface EventResource {
  readonly accountId: string;
  readonly type: "AWS::KMS::Key" | "AWS::KMS::Alias";
  readonly ARN: string;
}

type Elements = Readonly<Record<string, unknown>>;

/** One record, with the members and spellings of CloudTrail. */
export interface KmsEvent {
  readonly eventVersion: "1.08";
  readonly userIdentity: UserIdentity;
  /** `2026-01-31T23:59:59Z`, by the clock of the KMS. */
  readonly eventTime: string;
  readonly eventSource: "kms.amazonaws.com";
  readonly eventName: string;
  readonly awsRegion: string;
  /** Of the connection, or the AWS service that sends the request for the caller; 127.0.0.1 in process. */
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  /** The request in lower camel case, without blobs, tokens and passwords; null when nothing is left. */
  readonly requestParameters: Elements | null;
  /** The answer of an operation that changes something; null for all others, whose answers are secret or long. */
  readonly responseElements: Elements | null;
  readonly additionalEventData?: Readonly<Record<string, unknown>>;
  readonly requestID: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources: readonly EventResource[];
  readonly eventType: "AwsApiCall";
  readonly managementEvent: true;
  readonly recipientAccountId: string;
  readonly eventCategory: "Management";
}

const CHANGING =
  /^(?:Cancel|Connect|Create|Delete|Disable|Disconnect|Enable|Import|Put|Replicate|Retire|Revoke|Rotate|Schedule|Tag|Untag|Update)/;

/** Operations that encrypt and decrypt record their algorithm even where the request leaves it out (KMS, "Decrypt"). */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Decrypt: { encryptionAlgorithm: "SYMMETRIC_DEFAULT" },
  Encrypt: { encryptionAlgorithm: "SYMMETRIC_DEFAULT" },
  ReEncrypt: { sourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT", destinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT" },
};

/** Members that no record shows, though they are no blobs. */
const HIDDEN: ReadonlySet<string> = new Set([
  ...["GrantToken", "GrantTokens", "KeyStorePassword", "XksProxyAuthenticationCredential", "Recipient"],
]);

/**
 * What is kept of a call that has ended. Its record is made when somebody asks for it: a call waits for nothing. It is
 * the call itself, and of its input nothing that is not shown; or the call that it repeats, with its own identifiers.
 */
export class RecordedCall {
  /** Bytes of the plaintext that came in. */
  readonly plaintextBytes: number | undefined;
  readonly call: Call;
  readonly #requestId: string;
  readonly #eventId: string;
  readonly #now: number;
  readonly #error: ErrorMembers | undefined;
  readonly #responseElements: Elements | null;
  #event: KmsEvent | undefined;

  /** @param like one before it that it may repeat */
  constructor(call: Call, outcome: Outcome, now: number, like?: RecordedCall) {
    const { operation, requestId, eventId } = call;
    this.plaintextBytes = plaintextBytesOf(call.input);
    this.#requestId = requestId;
    this.#eventId = eventId;
    this.#now = now;
    this.#error = "error" in outcome ? errorMembers(outcome.error) : undefined;
    this.#responseElements = "output" in outcome ? responseOf(operation, outcome.output) : null;
    call.given = undefined;
    if (call.input !== undefined) leaveOut(hiddenOf(operation), call.input);
    this.call = like !== undefined && isRepeat(call, like.call) ? like.call : call;
  }

  get event(): KmsEvent {
    this.#event ??= this.#record();
    return this.#event;
  }

  #record(): KmsEvent {
    const { operation, caller, account, region, circumstances, input, resources, notes } = this.call;
    const { viaService, sourceIp = "127.0.0.1", userAgent = "pocket-hsm" } = circumstances;
    return Object.freeze({
      eventVersion: "1.08",
      userIdentity: identityOf(caller, circumstances),
      eventTime: `${new Date(this.#now).toISOString().slice(0, 19)}Z`,
      eventSource: "kms.amazonaws.com",
      eventName: operation,
      awsRegion: region,
      sourceIPAddress: viaService ?? sourceIp,
      userAgent: viaService ?? userAgent,
      ...this.#error,
      requestParameters: input === undefined ? null : elementsOf(input, DEFAULTS[operation]),
      responseElements: this.#responseElements,
      ...(notes && { additionalEventData: notes }),
      requestID: this.#requestId,
      eventID: this.#eventId,
      readOnly: !isChanging(operation),
      resources: resources.map((resource) => resourceOf(resource, account)),
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: account,
      eventCategory: "Management",
    } as const);
  }
}

/** Whether the records of two calls have nothing to tell them apart but when they were made, their identifiers and how they ended. */
function isRepeat(call: Call, before: Call): boolean {
  return (
    call.operation === before.operation &&
    call.caller === before.caller &&
    call.account === before.account &&
    call.region === before.region &&
    call.circumstances === before.circumstances &&
    call.notes === before.notes &&
    call.resources.length === before.resources.length &&
    call.resources.every((resource, i) => resource === before.resources[i]) &&
    areAlike(call.input, before.input)
  );
}

/** Whether two validated inputs, what is hidden left out, have the same members. */
function areAlike(input: object | undefined, before: object | undefined): boolean {
  if (input === undefined || before === undefined) return input === before;
  const [one, other] = [input as Elements, before as Elements];
  for (const name in one) if (!isSame(one[name], other[name])) return false;
  for (const name in other) if (one[name] === undefined && other[name] !== undefined) return false;
  return true;
}

/** Of what has members only the map of an encryption context is looked into. */
function isSame(value: unknown, other: unknown): boolean {
  if (!(value instanceof Map && other instanceof Map) || value.size !== other.size) return value === other;
  for (const [name, item] of value) if (other.get(name) !== item) return false;
  return true;
}

function responseOf(operation: string, output: object | undefined): Elements | null {
  return output === undefined || !isChanging(operation) ? null : elementsOf(output);
}

/** Asked of every call. */
const CHANGING_OPERATIONS: ReadonlySet<string> = new Set(Object.keys(INPUTS).filter((name) => CHANGING.test(name)));

function isChanging(operation: string): boolean {
  return CHANGING_OPERATIONS.has(operation);
}

const hidden = new Map<string, readonly string[]>();

/** The members of an operation's input that no record shows. */
function hiddenOf(operation: string): readonly string[] {
  let names = hidden.get(operation);
  if (names === undefined) {
    const members = membersOf(inputShape(operation as OperationName));
    names = members.filter(({ name, member }) => member.type === "blob" || HIDDEN.has(name)).map(({ name }) => name);
    hidden.set(operation, names);
  }
  return names;
}

/** The input is the service's own, made when it was validated. */
function leaveOut(names: readonly string[], input: object): void {
  const members = input as Record<string, unknown>;
  for (const name of names) if (members[name] !== undefined) members[name] = undefined;
}

function plaintextBytesOf(input: { readonly Plaintext?: unknown } | undefined): number | undefined {
  const value = input?.Plaintext;
  return value instanceof Uint8Array ? value.length : undefined;
}

type ErrorMembers = Pick<KmsEvent, "errorCode" | "errorMessage">;

/** CloudTrail's code for a denial is that of IAM; all others are the exceptions' names. */
function errorMembers({ name, wireMessage }: KmsError): ErrorMembers {
  const errorCode = name === "AccessDeniedException" ? "AccessDenied" : name;
  return wireMessage === undefined ? { errorCode } : { errorCode, errorMessage: wireMessage };
}

const IDENTITY_TYPES: Readonly<Record<CallerKind, UserIdentity["type"]>> = {
  root: "Root",
  user: "IAMUser",
  role: "Role",
  "assumed-role": "AssumedRole",
  "federated-user": "FederatedUser",
  service: "AWSService",
};

function identityOf(caller: Caller, { userId, viaService }: Circumstances): UserIdentity {
  const { kind, arn, accountId, name, partition, roleArn } = caller;
  const type = IDENTITY_TYPES[kind];
  if (kind === "service") return { type, invokedBy: arn };
  const common = {
    type,
    ...(userId !== undefined && { principalId: userId }),
    arn,
    accountId,
    ...(viaService !== undefined && { invokedBy: viaService }),
  };
  if (kind === "user") return { ...common, userName: name };
  if (kind !== "assumed-role") return common;
  const issuer = roleArn ?? `arn:${partition}:iam::${accountId}:role/${name}`;
  return {
    ...common,
    sessionContext: { sessionIssuer: { type: "Role", arn: issuer, accountId, userName: name } },
  };
}

function resourceOf(resource: KeyRecord | string, accountId: string): EventResource {
  return typeof resource === "string"
    ? { accountId, type: "AWS::KMS::Alias", ARN: resource }
    : { accountId: resource.account, type: "AWS::KMS::Key", ARN: resource.arn };
}

function elementsOf(members: object, defaults?: Elements): Elements | null {
  const shown: [string, unknown][] = defaults === undefined ? [] : Object.entries(defaults);
  for (const [name, value] of Object.entries(members)) {
    if (HIDDEN.has(name) || value === undefined || value instanceof Uint8Array) continue;
    shown.push([lowerCamel(name), elementOf(value)]);
  }
  return shown.length === 0 ? null : Object.fromEntries(shown);
}

function elementOf(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  // Names of an encryption context are the caller's and stay as they are.
  if (value instanceof Map) return Object.fromEntries(value);
  if (Array.isArray(value)) return value.map(elementOf);
  return typeof value === "object" && value !== null ? elementsOf(value) : value;
}

function lowerCamel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
