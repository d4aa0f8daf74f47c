/** The KMS's side of the conversation with an external key store proxy (External Key Store Proxy API Specification, v1). */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, equalBytes, fromBase64, toBase64, utf8 } from "../../bytes/bytes.ts";
import type { CallContext } from "../context.ts";
import { basicDate } from "../signature-v4.ts";
import { authorizationOf } from "./authorization.ts";
import { isProxyError, ProxyFailure, type ProxyFailureName } from "./proxy-failures.ts";
import type { ProxyConfiguration } from "./record.ts";
import { openSecret } from "./secrets.ts";

/** On whose behalf the proxy is called. */
export interface ProxyCall {
  readonly proxy: ProxyConfiguration;
  /** The KMS operation (kmsOperation). */
  readonly operation: string;
  /** Absent before the KMS key has been made. */
  readonly keyArn?: string;
}

/** What an Encrypt gives and a Decrypt takes. */
export interface ExternalCiphertext {
  readonly ciphertext: Uint8Array;
  /** 12 or 16 bytes. */
  readonly initializationVector: Uint8Array;
  /** 16 bytes. */
  readonly authenticationTag: Uint8Array;
  /** Up to 20 bytes of the proxy's own; empty for none. */
  readonly ciphertextMetadata: Uint8Array;
}

const MAX_ANSWER_BYTES = 65_536;
const TAG_BYTES = 16;
const IV_BYTES: readonly number[] = [12, 16];
const MAX_METADATA_BYTES = 20;

/**
 * GetHealthStatus.
 * @throws ProxyFailure, Unreachable also when all external key managers are unavailable.
 */
export async function checkHealth(context: CallContext, call: ProxyCall): Promise<void> {
  const requestMetadata = { kmsRequestId: requestIdOf(context), kmsOperation: call.operation };
  const answer = await converse(context, call, "/health", { requestMetadata });
  const { xksProxyFleetSize: size, ekmFleetDetails: managers } = answer;
  const isKnown = Number.isInteger(size) && (size as number) > 0 && Array.isArray(managers) && managers.length > 0;
  if (!isKnown) throw new ProxyFailure("Malformed");
  const states = managers.map((manager) => (manager as { healthStatus?: unknown } | null)?.healthStatus);
  if (states.every((state) => state === "UNAVAILABLE")) throw new ProxyFailure("Unreachable");
}

/**
 * GetKeyMetadata, for a key that a KMS key is to be made of: a 256-bit AES key, enabled, that encrypts and decrypts.
 * @throws ProxyFailure
 */
export async function checkKey(context: CallContext, call: ProxyCall, keyId: string): Promise<void> {
  const requestMetadata = metadataOf(context, call);
  const { keySpec, keyUsage, keyStatus } = await converse(context, call, pathOf(keyId, "metadata"), {
    requestMetadata,
  });
  if (typeof keySpec !== "string" || !Array.isArray(keyUsage)) throw new ProxyFailure("Malformed");
  const fits = keySpec === "AES_256" && ["ENCRYPT", "DECRYPT"].every((usage) => keyUsage.includes(usage));
  if (!fits) throw new ProxyFailure("InvalidKeyUsageException");
  if (keyStatus !== "ENABLED") throw new ProxyFailure("InvalidStateException");
}

/** Encrypt, with the integrity value that says the answer has arrived as it was. @throws ProxyFailure */
export async function encryptOutside(
  context: CallContext,
  call: ProxyCall,
  keyId: string,
  additionalAuthenticatedData: Uint8Array,
  plaintext: Uint8Array,
): Promise<ExternalCiphertext> {
  const answer = await converse(context, call, pathOf(keyId, "encrypt"), {
    requestMetadata: metadataOf(context, call),
    additionalAuthenticatedData: toBase64(additionalAuthenticatedData),
    plaintext: toBase64(plaintext),
    encryptionAlgorithm: "AES_GCM",
    ciphertextDataIntegrityValueAlgorithm: "SHA_256",
  });
  const sealed: ExternalCiphertext = {
    ciphertext: bytesIn(answer, "ciphertext"),
    initializationVector: bytesIn(answer, "initializationVector"),
    authenticationTag: bytesIn(answer, "authenticationTag"),
    ciphertextMetadata:
      answer["ciphertextMetadata"] === undefined ? new Uint8Array(0) : bytesIn(answer, "ciphertextMetadata"),
  };
  const { ciphertext, initializationVector, authenticationTag, ciphertextMetadata } = sealed;
  const isWhole =
    ciphertext.length === plaintext.length &&
    IV_BYTES.includes(initializationVector.length) &&
    authenticationTag.length === TAG_BYTES &&
    ciphertextMetadata.length <= MAX_METADATA_BYTES;
  const value = integrityValue(additionalAuthenticatedData, sealed);
  const isIntact = equalBytes(value, bytesIn(answer, "ciphertextDataIntegrityValue"));
  if (!isWhole || !isIntact) throw new ProxyFailure("Malformed");
  return sealed;
}

