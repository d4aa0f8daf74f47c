/** GCM (SP 800-38D) on the AES and the GHASH of this folder, two blocks at once. */

import { COUNTER, type GcmParts, type Ghash, TAG } from "../gcm.ts";
import { type HardenedAesCipher, PAIR, wipePair } from "./aes-cipher.ts";
import { HardenedGhashKey } from "./ghash.ts";
import { counterMode } from "./modes.ts";

export const PAIRWISE: GcmParts<HardenedAesCipher> = {
  subkey: (cipher) => besideZero(cipher, undefined),
  encipher(cipher, H) {
    for (let i = 0; i < 4; i++) PAIR[i] = COUNTER[i];
    const subkey = besideZero(cipher, H);
    for (let i = 0; i < 4; i++) TAG[i] = PAIR[i];
    return subkey;
  },
  counterMode,
  wipe: wipePair,
};

/** Enciphers the first block of the pair, and beside it 0, which gives the hash subkey. */
function besideZero(cipher: HardenedAesCipher, H: Ghash | undefined): Ghash {
  for (let i = 4; i < 8; i++) PAIR[i] = 0;
  cipher.encryptPair();
  return H ?? new HardenedGhashKey(PAIR[4], PAIR[5], PAIR[6], PAIR[7]);
}
