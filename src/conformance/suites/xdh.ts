/** X25519 and X448 through CKM_ECDH1_DERIVE with CKK_EC_MONTGOMERY keys: raw, SPKI and PKCS #8, PEM, JWK. */

import { OCTET_KEY_BYTES } from "../../der/ec-params.ts";
import { decodePkcs8 } from "../../der/pkcs8.ts";
import { decodeSpki } from "../../der/spki.ts";
import { type JsonObject, objectAt } from "../parsers/json.ts";
import { parseRsp } from "../parsers/rsp.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { base64url, octetKey, pem } from "./keys.ts";
import { bytesAt, caseOf, decoding, difference, type Input, Refusal, suite, type Trial, textAt } from "./support.ts";
import { derived, withKey } from "./token.ts";

type XCurve = "X25519" | "X448";

export const xdh: Suite = suite(
  "xdh",
  "X25519 and X448",
  ({ algorithm }) => algorithm === "X25519" || algorithm === "X448",
  (input) => (input.file.format === "wycheproof" ? wycheproof(input) : rfc(input)),
);

/** The shared secret of a private and a public key. */
export function xAgree(
  { session }: Pick<Input, "session">,
  curve: XCurve,
  privateKey: Uint8Array,
  peer: Uint8Array,
): Uint8Array {
  const template = octetKey("PRIVATE_KEY", curve, privateKey, "derive");
  return withKey(session, { ...template, sensitive: false, extractable: true }, (key) =>
    derived(session, { mechanism: "ECDH1_DERIVE", publicData: peer }, key, OCTET_KEY_BYTES[curve]),
  );
}

interface Encoding {
  peer(fields: JsonObject, curve: XCurve): Uint8Array;
  own(fields: JsonObject, curve: XCurve): Uint8Array;
}

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  XdhComp: { peer: (fields) => bytesAt(fields, "public"), own: (fields) => bytesAt(fields, "private") },
  XdhAsnComp: {
    peer: (fields, curve) => publicOf(bytesAt(fields, "public"), curve),
    own: (fields, curve) => privateOf(bytesAt(fields, "private"), curve),
  },
  XdhPemComp: {
    peer: (fields, curve) => publicOf(pem(textAt(fields, "public"), "PUBLIC KEY"), curve),
    own: (fields, curve) => privateOf(pem(textAt(fields, "private"), "PRIVATE KEY"), curve),
  },
  XdhJwkComp: {
    peer: (fields, curve) => jwk(fields, "public", "x", curve),
    own: (fields, curve) => jwk(fields, "private", "d", curve),
  },
};

export function publicOf(der: Uint8Array, curve: string): Uint8Array {
  const info = decoding(() => decodeSpki(der));
  if (info.type !== curve || !("publicKey" in info)) throw new Refusal(`not a public key of ${curve}`);
  return info.publicKey;
}

export function privateOf(der: Uint8Array, curve: string): Uint8Array {
  const info = decoding(() => decodePkcs8(der));
  if (info.type !== curve || !("seed" in info)) throw new Refusal(`not a private key of ${curve}`);
  return info.seed;
}

function jwk(fields: JsonObject, name: string, member: string, curve: XCurve): Uint8Array {
  const key = objectAt(fields[name], name);
  if (key["kty"] !== "OKP" || key["crv"] !== curve) throw new Refusal(`not a JWK of ${curve}`);
  return base64url(typeof key[member] === "string" ? key[member] : "");
}

function* wycheproof(input: Input): Generator<Trial> {
  const curve = input.file.algorithm as XCurve;
  for (const { type, tests } of parseWycheproof(input.text).groups) {
    const encoding = ENCODINGS[type];
    for (const test of tests) {
      const run = (): string | undefined => {
        if (encoding === undefined) return "an encoding that the suite does not know";
        const secret = xAgree(input, curve, encoding.own(test.fields, curve), encoding.peer(test.fields, curve));
        return difference(secret, bytesAt(test.fields, "shared"));
      };
      yield { ...caseOf(test), run };
    }
  }
}

function* rfc(input: Input): Generator<Trial> {
  const curve = input.file.algorithm as XCurve;
  for (const { id, fields } of parseRsp(input.text)) {
    const run = () => {
      const secret = xAgree(input, curve, bytesAt(fields, "INPUT_SCALAR"), bytesAt(fields, "INPUT_U"));
      return difference(secret, bytesAt(fields, "OUTPUT_U"));
    };
    yield { id, run };
  }
}
