import { describe, expect, test } from "vitest";
import { attributesOf, type Dialect } from "../../src/conformance/module/attributes.ts";
import type {
  ModuleAttribute,
  ModuleHandle,
  ModuleMechanism,
  Pkcs11Binding,
} from "../../src/conformance/module/binding.ts";
import { mechanismOf } from "../../src/conformance/module/mechanisms.ts";
import { ModuleOpenError, openModule } from "../../src/conformance/module/open.ts";
import { Lacking, ModuleError } from "../../src/conformance/module/refusals.ts";
import { ModuleSession } from "../../src/conformance/module/session.ts";
import type { ModuleWatch } from "../../src/conformance/suite.ts";
import { judge, Refusal, type Trial } from "../../src/conformance/suites/support.ts";
import { secretKey, withKey } from "../../src/conformance/suites/token.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { CkrError } from "../../src/cryptoki/error.ts";
import type { CkrName } from "../../src/cryptoki/return-values.ts";
import { encodeEcParams } from "../../src/der/ec-params.ts";
import type { MechanismChoice } from "../../src/mechanisms/registry.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const dialect: Dialect = { ulongBytes: 8, wrapsOctetPoints: true, isPrivate: false };

describe("Templates for a module", () => {
  const valuesOf = (attributes: readonly ModuleAttribute[]) =>
    Object.fromEntries(attributes.map(({ type, value }) => [type.toString(16), value]));

  test("Names become numbers, usage the flags of its class, and no object stays in the token", () => {
    const attributes = attributesOf(secretKey("AES", bytes(1, 2, 3), "encrypt"), dialect);
    expect(valuesOf(attributes)).toEqual({
      "0": 4,
      "1": false,
      "2": false,
      "11": bytes(1, 2, 3),
      "100": 0x1f,
      "103": false,
      "104": true,
      "105": true,
      "162": true,
    });
  });

  test("Secret and private keys are private objects for who has logged in, public keys are not", () => {
    const isPrivate = (template: Parameters<typeof attributesOf>[0]) =>
      valuesOf(attributesOf(template, { ...dialect, isPrivate: true }))["2"];
    expect(isPrivate({ CLASS: "SECRET_KEY", KEY_TYPE: "AES" })).toBe(true);
    expect(isPrivate({ CLASS: "PRIVATE_KEY", KEY_TYPE: "RSA" })).toBe(true);
    expect(isPrivate({ CLASS: "PUBLIC_KEY", KEY_TYPE: "RSA" })).toBe(false);
  });

  test("Big integers go without leading zeros", () => {
    const template = {
      CLASS: "PUBLIC_KEY",
      KEY_TYPE: "RSA",
      MODULUS: bytes(0, 9),
      PUBLIC_EXPONENT: bytes(1, 0, 1),
    } as const;
    expect(valuesOf(attributesOf(template, dialect))).toMatchObject({ "120": bytes(9), "122": bytes(1, 0, 1) });
  });

  test("The point of an Edwards key is in an OCTET STRING up to v3.0, and bare from v3.1 on", () => {
    const point = new Uint8Array(32).fill(7);
    const EC_PARAMS = encodeEcParams("Ed25519");
    const template = { CLASS: "PUBLIC_KEY", KEY_TYPE: "EC_EDWARDS", EC_PARAMS, EC_POINT: point } as const;
    const found = (wrapsOctetPoints: boolean) =>
      valuesOf(attributesOf(template, { ...dialect, wrapsOctetPoints }))["181"];
    expect(found(true)).toEqual(bytes(0x04, 0x20, ...point));
    expect(found(false)).toEqual(point);
  });

  test("A key type of this HSM alone does not go to another module", () => {
    const template = { CLASS: "SECRET_KEY", KEY_TYPE: "SM4", VALUE: bytes(1) } as const;
    expect(() => attributesOf(template, dialect)).toThrow(expect.objectContaining({ reason: "not-through-pkcs11" }));
  });
});

