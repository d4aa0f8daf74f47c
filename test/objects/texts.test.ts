import fc from "fast-check";
import { expect, test } from "vitest";
import { joined, textAt } from "../../src/objects/texts.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 1 }), fc.integer({ min: 120, max: 70_000 }))
    .map(([c, n]) => c.repeat(n)),
);

test("texts of every length come back from the string that they were joined to", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
      const all = joined(texts);
      expect(texts.map((_, place) => textAt(all, place))).toEqual(texts);
    }),
  );
});

test("texts of bytes make a string of bytes, which V8 keeps in one byte a character", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.nat(255).map((c) => String.fromCharCode(c)), maxLength: 1000 })),
      (texts) => {
        expect([...joined(texts)].every((c) => c.charCodeAt(0) < 256)).toBe(true);
      },
    ),
  );
});
