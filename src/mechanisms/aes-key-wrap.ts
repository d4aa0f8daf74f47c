import { Secret } from "../bytes/secret.ts";
import type { AesKey } from "../crypto/engine.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import { useKeyMaterial } from "./key-material.ts";
import { aesKeyOf } from "./keys/aes.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { type NoParams, noParams } from "./params.ts";

type KeyWrapName = "AES_KEY_WRAP" | "AES_KEY_WRAP_PAD" | "AES_KEY_WRAP_KWP";

interface KeyWrapMode {
  readonly source: string;
  readonly wrap: (aes: AesKey, data: Uint8Array) => Uint8Array;
  readonly unwrap: (aes: AesKey, wrapped: Uint8Array) => Uint8Array | undefined;
  readonly isLength: (dataBytes: number) => boolean;
  /** Bytes of the shortest wrapped data. */
  readonly least: number;
}

const MAX_BYTES = 65_536;

function keyWrap<N extends KeyWrapName>(name: N, mode: KeyWrapMode): Mechanism<N, NoParams> {
  const isWrapped = (length: number): boolean => length % 8 === 0 && length >= mode.least && length <= MAX_BYTES + 16;
  return mechanism({
    name,
    source: mode.source,
    keyTypes: ["AES"],
    keySize: { min: 16, max: 32, unit: "bytes" },
    parse: noParams,
    encrypt(context, key, _params, data) {
      demand(mode.isLength(data.length), "DATA_LEN_RANGE", `${name} does not take ${data.length} bytes`);
      return mode.wrap(aesKeyOf(context, key), data);
    },
    decrypt(context, key, _params, data) {
      demand(isWrapped(data.length), "ENCRYPTED_DATA_LEN_RANGE", `${name} does not make ${data.length} bytes`);
      const plaintext = mode.unwrap(aesKeyOf(context, key), data);
      if (plaintext === undefined) throw new CkrError("ENCRYPTED_DATA_INVALID", "the ciphertext is not authentic");
      return plaintext;
    },
    wrap(context, key, _params, target) {
      return useKeyMaterial(target, (material) => {
        demand(mode.isLength(material.length), "KEY_SIZE_RANGE", `${name} does not take ${material.length} bytes`);
        return mode.wrap(aesKeyOf(context, key), material);
      });
    },
    unwrap(context, key, _params, wrapped) {
      demand(isWrapped(wrapped.length), "WRAPPED_KEY_LEN_RANGE", `${name} does not make ${wrapped.length} bytes`);
      const value = mode.unwrap(aesKeyOf(context, key), wrapped);
      if (value === undefined) throw new CkrError("WRAPPED_KEY_INVALID", "the wrapped key is not authentic");
      return { value: new Secret(value) };
    },
  });
}

/** CKM_AES_KEY_WRAP (PKCS #11 v3.1, 6.13): whole blocks of 8 bytes, at least two. */
export const aesKeyWrap: Mechanism<"AES_KEY_WRAP", NoParams> = keyWrap("AES_KEY_WRAP", {
  source: "PKCS #11 v3.1, 6.13; RFC 3394; SP 800-38F, 6.2",
  wrap: (aes, data) => aes.kwWrap(data),
  unwrap: (aes, wrapped) => aes.kwUnwrap(wrapped),
  isLength: (length) => length >= 16 && length <= MAX_BYTES && length % 8 === 0,
  least: 24,
});

const KWP: KeyWrapMode = {
  source: "PKCS #11 v3.1, 6.13; RFC 5649; SP 800-38F, 6.3",
  wrap: (aes, data) => aes.kwpWrap(data),
  unwrap: (aes, wrapped) => aes.kwpUnwrap(wrapped),
  isLength: (length) => length >= 1 && length <= MAX_BYTES,
  least: 16,
};

/** CKM_AES_KEY_WRAP_KWP (PKCS #11 v3.1, 6.13): any length. */
export const aesKeyWrapKwp: Mechanism<"AES_KEY_WRAP_KWP", NoParams> = keyWrap("AES_KEY_WRAP_KWP", KWP);

/**
 * CKM_AES_KEY_WRAP_PAD, the name that PKCS #11 v2.40 had for a key wrap with padding, and v3.0 gave up because tokens took
 * it in different ways. Here it is RFC 5649, as in SoftHSM.
 */
export const aesKeyWrapPad: Mechanism<"AES_KEY_WRAP_PAD", NoParams> = keyWrap("AES_KEY_WRAP_PAD", KWP);
