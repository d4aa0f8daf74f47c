/**
 * ECDSA through CKM_ECDSA_SHA… and, for the hashes that have no such mechanism, CKM_ECDSA on a digest from C_Digest.
 *
 * The token's signatures are r ‖ s; signatures in DER are read as the KMS reads them, and what its decoder refuses is
 * refused. The token's nonces are hedged with random bytes (RFC 6979, 3.6), so a signature of a vector does not come
 * out again: signing cases verify the vector's signature, and sign and verify one of the token's own.
 */

import { concat, os2ip } from "../../bytes/bytes.ts";
import type { CurveName } from "../../crypto/engine.ts";
import type { MechanismName } from "../../cryptoki/constants.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import { FIELD_BYTES } from "../../der/ec-params.ts";
import { decodeEcdsaSignature } from "../../der/ecdsa-signature.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { type JsonObject, objectAt } from "../parsers/json.ts";
import { parseRsp, type RspCase } from "../parsers/rsp.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { digestOf, hashOrXofOf } from "./hashes.ts";
import { curveNamed, ecPrivate, ecPublic, padded, pointOf, publicKeyOf } from "./keys.ts";
import { onOtherCurve, otherPoint } from "./other-curves.ts";
import { bytesAt, caseOf, difference, type Input, Refusal, suite, type Trial, textAt } from "./support.ts";
import { sharing, unlessOffered, withKey } from "./token.ts";

export const ecdsa: Suite = suite(
  "ecdsa",
  "ECDSA",
  ({ algorithm, format }) => algorithm === "ECDSA" && format !== "evp",
  (input) => {
    if (input.file.format === "wycheproof") return wycheproof(input);
    return input.file.format === "acvp" ? acvp(input) : cavp(input);
  },
);

/** What is verified or signed with a hash: a mechanism that hashes, or the bare one on the token's digest. */
export function ecdsaOf(
  input: Pick<Input, "session" | "offers">,
  hashName: string,
  message: Uint8Array,
): { readonly mechanism: MechanismChoice; readonly data: Uint8Array } {
  const hash = hashOrXofOf(hashName);
  const own = `ECDSA_${hash}` as MechanismName;
  if (hash === undefined || unlessOffered(input, own) === undefined)
    return { mechanism: own as "ECDSA_SHA256", data: message };
  return { mechanism: "ECDSA", data: digestOf(input.session, hash, message) } as const;
}

/** The code of the skip for a hash or a curve that the token does not have. */
export function unlessEcdsa(curve: CurveName | undefined, hashName: string): string | undefined {
  if (curve === undefined) return "no-curve";
  return hashOrXofOf(hashName) === undefined ? "no-mechanism" : undefined;
}

function verify(input: Input, key: ObjectHandle, hashName: string, message: Uint8Array, signature: Uint8Array) {
  const { mechanism, data } = ecdsaOf(input, hashName, message);
  input.session.verify(mechanism, key, data, signature);
}

function* wycheproof(input: Input): Generator<Trial> {
  const { session } = input;
  for (const { type, fields: group, tests } of parseWycheproof(input.text).groups) {
    const publicKey = objectAt(group["publicKey"], "publicKey");
    const [curve, hashName] = [curveNamed(textAt(publicKey, "curve")), textAt(group, "sha")];
    const skip = unlessEcdsa(curve, hashName);
    const orderBytes = FIELD_BYTES[curve ?? "P-256"];
    const template = () => ecPublic(curve ?? "P-256", bytesAt(publicKey, "uncompressed"));
    yield* sharing(session, template, function* (key) {
      for (const test of tests) {
        const run = (): undefined => {
          const given = bytesAt(test.fields, "sig");
          const signature = type.includes("P1363") ? given : decodeEcdsaSignature(given, orderBytes);
          if (signature === undefined) throw new Refusal("the signature is not DER");
          verify(input, key.handle, hashName, bytesAt(test.fields, "msg"), signature);
        };
        const isAboutS = test.flags.some((flag) => BITCOIN_FLAGS.has(flag)) && test.result === "invalid";
        const isBitcoinRule = type === "EcdsaBitcoinVerify" && isAboutS && hasHighS(test.fields);
        yield { ...caseOf(test), skip: skip ?? (isBitcoinRule ? "bitcoin-low-s" : undefined), run };
      }
    });
  }
}

