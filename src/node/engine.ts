import type { Engine } from "../crypto/engine.ts";
import { aesKey, digest, hmacKey } from "./by-length.ts";
import { ecPrivate, ecPublic } from "./ec.ts";
import { ed448Private, ed448Public } from "./ed448.ts";
import { edPrivate, edPublic } from "./ed25519.ts";
import { hashState, xofState } from "./hash.ts";
import { pbkdf2 } from "./pbkdf2.ts";
import * as pure from "./pure.ts";
import { modularPower, rsaPrivate, rsaPublic } from "./rsa.ts";
import { xPrivate } from "./x-agreement.ts";

/**
 * The engine on Node's own `node:crypto` (OpenSSL). It gives the same result as the pure engine for every input, draws
 * the same from the random source that it is given, and leaves to the pure functions what fallbacks.ts lists.
 */
export const nodeEngine: Engine = {
  name: "node",
  digest,
  hash: hashState,
  xof: xofState,
  pbkdf2,
  aes: aesKey,
  hmac: hmacKey,
  sm4: pure.sm4Key,
  sm2Public: pure.sm2Public,
  sm2Private: pure.sm2Private,
  sm2Generate: pure.sm2Generate,
  ecPublic,
  ecPrivate,
  ecGenerate: pure.ecGenerate,
  edPublic,
  edPrivate,
  ed448Public,
  ed448Private,
  xPrivate,
  mlDsa: pure.mlDsa,
  slhDsa: pure.slhDsa,
  mlKem: pure.mlKem,
  rsaPublic,
  rsaPrivate,
  rsaGenerate: (modulusBits, publicExponent, rng) => pure.rsaGenerate(modulusBits, publicExponent, rng, modularPower),
};
