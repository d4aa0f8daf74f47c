/** RSA private keys of vector files. */

import { bitLength, os2ip } from "../../bytes/bytes.ts";
import type { RsaComponents } from "../../crypto/engine.ts";
import { decodePkcs8 } from "../../der/pkcs8.ts";
import type { Fields } from "../parsers/text.ts";
import { rsaBounds, unsignedHex } from "./keys.ts";
import { decoding, Refusal, textAt } from "./support.ts";

/** The components in a PKCS #8 encoding, read when they are asked for. @throws Refusal */
export function componentsOfPkcs8(der: Uint8Array): () => RsaComponents {
  let info: RsaComponents | undefined;
  return () => {
    if (info !== undefined) return info;
    const key = decoding(() => decodePkcs8(der));
    if (key.type !== "RSA") throw new Refusal("not an RSA key");
    info = key;
    return key;
  };
}

/** The code of the reason for which no policy takes a private key: its primes have half of the modulus's bits each. */
export function privateBounds({ n, e, p, q }: RsaComponents): string | undefined {
  const half = Math.ceil(bitLength(os2ip(n)) / 2);
  const isBalanced = Math.max(bitLength(os2ip(p)), bitLength(os2ip(q))) === half;
  return rsaBounds(n, e) ?? (isBalanced ? undefined : "rsa-prime-lengths");
}

/** The components under their names in the files of PKCS #1. */
export function componentsOf(key: Fields): RsaComponents {
  const part = (name: string): Uint8Array => unsignedHex(textAt(key, name));
  return {
    n: part("Modulus"),
    e: part("Public exponent"),
    d: part("Exponent"),
    p: part("Prime 1"),
    q: part("Prime 2"),
    dp: part("Prime exponent 1"),
    dq: part("Prime exponent 2"),
    qi: part("Coefficient"),
  };
}
