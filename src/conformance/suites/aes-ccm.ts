/** AES-CCM through CKM_AES_CCM. */

import type { Suite } from "../suite.ts";
import { aesCcmChoice, ccmLimits, wycheproofAead } from "./aead.ts";
import { suite } from "./support.ts";

export const aesCcm: Suite = suite(
  "aes-ccm",
  "AES-CCM",
  ({ algorithm }) => algorithm === "AES-CCM",
  (input) => wycheproofAead(input, "AES", aesCcmChoice, { strict: ccmLimits }),
);
