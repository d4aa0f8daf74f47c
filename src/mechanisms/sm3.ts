import { digest } from "./digests.ts";
import { hmacOver } from "./hmac.ts";
import type { Mechanism } from "./mechanism.ts";
import type { NoParams } from "./params.ts";

/** SM3. */
export const sm3: Mechanism<"PHSM_SM3", NoParams> = digest("PHSM_SM3", "SM3", "docs/pkcs11.md; GB/T 32905-2016");
/** HMAC with SM3. */
export const sm3Hmac: Mechanism<"PHSM_SM3_HMAC", NoParams> = hmacOver(
  "PHSM_SM3_HMAC",
  "SM3",
  "docs/pkcs11.md; GB/T 15852.2-2012; GM/T 0042-2015, D.3",
);
