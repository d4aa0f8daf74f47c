import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { concat, fromHex } from "../../src/bytes/bytes.ts";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import type { MechanismChoice } from "../../src/mechanisms/registry.ts";
import { createHsm } from "../../src/token/hsm.ts";
import { engines, overEngines } from "../crypto/engine-suite.ts";
import { ckrOf } from "../support/ckr.ts";
import { laxSession, READABLE, readValue, secretKey } from "./support/lax.ts";

const value = Uint8Array.from({ length: 20 }, (_, i) => i + 1);
const data = Uint8Array.from([0xff, 0x0f, 0x01]);

overEngines((engine) => {
  const session = laxSession(engine);
  const base = secretKey(session, "GENERIC_SECRET", value, "derive");
  const derive = (mechanism: MechanismChoice, more = {}): Uint8Array =>
    readValue(session, session.deriveKey(mechanism, base, { ...READABLE, ...more }));

  test("CONCATENATE_BASE_AND_DATA, CONCATENATE_DATA_AND_BASE and XOR_BASE_AND_DATA do as their names say", () => {
    expect(derive({ mechanism: "CONCATENATE_BASE_AND_DATA", data })).toEqual(concat(value, data));
    expect(derive({ mechanism: "CONCATENATE_DATA_AND_BASE", data })).toEqual(concat(data, value));
    expect(derive({ mechanism: "XOR_BASE_AND_DATA", data })).toEqual(Uint8Array.from([0xfe, 0x0d, 0x02]));
    expect(derive({ mechanism: "CONCATENATE_BASE_AND_DATA", data }, { VALUE_LEN: 22 })).toEqual(
      concat(value, data.slice(0, 2)),
    );
    expect(ckrOf(() => derive({ mechanism: "XOR_BASE_AND_DATA", data }, { VALUE_LEN: 4 }))).toBe("KEY_SIZE_RANGE");
  });

  test("CONCATENATE_BASE_AND_KEY puts the second key behind the first", () => {
    const key = secretKey(session, "AES", new Uint8Array(16).fill(9), "derive");
    expect(derive({ mechanism: "CONCATENATE_BASE_AND_KEY", key })).toEqual(concat(value, new Uint8Array(16).fill(9)));
  });

  test("CONCATENATE_BASE_AND_KEY wants a second key that is there, may derive, and is no better protected", () => {
    const joined = (key: ObjectHandle) => ckrOf(() => derive({ mechanism: "CONCATENATE_BASE_AND_KEY", key }));
    expect(joined(secretKey(session, "AES", new Uint8Array(16), "sign"))).toBe("KEY_FUNCTION_NOT_PERMITTED");
    for (const more of [{ sensitive: true }, { extractable: false }]) {
      const better = secretKey(session, "AES", new Uint8Array(16), "derive", more);
      expect(joined(better)).toBe("KEY_FUNCTION_NOT_PERMITTED");
    }
    expect(joined(999_999 as ObjectHandle)).toBe("KEY_HANDLE_INVALID");
    expect(joined("1" as unknown as ObjectHandle)).toBe("MECHANISM_PARAM_INVALID");
  });

  test("EXTRACT_KEY_FROM_KEY gives the standard's example: 16 bits of 329f84a9 from bit 21 on are 9526", () => {
    const four = secretKey(session, "GENERIC_SECRET", fromHex("329f84a9"), "derive");
    const extract = (bit: number, VALUE_LEN?: number): Uint8Array => {
      const mechanism = { mechanism: "EXTRACT_KEY_FROM_KEY", bit } as const;
      return readValue(session, session.deriveKey(mechanism, four, { ...READABLE, VALUE_LEN }));
    };
    expect(extract(21, 2)).toEqual(fromHex("9526"));
    expect(extract(0, 4)).toEqual(fromHex("329f84a9"));
    expect(extract(8, 4)).toEqual(fromHex("9f84a932"));
    expect(extract(31, 1)).toEqual(Uint8Array.of(0x99));
    expect(ckrOf(() => extract(0))).toBe("TEMPLATE_INCOMPLETE");
    expect(ckrOf(() => extract(0, 5))).toBe("KEY_SIZE_RANGE");
    expect(ckrOf(() => extract(32, 1))).toBe("MECHANISM_PARAM_INVALID");
  });

  const HASHES = [
    ["SHA1_KEY_DERIVATION", "sha1"],
    ["SHA224_KEY_DERIVATION", "sha224"],
    ["SHA256_KEY_DERIVATION", "sha256"],
    ["SHA384_KEY_DERIVATION", "sha384"],
    ["SHA512_KEY_DERIVATION", "sha512"],
    ["SHA512_224_KEY_DERIVATION", "sha512-224"],
    ["SHA512_256_KEY_DERIVATION", "sha512-256"],
    ["SHA3_224_KEY_DERIVATION", "sha3-224"],
    ["SHA3_256_KEY_DERIVATION", "sha3-256"],
    ["SHA3_384_KEY_DERIVATION", "sha3-384"],
    ["SHA3_512_KEY_DERIVATION", "sha3-512"],
  ] as const;

  test.each(HASHES)("%s derives the front of node:crypto's digest", (mechanism, hash) => {
    const digest = Uint8Array.from(createHash(hash).update(value).digest());
    expect(derive(mechanism)).toEqual(digest);
    expect(derive(mechanism, { KEY_TYPE: "AES", VALUE_LEN: 16 })).toEqual(digest.slice(0, 16));
    expect(ckrOf(() => derive(mechanism, { VALUE_LEN: digest.length + 1 }))).toBe("KEY_SIZE_RANGE");
  });

  test("what is joined, cut or hashed is protected as its base key, under the standard's policy too", () => {
    const hidden = secretKey(session, "GENERIC_SECRET", value, "derive", { sensitive: true, extractable: true });
    const kept = secretKey(session, "GENERIC_SECRET", value, "derive", { sensitive: false, extractable: false });
    const choices: readonly MechanismChoice[] = [
      { mechanism: "CONCATENATE_BASE_AND_DATA", data },
      { mechanism: "XOR_BASE_AND_DATA", data },
      { mechanism: "EXTRACT_KEY_FROM_KEY", bit: 0 },
      "SHA256_KEY_DERIVATION",
      "SHAKE_128_KEY_DERIVATION",
    ];
    for (const mechanism of choices) {
      for (const key of [hidden, kept]) {
        const open = () => session.deriveKey(mechanism, key, { ...READABLE, VALUE_LEN: 2 });
        expect(ckrOf(open)).toBe("TEMPLATE_INCONSISTENT");
        const closed = { VALUE_LEN: 2, SENSITIVE: true, EXTRACTABLE: false };
        expect(ckrOf(() => session.deriveKey(mechanism, key, closed))).toBe("OK");
      }
    }
  });
});

