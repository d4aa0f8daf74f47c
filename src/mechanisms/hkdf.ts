import type { HashName } from "../crypto/engine.ts";
import { hashBytes } from "../crypto/hash.ts";
import { hkdf, hkdfExpand, hkdfExtract } from "../crypto/kdf.ts";
import { demand } from "../cryptoki/error.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import type { TokenObject } from "../objects/object.ts";
import { derivedLength } from "./derived-length.ts";
import { hmacKeyOf, MAX_SECRET_BYTES, secretValueOf } from "./keys/generic-secret.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, flag, HASH_NAMES, MAX_PARAM_BYTES, oneOf, optional, paramReader } from "./params.ts";
import { keyHandle, secondKey } from "./second-key.ts";

/** The steps of CK_HKDF_PARAMS, both unless told otherwise; the hash is SHA256 then. The salt may be a key. */
export interface HkdfParams {
  readonly hash?: HashName | undefined;
  readonly salt?: Uint8Array | undefined;
  readonly saltKey?: ObjectHandle | undefined;
  readonly info?: Uint8Array | undefined;
  readonly extract?: boolean | undefined;
  readonly expand?: boolean | undefined;
}

const read = paramReader<HkdfParams>({
  hash: optional(oneOf(...HASH_NAMES)),
  salt: optional(bytes(0, MAX_PARAM_BYTES)),
  saltKey: optional(keyHandle),
  info: optional(bytes(0, MAX_PARAM_BYTES)),
  extract: optional(flag),
  expand: optional(flag),
});

function parse(choice: Readonly<Record<string, unknown>>): HkdfParams {
  const params = read(choice);
  const { extract = true, expand = true, salt, saltKey, info } = params;
  demand(extract || expand, "MECHANISM_PARAM_INVALID", "HKDF extracts, expands, or does both");
  const hasSalt = salt !== undefined || saltKey !== undefined;
  demand(extract || !hasSalt, "MECHANISM_PARAM_INVALID", "only extraction takes a salt");
  demand(salt === undefined || saltKey === undefined, "MECHANISM_PARAM_INVALID", "the salt is bytes or a key");
  demand(expand || info === undefined, "MECHANISM_PARAM_INVALID", "only expansion takes info");
  return params;
}

const none = new Uint8Array(0);

type HkdfName = "HKDF_DERIVE" | "HKDF_DATA";

function hkdfOf<N extends HkdfName>(name: N, more: Partial<Mechanism<N, HkdfParams>>): Mechanism<N, HkdfParams> {
  return mechanism({
    name,
    source: "PKCS #11 v3.1, 6.62; RFC 5869",
    parse,
    derive(context, key, params, byteLength) {
      const { hash = "SHA256", info = none, extract = true, expand = true } = params;
      const { engine } = context;
      const digestBytes = hashBytes(hash);
      const length = derivedLength(byteLength, digestBytes, Math.min(255 * digestBytes, MAX_SECRET_BYTES));
      if (!extract) return hkdfExpand(hmacKeyOf(context, key, hash), info, length);
      demand(expand || length === digestBytes, "KEY_SIZE_RANGE", `extraction gives ${digestBytes} bytes`);
      return withSalt(context, name, key, params, (salt) =>
        secretValueOf(key).use((value) =>
          expand ? hkdf(engine, hash, value, salt, info, length) : hkdfExtract(engine, hash, salt, value),
        ),
      );
    },
    ...more,
  });
}

/** Lends the salt; of a key it is CKA_VALUE. @throws CkrError as {@link secondKey} does */
function withSalt<T>(
  context: Context,
  name: HkdfName,
  base: TokenObject,
  { salt = none, saltKey }: HkdfParams,
  use: (salt: Uint8Array) => T,
): T {
  return saltKey === undefined ? use(salt) : secretValueOf(secondKey(context, name, base, saltKey)).use(use);
}

/** CKM_HKDF_DERIVE (PKCS #11 v3.1, 6.62). The base key is any secret key. */
export const hkdfDerive: Mechanism<"HKDF_DERIVE", HkdfParams> = hkdfOf("HKDF_DERIVE", {
  keyTypes: ["GENERIC_SECRET", "AES", "HKDF"],
});

/**
 * CKM_HKDF_DATA (PKCS #11 v3.1, 6.62): the same bytes in a data object, which anyone may read. The strict policy takes
 * no sensitive base key for that.
 */
export const hkdfData: Mechanism<"HKDF_DATA", HkdfParams> = hkdfOf("HKDF_DATA", { keyTypes: [], derivesData: true });
