/** The curves of vector files that the token does not have: it is asked to take a key on them, and refuses. */

import { fromHex } from "../../bytes/bytes.ts";
import { encode, objectId } from "../../der/asn1.ts";
import { encodeEcPoint } from "../../der/ec-params.ts";
import type { TokenSession } from "../suite.ts";
import type { Trial } from "./support.ts";
import { withKey } from "./token.ts";

/** Object identifiers (RFC 5480, 2.1.1.1; SEC 2, A.2; RFC 5639, 4.1; JORF 2011, no. 241) by the names of the files. */
// biome-ignore format: a table
const OIDS: Readonly<Record<string, string>> = {
  "P-192": "1.2.840.10045.3.1.1", EA: "1.2.840.10045.3.1.1", secp192r1: "1.2.840.10045.3.1.1",
  "P-224": "1.3.132.0.33",        EB: "1.3.132.0.33",        secp224r1: "1.3.132.0.33",
  "K-163": "1.3.132.0.1",  "B-163": "1.3.132.0.15",
  "K-233": "1.3.132.0.26", "B-233": "1.3.132.0.27",
  "K-283": "1.3.132.0.16", "B-283": "1.3.132.0.17",
  "K-409": "1.3.132.0.36", "B-409": "1.3.132.0.37",
  "K-571": "1.3.132.0.38", "B-571": "1.3.132.0.39",
  secp160k1: "1.3.132.0.9", secp160r1: "1.3.132.0.8", secp160r2: "1.3.132.0.30",
  secp192k1: "1.3.132.0.31", secp224k1: "1.3.132.0.32",
  brainpoolP160r1: "1.3.36.3.3.2.8.1.1.1",  brainpoolP160t1: "1.3.36.3.3.2.8.1.1.2",
  brainpoolP192r1: "1.3.36.3.3.2.8.1.1.3",  brainpoolP192t1: "1.3.36.3.3.2.8.1.1.4",
  brainpoolP224r1: "1.3.36.3.3.2.8.1.1.5",  brainpoolP224t1: "1.3.36.3.3.2.8.1.1.6",
  brainpoolP256r1: "1.3.36.3.3.2.8.1.1.7",  brainpoolP256t1: "1.3.36.3.3.2.8.1.1.8",
  brainpoolP320r1: "1.3.36.3.3.2.8.1.1.9",  brainpoolP320t1: "1.3.36.3.3.2.8.1.1.10",
  brainpoolP384r1: "1.3.36.3.3.2.8.1.1.11", brainpoolP384t1: "1.3.36.3.3.2.8.1.1.12",
  brainpoolP512r1: "1.3.36.3.3.2.8.1.1.13", brainpoolP512t1: "1.3.36.3.3.2.8.1.1.14",
  FRP256v1: "1.2.250.1.223.101.256.1",
};

/** CKA_EC_PARAMS of a curve that the token does not have. @throws TypeError for a name that is not known here either */
export function otherParams(name: string): Uint8Array {
  const oid = Object.hasOwn(OIDS, name) ? OIDS[name] : undefined;
  if (oid === undefined) throw new TypeError(`the suites do not know the curve ${name}`);
  return encode(objectId(oid));
}

/** What the verdict on a case rests on when its key is on another curve: the refusal of the key. */
export function onOtherCurve(session: TokenSession, name: string, value: OtherKey): Pick<Trial, "stricter" | "run"> {
  const EC_PARAMS = otherParams(name);
  const template =
    "point" in value
      ? ({ CLASS: "PUBLIC_KEY", KEY_TYPE: "EC", EC_PARAMS, EC_POINT: encodeEcPoint(value.point) } as const)
      : ({ CLASS: "PRIVATE_KEY", KEY_TYPE: "EC", EC_PARAMS, VALUE: value.scalar } as const);
  return { stricter: "no-curve", run: () => withKey(session, { ...template, usage: "sign" }, () => undefined) };
}

export type OtherKey = { readonly point: Uint8Array } | { readonly scalar: Uint8Array };

/** An uncompressed point from hexadecimal coordinates, of the length of the longer one. */
export function otherPoint(x: string, y: string): Uint8Array {
  const digits = 2 * Math.ceil(Math.max(x.length, y.length) / 2);
  return fromHex(`04${x.padStart(digits, "0")}${y.padStart(digits, "0")}`);
}
