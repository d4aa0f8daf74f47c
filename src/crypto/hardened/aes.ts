/** AES (FIPS 197) and its modes under prepared keys, with no table that a secret is looked up in. */

import { type AesModes, PreparedAes } from "../aes.ts";
import type { AesKey } from "../engine.ts";
import { HardenedAesCipher } from "./aes-cipher.ts";
import { PAIRWISE } from "./gcm.ts";
import { cbcDecrypt, cbcEncrypt, ecbDecrypt, ecbEncrypt } from "./modes.ts";

const SLICES: AesModes<HardenedAesCipher> = { gcm: PAIRWISE, ecbEncrypt, ecbDecrypt, cbcEncrypt, cbcDecrypt };

/**
 * A prepared AES key.
 * @throws RangeError when the key is not of 16, 24 or 32 bytes.
 */
export function hardenedAesKey(key: Uint8Array): AesKey {
  return new PreparedAes(new HardenedAesCipher(key), SLICES);
}
