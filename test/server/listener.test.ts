import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { createEndpoint } from "../../src/server/endpoint.ts";
import { type Listener, serve } from "../../src/server/listener.ts";
import { fakeService } from "./fake-service.ts";

let listener: Listener;
afterEach(async () => {
  vi.useRealTimers();
  await listener.close();
});

/** From here on no time goes by for what the listener waits for: what it does is not for having waited. */
const stopTime = (): void => void vi.useFakeTimers({ toFake: ["setTimeout"] });

/** A promise, and what fulfils it. */
function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

const endpoint = createEndpoint(fakeService({ ListKeys: () => ({ Keys: [], Truncated: false }) }));
const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.ListKeys" };

/** Sends raw bytes and gives back all that is answered until the other side closes, or stays silent for so long. */
function raw(text: string, silenceMs = 30_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(listener.port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.setTimeout(silenceMs, () => socket.destroy());
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

test("The endpoint listens on the port that the system chose, on the loopback address only", async () => {
  listener = await serve({ endpoint, port: 0 });
  expect(listener.url).toBe(`http://127.0.0.1:${listener.port}`);
  const answer = await fetch(listener.url, { method: "POST", headers, body: "{}" });
  expect(await answer.text()).toBe('{"Keys":[],"Truncated":false}');
  expect(answer.headers.get("content-length")).toBe("29");
});

test("An occupied port is reported as an error", async () => {
  listener = await serve({ endpoint, port: 0 });
  await expect(serve({ endpoint, port: listener.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("A connection is kept for the next request", async () => {
  listener = await serve({ endpoint, port: 0 });
  const request = (connection: string): string =>
    `POST / HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\nContent-Type: application/x-amz-json-1.1\r\n` +
    "X-Amz-Target: TrentService.ListKeys\r\nContent-Length: 2\r\n\r\n{}";
  const answer = await raw(request("keep-alive") + request("close"));
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  expect(answer).not.toContain("Transfer-Encoding");
});

test("A request that is no request is the client's mistake", async () => {
  listener = await serve({ endpoint, port: 0 });
  const requests = [
    "no http at all\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "POST http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: x:y\r\nConnection: close\r\n\r\n",
    "TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: -1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "GET //x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  ];
  for (const request of requests) expect(await raw(request), request).toMatch(/^HTTP\/1\.1 4\d\d /);
});

test("A body above the limit is answered with 413, and the connection can be used again", async () => {
  listener = await serve({ endpoint, port: 0 });
  const head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-amz-json-1.1\r\n";
  const tooLarge = `${head}Content-Length: 5000000\r\n\r\n${"x".repeat(5_000_000)}`;
  const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${`3e8\r\n${"x".repeat(1000)}\r\n`.repeat(5000)}0\r\n\r\n`;
  const next = `${head}Connection: close\r\nX-Amz-Target: TrentService.ListKeys\r\nContent-Length: 2\r\n\r\n{}`;
  for (const request of [tooLarge, chunked]) {
    const statuses = (await raw(request + next)).match(/HTTP\/1\.1 \d+/g);
    expect(statuses).toEqual(["HTTP/1.1 413", "HTTP/1.1 200"]);
  }
  const byFetch = await fetch(listener.url, { method: "POST", headers, body: "x".repeat(5_000_000) });
  expect(byFetch.status).toBe(413);
  await byFetch.text();
});

test("close ends idle connections at once and resolves", async () => {
  listener = await serve({ endpoint, port: 0 });
  await (await fetch(listener.url, { method: "POST", headers, body: "{}" })).text();
  stopTime();
  await listener.close();
  await listener.close();
  await expect(fetch(listener.url, { method: "POST", headers, body: "{}" })).rejects.toThrow();
});

test("close ends a connection on which no request has come yet", async () => {
  listener = await serve({ endpoint, port: 0 });
  const silent = connect(listener.port, "127.0.0.1");
  await once(silent, "connect");
  // Connections are accepted in turn: this one after the silent one.
  await (await fetch(listener.url, { method: "POST", headers, body: "{}" })).text();
  stopTime();
  await Promise.all([listener.close(), once(silent, "close")]);
});

test("close lets a running request finish", async () => {
  const [started, closing] = [signal(), signal()];
  const slow = fakeService({
    ListKeys: async () => {
      started.give();
      await closing.given;
      return { Keys: [], Truncated: false };
    },
  });
  listener = await serve({ endpoint: createEndpoint(slow), port: 0 });
  const answer = fetch(listener.url, { method: "POST", headers, body: "{}" });
  await started.given;
  stopTime();
  const closed = listener.close();
  closing.give();
  expect((await answer).status).toBe(200);
  expect(await (await answer).json()).toEqual({ Keys: [], Truncated: false });
  await closed;
});

test("A request that breaks off in the middle leaves the server standing", async () => {
  const errors: unknown[] = [];
  listener = await serve({
    endpoint: createEndpoint(fakeService(), { onError: (error) => errors.push(error) }),
    port: 0,
  });
  await raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", 100);
  const next = await fetch(listener.url, { method: "POST", headers, body: "{}" });
  expect(next.status).toBe(200);
  expect(errors).toEqual([]);
});

test("A client that leaves before its answer leaves the server standing", async () => {
  const [started, left] = [signal(), signal()];
  let answered = 0;
  const slow = fakeService({
    ListKeys: async () => {
      started.give();
      await left.given;
      answered++;
      return {};
    },
  });
  listener = await serve({ endpoint: createEndpoint(slow), port: 0 });
  const controller = new AbortController();
  const call = fetch(listener.url, { method: "POST", headers, body: "{}", signal: controller.signal });
  await started.given;
  controller.abort();
  await expect(call).rejects.toThrow();
  left.give();
  expect((await fetch(listener.url, { method: "POST", headers, body: "{}" })).status).toBe(200);
  expect(answered).toBe(2);
});

test("A body in very many pieces is one body", async () => {
  listener = await serve({ endpoint, port: 0 });
  const body = `{${" ".repeat(150_000)}}`;
  const pieces = Array.from(body, (piece) => `1\r\n${piece}\r\n`).join("");
  const head =
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-amz-json-1.1\r\n" +
    "X-Amz-Target: TrentService.ListKeys\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
  expect(await raw(`${head}${pieces}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200/);
});

test("A request target in absolute form is the same request", async () => {
  listener = await serve({ endpoint, port: 0 });
  const request =
    `POST ${listener.url}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-amz-json-1.1\r\n` +
    "X-Amz-Target: TrentService.ListKeys\r\nContent-Length: 2\r\n\r\n{}";
  expect(await raw(request)).toMatch(/^HTTP\/1\.1 200/);
});

test("A body that is announced too large is refused before it comes", async () => {
  listener = await serve({ endpoint, port: 0 });
  expect(await raw("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 200001\r\n\r\n")).toMatch(
    /^HTTP\/1\.1 413/,
  );
});

const patience = { headers: 200, request: 300, keepAlive: 200, silence: 1000 };

test.each([
  ["its head", "POST / HTTP/1.1\r\nHost: x\r\nX-Slow"],
  ["its body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"],
])("A client that never ends %s is not waited for", async (_what, text) => {
  listener = await serve({ endpoint, port: 0, patience });
  expect(await raw(text)).toMatch(/^HTTP\/1\.1 408 /);
});

test("A connection that stays idle is ended, silently before the first request and after the last", async () => {
  listener = await serve({ endpoint, port: 0, patience });
  expect(await raw("")).toMatch(/^(HTTP\/1\.1 408 .*)?/);
  const answer = await raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test("A head of more than 16 KiB is refused", async () => {
  listener = await serve({ endpoint, port: 0 });
  const many = Array.from({ length: 300 }, (_, i) => `X-Header-${i}: ${"x".repeat(64)}\r\n`).join("");
  expect(await raw(`POST / HTTP/1.1\r\nHost: x\r\n${many}\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
});
