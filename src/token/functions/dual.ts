import { input, type SessionCore } from "../session-core.ts";
import { DigestFunctions } from "./digests.ts";

/** Dual-function cryptographic functions (PKCS #11 v3.2, 5.17): one part for two running operations; an error ends both. */
export class DualFunctions extends DigestFunctions {
  readonly #core: SessionCore;

  constructor(core: SessionCore) {
    super(core);
    this.#core = core;
  }

  /** C_DigestEncryptUpdate (5.17.1). */
  digestEncryptUpdate(part: Uint8Array): Uint8Array {
    this.#core.require();
    return this.#core.operations.stepBoth("digest", "encrypt", (digest, encrypt) => {
      const plaintext = input(part);
      digest.update(plaintext);
      return encrypt.update(plaintext);
    });
  }

  /** C_DecryptDigestUpdate (5.17.2). What C_DecryptFinal gives is the caller's to digest. */
  decryptDigestUpdate(part: Uint8Array): Uint8Array {
    this.#core.require();
    return this.#core.operations.stepBoth("decrypt", "digest", (decrypt, digest) => {
      const plaintext = decrypt.update(input(part));
      digest.update(plaintext);
      return plaintext;
    });
  }

  /** C_SignEncryptUpdate (5.17.3). */
  signEncryptUpdate(part: Uint8Array): Uint8Array {
    this.#core.require();
    return this.#core.operations.stepBoth("sign", "encrypt", (sign, encrypt) => {
      const plaintext = input(part);
      sign.update(plaintext);
      return encrypt.update(plaintext);
    });
  }

  /** C_DecryptVerifyUpdate (5.17.4). What C_DecryptFinal gives is the caller's to verify. */
  decryptVerifyUpdate(part: Uint8Array): Uint8Array {
    this.#core.require();
    return this.#core.operations.stepBoth("decrypt", "verify", (decrypt, verify) => {
      const plaintext = decrypt.update(input(part));
      verify.update(plaintext);
      return plaintext;
    });
  }
}
