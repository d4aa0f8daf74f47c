/** RSA private keys of vector files. */

import type { RsaComponents } from "../../crypto/engine.ts";
import { decodePkcs8 } from "../../der/pkcs8.ts";
import type { Fields } from "../parsers/text.ts";
import { unsignedHex } from "./keys.ts";
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
