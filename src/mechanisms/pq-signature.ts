import type { PqInput, Rng } from "../crypto/engine.ts";
import { demand } from "../cryptoki/error.ts";
import type { TokenObject } from "../objects/object.ts";
import { inOneStep } from "./in-one-step.ts";
import { chosenSet, newPqPair, parameterSetOf, parameterSets, type SetOf } from "./keys/parameter-set.ts";
import { type PqSignatureType, pqPrivateOf, pqPublicOf, schemeOf } from "./keys/pq-signature.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, flag, oneOf, optional, paramReader, type Reader } from "./params.ts";

/** `parameterSet` stands for CKA_PARAMETER_SET in the public template. */
export interface PqKeyPairGenParams<T extends PqSignatureType> {
  readonly parameterSet?: SetOf<T> | undefined;
}

/** CK_SIGN_ADDITIONAL_CONTEXT: `hedge` is one of the CKH_HEDGE names, HEDGE_PREFERRED unless told otherwise. */
export interface SlhDsaParams {
  readonly context?: Uint8Array | undefined;
  readonly hedge?: Hedge | undefined;
}

/** With `externalMu` the data is µ, 64 bytes, which the caller computed (FIPS 204, 6.2); it has the context in it. */
export interface MlDsaParams extends SlhDsaParams {
  readonly externalMu?: boolean | undefined;
}

export type Hedge = "HEDGE_PREFERRED" | "HEDGE_REQUIRED" | "DETERMINISTIC_REQUIRED";

const MU_BYTES = 64;
const MAX_CONTEXT_BYTES = 255;

/** Lengths of signatures (FIPS 204, table 2; FIPS 205, table 2). */
// biome-ignore format: a table
const SIGNATURE_BYTES: Readonly<Record<string, number>> = {
  "ML-DSA-44": 2420, "ML-DSA-65": 3309, "ML-DSA-87": 4627,
  "SLH-DSA-SHA2-128s":   7856, "SLH-DSA-SHA2-192s":  16_224, "SLH-DSA-SHA2-256s":  29_792,
  "SLH-DSA-SHA2-128f": 17_088, "SLH-DSA-SHA2-192f":  35_664, "SLH-DSA-SHA2-256f":  49_856,
  "SLH-DSA-SHAKE-128s":  7856, "SLH-DSA-SHAKE-192s": 16_224, "SLH-DSA-SHAKE-256s": 29_792,
  "SLH-DSA-SHAKE-128f": 17_088, "SLH-DSA-SHAKE-192f": 35_664, "SLH-DSA-SHAKE-256f": 49_856,
};

/** CK_MECHANISM_INFO counts the bytes of public keys. */
export const PUBLIC_KEY_SIZE: Readonly<Record<PqSignatureType, Mechanism["keySize"] & object>> = {
  ML_DSA: { min: 1312, max: 2592, unit: "bytes" },
  SLH_DSA: { min: 32, max: 64, unit: "bytes" },
};

const none = new Uint8Array(0);
/** What a signature of either kind may be told. */
export const pqReaders: { readonly [K in keyof SlhDsaParams]-?: Reader<SlhDsaParams[K]> } = {
  context: optional(bytes(0, MAX_CONTEXT_BYTES)),
  hedge: optional(oneOf<Hedge>("HEDGE_PREFERRED", "HEDGE_REQUIRED", "DETERMINISTIC_REQUIRED")),
};

const readMlDsa = paramReader<MlDsaParams>({ ...pqReaders, externalMu: optional(flag) });

function parseMlDsa(choice: Readonly<Record<string, unknown>>): MlDsaParams {
  const params = readMlDsa(choice);
  const isClear = params.externalMu !== true || params.context === undefined;
  demand(isClear, "MECHANISM_PARAM_INVALID", "the context is in µ already");
  return params;
}

