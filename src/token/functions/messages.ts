import { readOptions } from "../../cryptoki/caller.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import type { SealedMessage } from "../../mechanisms/mechanism.ts";
import type { MessageParams } from "../../mechanisms/message-aead.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import type { GivenMessage, MessageProcess } from "../messages.ts";
import type { MessageKind } from "../operations.ts";
import { input, type SessionCore, verdict } from "../session-core.ts";
import { CipherFunctions } from "./ciphers.ts";

/**
 * Message-based functions (PKCS #11 v3.2, 5.9, 5.11, 5.14 and 5.16): one key, many messages. An error ends the message
 * that it befalls; the process goes on to the next until its final call, C_SessionCancel or a logout. A key of
 * CKA_ALWAYS_AUTHENTICATE wants a context-specific login before each message.
 */
export class MessageFunctions extends CipherFunctions {
  readonly #core: SessionCore;

  constructor(core: SessionCore) {
    super(core);
    this.#core = core;
  }

  /** C_MessageEncryptInit (5.9.1): any number of messages follow, until {@link messageEncryptFinal}. */
  messageEncryptInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#core.start("messageEncrypt", mechanism, key);
  }

  /** C_EncryptMessage (5.9.2). The token makes the IV unless one is given. @throws CkrError CKR_MECHANISM_PARAM_INVALID … */
  encryptMessage(params: MessageParams, data: Uint8Array): SealedMessage {
    return this.#fresh("messageEncrypt", params, (messages, given) =>
      messages.encrypt(messages.whole(given, input(data))),
    );
  }

  /** C_EncryptMessageBegin (5.9.3). @throws CkrError CKR_OPERATION_ACTIVE */
  encryptMessageBegin(params: MessageParams): void {
    this.#fresh("messageEncrypt", params, (messages, given) => messages.begin(given));
  }

  /** C_EncryptMessageNext (5.9.4): the parts are kept until the message ends. */
  encryptMessageNext(part: Uint8Array): void {
    this.#running("messageEncrypt", (messages) => messages.next(input(part)));
  }

  /** C_EncryptMessageNext with CKF_END_OF_MESSAGE: the message, whole. */
  encryptMessageEnd(part: Uint8Array): SealedMessage {
    return this.#running("messageEncrypt", (messages) => messages.encrypt(messages.end(input(part))));
  }

  /** C_MessageEncryptFinal (5.9.5). */
  messageEncryptFinal(): void {
    this.#core.require();
    this.#core.operations.finish("messageEncrypt", () => undefined);
  }

  /** C_MessageDecryptInit (5.11.1). */
  messageDecryptInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#core.start("messageDecrypt", mechanism, key);
  }

  /** C_DecryptMessage (5.11.2), with the `iv` and the `tag` of the message. @throws CkrError CKR_AEAD_DECRYPT_FAILED */
  decryptMessage(params: MessageParams, ciphertext: Uint8Array): Uint8Array {
    return this.#fresh("messageDecrypt", params, (messages, given) =>
      messages.decrypt(messages.whole(given, input(ciphertext, "the ciphertext"))),
    );
  }

  /** C_DecryptMessageBegin (5.11.3). @throws CkrError CKR_OPERATION_ACTIVE */
  decryptMessageBegin(params: MessageParams): void {
    this.#fresh("messageDecrypt", params, (messages, given) => messages.begin(given));
  }

  /** C_DecryptMessageNext (5.11.4): no plaintext leaves before the tag has been checked. */
  decryptMessageNext(part: Uint8Array): void {
    this.#running("messageDecrypt", (messages) => messages.next(input(part)));
  }

  /**
   * C_DecryptMessageNext with CKF_END_OF_MESSAGE: the plaintext, whole. What was not known of the message when it began,
   * its `tag`, may be said here.
   * @throws CkrError CKR_AEAD_DECRYPT_FAILED
   */
  decryptMessageEnd(part: Uint8Array, params: MessageParams = {}): Uint8Array {
    const more = readOptions(params) as GivenMessage;
    return this.#running("messageDecrypt", (messages) => messages.decrypt(messages.end(input(part), more)));
  }

  /** C_MessageDecryptFinal (5.11.5). */
  messageDecryptFinal(): void {
    this.#core.require();
    this.#core.operations.finish("messageDecrypt", () => undefined);
  }

  /** C_MessageSignInit (5.14.1), with any mechanism that signs. */
  messageSignInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#core.start("messageSign", mechanism, key);
  }

  /** C_SignMessage (5.14.2). */
  signMessage(data: Uint8Array): Uint8Array {
    return this.#fresh("messageSign", {}, (messages) => messages.sign(messages.whole({}, input(data))));
  }

  /** C_SignMessageBegin (5.14.3). @throws CkrError CKR_OPERATION_ACTIVE */
  signMessageBegin(): void {
    this.#fresh("messageSign", {}, (messages) => messages.begin({}));
  }

  /** C_SignMessageNext (5.14.4). */
  signMessageNext(part: Uint8Array): void {
    this.#running("messageSign", (messages) => messages.next(input(part)));
  }

  /** C_SignMessageNext that asks for the signature. */
  signMessageEnd(part: Uint8Array): Uint8Array {
    return this.#running("messageSign", (messages) => messages.sign(messages.end(input(part))));
  }

  /** C_MessageSignFinal (5.14.5). */
  messageSignFinal(): void {
    this.#core.require();
    this.#core.operations.finish("messageSign", () => undefined);
  }

  /** C_MessageVerifyInit (5.16.1), with any mechanism that verifies. */
  messageVerifyInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#core.start("messageVerify", mechanism, key);
  }

  /** C_VerifyMessage (5.16.2). @throws CkrError CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE */
  verifyMessage(data: Uint8Array, signature: Uint8Array): true {
    return this.#fresh("messageVerify", {}, (messages) =>
      verdict(messages.verify(messages.whole({}, input(data)), input(signature, "the signature"))),
    );
  }

  /** C_VerifyMessageBegin (5.16.3). @throws CkrError CKR_OPERATION_ACTIVE */
  verifyMessageBegin(): void {
    this.#fresh("messageVerify", {}, (messages) => messages.begin({}));
  }

  /** C_VerifyMessageNext (5.16.4). */
  verifyMessageNext(part: Uint8Array): void {
    this.#running("messageVerify", (messages) => messages.next(input(part)));
  }

  /** C_VerifyMessageNext with the signature. @throws CkrError CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE */
  verifyMessageEnd(part: Uint8Array, signature: Uint8Array): true {
    return this.#running("messageVerify", (messages) =>
      verdict(messages.verify(messages.end(input(part)), input(signature, "the signature"))),
    );
  }

  /** C_MessageVerifyFinal (5.16.5). */
  messageVerifyFinal(): void {
    this.#core.require();
    this.#core.operations.finish("messageVerify", () => undefined);
  }

  /** Begins a message, or does a whole one. Parameters are read before the session looks at its state. */
  #fresh<T>(kind: MessageKind, params: MessageParams, run: (messages: MessageProcess, given: GivenMessage) => T): T {
    const given = readOptions(params) as GivenMessage;
    this.#core.require();
    return this.#core.operations.during(kind, (messages) => {
      messages.requireIdle();
      return run(messages, given);
    });
  }

  /** Goes on with a message. */
  #running<T>(kind: MessageKind, run: (messages: MessageProcess) => T): T {
    this.#core.require();
    return this.#core.operations.during(kind, (messages) => messages.step(() => run(messages)));
  }
}
