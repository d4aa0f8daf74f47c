/** The endpoint as a standard fetch handler: it runs wherever `Request` exists. */

import { type Answerer, createAnswerer } from "./endpoint.ts";
import { MAX_BODY_BYTES, type WireOptions, type WireRequest, type WireService } from "./wire-service.ts";

/** A standard handler over one dispatcher. It rejects with ConnectionDropped when a fault rule says so, and else never. */
export type FetchHandler = (request: Request) => Promise<Response>;

/** `fetchHandler(createAnswerer(service, options))` */
export function createFetch(service: WireService, options?: WireOptions): FetchHandler {
  return fetchHandler(createAnswerer(service, options));
}

/** The endpoint behind `Request` and `Response`. */
export function fetchHandler(endpoint: Answerer): FetchHandler {
  return async (request) => {
    const url = new URL(request.url);
    // The body is read or cancelled on every path: a connection whose request stays unread is not good for another.
    const body = await readBody(request).catch(() => "broken" as const);
    const { headers } = request;
    const answer = await endpoint({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      // A Request has no Host header of its own: what it was signed with is in its URL.
      header: (name) => headers.get(name) ?? (name === "host" ? url.host : null),
      connection: { secureTransport: url.protocol === "https:" },
      body,
    });
    return new Response(answer.body as Uint8Array<ArrayBuffer>, { status: answer.status, headers: answer.headers });
  };
}

/** The whole body; one that is too large is cancelled as soon as that is known. */
async function readBody(request: Request): Promise<WireRequest["body"]> {
  if (request.body === null) return new Uint8Array(0);
  if (Number(request.headers.get("content-length")) > MAX_BODY_BYTES) {
    await request.body.cancel();
    return "too large";
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > MAX_BODY_BYTES) {
      await reader.cancel();
      return "too large";
    }
    chunks.push(read.value);
  }
  return join(chunks, length);
}

/** Not `concat`: a body may come in more pieces than a call may have arguments. */
function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
