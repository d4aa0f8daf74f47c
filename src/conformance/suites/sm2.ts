/**
 * SM2 signatures through PHSM_SM2DSA and PHSM_SM2DSA_SM3, decryption through PHSM_SM2PKE.
 *
 * The token's nonces are hedged: a signature of a vector is verified, and one of the token's own made and verified.
 * Encryption vectors are decrypted.
 */

import { fromHex, utf8 } from "../../bytes/bytes.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import { encode, objectId } from "../../der/asn1.ts";
import { encodeEcParams, encodeEcPoint } from "../../der/ec-params.ts";
import { decodeEcdsaSignature } from "../../der/ecdsa-signature.ts";
import { decodePkcs8 } from "../../der/pkcs8.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import type { KeyTemplate, Usage } from "../../objects/template.ts";
import { parseBotan } from "../parsers/botan.ts";
import { parseEvp } from "../parsers/evp.ts";
import type { Fields } from "../parsers/text.ts";
import type { Suite } from "../suite.ts";
import { controlsOf, evpBytes } from "./evp.ts";
import { padded, pem, publicKeyOf, unsignedHex } from "./keys.ts";
import { bytesAt, difference, type Input, Refusal, suite, type Trial, textAt } from "./support.ts";
import { withKey } from "./token.ts";

export const sm2: Suite = suite(
  "sm2",
  "SM2",
  ({ algorithm }) => algorithm === "SM2",
  (input) => {
    if (input.file.format === "evp") return openssl(input);
    if (input.file.path.includes("sig")) return signatures(input);
    return ciphertexts(input);
  },
);

const EC_PARAMS = encodeEcParams("SM2");
/** The prime of the curve (GB/T 32918.5-2017, 2); the draft's example curve has another. */
const PRIME = "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff";

function privateKey(scalar: Uint8Array, usage: Usage, params: Uint8Array = EC_PARAMS): KeyTemplate {
  return { CLASS: "PRIVATE_KEY", KEY_TYPE: "SM2", EC_PARAMS: params, VALUE: padded(scalar, 32), usage };
}

function withPublic<T>({ session }: Input, key: ObjectHandle, use: (publicKey: ObjectHandle) => T): T {
  const EC_POINT = encodeEcPoint(publicKeyOf(session, key));
  return withKey(session, { CLASS: "PUBLIC_KEY", KEY_TYPE: "SM2", EC_PARAMS, EC_POINT, usage: "sign" }, use);
}

function verify(input: Input, scalar: Uint8Array, mechanism: MechanismChoice, data: Uint8Array, signature: Uint8Array) {
  const { session } = input;
  return withKey(session, privateKey(scalar, "sign"), (key) =>
    withPublic(input, key, (publicKey): undefined => {
      session.verify(mechanism, publicKey, data, signature);
      session.verify(mechanism, publicKey, data, session.sign(mechanism, key, data));
    }),
  );
}

function decrypt({ session }: Input, scalar: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return withKey(session, privateKey(scalar, "encrypt"), (key) => session.decrypt("PHSM_SM2PKE", key, ciphertext));
}

/** The key of a vector on another curve, by the object identifier that the file gives it, is refused. */
function onOtherCurve({ session }: Input, fields: Fields): Pick<Trial, "stricter" | "run"> {
  const params = encode(objectId(textAt(fields, "Oid")));
  const template = privateKey(unsignedHex(textAt(fields, "x")), "sign", params);
  return { stricter: "no-curve", run: () => withKey(session, template, () => undefined) };
}

function isOurCurve(fields: Fields): boolean {
  return fields["P"] === undefined || fields["P"].toLowerCase() === `0x${PRIME}`;
}

/** `Hash = Raw` has e itself as the message. */
function* signatures(input: Input): Generator<Trial> {
  for (const { id, fields } of parseBotan(input.text, true)) {
    const hash = textAt(fields, "Hash");
    if (!isOurCurve(fields)) {
      yield { id, ...onOtherCurve(input, fields) };
      continue;
    }
    const skip = hash === "SM3" || hash === "Raw" ? undefined : "no-mechanism";
    const mechanism: MechanismChoice =
      hash === "Raw" ? "PHSM_SM2DSA" : { mechanism: "PHSM_SM2DSA_SM3", userId: utf8(textAt(fields, "Ident")) };
    const scalar = unsignedHex(textAt(fields, "x"));
    const run = () => verify(input, scalar, mechanism, bytesAt(fields, "Msg"), bytesAt(fields, "Signature"));
    yield { id, skip, run };
  }
}

/** `sm2_enc.vec` has messages, `sm2_invalid.vec` ciphertexts that are none. */
function* ciphertexts(input: Input): Generator<Trial> {
  for (const { id, fields } of parseBotan(input.text, true)) {
    const hash = fields["Hash"] ?? "SM3";
    if (!isOurCurve(fields)) {
      yield { id, ...onOtherCurve(input, fields) };
      continue;
    }
    const skip = hash === "SM3" ? undefined : "no-mechanism";
    if (fields["Ctext"] !== undefined) {
      const scalar = fromHex(textAt(fields, "Key"));
      const run = (): undefined => {
        decrypt(input, scalar, bytesAt(fields, "Ctext"));
      };
      yield { id, result: "invalid", run };
      continue;
    }
    const scalar = unsignedHex(textAt(fields, "x"));
    const run = () => difference(decrypt(input, scalar, bytesAt(fields, "Ciphertext")), bytesAt(fields, "Msg"));
    yield { id, skip, run };
  }
}

/** Signatures are over e; what has another digest than SM3's 32 bytes, or generates a key, has no mechanism here. */
function* openssl(input: Input): Generator<Trial> {
  const file = parseEvp(input.text);
  for (const { id, operation, target, fields } of file.cases) {
    const digest = controlsOf(fields).get("digest") ?? "SM3";
    const result = fields["Result"] === undefined ? "valid" : "invalid";
    const scalar = (): Uint8Array => {
      const info = decodePkcs8(pem(file.keys.get(`PrivateKey:${target}`)?.text ?? "", "PRIVATE KEY"));
      if (info.type !== "EC") throw new TypeError(`${target} is no EC key`);
      return info.privateKey;
    };
    if (fields["Input"] === undefined || fields["Output"] === undefined || digest !== "SM3") {
      yield { id, skip: fields["Input"] === undefined ? "openssl-interface" : "no-mechanism", run: () => undefined };
      continue;
    }
    const [given, output] = [evpBytes(textAt(fields, "Input")), evpBytes(textAt(fields, "Output"))];
    const run = (): string | undefined => {
      if (operation === "Decrypt") return difference(decrypt(input, scalar(), given), output);
      const signature = decodeEcdsaSignature(output, 32);
      if (signature === undefined) throw new Refusal("the signature is not DER");
      return verify(input, scalar(), "PHSM_SM2DSA", given, signature);
    };
    yield { id, result, run };
  }
}
