import { readOptions } from "../../cryptoki/caller.ts";
import { demand } from "../../cryptoki/error.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import type { AuthenticatedKey, NewKeyPair } from "../../mechanisms/mechanism.ts";
import type { MessageParams } from "../../mechanisms/message-aead.ts";
import { type MechanismChoice, parseChoice } from "../../mechanisms/registry.ts";
import { type KeyTemplate, readTemplate, takeTemplate } from "../../objects/template.ts";
import { decapsulate, encapsulate } from "../encapsulation.ts";
import * as keys from "../key-management.ts";
import { installPair, type PairJob, pairInThread, startPair } from "../key-pairs.ts";
import { unwrap, unwrapAuthenticated, wrap, wrapAuthenticated } from "../key-wrapping.ts";
import { input, type SessionCore } from "../session-core.ts";
import { requireNotAborted, runInSlices, untilDone } from "../slices.ts";
import { withoutParams } from "../start.ts";
import { DualFunctions } from "./dual.ts";

export interface KeyPairHandles {
  readonly publicKey: ObjectHandle;
  readonly privateKey: ObjectHandle;
}

/** Key management functions (PKCS #11 v3.2, 5.18). */
export class KeyFunctions extends DualFunctions {
  readonly #core: SessionCore;

  constructor(core: SessionCore) {
    super(core);
    this.#core = core;
  }

