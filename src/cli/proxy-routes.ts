/** External key store proxies of `pocket-hsm serve` that are not where their names say: `--xks-proxy`. */

import { request as send } from "node:http";

/** `https://` and a name to the `http://` address where it is. */
export type ProxyRoutes = ReadonlyMap<string, string>;

/**
 * A `fetch` that sends the requests for these names to their addresses, in the clear and with the name as `Host`, which
 * the signature covers; all others go where they say.
 */
export function routedFetch(routes: ProxyRoutes): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const address = routes.get(url.origin);
    return address === undefined ? fetch(request) : forward(request, url, address);
  };
}

async function forward(request: Request, { host, pathname }: URL, address: string): Promise<Response> {
  const body = new Uint8Array(await request.arrayBuffer());
  const headers = { ...Object.fromEntries(request.headers), host, "content-length": body.length };
  return new Promise((resolve, reject) => {
    const { method, signal } = request;
    // Node's errors carry their code where those of fetch carry it in their cause.
    const failed = (cause: Error): void =>
      reject(signal.aborted ? signal.reason : new TypeError("fetch failed", { cause }));
    const sent = send(new URL(pathname, address), { method, headers, signal }, (answer) => {
      const chunks: Uint8Array[] = [];
      answer.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      answer.on("error", failed);
      answer.on("end", () => resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 500 })));
    });
    sent.on("error", failed);
    sent.end(body);
  });
}