describe("Mechanisms for a module", () => {
  const iv = bytes(1, 2);
  const none = new Uint8Array(0);
  // The numbers are those of pkcs11t.h and of pkcs11js's CK_PARAMS_.
  // biome-ignore format: a table
  const CASES: readonly (readonly [MechanismChoice, ModuleMechanism])[] = [
    ["SHA256", { mechanism: 0x250 }],
    ["EDDSA", { mechanism: 0x1057 }],
    [{ mechanism: "EDDSA", context: undefined }, { mechanism: 0x1057 }],
    [{ mechanism: "AES_CBC_PAD", iv }, { mechanism: 0x1085, parameter: iv }],
    [{ mechanism: "AES_CTR", counter: bytes(9, 9) }, { mechanism: 0x1086, parameter: bytes(128, 0, 0, 0, 0, 0, 0, 0, 9, 9) }],
    [{ mechanism: "AES_GCM", iv, tagBytes: 12 }, { mechanism: 0x1087, parameter: { type: 7, iv, ivBits: 16, aad: none, tagBits: 96 } }],
    [{ mechanism: "AES_CCM", nonce: iv, tagBytes: 8 }, { mechanism: 0x1088, parameter: { type: 2, dataLength: 92, nonce: iv, aad: none, macLength: 8 } }],
    [{ mechanism: "RSA_PKCS_OAEP", hash: "SHA256", mgf: "SHA1", label: iv }, { mechanism: 0x9, parameter: { type: 4, hashAlg: 0x250, mgf: 1, source: 1, sourceData: iv } }],
    [{ mechanism: "RSA_PKCS_PSS", hash: "SHA3_256", saltBytes: 7 }, { mechanism: 0xd, parameter: { type: 5, hashAlg: 0x2b0, mgf: 7, saltLen: 7 } }],
    [{ mechanism: "SHA1_RSA_PKCS_PSS" }, { mechanism: 0xe, parameter: { type: 5, hashAlg: 0x220, mgf: 1, saltLen: 20 } }],
    [{ mechanism: "SHA512_RSA_PKCS_PSS", mgf: "SHA256" }, { mechanism: 0x45, parameter: { type: 5, hashAlg: 0x270, mgf: 2, saltLen: 64 } }],
    [{ mechanism: "ECDH1_DERIVE", publicData: iv }, { mechanism: 0x1050, parameter: { type: 6, kdf: 1, publicData: iv } }],
  ];

  test.each(CASES)("%j has its parameters as the binding takes them", (choice, expected) => {
    expect(mechanismOf(choice, { dialect, plaintextBytes: (tagBytes) => 100 - tagBytes })).toEqual(expected);
  });

  test("Parameters that the binding has no structure for are not left out", () => {
    const choice: MechanismChoice = { mechanism: "EDDSA", context: iv };
    expect(() => mechanismOf(choice, { dialect, plaintextBytes: () => 0 })).toThrow(Lacking);
    const derive: MechanismChoice = { mechanism: "HKDF_DERIVE", hash: "SHA256" };
    expect(() => mechanismOf(derive, { dialect, plaintextBytes: () => 0 })).toThrow(Lacking);
  });
});

const handle: ModuleHandle = new Uint8Array(8);

/** A binding that has what is given, and AES and SHA-256 as mechanisms. */
function fakeBinding(more: Partial<Record<keyof Pkcs11Binding, (...given: never[]) => unknown>>): Pkcs11Binding {
  const base: Partial<Record<keyof Pkcs11Binding, (...given: never[]) => unknown>> = {
    C_Initialize: () => undefined,
    C_GetInfo: () => ({
      cryptokiVersion: { major: 3, minor: 0 },
      libraryVersion: { major: 1, minor: 2 },
      manufacturerID: "Maker   ",
      libraryDescription: "Library ",
    }),
    C_GetSlotList: () => [bytes(5, 1, 0, 0, 0, 0, 0, 0), bytes(6, 0, 0, 0, 0, 0, 0, 0)],
    C_GetTokenInfo: ((slot: ModuleHandle) => ({
      label: slot[0] === 5 ? "one  " : "two  ",
      manufacturerID: "M ",
      model: "m ",
      flags: 0x400,
    })) as never,
    C_GetMechanismList: () => [0x250, 0x1085, 0x1080],
    C_GetMechanismInfo: () => ({ flags: 0x400 }),
    C_OpenSession: () => handle,
    C_CreateObject: () => handle,
    C_DestroyObject: () => undefined,
    C_DigestInit: () => undefined,
  };
  return { ...base, ...more } as unknown as Pkcs11Binding;
}

function sessionWith(more: Parameters<typeof fakeBinding>[0]): ModuleSession {
  return new ModuleSession(fakeBinding(more), handle, handle, dialect);
}

/** As pkcs11js throws it. */
function refusing(code: number, message = "CKR_SOMETHING"): () => never {
  return () => {
    throw Object.assign(new Error(message), { code });
  };
}

