/** What the RSA signature suites share: mechanisms by hash, and DigestInfo for the hashes without one. */

import { concat, fromHex } from "../../bytes/bytes.ts";
import type { HashName } from "../../crypto/engine.ts";
import type { MechanismName } from "../../cryptoki/constants.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import { digestOf, hashOf, hashOrXofOf } from "./hashes.ts";
import type { Input } from "./support.ts";
import { unlessOffered } from "./token.ts";

/** The AlgorithmIdentifier's OID of each hash (RFC 8017, B.1; FIPS 202 and 180-4 by NIST's arc 2.16.840.1.101.3.4.2). */
const OIDS: Readonly<Partial<Record<HashName, string>>> = {
  SHA1: "06052b0e03021a",
  SHA224: "0609608648016503040204",
  SHA256: "0609608648016503040201",
  SHA384: "0609608648016503040202",
  SHA512: "0609608648016503040203",
  SHA3_224: "0609608648016503040207",
  SHA3_256: "0609608648016503040208",
  SHA3_384: "0609608648016503040209",
  SHA3_512: "060960864801650304020a",
  SHA512_224: "0609608648016503040205",
  SHA512_256: "0609608648016503040206",
};

/** DigestInfo in DER, with the NULL parameters of RFC 8017, 9.2, note 1. */
export function prehashedPkcs1(name: HashName, digest: Uint8Array): Uint8Array {
  const oid = fromHex(OIDS[name] ?? "");
  const algorithm = concat(Uint8Array.of(0x30, oid.length + 2), oid, Uint8Array.of(0x05, 0x00));
  const length = algorithm.length + 2 + digest.length;
  return concat(Uint8Array.of(0x30, length), algorithm, Uint8Array.of(0x04, digest.length), digest);
}

/** RSASSA-PKCS1-v1_5: the hashing mechanism, or CKM_RSA_PKCS on a DigestInfo. */
export function pkcs1Of(
  input: Pick<Input, "session" | "offers">,
  hashName: string,
  message: Uint8Array,
): { readonly mechanism: MechanismChoice; readonly data: Uint8Array } {
  const hash = hashOf(hashName);
  const own = `${hash}_RSA_PKCS` as MechanismName;
  if (hash === undefined || unlessOffered(input, own) === undefined)
    return { mechanism: own as "SHA256_RSA_PKCS", data: message };
  return { mechanism: "RSA_PKCS", data: prehashedPkcs1(hash, digestOf(input.session, hash, message)) } as const;
}

/** The code of the skip for a hash that has no DigestInfo. */
export function unlessPkcs1(hashName: string): string | undefined {
  const hash = hashOf(hashName);
  return hash === undefined || hash === "SM3" ? "no-mechanism" : undefined;
}

/** RSASSA-PSS: the hashing mechanism, or CKM_RSA_PKCS_PSS on a digest of the token. */
export function pssOf(
  input: Pick<Input, "session" | "offers">,
  hashName: string,
  mgfName: string,
  saltBytes: number,
  message: Uint8Array,
): { readonly mechanism: MechanismChoice; readonly data: Uint8Array } {
  const [hash, mgf] = [hashOrXofOf(hashName), hashOrXofOf(mgfName)];
  if (hash === undefined || mgf === undefined) throw new TypeError(`no hash of the token: ${hashName}, ${mgfName}`);
  const own = `${hash}_RSA_PKCS_PSS` as MechanismName;
  if (unlessOffered(input, own) === undefined)
    return { mechanism: { mechanism: own as "SHA256_RSA_PKCS_PSS", mgf, saltBytes }, data: message };
  return {
    mechanism: { mechanism: "RSA_PKCS_PSS", hash, mgf, saltBytes },
    data: digestOf(input.session, hash, message),
  };
}