  /** C_GenerateKey. */
  generateKey(mechanism: MechanismChoice, template: KeyTemplate = {}): ObjectHandle {
    const chosen = parseChoice(mechanism);
    const given = readTemplate(template, "SECRET_KEY");
    this.#core.require();
    const { handle } = keys.generate(this.#core.place, chosen, given);
    this.#core.completed("generateKey", chosen);
    return handle;
  }

  /** C_GenerateKeyPair. One template serves both halves; two are for the public and the private one. */
  generateKeyPair(
    mechanism: MechanismChoice,
    publicTemplate: KeyTemplate = {},
    privateTemplate?: KeyTemplate,
  ): KeyPairHandles {
    const job = this.#startPair(mechanism, publicTemplate, privateTemplate);
    let step = job.steps.next();
    while (!step.done) step = job.steps.next();
    return this.#installPair(job, step.value);
  }

  /**
   * C_GenerateKeyPair without holding up the event loop: in a thread of the engine's, where it has threads, or in slices.
   * It is the pair that {@link generateKeyPair} would have made.
   * @throws CkrError CKR_FUNCTION_CANCELED when the signal is aborted; nothing has been created then.
   */
  async generateKeyPairAsync(
    mechanism: MechanismChoice,
    publicTemplate: KeyTemplate = {},
    privateTemplate?: KeyTemplate,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<KeyPairHandles> {
    const { signal } = readOptions(options);
    demand(signal === undefined || signal instanceof AbortSignal, "ARGUMENTS_BAD", "signal must be an AbortSignal");
    const job = this.#startPair(mechanism, publicTemplate, privateTemplate);
    requireNotAborted(signal);
    const running = pairInThread(this.#core.place, job);
    const made = running === undefined ? runInSlices(job.steps, signal) : untilDone(running, signal);
    return this.#installPair(job, await made);
  }

  /** C_DeriveKey. */
  deriveKey(mechanism: MechanismChoice, baseKey: ObjectHandle, template: KeyTemplate = {}): ObjectHandle {
    const given = readTemplate(template, "SECRET_KEY");
    return this.#core.once("derive", mechanism, baseKey, (ready) => keys.derive(this.#core.place, ready, given).handle);
  }

  /** C_EncapsulateKey (v3.2, 5.18.8): a new secret key from a public key, and the ciphertext for its owner. */
  encapsulateKey(
    mechanism: MechanismChoice,
    publicKey: ObjectHandle,
    template: KeyTemplate = {},
  ): { readonly key: ObjectHandle; readonly ciphertext: Uint8Array } {
    const given = readTemplate(template, "SECRET_KEY");
    return this.#core.once("encapsulate", mechanism, publicKey, (ready) => {
      const { key, ciphertext } = encapsulate(this.#core.place, ready, given);
      return { key: key.handle, ciphertext };
    });
  }

  /** C_DecapsulateKey (v3.2, 5.18.9). Any ciphertext of the right length gives a key. @throws CkrError CKR_ENCRYPTED_DATA_LEN_RANGE */
  decapsulateKey(
    mechanism: MechanismChoice,
    privateKey: ObjectHandle,
    ciphertext: Uint8Array,
    template: KeyTemplate = {},
  ): ObjectHandle {
    const given = readTemplate(template, "SECRET_KEY");
    return this.#core.once(
      "decapsulate",
      mechanism,
      privateKey,
      (ready) => decapsulate(this.#core.place, ready, input(ciphertext, "the ciphertext"), given).handle,
    );
  }

  /** C_WrapKey. @throws CkrError CKR_KEY_UNEXTRACTABLE, CKR_KEY_NOT_WRAPPABLE, CKR_WRAPPING_KEY_SIZE_RANGE … */
  wrapKey(mechanism: MechanismChoice, wrappingKey: ObjectHandle, key: ObjectHandle): Uint8Array {
    return this.#core.once("wrap", mechanism, wrappingKey, (ready) =>
      wrap(this.#core.place, ready, this.#core.object(key, "KEY_HANDLE_INVALID")),
    );
  }

  /** C_UnwrapKey. @throws CkrError CKR_WRAPPED_KEY_INVALID for all that depends on the blob */
  unwrapKey(
    mechanism: MechanismChoice,
    unwrappingKey: ObjectHandle,
    wrapped: Uint8Array,
    template: KeyTemplate = {},
  ): ObjectHandle {
    const given = readTemplate(template, "SECRET_KEY");
    return this.#core.once(
      "unwrap",
      mechanism,
      unwrappingKey,
      (ready) => unwrap(this.#core.place, ready, input(wrapped, "the wrapped key"), given).handle,
    );
  }

  /**
   * C_WrapKeyAuthenticated (v3.2, 5.18.6): a key, and data that is authenticated with it. As with a message, the token
   * makes the IV unless one is given; PHSM_BOUND_WRAP keeps IV and tag in the blob, and takes `aad` alone.
   * @throws CkrError CKR_MECHANISM_INVALID, and what {@link wrapKey} throws
   */
  wrapKeyAuthenticated(
    mechanism: MechanismChoice,
    wrappingKey: ObjectHandle,
    key: ObjectHandle,
    params: MessageParams = {},
  ): AuthenticatedKey {
    const given = readOptions(params) as Readonly<Record<string, unknown>>;
    return this.#core.once("wrap", mechanism, wrappingKey, (ready) =>
      wrapAuthenticated(this.#core.place, withoutParams(ready), this.#core.object(key, "KEY_HANDLE_INVALID"), given),
    );
  }

  /**
   * C_UnwrapKeyAuthenticated (v3.2, 5.18.7), with the `iv`, the `tag` and the `aad` of the wrapping.
   * @throws CkrError CKR_WRAPPED_KEY_INVALID for all that depends on the blob
   */
  unwrapKeyAuthenticated(
    mechanism: MechanismChoice,
    unwrappingKey: ObjectHandle,
    wrapped: Uint8Array,
    params: MessageParams = {},
    template: KeyTemplate = {},
  ): ObjectHandle {
    const message = readOptions(params) as Readonly<Record<string, unknown>>;
    const given = readTemplate(template, "SECRET_KEY");
    return this.#core.once("unwrap", mechanism, unwrappingKey, (ready) => {
      const blob = input(wrapped, "the wrapped key");
      return unwrapAuthenticated(this.#core.place, withoutParams(ready), blob, message, given).handle;
    });
  }

  #startPair(choice: MechanismChoice, publicTemplate: KeyTemplate, privateTemplate: KeyTemplate | undefined): PairJob {
    const chosen = parseChoice(choice);
    const forPublic = takeTemplate(publicTemplate);
    const forPrivate = privateTemplate === undefined ? undefined : takeTemplate(privateTemplate);
    this.#core.require();
    return startPair(this.#core.place, chosen, forPublic, forPrivate);
  }

  #installPair(job: PairJob, made: NewKeyPair): KeyPairHandles {
    this.#core.requireStill();
    const [publicKey, privateKey] = installPair(this.#core.place, job, made);
    this.#core.completed("generateKeyPair", job);
    return { publicKey: publicKey.handle, privateKey: privateKey.handle };
  }
}
