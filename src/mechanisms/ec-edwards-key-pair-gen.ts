import type { Template } from "../cryptoki/attributes.ts";
import { encodeEcParams } from "../der/ec-params.ts";
import { inOneStep } from "./in-one-step.ts";
import { edwardsParams, newEdPrivateKey, newEdPublicKey } from "./keys/ec-edwards.ts";
import { type Context, type Mechanism, mechanism, type NewKeyPair } from "./mechanism.ts";
import { oneOf, optional, readParams } from "./params.ts";

/** There is one curve; it may be named here or by CKA_EC_PARAMS in the public template, or not at all. */
export interface EcEdwardsKeyPairGenParams {
  readonly curve?: "Ed25519" | undefined;
}

function parse(choice: Readonly<Record<string, unknown>>): EcEdwardsKeyPairGenParams {
  return readParams<EcEdwardsKeyPairGenParams>(choice, { curve: optional(oneOf("Ed25519")) });
}

function generate(context: Context, { EC_PARAMS }: Template): NewKeyPair {
  const ecParams = EC_PARAMS === undefined ? encodeEcParams("Ed25519") : edwardsParams(EC_PARAMS);
  const seed = context.rng(32);
  const prepared = context.engine.edPrivate(seed);
  const publicKey = newEdPublicKey(context, prepared.publicKey(), ecParams);
  prepared.destroy();
  return { publicKey, privateKey: newEdPrivateKey(context, seed, ecParams) };
}

/** CKM_EC_EDWARDS_KEY_PAIR_GEN (PKCS #11 v3.1, 6.3; RFC 8032, 5.1.5). */
export const ecEdwardsKeyPairGen: Mechanism<"EC_EDWARDS_KEY_PAIR_GEN", EcEdwardsKeyPairGenParams> = mechanism({
  name: "EC_EDWARDS_KEY_PAIR_GEN",
  source: "PKCS #11 v3.1, 6.3; RFC 8032, 5.1.5",
  keyTypes: ["EC_EDWARDS"],
  keySize: { min: 255, max: 255, unit: "bits" },
  parse,
  generateKeyPair: (context, _params, publicTemplate) => inOneStep(() => generate(context, publicTemplate)),
});
