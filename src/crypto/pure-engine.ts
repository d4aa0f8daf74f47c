import { aesKey } from "./aes.ts";
import { ecGenerate, ecPrivate, ecPublic } from "./ec.ts";
import { ed448Private, ed448Public } from "./ed448.ts";
import { edPrivate, edPublic } from "./ed25519.ts";
import type { Engine } from "./engine.ts";
import { digest, hashState } from "./hash.ts";
import { hmacKey } from "./hmac.ts";
import { mlKem } from "./ml-kem.ts";
import { pbkdf2 } from "./pbkdf2.ts";
import { mlDsa, slhDsa } from "./pq-signature.ts";
import { rsaGenerate } from "./rsa/generate.ts";
import { rsaPrivate, rsaPublic } from "./rsa/keys.ts";
import { sm2Generate, sm2Private, sm2Public } from "./sm2/keys.ts";
import { sm4Key } from "./sm4.ts";
import { xPrivate } from "./x-agreement.ts";
import { xofState } from "./xof.ts";

/** The default engine: TypeScript throughout, on the noble packages and the algorithms of this folder. */
export const pureEngine: Engine = {
  name: "pure",
  digest,
  hash: hashState,
  xof: xofState,
  pbkdf2,
  aes: aesKey,
  hmac: hmacKey,
  sm4: sm4Key,
  sm2Public,
  sm2Private,
  sm2Generate,
  ecPublic,
  ecPrivate,
  ecGenerate,
  edPublic,
  edPrivate,
  ed448Public,
  ed448Private,
  xPrivate,
  mlDsa,
  slhDsa,
  mlKem,
  rsaPublic,
  rsaPrivate,
  rsaGenerate,
};
