import { createECDH, createPublicKey, diffieHellman, generateKeyPairSync, verify as nodeVerify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ecdsaKeyGen, ecdsaKeyVer, ecdsaSigGen, ecdsaSigVer } from "../../../src/conformance/acvp/handlers/ecdsa.ts";
import { eddsaKeyGen, eddsaKeyVer, eddsaSigGen, eddsaSigVer } from "../../../src/conformance/acvp/handlers/eddsa.ts";
import { kasEccCdhComponent, kasEccSsc } from "../../../src/conformance/acvp/handlers/kas-ecc.ts";
import { xecdhKeyGen, xecdhKeyVer, xecdhSsc } from "../../../src/conformance/acvp/handlers/xecdh.ts";
import type { JsonObject } from "../../../src/conformance/parsers/json.ts";
import { answered, broken, checks, compared, reasonOf, vector } from "./harness.ts";

const NODE_CURVES = { "P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1" } as const;
type Curve = keyof typeof NODE_CURVES;
const curves = Object.keys(NODE_CURVES) as Curve[];

const base64url = (hex: unknown) => Buffer.from(String(hex), "hex").toString("base64url");
const message = "00112233445566778899AABBCCDDEEFF";

function ecKey(curve: Curve, { qx, qy }: JsonObject) {
  const key = { kty: "EC", crv: curve, x: base64url(qx), y: base64url(qy) };
  return createPublicKey({ key, format: "jwk" });
}

describe("ECDSA", () => {
  test("the cases of the vector file on the token's curves have the expected verdicts", () => {
    const tally = compared(
      [ecdsaKeyVer, ecdsaSigVer],
      vector("boringssl/acvp/vectors/ECDSA"),
      vector("boringssl/acvp/expected/ECDSA"),
    );
    expect(tally).toEqual({ equal: expect.any(Number), different: [], unanswered: { "no-curve": 6 } });
    expect(tally.equal).toBe(18);
  });

  test.each(curves)(
    "a generated pair on %s is the one that Node computes, and a broken one fails the check",
    (curve) => {
      const group = { curve, secretGenerationMode: "extra bits" };
      const found = answered(ecdsaKeyGen, group, [{ tcId: 1 }, { tcId: 2 }]);
      for (const { d, qx, qy } of found.tests) {
        const ecdh = createECDH(NODE_CURVES[curve]);
        ecdh.setPrivateKey(Buffer.from(String(d), "hex"));
        expect(`04${qx}${qy}`.toLowerCase()).toBe(ecdh.getPublicKey("hex"));
      }
      expect(checks(ecdsaKeyGen, group, [{}, {}], found)).toEqual([undefined, undefined]);
      const [one] = found.tests;
      for (const wrong of [{ ...one, qy: broken(one?.["qy"]) }, { ...one, d: broken(one?.["d"]) }, { d: "01" }])
        expect(checks(ecdsaKeyGen, group, [{}], { group: {}, tests: [wrong] })).toEqual([expect.any(String)]);
    },
  );

  test.each([
    ["SHA2-256", "P-256"],
    ["SHA2-512/256", "P-384"],
    ["SHA3-384", "P-521"],
    ["SHA-1", "P-256"],
  ] as const)("signatures with %s on %s verify in Node, and a broken one fails the check", (hashAlg, curve) => {
    const group = { curve, hashAlg, componentTest: false };
    const tests = [{ tcId: 1, message }];
    const found = answered(ecdsaSigGen, group, tests);
    const [{ r, s } = {} as JsonObject] = found.tests;
    const key = { key: ecKey(curve, found.group), dsaEncoding: "ieee-p1363" as const };
    const nodeHash = hashAlg
      .replace("SHA2-512/256", "sha512-256")
      .replace(/^SHA2-|^SHA-1/, (name) => (name === "SHA-1" ? "sha1" : "sha"));
    const signature = Buffer.from(`${r}${s}`, "hex");
    expect(nodeVerify(nodeHash, Buffer.from(message, "hex"), key, signature)).toBe(true);
    expect(checks(ecdsaSigGen, group, tests, found)).toEqual([undefined]);
    expect(checks(ecdsaSigGen, group, tests, { ...found, tests: [{ r: r ?? "", s: broken(s) }] })[0]).toBeTypeOf(
      "string",
    );
    expect(checks(ecdsaSigGen, group, tests, { ...found, tests: [{}] })[0]).toBeTypeOf("string");
    const verified = answered(ecdsaSigVer, group, [{ message, r: r ?? "", s: s ?? "", ...found.group }]);
    expect(verified.tests).toEqual([{ testPassed: true }]);
  });

  test("a component is the digest itself", () => {
    const group = { curve: "P-256", hashAlg: "SHA2-256", componentTest: true };
    const tests = [{ tcId: 1, message: "AB".repeat(32) }];
    const found = answered(ecdsaSigGen, group, tests);
    expect(checks(ecdsaSigGen, group, tests, found)).toEqual([undefined]);
    expect(checks(ecdsaSigGen, { ...group, componentTest: false }, tests, found)).toEqual([expect.any(String)]);
  });

  test("what the token does not do is not answered, for a reason", () => {
    const signature = { curve: "P-256", hashAlg: "SHA2-256" };
    expect(reasonOf(ecdsaKeyGen, { curve: "B-233" })).toBe("no-curve");
    expect(reasonOf(ecdsaKeyGen, { curve: "P-256", secretGenerationMode: "testing candidates" })).toBe(
      "key-generation-method",
    );
    expect(reasonOf(ecdsaSigGen, { ...signature, conformance: "SP800-106" }, { message })).toBe("acvp-conformance");
    expect(reasonOf(ecdsaSigGen, { ...signature, hashAlg: "MD5" }, { message })).toBe("no-mechanism");
  });
});