/** The flags of the cases in which the larger s is all that is wrong. */
const BITCOIN_FLAGS: ReadonlySet<string> = new Set(["SignatureMalleabilityBitcoin", "ArithmeticError"]);

/** (n − 1) / 2 for the order of secp256k1 (SEC 2, 2.4.1). */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** Bitcoin takes only the lower of s and n − s; FIPS 186-5, and so the token, takes both. */
function hasHighS(fields: JsonObject): boolean {
  const signature = decodeEcdsaSignature(bytesAt(fields, "sig"), 32);
  return signature !== undefined && os2ip(signature.subarray(32)) > HALF_ORDER;
}

function* cavp(input: Input): Generator<Trial> {
  for (const one of parseRsp(input.text)) {
    // "P-256,SHA-256", or "P-256" alone.
    const [curveName = "", hashName] = (one.sections[0] ?? "").split(",");
    const curve = curveNamed(curveName.trim());
    if (curve === undefined) {
      const point = otherPoint(textAt(one.fields, "Qx"), textAt(one.fields, "Qy"));
      yield { id: one.id, ...onOtherCurve(input.session, curveName.trim(), { point }) };
      continue;
    }
    const skip = hashName === undefined ? undefined : unlessEcdsa(curve, hashName);
    if (skip === undefined) yield cavpTrial(input, one, curve, hashName?.trim() ?? "");
    else yield { id: one.id, skip, run: () => undefined };
  }
}

function cavpTrial(input: Input, { id, fields }: RspCase, curve: CurveName, hashName: string): Trial {
  const { session } = input;
  const integer = (name: string): Uint8Array => {
    const digits = textAt(fields, name);
    return bytesAt({ hex: digits.length % 2 === 0 ? digits : `0${digits}` }, "hex");
  };
  const point = () => pointOf(curve, integer("Qx"), integer("Qy"));
  const result = (fields["Result"] ?? "P").startsWith("P") ? "valid" : "invalid";
  if (fields["Msg"] === undefined) {
    // KeyPair has the private key, PKV the verdict on a public one.
    const pair = () =>
      withKey(session, ecPrivate(curve, integer("d"), "sign"), (key) => difference(publicKeyOf(session, key), point()));
    const publicKey = () => withKey(session, ecPublic(curve, point()), () => undefined);
    return { id, result, run: fields["d"] === undefined ? publicKey : pair };
  }
  const message = bytesAt(fields, "Msg");
  const length = FIELD_BYTES[curve];
  const signature = () => concat(padded(integer("R"), length), padded(integer("S"), length));
  const verifies = (): undefined =>
    withKey(session, ecPublic(curve, point()), (key) => {
      verify(input, key, hashName, message, signature());
      if (fields["d"] === undefined) return undefined;
      const own = withKey(session, ecPrivate(curve, integer("d"), "sign"), (privateKey) => {
        const { mechanism, data } = ecdsaOf(input, hashName, message);
        return session.sign(mechanism, privateKey, data);
      });
      verify(input, key, hashName, message, own);
      return undefined;
    });
  return { id, result, run: verifies };
}

function* acvp(input: Input): Generator<Trial> {
  for (const { id, set, group, test, expected } of joinAcvp(parseAcvp(input.text), parseAcvp(input.results ?? ""))) {
    const curve = curveNamed(textAt(group, "curve"));
    const isSignature = set.mode === "sigVer";
    const hashName = isSignature ? textAt(group, "hashAlg") : "SHA-256";
    if (curve === undefined) {
      const point = otherPoint(textAt(test, "qx"), textAt(test, "qy"));
      yield { id, ...onOtherCurve(input.session, textAt(group, "curve"), { point }) };
      continue;
    }
    const skip = unlessEcdsa(curve, hashName);
    if (skip !== undefined) {
      yield { id, skip, run: () => undefined };
      continue;
    }
    const length = FIELD_BYTES[curve];
    const run = (): undefined =>
      withKey(input.session, ecPublic(curve, pointOf(curve, bytesAt(test, "qx"), bytesAt(test, "qy"))), (key) => {
        if (!isSignature) return;
        const signature = concat(padded(bytesAt(test, "r"), length), padded(bytesAt(test, "s"), length));
        verify(input, key, hashName, bytesAt(test, "message"), signature);
      }) as undefined;
    yield { id, result: expected["testPassed"] === true ? "valid" : "invalid", run };
  }
}
