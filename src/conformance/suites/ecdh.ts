/**
 * ECDH on the NIST curves and secp256k1 through CKM_ECDH1_DERIVE without a KDF, peers as SPKI, PEM, point or JWK.
 *
 * The encodings are read as the KMS reads them: what its strict decoders refuse is refused, compressed points and
 * explicit curve parameters among it.
 */

import { concat, equalBytes, utf8 } from "../../bytes/bytes.ts";
import type { CurveName } from "../../crypto/engine.ts";
import { concatKdf } from "../../crypto/kdf.ts";
import { FIELD_BYTES } from "../../der/ec-params.ts";
import { decodePkcs8 } from "../../der/pkcs8.ts";
import { decodeSpki } from "../../der/spki.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import { type JsonObject, objectAt } from "../parsers/json.ts";
import { parseRsp, type RspCase } from "../parsers/rsp.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { digestMechanism, hashOf, hmacMechanism } from "./hashes.ts";
import { base64url, curveNamed, ecPrivate, padded, pem, pointOf, publicKeyOf, unsignedHex } from "./keys.ts";
import { onOtherCurve, otherPoint } from "./other-curves.ts";
import { bytesAt, caseOf, decoding, difference, type Input, Refusal, suite, type Trial, textAt } from "./support.ts";
import { derived, secretKey, withKey } from "./token.ts";

export const ecdh: Suite = suite(
  "ecdh",
  "ECDH",
  ({ algorithm, format }) => algorithm === "ECDH" && format !== "evp",
  (input) => (input.file.format === "wycheproof" ? wycheproof(input) : cavp(input)),
);

/** The shared secret of a private scalar and a peer's point. */
export function agree(
  { session }: Pick<Input, "session">,
  curve: CurveName,
  scalar: Uint8Array,
  peer: Uint8Array,
): Uint8Array {
  return withKey(session, { ...ecPrivate(curve, scalar, "derive"), sensitive: false, extractable: true }, (key) =>
    derived(session, { mechanism: "ECDH1_DERIVE", publicData: peer }, key, FIELD_BYTES[curve]),
  );
}

/** The point of a SubjectPublicKeyInfo. @throws Refusal also when it names another curve */
export function pointOfSpki(der: Uint8Array, curve: CurveName): Uint8Array {
  const info = decoding(() => decodeSpki(der));
  if (info.type !== "EC" || info.curve !== curve) throw new Refusal(`not a public key of ${curve}`);
  return info.point;
}

export function scalarOfPkcs8(der: Uint8Array, curve: CurveName): Uint8Array {
  const info = decoding(() => decodePkcs8(der));
  if (info.type !== "EC" || info.curve !== curve) throw new Refusal(`not a private key of ${curve}`);
  return info.privateKey;
}

/** How a file's encoding has the two keys. */
interface Encoding {
  peer(fields: JsonObject, curve: CurveName): Uint8Array;
  scalar(fields: JsonObject, curve: CurveName): Uint8Array;
}

const hexScalar = (fields: JsonObject, curve: CurveName): Uint8Array =>
  padded(unsignedHex(textAt(fields, "private")), FIELD_BYTES[curve]);

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  asn: { peer: (fields, curve) => pointOfSpki(bytesAt(fields, "public"), curve), scalar: hexScalar },
  ecpoint: { peer: (fields) => bytesAt(fields, "public"), scalar: hexScalar },
  pem: {
    peer: (fields, curve) => pointOfSpki(pem(textAt(fields, "public"), "PUBLIC KEY"), curve),
    scalar: (fields, curve) => scalarOfPkcs8(pem(textAt(fields, "private"), "PRIVATE KEY"), curve),
  },
  webcrypto: {
    peer(fields, curve) {
      const key = jwk(fields, "public", curve);
      return pointOf(curve, coordinate(key, "x", curve), coordinate(key, "y", curve));
    },
    scalar: (fields, curve) => coordinate(jwk(fields, "private", curve), "d", curve),
  },
};

