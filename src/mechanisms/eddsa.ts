import { ed448Prehash } from "../crypto/ed448.ts";
import type { EdVariant, Engine } from "../crypto/engine.ts";
import { demand } from "../cryptoki/error.ts";
import type { TokenObject } from "../objects/object.ts";
import { type EdwardsCurve, edPrivateOf, edPublicOf, edwardsCurveOf } from "./keys/ec-edwards.ts";
import { type Mechanism, mechanism, OCTET_CURVE_FLAGS } from "./mechanism.ts";
import { bytes, flag, optional, paramReader } from "./params.ts";

/**
 * The key's curve says Ed25519 or Ed448, and either flag its prehashed form: `phFlag` as in CK_EDDSA_PARAMS, where the
 * token hashes the message; `prehashed` where the data is the digest already. `context` is for Ed448 alone.
 */
export interface EdDsaParams {
  readonly phFlag?: boolean | undefined;
  readonly prehashed?: boolean | undefined;
  readonly context?: Uint8Array | undefined;
}

/** SHA-512 for Ed25519ph, SHAKE256 for Ed448ph (RFC 8032, 5.1 and 5.2). */
const DIGEST_BYTES = 64;
const MAX_CONTEXT_BYTES = 255;
const SIGNATURE_BYTES: Readonly<Record<EdwardsCurve, number>> = { Ed25519: 64, Ed448: 114 };

const none = new Uint8Array(0);

const parse = paramReader<EdDsaParams>({
  phFlag: optional(flag),
  prehashed: optional(flag),
  context: optional(bytes(0, MAX_CONTEXT_BYTES)),
});

/** What RFC 8032 signs: the bytes, the variant that it has for them, and the context. */
function input(
  engine: Engine,
  key: TokenObject,
  { phFlag, prehashed, context }: EdDsaParams,
  data: Uint8Array,
): { message: Uint8Array; variant: EdVariant; context: Uint8Array } {
  const curve = edwardsCurveOf(key);
  const mayHaveContext = curve === "Ed448" || context === undefined;
  demand(mayHaveContext, "MECHANISM_PARAM_INVALID", "a context needs an Ed448 key");
  const wanted = { context: context ?? none };
  if (prehashed === true) {
    demand(data.length === DIGEST_BYTES, "DATA_LEN_RANGE", `the digest has ${DIGEST_BYTES} bytes`);
    return { ...wanted, message: data, variant: "prehashed" };
  }
  if (phFlag !== true) return { ...wanted, message: data, variant: "pure" };
  const message = curve === "Ed448" ? ed448Prehash(data) : engine.digest("SHA512", data);
  return { ...wanted, message, variant: "prehashed" };
}

/** CKM_EDDSA (PKCS #11 v3.1, 6.3). */
export const eddsa: Mechanism<"EDDSA", EdDsaParams> = mechanism({
  name: "EDDSA",
  source: "PKCS #11 v3.1, 6.3; RFC 8032, 5.1 and 5.2; FIPS 186-5, 7",
  keyTypes: ["EC_EDWARDS"],
  keySize: { min: 255, max: 448, unit: "bits" },
  curves: OCTET_CURVE_FLAGS,
  parse,
  sign(context, key, params, data) {
    const wanted = input(context.engine, key, params, data);
    return edPrivateOf(context, key).sign(wanted.message, wanted.variant, wanted.context);
  },
  verify(context, key, params, data, signature) {
    const wanted = input(context.engine, key, params, data);
    return edPublicOf(context, key).verify(wanted.message, signature, wanted.variant, wanted.context);
  },
  signatureBytes: (key) => SIGNATURE_BYTES[edwardsCurveOf(key)],
});
