import type { ObjectHandle } from "../../cryptoki/handles.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import { signOnce, verifyOnce } from "../operations.ts";
import { input, type SessionCore, verdict } from "../session-core.ts";
import { CipherFunctions } from "./ciphers.ts";

/** Signing and verification functions, of signatures and MACs (PKCS #11 v3.2, 5.13 and 5.15). */
export class SignatureFunctions extends CipherFunctions {
  readonly #core: SessionCore;

  constructor(core: SessionCore) {
    super(core);
    this.#core = core;
  }

  /** C_SignInit and C_Sign. */
  sign(mechanism: MechanismChoice, key: ObjectHandle, data: Uint8Array): Uint8Array {
    const ready = this.#core.ready("sign", mechanism, key);
    this.#core.operations.requireNone("sign");
    return signOnce(ready, input(data));
  }

  signInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#core.start("sign", mechanism, key);
  }

  signUpdate(part: Uint8Array): void {
    this.#core.require();
    this.#core.operations.step("sign", (operation) => operation.update(input(part)));
  }

  signFinal(): Uint8Array {
    this.#core.require();
    return this.#core.operations.finish("sign", (operation) => operation.digest());
  }

  /** C_VerifyInit and C_Verify: true, or an error. @throws CkrError CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE */
  verify(mechanism: MechanismChoice, key: ObjectHandle, data: Uint8Array, signature: Uint8Array): true {
    const ready = this.#core.ready("verify", mechanism, key);
    this.#core.operations.requireNone("verify");
    return verdict(verifyOnce(ready, input(data), input(signature, "the signature")));
  }

  verifyInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#core.start("verify", mechanism, key);
  }

  verifyUpdate(part: Uint8Array): void {
    this.#core.require();
    this.#core.operations.step("verify", (operation) => operation.update(input(part)));
  }

  verifyFinal(signature: Uint8Array): true {
    this.#core.require();
    return verdict(
      this.#core.operations.finish("verify", (operation) => operation.final(input(signature, "the signature"))),
    );
  }
}
