/**
 * A load generator, in a process of its own: `node --import tsx bench/load.ts '{"port":…}'`. It writes the same bytes again
 * and again to raw sockets that are kept open, and reads of an answer no more than its status and where it ends, so that
 * it never is what is measured.
 */

import { connect, type Socket } from "node:net";

export interface Load {
  readonly port: number;
  readonly connections: number;
  /** Of the measurement; as long again, but a second at most, warms up. */
  readonly seconds: number;
  /** Requests a second over all connections; without it each connection asks again as soon as it has its answer. */
  readonly rate?: number;
  readonly target: string;
  readonly body: string;
}

export interface Loaded {
  readonly perSecond: number;
  /** Milliseconds from when a request was due to the end of its answer. */
  readonly p50: number;
  readonly p99: number;
  /** The share of its core that this generator took; with a rate it waits busily and takes all. */
  readonly busy: number;
  /** Milliseconds by which the generator itself was late with a request that was due, the 99th percentile. */
  readonly late: number;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const LENGTH = "content-length: ";

/** A connection on which one request is made at a time; `answered` hears that one is through. */
function open(port: number, answered: (socket: Socket) => void): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  let missing = 0;
  socket.on("data", (chunk) => {
    missing = missing === 0 ? lengthOf(chunk) - chunk.length : missing - chunk.length;
    if (missing === 0) answered(socket);
  });
  return new Promise((resolve, reject) => socket.once("connect", () => resolve(socket)).once("error", reject));
}

/** Bytes of an answer, of which this is the beginning with the whole head. */
function lengthOf(chunk: Buffer): number {
  const end = chunk.indexOf(HEAD_END);
  const head = chunk.toString("latin1", 0, Math.max(end, 0)).toLowerCase();
  if (end < 0 || !head.startsWith("http/1.1 200 ")) throw new Error(`not an answer of 200: ${head}`);
  return end + HEAD_END.length + Number.parseInt(head.slice(head.indexOf(LENGTH) + LENGTH.length), 10);
}

async function run({ port, connections, seconds, rate, target, body }: Load): Promise<Loaded> {
  const request = Buffer.from(
    `POST / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/x-amz-json-1.1\r\n` +
      `x-amz-target: TrentService.${target}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const due = new Map<Socket, number>();
  const idle: Socket[] = [];
  /** When the requests were due for which no connection was free. */
  const waiting: number[] = [];
  let latencies: number[] = [];
  let lateness: number[] = [];
  let isOver = false;
  const ask = (socket: Socket, when: number): void => {
    due.set(socket, when);
    socket.write(request);
  };
  const answered = (socket: Socket): void => {
    const now = performance.now();
    latencies.push(now - (due.get(socket) as number));
    if (isOver) return;
    const next = rate === undefined ? now : waiting.shift();
    if (next === undefined) idle.push(socket);
    else ask(socket, next);
  };
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port, answered)));
  const start = performance.now();
  let planned = 0;
  /** Not by a timer: of those that come every millisecond, six would be due at once, and late by half of it. */
  const pace = (perSecond: number): void => {
    for (let now = performance.now(); start + (1000 * planned) / perSecond <= now; planned++) {
      const when = start + (1000 * planned) / perSecond;
      lateness.push(now - when);
      const socket = idle.pop();
      if (socket === undefined) waiting.push(when);
      else ask(socket, when);
    }
    if (!isOver) setImmediate(pace, perSecond);
  };
  for (const socket of sockets) {
    if (rate === undefined) ask(socket, performance.now());
    else idle.push(socket);
  }
  if (rate !== undefined) pace(rate);
  await elapsed(1000 * Math.min(1, seconds));
  latencies = [];
  lateness = [];
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  await elapsed(1000 * seconds);
  const sorted = Float64Array.from(latencies).sort();
  const late = Float64Array.from(lateness).sort();
  const took = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  isOver = true;
  for (const socket of sockets) socket.destroy();
  return {
    perSecond: (1000 * sorted.length) / took,
    p50: sorted[Math.floor(sorted.length * 0.5)] ?? Number.NaN,
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    busy: (user + system) / 1000 / took,
    late: late[Math.floor(late.length * 0.99)] ?? 0,
  };
}

const elapsed = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? "") as Load)));
