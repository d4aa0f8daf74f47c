import type { AttributeName, AttributeValue, Template } from "../cryptoki/attributes.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import type { TokenObject } from "./object.ts";
import { sameValue, textOf } from "./values.ts";

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
  "CERTIFICATE_TYPE",
  "MODULUS",
  "PUBLIC_EXPONENT",
  "PUBLIC_KEY_INFO",
  "EC_POINT",
]);

type Wanted = readonly (readonly [AttributeName, AttributeValue])[];

/** An empty value tells nothing apart. */
function isSelective([name, value]: readonly [AttributeName, AttributeValue]): boolean {
  return SELECTIVE.has(name) && (value as { readonly length?: number }).length !== 0;
}

/** Objects that agree in everything but the selective attributes: class, type, flags, sizes. There are few of these. */
interface Profile {
  readonly attributes: ReadonlyMap<AttributeName, AttributeValue>;
  readonly members: Set<TokenObject>;
}

/**
 * The objects of a token, found by handle and by template without a scan: a selective attribute names its objects
 * directly, by profile, and a template of flags and types names whole profiles. A search costs its results and the
 * number of profiles (a few dozen), not the number of objects; only with several selective attributes may it pass over
 * objects that have the rarest of them and not the others.
 */
export class ObjectIndex {
  readonly #byHandle = new Map<ObjectHandle, TokenObject>();
  readonly #byValue = new Map<string, Posting>();
  readonly #profiles = new Map<string, Profile>();
  readonly #keysOf = new WeakMap<TokenObject, { profile: string; group: Profile; values: string[] }>();

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
      if (isSelective(entry)) values.push(`${entry[0]}=${textOf(entry[1])}`);
      else coarse.push(entry);
    }
    coarse.sort(([a], [b]) => (a < b ? -1 : 1));
    const profile = coarse.map(([name, value]) => `${name}=${textOf(value)}`).join(";");
    this.#byHandle.set(object.handle, object);
    const group = this.#profiles.get(profile) ?? { attributes: new Map(coarse), members: new Set() };
    this.#profiles.set(profile, group);
    group.members.add(object);
    for (const value of values) {
      const posting = this.#byValue.get(value) ?? new Map();
      this.#byValue.set(value, posting);
      const members = posting.get(group) ?? new Set();
      posting.set(group, members);
      members.add(object);
    }
    this.#keysOf.set(object, { profile, group, values });
  }

  remove(object: TokenObject): void {
    const keys = this.#keysOf.get(object);
    if (keys === undefined) return;
    this.#byHandle.delete(object.handle);
    const { profile, group } = keys;
    group.members.delete(object);
    if (group.members.size === 0) this.#profiles.delete(profile);
    for (const value of keys.values) {
      const posting = this.#byValue.get(value);
      const members = posting?.get(group);
      members?.delete(object);
      if (members?.size === 0) posting?.delete(group);
      if (posting?.size === 0) this.#byValue.delete(value);
    }
    this.#keysOf.delete(object);
  }

  /** Runs a change of an object's attributes and files it anew. */
  update(object: TokenObject, change: () => void): void {
    this.remove(object);
    change();
    this.add(object);
  }

  /** Gives an object another handle. */
  rename(object: TokenObject, handle: ObjectHandle): void {
    this.#byHandle.delete(object.handle);
    object.handle = handle;
    this.#byHandle.set(handle, object);
  }

  /** The objects that have every attribute of the template. A secret value matches nothing. */
  *find(template: Template): Generator<TokenObject> {
    const wanted = Object.entries(template) as Wanted;
    const selective = wanted.filter(isSelective);
    const coarse = wanted.filter((entry) => !isSelective(entry));
    const groups = selective.length === 0 ? this.#all(coarse) : this.#rarest(selective, coarse);
    for (const members of groups) yield* matching(members, selective);
  }

  /** The members of every profile with these attributes. */
  #all(coarse: Wanted): ReadonlySet<TokenObject>[] {
    return [...this.#profiles.values()].filter((profile) => hasAll(profile, coarse)).map(({ members }) => members);
  }

  /** The same of those objects alone that have the rarest of the selective attributes. */
  #rarest(selective: Wanted, coarse: Wanted): ReadonlySet<TokenObject>[] {
    const found = selective.map(([name, value]) => {
      const posting = this.#byValue.get(`${name}=${textOf(value)}`) ?? new Map();
      return [...posting].filter(([profile]) => hasAll(profile, coarse)).map(([, members]) => members);
    });
    return found.reduce((a, b) => (sizeOf(b) < sizeOf(a) ? b : a));
  }
}

type Posting = Map<Profile, Set<TokenObject>>;

const sizeOf = (groups: readonly ReadonlySet<TokenObject>[]): number =>
  groups.reduce((sum, members) => sum + members.size, 0);

function hasAll({ attributes }: Profile, coarse: Wanted): boolean {
  return coarse.every(([name, value]) => attributes.has(name) && sameValue(attributes.get(name), value));
}

function* matching(objects: Iterable<TokenObject>, wanted: Wanted): Generator<TokenObject> {
  for (const object of objects) {
    if (wanted.every(([name, value]) => sameValue(object.get(name), value))) yield object;
  }
}
