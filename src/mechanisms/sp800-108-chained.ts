import { be32, concat } from "../bytes/bytes.ts";
import { doublePipelineKdf, feedbackKdf, mostBytes, type OptionalCounterBits } from "../crypto/kbkdf.ts";
import type { Prf } from "../crypto/kdf.ts";
import { demand } from "../cryptoki/error.ts";
import type { TokenObject } from "../objects/object.ts";
import { derivedLength } from "./derived-length.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, MAX_PARAM_BYTES, oneOf, optional, paramReader, type Reader } from "./params.ts";
import { PRF_NAMES, type PrfName, prfOf } from "./sp800-108.ts";

/**
 * The PRF is SHA256_HMAC unless told otherwise. Its input is the chained value, a counter of `counterBits` (32 unless
 * told otherwise, 0 for none), and then either label ‖ 00 ‖ context ‖ 32-bit length in bits, or `fixedInput`.
 */
export interface ChainedKdfParams {
  readonly prf?: PrfName | undefined;
  readonly label?: Uint8Array | undefined;
  readonly context?: Uint8Array | undefined;
  readonly fixedInput?: Uint8Array | undefined;
  readonly counterBits?: OptionalCounterBits | undefined;
}

/** `iv` is K(0), empty unless given. */
export interface FeedbackKdfParams extends ChainedKdfParams {
  readonly iv?: Uint8Array | undefined;
}

const free = optional(bytes(0, MAX_PARAM_BYTES));

const readers: { readonly [K in keyof ChainedKdfParams]-?: Reader<ChainedKdfParams[K]> } = {
  prf: optional(oneOf(...PRF_NAMES)),
  label: free,
  context: free,
  fixedInput: free,
  counterBits: optional(oneOf<OptionalCounterBits>(0, 8, 16, 24, 32)),
};
const readFeedback = paramReader<FeedbackKdfParams>({ ...readers, iv: free });
const readChained = paramReader<ChainedKdfParams>(readers);

function requireOneForm<P extends ChainedKdfParams>(params: P): P {
  const { fixedInput, label, context } = params;
  const isOneForm = fixedInput === undefined || (label === undefined && context === undefined);
  demand(isOneForm, "MECHANISM_PARAM_INVALID", "fixedInput takes the place of label and context");
  return params;
}

const none = new Uint8Array(0);

/** What both modes need of the parameters. */
interface Prepared {
  readonly prf: Prf;
  readonly counterBits: OptionalCounterBits;
  readonly fixedInput: Uint8Array;
  readonly length: number;
}

function prepare(context: Context, key: TokenObject, params: ChainedKdfParams, byteLength?: number): Prepared {
  const { prf: name = "SHA256_HMAC", counterBits = 32, label = none } = params;
  const prf = prfOf(context, key, name);
  const length = derivedLength(byteLength, prf.macBytes);
  // SP 800-108 r1, 4.2 and 4.3, step 2: n may not be larger than 2^r − 1.
  demand(length <= mostBytes(prf, counterBits), "KEY_SIZE_RANGE", "the counter is too short for the key");
  const composed = (): Uint8Array => concat(label, Uint8Array.of(0), params.context ?? none, be32(8 * length));
  return { prf, counterBits, fixedInput: params.fixedInput ?? composed(), length };
}

/** CKM_SP800_108_FEEDBACK_KDF (PKCS #11 v3.1, 6.42). */
export const sp800108FeedbackKdf: Mechanism<"SP800_108_FEEDBACK_KDF", FeedbackKdfParams> = mechanism({
  name: "SP800_108_FEEDBACK_KDF",
  source: "PKCS #11 v3.1, 6.42; SP 800-108 r1, 4.2",
  keyTypes: ["GENERIC_SECRET", "AES"],
  parse: (choice) => requireOneForm(readFeedback(choice)),
  derive(context, key, params, byteLength) {
    const { prf, counterBits, fixedInput, length } = prepare(context, key, params, byteLength);
    return feedbackKdf(prf, params.iv ?? none, counterBits, fixedInput, length);
  },
});

/** CKM_SP800_108_DOUBLE_PIPELINE_KDF (PKCS #11 v3.1, 6.42). */
export const sp800108DoublePipelineKdf: Mechanism<"SP800_108_DOUBLE_PIPELINE_KDF", ChainedKdfParams> = mechanism({
  name: "SP800_108_DOUBLE_PIPELINE_KDF",
  source: "PKCS #11 v3.1, 6.42; SP 800-108 r1, 4.3",
  keyTypes: ["GENERIC_SECRET", "AES"],
  parse: (choice) => requireOneForm(readChained(choice)),
  derive(context, key, params, byteLength) {
    const { prf, counterBits, fixedInput, length } = prepare(context, key, params, byteLength);
    return doublePipelineKdf(prf, counterBits, fixedInput, length);
  },
});
