import { describe, expect, test } from "vitest";
import { CKA } from "../../../src/cryptoki/attributes.ts";
import { CKK, CKM, CKO } from "../../../src/cryptoki/constants.ts";
import { CKR } from "../../../src/cryptoki/return-values.ts";
import { createHsm } from "../../../src/index.ts";
import * as ck from "../../../src/pkcs11.ts";
import { failure, opened, PIN } from "./support.ts";

test("every name of the token's tables is a constant with its number", () => {
  const attributes = Object.fromEntries(Object.entries(CKA).map(([name, [code]]) => [name, code]));
  const tables = Object.entries({ CKA: attributes, CKK, CKM, CKO, CKR } as Record<string, Record<string, number>>);
  const names = tables.flatMap(([prefix, table]) => Object.entries(table).map(([n, code]) => [`${prefix}_${n}`, code]));
  expect(names.length).toBeGreaterThan(200);
  expect(names.filter(([name, code]) => (ck as Record<string, unknown>)[name as string] !== code)).toEqual([]);
});

describe("loading", () => {
  test("takes an HSM, and two objects that load the same one share its tokens", () => {
    const hsm = createHsm({ label: "shared" });
    const [a, b] = [new ck.PKCS11(hsm), new ck.PKCS11()];
    b.load(hsm);
    const labels = [a, b].map((p11) => {
      p11.C_Initialize();
      return p11.C_GetTokenInfo(p11.C_GetSlotList()[0] as ck.Handle).label.trimEnd();
    });
    expect(labels).toEqual(["shared", "shared"]);
  });

  test("takes options as text, for programs that pass on nothing but a path", () => {
    const p11 = new ck.PKCS11("pocket-hsm:?label=by%20text&slots=3&pin=12345");
    p11.C_Initialize();
    expect(p11.libPath).toBe("pocket-hsm:?label=by%20text&slots=3&pin=12345");
    expect(p11.C_GetSlotList()).toHaveLength(3);
    expect(p11.C_GetTokenInfo(p11.C_GetSlotList()[0] as ck.Handle).label).toBe("by text".padEnd(32));
  });

  test("refuses a path and options that it does not know", () => {
    expect(failure(() => new ck.PKCS11("/usr/lib/libsofthsm2.so")).message).toContain("not a shared library");
    expect(failure(() => new ck.PKCS11("pocket-hsm:?pn=1")).message).toContain("pn is no option");
    expect(failure(() => new ck.PKCS11("pocket-hsm:?policy=lax")).message).toBe("CKR_ARGUMENTS_BAD");
    expect(failure(() => new ck.PKCS11(7 as never))).toBeInstanceOf(TypeError);
  });

  test("without it, and after close, no function works", () => {
    const p11 = new ck.PKCS11();
    expect(failure(() => p11.C_GetInfo())).toMatchObject({
      name: "NativeError",
      message: "PKCS11 module not loaded yet",
    });
    p11.load({});
    p11.C_Initialize();
    p11.close();
    expect(failure(() => p11.C_GetInfo())).toMatchObject({ name: "NativeError" });
  });
});

test("C_Initialize comes first, once, and C_Finalize closes the application's sessions and no others", () => {
  const hsm = createHsm();
  const other = hsm.openSession();
  const p11 = new ck.PKCS11(hsm);
  expect(failure(() => p11.C_GetSlotList())).toMatchObject({ code: ck.CKR_CRYPTOKI_NOT_INITIALIZED });
  p11.C_Initialize({ flags: ck.CKF_OS_LOCKING_OK });
  expect(failure(() => p11.C_Initialize())).toMatchObject({ code: ck.CKR_CRYPTOKI_ALREADY_INITIALIZED });
  const session = p11.C_OpenSession(p11.C_GetSlotList()[0] as ck.Handle, ck.CKF_SERIAL_SESSION);
  p11.C_Finalize();
  p11.C_Initialize();
  expect(failure(() => p11.C_GetSessionInfo(session))).toMatchObject({ code: ck.CKR_SESSION_HANDLE_INVALID });
  expect(other.info().state).toBe("RO_PUBLIC_SESSION");
});

test("the functions are own properties of each object: they can be taken off and wrapped", () => {
  const { p11, slot } = opened();
  const names = Object.keys(p11).filter((name) => name.startsWith("C_"));
  expect(names).toHaveLength(65 + 2 * 19);
  const { C_GetSlotInfo } = p11;
  expect(C_GetSlotInfo(slot).flags & ck.CKF_TOKEN_PRESENT).toBe(ck.CKF_TOKEN_PRESENT);
});

