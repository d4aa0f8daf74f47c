import { toHex } from "../bytes/bytes.ts";
import type { AttributeName, AttributeValue, Template } from "../cryptoki/attributes.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import { sameValue } from "./build.ts";
import type { TokenObject } from "./object.ts";

/** Attributes that tell objects apart: looked up by value. */
const SELECTIVE: ReadonlySet<AttributeName> = new Set<AttributeName>([
  "LABEL",
  "UNIQUE_ID",
  "APPLICATION",
  "VALUE",
  "OBJECT_ID",
  "ISSUER",
  "SERIAL_NUMBER",
  "CHECK_VALUE",
  "SUBJECT",
  "ID",
  "START_DATE",
  "END_DATE",
  "MODULUS",
  "PUBLIC_KEY_INFO",
  "EC_POINT",
]);

const textOf = (value: AttributeValue): string => (value instanceof Uint8Array ? toHex(value) : String(value));

/** Objects that agree in everything but the selective attributes: class, type, flags, sizes. There are few of these. */
interface Profile {
  readonly attributes: ReadonlyMap<AttributeName, AttributeValue>;
  readonly members: Set<TokenObject>;
}

/**
 * The objects of a token, found by handle and by template without a scan: a selective attribute names its objects
 * directly, and a template of flags and types names whole profiles. A search costs its results and the number of
 * profiles (a few dozen), not the number of objects.
 */
export class ObjectIndex {
  readonly #byHandle = new Map<ObjectHandle, TokenObject>();
  readonly #byValue = new Map<string, Set<TokenObject>>();
  readonly #profiles = new Map<string, Profile>();
  readonly #keysOf = new WeakMap<TokenObject, { profile: string; values: string[] }>();

  get size(): number {
    return this.#byHandle.size;
  }

  get(handle: ObjectHandle): TokenObject | undefined {
    return this.#byHandle.get(handle);
  }

  all(): IterableIterator<TokenObject> {
    return this.#byHandle.values();
  }

  add(object: TokenObject): void {
    const coarse: [AttributeName, AttributeValue][] = [];
    const values: string[] = [];
    for (const entry of object.entries()) {
      if (SELECTIVE.has(entry[0])) values.push(`${entry[0]}=${textOf(entry[1])}`);
      else coarse.push(entry);
    }
    coarse.sort(([a], [b]) => (a < b ? -1 : 1));
    const profile = coarse.map(([name, value]) => `${name}=${textOf(value)}`).join(";");
    this.#byHandle.set(object.handle, object);
    const group = this.#profiles.get(profile) ?? { attributes: new Map(coarse), members: new Set() };
    this.#profiles.set(profile, group);
    group.members.add(object);
    for (const value of values) {
      const posting = this.#byValue.get(value);
      if (posting === undefined) this.#byValue.set(value, new Set([object]));
      else posting.add(object);
    }
    this.#keysOf.set(object, { profile, values });
  }

  remove(object: TokenObject): void {
    const keys = this.#keysOf.get(object);
    if (keys === undefined) return;
    this.#byHandle.delete(object.handle);
    const group = this.#profiles.get(keys.profile);
    group?.members.delete(object);
    if (group?.members.size === 0) this.#profiles.delete(keys.profile);
    for (const value of keys.values) {
      const posting = this.#byValue.get(value);
      posting?.delete(object);
      if (posting?.size === 0) this.#byValue.delete(value);
    }
    this.#keysOf.delete(object);
  }

  /** Runs a change of an object's attributes or handle and files it anew. */
  update(object: TokenObject, change: () => void): void {
    this.remove(object);
    change();
    this.add(object);
  }

  /** The objects that have every attribute of the template. A secret value matches nothing. */
  *find(template: Template): Generator<TokenObject> {
    const wanted = Object.entries(template) as [AttributeName, AttributeValue][];
    const selective = wanted.filter(([name]) => SELECTIVE.has(name));
    const coarse = wanted.filter(([name]) => !SELECTIVE.has(name));
    let candidates: ReadonlySet<TokenObject> | undefined;
    for (const [name, value] of selective) {
      const posting = this.#byValue.get(`${name}=${textOf(value)}`);
      if (posting === undefined) return;
      if (candidates === undefined || posting.size < candidates.size) candidates = posting;
    }
    const profiles = [...this.#profiles.values()].filter((profile) =>
      coarse.every(([name, value]) => profile.attributes.has(name) && sameValue(profile.attributes.get(name), value)),
    );
    const inProfiles = profiles.reduce((sum, profile) => sum + profile.members.size, 0);
    const matches = (object: TokenObject, against: typeof wanted): boolean =>
      against.every(([name, value]) => sameValue(object.get(name), value));
    if (candidates !== undefined && candidates.size <= inProfiles) {
      for (const object of candidates) if (matches(object, wanted)) yield object;
    } else {
      for (const profile of profiles)
        for (const object of profile.members) if (matches(object, selective)) yield object;
    }
  }
}
