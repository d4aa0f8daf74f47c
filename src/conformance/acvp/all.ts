/** The table of ACVP handlers: an algorithm is answered when it has a line here. */

import type { AcvpHandler } from "./handler.ts";
import { aead } from "./handlers/aead.ts";
import { aesKw } from "./handlers/aes-kw.ts";
import { aesModes } from "./handlers/aes-modes.ts";
import { ansiX963 } from "./handlers/ansi-x963.ts";
import { ctrDrbg } from "./handlers/ctr-drbg.ts";
import { kda } from "./handlers/kda.ts";
import { kdfSp800108 } from "./handlers/kdf-sp800-108.ts";
import { macs } from "./handlers/mac.ts";
import { pbkdf } from "./handlers/pbkdf.ts";
import { sha } from "./handlers/sha.ts";
import { shake } from "./handlers/shake.ts";

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
