/** OFB, CFB, CTS and XTS against node:crypto, RFC 3962 and the definitions of SP 800-38A. */

import { createCipheriv } from "node:crypto";
import { expect, test } from "vitest";
import { concat, fromHex, utf8 } from "../../src/bytes/bytes.ts";
import type { MechanismChoice } from "../../src/mechanisms/registry.ts";
import { createHsm } from "../../src/token/hsm.ts";
import { overAesEngines } from "../crypto/engine-suite.ts";
import { ckrOf } from "../support/ckr.ts";
import { laxSession, READABLE, secretKey } from "./support/lax.ts";

const iv = Uint8Array.from({ length: 16 }, (_, i) => 3 * i + 1);
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (7 * i + 1) & 0xff);

function nodeCipher(name: string, key: Uint8Array, nodeIv: Uint8Array | null, data: Uint8Array): Uint8Array {
  const cipher = createCipheriv(name, key, nodeIv).setAutoPadding(false);
  return Uint8Array.from(Buffer.concat([cipher.update(data), cipher.final()]));
}

/** CFB by its definition, a segment of eight bytes at a time (SP 800-38A, 6.3). */
function cfb64(key: Uint8Array, data: Uint8Array): Uint8Array {
  let [input, out]: Uint8Array[] = [iv, new Uint8Array(0)];
  for (let at = 0; at < data.length; at += 8) {
    const stream = nodeCipher(`aes-${8 * key.length}-ecb`, key, null, input);
    const segment = data.slice(at, at + 8).map((byte, i) => byte ^ (stream[i] as number));
    [input, out] = [concat(input.slice(8), segment), Uint8Array.from(concat(out, segment))];
  }
  return out;
}

