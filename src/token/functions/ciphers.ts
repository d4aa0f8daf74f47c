import type { ObjectHandle } from "../../cryptoki/handles.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import { decryptOnce, encryptOnce } from "../operations.ts";
import { input, type SessionCore } from "../session-core.ts";
import { ObjectFunctions } from "./objects.ts";

/** Encryption and decryption functions (PKCS #11 v3.2, 5.8 and 5.10). */
export class CipherFunctions extends ObjectFunctions {
  readonly #core: SessionCore;

  constructor(core: SessionCore) {
    super(core);
    this.#core = core;
  }

  /** C_EncryptInit and C_Encrypt. @throws CkrError CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_MECHANISM_INVALID, CKR_DATA_LEN_RANGE … */
  encrypt(mechanism: MechanismChoice, key: ObjectHandle, data: Uint8Array): Uint8Array {
    return this.#core.once("encrypt", mechanism, key, (ready) => {
      this.#core.operations.requireNone("encrypt");
      return encryptOnce(ready, input(data));
    });
  }

  encryptInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#core.start("encrypt", mechanism, key);
  }

  encryptUpdate(part: Uint8Array): Uint8Array {
    this.#core.require();
    return this.#core.operations.step("encrypt", (operation) => operation.update(input(part)));
  }

  encryptFinal(): Uint8Array {
    this.#core.require();
    return this.#core.operations.finish("encrypt", (operation) => operation.final());
  }

  /** C_DecryptInit and C_Decrypt. @throws CkrError CKR_ENCRYPTED_DATA_INVALID for all that depends on the data */
  decrypt(mechanism: MechanismChoice, key: ObjectHandle, data: Uint8Array): Uint8Array {
    return this.#core.once("decrypt", mechanism, key, (ready) => {
      this.#core.operations.requireNone("decrypt");
      return decryptOnce(ready, input(data));
    });
  }

  decryptInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#core.start("decrypt", mechanism, key);
  }

  decryptUpdate(part: Uint8Array): Uint8Array {
    this.#core.require();
    return this.#core.operations.step("decrypt", (operation) => operation.update(input(part)));
  }

  decryptFinal(): Uint8Array {
    this.#core.require();
    return this.#core.operations.finish("decrypt", (operation) => operation.final());
  }
}
