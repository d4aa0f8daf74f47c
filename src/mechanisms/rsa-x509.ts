import { concat, equalBytes, wipe } from "../bytes/bytes.ts";
import { Secret } from "../bytes/secret.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import type { TokenObject } from "../objects/object.ts";
import { useKeyMaterial } from "./key-material.ts";
import { modulusBytesOf, RSA_SIZE, rsaPrivateOf, rsaPublicOf } from "./keys/rsa.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { type NoParams, noParams } from "./params.ts";

/** Zeros in front up to the length of the modulus. @throws CkrError with `tooLong` */
function padded(key: TokenObject, data: Uint8Array, tooLong: CkrName): Uint8Array {
  const k = modulusBytesOf(key);
  demand(data.length <= k, tooLong, `the key takes up to ${k} bytes, not ${data.length}`);
  return concat(new Uint8Array(k - data.length), data);
}

function seal(context: Context, key: TokenObject, data: Uint8Array, tooLong: CkrName): Uint8Array {
  const block = padded(key, data, tooLong);
  const sealed = rsaPublicOf(context, key).power(block);
  wipe(block);
  if (sealed === undefined) throw new CkrError(tooLong, "the data is not below the modulus");
  return sealed;
}

function open(context: Context, key: TokenObject, block: Uint8Array, tooLong: CkrName): Uint8Array {
  const k = modulusBytesOf(key);
  demand(block.length === k, tooLong, `the key takes ${k} bytes, not ${block.length}`);
  const opened = rsaPrivateOf(context, key).power(block, context.rng);
  if (opened === undefined) throw new CkrError(tooLong, "the data is not below the modulus");
  return opened;
}

/**
 * CKM_RSA_X_509 (PKCS #11 v3.1, 6.1.13): the bare power, the data with zeros in front. What is decrypted or recovered has
 * the modulus's length; an unwrapped secret key is the last CKA_VALUE_LEN bytes of it, here all that the zeros leave.
 */
export const rsaX509: Mechanism<"RSA_X_509", NoParams> = mechanism({
  name: "RSA_X_509",
  source: "PKCS #11 v3.1, 6.1; RFC 8017, 5.1 and 5.2",
  keyTypes: ["RSA"],
  keySize: RSA_SIZE,
  hazards: {
    encrypt: "no padding",
    decrypt: "no padding",
    sign: "no padding",
    verify: "no padding",
    signRecover: "no padding",
    verifyRecover: "no padding",
    wrap: "no padding",
    unwrap: "no padding",
  },
  parse: noParams,
  encrypt: (context, key, _params, data) => seal(context, key, data, "DATA_LEN_RANGE"),
  decrypt: (context, key, _params, data) => open(context, key, data, "ENCRYPTED_DATA_LEN_RANGE"),
  sign: (context, key, _params, data) => open(context, key, padded(key, data, "DATA_LEN_RANGE"), "DATA_LEN_RANGE"),
  verify(context, key, _params, data, signature) {
    const expected = padded(key, data, "DATA_LEN_RANGE");
    const found = rsaPublicOf(context, key).power(signature);
    return found !== undefined && equalBytes(found, expected);
  },
  signRecover: (context, key, _params, data) =>
    open(context, key, padded(key, data, "DATA_LEN_RANGE"), "DATA_LEN_RANGE"),
  verifyRecover: (context, key, _params, signature) => rsaPublicOf(context, key).power(signature),
  signatureBytes: (key) => modulusBytesOf(key),
  wrap: (context, key, _params, target) =>
    useKeyMaterial(target, (material) => seal(context, key, material, "KEY_SIZE_RANGE")),
  unwrap(context, key, _params, wrapped) {
    const block = open(context, key, wrapped, "WRAPPED_KEY_LEN_RANGE");
    const first = block.findIndex((byte) => byte !== 0);
    const value = block.slice(first === -1 ? block.length : first);
    wipe(block);
    return { value: new Secret(value) };
  },
});