describe("A session with a module", () => {
  test("Return values are errors of the token, those it never gives are none, and a missing code is read from the text", () => {
    const digest = (throwing: () => never) => () => sessionWith({ C_Digest: throwing }).digest("SHA256", bytes(1));
    expect(digest(refusing(0x20))).toThrow(expect.objectContaining({ ckr: "DATA_INVALID" }));
    expect(digest(refusing(0xd1))).toThrow(CkrError);
    expect(digest(refusing(0x31, "CKR_DEVICE_MEMORY"))).toThrow(
      new ModuleError("the module returned CKR_DEVICE_MEMORY (0x31)"),
    );
    expect(digest(refusing(0x54))).toThrow(expect.objectContaining({ reason: "no-mechanism" }));
    const create = sessionWith({ C_CreateObject: refusing(0, "CKR_TEMPLATE_INCOMPLETE:208\n at PKCS11") });
    expect(() => create.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES" })).toThrow(
      expect.objectContaining({ ckr: "TEMPLATE_INCOMPLETE" }),
    );
  });

  test("A mechanism that the module does not list is not asked for", () => {
    const session = sessionWith({});
    expect(() => session.digest("SHA384", bytes(1))).toThrow(expect.objectContaining({ reason: "no-mechanism" }));
    expect(() => session.digest("PHSM_SM3", bytes(1))).toThrow(
      expect.objectContaining({ reason: "not-through-pkcs11" }),
    );
    expect([session.offers("SHA256"), session.offers("SHA384")]).toEqual([true, false]);
    expect([session.offers("SHA256", "digest"), session.offers("SHA256", "encrypt")]).toEqual([true, false]);
  });

  test("A key that is refused is of a missing type only where the module makes none of that type", () => {
    const session = sessionWith({ C_CreateObject: refusing(0x13) });
    expect(() => session.createObject({ CLASS: "PUBLIC_KEY", KEY_TYPE: "EC_MONTGOMERY" })).toThrow(
      expect.objectContaining({ reason: "no-key-type" }),
    );
    expect(() => session.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES" })).toThrow(
      expect.objectContaining({ ckr: "ATTRIBUTE_VALUE_INVALID" }),
    );
  });

  test("An attribute that the module does not have, or has without a value, is a reason to skip", () => {
    const empty = () => [{ value: new Uint8Array(0) }];
    for (const read of [refusing(0x12), empty]) {
      const session = sessionWith({ C_GetAttributeValue: read });
      const key = session.createObject(secretKey("AES", bytes(1), "sign"));
      if (read === empty) expect(session.getAttributes(key, ["VALUE"])).toEqual({ VALUE: new Uint8Array(0) });
      expect(() => session.getAttributes(key, ["PUBLIC_KEY_INFO"])).toThrow(
        expect.objectContaining({ reason: "no-attribute" }),
      );
    }
  });

  test("Empty data has an address, because modules take NULL for a missing argument", () => {
    let given: Uint8Array | undefined;
    const session = sessionWith({
      C_Digest: ((_: ModuleHandle, data: Uint8Array, output: Uint8Array) => {
        given = data;
        return output.subarray(0, 32);
      }) as never,
    });
    expect(session.digest("SHA256", new Uint8Array(0))).toHaveLength(32);
    expect(given).toHaveLength(0);
    expect(given?.buffer.byteLength).toBeGreaterThan(0);
  });
});

