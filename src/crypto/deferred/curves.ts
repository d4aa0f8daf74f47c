/** Evaluated at first use in a build (docs/decisions.md, "Start-up"): every curve is made when its module is loaded. */

export { ed448, x448 } from "@noble/curves/ed448.js";
export { ed25519, x25519 } from "@noble/curves/ed25519.js";
export { p256, p384, p521 } from "@noble/curves/nist.js";
export { secp256k1 } from "@noble/curves/secp256k1.js";
