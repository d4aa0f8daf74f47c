/** The server's end of one connection of p11-kit: bytes in, bytes out. One connection is one application. */

import { utf8, wipe } from "../../bytes/bytes.ts";
import { CKR_DEVICE_ERROR, CKR_GENERAL_ERROR } from "../../cryptoki/pkcs11t.ts";
import type { Hsm } from "../../token/hsm.ts";
import { Application } from "../c/application.ts";
import { BufferTooSmall, returnValueOf } from "../c/returned.ts";
import type { Call } from "./calls/call.ts";
import { general } from "./calls/general.ts";
import { keys } from "./calls/keys.ts";
import { messages, operations } from "./calls/operations.ts";
import { sessions } from "./calls/sessions.ts";
import { encodeFrame, type Frame, FrameReader } from "./frames.ts";
import type { Version } from "./mechanisms.ts";
import { readRequest, writeResponse } from "./signature.ts";
import { WireError, WireReader, WireWriter } from "./wire.ts";

/** Every call of versions 0, 1 and 2, by its number. */
export const CALLS: ReadonlyMap<number, Call> = new Map(
  [...general, ...sessions, ...operations, ...keys, ...messages].map((call) => [call.id, call]),
);

const NEWEST: Version = 2;
/** The number and the signature of an answer that is a CK_RV. */
const ERROR = { id: 0, response: "u" } as const;
/** Calls of one connection that take their time at once, each in a thread of the client. More wait in the socket. */
const MAX_RUNNING = 8;

export interface PeerOptions {
  readonly hsm: Hsm;
  /** Sends bytes to the client. They are the receiver's to wipe. */
  readonly send: (bytes: Uint8Array) => void;
  /** Ends the connection: what the client says is not this protocol. */
  readonly close: () => void;
  /** Asks for no more bytes for a while, or for more again. */
  readonly pause?: (isPaused: boolean) => void;
  /** Told of errors that are no return values; the client sees CKR_GENERAL_ERROR. */
  readonly onError?: (error: unknown) => void;
}

export class Peer {
  readonly #options: PeerOptions;
  readonly #application: Application;
  readonly #frames = new FrameReader();
  #version: Version | undefined;
  #running = 0;
  #ended = false;

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#application = new Application(options.hsm);
  }

  /** Bytes that have come. They are the peer's from now on. */
  receive(bytes: Uint8Array): void {
    if (this.#ended || bytes.length === 0) return;
    const isFirst = this.#version === undefined;
    if (isFirst) this.#agree(bytes[0] as number);
    this.#frames.add(isFirst ? bytes.subarray(1) : bytes);
    this.#pump();
  }

  /** The connection has ended: so have the application's sessions, their objects and its login. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#frames.wipe();
    this.#application.end();
  }

  /** The first byte is the newest version that the client knows; the answer is the one that both speak. */
  #agree(offered: number): void {
    this.#version = Math.min(offered, NEWEST) as Version;
    this.#options.send(Uint8Array.of(this.#version));
  }

  #pump(): void {
    try {
      while (!this.#ended && this.#running < MAX_RUNNING) {
        const frame = this.#frames.next();
        if (frame === undefined) return;
        this.#start(frame);
      }
    } catch (error) {
      if (!(error instanceof WireError)) this.#options.onError?.(error);
      this.end();
      this.#options.close();
      return;
    }
    if (!this.#ended) this.#options.pause?.(true);
  }

  /** Runs a call. Most are done at once; one that takes its time does not hold up those that come after it. */
  #start({ code, body }: Frame): void {
    const answer = (answered: Uint8Array): void => {
      wipe(body);
      if (!this.#ended) this.#options.send(encodeFrame({ code, body: answered }));
      wipe(answered);
    };
    const answered = this.#answer(body);
    if (answered instanceof Uint8Array) {
      answer(answered);
      return;
    }
    this.#running += 1;
    answered.then((bytes) => {
      answer(bytes);
      this.#running -= 1;
      if (this.#running === MAX_RUNNING - 1) this.#options.pause?.(false);
      this.#pump();
    });
  }

  #answer(body: Uint8Array): Uint8Array | Promise<Uint8Array> {
    let call: Call | undefined;
    const failed = (error: unknown): Uint8Array => this.#refusal(call, error);
    try {
      const version = this.#version as Version;
      const reader = new WireReader(body);
      call = callOf(reader, version);
      const { id, response, request, run } = call;
      const results = run({ application: this.#application, version }, readRequest(request, reader, version));
      const write = (values: readonly unknown[]): Uint8Array => encode(id, response, values, version);
      return results instanceof Promise ? results.then(write).catch(failed) : write(results);
    } catch (error) {
      return failed(error);
    }
  }

  /** An output that does not fit is its length; a return value is an answer of its own; anything else is our fault. */
  #refusal(call: Call | undefined, error: unknown): Uint8Array {
    if (error instanceof BufferTooSmall && call !== undefined) {
      // Before 0.25 a buffer of no bytes goes for none: an output of no bytes is whole either way.
      const isWhole = error.needed === 0;
      return begun(call.id, call.response)
        .u8(isWhole ? 1 : 0)
        .u32(error.needed)
        .finish();
    }
    const isWire = error instanceof WireError;
    const code = isWire ? CKR_DEVICE_ERROR : returnValueOf(error);
    if (code === undefined) this.#options.onError?.(error);
    return encode(ERROR.id, ERROR.response, [code ?? CKR_GENERAL_ERROR], NEWEST);
  }
}

/** @throws WireError for a call that this version does not have, and for one with another signature */
function callOf(reader: WireReader, version: Version): Call {
  const id = reader.u32();
  const signature = new TextDecoder().decode(reader.byteArray());
  const call = CALLS.get(id);
  if (call === undefined || call.since > version) throw new WireError(`version ${version} has no call ${id}`);
  if (call.request !== signature) throw new WireError(`the signature of ${call.name} is ${call.request}`);
  return call;
}

function begun(id: number, response: string): WireWriter {
  return new WireWriter().u32(id).byteArray(utf8(response));
}

function encode(id: number, response: string, values: readonly unknown[], version: Version): Uint8Array {
  const writer = begun(id, response);
  writeResponse(response, writer, values, version);
  return writer.finish();
}
