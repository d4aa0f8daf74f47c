/** `pocket-hsm p11`: its socket, its options and its end. What clients do with it is tried in p11-clients.test.ts. */

import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { Answer, frame, HANDSHAKE, out, request } from "../bridges/p11kit/client.ts";
import { run, type Server, startP11 } from "./endpoint.ts";

const directory = mkdtempSync(join(tmpdir(), "phsm-p11-"));
afterAll(() => rmSync(directory, { recursive: true }));

let count = 0;
/** A path in a folder that is not there yet. */
const fresh = (): string => join(directory, `${count++}`, "socket");
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
const servers: Server[] = [];
afterAll(() => Promise.all(servers.map((server) => server.stop("SIGKILL"))));

async function started(path: string, args: readonly string[] = [], env = {}): Promise<Server> {
  const server = await startP11(["--socket", path, ...args], env);
  servers.push(server);
  return server;
}

/** A client of version 0 on a socket. */
class Client {
  readonly socket: Socket;
  #received = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
    });
    socket.on("error", () => undefined);
  }

  static async of(path: string): Promise<Client> {
    const socket = connect(path);
    await once(socket, "connect");
    const client = new Client(socket);
    socket.write(Buffer.of(0));
    await client.#take(1);
    return client;
  }

  async call(id: number, signature: string, ...args: readonly Buffer[]): Promise<Answer> {
    this.socket.write(frame(16, request(id, signature, ...args)));
    const header = await this.#take(12);
    return new Answer(await this.#take(header.readUInt32BE(8)));
  }

  /** C_Initialize, and a session on the first slot. */
  async begin(): Promise<Buffer> {
    await this.call(1, "ayyay", out.ay(HANDSHAKE), out.y(0), out.ay(Buffer.of(0)));
    return out.u((await this.call(10, "uu", out.u(1), out.u(6))).u());
  }

  async login(session: Buffer, pin: string, user = 1): Promise<number> {
    const answer = await this.call(18, "uuay", session, out.u(user), out.ay(Buffer.from(pin)));
    return answer.id === 0 ? answer.u() : 0;
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#received.length < length) await sleep(1);
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }
}

const refused = (status: number, stderr: RegExp) => ({ status, stdout: "", stderr: expect.stringMatching(stderr) });

describe("the socket", () => {
  test("is its owner's alone, in a folder of its own", async () => {
    const path = fresh();
    const server = await started(path);
    expect(server.url).toBe(`unix:path=${path}`);
    expect([modeOf(path), modeOf(join(path, ".."))]).toEqual(["600", "700"]);
    expect(lstatSync(path).isSocket()).toBe(true);
  });

  test("is gone when the command ends, for SIGTERM and SIGINT, with connections open or not", async () => {
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      const path = fresh();
      const server = await started(path);
      const client = await Client.of(path);
      const ended = once(client.socket, "close");
      expect(await server.stop(name)).toMatchObject({ status: 0, stderr: "" });
      await ended;
      expect(existsSync(path)).toBe(false);
    }
  });

  test("that a killed command left behind is taken over", async () => {
    const path = fresh();
    await (await started(path)).stop("SIGKILL");
    expect(existsSync(path)).toBe(true);
    await started(path);
    await (await Client.of(path)).begin();
  });

  test("that is in use is left alone", async () => {
    const path = fresh();
    await started(path);
    expect(await run(["p11", "--socket", path])).toEqual(refused(1, /^pocket-hsm: .* is in use: .+\n$/));
    await (await Client.of(path)).begin();
    const theirs = join(directory, "theirs");
    const listener = createServer().listen(theirs);
    await once(listener, "listening");
    expect(await run(["p11", "--socket", theirs])).toEqual(refused(1, /is in use/));
    listener.close();
  });

  test("does not take the place of anything else", async () => {
    const file = join(directory, "file");
    writeFileSync(file, "kept");
    expect(await run(["p11", "--socket", file])).toEqual(refused(1, /is there and is no socket\n$/));
    const link = join(directory, "link");
    symlinkSync(fresh(), link);
    expect(await run(["p11", "--socket", link])).toEqual(refused(1, /is there and is no socket\n$/));
    expect(await run(["p11", "--socket", join(file, "socket")])).toEqual(
      refused(1, /cannot be used: (ENOTDIR|EEXIST)\n$/),
    );
    expect(await run(["p11", "--socket", join(directory, "x".repeat(200))])).toEqual(refused(2, /up to 10[37] bytes/));
  });

  test("is not made where others may put one of theirs, but may be made where they can only look", async () => {
    const folder = join(directory, "folder");
    mkdirSync(folder);
    const path = join(folder, "socket");
    for (const mode of [0o777, 0o730, 0o703]) {
      chmodSync(folder, mode);
      expect(await run(["p11", "--socket", path]), mode.toString(8)).toEqual(
        refused(1, /^pocket-hsm: others may put a socket of their own into .+\n$/),
      );
    }
    chmodSync(folder, 0o1777);
    await (await started(path)).stop();
    chmodSync(folder, 0o755);
    await started(path);
    expect(modeOf(path)).toBe("600");
  });
});

