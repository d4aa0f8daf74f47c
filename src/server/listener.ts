/**
 * The endpoint on a socket (Node only).
 *
 * It goes from node:http straight to the endpoint: the detour over `Request`, `Response` and their streams was measured
 * to cost at least twice as much as all the rest of a request.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Endpoint } from "./endpoint.ts";
import { MAX_BODY_BYTES, type WireRequest } from "./wire-service.ts";

export interface ServeOptions {
  readonly endpoint: Endpoint;
  /** 127.0.0.1 by default: whoever reaches the port can use the keys. */
  readonly host?: string;
  /** 0 lets the system choose one. */
  readonly port: number;
  /** How long clients are waited for; those that are not given have their defaults. */
  readonly patience?: Partial<Patience>;
}

/** In milliseconds. */
export interface Patience {
  /** For the whole head of a request. */
  readonly headers: number;
  /** For the whole of a request, its head included. */
  readonly request: number;
  /** For the next request of a connection. */
  readonly keepAlive: number;
  /** For any sign of life while an answer is on its way. */
  readonly silence: number;
}

export interface Listener {
  readonly url: string;
  readonly port: number;
  /** Takes no new connection, lets running requests finish, ends idle connections, and resolves when all are closed. */
  close(): Promise<void>;
}

/** Connections are kept longer than the usual SDK agents leave them idle, so that it is the client who closes first. */
const PATIENCE: Patience = { headers: 10_000, request: 30_000, keepAlive: 65_000, silence: 120_000 };
/** How often node:http looks for clients whose time is over; its own 30 s would treble the time for a head. */
const CHECK_INTERVAL_MS = 1_000;
const MAX_HEADER_BYTES = 16_384;
/** How long `close` waits for running requests. */
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * Starts to listen, and resolves when connections are accepted.
 * @throws the error of node:net, such as EADDRINUSE.
 */
export async function serve({ endpoint, host = "127.0.0.1", port, patience = {} }: ServeOptions): Promise<Listener> {
  const { headers, request, keepAlive, silence } = { ...PATIENCE, ...patience };
  const server = createServer(
    {
      headersTimeout: headers,
      requestTimeout: request,
      keepAliveTimeout: keepAlive,
      connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, headers, request),
      maxHeaderSize: MAX_HEADER_BYTES,
      noDelay: true,
    },
    (request, response) => {
      exchange(endpoint, request, response).catch(() => response.destroy());
    },
  );
  server.setTimeout(silence);
  const closeIdle = watchConnections(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return { url: `http://${name}:${address.port}`, port: address.port, close: () => closeServer(server, closeIdle) };
}

async function exchange(endpoint: Endpoint, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "", url = "", headers } = request;
  const target = originForm(url);
  const end = target.indexOf("?");
  const answer = await endpoint({
    method,
    path: end < 0 ? target : target.slice(0, end),
    query: end < 0 ? NO_QUERY : new URLSearchParams(target.slice(end + 1)),
    header: (name) => headers[name]?.toString() ?? null,
    connection: connectionOf(request),
    body: await readBody(request),
  });
  if (response.destroyed) return;
  response.writeHead(answer.status, answer.headers);
  response.end(textOf(answer.body), "latin1");
}

const NO_QUERY = new URLSearchParams();

/** A character for each byte: text goes to the socket together with the head in one piece, and bytes in another. */
function textOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("latin1");
}

/** There is no TLS here; an IPv4 address may come in IPv6's form. */
function connectionOf({ socket }: IncomingMessage): NonNullable<WireRequest["connection"]> {
  const sourceIp = socket.remoteAddress?.replace(/^::ffff:/, "");
  return sourceIp === undefined ? { secureTransport: false } : { secureTransport: false, sourceIp };
}

/** A client behind a proxy may send the absolute form (RFC 9112, 3.2.2): path and query are what counts. */
function originForm(target: string): string {
  return target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?]*/i, "");
}

/**
 * The whole body. What comes after the limit is read and dropped, as long as a request may take, so that the client
 * can read its answer and the connection can go on.
 */
function readBody(request: IncomingMessage): Promise<WireRequest["body"]> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    if (Number(request.headers["content-length"]) > MAX_BODY_BYTES) resolve("too large");
    request.on("data", (chunk: Uint8Array) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) {
        chunks.push(chunk);
      } else {
        chunks.length = 0;
        resolve("too large");
      }
    });
    request.on("end", () => resolve(joined(chunks)));
    request.on("error", () => resolve("broken"));
    // To settle a promise twice is slow, and a request closes after its end.
    request.on("close", () => {
      if (!request.readableEnded) resolve("broken");
    });
  });
}

/** A body is mostly one piece, which is nobody else's. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = chunks;
  return first === undefined || others.length > 0
    ? new Uint8Array(Buffer.concat(chunks))
    : new Uint8Array(first.buffer, first.byteOffset, first.length);
}

/**
 * Counts the running requests of every connection, and gives a function that ends the connections with none.
 * `closeIdleConnections` of node:http overlooks those on which no request has come yet.
 */
function watchConnections(server: Server): () => void {
  const running = new Map<Socket, number>();
  const count = (socket: Socket, change: number): void => {
    const now = running.get(socket);
    if (now === undefined) return;
    running.set(socket, now + change);
    if (now + change === 0 && !server.listening) socket.destroySoon();
  };
  server.on("connection", (socket) => {
    running.set(socket, 0);
    socket.once("close", () => running.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    count(socket, 1);
    response.once("close", () => count(socket, -1));
  });
  return () => {
    for (const [socket, requests] of running) if (requests === 0) socket.destroy();
  };
}

function closeServer(server: Server, closeIdle: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const impatience = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
    server.close((error) => {
      clearTimeout(impatience);
      if (error === undefined || (error as NodeJS.ErrnoException).code === "ERR_SERVER_NOT_RUNNING") resolve();
      else reject(error);
    });
    closeIdle();
  });
}
