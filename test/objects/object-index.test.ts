import fc from "fast-check";
import { expect, test } from "vitest";
import type { Template } from "../../src/cryptoki/attributes.ts";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import { TokenObject } from "../../src/objects/object.ts";
import { ObjectIndex } from "../../src/objects/object-index.ts";
import { sameValue } from "../../src/objects/values.ts";

let last = 0;
const object = (attributes: Template): TokenObject =>
  new TokenObject(++last as ObjectHandle, undefined, attributes, {});

const template = fc.record(
  {
    CLASS: fc.constantFrom("SECRET_KEY" as const, "PUBLIC_KEY" as const),
    LABEL: fc.constantFrom("", "a", "b", "c"),
    ID: fc.constantFrom(Uint8Array.of(), Uint8Array.of(1), Uint8Array.of(2)),
    SIGN: fc.boolean(),
    TOKEN: fc.boolean(),
    ALLOWED_MECHANISMS: fc.constantFrom(["AES_GCM" as const], ["AES_CTR" as const]),
  },
  { requiredKeys: [] },
);

test("a search finds what a scan finds, through additions, changes and removals", () => {
  fc.assert(
    fc.property(fc.array(template, { maxLength: 40 }), fc.array(fc.nat(39)), template, (all, removed, wanted) => {
      const index = new ObjectIndex();
      const objects = all.map(object);
      for (const it of objects) index.add(it);
      for (const i of removed) {
        const it = objects[i];
        if (it === undefined) continue;
        if (i % 2 === 0) index.remove(it);
        else index.update(it, () => it.set("LABEL", "c"));
      }
      const alive = objects.filter((it) => index.get(it.handle) === it);
      const expected = alive.filter((it) =>
        Object.entries(wanted).every(([name, value]) => sameValue(it.get(name as "LABEL"), value)),
      );
      expect(new Set(index.find(wanted))).toEqual(new Set(expected));
      expect(index.size).toBe(alive.length);
    }),
  );
});

test("a search among 100,000 objects looks at its results, not at the objects", () => {
  const index = new ObjectIndex();
  let looks = 0;
  class Counted extends TokenObject {
    override get(name: never): never {
      looks += 1;
      return super.get(name) as never;
    }
    override text(name: never): string | undefined {
      looks += 1;
      return super.text(name);
    }
  }
  for (let i = 0; i < 100_000; i++) {
    index.add(
      new Counted(
        ++last as ObjectHandle,
        undefined,
        {
          CLASS: i % 2 === 0 ? "SECRET_KEY" : "PUBLIC_KEY",
          LABEL: `key-${i}`,
          SIGN: i % 10_000 === 0,
          TOKEN: i % 3 === 0,
          ...(i % 2 === 0 ? { APPLICATION: "of half" } : {}),
        },
        {},
      ),
    );
  }
  const count = (wanted: Template): [found: number, looks: number] => {
    looks = 0;
    return [[...index.find(wanted)].length, looks];
  };
  expect(count({ LABEL: "key-77777" })).toEqual([1, 1]);
  expect(count({ LABEL: "key-77777", CLASS: "PUBLIC_KEY" })).toEqual([1, 1]);
  expect(count({ APPLICATION: "of half", CLASS: "PUBLIC_KEY" })).toEqual([0, 0]);
  expect(count({ APPLICATION: "of half", SIGN: true })).toEqual([10, 10]);
  expect(count({ APPLICATION: "of half", LABEL: "key-4" })).toEqual([1, 2]);
  expect(count({ LABEL: "none" })).toEqual([0, 0]);
  expect(count({ SIGN: true, CLASS: "SECRET_KEY" })).toEqual([10, 0]);
  expect(count({ SIGN: true, CLASS: "PUBLIC_KEY" })).toEqual([0, 0]);
});
