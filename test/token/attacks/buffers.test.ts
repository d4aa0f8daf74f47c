/**
 * A0, A7, A9b and A15 where there are buffers: through pocket-hsm/pkcs11. What a failed call was to fill is as it was in
 * every byte (kryoptic's issue 372: CKR_ATTRIBUTE_SENSITIVE, and the value in the buffer), and the size of a buffer asks
 * for nothing that the call itself does not tell.
 */

import { describe, expect, test } from "vitest";
import * as ck from "../../../src/pkcs11.ts";
import { failure, opened } from "../../bridges/pkcs11js/support.ts";

const CANARY = 0xa5;
const canary = (bytes = 600): Buffer => Buffer.alloc(bytes, CANARY);
const isUntouched = (buffer: Uint8Array): boolean => buffer.every((byte) => byte === CANARY);
const set = (value: unknown, ...types: readonly number[]): ck.Template =>
  types.map((type) => ({ type, value }) as never);

const { p11, session } = opened("strict");
const aes = (...template: ck.Template): ck.Handle =>
  p11.C_GenerateKey(session, { mechanism: ck.CKM_AES_KEY_GEN }, [{ type: ck.CKA_VALUE_LEN, value: 32 }, ...template]);
const rsa = (): { readonly publicKey: ck.Handle; readonly privateKey: ck.Handle } =>
  p11.C_GenerateKeyPair(
    session,
    { mechanism: ck.CKM_RSA_PKCS_KEY_PAIR_GEN },
    [{ type: ck.CKA_MODULUS_BITS, value: 2048 }, ...set(true, ck.CKA_ENCRYPT)],
    set(true, ck.CKA_DECRYPT),
  );

describe("A0: a secret that is asked for, alone or beside others", () => {
  // biome-ignore format: a table
  const SECRETS = [
    ck.CKA_VALUE, ck.CKA_PRIVATE_EXPONENT, ck.CKA_PRIME_1, ck.CKA_PRIME_2,
    ck.CKA_EXPONENT_1, ck.CKA_EXPONENT_2, ck.CKA_COEFFICIENT,
  ];

  test.each([
    [true, true],
    [true, false],
    [false, false],
  ])(
    "of a key with SENSITIVE %s and EXTRACTABLE %s changes nothing in the caller's template",
    (sensitive, extractable) => {
      const protection = [...set(sensitive, ck.CKA_SENSITIVE), ...set(extractable, ck.CKA_EXTRACTABLE)];
      const secret = aes(...protection);
      const { privateKey } = p11.C_GenerateKeyPair(
        session,
        { mechanism: ck.CKM_RSA_PKCS_KEY_PAIR_GEN },
        [{ type: ck.CKA_MODULUS_BITS, value: 2048 }],
        protection,
      );
      for (const [key, names] of [
        [secret, SECRETS.slice(0, 1)],
        [privateKey, SECRETS.slice(1)],
      ] as const)
        for (const name of names)
          for (const others of [[], [ck.CKA_LABEL, ck.CKA_CLASS]]) {
            const buffer = canary();
            const template = [...others, name].map((type) => ({ type, value: buffer }));
            const error = failure(() => p11.C_GetAttributeValue(session, key, template));
            expect(error).toMatchObject({ code: ck.CKR_ATTRIBUTE_SENSITIVE });
            expect(template.every(({ value }) => value === buffer) && isUntouched(buffer)).toBe(true);
          }
    },
  );
});

