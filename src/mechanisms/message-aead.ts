/** Authenticated encryption message by message (PKCS #11 v3.2, 5.9; CK_GCM_MESSAGE_PARAMS, CK_CCM_MESSAGE_PARAMS). */

import { Secret } from "../bytes/secret.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { TokenObject } from "../objects/object.ts";
import { useKeyMaterial } from "./key-material.ts";
import type { Context, Mechanism, SealedMessage } from "./mechanism.ts";
import { IV_GENERATORS, type IvGenerator, messageIv } from "./message-iv.ts";
import { bytes, integer, MAX_PARAM_BYTES, oneOf, optional, paramReader } from "./params.ts";

/** What a caller says of one message. IV is what CCM calls nonce, tag what it calls MAC. */
export interface MessageParams {
  /** To encrypt: the whole IV, or what a generator starts from. To decrypt: the message's. */
  readonly iv?: Uint8Array | undefined;
  /** How many of the first bits of `iv` a generator keeps; none unless told otherwise. */
  readonly ivFixedBits?: number | undefined;
  /** Who makes the IV: the caller where there is an `iv`, the token otherwise. */
  readonly ivGenerator?: IvGenerator | undefined;
  readonly aad?: Uint8Array | undefined;
  /** The length of the tag, 128 unless told otherwise. */
  readonly tagBits?: number | undefined;
  /** To decrypt: the message's tag. */
  readonly tag?: Uint8Array | undefined;
}

/** What the modes differ in. */
export interface AeadMode {
  readonly ivBytes: { readonly min: number; readonly max: number };
  readonly tagBits: { readonly min: number; readonly step: number };
  /** Ciphertext followed by the tag. */
  seal(
    context: Context,
    key: TokenObject,
    iv: Uint8Array,
    aad: Uint8Array,
    data: Uint8Array,
    tagBytes: number,
  ): Uint8Array;
  open(
    context: Context,
    key: TokenObject,
    iv: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
    tagBytes: number,
  ): Uint8Array | undefined;
}

const MAX_TAG_BITS = 128;
const none = new Uint8Array(0);

type MessageOperations = Required<
  Pick<
    Mechanism<never, never>,
    "parseMessage" | "messageEncrypt" | "messageDecrypt" | "wrapAuthenticated" | "unwrapAuthenticated"
  >
>;

/** The operations of a mode on messages, and on keys in their place. */
export function messageAead(mode: AeadMode): MessageOperations {
  const { ivBytes, tagBits } = mode;
  const readers = {
    iv: optional(bytes(ivBytes.min, ivBytes.max)),
    ivFixedBits: optional(integer(0, 8 * ivBytes.max)),
    ivGenerator: optional(oneOf(...IV_GENERATORS)),
    aad: optional(bytes(0, MAX_PARAM_BYTES)),
    tagBits: optional(integer(tagBits.min, MAX_TAG_BITS, tagBits.step)),
    tag: optional(bytes(tagBits.min / 8, MAX_TAG_BITS / 8)),
  };
  function seal(context: Context, key: TokenObject, message: unknown, data: Uint8Array): SealedMessage {
    const params = message as MessageParams;
    const { aad = none, tagBits: wanted = MAX_TAG_BITS } = params;
    const iv = messageIv(context, key, params);
    const sealed = mode.seal(context, key, iv, aad, data, wanted / 8);
    const end = sealed.length - wanted / 8;
    return { ciphertext: sealed.slice(0, end), iv, tag: sealed.slice(end) };
  }

  function open(context: Context, key: TokenObject, message: unknown, data: Uint8Array): Uint8Array | undefined {
    const { iv, tag, aad = none } = received(message as MessageParams);
    const sealed = new Uint8Array(data.length + tag.length);
    sealed.set(data);
    sealed.set(tag, data.length);
    return mode.open(context, key, iv, aad, sealed, tag.length);
  }

  return {
    parseMessage: paramReader<MessageParams>(readers),
    messageEncrypt: seal,
    messageDecrypt: open,
    wrapAuthenticated: (context, key, message, target) =>
      useKeyMaterial(target, (material) => {
        const { ciphertext, ...beside } = seal(context, key, message, material);
        return { wrappedKey: ciphertext, ...beside };
      }),
    unwrapAuthenticated(context, key, message, wrapped) {
      const value = open(context, key, message, wrapped);
      return value && { value: new Secret(value) };
    },
  };
}

interface Received {
  readonly iv: Uint8Array;
  readonly tag: Uint8Array;
  readonly aad?: Uint8Array | undefined;
}

/** A received message has an IV, and a tag as long as the receiver expects: a shorter one is easier to forge. */
function received({ iv, tag, aad, tagBits = MAX_TAG_BITS }: MessageParams): Received {
  if (iv === undefined || tag === undefined)
    throw new CkrError("MECHANISM_PARAM_INVALID", "a message is decrypted with its iv and its tag");
  demand(8 * tag.length === tagBits, "MECHANISM_PARAM_INVALID", `the tag has ${8 * tag.length} bits, not ${tagBits}`);
  return { iv, tag, aad };
}
