import type { Template } from "../cryptoki/attributes.ts";
import { demand } from "../cryptoki/error.ts";
import { encodeEcParams, OCTET_KEY_BYTES } from "../der/ec-params.ts";
import { decodeSpki } from "../der/spki.ts";
import { inOneStep } from "./in-one-step.ts";
import { type EdwardsCurve, edwardsCurve, newEdPrivateKey, newEdPublicKey } from "./keys/ec-edwards.ts";
import { type Context, type Mechanism, mechanism, type NewKeyPair, OCTET_CURVE_FLAGS } from "./mechanism.ts";
import { oneOf, optional, paramReader } from "./params.ts";

/** The curve may be named here or by CKA_EC_PARAMS in the public template; without either it is Ed25519. */
export interface EcEdwardsKeyPairGenParams {
  readonly curve?: EdwardsCurve | undefined;
}

const parse = paramReader<EcEdwardsKeyPairGenParams>({ curve: optional(oneOf<EdwardsCurve>("Ed25519", "Ed448")) });

function generate(context: Context, { curve }: EcEdwardsKeyPairGenParams, { EC_PARAMS }: Template): NewKeyPair {
  const ecParams = EC_PARAMS ?? encodeEcParams(curve ?? "Ed25519");
  const chosen = edwardsCurve(ecParams);
  demand(curve === undefined || curve === chosen, "TEMPLATE_INCONSISTENT", "curve is not the one of CKA_EC_PARAMS");
  const privateKey = newEdPrivateKey(context, context.rng(OCTET_KEY_BYTES[chosen]), ecParams);
  const info = decodeSpki(privateKey.attributes.PUBLIC_KEY_INFO as Uint8Array);
  demand(info.type === chosen, "GENERAL_ERROR", `the new key's public part is not an ${chosen} key`);
  return { publicKey: newEdPublicKey(context, info.publicKey, ecParams), privateKey };
}

/** CKM_EC_EDWARDS_KEY_PAIR_GEN (PKCS #11 v3.1, 6.3; RFC 8032, 5.1.5 and 5.2.5). */
export const ecEdwardsKeyPairGen: Mechanism<"EC_EDWARDS_KEY_PAIR_GEN", EcEdwardsKeyPairGenParams> = mechanism({
  name: "EC_EDWARDS_KEY_PAIR_GEN",
  source: "PKCS #11 v3.1, 6.3; RFC 8032, 5.1.5 and 5.2.5",
  keyTypes: ["EC_EDWARDS"],
  keySize: { min: 255, max: 448, unit: "bits" },
  curves: OCTET_CURVE_FLAGS,
  parse,
  generateKeyPair: (context, params, publicTemplate) => inOneStep(() => generate(context, params, publicTemplate)),
});
