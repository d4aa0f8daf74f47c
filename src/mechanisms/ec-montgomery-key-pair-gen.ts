import type { XCurveName } from "../crypto/engine.ts";
import { OCTET_KEY_BYTES } from "../der/ec-params.ts";
import { chosenCurve } from "./chosen-curve.ts";
import { inOneStep } from "./in-one-step.ts";
import { montgomeryCurve, newXPair } from "./keys/ec-montgomery.ts";
import { type Mechanism, mechanism, OCTET_CURVE_FLAGS } from "./mechanism.ts";
import { oneOf, optional, paramReader } from "./params.ts";

/** `curve` stands for CKA_EC_PARAMS in the public template. */
export interface EcMontgomeryKeyPairGenParams {
  readonly curve?: XCurveName | undefined;
}

const parse = paramReader<EcMontgomeryKeyPairGenParams>({ curve: optional(oneOf<XCurveName>("X25519", "X448")) });

/** CKM_EC_MONTGOMERY_KEY_PAIR_GEN (PKCS #11 v3.1, 6.3; RFC 7748, 6). */
export const ecMontgomeryKeyPairGen: Mechanism<"EC_MONTGOMERY_KEY_PAIR_GEN", EcMontgomeryKeyPairGenParams> = mechanism({
  name: "EC_MONTGOMERY_KEY_PAIR_GEN",
  source: "PKCS #11 v3.1, 6.3; RFC 7748, 6",
  keyTypes: ["EC_MONTGOMERY"],
  keySize: { min: 255, max: 448, unit: "bits" },
  curves: OCTET_CURVE_FLAGS,
  parse,
  generateKeyPair: (context, params, publicTemplate) =>
    inOneStep(() => {
      const curve = chosenCurve(params.curve, publicTemplate, montgomeryCurve);
      return newXPair(context, curve, context.rng(OCTET_KEY_BYTES[curve]), publicTemplate.EC_PARAMS);
    }),
});
