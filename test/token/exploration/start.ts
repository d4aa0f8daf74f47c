/** Where every exploration begins: keys of their owner's that the adversary may use and must never learn. */

import { createPrivateKey, type KeyObject } from "node:crypto";
import { fromHex } from "../../../src/bytes/bytes.ts";
import { seededEntropy } from "../../../src/crypto/entropy.ts";
import type { AttributeName } from "../../../src/cryptoki/attributes.ts";
import { encodeEcParams } from "../../../src/der/ec-params.ts";
import { encodePkcs8 } from "../../../src/der/pkcs8.ts";
import type { Policy } from "../../../src/objects/policy.ts";
import type { KeyTemplate } from "../../../src/objects/template.ts";
import { createHsm } from "../../../src/token/hsm.ts";
import { nodeRsaKey } from "../../support/rsa-fixture.ts";
import { pooledRsaEngine } from "../../support/rsa-pool.ts";
import { type Key, type Secret, World } from "./world.ts";

const random = (seed: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + seed * 101 + 11) % 251);

/** What the adversary chose, and knows. */
export const KNOWN: Uint8Array = random(9);
export const KNOWN_PASSWORD: Uint8Array = new TextEncoder().encode("password of the adversary");

const AES_KEY = random(1);
/** The value of the owner's key D. */
export const DERIVATION_KEY: Uint8Array = random(2);
const RSA = nodeRsaKey(2048);
/** The same in every run, as all else is: what bytes open to by chance would be another world. */
const ecKey = (privateKey: Uint8Array): KeyObject =>
  createPrivateKey({
    key: Buffer.from(encodePkcs8({ type: "EC", curve: "P-256", privateKey })),
    format: "der",
    type: "pkcs8",
  });
const EC = ecKey(random(3));
/** The adversary's own pairs. */
export const ADVERSARY_RSA: KeyObject = nodeRsaKey(2048, 1).privateKey;
export const ADVERSARY_EC: KeyObject = ecKey(random(4));

const jwkOf = (key: KeyObject): ((name: string) => Uint8Array) => {
  const jwk = key.export({ format: "jwk" }) as Record<string, string>;
  return (name) => Uint8Array.from(Buffer.from(jwk[name] as string, "base64url"));
};
const rsa = jwkOf(RSA.privateKey);
const ec = jwkOf(EC);

/** Keys of 256 bits that are sensitive and may be wrapped, a private RSA key and a private EC key. */
const OWNERS: readonly (Omit<Key, "handle" | "origin" | "secret"> & { readonly template: KeyTemplate })[] = [
  {
    ...{ class: "SECRET_KEY", type: "AES", value: "K", bits: 256 },
    flags: ["ENCRYPT", "DECRYPT", "SENSITIVE", "EXTRACTABLE"],
    template: { CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: AES_KEY },
  },
  {
    ...{ class: "SECRET_KEY", type: "GENERIC_SECRET", value: "D", bits: 256 },
    flags: ["DERIVE", "SENSITIVE", "EXTRACTABLE"],
    template: { CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE: DERIVATION_KEY },
  },
  {
    ...{ class: "PRIVATE_KEY", type: "RSA", value: "R", bits: 112 },
    flags: ["DECRYPT", "SENSITIVE", "EXTRACTABLE"],
    template: {
      ...{ CLASS: "PRIVATE_KEY", KEY_TYPE: "RSA", MODULUS: rsa("n"), PUBLIC_EXPONENT: rsa("e") },
      ...{ PRIVATE_EXPONENT: rsa("d"), PRIME_1: rsa("p"), PRIME_2: rsa("q") },
      ...{ EXPONENT_1: rsa("dp"), EXPONENT_2: rsa("dq"), COEFFICIENT: rsa("qi") },
    },
  },
  {
    ...{ class: "PRIVATE_KEY", type: "EC", value: "E", bits: 128 },
    flags: ["DERIVE", "SENSITIVE", "EXTRACTABLE"],
    template: { CLASS: "PRIVATE_KEY", KEY_TYPE: "EC", EC_PARAMS: encodeEcParams("P-256"), VALUE: ec("d") },
  },
];

const SECRETS: readonly Secret[] = [
  { name: "the AES key K", bytes: AES_KEY },
  { name: "the derivation key D", bytes: DERIVATION_KEY },
  { name: "the private exponent of R", bytes: rsa("d") },
  { name: "a prime of R", bytes: rsa("p") },
  { name: "the private key E", bytes: ec("d") },
];

export function startingWorld(policy: Policy): { readonly world: World; readonly secrets: Secret[] } {
  const hsm = createHsm({ policy, entropy: seededEntropy(fromHex("00".repeat(32))), engine: pooledRsaEngine });
  const world = new World(hsm.openSession({ readWrite: true }));
  const nothing = { call: "", from: [] };
  for (const { template, ...key } of OWNERS) {
    const handle = world.session.createObject({ ...template, ...trueFlags(key.flags) });
    world.addKey({ ...key, handle, secret: true, origin: nothing });
  }
  world.addBytes({ bytes: KNOWN, name: "known value", kind: "known", origin: nothing });
  return { world, secrets: [...SECRETS] };
}

/** A template of flags: those named are true; of the protection flags, the others are false. */
export function trueFlags(flags: readonly AttributeName[]): KeyTemplate {
  const named = Object.fromEntries(flags.map((flag) => [flag, true]));
  return { SENSITIVE: false, EXTRACTABLE: false, ...named } as KeyTemplate;
}
