import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRsp } from "../../../src/conformance/parsers/rsp.ts";
import { VectorFormatError } from "../../../src/conformance/parsers/text.ts";
import { readVectors } from "../../support/vectors.ts";

const gcm = `# CAVS 14.0
[Keylen = 128]
[IVlen = 96]

Count = 0
Key = 00
PT =

Count = 1
Key = 01
FAIL

[Keylen = 256]

Count = 0
Key = 02
PT = 03
`;

describe("a CAVP file with counted cases", () => {
  test("gives each case its fields and the headers before it", () => {
    expect(parseRsp(gcm)).toEqual([
      {
        id: "1",
        line: 5,
        sections: [],
        shared: { Keylen: "128", IVlen: "96" },
        fields: { Count: "0", Key: "00", PT: "" },
      },
      {
        id: "2",
        line: 9,
        sections: [],
        shared: { Keylen: "128", IVlen: "96" },
        fields: { Count: "1", Key: "01", FAIL: "" },
      },
      { id: "3", line: 15, sections: [], shared: { Keylen: "256" }, fields: { Count: "0", Key: "02", PT: "03" } },
    ]);
  });

  test("reads the same with either line ending", () => {
    expect(parseRsp(gcm.replaceAll("\n", "\r\n"))).toEqual(parseRsp(gcm));
  });

  test("keeps a case together across blank lines, and leaves indented intermediate values out", () => {
    const [one, ...rest] = parseRsp("COUNT = 4\n\nZ = 01\n\tK1 = 02\n\nOKM = 03");
    expect(one?.fields).toEqual({ COUNT: "4", Z: "01", OKM: "03" });
    expect(rest).toEqual([]);
  });

  test("shares a Monte Carlo seed with the list that follows, until the next header", () => {
    const cases = parseRsp(
      "[L = 20]\n\nSeed = aa\n\nCOUNT = 0\nMD = 01\n\nCOUNT = 1\nMD = 02\n\n[L = 28]\nCOUNT = 0\nMD = 03",
    );
    expect(cases.map((one) => one.shared)).toEqual([{ L: "20", Seed: "aa" }, { L: "20", Seed: "aa" }, { L: "28" }]);
    const file = parseRsp(readVectors("SHA1Monte.rsp"));
    expect(file).toHaveLength(100);
    expect(file[99]?.shared["Seed"]).toBe("dd4df644eaf3d85bace2b21accaa22b28821f5cd");
  });

  test("reads the headers of a .fax file, of which one lacks its bracket, apart from the configuration before", () => {
    const text =
      "[EA]\n\n[Curve selected:  P-192\n#  Generated\n\n[EB - SHA224]\n\nCOUNT = 0\nResult = P (0 - Correct)";
    expect(parseRsp(text)[0]).toMatchObject({ sections: ["EB - SHA224"], shared: {}, fields: { COUNT: "0" } });
    const fax = parseRsp(readVectors("KASValidityTest_ECCStaticUnified_NOKC_ZZOnly_init.fax"));
    expect([...new Set(fax.map((one) => one.sections.join()))]).toEqual([
      "EA - SHA1",
      "EB - SHA224",
      "EC - SHA256",
      "ED - SHA384",
      "EE - SHA512",
    ]);
  });
});

describe("a CAVP file with cases in blocks", () => {
  test("takes a block with an answer as a case, and the others as shared by the next ones", () => {
    const text =
      "[mod = 1024]\n\nn = 01\n\ne = 03\n!!\n\nMsg = aa\nS = bb\n\nn = 02\n\nMsg = cc\nS = dd\nMsg = ee\nS = ff";
    expect(parseRsp(text).map(({ shared, fields }) => ({ ...shared, ...fields }))).toEqual([
      { mod: "1024", n: "01", e: "03", Msg: "aa", S: "bb" },
      { mod: "1024", n: "02", e: "03", Msg: "cc", S: "dd" },
      { mod: "1024", n: "02", e: "03", Msg: "ee", S: "ff" },
    ]);
  });

  test("keeps two headers with a blank line between them together", () => {
    const [first] = parseRsp(readVectors("KeyPair.rsp"));
    expect(first?.sections).toEqual(["P-192", "B.4.2 Key Pair Generation by Testing Candidates"]);
    expect(first?.shared).toEqual({ N: "10" });
    expect(Object.keys(first?.fields ?? {})).toEqual(["d", "Qx", "Qy"]);
  });
});

describe("what is not a CAVP file", () => {
  test.each([
    ["a line that is no field", "COUNT = 0\nMsg 01", 2, /expected "key = value"/],
    ["a field that comes twice", "COUNT = 0\nMsg = 01\nMsg = 02", 3, /a second Msg/],
    ["a text without a case", "# CAVS\n[L = 20]\nSeed = 00\n", 4, /no test case/],
    ["an empty text", "", 1, /no test case/],
  ])("%s is refused with its line", (_, text, line, message) => {
    expect(() => parseRsp(text)).toThrow(message);
    expect(() => parseRsp(text)).toThrow(expect.objectContaining({ name: "VectorFormatError", line }));
  });

  test("no text makes the parser fail in another way", () => {
    const lines = fc.constantFrom("", "COUNT = 0", "MD = 1", "[a]", "[b = 1]", "FAIL", "# x", "\tK = 1", "x");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(lines).map((all) => all.join("\n")),
          fc.string(),
        ),
        (text) => {
          try {
            expect(parseRsp(text).length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(VectorFormatError);
          }
        },
      ),
    );
  });
});
