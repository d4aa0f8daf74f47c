import { describe, expect, test } from "vitest";
import { parseEvp } from "../../../src/conformance/parsers/evp.ts";
import { readVectors } from "../../support/vectors.ts";

describe("an evp_test file", () => {
  test("gives keys by kind and name, and cases with the title they stand under", () => {
    const { keys, cases } = parseEvp(`# comment
Title = First

PrivateKey = P-256
-----BEGIN PRIVATE KEY-----
MIGH=
-----END PRIVATE KEY-----

PublicKeyRaw = ed:ED25519:0011

FIPSversion = >=3.4.0
DigestSign = SHA256
Key = P-256
Ctrl = a:1
Ctrl = b:2
# inside
Input = "x"

Title = Second
Verify = ed
Result = VERIFY_ERROR
`);
    expect(keys.get("PrivateKey:P-256")).toEqual({
      kind: "PrivateKey",
      name: "P-256",
      line: 4,
      text: "-----BEGIN PRIVATE KEY-----\nMIGH=\n-----END PRIVATE KEY-----",
    });
    expect(keys.get("PublicKeyRaw:ed")).toMatchObject({ text: "ED25519:0011" });
    expect(cases).toEqual([
      {
        id: "1",
        line: 11,
        title: "First",
        operation: "DigestSign",
        target: "SHA256",
        fields: { FIPSversion: ">=3.4.0", DigestSign: "SHA256", Key: "P-256", Ctrl: "a:1\nb:2", Input: '"x"' },
      },
      {
        id: "2",
        line: 19,
        title: "Second",
        operation: "Verify",
        target: "ed",
        fields: { Verify: "ed", Result: "VERIFY_ERROR" },
      },
    ]);
  });

  test("gives each run of a RAND stanza as a case with the fields that hold for all", () => {
    const { cases } = parseEvp(
      "RAND = CTR-DRBG\nGenerateBits = 8\nEntropy.0 = 00\nOutput.0 = 01\nEntropy.1 = 02\nOutput.1 = 03",
    );
    expect(cases.map(({ id, fields }) => [id, fields])).toEqual([
      ["1.0", { RAND: "CTR-DRBG", GenerateBits: "8", Entropy: "00", Output: "01" }],
      ["1.1", { RAND: "CTR-DRBG", GenerateBits: "8", Entropy: "02", Output: "03" }],
    ]);
    const file = parseEvp(readVectors("ctr_drbg_aes256_evprand.txt")).cases;
    expect(file.length).toBe(1440);
    expect(file.every(({ fields }) => fields["Entropy"] !== undefined && fields["Output"] !== undefined)).toBe(true);
  });

  test("defines every key that the cases of the ECDH file name", () => {
    const { keys, cases } = parseEvp(readVectors("evppkey_kas.txt"));
    const derive = cases.filter((one) => one.operation === "Derive");
    expect(derive).toHaveLength(378);
    for (const { target, fields } of derive.slice(3)) {
      expect(keys.has(`PrivateKey:${target}`), target).toBe(true);
      expect(keys.has(`PublicKey:${fields["PeerKey"]}`), fields["PeerKey"]).toBe(true);
    }
  });

  test.each([
    ["a line that is no field", "KDF = HKDF\nOutput", 2, /expected "key = value"/],
    ["a PEM block without an end", "PublicKey = a\n-----BEGIN PUBLIC KEY-----\nMFkw\n", 4, /without its END line/],
    ["a key without PEM", "PublicKey = a\n\nSign = a", 1, /no PEM block/],
    ["a raw key of another form", "PublicKeyRaw = a:00", 1, /name:algorithm:hex/],
    ["a key defined twice", "PublicKeyRaw = a:X25519:00\n\nPublicKeyRaw = a:X25519:01", 3, /a second key/],
    ["conditions without an operation", "MAC = HMAC\n\nAvailablein = fips", 3, /no operation/],
    ["a RAND stanza without a run", "RAND = CTR-DRBG\nOutput = 00", 1, /without a run/],
    ["a file of keys alone", "PublicKeyRaw = a:X25519:00\n", 2, /no test case/],
  ])("%s is refused with its line", (_, text, line, message) => {
    expect(() => parseEvp(text)).toThrow(message);
    expect(() => parseEvp(text)).toThrow(expect.objectContaining({ line }));
  });
});
