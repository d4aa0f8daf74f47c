/** Attestation documents of AWS Nitro Enclaves (Nitro Enclaves user guide, "Cryptographic attestation"). */

import { equalBytes } from "../../bytes/bytes.ts";
import { type Cbor, type CborDialect, type CborMap, decodeCbor, PREFERRED, type Tagged } from "../../cbor/decode.ts";
import { encodeCbor } from "../../cbor/encode.ts";
import { demand } from "./attestation-error.ts";

/** What an enclave says of itself, in the words of the specification. */
export interface AttestationDocument {
  readonly moduleId: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** Platform configuration registers, by number. */
  readonly pcrs: ReadonlyMap<number, Uint8Array>;
  /** The certificate whose key signed the document, DER. */
  readonly certificate: Uint8Array;
  /** The chain above it: the root first, then downwards. */
  readonly cabundle: readonly Uint8Array[];
  /** For whom answers are encrypted: SubjectPublicKeyInfo in DER. */
  readonly publicKey?: Uint8Array;
  readonly userData?: Uint8Array;
  readonly nonce?: Uint8Array;
}

/** A document with its signature (RFC 9052, 4.2). */
export interface SignedDocument {
  readonly document: AttestationDocument;
  /** Sig_structure, in CBOR: what is signed (RFC 9052, 4.4). */
  readonly signed: Uint8Array;
  /** r ‖ s. */
  readonly signature: Uint8Array;
}

const COSE_SIGN1 = 18;
/** The protected header { 1 (alg): -35 (ES384) } (RFC 9053, 2.1). */
export const ES384: Uint8Array = Uint8Array.of(0xa1, 0x01, 0x38, 0x22);
const MAX_CHAIN = 16;

/** Nothing that a document has is deeper. */
const DIALECT: CborDialect = { ...PREFERRED, maxDepth: 8 };

/**
 * Reads a COSE_Sign1, with or without its tag, and the document inside. Nothing of it is verified.
 * @throws CborError, AttestationError
 */
export function readSignedDocument(bytes: Uint8Array): SignedDocument {
  const outer = decodeCbor(bytes, DIALECT) as Cbor;
  const sign1 = isTagged(outer) && outer.tag === COSE_SIGN1 ? outer.value : outer;
  demand(Array.isArray(sign1) && sign1.length === 4, "it is not a COSE_Sign1");
  const [header, unprotected, payload, signature] = sign1 as readonly Cbor[];
  demand(isBytes(header) && equalBytes(header, ES384), "it must say ES384");
  demand(unprotected instanceof Map && unprotected.size === 0, "its unprotected header must be empty");
  demand(isBytes(payload) && isBytes(signature) && signature.length === 96, "it has no payload or no signature");
  return { document: documentOf(decodeCbor(payload, DIALECT) as Cbor), signed: sigStructure(payload), signature };
}

/** [ "Signature1", protected header, external_aad (empty), payload ] */
export function sigStructure(payload: Uint8Array): Uint8Array {
  return encodeCbor(["Signature1", ES384, new Uint8Array(0), payload]);
}

function documentOf(value: Cbor): AttestationDocument {
  demand(value instanceof Map, "its payload must be a map");
  const map = value as CborMap;
  const moduleId = map.get("module_id");
  const timestamp = map.get("timestamp");
  demand(typeof moduleId === "string" && moduleId !== "", "it names no module");
  demand(map.get("digest") === "SHA384", "its digest must be SHA384");
  demand(typeof timestamp === "number" && timestamp > 0, "it has no timestamp");
  const cabundle = map.get("cabundle");
  demand(Array.isArray(cabundle) && cabundle.length >= 1 && cabundle.length <= MAX_CHAIN, "it has no chain");
  return {
    moduleId,
    timestamp,
    pcrs: pcrsOf(map.get("pcrs")),
    certificate: bytesOf(map.get("certificate"), "certificate", 1, 1024),
    cabundle: (cabundle as readonly Cbor[]).map((item) => bytesOf(item, "cabundle", 1, 1024)),
    ...optional("publicKey", map.get("public_key"), 1, 1024),
    ...optional("userData", map.get("user_data"), 0, 512),
    ...optional("nonce", map.get("nonce"), 0, 512),
  };
}

function pcrsOf(value: Cbor | undefined): ReadonlyMap<number, Uint8Array> {
  demand(value instanceof Map && value.size >= 1 && value.size <= 32, "it must have 1 to 32 PCRs");
  const pcrs = new Map<number, Uint8Array>();
  for (const [index, digest] of value as CborMap) {
    demand(typeof index === "number" && index >= 0 && index < 32, "a PCR's number is not from 0 to 31");
    demand(isBytes(digest) && [32, 48, 64].includes(digest.length), "a PCR must have 32, 48 or 64 bytes");
    pcrs.set(index, digest);
  }
  return pcrs;
}

function optional(name: "publicKey" | "userData" | "nonce", value: Cbor | undefined, min: number, max: number): object {
  return value === undefined || value === null ? {} : { [name]: bytesOf(value, name, min, max) };
}

function bytesOf(value: Cbor | undefined, name: string, min: number, max: number): Uint8Array {
  const fits = isBytes(value) && value.length >= min && value.length <= max;
  demand(fits, `its ${name} must be ${min} to ${max} bytes`);
  return value as Uint8Array;
}

function isBytes(value: Cbor | undefined): value is Uint8Array {
  return value instanceof Uint8Array;
}

function isTagged(value: Cbor): value is Tagged {
  return typeof value === "object" && value !== null && "tag" in value;
}
