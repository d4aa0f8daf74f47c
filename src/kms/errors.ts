/** AWS KMS's exceptions as one table and one class, and how a token's error becomes one of them. */

import type { CkrName } from "../cryptoki/return-values.ts";

/** Who is at fault decides the HTTP status: 400 for the client, 500 for the server (KMS service model). */
export type Fault = "client" | "server";

/** Exceptions of the KMS service model that operations of this service raise, then the common ones of all services. */
// biome-ignore format: a table
export const KMS_ERRORS = {
  AlreadyExistsException:            { status: 400, fault: "client" },
  CloudHsmClusterInUseException:    { status: 400, fault: "client" },
  CloudHsmClusterInvalidConfigurationException: { status: 400, fault: "client" },
  CloudHsmClusterNotActiveException: { status: 400, fault: "client" },
  CloudHsmClusterNotFoundException: { status: 400, fault: "client" },
  CloudHsmClusterNotRelatedException: { status: 400, fault: "client" },
  ConflictException:                 { status: 400, fault: "client" },
  CustomKeyStoreHasCMKsException:   { status: 400, fault: "client" },
  CustomKeyStoreInvalidStateException: { status: 400, fault: "client" },
  CustomKeyStoreNameInUseException: { status: 400, fault: "client" },
  CustomKeyStoreNotFoundException:   { status: 400, fault: "client" },
  DependencyTimeoutException:        { status: 500, fault: "server" },
  DisabledException:                 { status: 400, fault: "client" },
  DryRunOperationException:          { status: 400, fault: "client" },
  ExpiredImportTokenException:       { status: 400, fault: "client" },
  IncorrectKeyException:             { status: 400, fault: "client" },
  IncorrectKeyMaterialException:     { status: 400, fault: "client" },
  IncorrectTrustAnchorException:    { status: 400, fault: "client" },
  InvalidAliasNameException:         { status: 400, fault: "client" },
  InvalidArnException:               { status: 400, fault: "client" },
  InvalidCiphertextException:        { status: 400, fault: "client" },
  InvalidGrantTokenException:        { status: 400, fault: "client" },
  InvalidImportTokenException:       { status: 400, fault: "client" },
  InvalidKeyUsageException:          { status: 400, fault: "client" },
  InvalidMarkerException:            { status: 400, fault: "client" },
  KMSInternalException:              { status: 500, fault: "server" },
  KMSInvalidMacException:            { status: 400, fault: "client" },
  KMSInvalidSignatureException:      { status: 400, fault: "client" },
  KMSInvalidStateException:          { status: 400, fault: "client" },
  KeyUnavailableException:           { status: 500, fault: "server" },
  LimitExceededException:            { status: 400, fault: "client" },
  MalformedPolicyDocumentException:  { status: 400, fault: "client" },
  NotFoundException:                 { status: 400, fault: "client" },
  TagException:                      { status: 400, fault: "client" },
  UnsupportedOperationException:     { status: 400, fault: "client" },
  XksKeyAlreadyInUseException:      { status: 400, fault: "client" },
  XksKeyInvalidConfigurationException: { status: 400, fault: "client" },
  XksKeyNotFoundException:          { status: 400, fault: "client" },
  XksProxyIncorrectAuthenticationCredentialException: { status: 400, fault: "client" },
  XksProxyInvalidConfigurationException: { status: 400, fault: "client" },
  XksProxyInvalidResponseException: { status: 400, fault: "client" },
  XksProxyUriEndpointInUseException: { status: 400, fault: "client" },
  XksProxyUriInUseException:        { status: 400, fault: "client" },
  XksProxyUriUnreachableException:  { status: 400, fault: "client" },
  XksProxyVpcEndpointServiceInUseException: { status: 400, fault: "client" },
  XksProxyVpcEndpointServiceInvalidConfigurationException: { status: 400, fault: "client" },
  XksProxyVpcEndpointServiceNotFoundException: { status: 400, fault: "client" },

  AccessDeniedException:             { status: 400, fault: "client" },
  ExpiredTokenException:             { status: 400, fault: "client" },
  IncompleteSignatureException:      { status: 400, fault: "client" },
  InvalidSignatureException:         { status: 400, fault: "client" },
  MissingAuthenticationTokenException: { status: 400, fault: "client" },
  NotAuthorizedException:            { status: 400, fault: "client" },
  SerializationException:            { status: 400, fault: "client" },
  ThrottlingException:               { status: 400, fault: "client" },
  UnknownOperationException:         { status: 400, fault: "client" },
  UnrecognizedClientException:       { status: 400, fault: "client" },
  ValidationException:               { status: 400, fault: "client" },
} as const;

