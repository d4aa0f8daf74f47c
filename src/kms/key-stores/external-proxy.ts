/**
 * An external key store proxy with its key manager (External Key Store Proxy API Specification, v1), to stand in for
 * one in tests: the KMS's own conversation with it is the real one. The keys are in an HSM of its own.
 */

import { concat, fromBase64, toBase64, utf8 } from "../../bytes/bytes.ts";
import { CkrError } from "../../cryptoki/error.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import { createHsm, type Hsm } from "../../token/hsm.ts";
import type { Session } from "../../token/session.ts";
import { timeOf } from "../signature-v4.ts";
import { authorizationOf, type ProxyCredential } from "./authorization.ts";
import { type ExternalCiphertext, integrityValue } from "./proxy-client.ts";
import type { ProxyErrorName } from "./proxy-failures.ts";

export interface XksProxyOptions {
  /** `https://` and the host by which the KMS calls it. */
  readonly uriEndpoint?: string;
  readonly uriPath?: string;
  /** What the KMS must sign its requests with. */
  readonly credential?: ProxyCredential;
  /** Identifiers of 256-bit AES keys that are made at the start. */
  readonly keys?: readonly string[];
  /** Where the keys are; an HSM of its own when it is not given. */
  readonly hsm?: Hsm;
  /** Milliseconds since the epoch, which requests may be five minutes away from: the clock of the KMS, if that is moved. */
  readonly now?: () => number;
}

/** A request as the proxy's log has it: never a plaintext. */
export interface XksRequest {
  readonly api: string;
  readonly keyId: string | undefined;
  /** requestMetadata as it came. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What a proxy under test does instead of its work: an error, an answer that is none, or nothing at all. */
export type XksMisbehaviour = ProxyErrorName | "garbage" | "silence";

export type HealthStatus = "ACTIVE" | "DEGRADED" | "UNAVAILABLE";

const DEFAULT_CREDENTIAL: ProxyCredential = {
  accessKeyId: "POCKETHSMEXTERNALKEY",
  secretAccessKey: "pocket/hsm/external/key/store/proxy/secret0",
};
const CLOCK_SKEW_MS = 300_000;
/** What it says of a ciphertext's key; the AAD of the key manager covers it. */
const METADATA = utf8("key_version=1");
const TAG_BYTES = 16;
const IV_BYTES = 12;

// biome-ignore format: a table
const STATUS: Readonly<Record<ProxyErrorName, number>> = {
  ValidationException: 400, InvalidStateException: 400, InvalidCiphertextException: 400, InvalidKeyUsageException: 400,
  AuthenticationFailedException: 401, AccessDeniedException: 403, KeyNotFoundException: 404,
  InvalidUriPathException: 404, ThrottlingException: 429, InternalException: 500, UnsupportedOperationException: 501,
  DependencyTimeoutException: 503,
};

class Refusal extends Error {
  readonly errorName: ProxyErrorName;

  constructor(errorName: ProxyErrorName) {
    super(errorName);
    this.errorName = errorName;
  }
}

interface ExternalKey {
  readonly handle: ObjectHandle;
  enabled: boolean;
}

type Payload = Readonly<Record<string, unknown>>;

/** A proxy for tests; its `fetch` is what `createKms({ keyStores: { fetch } })` takes. */
export class XksProxy {
  /** The parameters of CreateCustomKeyStore that say where the proxy is and how to sign for it. */
  readonly parameters: {
    readonly CustomKeyStoreType: "EXTERNAL_KEY_STORE";
    readonly XksProxyConnectivity: "PUBLIC_ENDPOINT";
    readonly XksProxyUriEndpoint: string;
    readonly XksProxyUriPath: string;
    readonly XksProxyAuthenticationCredential: { readonly AccessKeyId: string; readonly RawSecretAccessKey: string };
  };
  /** Every request that was authenticated, in order. */
  readonly requests: XksRequest[] = [];
  /** As GetHealthStatus reports it of its one key manager. */
  health: HealthStatus = "ACTIVE";
  /** What it does with every request from now on, in place of its work. */
  misbehaviour: XksMisbehaviour | undefined;
  readonly #session: Session;
  readonly #keys = new Map<string, ExternalKey>();
  readonly #credential: ProxyCredential;
  readonly #now: () => number;

