/**
 * What can go wrong in a conversation with an external key store proxy, and what callers of the KMS are told: the table
 * of the External Key Store Proxy API Specification, "Error codes", with its texts.
 */

import type { KmsErrorName } from "../errors.ts";
import type { ConnectionErrorCode } from "./record.ts";

export interface ProxyFailureRow {
  readonly message: string;
  /** Of CreateCustomKeyStore and UpdateCustomKeyStore. */
  readonly store: KmsErrorName;
  /** Of CreateKey; cryptographic operations always answer KMSInvalidStateException. */
  readonly key: KmsErrorName;
  /** Of a key store whose connection fails for it. The table has none: chosen by the service model's explanations. */
  readonly code: ConnectionErrorCode;
}

const CANNOT_INTERPRET: ProxyFailureRow = {
  message:
    "AWS KMS cannot interpret the response from the external key store proxy. If you see this error repeatedly, " +
    "report it to your external key store proxy administrator.",
  store: "XksProxyInvalidResponseException",
  key: "CustomKeyStoreInvalidStateException",
  code: "XKS_PROXY_INVALID_RESPONSE",
};

/** What a proxy says in `errorName`. */
const PROXY_ERRORS = [
  "ValidationException",
  "InvalidStateException",
  "InvalidCiphertextException",
  "InvalidKeyUsageException",
  "AuthenticationFailedException",
  "AccessDeniedException",
  "KeyNotFoundException",
  "InvalidUriPathException",
  "UnsupportedOperationException",
  "DependencyTimeoutException",
  "ThrottlingException",
  "InternalException",
] as const;

export type ProxyErrorName = (typeof PROXY_ERRORS)[number];
/** Those after the proxy's own are what happens before or instead of an answer. */
export type ProxyFailureName = ProxyErrorName | "Unreachable" | "InvalidTls" | "TimedOut" | "Malformed";

export const PROXY_FAILURES: Readonly<Record<ProxyFailureName, ProxyFailureRow>> = {
  ValidationException: CANNOT_INTERPRET,
  InvalidStateException: {
    message:
      "The external key associated with this KMS key in an external key store is not enabled in the external key " +
      "manager. Enable the external key in the external key manager and retry the request.",
    store: "XksProxyInvalidConfigurationException",
    key: "XksKeyInvalidConfigurationException",
    code: "XKS_PROXY_INVALID_CONFIGURATION",
  },
  InvalidCiphertextException: {
    message:
      "The external key store proxy rejected the request because the specified ciphertext or encryption context is " +
      "corrupted, missing, or otherwise invalid.",
    store: "XksProxyInvalidResponseException",
    key: "CustomKeyStoreInvalidStateException",
    code: "XKS_PROXY_INVALID_RESPONSE",
  },
  InvalidKeyUsageException: {
    message:
      "The external key associated with this KMS key in an external key store does not support the requested " +
      "operation. Enable the operation on the key in your external key manager, and try the request again.",
    store: "XksProxyInvalidResponseException",
    key: "XksKeyInvalidConfigurationException",
    code: "XKS_PROXY_INVALID_RESPONSE",
  },
  AuthenticationFailedException: {
    message:
      "The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the XKS " +
      "proxy authentication credentials for your external key store and update if necessary.",
    store: "XksProxyIncorrectAuthenticationCredentialException",
    key: "CustomKeyStoreInvalidStateException",
    code: "INVALID_CREDENTIALS",
  },
  AccessDeniedException: {
    message:
      "The external key store proxy denied access to the operation. Verify that the user and the external key are " +
      "both authorized for this operation, and try the request again.",
    store: "XksProxyInvalidConfigurationException",
    key: "KMSInvalidStateException",
    code: "XKS_PROXY_ACCESS_DENIED",
  },
  KeyNotFoundException: {
    message:
      "The external key associated with this KMS key in an external key store was not found in its external key " +
      "manager. If the external key ID associated with this KMS key is incorrect, create a new KMS key with the " +
      "correct external key ID.",
    store: "XksProxyInvalidResponseException",
    key: "XksKeyNotFoundException",
    code: "XKS_PROXY_INVALID_RESPONSE",
  },
  InvalidUriPathException: {
    message:
      "The external key store proxy rejected the request because of an invalid URI path. Verify the URI path for your " +
      "external key store and update if necessary.",
    store: "XksProxyInvalidConfigurationException",
    key: "CustomKeyStoreInvalidStateException",
    code: "XKS_PROXY_INVALID_CONFIGURATION",
  },
  // The table says XksKeyInvalidResponseException for CreateKey, which the service model does not have.
  UnsupportedOperationException: {
    message:
      "The external key store proxy rejected the request because it does not support the requested operation. If you " +
      "see this error repeatedly, report it to your external key store proxy administrator.",
    store: "XksProxyInvalidResponseException",
    key: "XksKeyInvalidConfigurationException",
    code: "XKS_PROXY_INVALID_RESPONSE",
  },
  DependencyTimeoutException: {
    message:
      "The external key store proxy did not respond to the request in the time allotted. Retry the request. If you " +
      "see this error repeatedly, report it to your external key store proxy administrator.",
    store: "XksProxyUriUnreachableException",
    key: "CustomKeyStoreInvalidStateException",
    code: "XKS_PROXY_TIMED_OUT",
  },
  ThrottlingException: {
    message:
      "The external key store proxy rejected the request due to a very high request rate. Reduce the frequency of " +
      "your calls using KMS keys in this external key store.",
    store: "XksProxyUriUnreachableException",
    key: "CustomKeyStoreInvalidStateException",
    code: "XKS_PROXY_NOT_REACHABLE",
  },
  InternalException: {
    message:
      "The external key store proxy rejected the request because it cannot communicate with the external key manager. " +
      "Verify that the external key store proxy configuration is correct and that the external key manager is available.",
    store: "XksProxyInvalidResponseException",
    key: "CustomKeyStoreInvalidStateException",
    code: "XKS_PROXY_NOT_REACHABLE",
  },

  Unreachable: {
    message:
      "AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. If you " +
      "see this error repeatedly, verify that your external key store proxy is active and is connected to the network, " +
      "and that its endpoint URI is correct in your external keystore.",
    store: "XksProxyUriUnreachableException",
    key: "CustomKeyStoreInvalidStateException",
    code: "XKS_PROXY_NOT_REACHABLE",
  },
  InvalidTls: {
    message:
      "AWS KMS cannot establish a TLS connection to the external key store proxy. Verify the TLS configuration, " +
      "including its certificate.",
    store: "XksProxyUriUnreachableException",
    key: "CustomKeyStoreInvalidStateException",
    code: "XKS_PROXY_INVALID_TLS_CONFIGURATION",
  },
  TimedOut: {
    message:
      "AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the request. " +
      "If you see this error repeatedly, report it to your external key store proxy administrator.",
    store: "XksProxyUriUnreachableException",
    key: "CustomKeyStoreInvalidStateException",
    code: "XKS_PROXY_TIMED_OUT",
  },
  Malformed: CANNOT_INTERPRET,
};

/** A conversation with a proxy that came to nothing. */
export class ProxyFailure extends Error {
  readonly failure: ProxyFailureName;

  constructor(failure: ProxyFailureName) {
    super(PROXY_FAILURES[failure].message);
    this.failure = failure;
  }
}

/** Whether a proxy's `errorName` is one of the specification's; with any other the answer is malformed. */
export function isProxyError(name: unknown): name is ProxyErrorName {
  return (PROXY_ERRORS as readonly unknown[]).includes(name);
}
