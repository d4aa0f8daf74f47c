import { Secret } from "../bytes/secret.ts";
import type { HashName, OaepParams } from "../crypto/engine.ts";
import { hashBytes } from "../crypto/hash.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import type { TokenObject } from "../objects/object.ts";
import { useKeyMaterial } from "./key-material.ts";
import { modulusBytesOf, RSA_SIZE, rsaPrivateOf, rsaPublicOf } from "./keys/rsa.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, HASH_NAMES, MAX_PARAM_BYTES, oneOf, optional, paramReader } from "./params.ts";

/** `mgf` is the hash of MGF1, the same as `hash` unless told otherwise; `label` is empty then. */
export interface RsaOaepParams {
  readonly hash: HashName;
  readonly mgf?: HashName | undefined;
  readonly label?: Uint8Array | undefined;
}

const parse = paramReader<RsaOaepParams>({
  hash: oneOf(...HASH_NAMES),
  mgf: optional(oneOf(...HASH_NAMES)),
  label: optional(bytes(0, MAX_PARAM_BYTES)),
});

/** With what is not given filled in. */
export function completeOaep({ hash, mgf = hash, label = new Uint8Array(0) }: RsaOaepParams): OaepParams {
  return { hash, mgf, label };
}

/** @throws CkrError with `tooLong` when the message is longer than k − 2·hLen − 2 (RFC 8017, 7.1.1). */
export function sealOaep(
  context: Context,
  key: TokenObject,
  params: RsaOaepParams,
  message: Uint8Array,
  tooLong: CkrName,
): Uint8Array {
  const most = modulusBytesOf(key) - 2 * hashBytes(params.hash) - 2;
  demand(message.length <= most, tooLong, `key and hash take up to ${most} bytes, not ${message.length}`);
  return rsaPublicOf(context, key).oaepEncrypt(completeOaep(params), message, context.rng);
}

/** CKM_RSA_PKCS_OAEP (PKCS #11 v3.1, 6.1). Every failure that depends on the ciphertext's contents is one error. */
export const rsaPkcsOaep: Mechanism<"RSA_PKCS_OAEP", RsaOaepParams> = mechanism({
  name: "RSA_PKCS_OAEP",
  source: "PKCS #11 v3.1, 6.1; RFC 8017, 7.1",
  keyTypes: ["RSA"],
  keySize: RSA_SIZE,
  parse,
  encrypt: (context, key, params, data) => sealOaep(context, key, params, data, "DATA_LEN_RANGE"),
  decrypt(context, key, params, data) {
    const length = modulusBytesOf(key);
    demand(data.length === length, "ENCRYPTED_DATA_LEN_RANGE", `the ciphertext has ${length} bytes`);
    const plaintext = rsaPrivateOf(context, key).oaepDecrypt(completeOaep(params), data, context.rng);
    if (plaintext === undefined) throw new CkrError("ENCRYPTED_DATA_INVALID", "the ciphertext cannot be decrypted");
    return plaintext;
  },
  wrap: (context, key, params, target) =>
    useKeyMaterial(target, (material) => sealOaep(context, key, params, material, "KEY_SIZE_RANGE")),
  unwrap(context, key, params, wrapped) {
    const length = modulusBytesOf(key);
    demand(wrapped.length === length, "WRAPPED_KEY_LEN_RANGE", `the wrapped key has ${length} bytes`);
    const value = rsaPrivateOf(context, key).oaepDecrypt(completeOaep(params), wrapped, context.rng);
    if (value === undefined) throw new CkrError("WRAPPED_KEY_INVALID", "the wrapped key cannot be unwrapped");
    return { value: new Secret(value) };
  },
});
