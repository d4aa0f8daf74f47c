import { createECDH, createPublicKey, diffieHellman, generateKeyPairSync, verify as nodeVerify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { fromHex } from "../../../src/bytes/bytes.ts";
import {
  detEcdsaSigGen,
  ecdsaKeyGen,
  ecdsaKeyVer,
  ecdsaSigGen,
  ecdsaSigVer,
} from "../../../src/conformance/acvp/handlers/ecdsa.ts";
import { eddsaKeyGen, eddsaKeyVer, eddsaSigGen, eddsaSigVer } from "../../../src/conformance/acvp/handlers/eddsa.ts";
import { kasEccCdhComponent, kasEccSsc } from "../../../src/conformance/acvp/handlers/kas-ecc.ts";
import { xecdhKeyGen, xecdhKeyVer, xecdhSsc } from "../../../src/conformance/acvp/handlers/xecdh.ts";
import type { JsonObject } from "../../../src/conformance/parsers/json.ts";
import { encodeSpki } from "../../../src/der/spki.ts";
import { domains } from "../../support/curves.ts";
import { answered, broken, checks, compared, reasonOf, vector } from "./harness.ts";

const curves = ["P-224", "P-256", "P-384", "P-521"] as const;
type Curve = (typeof curves)[number];

const base64url = (hex: unknown) => Buffer.from(String(hex), "hex").toString("base64url");
const message = "00112233445566778899AABBCCDDEEFF";

function ecKey(curve: Curve, { qx, qy }: JsonObject) {
  const key = encodeSpki({ type: "EC", curve, point: fromHex(`04${qx}${qy}`) });
  return createPublicKey({ key: Buffer.from(key), format: "der", type: "spki" });
}

describe("ECDSA", () => {
  test("the cases of the vector file on the token's curves have the expected verdicts", () => {
    const tally = compared(
      [ecdsaKeyVer, ecdsaSigVer],
      vector("boringssl/acvp/vectors/ECDSA"),
      vector("boringssl/acvp/expected/ECDSA"),
    );
    expect(tally).toEqual({ equal: expect.any(Number), different: [], unanswered: {} });
    expect(tally.equal).toBe(24);
  });

  test.each(curves)(
    "a generated pair on %s is the one that Node computes, and a broken one fails the check",
    (curve) => {
      const group = { curve, secretGenerationMode: "extra bits" };
      const found = answered(ecdsaKeyGen, group, [{ tcId: 1 }, { tcId: 2 }]);
      for (const { d, qx, qy } of found.tests) {
        const ecdh = createECDH(domains[curve].node);
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
    ["SHA3-224", "P-224"],
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

  // Cases 1 and 11 of DetECDSA-SigGen-FIPS186-5 of NIST's ACVP server, its internal projection.
  test.each([
    {
      hashAlg: "SHA2-224",
      d: "63E42359AC197BCA345491460A10B51B55B8ACB8722E27CCA20CD81D",
      qx: "A656824D62024FE803EA9A8BDB7FA0CC5A403EB6DB2D5FD1B7E16BEB",
      qy: "1EE1E8F055392061477A54C156A04954EBF2A203063FD83E7F712019",
      message:
        "62AE76D95517220644F6556CB8DB88CDC60836ECF92E5C125C31234813E6B8054805C9FE3EEB1D7434549381A5A91F96" +
        "2DE817D0E7616E2CACB5C4728B565BD777FB16D772B5B5DDD81D4D675A09C820A3AF9E6FBE30005EDD3CB4F4C9F59281" +
        "BCEE8A6DCAC245CC57D601E7C04B6861A98E681DD717C60269E09AB7820CB3D9",
      r: "6EB66385847D817F279953CA087BB02DBF59A6845FB18C467F5FFC0A",
      s: "DC37AF003A545993072683C177E03C6B7ED8DAE46555D41C31B17865",
    },
    {
      hashAlg: "SHA2-256",
      d: "5CBEDECE93EC86F519729EDC4D812B231EDA34FFA925B20FE6ABB671",
      qx: "3F5905CBD3B8DF9DB8C002C0B686BC81DD46867E1645DA646C490843",
      qy: "D87B52ACE32C91A861C352C4F889DF9D41A919C939E528E1E60BEEC1",
      message:
        "A59D0FB9AE9B7F131A3CF2B74173685936DDA3D7331086530A0CD928318DAA9D5700CC912FA70CB8C3519DEF3013CF3D" +
        "A27A474E54E6C4722E3F61BB544364B72B22CB10B10BD37D2CF8BDF883B5936CC72D6B9544D6BF22107E9C032539B081" +
        "4920A4C37F976B0E108B251409D5F0CB4286F505C4ADD7D0E54AA71D1AE30951",
      r: "A40AC28F6A52E42C1A0BBD65BB9AE699AB8E0473C8BC698A6EA2AADB",
      s: "DC56F3449313253CB3A9355A785A749D196654BAD4497B1C67FF3EA6",
    },
  ])(
    "DetECDSA with $hashAlg gives NIST's signature under NIST's key",
    ({ hashAlg, d, qx, qy, message: text, r, s }) => {
      const group = { curve: "P-224", hashAlg, d, qx, qy, componentTest: false };
      const found = answered(detEcdsaSigGen, group, [{ message: text }]);
      expect(found).toEqual({ group: { qx, qy }, tests: [{ r, s }] });
      expect(checks(detEcdsaSigGen, group, [{ message: text }], found)).toEqual(["compare"]);
    },
  );

  test.each(curves)("DetECDSA on %s signs twice the same under a key of its own, which the check verifies", (curve) => {
    const group = { curve, hashAlg: "SHA3-256" };
    const tests = [{ message }, { message }, { message: "01" }];
    const found = answered(detEcdsaSigGen, group, tests);
    expect(found.tests[1]).toEqual(found.tests[0]);
    expect(checks(detEcdsaSigGen, group, tests, found)).toEqual([undefined, undefined, undefined]);
    const [one = {}] = found.tests;
    const wrong = { ...found, tests: [{ ...one, s: broken(one["s"]) }] };
    expect(checks(detEcdsaSigGen, group, tests.slice(0, 1), wrong)).toEqual([expect.any(String)]);
    const projected = { ...group, d: "01", qx: "02", qy: "03" };
    expect(checks(detEcdsaSigGen, projected, tests.slice(0, 1), found)).toEqual([undefined]);
  });

  test("what the token does not do is not answered, for a reason", () => {
    for (const [member, reason] of [
      [{ hashAlg: "SHAKE-128" }, "no-mechanism"],
      [{ componentTest: true }, "no-mechanism"],
      [{ conformance: "SP800-106" }, "acvp-conformance"],
      [{ curve: "K-233" }, "no-curve"],
    ] as const) {
      expect(reasonOf(detEcdsaSigGen, { curve: "P-256", hashAlg: "SHA2-256", ...member }, { message })).toBe(reason);
    }
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
    const ecdh = createECDH(domains[curve].node);
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
