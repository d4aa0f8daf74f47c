/** A client and a peer of ours in one process, with nothing but bytes between them. */

import { setTimeout as sleep } from "node:timers/promises";
import { Peer } from "../../../src/bridges/p11kit/peer.ts";
import { createHsm, type Hsm } from "../../../src/index.ts";
import * as ck from "../../../src/pkcs11.ts";
import { Answer, frame, HANDSHAKE, out, request } from "./client.ts";

export const PIN = "1234";
export const SO_PIN = "12345678";

export const testHsm = (policy: "strict" | "pkcs11" = "pkcs11"): Hsm =>
  createHsm({ pin: PIN, soPin: SO_PIN, policy, pinCost: 2, slots: 2 });

export class Connection {
  readonly version: number;
  readonly peer: Peer;
  readonly errors: unknown[] = [];
  isClosed = false;
  paused: boolean[] = [];
  /** What has come back and was not asked for yet, by the code of its frame. */
  readonly #answers = new Map<number, Answer>();
  #received = Buffer.alloc(0);
  #code = 0x0f;
  /** The byte that the server answered the first one with. */
  agreed: number | undefined;

  constructor(hsm: Hsm, version: number) {
    this.version = version;
    this.peer = new Peer({
      hsm,
      send: (bytes) => this.#receive(bytes),
      close: () => {
        this.isClosed = true;
      },
      pause: (isPaused) => this.paused.push(isPaused),
      onError: (error) => this.errors.push(error),
    });
    this.peer.receive(Buffer.of(version));
  }

  /** Sends a call; its answer may come later. */
  start(id: number, signature: string, ...args: readonly Buffer[]): Promise<Answer> {
    this.#code += 1;
    this.peer.receive(frame(this.#code, request(id, signature, ...args), "module"));
    return this.#answerOf(this.#code);
  }

  /** Sends a call, and reads its answer, which must be there at once. */
  call(id: number, signature: string, ...args: readonly Buffer[]): Answer {
    return this.send(request(id, signature, ...args));
  }

  /** The same for a body of any kind. */
  send(body: Uint8Array): Answer {
    this.#code += 1;
    this.peer.receive(frame(this.#code, body));
    const answer = this.#answers.get(this.#code);
    if (answer === undefined) throw new Error("no answer");
    return answer;
  }

  sendAndWait(body: Uint8Array): Promise<Answer> {
    this.#code += 1;
    this.peer.receive(frame(this.#code, body));
    return this.#answerOf(this.#code);
  }

  /** The return value of a call. */
  rv(id: number, signature: string, ...args: readonly Buffer[]): number {
    return returnValue(this.call(id, signature, ...args));
  }

  /** C_Initialize, and a read-write session of a user who has logged in. */
  begin(isLoggedIn = true): number {
    this.initialize();
    const flags = ck.CKF_SERIAL_SESSION | ck.CKF_RW_SESSION;
    const session = this.call(10, "uu", out.u(1), out.u(flags)).u();
    if (isLoggedIn) this.rv(18, "uuay", out.u(session), out.u(ck.CKU_USER), out.ay(Buffer.from(PIN)));
    return session;
  }

  initialize(): void {
    this.rv(1, "ayyay", out.ay(HANDSHAKE), out.y(0), out.ay(Buffer.of(0)));
  }

  async #answerOf(code: number): Promise<Answer> {
    while (!this.#answers.has(code)) await sleep(1);
    return this.#answers.get(code) as Answer;
  }

  #receive(bytes: Uint8Array): void {
    if (this.agreed === undefined) {
      this.agreed = bytes[0] as number;
      return;
    }
    this.#received = Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= 12) {
      const end = 12 + this.#received.readUInt32BE(4) + this.#received.readUInt32BE(8);
      if (this.#received.length < end) return;
      this.#answers.set(this.#received.readUInt32BE(0), new Answer(this.#received.subarray(12, end)));
      this.#received = this.#received.subarray(end);
    }
  }
}

/** CKR_OK, or the CK_RV of an answer that is one. */
export function returnValue(answer: Answer): number {
  return answer.id === 0 ? answer.u() : ck.CKR_OK;
}