export type KmsErrorName = keyof typeof KMS_ERRORS;

export function isKmsErrorName(name: unknown): name is KmsErrorName {
  return typeof name === "string" && Object.hasOwn(KMS_ERRORS, name);
}

/** What the SDK keeps of the answer an exception came with. */
export interface ErrorMetadata {
  readonly httpStatusCode: number;
  readonly requestId?: string;
}

/**
 * The base of {@link KmsError}. The SDK's `instanceof KMSServiceException` compares constructor names along the
 * prototype chain (ServiceException's Symbol.hasInstance), so this class carries the SDK's name.
 */
class KMSServiceException extends Error {}

/**
 * The one error of the KMS. Its identity is `name`; `$fault` and `$metadata` make the SDK's own classes
 * (`error instanceof NotFoundException`) recognise it in process.
 *
 * AWS sends some exceptions without a message. They keep `wireMessage` undefined, and `message` is then
 * "UnknownError", which is what the SDK shows for them.
 */
export class KmsError extends KMSServiceException {
  override readonly name: KmsErrorName;
  readonly $fault: Fault;
  readonly $service: "KMS" = "KMS";
  readonly $metadata: ErrorMetadata;
  /** The message as it goes into the answer's body: undefined for none, "" for an empty one. */
  declare readonly wireMessage: string | undefined;

  constructor(name: KmsErrorName, wireMessage?: string, options?: { requestId?: string; cause?: unknown }) {
    super(wireMessage || "UnknownError", options?.cause === undefined ? undefined : { cause: options.cause });
    const { status, fault } = KMS_ERRORS[name];
    this.name = name;
    this.$fault = fault;
    this.$metadata =
      options?.requestId === undefined
        ? { httpStatusCode: status }
        : { httpStatusCode: status, requestId: options.requestId };
    Object.defineProperty(this, "wireMessage", { value: wireMessage });
  }
}

/**
 * Ends a request with an exception.
 * @throws KmsError always
 */
export function fail(name: KmsErrorName, message?: string): never {
  throw new KmsError(name, message);
}

/** The text of every KMSInternalException, whatever the cause (service model, KMSInternalException). */
export const INTERNAL_ERROR_TEXT =
  "The request was rejected because an internal exception occurred. The request can be retried.";

/**
 * What a token's refusal means to a KMS caller. Handlers check usage, state and lengths first and answer with AWS's
 * texts; this table is for what only the token can find out, so its exceptions carry no message.
 */
// biome-ignore format: a table
export const FROM_CKR: Readonly<Partial<Record<CkrName, KmsErrorName>>> = {
  DATA_INVALID:               "ValidationException",
  DATA_LEN_RANGE:             "ValidationException",
  ENCRYPTED_DATA_INVALID:     "InvalidCiphertextException",
  ENCRYPTED_DATA_LEN_RANGE:   "InvalidCiphertextException",
  KEY_FUNCTION_NOT_PERMITTED: "InvalidKeyUsageException",
  KEY_TYPE_INCONSISTENT:      "InvalidKeyUsageException",
  SIGNATURE_INVALID:          "KMSInvalidSignatureException",
  SIGNATURE_LEN_RANGE:        "KMSInvalidSignatureException",
  DOMAIN_PARAMS_INVALID:      "ValidationException",
  CURVE_NOT_SUPPORTED:        "ValidationException",
};

/**
 * Any thrown value as a {@link KmsError}: itself, the table's exception for a token's error, or KMSInternalException
 * with the fixed text. Only the last keeps the cause, for a log; nothing of it is in the message.
 */
export function asKmsError(error: unknown): KmsError {
  if (error instanceof KmsError) return error;
  const ckr = error instanceof Error && "ckr" in error ? error.ckr : undefined;
  const name = typeof ckr === "string" && Object.hasOwn(FROM_CKR, ckr) ? FROM_CKR[ckr as CkrName] : undefined;
  return name === undefined
    ? new KmsError("KMSInternalException", INTERNAL_ERROR_TEXT, { cause: error })
    : new KmsError(name);
}
