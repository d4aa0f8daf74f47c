import { equalBytes } from "../bytes/bytes.ts";
import type { HashState } from "../crypto/engine.ts";
import type { TokenObject } from "../objects/object.ts";
import { aesKeyOf } from "./keys/aes.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { type NoParams, noParams } from "./params.ts";
import { comparing } from "./streams.ts";
import { type GeneralMacParams, generalMac } from "./truncated-mac.ts";

const MAC_BYTES = 16;

function start(context: Context, key: TokenObject): HashState {
  return aesKeyOf(context, key).cmac();
}

function mac(context: Context, key: TokenObject, data: Uint8Array): Uint8Array {
  const state = start(context, key);
  state.update(data);
  return state.digest();
}

/** CKM_AES_CMAC (PKCS #11 v3.1, 6.13). */
export const aesCmac: Mechanism<"AES_CMAC", NoParams> = mechanism({
  name: "AES_CMAC",
  source: "PKCS #11 v3.1, 6.13; SP 800-38B",
  keyTypes: ["AES"],
  keySize: { min: 16, max: 32, unit: "bytes" },
  parse: noParams,
  sign: (context, key, _params, data) => mac(context, key, data),
  verify: (context, key, _params, data, signature) => equalBytes(mac(context, key, data), signature),
  signStart: (context, key) => start(context, key),
  verifyStart: (context, key) => comparing(start(context, key)),
  signatureBytes: () => MAC_BYTES,
});

/** CKM_AES_CMAC_GENERAL (PKCS #11 v3.1, 6.13): the front of the MAC. */
export const aesCmacGeneral: Mechanism<"AES_CMAC_GENERAL", GeneralMacParams> = generalMac(
  "AES_CMAC_GENERAL",
  "PKCS #11 v3.1, 6.13; SP 800-38B",
  { keyTypes: ["AES"], keySize: { min: 16, max: 32, unit: "bytes" }, macBytes: MAC_BYTES, start },
);