  constructor(options: XksProxyOptions = {}) {
    const { uriEndpoint = "https://xks.example.com", uriPath = "/kms/xks/v1", keys = [] } = options;
    const { credential = DEFAULT_CREDENTIAL, hsm = createHsm({ pin: null, label: "External keys" }) } = options;
    this.#credential = credential;
    this.#now = options.now ?? Date.now;
    this.#session = hsm.openSession({ readWrite: true });
    this.parameters = {
      CustomKeyStoreType: "EXTERNAL_KEY_STORE",
      XksProxyConnectivity: "PUBLIC_ENDPOINT",
      XksProxyUriEndpoint: uriEndpoint,
      XksProxyUriPath: uriPath,
      XksProxyAuthenticationCredential: {
        AccessKeyId: credential.accessKeyId,
        RawSecretAccessKey: credential.secretAccessKey,
      },
    };
    for (const id of keys) this.createKey(id);
  }

  /** Makes a 256-bit AES key in the key manager. */
  createKey(id: string): void {
    const template = {
      LABEL: id,
      VALUE_LEN: 32,
      TOKEN: true,
      SENSITIVE: true,
      EXTRACTABLE: false,
      usage: "encrypt",
    } as const;
    this.#keys.set(id, { handle: this.#session.generateKey({ mechanism: "AES_KEY_GEN" }, template), enabled: true });
  }

  /** @throws RangeError when there is no such key. */
  setEnabled(id: string, enabled: boolean): void {
    const key = this.#keys.get(id);
    if (key === undefined) throw new RangeError(`there is no external key ${id}`);
    key.enabled = enabled;
  }

  /** What was encrypted with it is lost. */
  deleteKey(id: string): void {
    const key = this.#keys.get(id);
    if (key !== undefined) this.#session.destroyObject(key.handle);
    this.#keys.delete(id);
  }

  /** Answers one request of the KMS. */
  readonly fetch = async (request: Request): Promise<Response> => {
    try {
      if (this.misbehaviour === "silence") return await new Promise<never>(() => {});
      if (this.misbehaviour === "garbage") return new Response("<html>it works</html>");
      if (request.method !== "POST") return new Response(null, { status: 405 });
      return Response.json(await this.#answer(request));
    } catch (error) {
      const errorName = error instanceof Refusal ? error.errorName : "InternalException";
      return Response.json({ errorName }, { status: STATUS[errorName] });
    }
  };

  async #answer(request: Request): Promise<object> {
    const url = new URL(request.url);
    const { XksProxyUriPath: prefix } = this.parameters;
    if (!url.pathname.startsWith(`${prefix}/`)) throw new Refusal("InvalidUriPathException");
    const body = new Uint8Array(await request.arrayBuffer());
    this.#authenticate(request, url, body);
    if (this.misbehaviour !== undefined) throw new Refusal(this.misbehaviour as ProxyErrorName);
    const payload = payloadOf(body);
    const [, keys, keyId, api] = url.pathname.slice(prefix.length).split("/");
    const metadata = payload["requestMetadata"] as XksRequest["metadata"];
    if (keys === "health" && keyId === undefined) {
      this.requests.push({ api: "health", keyId, metadata });
      return this.#healthStatus();
    }
    const perform = api === undefined || keys !== "keys" ? undefined : this.#apis[api];
    if (perform === undefined || keyId === undefined) throw new Refusal("InvalidUriPathException");
    this.requests.push({ api: api as string, keyId, metadata });
    const key = this.#keys.get(keyId);
    if (key === undefined) throw new Refusal("KeyNotFoundException");
    return perform(key, payload);
  }