test("the strict policy refuses to join, cut or mix keys, whatever they are", () => {
  const strict = createHsm({ engine: engines[0] }).openSession({ readWrite: true });
  const base = secretKey(strict, "GENERIC_SECRET", value, "derive");
  const aes = secretKey(strict, "AES", value.slice(0, 16), "derive");
  const choices: readonly MechanismChoice[] = [
    { mechanism: "CONCATENATE_BASE_AND_DATA", data },
    { mechanism: "CONCATENATE_DATA_AND_BASE", data },
    { mechanism: "CONCATENATE_BASE_AND_KEY", key: aes },
    { mechanism: "XOR_BASE_AND_DATA", data },
    { mechanism: "EXTRACT_KEY_FROM_KEY", bit: 0 },
    { mechanism: "AES_ECB_ENCRYPT_DATA", data: value.slice(0, 16) },
    { mechanism: "AES_CBC_ENCRYPT_DATA", data: value.slice(0, 16), iv: value.slice(0, 16) },
  ];
  for (const mechanism of choices) {
    for (const key of [base, aes]) {
      expect(ckrOf(() => strict.deriveKey(mechanism, key, { VALUE_LEN: 16 }))).toBe("MECHANISM_INVALID");
    }
  }
  expect(ckrOf(() => strict.deriveKey("SHA256_KEY_DERIVATION", base))).toBe("OK");
});
