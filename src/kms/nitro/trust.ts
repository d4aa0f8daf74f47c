/** `kms.nitro`: which enclaves are believed. */

import { readCertificate } from "../../der/certificate.ts";
import { readPem } from "../../der/key-file.ts";
import type { Restorable } from "../../storage/restorable.ts";
import type { Duration } from "../clock.ts";
import { lengthOf } from "../clock.ts";
import type { AttestationTrust } from "./verify.ts";

export interface NitroOptions {
  /** Root certificates, in PEM or DER: a test enclave's, or AWS's own. None by default: no document is believed. */
  readonly roots?: readonly (string | Uint8Array)[];
  /** How old a document may be; five minutes by default. */
  readonly maxAge?: Duration;
  /** The nonce that every document must have, if any. */
  readonly nonce?: Uint8Array;
}

/** The roots, nonce and age by which attestation documents are verified. */
export class NitroTrust implements Restorable<AttestationTrust> {
  #trust: AttestationTrust;

  /** @throws DerError for a root that is no certificate, RangeError for an age that is none */
  constructor({ roots = [], maxAge = { minutes: 5 }, nonce }: NitroOptions = {}) {
    this.#trust = { roots: [], maxAge: lengthOf(maxAge), ...(nonce && { nonce: Uint8Array.from(nonce) }) };
    for (const root of roots) this.trust(root);
  }

  /** Believes documents whose chains begin at this root, in PEM or DER. @throws DerError */
  trust(root: string | Uint8Array): void {
    const ders = typeof root === "string" ? readPem(root).map(({ bytes }) => bytes) : [Uint8Array.from(root)];
    if (ders.length === 0) throw new TypeError("a root is a certificate in PEM or DER");
    for (const der of ders) readCertificate(der);
    this.#trust = { ...this.#trust, roots: [...this.#trust.roots, ...ders] };
  }

  /** From now on documents must have this nonce, or may have any. */
  expectNonce(nonce: Uint8Array | undefined): void {
    const { nonce: _, ...rest } = this.#trust;
    this.#trust = nonce === undefined ? rest : { ...rest, nonce: Uint8Array.from(nonce) };
  }

  save(): AttestationTrust {
    return this.#trust;
  }

  load(state: AttestationTrust): void {
    this.#trust = state;
  }
}
