/** The table of ACVP handlers: an algorithm is answered when it has a line here. */

import type { AcvpHandler } from "./handler.ts";
import { aead } from "./handlers/aead.ts";
import { aesKw } from "./handlers/aes-kw.ts";
import { aesModes } from "./handlers/aes-modes.ts";
import { ansiX963 } from "./handlers/ansi-x963.ts";
import { ctrDrbg } from "./handlers/ctr-drbg.ts";
import { ecdsaHandlers } from "./handlers/ecdsa.ts";
import { eddsaHandlers } from "./handlers/eddsa.ts";
import { kasEccHandlers } from "./handlers/kas-ecc.ts";
import { kda } from "./handlers/kda.ts";
import { kdfSp800108 } from "./handlers/kdf-sp800-108.ts";
import { macs } from "./handlers/mac.ts";
import { mlDsaHandlers } from "./handlers/ml-dsa.ts";
import { mlKemHandlers } from "./handlers/ml-kem.ts";
import { pbkdf } from "./handlers/pbkdf.ts";
import { rsaKeyGen } from "./handlers/rsa-key-gen.ts";
import { rsaPrimitiveHandlers } from "./handlers/rsa-primitives.ts";
import { rsaSignatureHandlers } from "./handlers/rsa-signatures.ts";
import { sha } from "./handlers/sha.ts";
import { shake } from "./handlers/shake.ts";
import { slhDsaHandlers } from "./handlers/slh-dsa.ts";
import { xecdhHandlers } from "./handlers/xecdh.ts";

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
  ...ecdsaHandlers,
  ...eddsaHandlers,
  ...kasEccHandlers,
  ...xecdhHandlers,
  ...mlKemHandlers,
  ...mlDsaHandlers,
  ...slhDsaHandlers,
  rsaKeyGen,
  ...rsaSignatureHandlers,
  ...rsaPrimitiveHandlers,
];
