/** IVs that the token makes, message by message (PKCS #11 v3.2, CK_GENERATOR_FUNCTION; SP 800-38D, 8.2). */

import { demand } from "../cryptoki/error.ts";
import type { TokenObject } from "../objects/object.ts";
import type { Context } from "./mechanism.ts";

/** CKG_NO_GENERATE and so on. */
export const IV_GENERATORS = [
  "NO_GENERATE",
  "GENERATE",
  "GENERATE_COUNTER",
  "GENERATE_RANDOM",
  "GENERATE_COUNTER_XOR",
] as const;

export type IvGenerator = (typeof IV_GENERATORS)[number];

interface IvParams {
  readonly iv?: Uint8Array | undefined;
  readonly ivFixedBits?: number | undefined;
  readonly ivGenerator?: IvGenerator | undefined;
}

const IV_BYTES = 12;
/** The random field of an IV (SP 800-38D, 8.2.2). */
const MIN_RANDOM_BITS = 96;
/** The invocation field (8.2.1) has room for as many messages as a key may have, so that it never comes round. */
const COUNTER_BITS = 32;
const MAX_COUNTED = 2 ** COUNTER_BITS;

/**
 * The IV of the next message. The counter belongs to the key, its copies included: whatever is fixed before it, no value
 * comes twice. A key that is in the token twice, because it was unwrapped or derived twice, counts twice: then each
 * needs fixed bits of its own, as 8.2.1 asks of devices that share a key.
 * @throws CkrError CKR_MECHANISM_PARAM_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED at the counter's end
 */
export function messageIv(context: Context, key: TokenObject, params: IvParams): Uint8Array {
  const { iv, ivFixedBits = 0, ivGenerator = iv === undefined ? "GENERATE" : "NO_GENERATE" } = params;
  const base = iv === undefined ? new Uint8Array(IV_BYTES) : Uint8Array.from(iv);
  const freeBits = 8 * base.length - ivFixedBits;
  demand(freeBits >= 0, "MECHANISM_PARAM_INVALID", "ivFixedBits are more than the iv has");
  const room = (bits: number): void =>
    demand(freeBits >= bits, "MECHANISM_PARAM_INVALID", `${ivGenerator} needs ${bits} bits of the iv, not ${freeBits}`);
  switch (ivGenerator) {
    case "NO_GENERATE":
      demand(iv !== undefined, "MECHANISM_PARAM_INVALID", "NO_GENERATE needs an iv");
      return base;
    case "GENERATE":
      return freeBits >= MIN_RANDOM_BITS
        ? randomized(context, base, ivFixedBits)
        : messageIv(context, key, { ...params, ivGenerator: "GENERATE_COUNTER" });
    case "GENERATE_RANDOM":
      room(MIN_RANDOM_BITS);
      return randomized(context, base, ivFixedBits);
    case "GENERATE_COUNTER":
      room(COUNTER_BITS);
      return xorCounter(cleared(base, ivFixedBits), nextCount(key));
    case "GENERATE_COUNTER_XOR":
      room(COUNTER_BITS);
      return xorCounter(base, nextCount(key));
    default:
      return ivGenerator satisfies never;
  }
}

const nextCount = (key: TokenObject): number => key.countUse("counted IVs", MAX_COUNTED) - 1;

/** `base` with random bits after the first `fixedBits`. */
function randomized({ rng }: Context, base: Uint8Array, fixedBits: number): Uint8Array {
  const random = rng(base.length);
  return cleared(base, fixedBits).map((byte, i) => byte | ((random[i] as number) & freeMask(i, fixedBits)));
}

/** `base` with zeros after the first `fixedBits`. */
function cleared(base: Uint8Array, fixedBits: number): Uint8Array {
  return base.map((byte, i) => byte & ~freeMask(i, fixedBits));
}

/** The bits of byte `i` that are not among the first `fixedBits`. */
function freeMask(i: number, fixedBits: number): number {
  return 0xff >> Math.min(8, Math.max(0, fixedBits - 8 * i));
}

/** The last 32 bits XOR a counter below 2^32. */
function xorCounter(base: Uint8Array, count: number): Uint8Array {
  const iv = Uint8Array.from(base);
  const view = new DataView(iv.buffer);
  view.setUint32(iv.length - 4, view.getUint32(iv.length - 4) ^ count);
  return iv;
}
