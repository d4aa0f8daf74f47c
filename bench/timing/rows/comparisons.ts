/** Tags, MACs and paddings that are wrong in different places. */

import { concat, equalBytes } from "../../../src/bytes/bytes.ts";
import type { Engine, Rng } from "../../../src/crypto/engine.ts";
import { hardenedEngine } from "../../../src/crypto/hardened/engine.ts";
import { pureEngine } from "../../../src/crypto/pure-engine.ts";
import { createHsm, type Session } from "../../../src/index.ts";
import { unpadded } from "../../../src/mechanisms/padding.ts";
import { input, type Row, type Trial, wrongAt } from "../row.ts";

const group = "tags and padding";
const none = new Uint8Array(0);

function sessionOf(rng: Rng): Session {
  return createHsm({ entropy: (length) => Uint8Array.from(rng(length)) }).openSession({ readWrite: true });
}

/** A call that is refused, whichever byte is wrong. */
function refused(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

const comparison = (length: number): Row => ({
  group,
  name: `equal bytes, ${length}`,
  classes: ["first byte wrong", "last"],
  make(rng) {
    const right = Uint8Array.from(rng(length));
    const wrong = wrongAt(right);
    return { prepare: wrong.set, run: () => equalBytes(right, wrong.bytes) };
  },
});

const gcmOpen = (engine: Engine): Row => ({
  group,
  name: `AES-GCM open, ${engine.name} engine`,
  classes: ["first byte of the tag wrong", "last"],
  make(rng) {
    const aes = engine.aes(rng(32));
    const iv = Uint8Array.from(rng(12));
    const wrong = wrongAt(aes.gcmSeal(iv, none, rng(32), 16), 32);
    return { prepare: wrong.set, run: () => aes.gcmOpen(iv, none, wrong.bytes, 16) };
  },
});

function hmacVerify(rng: Rng): Trial {
  const session = sessionOf(rng);
  const mechanism = { mechanism: "SHA256_HMAC" } as const;
  const key = session.generateKey({ mechanism: "GENERIC_SECRET_KEY_GEN" }, { VALUE_LEN: 32, usage: "sign" });
  const message = Uint8Array.from(rng(32));
  const wrong = wrongAt(session.sign(mechanism, key, message));
  return { prepare: wrong.set, run: () => refused(() => session.verify(mechanism, key, message, wrong.bytes)) };
}

function envelopeOpen(rng: Rng): Trial {
  const session = sessionOf(rng);
  const mechanism = { mechanism: "PHSM_KMS_ENVELOPE", aad: none } as const;
  const key = session.generateKey(
    { mechanism: "AES_KEY_GEN" },
    { VALUE_LEN: 32, usage: "encrypt", ALLOWED_MECHANISMS: ["PHSM_KMS_ENVELOPE"] },
  );
  const blob = session.encrypt(mechanism, key, rng(32));
  const wrong = wrongAt(blob, blob.length - 16);
  return { prepare: wrong.set, run: () => refused(() => session.decrypt(mechanism, key, wrong.bytes)) };
}

/** Padding of 16 bytes that is wrong in the first or in the last but one of them. */
function paddingRemoval(rng: Rng): Trial {
  const block = new Uint8Array(16).fill(16);
  const wrong = wrongAt(block.subarray(0, 15));
  const start = Uint8Array.from(rng(16));
  return {
    prepare: wrong.set,
    run: () => unpadded(16, concat(start, wrong.bytes, block.subarray(15))),
  };
}

/** A last byte that asks for much padding or for little, all of it wrong. */
function paddingLength(rng: Rng): Trial {
  const start = Uint8Array.from(rng(16));
  const last = input(16, (of) => new Uint8Array(16).fill(0x55).fill(of === 0 ? 2 : 16, 15));
  return { prepare: last.set, run: () => unpadded(16, concat(start, last.bytes)) };
}

export const comparisons: readonly Row[] = [
  comparison(16),
  comparison(256),
  gcmOpen(pureEngine),
  gcmOpen(hardenedEngine),
  {
    group,
    name: "HMAC-SHA-256 verification through the token",
    classes: ["first byte wrong", "last"],
    make: hmacVerify,
  },
  {
    ...{ group, name: "KMS envelope through the token" },
    classes: ["first byte of the tag wrong", "last"],
    make: envelopeOpen,
  },
  { group, name: "CBC padding", classes: ["first byte wrong", "last but one"], make: paddingRemoval },
  { group, name: "CBC padding, wrong", classes: ["of 2 bytes", "of 16"], make: paddingLength },
];
