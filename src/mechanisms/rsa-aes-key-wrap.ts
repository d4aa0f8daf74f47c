import { concat, wipe } from "../bytes/bytes.ts";
import { Secret } from "../bytes/secret.ts";
import type { AesKey, Engine } from "../crypto/engine.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import { useKeyMaterial } from "./key-material.ts";
import { AES_KEY_BYTES } from "./keys/aes.ts";
import { modulusBytesOf, RSA_SIZE, rsaPrivateOf } from "./keys/rsa.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, HASH_NAMES, MAX_PARAM_BYTES, oneOf, optional, paramReader } from "./params.ts";
import { completeOaep, type RsaOaepParams, sealOaep } from "./rsa-oaep.ts";

/** CK_RSA_AES_KEY_WRAP_PARAMS: the length of the temporary AES key, 256 unless told otherwise, and those of OAEP. */
export interface RsaAesKeyWrapParams extends RsaOaepParams {
  readonly aesKeyBits?: number | undefined;
}

function withAes<T>({ aes }: Engine, key: Uint8Array, use: (aes: AesKey) => T): T {
  const prepared = aes(key);
  try {
    return use(prepared);
  } finally {
    prepared.destroy();
  }
}

function invalid(): CkrError {
  return new CkrError("WRAPPED_KEY_INVALID", "the wrapped key cannot be unwrapped");
}

/**
 * CKM_RSA_AES_KEY_WRAP (PKCS #11 v3.1, 6.1.22): a temporary AES key under RSA-OAEP, and after it the key under the
 * temporary one by AES key wrap with padding. Whatever is wrong with what is unwrapped is one error.
 */
export const rsaAesKeyWrap: Mechanism<"RSA_AES_KEY_WRAP", RsaAesKeyWrapParams> = mechanism({
  name: "RSA_AES_KEY_WRAP",
  source: "PKCS #11 v3.1, 6.1; RFC 8017, 7.1; RFC 5649",
  keyTypes: ["RSA"],
  keySize: RSA_SIZE,
  parse: paramReader<RsaAesKeyWrapParams>({
    aesKeyBits: optional(oneOf(...AES_KEY_BYTES.map((length) => 8 * length))),
    hash: oneOf(...HASH_NAMES),
    mgf: optional(oneOf(...HASH_NAMES)),
    label: optional(bytes(0, MAX_PARAM_BYTES)),
  }),
  wrap(context, key, { aesKeyBits = 256, ...oaep }, target) {
    const temporary = context.rng(aesKeyBits / 8);
    try {
      const sealed = sealOaep(context, key, oaep, temporary, "KEY_SIZE_RANGE");
      const wrapped = useKeyMaterial(target, (material) =>
        withAes(context.engine, temporary, (aes) => aes.kwpWrap(material)),
      );
      return concat(sealed, wrapped);
    } finally {
      wipe(temporary);
    }
  },
  unwrap(context, key, { aesKeyBits = 256, ...oaep }, wrapped) {
    const k = modulusBytesOf(key);
    demand(wrapped.length >= k + 16, "WRAPPED_KEY_LEN_RANGE", `the wrapped key has at least ${k + 16} bytes`);
    const sealed = wrapped.subarray(0, k);
    const temporary = rsaPrivateOf(context, key).oaepDecrypt(completeOaep(oaep), sealed, context.rng);
    if (temporary === undefined || temporary.length !== aesKeyBits / 8) throw invalid();
    const value = withAes(context.engine, temporary, (aes) => aes.kwpUnwrap(wrapped.subarray(k)));
    wipe(temporary);
    if (value === undefined) throw invalid();
    return { value: new Secret(value) };
  },
});