describe("EdDSA", () => {
  const OKP = { "ED-25519": "Ed25519", "ED-448": "Ed448" } as const;
  const both = Object.keys(OKP) as (keyof typeof OKP)[];
  const edKey = (curve: keyof typeof OKP, q: unknown) =>
    createPublicKey({ key: { kty: "OKP", crv: OKP[curve], x: base64url(q) }, format: "jwk" });

  test.each(both)("pairs and signatures of %s are good in Node, and broken ones fail the check", (curve) => {
    const pairs = answered(eddsaKeyGen, { curve }, [{ tcId: 1 }]);
    expect(checks(eddsaKeyGen, { curve }, [{}], pairs)).toEqual([undefined]);
    const q = broken(pairs.tests[0]?.["q"]);
    expect(checks(eddsaKeyGen, { curve }, [{}], { group: {}, tests: [{ ...pairs.tests[0], q }] })[0]).toBeTypeOf(
      "string",
    );

    const group = { curve, preHash: false, testType: "AFT" };
    const tests = [{ message }, { message: "01" }];
    const found = answered(eddsaSigGen, group, tests);
    found.tests.forEach(({ signature }, at) => {
      const data = Buffer.from(tests[at]?.message ?? "", "hex");
      expect(nodeVerify(null, data, edKey(curve, found.group["q"]), Buffer.from(String(signature), "hex"))).toBe(true);
    });
    expect(checks(eddsaSigGen, group, tests, found)).toEqual([undefined, undefined]);
    const wrong = { signature: broken(found.tests[0]?.["signature"]) };
    expect(checks(eddsaSigGen, group, tests, { ...found, tests: [wrong, {}] })).toEqual([
      expect.any(String),
      expect.any(String),
    ]);
  });

  test("contexts and prehashing are signed over, and a context with Ed25519 is not answered", () => {
    const group = { curve: "ED-448", preHash: true };
    const asked = { message, context: "0102", contextLength: 2 };
    const found = answered(eddsaSigGen, group, [asked]);
    const signature = found.tests[0]?.["signature"] ?? "";
    const own = { ...found.group, signature };
    const verdicts = [asked, { ...asked, context: "0103" }].map((one) => ({ ...one, ...own }));
    expect(answered(eddsaSigVer, group, verdicts).tests).toEqual([{ testPassed: true }, { testPassed: false }]);
    expect(answered(eddsaSigVer, { ...group, preHash: false }, verdicts).tests[0]).toEqual({ testPassed: false });
    expect(reasonOf(eddsaSigGen, { curve: "ED-25519", preHash: true }, { message, context: "01" })).toBe(
      "no-mechanism",
    );
    expect(reasonOf(eddsaSigGen, { curve: "ED-25519", preHash: true }, { message, context: "" })).toBeUndefined();
  });

  test("a string that is no point is not a public key", () => {
    const q = answered(eddsaKeyGen, { curve: "ED-25519" }, [{}]).tests[0]?.["q"] ?? "";
    const keys = [{ q }, { q: "FF".repeat(32) }, { q: `${q}00` }];
    expect(answered(eddsaKeyVer, { curve: "ED-25519" }, keys).tests.map(({ testPassed }) => testPassed)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("KAS-ECC", () => {
  function server(curve: Curve, kind: "ephemeral" | "static") {
    const ecdh = createECDH(NODE_CURVES[curve]);
    const point = ecdh.generateKeys("hex").toUpperCase();
    const half = (point.length - 2) / 2;
    const [x, y] = [point.slice(2, 2 + half), point.slice(2 + half)];
    return { ecdh, members: { [`${kind}PublicServerX`]: x, [`${kind}PublicServerY`]: y } };
  }
  const pointOf = (fields: JsonObject, name: string) =>
    Buffer.from(`04${fields[`${name}X`]}${fields[`${name}Y`]}`, "hex");

  test.each(curves)("ephemeralUnified on %s gives the secret that Node computes with the server's key", (curve) => {
    const { ecdh, members } = server(curve, "ephemeral");
    const group = {
      testType: "AFT",
      domainParameterGenerationMode: curve,
      scheme: "ephemeralUnified",
      kasRole: "initiator",
    };
    const found = answered(kasEccSsc, group, [members]);
    const [answer = {}] = found.tests;
    const z = ecdh.computeSecret(pointOf(answer, "ephemeralPublicIut")).toString("hex").toUpperCase();
    expect(answer["z"]).toBe(z);
    const projected = { ...members, ephemeralPrivateServer: ecdh.getPrivateKey("hex") };
    expect(checks(kasEccSsc, group, [projected], found)).toEqual([undefined]);
    expect(checks(kasEccSsc, group, [projected], { group: {}, tests: [{ ...answer, z: broken(z) }] })[0]).toBeTypeOf(
      "string",
    );
    expect(checks(kasEccSsc, group, [members], { group: {}, tests: [{ ...answer, z: z.slice(2) }] })[0]).toBeTypeOf(
      "string",
    );
    const y = broken(answer["ephemeralPublicIutY"]);
    expect(
      checks(kasEccSsc, group, [members], { group: {}, tests: [{ ...answer, ephemeralPublicIutY: y }] })[0],
    ).toBeTypeOf("string");
  });

  test("fullUnified is Ze ‖ Zs, onePassDh the one agreement of its role, and a hash of Z where the group asks for it", () => {
    const [ephemeral, fixed] = [server("P-256", "ephemeral"), server("P-256", "static")];
    const members = { ...ephemeral.members, ...fixed.members };
    const group = { testType: "AFT", domainParameterGenerationMode: "P-256", kasRole: "responder" };
    const [full = {}] = answered(kasEccSsc, { ...group, scheme: "fullUnified" }, [members]).tests;
    const secret = (own: typeof fixed, kind: string, answer: JsonObject) =>
      own.ecdh
        .computeSecret(pointOf(answer, `${kind}PublicIut`))
        .toString("hex")
        .toUpperCase();
    expect(full["z"]).toBe(secret(ephemeral, "ephemeral", full) + secret(fixed, "static", full));
    const [onePass = {}] = answered(kasEccSsc, { ...group, scheme: "onePassDh" }, [ephemeral.members]).tests;
    expect(Object.keys(onePass)).toEqual(["staticPublicIutX", "staticPublicIutY", "z"]);
    expect(onePass["z"]).toBe(secret(ephemeral, "static", onePass));
    const hashed = answered(kasEccSsc, { ...group, scheme: "staticUnified", hashFunctionZ: "SHA2-512" }, [
      fixed.members,
    ]);
    expect(String(hashed.tests[0]?.["hashZ"])).toHaveLength(128);
    expect(reasonOf(kasEccSsc, { ...group, scheme: "fullMqv" }, members)).toBe("no-mechanism");
    expect(reasonOf(kasEccSsc, { ...group, domainParameterGenerationMode: "K-233", scheme: "fullMqv" })).toBe(
      "no-curve",
    );
  });

  test("a validation passes with the right Z alone", () => {
    const [ours, theirs] = [server("P-384", "ephemeral"), server("P-384", "ephemeral")];
    const z = ours.ecdh.computeSecret(theirs.ecdh.getPublicKey()).toString("hex");
    const group = {
      testType: "VAL",
      domainParameterGenerationMode: "P-384",
      scheme: "ephemeralUnified",
      kasRole: "initiator",
    };
    const right = {
      ...theirs.members,
      ephemeralPrivateIut: ours.ecdh.getPrivateKey("hex"),
      ephemeralPublicIutX: ours.members["ephemeralPublicServerX"] ?? "",
      ephemeralPublicIutY: ours.members["ephemeralPublicServerY"] ?? "",
      z,
    };
    const tests = [right, { ...right, z: broken(z) }, { ...right, ephemeralPublicServerX: "01" }];
    expect(answered(kasEccSsc, group, tests).tests.map(({ testPassed }) => testPassed)).toEqual([true, false, false]);
  });

  test("the CDH component has names of its own", () => {
    const { ecdh, members } = server("P-521", "ephemeral");
    const asked = {
      publicServerX: members["ephemeralPublicServerX"] ?? "",
      publicServerY: members["ephemeralPublicServerY"] ?? "",
    };
    const found = answered(kasEccCdhComponent, { curve: "P-521" }, [asked]);
    const [answer = {}] = found.tests;
    expect(answer["z"]).toBe(ecdh.computeSecret(pointOf(answer, "publicIut")).toString("hex").toUpperCase());
    const projected = { ...asked, privateServer: ecdh.getPrivateKey("hex") };
    expect(checks(kasEccCdhComponent, { curve: "P-521" }, [projected], found)).toEqual([undefined]);
    const wrong = { ...answer, z: broken(answer["z"]) };
    expect(checks(kasEccCdhComponent, { curve: "P-521" }, [projected], { group: {}, tests: [wrong] })[0]).toBeTypeOf(
      "string",
    );
  });
});

describe("XECDH", () => {
  test.each([
    ["Curve25519", "x25519"],
    ["Curve448", "x448"],
  ] as const)("%s agrees with Node", (curve, type) => {
    const { privateKey, publicKey } = type === "x25519" ? generateKeyPairSync("x25519") : generateKeyPairSync("x448");
    const part = (name: "x" | "d") =>
      Buffer.from(String(privateKey.export({ format: "jwk" })[name]), "base64url").toString("hex");
    const found = answered(xecdhSsc, { curve, testType: "AFT" }, [{ publicServer: part("x") }]);
    const [{ publicIut, z } = {} as JsonObject] = found.tests;
    const crv = type === "x25519" ? "X25519" : "X448";
    const peer = createPublicKey({ key: { kty: "OKP", crv, x: base64url(publicIut) }, format: "jwk" });
    expect(diffieHellman({ privateKey, publicKey: peer }).toString("hex").toUpperCase()).toBe(z);
    const projected = { publicServer: part("x"), privateServer: part("d") };
    expect(checks(xecdhSsc, { curve }, [projected], found)).toEqual([undefined]);
    const wrong = { publicIut: publicIut ?? "", z: broken(z) };
    expect(checks(xecdhSsc, { curve }, [projected], { group: {}, tests: [wrong] })[0]).toBeTypeOf("string");
    const pairs = answered(xecdhKeyGen, { curve }, [{}]);
    expect(checks(xecdhKeyGen, { curve }, [{}], pairs)).toEqual([undefined]);
    const badPair = { ...pairs.tests[0], publicKey: broken(pairs.tests[0]?.["publicKey"]) };
    expect(checks(xecdhKeyGen, { curve }, [{}], { group: {}, tests: [badPair] })[0]).toBeTypeOf("string");
    const keys = [{ publicKey: part("x") }, { publicKey: `${part("x")}FF` }];
    expect(answered(xecdhKeyVer, { curve }, keys).tests).toEqual([{ testPassed: true }, { testPassed: false }]);
    expect(publicKey.type).toBe("public");
  });
});