describe("Verdicts on a module that is not ours", () => {
  const trial = (more: Partial<Trial>): Trial => ({ id: "1", run: () => undefined, ...more });
  const watch = (called: boolean): ModuleWatch => ({ begin: () => {}, wasCalled: () => called });
  const throwing = (error: unknown) => () => {
    throw error;
  };
  const refused = (ckr: CkrName) => throwing(new CkrError(ckr, "no"));
  const verdictOn = (more: Partial<Trial>, called = true) => {
    const { verdict, reason } = judge(trial(more), watch(called));
    return reason === undefined ? verdict : `${verdict}:${reason}`;
  };

  test("What this HSM refuses on purpose, a module may accept, and has to if it is valid", () => {
    expect(verdictOn({ stricter: "gcm-short-iv" })).toBe("passed");
    expect(verdictOn({ stricter: "gcm-short-iv", run: refused("MECHANISM_PARAM_INVALID") })).toBe("failed");
    expect(verdictOn({ stricter: "gcm-short-iv", result: "invalid" })).toBe("failed");
    expect(judge(trial({ stricter: "gcm-short-iv" })).verdict).toBe("failed");
  });

  test("General return values are refusals, of a module only", () => {
    for (const ckr of ["GENERAL_ERROR", "FUNCTION_FAILED", "ARGUMENTS_BAD"] as const) {
      expect(verdictOn({ result: "invalid", run: refused(ckr) })).toBe("passed");
      expect(verdictOn({ result: "valid", run: refused(ckr) })).toBe("failed");
      expect(judge(trial({ result: "invalid", run: refused(ckr) })).verdict).toBe("error");
    }
    expect(verdictOn({ result: "invalid", run: refused("SESSION_HANDLE_INVALID") })).toBe("error");
    expect(verdictOn({ result: "invalid", run: throwing(new ModuleError("memory")) })).toBe("error");
  });

  test("What the module says that it lacks is skipped, whatever the vector says", () => {
    for (const result of ["valid", "invalid", "acceptable"] as const) {
      expect(verdictOn({ result, run: refused("CURVE_NOT_SUPPORTED") })).toBe("skipped:no-curve");
      expect(verdictOn({ result, run: refused("MECHANISM_INVALID") })).toBe("skipped:no-mechanism");
      expect(verdictOn({ result, run: throwing(new Lacking("no-key-type", "")) })).toBe("skipped:no-key-type");
    }
    expect(verdictOn({ result: "valid", run: refused("KEY_SIZE_RANGE") })).toBe("skipped:key-size");
    expect(verdictOn({ result: "invalid", run: refused("KEY_SIZE_RANGE") })).toBe("passed");
  });

  test("A case that ends before the module is asked says nothing of it", () => {
    expect(verdictOn({ result: "invalid", run: throwing(new Refusal("not DER")) }, false)).toBe(
      "skipped:not-through-pkcs11",
    );
    expect(verdictOn({}, false)).toBe("skipped:not-through-pkcs11");
    expect(verdictOn({ result: "invalid", run: throwing(new Refusal("not the MAC")) })).toBe("passed");
  });
});

describe("Opening a module", () => {
  test("The slot is chosen by id or by label, the first with a token by default", () => {
    const opened = (slot?: string): ModuleHandle | undefined => {
      let chosen: ModuleHandle | undefined;
      const binding = fakeBinding({
        C_OpenSession: ((id: ModuleHandle) => {
          chosen = id;
          return handle;
        }) as never,
      });
      openModule(binding, pureEngine, slot === undefined ? {} : { slot });
      return chosen;
    };
    expect(opened()?.[0]).toBe(5);
    expect(opened("two")?.[0]).toBe(6);
    expect(opened("261")?.[0]).toBe(5);
    expect(() => opened("three")).toThrow(
      new ModuleOpenError("no slot or token is called three; there are 261 (one), 6 (two)"),
    );
  });

  test("A slot without an initialised token is none", () => {
    const binding = fakeBinding({ C_GetTokenInfo: () => ({ label: "", manufacturerID: "", model: "", flags: 0 }) });
    expect(() => openModule(binding, pureEngine)).toThrow("the module has no slot with an initialised token");
  });

  test("The session is read-only, nobody logs in without a PIN, and the module is named without its blanks", () => {
    const flags: number[] = [];
    const logins: unknown[] = [];
    const binding = fakeBinding({
      C_OpenSession: ((_: ModuleHandle, flag: number) => {
        flags.push(flag);
        return handle;
      }) as never,
      C_Login: ((...given: unknown[]) => logins.push(given)) as never,
    });
    const { info, bench } = openModule(binding, pureEngine);
    expect([flags, logins]).toEqual([[4], []]);
    openModule(binding, pureEngine, { pin: "1234" });
    expect(logins).toEqual([[handle, 1, "1234"]]);
    expect(info).toEqual({
      manufacturer: "Maker",
      description: "Library",
      libraryVersion: "1.2",
      cryptokiVersion: "3.0",
      tokenManufacturer: "M",
      tokenModel: "m",
    });
    bench.module?.begin("1");
    expect(bench.module?.wasCalled()).toBe(false);
    withKey(bench.session, secretKey("AES", bytes(1), "sign"), () => undefined);
    expect(bench.module?.wasCalled()).toBe(true);
    bench.module?.begin("2");
    bench.session.generateRandom(8);
    expect(bench.module?.wasCalled()).toBe(false);
  });
});