function inputOf({ context = none, externalMu }: MlDsaParams, data: Uint8Array): PqInput {
  if (externalMu !== true) return { message: data, context };
  demand(data.length === MU_BYTES, "DATA_LEN_RANGE", `µ has ${MU_BYTES} bytes`);
  return { mu: data };
}

/** What hedges a signature, if anything may. */
export function rngOf({ rng }: Context, { hedge }: SlhDsaParams): Rng | undefined {
  return hedge === "DETERMINISTIC_REQUIRED" ? undefined : rng;
}

/** The length of a signature of a key. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function signatureBytesOf(type: PqSignatureType, key: TokenObject): number {
  return SIGNATURE_BYTES[parameterSetOf(type, key)] as number;
}

/** CKM_ML_DSA or CKM_SLH_DSA. */
function signing<T extends PqSignatureType, P extends MlDsaParams>(
  type: T,
  source: string,
  parse: (choice: Readonly<Record<string, unknown>>) => P,
): Mechanism<T, P> {
  return mechanism({
    name: type,
    source,
    keyTypes: [type],
    keySize: PUBLIC_KEY_SIZE[type],
    parse,
    sign(context, key, params, data) {
      const input = inputOf(params, data);
      return pqPrivateOf(context, type, key).sign(input, rngOf(context, params));
    },
    verify(context, key, params, data, signature) {
      const input = inputOf(params, data);
      return pqPublicOf(context, type, key).verify(input, signature);
    },
    signatureBytes: (key) => signatureBytesOf(type, key),
  });
}

/** CKM_ML_DSA_KEY_PAIR_GEN or CKM_SLH_DSA_KEY_PAIR_GEN. */
function generation<T extends PqSignatureType>(
  type: T,
  source: string,
): Mechanism<`${T}_KEY_PAIR_GEN`, PqKeyPairGenParams<T>> {
  return mechanism({
    name: `${type}_KEY_PAIR_GEN`,
    source,
    keyTypes: [type],
    keySize: PUBLIC_KEY_SIZE[type],
    parse: paramReader<PqKeyPairGenParams<T>>({ parameterSet: optional(oneOf(...parameterSets(type))) }),
    generateKeyPair: (context, { parameterSet }, publicTemplate) =>
      inOneStep(() => {
        const set = chosenSet(type, parameterSet, publicTemplate);
        const scheme = schemeOf(context.engine, type, set);
        return newPqPair(type, set, scheme, context.rng(scheme.seedBytes));
      }),
  });
}

/** CKM_ML_DSA_KEY_PAIR_GEN (PKCS #11 v3.2; FIPS 204, 5.1). */
export const mlDsaKeyPairGen: Mechanism<"ML_DSA_KEY_PAIR_GEN", PqKeyPairGenParams<"ML_DSA">> = generation(
  "ML_DSA",
  "PKCS #11 v3.2; FIPS 204, 5.1",
);

/** CKM_ML_DSA (PKCS #11 v3.2; FIPS 204, 5.2 and 5.3). */
export const mlDsa: Mechanism<"ML_DSA", MlDsaParams> = signing(
  "ML_DSA",
  "PKCS #11 v3.2; FIPS 204, 5.2 and 5.3",
  parseMlDsa,
);

/** CKM_SLH_DSA_KEY_PAIR_GEN (PKCS #11 v3.2; FIPS 205, 10.1). */
export const slhDsaKeyPairGen: Mechanism<"SLH_DSA_KEY_PAIR_GEN", PqKeyPairGenParams<"SLH_DSA">> = generation(
  "SLH_DSA",
  "PKCS #11 v3.2; FIPS 205, 10.1",
);

/** CKM_SLH_DSA (PKCS #11 v3.2; FIPS 205, 10.2.1 and 10.3). */
export const slhDsa: Mechanism<"SLH_DSA", SlhDsaParams> = signing(
  "SLH_DSA",
  "PKCS #11 v3.2; FIPS 205, 10.2.1 and 10.3",
  paramReader<SlhDsaParams>(pqReaders),
);
