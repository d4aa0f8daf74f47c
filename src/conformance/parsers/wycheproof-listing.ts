/** A line of a manifest for a Wycheproof file that has none, as in a folder straight from Wycheproof itself. */

import type { VectorFile } from "./manifest.ts";
import { parseWycheproof } from "./wycheproof.ts";

/** What the manifest calls the algorithm, by the beginning of Wycheproof's name and of its schema's. */
// biome-ignore format: a table
const ALGORITHMS: readonly (readonly [algorithm: RegExp, schema: RegExp, name: string])[] = [
  [/^AES-CBC-PKCS5$/,      /^/,                          "AES-CBC"],
  [/^AES-(CCM|CMAC|GCM|GMAC|KWP)$/, /^/,                 "$&"],
  [/^AES-WRAP$/,           /^/,                          "AES-KW"],
  [/^EcCurveTest$/,        /^/,                          "EC domain parameters"],
  [/^EC(DH|DSA)$/,         /^/,                          "$&"],
  [/^HKDF/,                /^/,                          "HKDF"],
  [/^HMACSM3$/,            /^/,                          "HMAC-SM3"],
  [/^HMAC/,                /^/,                          "HMAC"],
  [/^ML-(DSA|KEM)/,        /^/,                          "$&"],
  [/^PBKDF2/,              /^/,                          "PBKDF2"],
  [/^PrimalityTest$/,      /^/,                          "primality"],
  [/^RSAES-OAEP$/,         /^/,                          "RSA-OAEP"],
  [/^RSAES-PKCS1-v1_5$/,   /^/,                          "RSA PKCS #1 v1.5 decryption"],
  [/^RSASSA-PKCS1-v1_5$/,  /^rsassa_pkcs1_generate/,     "RSA PKCS #1 v1.5 signature"],
  [/^RSASSA-PKCS1-v1_5$/,  /^rsassa_pkcs1_verify/,       "RSA PKCS #1 v1.5 verification"],
  [/^RSASSA-PSS$/,         /^/,                          "RSA-PSS"],
  [/^SM4/,                 /^/,                          "SM4"],
];

/** Wycheproof has one name for both curves of these; a group tells which it is. */
const BY_CURVE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  EDDSA: { edwards25519: "Ed25519", edwards448: "Ed448" },
  XDH: { curve25519: "X25519", X25519: "X25519", curve448: "X448", X448: "X448" },
};

/**
 * The line for a file by its name, such as `aes_gcm_test.json`. An algorithm that is not in the table keeps its name.
 * @throws VectorFormatError
 */
export function listWycheproof(name: string, text: string, sha256: string): VectorFile {
  const { algorithm, schema, cases, groups } = parseWycheproof(text);
  return {
    path: `wycheproof/${name}.br`,
    package: "-",
    version: "-",
    licence: "Apache-2.0",
    sha256,
    originalSha256: sha256,
    algorithm: byCurve(algorithm, JSON.stringify(groups[0]?.fields)) ?? byName(algorithm, schema) ?? algorithm,
    kind: "wycheproof",
    format: "wycheproof",
    cases: cases.length,
    results: "-",
  };
}

function byCurve(algorithm: string, group: string): string | undefined {
  const curves = Object.entries(BY_CURVE[algorithm] ?? {});
  return curves.find(([curve]) => group.includes(`"curve":"${curve}"`))?.[1];
}

function byName(algorithm: string, schema: string): string | undefined {
  for (const [name, schemas, listed] of ALGORITHMS) {
    const found = name.exec(algorithm);
    if (found !== null && schemas.test(schema)) return listed === "$&" ? found[0] : listed;
  }
  return undefined;
}
