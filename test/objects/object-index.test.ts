import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { hashOfText } from "../../src/bytes/text-hash.ts";
import type { Template } from "../../src/cryptoki/attributes.ts";
import type { ObjectHandle, SessionHandle } from "../../src/cryptoki/handles.ts";
import { TokenObject } from "../../src/objects/object.ts";
import { ObjectIndex } from "../../src/objects/object-index.ts";
import { Profile } from "../../src/objects/profile.ts";
import { sameValue } from "../../src/objects/values.ts";

const KEY = [0x01234567, -7] as const;
let last = 0;
const object = (attributes: Template, session?: SessionHandle): TokenObject =>
  new TokenObject(++last as ObjectHandle, session, attributes, {});

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
      const index = new ObjectIndex(KEY);
      const objects = all.map((attributes, i) => object(attributes, i % 3 === 0 ? (7 as SessionHandle) : undefined));
      for (const it of objects) index.add(it);
      /** In the order in which they were filed. */
      let filed = [...objects];
      for (const i of removed) {
        const it = objects[i];
        if (it === undefined) continue;
        const isFiled = index.get(it.handle) === it;
        filed = filed.filter((other) => other !== it);
        if (i % 2 === 0) index.remove(it);
        else index.update(it, () => it.set("LABEL", "c"));
        if (i % 2 !== 0) filed.push(it);
        if (isFiled && i % 5 === 0 && i % 2 !== 0) index.rename(it, ++last as ObjectHandle);
      }
      const alive = filed;
      expect(new Set(index.all())).toEqual(new Set(alive));
      const expected = alive.filter((it) =>
        Object.entries(wanted).every(([name, value]) => sameValue(it.get(name as "LABEL"), value)),
      );
      const found = [...index.find(wanted)];
      expect(new Set(found)).toEqual(new Set(expected));
      expect(found).toHaveLength(expected.length);
      for (const { profile } of found) {
        const ofProfile = (it: TokenObject): boolean => it.profile === profile;
        expect(found.filter(ofProfile)).toEqual(expected.filter(ofProfile));
      }
      expect(index.size).toBe(alive.length);
    }),
  );
});

test("objects of one label are found with it as they come and go, and no others", () => {
  const step = fc.record({ at: fc.nat(5), template: fc.record({ SIGN: fc.boolean() }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const index = new ObjectIndex(KEY);
      const places: (TokenObject | undefined)[] = [];
      for (const { at, template } of steps) {
        const before = places[at];
        if (before !== undefined) index.remove(before);
        places[at] = before === undefined ? object({ ...template, LABEL: "the same" }) : undefined;
        if (places[at] !== undefined) index.add(places[at]);
        const found = (template: Template): number[] => [...index.find(template)].map(({ handle }) => handle).sort();
        const there = places.filter((it) => it !== undefined);
        const handles = (of: TokenObject[]): number[] => of.map(({ handle }) => handle).sort();
        expect(found({ LABEL: "the same" })).toEqual(handles(there));
        expect(found({ LABEL: "the same", SIGN: true })).toEqual(handles(there.filter((it) => it.get("SIGN"))));
      }
    }),
  );
});

test("an object in an index has the attributes that it had before, and after a change the changed ones", () => {
  fc.assert(
    fc.property(template, fc.string(), (attributes, label) => {
      const index = new ObjectIndex(KEY);
      const [one, twin] = [object({ ...attributes }), object({ ...attributes })];
      for (const it of [one, twin]) index.add(it);
      expect(one.attributes()).toEqual(attributes);
      expect(new Map(one.entries())).toEqual(new Map(Object.entries(attributes)));
      for (const name of ["LABEL", "ID", "SIGN", "END_DATE"] as const) {
        expect(one.get(name)).toEqual((attributes as Template)[name]);
        expect(one.has(name)).toBe(Object.hasOwn(attributes, name));
      }
      index.update(one, () => one.set("LABEL", label));
      expect(one.attributes()).toEqual({ ...attributes, LABEL: label });
      expect(twin.attributes()).toEqual(attributes);
      expect([...index.find({ LABEL: label })]).toContain(one);
      index.remove(twin);
      expect(twin.attributes()).toEqual(attributes);
    }),
  );
});