/** Decrypt. @throws ProxyFailure, InvalidCiphertextException for what the external key does not open. */
export async function decryptOutside(
  context: CallContext,
  call: ProxyCall,
  keyId: string,
  additionalAuthenticatedData: Uint8Array,
  sealed: ExternalCiphertext,
): Promise<Uint8Array> {
  const { ciphertextMetadata } = sealed;
  const answer = await converse(context, call, pathOf(keyId, "decrypt"), {
    requestMetadata: metadataOf(context, call),
    additionalAuthenticatedData: toBase64(additionalAuthenticatedData),
    encryptionAlgorithm: "AES_GCM",
    ciphertext: toBase64(sealed.ciphertext),
    ...(ciphertextMetadata.length > 0 && { ciphertextMetadata: toBase64(ciphertextMetadata) }),
    initializationVector: toBase64(sealed.initializationVector),
    authenticationTag: toBase64(sealed.authenticationTag),
  });
  const plaintext = bytesIn(answer, "plaintext");
  if (plaintext.length !== sealed.ciphertext.length) throw new ProxyFailure("Malformed");
  return plaintext;
}

/** SHA-256 over AAD, ciphertextMetadata, IV, ciphertext and tag (the specification's appendix C). */
export function integrityValue(aad: Uint8Array, sealed: ExternalCiphertext): Uint8Array {
  const { ciphertext, initializationVector, authenticationTag, ciphertextMetadata } = sealed;
  return sha256(concat(aad, ciphertextMetadata, initializationVector, ciphertext, authenticationTag));
}

const pathOf = (keyId: string, api: string): string => `/keys/${keyId}/${api}`;

/** The proxy's log and the KMS's own events have the same identifier. */
const requestIdOf = ({ requestId }: CallContext): string => requestId || crypto.randomUUID();

function metadataOf(context: CallContext, { operation, keyArn }: ProxyCall): object {
  return {
    awsPrincipalArn: context.caller.arn,
    ...(keyArn !== undefined && { kmsKeyArn: keyArn }),
    kmsOperation: operation,
    kmsRequestId: requestIdOf(context),
  };
}

/** Sends one signed request and reads its answer, a JSON object. */
async function converse(
  context: CallContext,
  { proxy }: ProxyCall,
  path: string,
  payload: object,
): Promise<Readonly<Record<string, unknown>>> {
  const url = new URL(proxy.uriEndpoint + proxy.uriPath + path);
  const body = utf8(JSON.stringify(payload));
  const amzDate = basicDate(context.now);
  const secretAccessKey = openSecret(context, proxy.secretAccessKey);
  const authorization = authorizationOf(
    { accessKeyId: proxy.accessKeyId, secretAccessKey },
    { host: url.host, path: url.pathname, body, region: context.region, amzDate },
  );
  const { status, text } = await send(context, url, body, {
    "content-type": "application/json",
    "x-amz-date": amzDate,
    authorization,
  });
  const answer = objectIn(text);
  if (status === 200 && answer !== undefined) return answer;
  throw new ProxyFailure(isProxyError(answer?.["errorName"]) ? answer["errorName"] : "Malformed");
}

async function send(
  { surroundings }: CallContext,
  url: URL,
  body: Uint8Array,
  headers: Record<string, string>,
): Promise<{ readonly status: number; readonly text: string }> {
  const signal = AbortSignal.timeout(surroundings.proxyTimeout);
  try {
    const init = {
      method: "POST",
      headers,
      body: body as Uint8Array<ArrayBuffer>,
      signal,
      redirect: "manual",
    } as const;
    const response = await orAborted(surroundings.fetch(new Request(url, init)), signal);
    const text = await orAborted(response.text(), signal);
    return { status: response.status, text };
  } catch (error) {
    throw new ProxyFailure(failureOf(error));
  }
}

/** Ends the waiting at the signal, whether or not what is waited for looks at it. */
function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    answer.then(resolve, reject);
  });
}

/** Errors of TLS carry codes of OpenSSL's and Node's in their cause. */
function failureOf(error: unknown): ProxyFailureName {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown } };
  if (name === "TimeoutError" || name === "AbortError") return "TimedOut";
  return /CERT|TLS|SSL|SELF_SIGNED|ALTNAME/.test(String(cause?.code)) ? "InvalidTls" : "Unreachable";
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.length > MAX_ANSWER_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function bytesIn(answer: Readonly<Record<string, unknown>>, member: string): Uint8Array {
  const value = answer[member];
  try {
    if (typeof value === "string") return fromBase64(value);
  } catch {
    // As any other value that is no base64.
  }
  throw new ProxyFailure("Malformed");
}
