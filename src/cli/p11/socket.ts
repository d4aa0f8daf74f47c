/** The Unix socket of `pocket-hsm p11`: whoever may open it may use the token, so that nobody else may. */

import { lstatSync, mkdirSync, statSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname, resolve } from "node:path";
import { Peer, type PeerOptions } from "../../bridges/p11kit/peer.ts";
import { wipe } from "../../bytes/bytes.ts";
import { CommandError } from "../command-error.ts";

/** The most that a path of a socket may have in bytes (sun_path), with its end. */
const MAX_PATH_BYTES = process.platform === "linux" ? 107 : 103;
/** A connection that does not read its answers is not read from once so much waits for it. */
const MAX_WAITING_BYTES = 2 ** 20;

export interface P11Listener {
  /** Absolute, as P11_KIT_SERVER_ADDRESS wants it. */
  readonly path: string;
  /** Ends every connection and removes the socket. */
  close(): Promise<void>;
}

/**
 * Listens on a Unix socket of mode 0600, in a folder that is made with mode 0700 if it is not there.
 * @throws CommandError when others could put their own socket in its place, or when the path is in use
 */
export async function listen(path: string, options: Pick<PeerOptions, "hsm" | "onError">): Promise<P11Listener> {
  const absolute = resolve(path);
  if (Buffer.byteLength(absolute) > MAX_PATH_BYTES)
    throw new CommandError(`the path of a socket has up to ${MAX_PATH_BYTES} bytes: ${absolute}`);
  prepareFolder(dirname(absolute));
  await removeStale(absolute);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serve(socket, options);
  });
  await open(server, absolute);
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      for (const socket of sockets) socket.destroy();
    });
  return { path: absolute, close };
}

/** A folder in which nobody else can put anything: ours or root's, and not writable for others unless sticky, as /tmp. */
function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700, recursive: true });
    const { mode, uid } = statSync(folder);
    const isOthers = uid !== 0 && uid !== process.getuid?.();
    const isOpen = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
    if (isOthers || isOpen)
      throw new CommandError(
        `others may put a socket of their own into ${folder}; choose one that only you may write to (chmod 700)`,
        1,
      );
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`the folder ${folder} cannot be used: ${(error as NodeJS.ErrnoException).code}`, 1);
  }
}

/** Removes a socket of ours that nobody listens on any more, and nothing else. @throws CommandError */
async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new CommandError(`${path} is there and is no socket`, 1);
  if (found.uid !== process.getuid?.()) throw new CommandError(`${path} is another user's socket`, 1);
  if (await isAnswered(path)) throw new CommandError(`${path} is in use: something listens on it`, 1);
  unlinkSync(path);
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(path);
    const end = (isThere: boolean): void => {
      socket.destroy();
      answer(isThere);
    };
    socket.once("connect", () => end(true));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code !== "ECONNREFUSED"));
  });
}

/** The mode must be right from the first moment, so that it comes from the umask. @throws CommandError */
function open(server: Server, path: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      fail(new CommandError(`cannot listen on ${path}: ${error.code}`, 1)),
    );
    const before = process.umask(0o177);
    try {
      server.listen(path, done);
    } finally {
      process.umask(before);
    }
  });
}

/** One connection: one application. */
function serve(socket: Socket, { hsm, onError }: Pick<PeerOptions, "hsm" | "onError">): void {
  let isBusy = false;
  const flow = (): void => {
    if (isBusy || socket.writableLength > MAX_WAITING_BYTES) socket.pause();
    else socket.resume();
  };
  const peer = new Peer({
    hsm,
    send: (bytes) => {
      socket.write(bytes, () => wipe(bytes));
      flow();
    },
    close: () => socket.destroy(),
    pause: (isPaused) => {
      isBusy = isPaused;
      flow();
    },
    ...(onError && { onError }),
  });
  socket.on("data", (bytes: Uint8Array) => peer.receive(bytes));
  socket.on("drain", flow);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => peer.end());
}
