import { os2ip, utf8 } from "../bytes/bytes.ts";
import { childDrbg, drbgRng, SEED_BYTES } from "../crypto/drbg.ts";
import type { Engine, Rng, RsaComponents } from "../crypto/engine.ts";
import type { Template } from "../cryptoki/attributes.ts";
import { demand } from "../cryptoki/error.ts";
import { newRsaPrivateKey, newRsaPublicKey } from "./keys/rsa.ts";
import { type Context, type Mechanism, mechanism, type NewKeyPair } from "./mechanism.ts";
import { bytes, oneOf, optional, paramReader } from "./params.ts";

/** They stand for CKA_MODULUS_BITS and CKA_PUBLIC_EXPONENT in the public template; the exponent is 65537 by default. */
export interface RsaKeyPairGenParams {
  readonly modulusBits?: number | undefined;
  readonly publicExponent?: Uint8Array | undefined;
}

const MODULUS_BITS: readonly number[] = [1024, 2048, 3072, 4096];
/** FIPS 186-5, A.1.1: below these, only a policy that is not strict makes keys. */
const LEAST = { modulusBits: 2048, publicExponent: 65537 } as const;
const F4 = Uint8Array.of(0x01, 0x00, 0x01);

/** Odd, 2 < e < 2^256 (RFC 8017, 3.1), without zeros in front. */
function isExponent(e: Uint8Array): boolean {
  const value = os2ip(e);
  return e[0] !== 0 && (value & 1n) === 1n && value > 2n && e.length <= 32;
}

const read = paramReader<RsaKeyPairGenParams>({
  modulusBits: optional(oneOf(...MODULUS_BITS)),
  publicExponent: optional(bytes(1, 32)),
});

function parse(choice: Readonly<Record<string, unknown>>): RsaKeyPairGenParams {
  const params = read(choice);
  const { publicExponent = F4 } = params;
  demand(isExponent(publicExponent), "MECHANISM_PARAM_INVALID", "publicExponent must be odd and at least 3");
  return params;
}

/** The size of a pair to be made. */
export interface RsaSize {
  readonly modulusBits: number;
  readonly publicExponent: Uint8Array;
}

/** What a thread is asked for: the pair that {@link rsaSteps} makes when it draws `seed`. */
export interface RsaTask {
  readonly task: "rsaGenerate";
  readonly size: RsaSize;
  readonly seed: Uint8Array;
}

/** Generation from one draw of `rng`, by a DRBG of its own: what other calls draw between two steps does not change the key. */
export function rsaSteps(engine: Engine, size: RsaSize, rng: Rng): Generator<void, RsaComponents> {
  const drbg = childDrbg(rng, utf8("RSA key pair"), engine.drbgCipher);
  return engine.rsaGenerate(size.modulusBits, size.publicExponent, drbgRng(drbg));
}

function chosen(params: RsaKeyPairGenParams, template: Template): RsaSize {
  const modulusBits = params.modulusBits ?? template.MODULUS_BITS;
  demand(modulusBits !== undefined, "TEMPLATE_INCOMPLETE", "CKA_MODULUS_BITS is missing");
  demand(MODULUS_BITS.includes(modulusBits), "KEY_SIZE_RANGE", `a modulus has ${MODULUS_BITS.join(", ")} bits`);
  const publicExponent = params.publicExponent ?? template.PUBLIC_EXPONENT ?? F4;
  const isValid = isExponent(publicExponent);
  demand(isValid, "ATTRIBUTE_VALUE_INVALID", "CKA_PUBLIC_EXPONENT must be odd and at least 3");
  return { modulusBits, publicExponent };
}

function newPair(context: Context, components: RsaComponents): NewKeyPair {
  const { n, e } = components;
  return { publicKey: newRsaPublicKey(context, n, e), privateKey: newRsaPrivateKey(context, components) };
}

/** CKM_RSA_PKCS_KEY_PAIR_GEN (PKCS #11 v3.1, 6.1; FIPS 186-5, A.1.3). */
export const rsaPkcsKeyPairGen: Mechanism<"RSA_PKCS_KEY_PAIR_GEN", RsaKeyPairGenParams> = mechanism({
  name: "RSA_PKCS_KEY_PAIR_GEN",
  source: "PKCS #11 v3.1, 6.1; FIPS 186-5, A.1.3",
  keyTypes: ["RSA"],
  keySize: { min: 1024, max: 4096, unit: "bits" },
  parse,
  strengths: ({ modulusBits = LEAST.modulusBits, publicExponent = F4 }) => [
    { what: "modulusBits", given: modulusBits, least: LEAST.modulusBits, source: "FIPS 186-5, A.1.1" },
    {
      what: "publicExponent",
      given: Number(os2ip(publicExponent)),
      least: LEAST.publicExponent,
      source: "FIPS 186-5, A.1.1",
    },
  ],
  *generateKeyPair(context, params, publicTemplate) {
    const components = yield* rsaSteps(context.engine, chosen(params, publicTemplate), context.rng);
    return newPair(context, components);
  },
  generateKeyPairIn(threads, context, params, publicTemplate) {
    const size = chosen(params, publicTemplate);
    const seed = Uint8Array.from(context.rng(SEED_BYTES));
    const { result, stop } = threads.run({ task: "rsaGenerate", size, seed } satisfies RsaTask, [seed]);
    return { result: result.then((components) => newPair(context, components as RsaComponents)), stop };
  },
});
