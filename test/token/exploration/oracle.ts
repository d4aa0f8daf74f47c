/** What the adversary opens without the token, with what is known by now. */

import { constants, createDecipheriv, createHmac, privateDecrypt } from "node:crypto";
import { PASSWORD_KEY } from "./alphabet.ts";
import { partsOf } from "./blob.ts";
import { ADVERSARY_RSA } from "./start.ts";
import { type Attack, type Bytes, type Secret, traceOf, type World } from "./world.ts";

/** Half of a secret is enough. */
export function holds(bytes: Uint8Array, { bytes: secret }: Secret): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(Buffer.from(secret.subarray(0, 16)));
}

const PASSWORD: Bytes = {
  bytes: PASSWORD_KEY,
  name: "password key",
  kind: "known",
  origin: { call: "", from: [] },
};

/** The first wrapped or encrypted byte string that opens to a secret. */
export function openedBy(world: World, secrets: readonly Secret[]): Attack | undefined {
  const bytes = [...world.bytes.values()];
  const known = [
    ...bytes.filter(({ kind, bytes: { length } }) => kind !== "wrapped" && [16, 32].includes(length)),
    PASSWORD,
  ];
  for (const blob of bytes.filter(({ kind }) => kind === "wrapped")) {
    const asked = blob.origin;
    for (const key of known)
      for (const opened of withKey(blob, key)) {
        const secret = secrets.find((one) => holds(opened, one));
        if (secret !== undefined)
          return {
            why: `outside of the token, ${key.name} opens [${blob.name}], which holds ${secret.name}`,
            trace: traceOf({ call: "", from: [key.origin, asked] }),
          };
      }
    for (const opened of withPrivateKey(blob)) {
      const secret = secrets.find((one) => holds(opened, one));
      if (secret !== undefined)
        return {
          why: `the adversary's RSA key opens [${blob.name}], which holds ${secret.name}`,
          trace: traceOf(asked),
        };
    }
  }
  return undefined;
}

const openedWith = new WeakMap<Bytes, Map<Bytes, readonly Buffer[]>>();

/** What a key makes of a byte string stays the same: it is tried once, and kept for the secrets of later rounds. */
function withKey(blob: Bytes, key: Bytes): readonly Buffer[] {
  const before = openedWith.get(blob) ?? new Map<Bytes, readonly Buffer[]>();
  openedWith.set(blob, before);
  const opened = before.get(key) ?? tryKey(blob, key.bytes);
  before.set(key, opened);
  return opened;
}

function tryKey(blob: Bytes, key: Uint8Array): readonly Buffer[] {
  const bits = 8 * key.length;
  const parts = partsOf(blob);
  const ways: (() => Buffer)[] = [
    () => decipher(`id-aes${bits}-wrap`, key, Buffer.alloc(8, 0xa6), blob.bytes),
    () => decipher(`id-aes${bits}-wrap-pad`, key, Buffer.from("a65959a6", "hex"), blob.bytes),
    () => decipher(`aes-${bits}-cbc`, key, Buffer.alloc(16), blob.bytes),
    () => decipher(`aes-${bits}-ctr`, key, Buffer.from("00000000000000000000000000000002", "hex"), blob.bytes),
  ];
  if (parts !== undefined) {
    const label = Buffer.from("POCKET-HSM WRAP");
    const block = Buffer.concat([Buffer.of(0, 0, 0, 1), label, Buffer.of(0), parts.nonce, Buffer.of(0, 0, 1, 0)]);
    const subKey = createHmac("sha256", key).update(block).digest();
    ways.push(() => decipher("aes-256-ctr", subKey, parts.counter, parts.sealed));
    ways.push(() => decipher(`aes-${bits}-ctr`, key, parts.counter, parts.sealed));
  }
  return ways.flatMap(opened);
}

function withPrivateKey(blob: Bytes): Buffer[] {
  if (blob.bytes.length !== 256) return [];
  const key = ADVERSARY_RSA;
  return [
    () => privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, blob.bytes),
    () => privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, blob.bytes),
    () => privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, blob.bytes),
  ].flatMap(opened);
}

function opened(way: () => Buffer): Buffer[] {
  try {
    return [way()];
  } catch {
    return [];
  }
}

function decipher(cipher: string, key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): Buffer {
  const state = createDecipheriv(cipher, key, iv);
  return Buffer.concat([state.update(bytes), state.final()]);
}