function jwk(fields: JsonObject, name: string, curve: CurveName): JsonObject {
  const key = objectAt(fields[name], name);
  if (key["kty"] !== "EC" || curveNamed(String(key["crv"])) !== curve) throw new Refusal(`not a JWK of ${curve}`);
  return key;
}

/** A coordinate or scalar has the field's length (RFC 7518, 6.2.1.2). */
function coordinate(key: JsonObject, name: string, curve: CurveName): Uint8Array {
  const bytes = base64url(typeof key[name] === "string" ? key[name] : "");
  if (bytes.length !== FIELD_BYTES[curve]) throw new Refusal(`${name} of the JWK has another length`);
  return bytes;
}

function* wycheproof(input: Input): Generator<Trial> {
  for (const { fields: group, tests } of parseWycheproof(input.text).groups) {
    const curve = curveNamed(textAt(group, "curve"));
    const encoding = ENCODINGS[textAt(group, "encoding")];
    for (const test of tests) {
      const run = (): string | undefined => {
        if (curve === undefined || encoding === undefined) return "an encoding that the suite does not know";
        const secret = agree(input, curve, encoding.scalar(test.fields, curve), encoding.peer(test.fields, curve));
        return difference(secret, bytesAt(test.fields, "shared"));
      };
      yield { ...caseOf(test), run };
    }
  }
}

/**
 * KASVS validity tests, which are `[EC - SHA256]` for P-256. The IUT's own pair must belong together, and what CAVS
 * made of the secret must be what the token makes of it: its hash, or the MAC under a derived key.
 */
function* cavp(input: Input): Generator<Trial> {
  for (const one of parseRsp(input.text)) {
    const [, set = "", hashName = ""] = /^(E[A-E]) - (SHA\d+)/.exec(one.sections[0] ?? "") ?? [];
    const curve = curveNamed(set);
    const result = textAt(one.fields, "Result").startsWith("P") ? "valid" : "invalid";
    if (curve === undefined) {
      const point = otherPoint(textAt(one.fields, "QsCAVSx"), textAt(one.fields, "QsCAVSy"));
      yield { id: one.id, result, ...onOtherCurve(input.session, set, { point }) };
    } else yield { id: one.id, result, run: () => validity(input, one, curve, hashName) };
  }
}

function validity(input: Input, { fields }: RspCase, curve: CurveName, hashName: string): undefined {
  const { session, engine } = input;
  const hash = hashOf(hashName) ?? "SHA256";
  const point = (name: string) =>
    pointOf(curve, unsignedHex(textAt(fields, `${name}x`)), unsignedHex(textAt(fields, `${name}y`)));
  const scalar = padded(unsignedHex(textAt(fields, "dsIUT")), FIELD_BYTES[curve]);
  const own = withKey(session, ecPrivate(curve, scalar, "derive"), (key) => publicKeyOf(session, key));
  if (!equalBytes(own, point("QsIUT"))) throw new Refusal("the public key is not that of the private one");
  const secret = agree(input, curve, scalar, point("QsCAVS"));
  if (fields["CAVSHashZZ"] !== undefined) {
    const digest = session.digest(digestMechanism(hash) as MechanismChoice & string, secret);
    requireEqual(digest, bytesAt(fields, "CAVSHashZZ"));
    return;
  }
  const key = concatKdf(engine, hash, secret, bytesAt(fields, "OI"), bytesAt(fields, "DKM").length);
  requireEqual(key, bytesAt(fields, "DKM"));
  const mechanism = hmacMechanism("SHA512") as MechanismChoice & string;
  const mac = withKey(session, secretKey("GENERIC_SECRET", key, "sign"), (handle) =>
    session.sign(mechanism, handle, concat(utf8("Standard Test Message"), bytesAt(fields, "Nonce"))),
  );
  const expected = bytesAt(fields, "CAVSTag");
  requireEqual(mac.subarray(0, expected.length), expected);
}

function requireEqual(found: Uint8Array, expected: Uint8Array): void {
  const differs = difference(found, expected);
  if (differs !== undefined) throw new Refusal(differs);
}
