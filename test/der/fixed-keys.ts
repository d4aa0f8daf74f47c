/** Private keys in Node, the same in every run: of random ones, now and then one has bytes that look like DER themselves. */

import { createECDH, createPrivateKey, type KeyObject } from "node:crypto";
import { i2osp, os2ip } from "../../src/bytes/bytes.ts";
import type { CurveName } from "../../src/crypto/engine.ts";
import { FIELD_BYTES } from "../../src/der/ec-params.ts";
import { encodePkcs8, type PrivateKeyInfo } from "../../src/der/pkcs8.ts";
import { domains } from "../support/curves.ts";
import { seededRng } from "../support/seeded-rng.ts";

const SEED_BYTES = { X25519: 32, Ed25519: 32, X448: 56, Ed448: 57 } as const;

function inNode(info: PrivateKeyInfo): KeyObject {
  return createPrivateKey({ key: Buffer.from(encodePkcs8(info)), format: "der", type: "pkcs8" });
}

export function fixedEcKey(curve: CurveName): KeyObject {
  const length = FIELD_BYTES[curve];
  const privateKey = i2osp(os2ip(seededRng(curve)(length)) % domains[curve].order, length);
  const ecdh = createECDH(domains[curve].node);
  ecdh.setPrivateKey(privateKey);
  return inNode({ type: "EC", curve, privateKey, point: Uint8Array.from(ecdh.getPublicKey()) });
}

export function fixedOctetKey(type: keyof typeof SEED_BYTES): KeyObject {
  return inNode({ type, seed: seededRng(type)(SEED_BYTES[type]) });
}
