import { Secret } from "../bytes/secret.ts";
import type { HashState } from "../crypto/engine.ts";
import { DEFAULT_USER_ID, MAX_USER_ID_BYTES, sm2Z } from "../crypto/sm2/curve.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import { decodeSm2Ciphertext, encodeSm2Ciphertext } from "../der/sm2-ciphertext.ts";
import type { TokenObject } from "../objects/object.ts";
import { inOneStep } from "./in-one-step.ts";
import { useKeyMaterial } from "./key-material.ts";
import {
  newSm2PrivateKey,
  newSm2PublicKey,
  requireSm2Params,
  sm2PointOf,
  sm2PrivateOf,
  sm2PublicOf,
} from "./keys/sm2.ts";
import { type Context, type Mechanism, mechanism, type NewKeyPair } from "./mechanism.ts";
import { bytes, type NoParams, noParams, oneOf, optional, paramReader } from "./params.ts";
import { signing, verifying } from "./streams.ts";

/** `userId` is the signer's distinguishing identifier, GM/T 0009's "1234567812345678" unless told otherwise. */
export interface Sm2DsaParams {
  readonly userId?: Uint8Array | undefined;
}

/** A ciphertext is the SM2Cipher of GM/T 0009 in DER, or C1 ‖ C3 ‖ C2 as such. */
export interface Sm2PkeParams {
  readonly encoding?: "der" | "raw" | undefined;
}

const DIGEST_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Of a message: what still fits into the longest DER that is read. */
const MAX_MESSAGE_BYTES = 3072;

const common = { keyTypes: ["SM2"], keySize: { min: 256, max: 256, unit: "bits" } } as const;

function generate(context: Context): NewKeyPair {
  const scalar = context.engine.sm2Generate(context.rng);
  const prepared = context.engine.sm2Private(scalar);
  demand(prepared, "GENERAL_ERROR", "the new SM2 key is out of its range");
  const publicKey = newSm2PublicKey(context, prepared.publicPoint());
  prepared.destroy();
  return { publicKey, privateKey: newSm2PrivateKey(context, scalar) };
}

/** An SM2 key pair; CKA_EC_PARAMS of the public template may name the curve. */
export const sm2KeyPairGen: Mechanism<"PHSM_SM2_KEY_PAIR_GEN", NoParams> = mechanism({
  name: "PHSM_SM2_KEY_PAIR_GEN",
  source: "docs/pkcs11.md; GB/T 32918.1-2016, 6.1; FIPS 186-5, A.2.1",
  ...common,
  parse: noParams,
  generateKeyPair(context, _params, { EC_PARAMS }) {
    if (EC_PARAMS !== undefined) requireSm2Params(EC_PARAMS);
    return inOneStep(() => generate(context));
  },
});

function requireDigest(data: Uint8Array): void {
  const isDigest = data.length === DIGEST_BYTES;
  demand(isDigest, "DATA_LEN_RANGE", `an SM2 signature is over ${DIGEST_BYTES} bytes, not ${data.length}`);
}

function sign(context: Context, key: TokenObject, digest: Uint8Array): Uint8Array {
  return sm2PrivateOf(context, key).sign(digest, context.rng);
}

function verify(context: Context, key: TokenObject, digest: Uint8Array, signature: Uint8Array): boolean {
  return sm2PublicOf(context, key).verify(digest, signature);
}

/** The signature over e = SM3(Z ‖ M), which the caller has computed; r ‖ s, as CKM_ECDSA has it. */
export const sm2dsa: Mechanism<"PHSM_SM2DSA", NoParams> = mechanism({
  name: "PHSM_SM2DSA",
  source: "docs/pkcs11.md; GB/T 32918.2-2016, 6 and 7; RFC 6979, 3.6",
  ...common,
  parse: noParams,
  sign(context, key, _params, data) {
    requireDigest(data);
    return sign(context, key, data);
  },
  verify(context, key, _params, data, signature) {
    requireDigest(data);
    return verify(context, key, data, signature);
  },
  signatureBytes: () => SIGNATURE_BYTES,
});

