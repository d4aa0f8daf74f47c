import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex, utf8 } from "../../src/bytes/bytes.ts";
import { canonicalContext } from "../../src/kms/encryption-context.ts";

const map = (pairs: Record<string, string>): Map<string, string> => new Map(Object.entries(pairs));
const hexOf = (context: Map<string, string>): string => toHex(canonicalContext(context));

/** Well-formed names and values, often short and alike so that confusions would show. */
const text = fc.oneof(
  fc.constantFrom("", "a", "b", "ab", "bc", "\u0000", "__proto__", "é", "😀"),
  fc.string({ unit: "binary" }),
);
const pairs = fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name, maxLength: 5 });

describe("canonicalContext", () => {
  test("is the number of pairs and then every name and value behind its length", () => {
    expect(hexOf(map({ ab: "c" }))).toBe(
      toHex(Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2, ...utf8("ab"), 0, 0, 0, 1, ...utf8("c"))),
    );
  });

  test("takes an absent context for the empty one", () => {
    expect(canonicalContext(undefined)).toEqual(Uint8Array.of(0, 0, 0, 0));
    expect(canonicalContext(new Map())).toEqual(Uint8Array.of(0, 0, 0, 0));
  });

  test.each([
    ["a boundary moved between name and value", { ab: "c" }, { a: "bc" }],
    ["a boundary moved between pairs", { a: "b", c: "d" }, { a: "bc", "": "d" }],
    ["one pair more, with nothing in it", { a: "b" }, { a: "b", "": "" }],
    ["name and value exchanged", { a: "b" }, { b: "a" }],
    ["a length that looks like text", { a: "\u0000\u0000\u0000\u0001b" }, { a: "b" }],
    ["the empty context and an empty pair", {}, { "": "" }],
    ["case", { Name: "a" }, { name: "a" }],
    ["composed and decomposed letters", { é: "a" }, { "e\u0301": "a" }],
  ])("tells contexts apart: %s", (_, one, other) => {
    expect(hexOf(map(one))).not.toBe(hexOf(map(other)));
  });

  test("knows a name of `__proto__` like any other", () => {
    const context = new Map([["__proto__", "x"]]);
    expect(hexOf(context)).not.toBe(hexOf(new Map()));
    expect(hexOf(context)).toContain(toHex(utf8("__proto__")));
  });

  test("sorts by the bytes of UTF-8, not by UTF-16 code units", () => {
    // U+FF5E is ef bd 9e and U+1F600 is f0 9f 98 80, but as UTF-16 the second (d83d de00) sorts first.
    const bytes = hexOf(map({ "😀": "1", "～": "2" }));
    expect(bytes.indexOf("efbd9e")).toBeLessThan(bytes.indexOf("f09f9880"));
  });

  test("is what an encoder of UTF-8 and a comparison of bytes give, whatever the texts and however long", () => {
    const behindLength = (text: string): number[] => {
      const bytes = new TextEncoder().encode(text);
      return [...new Uint8Array(Uint32Array.of(bytes.length).buffer).reverse(), ...bytes];
    };
    const long = fc.string({ unit: "binary", minLength: 300, maxLength: 900 });
    const names = fc.uniqueArray(fc.tuple(fc.oneof(text, long), text), { selector: ([name]) => name, minLength: 1 });
    fc.assert(
      fc.property(names, (list) => {
        const sorted = [...list].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const expected = [0, 0, 0, list.length, ...sorted.flat().flatMap(behindLength)];
        expect([...canonicalContext(new Map(list))]).toEqual(expected);
      }),
    );
  });

  test.each([
    ["name", new Map([["\ud800", "a"]])],
    ["value", new Map([["a", "\udc00x"]])],
  ])("refuses a lone surrogate in a %s", (_, context) => {
    expect(() => canonicalContext(context)).toThrow(expect.objectContaining({ name: "ValidationException" }));
  });

  test("gives the same bytes in whatever order the pairs come", () => {
    fc.assert(
      fc.property(pairs, fc.infiniteStream(fc.nat()), (list, keys) => {
        const shuffled = list
          .map((pair) => [keys.next().value as number, pair] as const)
          .sort(([a], [b]) => a - b)
          .map(([, pair]) => pair);
        expect(hexOf(new Map(shuffled))).toBe(hexOf(new Map(list)));
      }),
    );
  });

  test("gives different bytes exactly when the maps differ", () => {
    const same = (a: Map<string, string>, b: Map<string, string>): boolean =>
      a.size === b.size && [...a].every(([name, value]) => b.has(name) && b.get(name) === value);
    fc.assert(
      fc.property(pairs, pairs, (a, b) => {
        const [one, other] = [new Map(a), new Map(b)];
        expect(hexOf(one) === hexOf(other)).toBe(same(one, other));
      }),
      { numRuns: 2000 },
    );
  });
});
