import { createCipheriv } from "node:crypto";
import { expect, test } from "vitest";
import { concat, fromHex } from "../../src/bytes/bytes.ts";
import type { MechanismChoice } from "../../src/mechanisms/registry.ts";
import { overAesEngines } from "../crypto/engine-suite.ts";
import { ckrOf } from "../support/ckr.ts";
import { laxSession, READABLE, readValue, secretKey } from "./support/lax.ts";

const iv = Uint8Array.from({ length: 16 }, (_, i) => 3 * i);
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (7 * i + 1) & 0xff);

const parts = (data: Uint8Array, partBytes: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(data.length / partBytes) }, (_, i) => data.slice(i * partBytes, (i + 1) * partBytes));

/** How much had come out after each part. */
const lengthsOf = (out: readonly Uint8Array[]): number[] => out.map((_, i) => concat(...out.slice(0, i + 1)).length);

function nodeCipher(name: string, key: Uint8Array, nodeIv: Uint8Array | null, data: Uint8Array, pads = false) {
  const cipher = createCipheriv(name, key, nodeIv).setAutoPadding(pads);
  return Uint8Array.from(Buffer.concat([cipher.update(data), cipher.final()]));
}

overAesEngines((engine) => {
  const session = laxSession(engine);
  const GENERIC = { CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", ...READABLE } as const;

  /** Mechanism, cipher in Node, whether it pads. */
  const modes: readonly (readonly [string, MechanismChoice, string, Uint8Array | null, boolean])[] = [
    ["AES_ECB", "AES_ECB", "ecb", null, false],
    ["AES_CBC", { mechanism: "AES_CBC", iv }, "cbc", iv, false],
    ["AES_CBC_PAD", { mechanism: "AES_CBC_PAD", iv }, "cbc", iv, true],
  ];

  test.each(modes)("%s enciphers and wraps as node:crypto does, and undoes it", (_, mechanism, mode, nodeIv, pads) => {
    for (const keyBytes of [16, 24, 32]) {
      const key = bytes(keyBytes);
      const cipher = secretKey(session, "AES", key, "encrypt");
      const wrapping = secretKey(session, "AES", key, "wrap");
      for (const length of pads ? [0, 5, 16, 40] : [0, 16, 48]) {
        const data = bytes(length);
        const expected = nodeCipher(`aes-${8 * keyBytes}-${mode}`, key, nodeIv, data, pads);
        expect(session.encrypt(mechanism, cipher, data)).toEqual(expected);
        expect(session.decrypt(mechanism, cipher, expected)).toEqual(data);
        if (length === 0) continue;
        const target = secretKey(session, "GENERIC_SECRET", data, "sign");
        expect(session.wrapKey(mechanism, wrapping, target)).toEqual(expected);
        expect(readValue(session, session.unwrapKey(mechanism, wrapping, expected, GENERIC))).toEqual(data);
      }
    }
  });

  test.each(modes)("%s in parts gives each block as soon as it is there", (_, mechanism, mode, nodeIv, pads) => {
    const key = bytes(32);
    const cipher = secretKey(session, "AES", key, "encrypt");
    const data = bytes(pads ? 75 : 80);
    const sealed = nodeCipher(`aes-256-${mode}`, key, nodeIv, data, pads);
    for (const partBytes of [1, 7, 16, 33, 80]) {
      session.encryptInit(mechanism, cipher);
      const out = parts(data, partBytes).map((part) => session.encryptUpdate(part));
      const heads = parts(data, partBytes).map((_part, i) => Math.min(data.length, (i + 1) * partBytes));
      expect(lengthsOf(out)).toEqual(heads.map((end) => end - (end % 16)));
      expect(concat(...out, session.encryptFinal())).toEqual(sealed);
      session.decryptInit(mechanism, cipher);
      const opened = parts(sealed, partBytes).map((part) => session.decryptUpdate(part));
      // The last block may be padding, and waits for the end.
      if (!pads) expect(lengthsOf(opened).at(-1)).toBe(80);
      expect(concat(...opened, session.decryptFinal())).toEqual(data);
    }
  });

  test.each(modes)("%s in parts that end within a block is an error, and ends", (_, mechanism, _mode, _iv, pads) => {
    const cipher = secretKey(session, "AES", bytes(16), "encrypt");
    session.decryptInit(mechanism, cipher);
    session.decryptUpdate(bytes(20));
    expect(ckrOf(() => session.decryptFinal())).toBe("ENCRYPTED_DATA_LEN_RANGE");
    expect(ckrOf(() => session.decryptFinal())).toBe("OPERATION_NOT_INITIALIZED");
    session.encryptInit(mechanism, cipher);
    session.encryptUpdate(bytes(20));
    expect(ckrOf(() => session.encryptFinal())).toBe(pads ? "OK" : "DATA_LEN_RANGE");
    session.decryptInit(mechanism, cipher);
    expect(ckrOf(() => session.decryptFinal())).toBe(pads ? "ENCRYPTED_DATA_LEN_RANGE" : "OK");
  });

  test("AES_ECB and AES_CBC take whole blocks alone, as data and as keys", () => {
    for (const mechanism of ["AES_ECB", { mechanism: "AES_CBC", iv }] as const) {
      const cipher = secretKey(session, "AES", bytes(16), "encrypt");
      const wrapping = secretKey(session, "AES", bytes(16), "wrap");
      const target = secretKey(session, "GENERIC_SECRET", bytes(20), "sign");
      expect(ckrOf(() => session.encrypt(mechanism, cipher, bytes(15)))).toBe("DATA_LEN_RANGE");
      expect(ckrOf(() => session.decrypt(mechanism, cipher, bytes(17)))).toBe("ENCRYPTED_DATA_LEN_RANGE");
      expect(ckrOf(() => session.wrapKey(mechanism, wrapping, target))).toBe("KEY_SIZE_RANGE");
      expect(ckrOf(() => session.unwrapKey(mechanism, wrapping, bytes(8), GENERIC))).toBe("WRAPPED_KEY_LEN_RANGE");
    }
    for (const length of [0, 15, 17]) {
      const choice = { mechanism: "AES_CBC", iv: bytes(length) } as const;
      const cipher = secretKey(session, "AES", bytes(16), "encrypt");
      expect(ckrOf(() => session.encrypt(choice, cipher, bytes(16)))).toBe("MECHANISM_PARAM_INVALID");
    }
  });

  test("AES_ECB gives the first block of SP 800-38A, F.1.1", () => {
    const key = secretKey(session, "AES", fromHex("2b7e151628aed2a6abf7158809cf4f3c"), "encrypt");
    const block = fromHex("6bc1bee22e409f96e93d7e117393172a");
    expect(session.encrypt("AES_ECB", key, block)).toEqual(fromHex("3ad77bb40d7a3660a89ecaf32466ef97"));
  });

  test("AES_CBC_PAD has one error for whatever is wrong with a wrapped key", () => {
    const wrapping = secretKey(session, "AES", bytes(16), "wrap");
    const mechanism = { mechanism: "AES_CBC_PAD", iv } as const;
    const wrapped = session.wrapKey(mechanism, wrapping, secretKey(session, "GENERIC_SECRET", bytes(24), "sign"));
    const AES = { CLASS: "SECRET_KEY", KEY_TYPE: "AES" } as const;
    const outcomes = new Set<string>();
    for (let flip = 0; flip < 256; flip++) {
      const changed = Uint8Array.from(wrapped);
      changed[15] = (changed[15] as number) ^ flip;
      outcomes.add(ckrOf(() => session.unwrapKey(mechanism, wrapping, changed, AES)));
    }
    expect([...outcomes].sort()).toEqual(["OK", "WRAPPED_KEY_INVALID"]);
  });

  test("AES_KEY_WRAP_PAD is AES_KEY_WRAP of what RFC 5652 pads, as data and as a key", () => {
    const key = bytes(32);
    const cipher = secretKey(session, "AES", key, "encrypt");
    const wrapping = secretKey(session, "AES", key, "wrap");
    for (const length of [8, 9, 15, 16, 40]) {
      const data = bytes(length);
      const padded = Uint8Array.from([...data, ...new Array(8 - (length % 8)).fill(8 - (length % 8))]);
      const kw = createCipheriv("id-aes256-wrap" as "aes-256-cbc", key, Buffer.alloc(8, 0xa6));
      const expected = Uint8Array.from(Buffer.concat([kw.update(padded), kw.final()]));
      expect(session.encrypt("AES_KEY_WRAP_PAD", cipher, data)).toEqual(expected);
      expect(session.decrypt("AES_KEY_WRAP_PAD", cipher, expected)).toEqual(data);
      const target = secretKey(session, "GENERIC_SECRET", data, "sign");
      expect(session.wrapKey("AES_KEY_WRAP_PAD", wrapping, target)).toEqual(expected);
      expect(readValue(session, session.unwrapKey("AES_KEY_WRAP_PAD", wrapping, expected, GENERIC))).toEqual(data);
    }
    expect(ckrOf(() => session.encrypt("AES_KEY_WRAP_PAD", cipher, bytes(7)))).toBe("DATA_LEN_RANGE");
    // Authentic, but without padding.
    const bare = session.encrypt("AES_KEY_WRAP", cipher, new Uint8Array(16));
    expect(ckrOf(() => session.decrypt("AES_KEY_WRAP_PAD", cipher, bare))).toBe("ENCRYPTED_DATA_INVALID");
  });

  test("AES_ECB_ENCRYPT_DATA and AES_CBC_ENCRYPT_DATA derive the front of node:crypto's ciphertext", () => {
    const key = bytes(32);
    const base = secretKey(session, "AES", key, "derive");
    const data = bytes(48);
    const ecb = nodeCipher("aes-256-ecb", key, null, data);
    const cbc = nodeCipher("aes-256-cbc", key, iv, data);
    for (const [mechanism, expected] of [
      [{ mechanism: "AES_ECB_ENCRYPT_DATA", data }, ecb],
      [{ mechanism: "AES_CBC_ENCRYPT_DATA", data, iv }, cbc],
    ] as const) {
      for (const [more, length] of [
        [{}, 48],
        [{ VALUE_LEN: 5 }, 5],
        [{ KEY_TYPE: "AES", VALUE_LEN: 32 }, 32],
      ] as const) {
        const derived = session.deriveKey(mechanism, base, { ...more, ...READABLE });
        expect(readValue(session, derived)).toEqual(expected.slice(0, length));
      }
      expect(ckrOf(() => session.deriveKey(mechanism, base, { VALUE_LEN: 49 }))).toBe("KEY_SIZE_RANGE");
    }
    const odd = { mechanism: "AES_ECB_ENCRYPT_DATA", data: bytes(20) } as const;
    expect(ckrOf(() => session.deriveKey(odd, base))).toBe("MECHANISM_PARAM_INVALID");
  });

  test("AES_CMAC_GENERAL gives the front of RFC 4493's example 2", () => {
    const key = secretKey(session, "AES", fromHex("2b7e151628aed2a6abf7158809cf4f3c"), "sign");
    const message = fromHex("6bc1bee22e409f96e93d7e117393172a");
    const mac = fromHex("070a16b46b4d4144f79bdd9dd04a287c");
    for (const macBytes of [1, 8, 16]) {
      const mechanism = { mechanism: "AES_CMAC_GENERAL", macBytes } as const;
      expect(session.sign(mechanism, key, message)).toEqual(mac.slice(0, macBytes));
      expect(session.verify(mechanism, key, message, mac.slice(0, macBytes))).toBe(true);
    }
    const tooLong = { mechanism: "AES_CMAC_GENERAL", macBytes: 17 } as const;
    expect(ckrOf(() => session.sign(tooLong, key, message))).toBe("MECHANISM_PARAM_INVALID");
  });
});