describe("options", () => {
  test("are what the help says", async () => {
    const { status, stdout } = await run(["p11", "--help"]);
    expect(status).toBe(0);
    for (const option of "socket pin so-pin label slots policy entropy-seed engine hardened".split(" "))
      expect(stdout).toContain(`--${option} `);
    expect(await run(["p11"])).toEqual(refused(2, /--socket/));
    expect(await run(["p11", "--socket", "x", "--policy", "none"])).toEqual(refused(2, /strict, pkcs11/));
    expect(await run(["p11", "--socket", "x", "--slots", "99"])).toEqual(refused(2, /1 to 64 slots/));
    expect(await run(["p11", "--socket", "x", "--pin", "1"])).toEqual(refused(2, /4 to 255 bytes/));
  });

  test("PINs come from the environment too, where nobody reads them off the command line", async () => {
    const path = fresh();
    await started(path, ["--label", "mine"], { POCKET_HSM_PIN: "user pin", POCKET_HSM_SO_PIN: "so pin" });
    const client = await Client.of(path);
    const session = await client.begin();
    expect((await client.call(6, "u", out.u(1))).s()).toBe("mine".padEnd(32));
    expect(await client.login(session, "so pin")).toBe(0xa0);
    expect(await client.login(session, "user pin")).toBe(0);
    await client.call(19, "u", session);
    expect(await client.login(session, "so pin", 0)).toBe(0);
  });

  test("without a PIN no login is required; a seed makes a run the same", async () => {
    const randoms = await Promise.all(
      ["node", "pure"].map(async (engine) => {
        const path = fresh();
        await started(path, ["--engine", engine, "--entropy-seed", "00".repeat(32)]);
        const client = await Client.of(path);
        const session = await client.begin();
        return (await client.call(64, "ufy", session, out.fy(16))).ay();
      }),
    );
    expect(randoms[0]).toEqual(randoms[1]);
  });
});

test("a client that is gone loses its sessions, and nobody else loses anything", async () => {
  const path = fresh();
  const server = await started(path, ["--pin", "1234", "--policy", "pkcs11"]);
  const [first, second] = [await Client.of(path), await Client.of(path)];
  const [one, two] = [await first.begin(), await second.begin()];
  for (const [client, session] of [
    [first, one],
    [second, two],
  ] as const)
    expect(await client.login(session, "1234")).toBe(0);
  first.socket.write(Buffer.from("000000990000", "hex"));
  first.socket.destroy();
  const garbage = await Client.of(path);
  garbage.socket.write(Buffer.alloc(100));
  await once(garbage.socket, "close");
  expect((await second.call(13, "u", two)).signature).toBe("uuuu");
  for (let i = 0; i < 20; i++) (await Client.of(path)).socket.destroy();
  const third = await Client.of(path);
  const three = await third.begin();
  expect(await third.login(three, "1234")).toBe(0);
  expect(await server.stop()).toMatchObject({ status: 0, stderr: "" });
});