describe("an output that a refused call was to fill", () => {
  const K = aes(...set(true, ck.CKA_ENCRYPT, ck.CKA_DECRYPT, ck.CKA_EXTRACTABLE));
  const parameter = { type: ck.CK_PARAMS_AES_GCM, iv: Buffer.alloc(12), ivBits: 96, tagBits: 128 } as const;
  const gcm = { mechanism: ck.CKM_AES_GCM, parameter };
  const sealed = (): Buffer => {
    p11.C_EncryptInit(session, gcm, K);
    return Buffer.from(p11.C_Encrypt(session, Buffer.from("plain text"), canary()));
  };

  test("A9b, A11, A11c: C_WrapKey leaves it alone", () => {
    const w = aes(...set(true, ck.CKA_WRAP));
    const weak = p11.C_GenerateKey(session, { mechanism: ck.CKM_AES_KEY_GEN }, [
      ...[{ type: ck.CKA_VALUE_LEN, value: 16 }, ...set(true, ck.CKA_WRAP)],
    ]);
    const bound = { mechanism: ck.CKM_PHSM_BOUND_WRAP };
    for (const [mechanism, wrapping, key] of [
      [bound, w, aes()],
      [bound, weak, K],
      [bound, w, w],
      [{ mechanism: ck.CKM_AES_KEY_WRAP }, w, K],
      [{ mechanism: ck.CKM_AES_CBC_PAD, parameter: Buffer.alloc(16) }, w, K],
    ] as const) {
      const out = canary();
      failure(() => p11.C_WrapKey(session, mechanism, wrapping, key, out));
      expect(isUntouched(out)).toBe(true);
    }
  });

  test("A15f: C_Decrypt of what is not authentic leaves it alone, whole and in parts, in a buffer of any size", () => {
    const forged = sealed();
    forged[3] = (forged[3] as number) ^ 1;
    for (const size of [0, 1, 9, 10, 600]) {
      const out = canary(size);
      p11.C_DecryptInit(session, gcm, K);
      expect(failure(() => p11.C_Decrypt(session, forged, out))).toMatchObject({ code: ck.CKR_ENCRYPTED_DATA_INVALID });
      p11.C_DecryptInit(session, gcm, K);
      expect(p11.C_DecryptUpdate(session, forged, out)).toHaveLength(0);
      expect(failure(() => p11.C_DecryptFinal(session, out))).toMatchObject({ code: ck.CKR_ENCRYPTED_DATA_INVALID });
      expect(isUntouched(out)).toBe(true);
      expect(failure(() => p11.C_DecryptFinal(session, out))).toMatchObject({ code: ck.CKR_OPERATION_NOT_INITIALIZED });
    }
    const short = canary(9);
    p11.C_DecryptInit(session, gcm, K);
    expect(failure(() => p11.C_Decrypt(session, sealed(), short))).toMatchObject({ code: ck.CKR_BUFFER_TOO_SMALL });
    expect(isUntouched(short)).toBe(true);
    expect(p11.C_Decrypt(session, sealed(), canary())).toEqual(Buffer.from("plain text"));
  });

  test("A7: whether a buffer is large enough tells no good RSA padding from a bad one", () => {
    const { publicKey, privateKey } = rsa();
    const pkcs1 = { mechanism: ck.CKM_RSA_PKCS };
    p11.C_EncryptInit(session, pkcs1, publicKey);
    const good = Buffer.from(p11.C_Encrypt(session, Buffer.alloc(200, 1), canary()));
    const fits = (ciphertext: Buffer, size: number): boolean => {
      p11.C_DecryptInit(session, pkcs1, privateKey);
      try {
        p11.C_Decrypt(session, ciphertext, canary(size));
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: ck.CKR_BUFFER_TOO_SMALL });
        p11.C_Decrypt(session, ciphertext, canary());
        return false;
      }
    };
    // A synthetic message of the same ciphertext has the same length each time, below and above that of good ones.
    const outcomes = Array.from({ length: 24 }, (_, i) => {
      const bad = Buffer.from(good);
      bad[255 - i] = (bad[255 - i] as number) ^ 1;
      expect(fits(bad, 100)).toBe(fits(bad, 100));
      return fits(bad, 100);
    });
    expect(new Set(outcomes)).toEqual(new Set([true, false]));
  });
});

test("A18: a template that says an attribute twice says the same both times", () => {
  const twice = (first: unknown, second: unknown): ck.Template => [
    ...set(first, ck.CKA_EXTRACTABLE),
    ...set(second, ck.CKA_EXTRACTABLE),
  ];
  for (const template of [twice(true, false), twice(false, true)])
    expect(failure(() => aes(...template))).toMatchObject({ code: ck.CKR_TEMPLATE_INCONSISTENT });
  expect(aes(...twice(true, true))).toHaveLength(8);
});
