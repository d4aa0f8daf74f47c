import { aesKey } from "./aes.ts";
import { ecGenerate, ecPrivate, ecPublic } from "./ec.ts";
import { edPrivate, edPublic } from "./ed25519.ts";
import type { Engine } from "./engine.ts";
import { digest, hashState } from "./hash.ts";
import { hmacKey } from "./hmac.ts";
import { rsaGenerate } from "./rsa/generate.ts";
import { rsaPrivate, rsaPublic } from "./rsa/keys.ts";

/** The default engine: TypeScript throughout, on the noble packages and the algorithms of this folder. */
export const pureEngine: Engine = {
  name: "pure",
  digest,
  hash: hashState,
  aes: aesKey,
  hmac: hmacKey,
  ecPublic,
  ecPrivate,
  ecGenerate,
  edPublic,
  edPrivate,
  rsaPublic,
  rsaPrivate,
  rsaGenerate,
};