/** SM3 after Z, where the message goes. */
function started({ engine }: Context, point: Uint8Array, { userId = DEFAULT_USER_ID }: Sm2DsaParams): HashState {
  const state = engine.hash("SM3");
  state.update(sm2Z(engine, point, userId));
  return state;
}

function signStart(context: Context, key: TokenObject, params: Sm2DsaParams): HashState {
  const state = started(context, sm2PrivateOf(context, key).publicPoint(), params);
  return signing(state, (digest) => sign(context, key, digest));
}

function verifyStart(context: Context, key: TokenObject, params: Sm2DsaParams): ReturnType<typeof verifying> {
  const state = started(context, sm2PointOf(key), params);
  return verifying(state, (digest, signature) => verify(context, key, digest, signature));
}

/** The signature over a message; the token computes Z from the key and the user id. */
export const sm2dsaSm3: Mechanism<"PHSM_SM2DSA_SM3", Sm2DsaParams> = mechanism({
  name: "PHSM_SM2DSA_SM3",
  source: "docs/pkcs11.md; GB/T 32918.2-2016; GM/T 0009-2012, 10; RFC 6979, 3.6",
  ...common,
  parse: paramReader<Sm2DsaParams>({ userId: optional(bytes(0, MAX_USER_ID_BYTES)) }),
  sign(context, key, params, data) {
    const stream = signStart(context, key, params);
    stream.update(data);
    return stream.digest();
  },
  verify(context, key, params, data, signature) {
    const stream = verifyStart(context, key, params);
    stream.update(data);
    return stream.final(signature);
  },
  signStart,
  verifyStart,
  signatureBytes: () => SIGNATURE_BYTES,
});

function seal(context: Context, key: TokenObject, { encoding }: Sm2PkeParams, message: Uint8Array, range: CkrName) {
  const fits = message.length > 0 && message.length <= MAX_MESSAGE_BYTES;
  demand(fits, range, `SM2 encrypts 1 to ${MAX_MESSAGE_BYTES} bytes, not ${message.length}`);
  const raw = sm2PublicOf(context, key).encrypt(message, context.rng);
  return encoding === "raw" ? raw : encodeSm2Ciphertext(raw);
}

/** Every failure is one outcome, whether in the encoding, the point or the contents. */
function open(
  context: Context,
  key: TokenObject,
  { encoding }: Sm2PkeParams,
  ciphertext: Uint8Array,
  failure: CkrName,
): Uint8Array {
  const privateKey = sm2PrivateOf(context, key);
  const raw = encoding === "raw" ? ciphertext : decodeSm2Ciphertext(ciphertext);
  const message = raw && privateKey.decrypt(raw);
  if (message === undefined) throw new CkrError(failure, "the SM2 ciphertext cannot be decrypted");
  return message;
}

/** SM2 public key encryption. */
export const sm2pke: Mechanism<"PHSM_SM2PKE", Sm2PkeParams> = mechanism({
  name: "PHSM_SM2PKE",
  source: "docs/pkcs11.md; GB/T 32918.4-2016; GM/T 0009-2012, 7.2",
  ...common,
  parse: paramReader<Sm2PkeParams>({ encoding: optional(oneOf("der", "raw")) }),
  encrypt: (context, key, params, data) => seal(context, key, params, data, "DATA_LEN_RANGE"),
  decrypt: (context, key, params, data) => open(context, key, params, data, "ENCRYPTED_DATA_INVALID"),
  wrap: (context, key, params, target) =>
    useKeyMaterial(target, (material) => seal(context, key, params, material, "KEY_SIZE_RANGE")),
  unwrap: (context, key, params, wrapped) => ({
    value: new Secret(open(context, key, params, wrapped, "WRAPPED_KEY_INVALID")),
  }),
});