  /** The specification's appendix A; a request may be five minutes old, or early. */
  #authenticate({ headers }: Request, { host, pathname: path }: URL, body: Uint8Array): void {
    const amzDate = headers.get("x-amz-date") ?? "";
    const authorization = headers.get("authorization") ?? "";
    const [, accessKeyId, region = ""] = /Credential=([^/]+)\/[0-9]{8}\/([a-z0-9-]+)\//.exec(authorization) ?? [];
    const expected = authorizationOf(this.#credential, { host, path, body, region, amzDate });
    const isRecent = Math.abs(timeOf(amzDate) - this.#now()) <= CLOCK_SKEW_MS;
    const isRight = accessKeyId === this.#credential.accessKeyId && authorization === expected;
    if (!isRecent || !isRight) throw new Refusal("AuthenticationFailedException");
  }

  #healthStatus(): object {
    return {
      xksProxyFleetSize: 1,
      xksProxyVendor: "pocket-hsm",
      xksProxyModel: "pocket-hsm XKS proxy for tests",
      ekmVendor: "pocket-hsm",
      ekmFleetDetails: [{ id: "hsm-1", model: "pocket-hsm", healthStatus: this.health }],
    };
  }

  readonly #apis: Readonly<Record<string, (key: ExternalKey, payload: Payload) => object>> = {
    metadata: ({ enabled }) => ({
      keySpec: "AES_256",
      keyUsage: ["ENCRYPT", "DECRYPT"],
      keyStatus: enabled ? "ENABLED" : "DISABLED",
    }),

    encrypt: (key, payload) => {
      requireUsable(key, payload);
      const aad = bytesIn(payload, "additionalAuthenticatedData", true);
      const plaintext = bytesIn(payload, "plaintext");
      const made = this.#session.encrypt({ mechanism: "AES_GCM", aad: boundAad(aad, METADATA) }, key.handle, plaintext);
      const sealed: ExternalCiphertext = {
        initializationVector: made.slice(0, IV_BYTES),
        ciphertext: made.slice(IV_BYTES, -TAG_BYTES),
        authenticationTag: made.slice(-TAG_BYTES),
        ciphertextMetadata: METADATA,
      };
      const members = Object.entries(sealed).map(([name, value]): [string, string] => [name, toBase64(value)]);
      if (payload["ciphertextDataIntegrityValueAlgorithm"] !== undefined) {
        members.push(["ciphertextDataIntegrityValue", toBase64(integrityValue(aad, sealed))]);
      }
      return Object.fromEntries(members);
    },

    decrypt: (key, payload) => {
      requireUsable(key, payload);
      const metadata = bytesIn(payload, "ciphertextMetadata", true);
      const aad = boundAad(bytesIn(payload, "additionalAuthenticatedData", true), metadata);
      const [iv, ciphertext, tag] = ["initializationVector", "ciphertext", "authenticationTag"].map((name) =>
        bytesIn(payload, name),
      ) as [Uint8Array, Uint8Array, Uint8Array];
      try {
        const choice = { mechanism: "AES_GCM", iv, aad } as const;
        return { plaintext: toBase64(this.#session.decrypt(choice, key.handle, concat(ciphertext, tag))) };
      } catch (error) {
        if (error instanceof CkrError) throw new Refusal("InvalidCiphertextException");
        throw error;
      }
    },
  };
}

function requireUsable({ enabled }: ExternalKey, payload: Payload): void {
  if (payload["encryptionAlgorithm"] !== "AES_GCM") throw new Refusal("ValidationException");
  if (!enabled) throw new Refusal("InvalidStateException");
}

/** Both with their lengths, so that no byte can move from one to the other (the specification's "Encrypt"). */
function boundAad(aad: Uint8Array, metadata: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(aad.length >>> 8, aad.length & 0xff), aad, Uint8Array.of(metadata.length), metadata);
}

function payloadOf(body: Uint8Array): Payload {
  try {
    const payload: unknown = JSON.parse(new TextDecoder().decode(body));
    const metadata = (payload as { requestMetadata?: unknown } | null)?.requestMetadata;
    if (typeof metadata === "object" && metadata !== null) return payload as Payload;
  } catch {
    // As any other body that has no requestMetadata.
  }
  throw new Refusal("ValidationException");
}

function bytesIn(payload: Payload, member: string, isOptional = false): Uint8Array {
  const value = payload[member];
  if (value === undefined && isOptional) return new Uint8Array(0);
  try {
    if (typeof value === "string") return fromBase64(value);
  } catch {
    // As any other value that is no base64.
  }
  throw new Refusal("ValidationException");
}
