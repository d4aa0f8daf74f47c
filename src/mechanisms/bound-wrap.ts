import { be32, concat, utf8, wipe } from "../bytes/bytes.ts";
import type { AesGcmKey } from "../crypto/engine.ts";
import { counterKdf } from "../crypto/kdf.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { Prepared, TokenObject } from "../objects/object.ts";
import { decodeAttributes, decodeSecrets, encodeAttributes, encodeSecrets } from "./bound-attributes.ts";
import { hmacKeyOf } from "./keys/generic-secret.ts";
import { type Context, type Mechanism, mechanism, type Unwrapped } from "./mechanism.ts";
import { bytes, MAX_PARAM_BYTES, type NoParams, noParams, optional, paramReader } from "./params.ts";

const SUB_KEY_BYTES = 32;
const FORMAT = 1;
const NONCE_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const ID_BYTES = 32;
const FRONT_BYTES = 1 + NONCE_BYTES + IV_BYTES + 4;
const MAX_BYTES = 65_536;

/** R3: the label of the sub-key. The token's KDF mechanisms could name it too, but need a key with DERIVE. */
const LABEL = utf8("POCKET-HSM WRAP");
const ID_LABEL = utf8("POCKET-HSM WRAPPING KEY ID");
const none = new Uint8Array(0);

/** Runs AES-256-GCM under the sub-key of one blob. */
function withSubKey<T>(context: Context, key: TokenObject, nonce: Uint8Array, use: (aes: AesGcmKey) => T): T {
  demand(key.get("KEY_TYPE") === "AES", "KEY_TYPE_INCONSISTENT", "the mechanism needs an AES key");
  const value = counterKdf(hmacKeyOf(context, key, "SHA256"), LABEL, nonce, SUB_KEY_BYTES);
  const aes = context.engine.aes(value, "GCM");
  wipe(value);
  try {
    return use(aes);
  } finally {
    aes.destroy();
  }
}

/**
 * The wrapping key's identifier, the same wherever that key lives: a copy, and the key that comes back from a backup,
 * open what it wrapped.
 */
function keyIdOf(context: Context, key: TokenObject): Uint8Array {
  const { id } = key.prepared<{ id: Uint8Array } & Prepared>("bound wrap", () => ({
    id: counterKdf(hmacKeyOf(context, key, "SHA256"), ID_LABEL, none, ID_BYTES),
  }));
  return id;
}

/** Data of the caller's that is authenticated with the key, and not in the blob. */
export interface BoundWrapMessage {
  readonly aad?: Uint8Array | undefined;
}

/** What the blob says, or `undefined` for whatever is wrong. Nothing is parsed before it is authentic. */
function open(context: Context, key: TokenObject, blob: Uint8Array, aad: Uint8Array): Unwrapped | undefined {
  const least = FRONT_BYTES + TAG_BYTES;
  const nonce = blob.subarray(1, 1 + NONCE_BYTES);
  const sealed = withSubKey(context, key, nonce, (aes) => {
    if (blob[0] !== FORMAT || blob.length < least || blob.length > MAX_BYTES) return undefined;
    const attributeBytes = new DataView(blob.buffer, blob.byteOffset).getUint32(FRONT_BYTES - 4);
    const headBytes = FRONT_BYTES + attributeBytes;
    if (headBytes + TAG_BYTES > blob.length) return undefined;
    const head = blob.subarray(0, headBytes);
    const iv = blob.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + IV_BYTES);
    const payload = aes.gcmOpen(iv, concat(keyIdOf(context, key), head, aad), blob.subarray(headBytes), TAG_BYTES);
    return payload && { attributes: head.subarray(FRONT_BYTES), payload };
  });
  if (sealed === undefined) return undefined;
  const attributes = decodeAttributes(sealed.attributes);
  const secrets = decodeSecrets(sealed.payload);
  wipe(sealed.payload);
  return attributes && secrets && { attributes, secrets };
}

function seal(context: Context, key: TokenObject, target: TokenObject, aad: Uint8Array): Uint8Array {
  const isKey = target.get("CLASS") === "SECRET_KEY" || target.get("CLASS") === "PRIVATE_KEY";
  demand(isKey, "KEY_NOT_WRAPPABLE", "only secret and private keys can be wrapped");
  const attributes = encodeAttributes(target.attributes());
  const front = concat(Uint8Array.of(FORMAT), context.rng(NONCE_BYTES + IV_BYTES), be32(attributes.length));
  const head = concat(front, attributes);
  const nonce = head.subarray(1, 1 + NONCE_BYTES);
  const iv = head.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + IV_BYTES);
  const secrets = encodeSecrets(target);
  const blobBytes = head.length + secrets.length + TAG_BYTES;
  if (blobBytes > MAX_BYTES) wipe(secrets);
  demand(
    blobBytes <= MAX_BYTES,
    "KEY_NOT_WRAPPABLE",
    `a wrapped key has up to ${MAX_BYTES} bytes, this one ${blobBytes}`,
  );
  const sealed = withSubKey(context, key, nonce, (aes) =>
    aes.gcmSeal(iv, concat(keyIdOf(context, key), head, aad), secrets, TAG_BYTES),
  );
  wipe(secrets);
  return concat(head, sealed);
}

/**
 * PHSM_BOUND_WRAP: key wrapping that authenticates every attribute of the key (docs/security.md, R2) under a sub-key of
 * its own (R3).
 *
 *     format (1) ‖ nonce (16) ‖ iv (12) ‖ length (4) ‖ attributes ‖ AES-256-GCM of the secrets
 *
 * The sub-key comes from the wrapping key and the nonce by SP 800-108; all that stands before the secrets, and the
 * wrapping key's identifier, which is derived from its value, is authenticated with them. C_WrapKeyAuthenticated adds
 * data of the caller's, after all that: the length says where the rest ends, so that no two inputs are the same bytes.
 */
export const boundWrap: Mechanism<"PHSM_BOUND_WRAP", NoParams> = mechanism({
  name: "PHSM_BOUND_WRAP",
  source: "docs/pkcs11.md; SP 800-108 r1, 4.1; SP 800-38D; RFC 8949",
  keyTypes: ["AES"],
  keySize: { min: 16, max: 32, unit: "bytes" },
  bindsAttributes: true,
  separatesWrapKey: true,
  parse: noParams,
  wrap: (context, key, _params, target) => seal(context, key, target, none),
  unwrap(context, key, _params, wrapped) {
    const opened = open(context, key, wrapped, none);
    if (opened === undefined) throw new CkrError("WRAPPED_KEY_INVALID", "the wrapped key cannot be unwrapped");
    return opened;
  },
  parseMessage: paramReader<BoundWrapMessage>({ aad: optional(bytes(0, MAX_PARAM_BYTES)) }),
  wrapAuthenticated: (context, key, message, target) => ({
    wrappedKey: seal(context, key, target, (message as BoundWrapMessage).aad ?? none),
  }),
  unwrapAuthenticated: (context, key, message, wrapped) =>
    open(context, key, wrapped, (message as BoundWrapMessage).aad ?? none),
});