overAesEngines((engine) => {
  const session = laxSession(engine);
  const choice = (mechanism: string, more: object = { iv }): MechanismChoice =>
    ({ mechanism, ...more }) as MechanismChoice;

  function expectBothWays(
    mechanism: MechanismChoice,
    key: Parameters<typeof session.encrypt>[1],
    data: Uint8Array,
    sealed: Uint8Array,
  ) {
    expect(session.encrypt(mechanism, key, data)).toEqual(sealed);
    expect(session.decrypt(mechanism, key, sealed)).toEqual(data);
    session.decryptInit(mechanism, key);
    const opened = [
      session.decryptUpdate(sealed.slice(0, 9)),
      session.decryptUpdate(sealed.slice(9)),
      session.decryptFinal(),
    ];
    expect(concat(...opened)).toEqual(data);
  }

  test.each([
    ["AES_OFB", "ofb"],
    ["AES_CFB8", "cfb8"],
    ["AES_CFB128", "cfb"],
  ])("%s is node:crypto's", (mechanism, mode) => {
    for (const keyBytes of [16, 24, 32])
      for (const length of [0, 1, 16, 45]) {
        const key = secretKey(session, "AES", bytes(keyBytes), "encrypt");
        const sealed = nodeCipher(`aes-${8 * keyBytes}-${mode}`, bytes(keyBytes), iv, bytes(length));
        expectBothWays(choice(mechanism), key, bytes(length), sealed);
      }
  });

  test("AES_CFB64 is what SP 800-38A says", () => {
    const key = secretKey(session, "AES", bytes(16), "encrypt");
    for (const length of [0, 5, 8, 16, 45])
      expectBothWays(choice("AES_CFB64"), key, bytes(length), cfb64(bytes(16), bytes(length)));
  });

  /** RFC 3962, appendix B, whose last two blocks are always the other way round (CS3). */
  test.each([
    [17, "c6353568f2bf8cb4d8a580362da7ff7f97"],
    [31, "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5"],
  ])("AES_CTS of %i bytes is RFC 3962's, with the cut block first", (length, swapped) => {
    const key = secretKey(session, "AES", utf8("chicken teriyaki"), "encrypt");
    const data = utf8("I would like the General Gau's Chicken, please,").slice(0, length);
    const [last, cut] = [fromHex(swapped).slice(0, 16), fromHex(swapped).slice(16)];
    expectBothWays(choice("AES_CTS", { iv: new Uint8Array(16) }), key, data, concat(cut, last));
  });

  test("AES_CTS of whole blocks is CBC, of other lengths its own inverse, and of less than a block nothing", () => {
    const key = secretKey(session, "AES", bytes(32), "encrypt");
    for (const length of [16, 32, 48])
      expectBothWays(choice("AES_CTS"), key, bytes(length), nodeCipher("aes-256-cbc", bytes(32), iv, bytes(length)));
    for (let length = 33; length < 64; length++) {
      const sealed = session.encrypt(choice("AES_CTS"), key, bytes(length));
      expect(sealed.slice(0, 16)).toEqual(nodeCipher("aes-256-cbc", bytes(32), iv, bytes(16)));
      expect([sealed.length, session.decrypt(choice("AES_CTS"), key, sealed)]).toEqual([length, bytes(length)]);
    }
    expect(ckrOf(() => session.encrypt(choice("AES_CTS"), key, bytes(15)))).toBe("DATA_LEN_RANGE");
    expect(ckrOf(() => session.decrypt(choice("AES_CTS"), key, bytes(15)))).toBe("ENCRYPTED_DATA_LEN_RANGE");
  });

  test("AES_XTS is node:crypto's, at every length of a cut block", () => {
    const XTS = { CLASS: "SECRET_KEY", KEY_TYPE: "AES_XTS", usage: "encrypt", ...READABLE } as const;
    for (const keyBytes of [32, 64]) {
      const key = session.createObject({ ...XTS, VALUE: bytes(keyBytes) });
      for (const length of [16, 17, 31, 32, 33, 47, 48, 100, 512]) {
        const sealed = nodeCipher(`aes-${4 * keyBytes}-xts`, bytes(keyBytes), iv, bytes(length));
        expectBothWays(choice("AES_XTS", { unit: iv }), key, bytes(length), sealed);
      }
    }
  });

  test("AES_XTS keys are two different AES keys, for AES_XTS alone", () => {
    const XTS = { CLASS: "SECRET_KEY", KEY_TYPE: "AES_XTS", usage: "encrypt" } as const;
    for (const VALUE of [bytes(16), bytes(48), new Uint8Array(32).fill(5)])
      expect(ckrOf(() => session.createObject({ ...XTS, VALUE }))).toBe("ATTRIBUTE_VALUE_INVALID");
    const key = session.generateKey("AES_XTS_KEY_GEN", { VALUE_LEN: 64, usage: "encrypt" });
    const { KEY_TYPE, VALUE_LEN } = session.getAttributes(key, ["KEY_TYPE", "VALUE_LEN"]);
    expect([KEY_TYPE, VALUE_LEN]).toEqual(["AES_XTS", 64]);
    expect(ckrOf(() => session.generateKey("AES_XTS_KEY_GEN", { VALUE_LEN: 48 }))).toBe("KEY_SIZE_RANGE");
    expect(ckrOf(() => session.encrypt(choice("AES_ECB", {}), key, bytes(16)))).toBe("KEY_TYPE_INCONSISTENT");
    const aes = secretKey(session, "AES", bytes(32), "encrypt");
    expect(ckrOf(() => session.encrypt(choice("AES_XTS", { unit: iv }), aes, bytes(16)))).toBe("KEY_TYPE_INCONSISTENT");
    expect(ckrOf(() => session.encrypt(choice("AES_XTS", { unit: iv }), key, bytes(15)))).toBe("DATA_LEN_RANGE");
    expect(ckrOf(() => session.decrypt(choice("AES_XTS", { unit: iv }), key, bytes(15)))).toBe(
      "ENCRYPTED_DATA_LEN_RANGE",
    );
  });
});

test("under the strict policy an XTS key is wrapped and comes back as what it is", () => {
  const strict = createHsm().openSession({ readWrite: true });
  const key = strict.generateKey("AES_XTS_KEY_GEN", { VALUE_LEN: 64, usage: "encrypt", extractable: true });
  const wrapping = strict.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "wrap" });
  const back = strict.unwrapKey("PHSM_BOUND_WRAP", wrapping, strict.wrapKey("PHSM_BOUND_WRAP", wrapping, key));
  const mechanism = { mechanism: "AES_XTS", unit: iv } as const;
  expect(strict.decrypt(mechanism, back, strict.encrypt(mechanism, key, bytes(40)))).toEqual(bytes(40));
});
