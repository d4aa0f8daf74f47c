/** Message-based operations (PKCS #11 v3.2, 5.9, 5.11, 5.14 and 5.16): many messages under one key, begun once. */

import { CkrError, demand } from "../cryptoki/error.ts";
import type { Mechanism, SealedMessage } from "../mechanisms/mechanism.ts";
import { type Collector, collector } from "./collect.ts";
import { type Ready, signOnce, verifyOnce } from "./operations.ts";

/** What a caller says of one message; the mechanism reads it (message-aead.ts), after the session has copied it. */
export type GivenMessage = Readonly<Record<string, unknown>>;

/** A whole message and what its parameters were read as. */
interface Message {
  readonly params: unknown;
  readonly data: Uint8Array;
}

/** A process begun by C_MessageEncryptInit or its like, and the message that is on its way in parts. */
export class MessageProcess {
  readonly #ready: Ready;
  #begun: { readonly given: GivenMessage; readonly parts: Collector } | undefined;

  constructor(ready: Ready) {
    this.#ready = ready;
  }

  /** Between two messages. */
  get isIdle(): boolean {
    return this.#begun === undefined;
  }

  /** @throws CkrError CKR_OPERATION_ACTIVE in the middle of a message */
  requireIdle(): void {
    demand(this.isIdle, "OPERATION_ACTIVE", "this session is in the middle of a message");
  }

  /** A message in one. @throws CkrError CKR_MECHANISM_PARAM_INVALID */
  whole(given: GivenMessage, data: Uint8Array): Message {
    return { params: this.#parse(given), data };
  }

  /** Begins a message in parts. @throws CkrError CKR_MECHANISM_PARAM_INVALID */
  begin(given: GivenMessage): void {
    this.#parse(given);
    this.#begun = { given, parts: collector() };
  }

  next(part: Uint8Array): void {
    this.#require().parts.add(part);
  }

  /** The message that was begun, whole with its last part and what is said of it only now. */
  end(part: Uint8Array, more: GivenMessage = {}): Message {
    this.next(part);
    const { given, parts } = this.#require();
    this.#begun = undefined;
    return this.whole(Object.assign(Object.create(null), given, more), parts.take());
  }

  /** Runs a step in the middle of a message; an error ends the message. @throws CkrError CKR_OPERATION_NOT_INITIALIZED */
  step<T>(run: () => T): T {
    this.#require();
    try {
      return run();
    } catch (error) {
      this.#begun = undefined;
      throw error;
    }
  }

  encrypt({ params, data }: Message): SealedMessage {
    const { mechanism, context, key } = this.#ready;
    return (mechanism.messageEncrypt as NonNullable<Mechanism["messageEncrypt"]>)(context, key, params, data);
  }

  /** @throws CkrError CKR_AEAD_DECRYPT_FAILED */
  decrypt({ params, data }: Message): Uint8Array {
    const { mechanism, context, key } = this.#ready;
    const open = mechanism.messageDecrypt as NonNullable<Mechanism["messageDecrypt"]>;
    const plaintext = open(context, key, params, data);
    if (plaintext === undefined) throw new CkrError("AEAD_DECRYPT_FAILED", "the message is not authentic");
    return plaintext;
  }

  sign({ data }: Message): Uint8Array {
    return signOnce(this.#ready, data);
  }

  verify({ data }: Message, signature: Uint8Array): boolean {
    return verifyOnce(this.#ready, data, signature);
  }

  #parse(given: GivenMessage): unknown {
    return this.#ready.mechanism.parseMessage?.(given);
  }

  #require(): { readonly given: GivenMessage; readonly parts: Collector } {
    if (this.#begun === undefined)
      throw new CkrError("OPERATION_NOT_INITIALIZED", "this session is not in the middle of a message");
    return this.#begun;
  }
}
