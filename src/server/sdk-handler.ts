/** The request handler by which `@aws-sdk/client-kms` and `client-sts` talk to an endpoint in the same process. */

import { utf8 } from "../bytes/bytes.ts";
import { sharedMemory } from "../kms/private-copy.ts";
import type { Answerer } from "./endpoint.ts";
import type { WireRequest } from "./wire-service.ts";

/** What the SDK hands over (`HttpRequest` of @smithy/types), as far as it is used here. */
export interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, bytes, or an object that prints as text. */
  readonly body?: unknown;
}

/** What the SDK deserialises: it recognises an HTTP response by its members, not by its class. */
export interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export interface SdkRequestHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: SdkRequest, options?: { readonly abortSignal?: unknown }): Promise<{ response: SdkResponse }>;
  updateHttpClientConfig(key: never, value: never): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

/** A `requestHandler` for an SDK client that opens no socket: each request goes straight to the endpoint. */
export function requestHandler(endpoint: Answerer): SdkRequestHandler {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(request, options) {
      const signal = options?.abortSignal;
      throwIfAborted(signal);
      const answer = endpoint(toWire(request));
      // What is there at once is not waited for.
      const { status, headers, body } =
        answer instanceof Promise
          ? await (signal instanceof AbortSignal ? unlessAborted(answer, signal) : answer)
          : answer;
      throwIfAborted(signal);
      return { response: { statusCode: status, headers, body } };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}

function toWire(request: SdkRequest): WireRequest {
  const { method, path, headers, query, body } = request;
  return { method, path, query: queryOf(query), header: (name) => headerIn(headers, name), body: bytesOf(body) };
}

/** The SDK writes names in lower case, as they are asked for; what middleware adds may be spelled in any. */
function headerIn(headers: SdkRequest["headers"], name: string): string | null {
  const value = headers[name];
  // A prototype may have been given texts by anyone.
  if (typeof value === "string" && Object.hasOwn(headers, name)) return value;
  for (const spelled of Object.keys(headers)) {
    if (spelled.length === name.length && spelled.toLowerCase() === name) return headers[spelled] ?? null;
  }
  return null;
}

const NO_QUERY = new URLSearchParams();

function queryOf(query: SdkRequest["query"] = {}): URLSearchParams {
  const names = Object.keys(query);
  if (names.length === 0) return NO_QUERY;
  const parameters = new URLSearchParams();
  for (const name of names) {
    const value = query[name] ?? null;
    for (const item of typeof value === "string" || value === null ? [value] : value) {
      parameters.append(name, item ?? "");
    }
  }
  return parameters;
}

/** The SDK reuses memory for its bodies and may give an object that prints as text: either way, a private copy. */
function bytesOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array(0);
  if (!(body instanceof Uint8Array)) return utf8(String(body));
  const copy = sharedMemory(body.length);
  copy.set(body);
  return copy;
}

/** A call that a fault rule holds up is not waited for when the client gives up. */
async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => {};
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    const first = await Promise.race([answer, aborted.then(() => undefined)]);
    if (first !== undefined) return first;
    answer.catch(() => {});
    throw abortError();
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function throwIfAborted(signal: unknown): void {
  if (typeof signal === "object" && signal !== null && "aborted" in signal && signal.aborted === true) {
    throw abortError();
  }
}

/** The SDK knows an aborted call by the error's name. */
function abortError(): Error {
  const error = new Error("Request aborted");
  error.name = "AbortError";
  return error;
}
