import { afterEach, expect, test } from "vitest";
import { CKM, type MechanismName } from "../../src/cryptoki/constants.ts";
import * as all from "../../src/mechanisms/all.ts";
import type { Mechanism } from "../../src/mechanisms/mechanism.ts";
import { type MechanismChoice, mechanismInfo, mechanisms, parseChoice } from "../../src/mechanisms/registry.ts";
import { expectCkr } from "./support/keys.ts";

test("every mechanism code has a mechanism, every mechanism has a code, and no two have the same name", () => {
  const names = Object.values<Mechanism>(all).map(({ name }) => name);
  expect([...names].sort()).toEqual(Object.keys(CKM).sort());
  expect(mechanisms.size).toBe(names.length);
});

test("every mechanism has a source, at least one operation, and inverse operations in pairs", () => {
  for (const mechanism of mechanisms.values()) {
    expect(mechanism.source, mechanism.name).not.toBe("");
    const { flags } = mechanismInfo(mechanism.name);
    expect(flags.length, mechanism.name).toBeGreaterThan(0);
    expect(flags.includes("encrypt"), mechanism.name).toBe(flags.includes("decrypt"));
    expect(flags.includes("sign"), mechanism.name).toBe(flags.includes("verify"));
    expect(flags.includes("wrap"), mechanism.name).toBe(flags.includes("unwrap"));
    expect(mechanism.keyTypes === undefined, mechanism.name).toBe(flags.includes("digest"));
    if (flags.includes("sign")) expect(mechanism.signatureBytes, mechanism.name).toBeTypeOf("function");
  }
});

test("mechanism information is derived from the operations that are there", () => {
  expect(mechanismInfo("AES_GCM")).toEqual({
    keySize: { min: 16, max: 32, unit: "bytes" },
    flags: ["encrypt", "decrypt", "messageEncrypt", "messageDecrypt", "wrap", "unwrap"],
    curves: [],
  });
  expect(mechanismInfo("ECDSA_SHA256").curves).toEqual(["EC_F_P", "EC_OID", "EC_UNCOMPRESS"]);
  expect(mechanismInfo("EDDSA").curves).toContain("EC_CURVENAME");
  expect(mechanismInfo("AES_KEY_WRAP").flags).toEqual(["encrypt", "decrypt", "wrap", "unwrap"]);
  expect(mechanismInfo("SHA256").flags).toEqual(["digest"]);
  expectCkr("MECHANISM_INVALID", () => mechanismInfo("DES_ECB" as MechanismName));
});

test("a bare name is a choice where all parameters are optional", () => {
  expect(parseChoice("SHA256").mechanism.name).toBe("SHA256");
  expect(parseChoice("AES_GCM").mechanism.name).toBe("AES_GCM");
  expectCkr("MECHANISM_PARAM_INVALID", () => parseChoice("AES_CBC_PAD"));
});

test("what names no mechanism of this token is refused", () => {
  for (const choice of ["DES_ECB", "", "constructor", "__proto__"]) {
    expectCkr("MECHANISM_INVALID", () => parseChoice(choice));
    expectCkr("MECHANISM_INVALID", () => parseChoice({ mechanism: choice }));
  }
  for (const choice of [{}, [], { mechanism: 0x1087 }, { mechanism: ["SHA256"] }]) {
    expectCkr("MECHANISM_INVALID", () => parseChoice(choice));
  }
  for (const choice of [undefined, null, 4, true, () => {}]) expectCkr("ARGUMENTS_BAD", () => parseChoice(choice));
  expectCkr("MECHANISM_INVALID", () => parseChoice(Object.create({ mechanism: "SHA256" })));
});

test("an unknown parameter is refused by every mechanism, and its name is not repeated", () => {
  for (const name of mechanisms.keys()) {
    const error = expectCkr("MECHANISM_PARAM_INVALID", () =>
      parseChoice({ mechanism: name, s3cret: new Uint8Array(1) }),
    );
    expect(error.message).not.toContain("s3cret");
  }
});

afterEach(() => {
  for (const name of ["iv", "aad", "tagBytes"]) delete (Object.prototype as Record<string, unknown>)[name];
});

test("parameters are own properties: a polluted prototype changes nothing", () => {
  (Object.prototype as Record<string, unknown>)["iv"] = new Uint8Array(12);
  (Object.prototype as Record<string, unknown>)["tagBytes"] = 12;
  const params = parseChoice({ mechanism: "AES_GCM" }).params as { iv?: unknown; tagBytes?: unknown };
  expect(params.iv).toBeUndefined();
  expect(params.tagBytes).toBeUndefined();
});

test("parameters are copied before anything looks at them", () => {
  const iv = new Uint8Array(16);
  const { params } = parseChoice({ mechanism: "AES_CBC_PAD", iv });
  iv.fill(1);
  expect((params as { iv: Uint8Array }).iv).toEqual(new Uint8Array(16));
});

test("parameters of another type are refused, shared memory among them", () => {
  const wrong = ["00".repeat(16), Array(16).fill(0), { length: 16 }, new ArrayBuffer(16), 16, null];
  const shared = new Uint8Array(new SharedArrayBuffer(16));
  for (const iv of [...wrong, shared, new Uint16Array(8), new Uint8Array(15), new Uint8Array(17)]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => parseChoice({ mechanism: "AES_CBC_PAD", iv }));
  }
});

test("the choice's type knows each mechanism's parameters", () => {
  const choices: MechanismChoice[] = [
    "SHA256",
    { mechanism: "AES_GCM" },
    { mechanism: "AES_GCM", iv: new Uint8Array(12), tagBytes: 16 },
    { mechanism: "RSA_PKCS_OAEP", hash: "SHA256" },
    // @ts-expect-error an iv on a KDF
    { mechanism: "HKDF_DERIVE", iv: new Uint8Array(12) },
    // @ts-expect-error a digest has no parameters
    { mechanism: "SHA256", iv: new Uint8Array(12) },
    // @ts-expect-error the iv is missing
    { mechanism: "AES_CBC_PAD" },
    // @ts-expect-error the iv is missing
    "AES_CBC_PAD",
  ];
  const refused = choices.filter((choice) => {
    try {
      return parseChoice(choice) === undefined;
    } catch {
      return true;
    }
  });
  expect(refused).toHaveLength(4);
});
