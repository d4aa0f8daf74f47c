import { equalBytes, wipe } from "../../bytes/bytes.ts";
import { ensure, ReturnedError } from "./errors.ts";

/** The operations of a session that fill a buffer of the caller's. */
export type OutputKind = "encrypt" | "decrypt" | "sign" | "digest" | "signRecover" | "verifyRecover";

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
 * call with a buffer that is large enough gets it. Any other call on the operation finds it active.
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
  update(kind: OutputKind, input: Uint8Array, out: Uint8Array, run: () => Uint8Array, step = "update"): Uint8Array {
    const filled = this.#fill(kind, step, input, out, run);
    this.#inParts.add(kind);
    return filled;
  }

  /** An update that gives nothing out. */
  absorb(kind: OutputKind, run: () => void): void {
    this.#requireNone(kind);
    this.#run(kind, run);
    this.#inParts.add(kind);
  }

  /** C_…Final. */
  final(kind: OutputKind, out: Uint8Array, run: () => Uint8Array): Uint8Array {
    const filled = this.#fill(kind, "final", new Uint8Array(0), out, run);
    this.#inParts.delete(kind);
    return filled;
  }

  /** The whole operation in one call, which cannot end one in parts (5.8.2). */
  once(kind: OutputKind, input: Uint8Array, out: Uint8Array, run: () => Uint8Array): Uint8Array {
    ensure(!this.#inParts.has(kind), "CKR_OPERATION_ACTIVE", "an operation in parts ends with its final call");
    return this.#fill(kind, "once", input, out, run);
  }

  #fill(kind: OutputKind, step: string, input: Uint8Array, out: Uint8Array, run: () => Uint8Array): Uint8Array {
    const held = this.#current(kind);
    const isSameCall = held === undefined || (held.step === step && equalBytes(held.input, input));
    ensure(isSameCall, "CKR_OPERATION_ACTIVE", "an output waits to be fetched with a larger buffer");
    const output = held?.output ?? this.#run(kind, run);
    if (output.length > out.length) {
      if (held === undefined)
        this.#held.set(kind, { step, input: Uint8Array.from(input), output, state: this.#state() });
      throw tooSmall(output, out);
    }
    this.#drop(kind);
    return fill(output, out);
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
    ensure(
      this.#current(kind) === undefined,
      "CKR_OPERATION_ACTIVE",
      "an output waits to be fetched with a larger buffer",
    );
  }

  #current(kind: OutputKind): Held | undefined {
    const held = this.#held.get(kind);
    if (held === undefined || held.state === this.#state()) return held;
    wipe(held.output);
    this.#drop(kind);
    return undefined;
  }

  #drop(kind: OutputKind): void {
    wipe(this.#held.get(kind)?.input);
    this.#held.delete(kind);
  }
}

/** Puts an output into the caller's buffer, of which the filled part is returned. */
export function fill(output: Uint8Array, out: Uint8Array): Uint8Array {
  if (output.length > out.length) throw tooSmall(output, out);
  out.set(output);
  wipe(output);
  return out.subarray(0, output.length);
}

function tooSmall(output: Uint8Array, out: Uint8Array): ReturnedError {
  return new ReturnedError("CKR_BUFFER_TOO_SMALL", `the output has ${output.length} bytes, the buffer ${out.length}`);
}
