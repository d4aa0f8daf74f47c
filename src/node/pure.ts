/** The pure functions that the engine on `node:crypto` falls back to; fallbacks.ts says for what, and why. */

export { aesKey } from "../crypto/aes.ts";
export { ecGenerate, ecPrivate, ecPublic } from "../crypto/ec.ts";
export { sign } from "../crypto/ecdsa.ts";
export { ed448Private, ed448Public } from "../crypto/ed448.ts";
export { edPrivate, edPublic } from "../crypto/ed25519.ts";
export { digest } from "../crypto/hash.ts";
export { hmacKey } from "../crypto/hmac.ts";
export { mlKem } from "../crypto/ml-kem.ts";
export { mlDsa, slhDsa } from "../crypto/pq-signature.ts";
export { publicOperation } from "../crypto/rsa/core.ts";
export { rsaGenerate } from "../crypto/rsa/generate.ts";
export { rsaPrivate, rsaPublic } from "../crypto/rsa/keys.ts";
export { sm2Generate, sm2Private, sm2Public } from "../crypto/sm2/keys.ts";
export { sm4Key } from "../crypto/sm4.ts";
