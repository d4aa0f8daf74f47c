/** The table of ACVP handlers: an algorithm is answered when it has a line here. */

import { aead } from "./aead.ts";
import { aesKw } from "./aes-kw.ts";
import { aesModes } from "./aes-modes.ts";
import { ansiX963 } from "./ansi-x963.ts";
import { ctrDrbg } from "./ctr-drbg.ts";
import type { AcvpHandler } from "./handler.ts";
import { kda } from "./kda.ts";
import { kdfSp800108 } from "./kdf-sp800-108.ts";
import { macs } from "./mac.ts";
import { pbkdf } from "./pbkdf.ts";
import { sha } from "./sha.ts";
import { shake } from "./shake.ts";

export const acvpHandlers: readonly AcvpHandler[] = [
  ...aesModes,
  ...aead,
  ...aesKw,
  ...macs,
  ...sha,
  ...shake,
  ctrDrbg,
  kdfSp800108,
  ...kda,
  ansiX963,
  ...pbkdf,
];
