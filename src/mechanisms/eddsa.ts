import type { EdVariant, Engine } from "../crypto/engine.ts";
import { demand } from "../cryptoki/error.ts";
import { edPrivateOf, edPublicOf } from "./keys/ec-edwards.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { flag, optional, readParams } from "./params.ts";

/**
 * Ed25519, or Ed25519ph with either flag: `phFlag` as in CK_EDDSA_PARAMS, where the token hashes the message;
 * `prehashed` where the data is the SHA-512 digest already.
 */
export interface EdDsaParams {
  readonly phFlag?: boolean | undefined;
  readonly prehashed?: boolean | undefined;
}

const DIGEST_BYTES = 64;

function parse(choice: Readonly<Record<string, unknown>>): EdDsaParams {
  return readParams<EdDsaParams>(choice, { phFlag: optional(flag), prehashed: optional(flag) });
}

/** The bytes and the variant that RFC 8032, 5.1 has for them. */
function input(
  engine: Engine,
  { phFlag, prehashed }: EdDsaParams,
  data: Uint8Array,
): readonly [message: Uint8Array, variant: EdVariant] {
  if (prehashed === true) {
    demand(data.length === DIGEST_BYTES, "DATA_LEN_RANGE", `a SHA-512 digest has ${DIGEST_BYTES} bytes`);
    return [data, "prehashed"];
  }
  return phFlag === true ? [engine.digest("SHA512", data), "prehashed"] : [data, "pure"];
}

/** CKM_EDDSA (PKCS #11 v3.1, 6.3). */
export const eddsa: Mechanism<"EDDSA", EdDsaParams> = mechanism({
  name: "EDDSA",
  source: "PKCS #11 v3.1, 6.3; RFC 8032, 5.1; FIPS 186-5, 7",
  keyTypes: ["EC_EDWARDS"],
  keySize: { min: 255, max: 255, unit: "bits" },
  parse,
  sign(context, key, params, data) {
    const [message, variant] = input(context.engine, params, data);
    return edPrivateOf(context, key).sign(message, variant);
  },
  verify(context, key, params, data, signature) {
    const [message, variant] = input(context.engine, params, data);
    return edPublicOf(context, key).verify(message, signature, variant);
  },
  signatureBytes: () => 64,
});
