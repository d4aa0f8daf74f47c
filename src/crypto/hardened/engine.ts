import type { AesCipherMaker } from "../block-cipher.ts";
import type { Engine } from "../engine.ts";
import { pureEngine } from "../pure-engine.ts";
import { PrivateOperation, purePrimitives, type RsaPrimitives } from "../rsa/core.ts";
import { rsaPrivate } from "../rsa/keys.ts";
import { hardenedAesKey } from "./aes.ts";
import { HardenedAesCipher } from "./aes-cipher.ts";

const cipher: AesCipherMaker = (key) => new HardenedAesCipher(key);

const primitives: RsaPrimitives = {
  ...purePrimitives,
  privatePrimitive: (components) => new PrivateOperation(components, cipher),
};

/**
 * The pure engine with AES and GHASH that look nothing up by a secret, in every mode and in the random generator. What that is
 * worth, and what is as it is in the pure engine: docs/security.md, "Timing".
 */
export const hardenedEngine: Engine = {
  ...pureEngine,
  name: "hardened",
  aes: hardenedAesKey,
  drbgCipher: cipher,
  rsaPrivate: (components) => rsaPrivate(components, primitives),
};
