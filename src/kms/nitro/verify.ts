/** Whether an attestation document is one: signature, certificate chain, time, nonce. */

import { equalBytes } from "../../bytes/bytes.ts";
import { CborError } from "../../cbor/decode.ts";
import { type Certificate, readCertificate } from "../../der/certificate.ts";
import { DerError } from "../../der/der-error.ts";
import { decodeEcdsaSignature } from "../../der/ecdsa-signature.ts";
import { decodeSpki } from "../../der/spki.ts";
import { AttestationError, demand } from "./attestation-error.ts";
import { type AttestationDocument, readSignedDocument } from "./document.ts";

/** Whom to believe, and how long. */
export interface AttestationTrust {
  /** Certificates in DER that a chain may end at. */
  readonly roots: readonly Uint8Array[];
  /** How old a document may be, and how far ahead of the clock, in milliseconds. */
  readonly maxAge: number;
  /** The nonce that a document must have, when one is expected. */
  readonly nonce?: Uint8Array;
}

/** Whether `signature`, r ‖ s, is `publicKey`'s (SubjectPublicKeyInfo) over the data: ECDSA P-384 with SHA-384. */
export type VerifySignature = (publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array) => boolean;

/**
 * The document, when all of it holds at the time `now` (milliseconds since the epoch).
 * @throws AttestationError that says what does not
 */
export function verifyAttestation(
  bytes: Uint8Array,
  trust: AttestationTrust,
  now: number,
  verify: VerifySignature,
): AttestationDocument {
  try {
    const { document, signed, signature } = readSignedDocument(bytes);
    const leaf = verifyChain(document, trust.roots, now, verify);
    demand(verify(leaf.publicKey, signed, signature), "its signature is not that of its certificate");
    const age = now - document.timestamp;
    demand(age <= trust.maxAge, "it is too old");
    demand(age >= -trust.maxAge, "it is from the future");
    if (trust.nonce !== undefined) {
      const same = document.nonce !== undefined && equalBytes(document.nonce, trust.nonce);
      demand(same, "its nonce is not the one that is expected");
    }
    return document;
  } catch (error) {
    if (error instanceof DerError || error instanceof CborError) throw new AttestationError(error.message);
    throw error;
  }
}

/**
 * The certificate of the document, at the end of a path from a trusted root (RFC 5280, 6.1): names chain, each is
 * signed by the one above, all are valid now, and those above are CAs that may sign certificates, with no more CAs
 * below them than they allow.
 */
function verifyChain(
  { certificate, cabundle }: AttestationDocument,
  roots: readonly Uint8Array[],
  now: number,
  verify: VerifySignature,
): Certificate {
  demand(
    roots.some((root) => equalBytes(root, cabundle[0] as Uint8Array)),
    roots.length === 0
      ? "no root is trusted: name one (createKms, nitro.roots)"
      : "its chain does not end at a trusted root",
  );
  const path = [...cabundle, certificate].map(readCertificate);
  path.forEach((current, i) => {
    demand(current.notBefore <= now, "a certificate is not valid yet");
    // To the last second of its time (RFC 5280, 4.1.2.5).
    demand(now < current.notAfter + 1000, "a certificate is not valid any more");
    const issuer = path[i - 1];
    if (issuer === undefined) return;
    demand(equalBytes(current.issuer, issuer.subject), "a certificate is not from the issuer above it");
    requireIssuer(issuer, path.slice(i, -1));
    const raw = decodeEcdsaSignature(current.signature, 48);
    demand(raw !== undefined && verify(issuer.publicKey, current.tbs, raw), "a certificate's signature is wrong");
  });
  const leaf = path.at(-1) as Certificate;
  demand(!leaf.isCa, "the certificate of a document must not be a CA's");
  demand(leaf.keyUsage?.digitalSignature === true, "the certificate of a document must be for digital signatures");
  return leaf;
}

/** @param below the CAs between this one and the document's certificate. */
function requireIssuer({ isCa, keyUsage, pathLength }: Certificate, below: readonly Certificate[]): void {
  demand(isCa, "a certificate is signed by one that is no CA's");
  demand(keyUsage?.keyCertSign === true, "a CA's certificate must be for signing certificates");
  const count = below.filter(({ issuer, subject }) => !equalBytes(issuer, subject)).length;
  demand(pathLength === undefined || count <= pathLength, "a chain is longer than one of its CAs allows");
}

/** Whether a public key can be answered to: RSA of 2048 to 4096 bits. */
export function isRsa(publicKey: Uint8Array): boolean {
  try {
    const info = decodeSpki(publicKey);
    return info.type === "RSA" && info.n.length >= 256 && info.n.length <= 512;
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}
