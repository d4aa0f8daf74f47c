import type { KeyType } from "../cryptoki/constants.ts";
import { aes } from "./keys/aes.ts";
import { ec } from "./keys/ec.ts";
import { ecEdwards } from "./keys/ec-edwards.ts";
import { genericSecret } from "./keys/generic-secret.ts";
import type { KeyTypeSpec } from "./keys/key-type.ts";
import { rsa } from "./keys/rsa.ts";

export type { KeyTypeSpec } from "./keys/key-type.ts";

/** The key types of this token. */
export const keyTypes: Readonly<Record<KeyType, KeyTypeSpec>> = Object.freeze({
  RSA: rsa,
  EC: ec,
  GENERIC_SECRET: genericSecret,
  AES: aes,
  EC_EDWARDS: ecEdwards,
});
