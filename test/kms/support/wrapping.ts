/** What a customer does before an import: wraps key material with OpenSSL's primitives (developer guide, "Encrypt the key material"). */

import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";

/** The material under a wrapping key, by one of AWS's wrapping algorithms. */
export function wrapMaterial(algorithm: string, publicKey: Uint8Array, material: Uint8Array): Uint8Array {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" });
  const oaepHash = algorithm.endsWith("_SHA_1") ? "sha1" : "sha256";
  const seal = (bytes: Uint8Array): Buffer =>
    publicEncrypt({ key, oaepHash, padding: constants.RSA_PKCS1_OAEP_PADDING }, bytes);
  if (algorithm.startsWith("RSAES_OAEP")) return Uint8Array.from(seal(material));
  const temporary = randomBytes(32);
  const cipher = createCipheriv("id-aes256-wrap-pad", temporary, Buffer.from("A65959A6", "hex"));
  return Uint8Array.from(Buffer.concat([seal(temporary), cipher.update(material), cipher.final()]));
}
