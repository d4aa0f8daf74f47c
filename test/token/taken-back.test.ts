import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import { createHsm, type Session } from "../../src/index.ts";
import { ObjectIndex } from "../../src/objects/object-index.ts";

const PIN = "1234";
const create = (session: Session, i: number): ObjectHandle =>
  session.createObject({
    ...({ CLASS: "DATA", TOKEN: true, LABEL: `${i}`, VALUE: Uint8Array.of(1) } as const),
    ...{ PRIVATE: i % 3 !== 0, APPLICATION: i % 2 === 0 ? "even" : "odd" },
  });
const labelOf = (session: Session, handle: ObjectHandle): string | undefined => {
  try {
    return session.getAttributes(handle, ["LABEL"]).LABEL;
  } catch {
    return undefined;
  }
};

const action = fc.oneof(
  fc.record({ does: fc.constant("logout" as const) }),
  fc.record({ does: fc.constant("create" as const) }),
  fc.record({ does: fc.constant("destroy" as const), which: fc.nat(20) }),
  fc.record({
    does: fc.constant("find" as const),
    limit: fc.nat(5),
    template: fc.constantFrom({}, { APPLICATION: "odd" }, { PRIVATE: true }, { LABEL: "4" }),
  }),
);

test("after logouts in any places, every handle is good that was given since the last one, and no other of a private object", () => {
  const hsm = createHsm({ pin: PIN, pinCost: 2 });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
      const session = hsm.openSession({ readWrite: true });
      session.login("user", PIN);
      for (const handle of session.findObjects()) session.destroyObject(handle);
      let made = 0;
      /** The labels of all objects by the handles that are good; handles that were, and are no more. */
      let good = new Map<ObjectHandle, string>();
      const left: string[] = [];
      const gone = new Set<ObjectHandle>();
      const isPrivate = (label: string): boolean => Number(label) % 3 !== 0;
      for (const it of actions) {
        if (it.does === "create") {
          good.set(create(session, made), `${made}`);
          left.push(`${made++}`);
        } else if (it.does === "logout") {
          session.logout();
          session.login("user", PIN);
          for (const [handle, label] of good) if (isPrivate(label)) gone.add(handle);
          good = new Map([...good].filter(([, label]) => !isPrivate(label)));
        } else if (it.does === "destroy") {
          const [handle, label] = [...good][it.which] ?? [];
          if (handle === undefined || label === undefined) continue;
          session.destroyObject(handle);
          good.delete(handle);
          gone.add(handle);
          left.splice(left.indexOf(label), 1);
        } else {
          const found = session.findObjects(it.template, { limit: it.limit });
          for (const handle of found) {
            expect(gone.has(handle)).toBe(false);
            good.set(handle, labelOf(session, handle) ?? "none");
          }
          expect(session.findObjects(it.template, { limit: it.limit })).toEqual(found);
        }
        for (const [handle, label] of good) expect(labelOf(session, handle)).toBe(label);
        for (const handle of gone) expect(labelOf(session, handle)).toBeUndefined();
      }
      const labels = session.findObjects().map((handle) => labelOf(session, handle));
      expect(labels.sort()).toEqual(left.sort());
      session.close();
    }),
    { numRuns: 60 },
  );
});

test("a logout looks at no object of the token, and the next search gives handles to what it finds alone", () => {
  const session = createHsm({ pin: PIN, pinCost: 2 }).openSession({ readWrite: true });
  session.login("user", PIN);
  for (let i = 0; i < 300; i++) create(session, i);
  const looks = [vi.spyOn(ObjectIndex.prototype, "find"), vi.spyOn(ObjectIndex.prototype, "all")];
  const renamed = vi.spyOn(ObjectIndex.prototype, "rename");
  session.logout();
  for (const look of looks) expect(look).not.toHaveBeenCalled();
  session.login("user", PIN);
  session.findObjects({ PRIVATE: true }, { limit: 7 });
  expect(renamed).toHaveBeenCalledTimes(7);
  vi.restoreAllMocks();
});
