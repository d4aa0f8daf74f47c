/** Block modes in parts: what comes out is what one call gives, and it comes as soon as it can. */

import { describe, expect, test } from "vitest";
import { createHsm } from "../../src/index.ts";
import { nodeEngine } from "../../src/node.ts";
import { expectCkr } from "../support/ckr.ts";

const iv = Uint8Array.from({ length: 16 }, (_, i) => i);
const CHOICES = [
  { mechanism: "AES_ECB" },
  { mechanism: "AES_CBC", iv },
  { mechanism: "AES_CBC_PAD", iv },
  { mechanism: "PHSM_SM4_CBC_PAD", iv },
] as const;

const lengths = (...parts: readonly Uint8Array[]): number[] => parts.map(({ length }) => length);
const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

describe.each(CHOICES)("$mechanism", (choice) => {
  const isSm4 = choice.mechanism === "PHSM_SM4_CBC_PAD";
  const pads = choice.mechanism.endsWith("_PAD");

  function opened(engine = {}) {
    const session = createHsm({ policy: "pkcs11", ...engine }).openSession();
    const VALUE = new Uint8Array(16).fill(9);
    const key = session.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: isSm4 ? "SM4" : "AES", VALUE, usage: "encrypt" });
    return { session, key };
  }

  test.each([{}, { engine: nodeEngine }])("gives in parts of any size what it gives at once", (engine) => {
    const { session, key } = opened(engine);
    for (const total of pads ? [0, 1, 15, 16, 17, 47, 48, 100] : [0, 16, 48, 160])
      for (const size of [1, 3, 15, 16, 17, 32, 33, 1000]) {
        const data = Uint8Array.from({ length: total }, (_, i) => i);
        const whole = session.encrypt(choice, key, data);
        const parts = (all: Uint8Array): Uint8Array[] =>
          Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.subarray(i * size, (i + 1) * size));
        session.encryptInit(choice, key);
        const sealed = [...parts(data).map((part) => session.encryptUpdate(part)), session.encryptFinal()];
        expect(joined(sealed), `${total} by ${size}`).toEqual(whole);
        session.decryptInit(choice, key);
        const opened = [...parts(whole).map((part) => session.decryptUpdate(part)), session.decryptFinal()];
        expect(joined(opened), `${total} by ${size}`).toEqual(data);
      }
  });

  test("gives out whole blocks as they come, and holds back only what it must", () => {
    const { session, key } = opened();
    session.encryptInit(choice, key);
    const sealed = [16, 20, 12].map((length) => session.encryptUpdate(new Uint8Array(length)));
    sealed.push(session.encryptFinal());
    expect(lengths(...sealed)).toEqual([16, 16, 16, pads ? 16 : 0]);
    session.decryptInit(choice, key);
    const out = [joined(sealed).subarray(0, 32), joined(sealed).subarray(32)].map((part) =>
      session.decryptUpdate(part),
    );
    expect(lengths(...out, session.decryptFinal())).toEqual(pads ? [16, 32, 0] : [32, 16, 0]);
  });

  test("refuses what does not end with a whole block", () => {
    const { session, key } = opened();
    session.decryptInit(choice, key);
    session.decryptUpdate(new Uint8Array(17));
    expectCkr(() => session.decryptFinal(), "ENCRYPTED_DATA_LEN_RANGE");
    if (pads) return;
    session.encryptInit(choice, key);
    session.encryptUpdate(new Uint8Array(17));
    expectCkr(() => session.encryptFinal(), "DATA_LEN_RANGE");
  });
});
