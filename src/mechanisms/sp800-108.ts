import { type CounterBits, counterKdf, counterKdfAround, type Prf } from "../crypto/kdf.ts";
import { demand } from "../cryptoki/error.ts";
import type { TokenObject } from "../objects/object.ts";
import { derivedLength } from "./derived-length.ts";
import { HMAC_HASHES, type HmacName } from "./hmac.ts";
import { aesKeyOf } from "./keys/aes.ts";
import { hmacKeyOf } from "./keys/generic-secret.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, MAX_PARAM_BYTES, oneOf, optional, paramReader } from "./params.ts";

/** The pseudorandom functions of SP 800-108, by the names of the mechanisms. */
export type PrfName = HmacName | "AES_CMAC";

export const PRF_NAMES: readonly PrfName[] = [...(Object.keys(HMAC_HASHES) as HmacName[]), "AES_CMAC"];

/**
 * The PRF is SHA256_HMAC unless told otherwise. Its input is a 32-bit counter and then either
 * label ‖ 00 ‖ context ‖ 32-bit length in bits, or `fixedInput` as it is given. With `fixedInput`, the counter may have
 * `counterBits`, and `dataBefore` stands in front of it: together CK_PRF_DATA_PARAM's byte array, counter, byte array.
 */
export interface CounterKdfParams {
  readonly prf?: PrfName | undefined;
  readonly label?: Uint8Array | undefined;
  readonly context?: Uint8Array | undefined;
  readonly fixedInput?: Uint8Array | undefined;
  readonly dataBefore?: Uint8Array | undefined;
  readonly counterBits?: CounterBits | undefined;
}

const read = paramReader<CounterKdfParams>({
  prf: optional(oneOf(...PRF_NAMES)),
  label: optional(bytes(0, MAX_PARAM_BYTES)),
  context: optional(bytes(0, MAX_PARAM_BYTES)),
  fixedInput: optional(bytes(0, MAX_PARAM_BYTES)),
  dataBefore: optional(bytes(0, MAX_PARAM_BYTES)),
  counterBits: optional(oneOf<CounterBits>(8, 16, 24, 32)),
});

function parse(choice: Readonly<Record<string, unknown>>): CounterKdfParams {
  const params = read(choice);
  const { label, context, fixedInput, dataBefore, counterBits } = params;
  const isOneForm = fixedInput === undefined || (label === undefined && context === undefined);
  demand(isOneForm, "MECHANISM_PARAM_INVALID", "fixedInput takes the place of label and context");
  const isWhole = fixedInput !== undefined || (dataBefore === undefined && counterBits === undefined);
  demand(isWhole, "MECHANISM_PARAM_INVALID", "dataBefore and counterBits need fixedInput");
  return params;
}

const none = new Uint8Array(0);

/** The PRF under a base key: any secret key, for CMAC an AES key. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function prfOf(context: Context, key: TokenObject, name: PrfName): Prf {
  return name === "AES_CMAC" ? cmacPrf(context, key) : hmacKeyOf(context, key, HMAC_HASHES[name]);
}

function cmacPrf(context: Context, key: TokenObject): Prf {
  const aes = aesKeyOf(context, key);
  return {
    macBytes: 16,
    mac(data) {
      const state = aes.cmac();
      state.update(data);
      return state.digest();
    },
  };
}

/** CKM_SP800_108_COUNTER_KDF (PKCS #11 v3.1, 6.42). The base key is any secret key, for CMAC an AES key. */
export const sp800108CounterKdf: Mechanism<"SP800_108_COUNTER_KDF", CounterKdfParams> = mechanism({
  name: "SP800_108_COUNTER_KDF",
  source: "PKCS #11 v3.1, 6.42; SP 800-108 r1, 4.1",
  keyTypes: ["GENERIC_SECRET", "AES"],
  parse,
  derive(tokenContext, key, { prf = "SHA256_HMAC", label = none, context = none, ...raw }, byteLength) {
    const mac = prfOf(tokenContext, key, prf);
    const { fixedInput, dataBefore = none, counterBits = 32 } = raw;
    const length = derivedLength(byteLength, mac.macBytes);
    if (fixedInput === undefined) return counterKdf(mac, label, context, length);
    // SP 800-108 r1, 4.1, step 2: n may not be larger than 2^r − 1.
    demand(length <= (2 ** counterBits - 1) * mac.macBytes, "KEY_SIZE_RANGE", "the counter is too short for the key");
    return counterKdfAround(mac, dataBefore, counterBits, fixedInput, length);
  },
});
