/** Cross-origin requests of pages in a browser (fetch.spec.whatwg.org, "CORS protocol"). */

import type { Endpoint } from "./endpoint.ts";
import type { Answer } from "./wire-service.ts";

const EXPOSED = "smithy-protocol, x-amzn-errortype, x-amzn-requestid";
const PREFLIGHT_SECONDS = "600";

/**
 * The endpoint for pages of these origins too, such as `https://app.example`. Without this the endpoint sends no header
 * of the kind, so that no page can read its answers: whoever reaches it can use the keys.
 */
export function withCors(endpoint: Endpoint, origins: readonly string[]): Endpoint {
  return async (request) => {
    const origin = request.header("origin");
    if (origin === null || !origins.includes(origin)) return endpoint(request);
    const allowed = { "access-control-allow-origin": origin, vary: "origin" };
    if (request.method === "OPTIONS" && request.header("access-control-request-method") !== null) {
      return preflight({ ...allowed, "access-control-allow-headers": request.header(WANTED) ?? "" });
    }
    const { status, headers, body } = await endpoint(request);
    return { status, headers: { ...headers, ...allowed, "access-control-expose-headers": EXPOSED }, body };
  };
}

const WANTED = "access-control-request-headers";

function preflight(headers: Record<string, string>): Answer {
  const methods = { "access-control-allow-methods": "POST", "access-control-max-age": PREFLIGHT_SECONDS };
  return { status: 200, headers: { ...headers, ...methods, "content-length": "0" }, body: new Uint8Array(0) };
}
