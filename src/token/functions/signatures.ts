import type { ObjectHandle } from "../../cryptoki/handles.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import { requireSignatureLength, signOnce, signRecoverOnce, verifyOnce, verifyRecoverOnce } from "../operations.ts";
import { input, type SessionCore, verdict } from "../session-core.ts";
import { START } from "../start.ts";
import { MessageFunctions } from "./messages.ts";

/** Signing and verification functions, of signatures and MACs (PKCS #11 v3.2, 5.13 and 5.15). */
export class SignatureFunctions extends MessageFunctions {
  readonly #core: SessionCore;

  constructor(core: SessionCore) {
    super(core);
    this.#core = core;
  }

  /** C_SignInit and C_Sign. */
  sign(mechanism: MechanismChoice, key: ObjectHandle, data: Uint8Array): Uint8Array {
    return this.#core.once("sign", mechanism, key, (ready) => {
      this.#core.operations.requireNone("sign");
      return signOnce(ready, input(data));
    });
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
    return this.#core.once("verify", mechanism, key, (ready) => {
      this.#core.operations.requireNone("verify");
      return verdict(verifyOnce(ready, input(data), input(signature, "the signature")));
    });
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

  /** C_SignRecoverInit and C_SignRecover: a signature that gives its data back. */
  signRecover(mechanism: MechanismChoice, key: ObjectHandle, data: Uint8Array): Uint8Array {
    return this.#core.once("signRecover", mechanism, key, (ready) => {
      this.#core.operations.requireNone("signRecover");
      return signRecoverOnce(ready, input(data));
    });
  }

  signRecoverInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#core.start("signRecover", mechanism, key);
  }

  /** C_SignRecover after {@link signRecoverInit}: there are no parts. */
  signRecoverFinal(data: Uint8Array): Uint8Array {
    this.#core.require();
    return this.#core.operations.finish("signRecover", (sign) => sign(input(data)));
  }

  /** C_VerifyRecoverInit and C_VerifyRecover: the data. @throws CkrError CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE */
  verifyRecover(mechanism: MechanismChoice, key: ObjectHandle, signature: Uint8Array): Uint8Array {
    return this.#core.once("verifyRecover", mechanism, key, (ready) => {
      this.#core.operations.requireNone("verifyRecover");
      return verifyRecoverOnce(ready, input(signature, "the signature"));
    });
  }

  verifyRecoverInit(mechanism: MechanismChoice, key: ObjectHandle): void {
    this.#core.start("verifyRecover", mechanism, key);
  }

  /** C_VerifyRecover after {@link verifyRecoverInit}. */
  verifyRecoverFinal(signature: Uint8Array): Uint8Array {
    this.#core.require();
    return this.#core.operations.finish("verifyRecover", (verify) => verify(input(signature, "the signature")));
  }

  /** C_VerifySignatureInit and C_VerifySignature (v3.2): a verification that has the signature from the beginning. */
  verifySignature(mechanism: MechanismChoice, key: ObjectHandle, signature: Uint8Array, data: Uint8Array): true {
    return this.#core.once("verifySignature", mechanism, key, (ready) => {
      this.#core.operations.requireNone("verifySignature");
      return verdict(verifyOnce(ready, input(data), input(signature, "the signature")));
    });
  }

  /** @throws CkrError CKR_SIGNATURE_LEN_RANGE */
  verifySignatureInit(mechanism: MechanismChoice, key: ObjectHandle, signature: Uint8Array): void {
    const given = input(signature, "the signature");
    const ready = this.#core.ready("verifySignature", mechanism, key);
    this.#core.operations.requireNone("verifySignature");
    requireSignatureLength(ready, given);
    const stream = START.verify(ready);
    this.#core.operations.start("verifySignature", { stream, signature: given }, ready);
  }

  verifySignatureUpdate(part: Uint8Array): void {
    this.#core.require();
    this.#core.operations.step("verifySignature", ({ stream }) => stream.update(input(part)));
  }

  verifySignatureFinal(): true {
    this.#core.require();
    return verdict(this.#core.operations.finish("verifySignature", ({ stream, signature }) => stream.final(signature)));
  }
}