test("byte strings with every byte are told apart and come back as they were", () => {
  const index = new ObjectIndex(KEY);
  const all = Uint8Array.from({ length: 10_000 }, (_, i) => i);
  const [one, other] = [object({ VALUE: all }), object({ VALUE: all.map((byte) => byte ^ 0x80) })];
  for (const it of [one, other]) index.add(it);
  expect([...index.find({ VALUE: all })]).toEqual([one]);
  expect(one.get("VALUE")).toEqual(all);
});

test("a search among 100,000 objects looks at its results, not at the objects", () => {
  const index = new ObjectIndex(KEY);
  let looks = 0;
  class Counted extends TokenObject {
    override get(name: never): never {
      looks += 1;
      return super.get(name) as never;
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
    const texts = vi.spyOn(Profile.prototype, "textOf");
    const found = [...index.find(wanted)].length;
    looks += texts.mock.calls.length;
    texts.mockRestore();
    return [found, looks];
  };
  expect(count({ LABEL: "key-77777" })).toEqual([1, 1]);
  expect(count({ LABEL: "key-77777", CLASS: "PUBLIC_KEY" })).toEqual([1, 1]);
  expect(count({ APPLICATION: "of half", CLASS: "PUBLIC_KEY" })).toEqual([0, 0]);
  expect(count({ APPLICATION: "of half", SIGN: true })).toEqual([10, 0]);
  expect(count({ APPLICATION: "of half", LABEL: "key-4" })).toEqual([1, 2]);
  expect(count({ LABEL: "none" })).toEqual([0, 0]);
  expect(count({ SIGN: true, CLASS: "SECRET_KEY" })).toEqual([10, 0]);
  expect(count({ SIGN: true, CLASS: "PUBLIC_KEY" })).toEqual([0, 0]);
});

test("what is found, and in which order, does not depend on the key of the index", () => {
  const key = fc.tuple(fc.integer(), fc.integer());
  fc.assert(
    fc.property(fc.array(template, { maxLength: 20 }), template, key, key, (all, wanted, one, other) => {
      const found = [one, other].map((key) => {
        const index = new ObjectIndex(key);
        const places = new Map(all.map((attributes, i) => [object(attributes), i]));
        for (const it of places.keys()) index.add(it);
        return [...index.find(wanted)].map((it) => places.get(it));
      });
      expect(found[0]).toEqual(found[1]);
    }),
  );
});

/** Two code units each, of which either leads FNV-1a from one state to the same other state: 2^count texts with one hash. */
function alike(count: number): string[] {
  let texts = [""];
  for (let i = 0; i < count; i++) {
    const before = hashOfText(texts[0] as string);
    const byHighHalf = new Map<number, [first: number, state: number]>();
    for (let first = 0x20; ; first++) {
      const state = Math.imul(before ^ first, 0x01000193);
      const other = byHighHalf.get(state >>> 16);
      byHighHalf.set(state >>> 16, [first, state]);
      if (other === undefined) continue;
      // Their low halves become the same by what follows.
      const pairs = [String.fromCharCode(first, 0), String.fromCharCode(other[0], (other[1] ^ state) & 0xffff)];
      texts = texts.flatMap((text) => pairs.map((pair) => text + pair));
      break;
    }
  }
  return texts;
}

test("labels that were chosen to collide under a hash without a key are found with one look each", () => {
  const labels = alike(11);
  expect(new Set(labels).size).toBe(2048);
  expect(new Set(labels.map(hashOfText)).size).toBe(1);
  const index = new ObjectIndex(KEY);
  for (const LABEL of labels) index.add(object({ LABEL }));
  const read = vi.spyOn(Profile.prototype, "textOf");
  for (const LABEL of labels) expect([...index.find({ LABEL })]).toHaveLength(1);
  const looks = read.mock.calls.length;
  read.mockRestore();
  expect(looks).toBeLessThan(2.2 * labels.length);
});
