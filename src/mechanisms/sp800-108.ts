import { counterKdf, counterKdfFixedInput } from "../crypto/kdf.ts";
import { demand } from "../cryptoki/error.ts";
import { derivedLength } from "./derived-length.ts";
import { HMAC_HASHES, type HmacName } from "./hmac.ts";
import { hmacKeyOf } from "./keys/generic-secret.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, MAX_PARAM_BYTES, oneOf, optional, readParams } from "./params.ts";

/**
 * The PRF is SHA256_HMAC unless told otherwise. Its input is a 32-bit counter and then either
 * label ‖ 00 ‖ context ‖ 32-bit length in bits, or `fixedInput` as it is given.
 */
export interface CounterKdfParams {
  readonly prf?: HmacName | undefined;
  readonly label?: Uint8Array | undefined;
  readonly context?: Uint8Array | undefined;
  readonly fixedInput?: Uint8Array | undefined;
}

function parse(choice: Readonly<Record<string, unknown>>): CounterKdfParams {
  const params = readParams<CounterKdfParams>(choice, {
    prf: optional(oneOf(...(Object.keys(HMAC_HASHES) as HmacName[]))),
    label: optional(bytes(0, MAX_PARAM_BYTES)),
    context: optional(bytes(0, MAX_PARAM_BYTES)),
    fixedInput: optional(bytes(0, MAX_PARAM_BYTES)),
  });
  const { label, context, fixedInput } = params;
  const isOneForm = fixedInput === undefined || (label === undefined && context === undefined);
  demand(isOneForm, "MECHANISM_PARAM_INVALID", "fixedInput takes the place of label and context");
  return params;
}

const none = new Uint8Array(0);

/** CKM_SP800_108_COUNTER_KDF (PKCS #11 v3.1, 6.42). The base key is any secret key. */
export const sp800108CounterKdf: Mechanism<"SP800_108_COUNTER_KDF", CounterKdfParams> = mechanism({
  name: "SP800_108_COUNTER_KDF",
  source: "PKCS #11 v3.1, 6.42; SP 800-108 r1, 4.1",
  keyTypes: ["GENERIC_SECRET", "AES"],
  parse,
  derive(tokenContext, key, { prf = "SHA256_HMAC", label = none, context = none, fixedInput }, byteLength) {
    const mac = hmacKeyOf(tokenContext, key, HMAC_HASHES[prf]);
    const length = derivedLength(byteLength, mac.macBytes);
    return fixedInput === undefined
      ? counterKdf(mac, label, context, length)
      : counterKdfFixedInput(mac, fixedInput, length);
  },
});
