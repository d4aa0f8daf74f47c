/** What the RSA signature suites share: mechanisms by hash, and DigestInfo for the hashes without one. */

import { concat } from "../../bytes/bytes.ts";
import type { HashName } from "../../crypto/engine.ts";
import { digestInfoPrefix } from "../../crypto/rsa/pkcs1.ts";
import type { MechanismName } from "../../cryptoki/constants.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import { digestOf, hashOf, hashOrXofOf } from "./hashes.ts";
import type { Input } from "./support.ts";
import { unlessOffered } from "./token.ts";

/** DigestInfo in DER (RFC 8017, 9.2, note 1). */
export function prehashedPkcs1(hash: HashName, digest: Uint8Array): Uint8Array {
  return concat(digestInfoPrefix(hash), digest);
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