test("handles are buffers of 8 bytes, little-endian", () => {
  const { slot, session } = opened();
  expect([slot, session].map((handle) => [Buffer.isBuffer(handle), handle.toString("hex")])).toEqual([
    [true, "0100000000000000"],
    [true, "0100000000000000"],
  ]);
});

test("texts of information are filled with blanks, and flags are the standard's", () => {
  const { p11, slot } = opened();
  const token = p11.C_GetTokenInfo(slot);
  expect(token.label).toBe("first".padEnd(32));
  expect(token.model).toHaveLength(16);
  expect(token.serialNumber).toHaveLength(16);
  expect(token.flags & 0xffff).toBe(
    ck.CKF_RNG |
      ck.CKF_LOGIN_REQUIRED |
      ck.CKF_USER_PIN_INITIALIZED |
      ck.CKF_RESTORE_KEY_NOT_NEEDED |
      ck.CKF_DUAL_CRYPTO_OPERATIONS |
      ck.CKF_TOKEN_INITIALIZED,
  );
  expect([token.sessionCount, token.rwSessionCount]).toEqual([1, 1]);
  const second = p11.C_GetTokenInfo(p11.C_GetSlotList()[1] as ck.Handle);
  expect(second.flags & ck.CKF_TOKEN_INITIALIZED).toBe(0);
  expect(p11.C_GetInfo().libraryDescription).toHaveLength(32);
});

const OF_MESSAGES = ck.CKF_MESSAGE_SIGN | ck.CKF_MESSAGE_VERIFY;

test("mechanisms are listed by number, with sizes and flags", () => {
  const { p11, slot } = opened();
  const list = p11.C_GetMechanismList(slot);
  expect(list).toContain(ck.CKM_AES_GCM);
  expect(p11.C_GetMechanismInfo(slot, ck.CKM_AES_GCM)).toEqual({
    minKeySize: 16,
    maxKeySize: 32,
    flags:
      ck.CKF_ENCRYPT | ck.CKF_DECRYPT | ck.CKF_WRAP | ck.CKF_UNWRAP | ck.CKF_MESSAGE_ENCRYPT | ck.CKF_MESSAGE_DECRYPT,
  });
  const { flags } = p11.C_GetMechanismInfo(slot, ck.CKM_ECDSA);
  expect(flags).toBe(ck.CKF_SIGN | ck.CKF_VERIFY | OF_MESSAGES | ck.CKF_EC_F_P | ck.CKF_EC_OID | ck.CKF_EC_UNCOMPRESS);
  expect(failure(() => p11.C_GetMechanismInfo(slot, 0x7fff_ffff))).toMatchObject({ code: ck.CKR_MECHANISM_INVALID });
});

test("a token is initialised and gets its PINs", () => {
  const p11 = new ck.PKCS11({ pinCost: 2, slots: 2 });
  p11.C_Initialize();
  const slot = p11.C_GetSlotList()[1] as ck.Handle;
  p11.C_InitToken(slot, "so-pin", "new".padEnd(32));
  expect(p11.C_GetTokenInfo(slot).label).toBe("new".padEnd(32));
  const session = p11.C_OpenSession(slot, ck.CKF_SERIAL_SESSION | ck.CKF_RW_SESSION);
  p11.C_Login(session, ck.CKU_SO, "so-pin");
  p11.C_InitPIN(session, PIN);
  p11.C_Logout(session);
  p11.C_Login(session, ck.CKU_USER, PIN);
  p11.C_SetPIN(session, PIN, "54321");
  expect(p11.C_GetSessionInfo(session)).toMatchObject({ state: ck.CKS_RW_USER_FUNCTIONS, flags: 6, deviceError: 0 });
  p11.C_Logout(session);
  expect(failure(() => p11.C_Login(session, ck.CKU_USER, PIN))).toMatchObject({ code: ck.CKR_PIN_INCORRECT });
});

test("a slot tells that its token was taken out, and nothing when nothing has happened", () => {
  const hsm = createHsm();
  const p11 = new ck.PKCS11(hsm);
  p11.C_Initialize();
  expect(p11.C_WaitForSlotEvent(ck.CKF_DONT_BLOCK)).toBeNull();
  expect(failure(() => p11.C_WaitForSlotEvent(0))).toMatchObject({ code: ck.CKR_FUNCTION_NOT_SUPPORTED });
  hsm.removeToken();
  expect(p11.C_WaitForSlotEvent(0)).toEqual(p11.C_GetSlotList(false)[0]);
  expect(p11.C_GetSlotList(true)).toEqual([]);
});

