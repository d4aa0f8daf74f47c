import { curves } from "../crypto/ec-curves.ts";
import type { CurveName } from "../crypto/engine.ts";
import { demand } from "../cryptoki/error.ts";
import { decodeSpki } from "../der/spki.ts";
import { chosenCurve } from "./chosen-curve.ts";
import { inOneStep } from "./in-one-step.ts";
import { curveOf, newEcPrivateKey, newEcPublicKey } from "./keys/ec.ts";
import { type Context, CURVE_FLAGS, type Mechanism, mechanism, type NewKeyPair } from "./mechanism.ts";
import { oneOf, optional, paramReader } from "./params.ts";

/** `curve` stands for CKA_EC_PARAMS in the public template. */
export interface EcKeyPairGenParams {
  readonly curve?: CurveName | undefined;
}

const CURVES = Object.keys(curves) as CurveName[];

const parse = paramReader<EcKeyPairGenParams>({
  curve: optional(oneOf<CurveName>(...CURVES)),
});

function generate(context: Context, curve: CurveName): NewKeyPair {
  const privateKey = newEcPrivateKey(context, curve, context.engine.ecGenerate(curve, context.rng));
  const info = decodeSpki(privateKey.attributes.PUBLIC_KEY_INFO as Uint8Array);
  demand(info.type === "EC", "GENERAL_ERROR", "the new key's public part is not an EC key");
  return { publicKey: newEcPublicKey(context, curve, info.point), privateKey };
}

function ecGeneration<N extends "EC_KEY_PAIR_GEN" | "EC_KEY_PAIR_GEN_W_EXTRA_BITS">(
  name: N,
): Mechanism<N, EcKeyPairGenParams> {
  return mechanism({
    name,
    source: "PKCS #11 v3.1, 6.3; FIPS 186-5, A.2.1",
    keyTypes: ["EC"],
    keySize: { min: 224, max: 521, unit: "bits" },
    curves: CURVE_FLAGS,
    parse,
    generateKeyPair: (context, params, publicTemplate) =>
      inOneStep(() => generate(context, chosenCurve(params.curve, publicTemplate, curveOf))),
  });
}

/** CKM_EC_KEY_PAIR_GEN (PKCS #11 v3.1, 6.3; FIPS 186-5, A.2.1). */
export const ecKeyPairGen: Mechanism<"EC_KEY_PAIR_GEN", EcKeyPairGenParams> = ecGeneration("EC_KEY_PAIR_GEN");
/** CKM_EC_KEY_PAIR_GEN_W_EXTRA_BITS: what CKM_EC_KEY_PAIR_GEN does here too. */
export const ecKeyPairGenWithExtraBits: Mechanism<"EC_KEY_PAIR_GEN_W_EXTRA_BITS", EcKeyPairGenParams> =
  ecGeneration("EC_KEY_PAIR_GEN_W_EXTRA_BITS");
