import { equalBytes, wipe } from "../../bytes/bytes.ts";
import { BufferTooSmall, ensure, type Room } from "./returned.ts";

/** The operations of a session that fill a buffer of the caller's. */
export const OUTPUT_KINDS = [
  "encrypt",
  "decrypt",
  "sign",
  "digest",
  "signRecover",
  "verifyRecover",
  "messageSign",
] as const;

export type OutputKind = (typeof OUTPUT_KINDS)[number];

interface Held {
  readonly step: string;
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  /** The state of the session at that time: a logout takes the output away with the operation. */
  readonly state: string;
}

/**
 * Outputs on their way into buffers of the caller's (PKCS #11 v3.1, 5.2). The token does not know buffers: it gives an
 * output once. One that does not fit is held back, and the operation goes on as if the call had not been made: the same
 * call with a buffer that is large enough gets it. Any other call on the operation finds it active, unless the output is
 * empty: whoever has no buffer for no bytes may well mean to go on.
 */
export class Outputs {
  readonly #held = new Map<OutputKind, Held>();
  readonly #inParts = new Set<OutputKind>();
  readonly #state: () => string;

  /** @param state the session's state; throws when the session has ended */
  constructor(state: () => string) {
    this.#state = state;
  }

  /** C_…Init. */
  begin(kind: OutputKind, start: () => void): void {
    this.#requireNone(kind);
    start();
    this.#inParts.delete(kind);
  }

  /** C_…Update; `step` is the name of the call where it does something else besides. */
  update(kind: OutputKind, input: Uint8Array, room: Room, run: () => Uint8Array, step = "update"): Uint8Array {
    const output = this.#fit(kind, step, input, room, run);
    this.#inParts.add(kind);
    return output;
  }

  /** An update that gives nothing out. */
  absorb(kind: OutputKind, run: () => void): void {
    this.#requireNone(kind);
    this.#run(kind, run);
    this.#inParts.add(kind);
  }

  /** C_…Final. */
  final(kind: OutputKind, room: Room, run: () => Uint8Array): Uint8Array {
    const output = this.#fit(kind, "final", new Uint8Array(0), room, run);
    this.#inParts.delete(kind);
    return output;
  }

  /** The whole operation in one call, which cannot end one in parts (5.8.2). */
  once(kind: OutputKind, input: Uint8Array, room: Room, run: () => Uint8Array): Uint8Array {
    ensure(!this.#inParts.has(kind), "CKR_OPERATION_ACTIVE", "an operation in parts ends with its final call");
    return this.#fit(kind, "once", input, room, run);
  }

  #fit(kind: OutputKind, step: string, input: Uint8Array, room: Room, run: () => Uint8Array): Uint8Array {
    const isSameCall = (held: Held): boolean => held.step === step && equalBytes(held.input, input);
    if (!this.#isHeld(kind, isSameCall)) this.#requireNone(kind);
    const held = this.#current(kind);
    const output = held?.output ?? this.#run(kind, run);
    if (room === undefined || output.length > room) {
      if (held === undefined)
        this.#held.set(kind, { step, input: Uint8Array.from(input), output, state: this.#state() });
      throw new BufferTooSmall(output.length, room);
    }
    this.#drop(kind);
    return output;
  }

  /** One message of a process that goes on (5.14); `step` tells whole messages from those in parts. */
  message(kind: "messageSign", step: string, input: Uint8Array, room: Room, run: () => Uint8Array): Uint8Array {
    return this.#fit(kind, step, input, room, run);
  }

  /** C_SessionCancel, or C_…Init without a mechanism: what waits is gone with the operation. */
  cancel(kind: OutputKind): void {
    this.#drop(kind);
    this.#inParts.delete(kind);
  }

  /** An error ends the operation, in the token and so here. */
  #run<T>(kind: OutputKind, run: () => T): T {
    try {
      return run();
    } catch (error) {
      this.#inParts.delete(kind);
      throw error;
    }
  }

  #requireNone(kind: OutputKind): void {
    const isEmpty = (held: Held): boolean => held.output.length === 0;
    if (this.#isHeld(kind, isEmpty)) this.#drop(kind);
    const isWaiting = this.#current(kind) !== undefined;
    ensure(!isWaiting, "CKR_OPERATION_ACTIVE", "an output waits to be fetched with a larger buffer");
  }

  #isHeld(kind: OutputKind, isMeant: (held: Held) => boolean): boolean {
    const held = this.#current(kind);
    return held !== undefined && isMeant(held);
  }

  #current(kind: OutputKind): Held | undefined {
    const held = this.#held.get(kind);
    if (held === undefined || held.state === this.#state()) return held;
    wipe(held.output);
    this.#drop(kind);
    return undefined;
  }

  /** The output itself is the caller's, or wiped already. */
  #drop(kind: OutputKind): void {
    wipe(this.#held.get(kind)?.input);
    this.#held.delete(kind);
  }
}