describe("errors", () => {
  test("have the return value in message and code, the function in method, and the reason as their cause", () => {
    const { p11, session } = opened();
    const error = failure(() => p11.C_Login(session, ck.CKU_USER, PIN));
    expect(error).toBeInstanceOf(ck.Pkcs11Error);
    expect(error).toBeInstanceOf(ck.NativeError);
    expect(error).toMatchObject({
      name: "Pkcs11Error",
      message: "CKR_USER_ALREADY_LOGGED_IN",
      code: ck.CKR_USER_ALREADY_LOGGED_IN,
      method: "C_Login",
    });
    expect(error.nativeStack).toContain("    at ");
    expect((error.cause as Error).message).toContain("the user is logged in");
  });

  test("are made from a message as pkcs11js makes them", () => {
    expect(new ck.Pkcs11Error("CKR_X:5\n    at PKCS11.C_Sign (native)")).toMatchObject({
      message: "CKR_X",
      code: 5,
      method: "C_Sign",
      nativeStack: "    at PKCS11.C_Sign (native)",
    });
    expect(new ck.Pkcs11Error("plain", 7, "C_Login")).toMatchObject({ message: "plain", code: 7, method: "C_Login" });
    expect(ck.Pkcs11Error.isPkcs11("Error: CKR_OK:0")).toBe(true);
  });

  const { p11, slot, session } = opened();
  const loose = p11 as unknown as Record<string, (...values: unknown[]) => unknown>;
  const key = Buffer.alloc(8, 9);
  test.each<[string, () => unknown]>([
    ["Parameters are required. Expected 3 arguments, but received 2.", () => loose.C_Login(session, 1)],
    ["Parameters are required. Expected 2 arguments, but received 1.", () => loose.C_FindObjects()],
    ["Parameters are required. Expected 4 arguments, but received 1.", () => loose.C_SignCallback(session)],
    ["Argument 0 has wrong type. Should be a Buffer", () => p11.C_GetSlotInfo(1 as never)],
    ["Argument 0 has wrong length. Should be 8 bytes.", () => p11.C_GetSlotInfo(Buffer.alloc(4))],
    ["Argument 1 has wrong type. Should be a Number", () => p11.C_OpenSession(slot, "6" as never)],
    ["Argument 2 has wrong type. Should be a String", () => p11.C_Login(session, 1, 5 as never)],
    ["Argument 1 has wrong type. Should be an Array", () => p11.C_CreateObject(session, {} as never)],
    ["Element 0 has wrong type. Should be an Object", () => p11.C_CreateObject(session, [1 as never])],
    ["Element 0 has wrong type. Property 'type' should be a Number", () => p11.C_CreateObject(session, [{} as never])],
    [
      "Element 0 has wrong type. Property 'value' should be a Number, Boolean, String or Buffer",
      () => p11.C_CreateObject(session, [{ type: ck.CKA_LABEL, value: {} as never }]),
    ],
    ["Argument 1 has wrong type. Should be an Object", () => p11.C_DigestInit(session, undefined as never)],
    [
      "Argument 1 has wrong type. Property 'mechanism' should be a Number",
      () => p11.C_DigestInit(session, { mechanism: "SHA256" as never }),
    ],
    [
      "Argument 1 has wrong type. Property 'parameter' should be an Object or Buffer",
      () => p11.C_DigestInit(session, { mechanism: ck.CKM_SHA256, parameter: true as never }),
    ],
    [
      "Argument 1 has wrong type. Property 'type' should be a Number",
      () => p11.C_DigestInit(session, { mechanism: ck.CKM_SHA256, parameter: {} as never }),
    ],
    [
      "Property 'mgf' of CK_RSA_PKCS_OAEP_PARAMS mechanism parameter should be Number",
      () =>
        p11.C_EncryptInit(
          session,
          { mechanism: ck.CKM_RSA_PKCS_OAEP, parameter: { type: ck.CK_PARAMS_RSA_OAEP, hashAlg: 0x220 } as never },
          key,
        ),
    ],
    ["Argument 3 has wrong type. Should be a Function", () => p11.C_Sign(session, key, key, 5 as never)],
  ])("are a TypeError: %s", (message, call) => {
    expect(failure(call)).toBeInstanceOf(TypeError);
    expect(failure(call).message).toBe(message);
  });
});
