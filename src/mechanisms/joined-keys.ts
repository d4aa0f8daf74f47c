import { concat } from "../bytes/bytes.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { demand } from "../cryptoki/error.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import { MAX_SECRET_BYTES, secretValueOf } from "./keys/generic-secret.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, integer, paramReader } from "./params.ts";
import { keyHandle, secondKey } from "./second-key.ts";

/** CK_KEY_DERIVATION_STRING_DATA. */
export interface DataParams {
  readonly data: Uint8Array;
}

/** The handle of the second key. */
export interface OtherKeyParams {
  readonly key: ObjectHandle;
}

/** CK_EXTRACT_PARAMS: the bit of the base key that is the first of the new one; after the last one comes the first. */
export interface ExtractParams {
  readonly bit: number;
}

const common = {
  source: "PKCS #11 v3.1, 6.43",
  keyTypes: ["GENERIC_SECRET", "AES"],
  keySize: { min: 1, max: MAX_SECRET_BYTES, unit: "bytes" },
  hazards: { derive: "related keys" },
  inheritsProtection: true,
} as const satisfies Partial<Mechanism<MechanismName>>;

/** The front of a value. @throws CkrError CKR_KEY_SIZE_RANGE */
function front(value: Uint8Array, byteLength: number = value.length): Uint8Array {
  demand(byteLength <= value.length, "KEY_SIZE_RANGE", `the derived key has up to ${value.length} bytes`);
  return value.slice(0, byteLength);
}

type Combine = (base: Uint8Array, data: Uint8Array) => Uint8Array;

function withData<N extends MechanismName>(name: N, combine: Combine): Mechanism<N, DataParams> {
  return mechanism({
    name,
    ...common,
    parse: paramReader<DataParams>({ data: bytes(0, MAX_SECRET_BYTES) }),
    derive: (_context, base, { data }, byteLength) =>
      secretValueOf(base).use((value) => front(combine(value, data), byteLength)),
  });
}

/** CKM_CONCATENATE_BASE_AND_DATA. */
export const concatenateBaseAndData: Mechanism<"CONCATENATE_BASE_AND_DATA", DataParams> = withData(
  "CONCATENATE_BASE_AND_DATA",
  (base, data) => concat(base, data),
);
/** CKM_CONCATENATE_DATA_AND_BASE. */
export const concatenateDataAndBase: Mechanism<"CONCATENATE_DATA_AND_BASE", DataParams> = withData(
  "CONCATENATE_DATA_AND_BASE",
  (base, data) => concat(data, base),
);
/** CKM_XOR_BASE_AND_DATA: as long as the shorter of the two. */
export const xorBaseAndData: Mechanism<"XOR_BASE_AND_DATA", DataParams> = withData("XOR_BASE_AND_DATA", (base, data) =>
  base.slice(0, data.length).map((byte, i) => byte ^ (data[i] as number)),
);

/** CKM_CONCATENATE_BASE_AND_KEY. */
export const concatenateBaseAndKey: Mechanism<"CONCATENATE_BASE_AND_KEY", OtherKeyParams> = mechanism({
  name: "CONCATENATE_BASE_AND_KEY",
  ...common,
  parse: paramReader<OtherKeyParams>({ key: keyHandle }),
  derive(context, base, { key }, byteLength) {
    const other = secondKey(context, "CONCATENATE_BASE_AND_KEY", base, key);
    const joined = secretValueOf(base).use((first) => secretValueOf(other).use((second) => concat(first, second)));
    return front(joined, byteLength);
  },
});

/** CKM_EXTRACT_KEY_FROM_KEY: CKA_VALUE_LEN bytes of the base key from a bit on, around its end. */
export const extractKeyFromKey: Mechanism<"EXTRACT_KEY_FROM_KEY", ExtractParams> = mechanism({
  name: "EXTRACT_KEY_FROM_KEY",
  ...common,
  parse: paramReader<ExtractParams>({ bit: integer(0, 8 * MAX_SECRET_BYTES - 1) }),
  derive: (_context, base, { bit }, byteLength) =>
    secretValueOf(base).use((value) => {
      demand(byteLength !== undefined, "TEMPLATE_INCOMPLETE", "CKA_VALUE_LEN is missing");
      demand(byteLength <= value.length, "KEY_SIZE_RANGE", `the base key has ${value.length} bytes`);
      demand(bit < 8 * value.length, "MECHANISM_PARAM_INVALID", "the bit is one of the base key");
      return Uint8Array.from({ length: byteLength }, (_, i) => byteFrom(value, bit + 8 * i));
    }),
});

/** Eight bits from a bit on, the first one the most significant. */
function byteFrom(value: Uint8Array, bit: number): number {
  const [at, shift] = [Math.floor(bit / 8), bit % 8];
  const pair = ((value[at % value.length] as number) << 8) | (value[(at + 1) % value.length] as number);
  return (pair >> (8 - shift)) & 0xff;
}
