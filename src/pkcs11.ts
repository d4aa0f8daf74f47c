/** What pkcs11js offers, without native code: `pocket-hsm/pkcs11`. */

export { NativeError, Pkcs11Error } from "./bridges/pkcs11js/errors.ts";
export type { Library } from "./bridges/pkcs11js/library.ts";
export { PKCS11 } from "./bridges/pkcs11js/pkcs11.ts";
export type * from "./bridges/pkcs11js/types.ts";
export * from "./cryptoki/pkcs11t.ts";
