import type { AttributeName, Template } from "../cryptoki/attributes.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import type { TokenObject } from "./object.ts";
import { type Attribute, isTelling, Profile, partsOf } from "./profile.ts";
import { sameValue, textOf } from "./values.ts";

/** What a search looks for: telling attributes by their texts, and the others. */
interface Wanted {
  readonly texts: readonly (readonly [AttributeName, string])[];
  readonly others: readonly Attribute[];
}

/**
 * The objects of a token, found by handle and by template without a scan. Session objects have a shelf of their own: that
 * they come and go never makes the maps of a million token objects grow anew.
 */
export class ObjectIndex {
  readonly #tokenObjects = new Shelf();
  readonly #sessionObjects = new Shelf();

  get size(): number {
    return this.#tokenObjects.byHandle.size + this.#sessionObjects.byHandle.size;
  }

  get(handle: ObjectHandle): TokenObject | undefined {
    return this.#sessionObjects.byHandle.get(handle) ?? this.#tokenObjects.byHandle.get(handle);
  }

  *all(): Generator<TokenObject> {
    yield* this.#tokenObjects.byHandle.values();
    yield* this.#sessionObjects.byHandle.values();
  }

  add(object: TokenObject): void {
    this.#shelfOf(object).add(object);
  }

  remove(object: TokenObject): void {
    this.#shelfOf(object).remove(object);
  }

  /** Runs a change of an object's attributes and files it anew. */
  update(object: TokenObject, change: () => void): void {
    this.remove(object);
    change();
    this.add(object);
  }

  /** Gives an object another handle. */
  rename(object: TokenObject, handle: ObjectHandle): void {
    const { byHandle } = this.#shelfOf(object);
    byHandle.delete(object.handle);
    object.handle = handle;
    byHandle.set(handle, object);
  }

  /**
   * The objects that have every attribute of the template, those of one profile one after the other, the profile of the
   * oldest first. A secret value matches nothing.
   */
  *find(template: Template): Generator<TokenObject> {
    const texts: [AttributeName, string][] = [];
    const others: Attribute[] = [];
    for (const attribute of Object.entries(template) as Attribute[]) {
      if (isTelling(attribute)) texts.push([attribute[0], textOf(attribute[1])]);
      else others.push(attribute);
    }
    const found: Found[] = [];
    for (const shelf of [this.#tokenObjects, this.#sessionObjects]) {
      if (shelf.byHandle.size > 0) found.push(...shelf.find({ texts, others }));
    }
    if (found.length > 1) found.sort((a, b) => oldest(a.group) - oldest(b.group));
    for (const one of found) yield* matching(one);
  }

  #shelfOf({ session }: TokenObject): Shelf {
    return session === undefined ? this.#tokenObjects : this.#sessionObjects;
  }
}

/** A group in which everything is as wanted but for the texts that are left to look at. */
interface Found {
  readonly group: Group;
  readonly texts: Wanted["texts"];
}

/** Objects of one profile: most values belong to one object alone, and a Set of it would take more than the object. */
type Group = TokenObject | ReadonlySet<TokenObject>;
type Posting = TokenObject | Map<Profile, TokenObject | Set<TokenObject>>;

/**
 * A telling attribute names its objects directly, by profile, and a template of flags and types names whole profiles. A
 * search costs its results and the number of profiles, not the number of objects; only with several telling attributes
 * may it pass over objects that have the rarest of them and not the others.
 */
class Shelf {
  readonly byHandle: Map<ObjectHandle, TokenObject> = new Map();
  readonly #profiles = new Map<string, Profile>();
  readonly #postings = new Map<AttributeName, Map<string, Posting>>();

  add(object: TokenObject): void {
    const parts = partsOf(object);
    const profile = this.#profiles.get(parts.name) ?? new Profile(parts);
    this.#profiles.set(profile.name, profile);
    profile.members.add(object);
    object.file(profile, parts.texts);
    this.byHandle.set(object.handle, object);
    for (const name of profile.telling) {
      const postings = this.#postings.get(name) ?? new Map<string, Posting>();
      this.#postings.set(name, postings);
      const text = object.text(name) as string;
      postings.set(text, entered(postings.get(text), object, profile));
    }
  }

  remove(object: TokenObject): void {
    const { profile, handle } = object;
    if (profile === undefined || this.byHandle.get(handle) !== object) return;
    this.byHandle.delete(handle);
    profile.members.delete(object);
    if (profile.members.size === 0) this.#profiles.delete(profile.name);
    for (const name of profile.telling) {
      const postings = this.#postings.get(name);
      const text = object.text(name) as string;
      const posting = postings?.get(text);
      if (posting !== undefined && isEmptyWithout(posting, object, profile)) postings?.delete(text);
    }
  }

  /** The objects that may match: members of the profiles that do, of those alone that have the rarest of the texts. */
  find({ texts, others }: Wanted): Found[] {
    if (texts.length === 0) {
      const profiles = [...this.#profiles.values()].filter((profile) => hasAll(profile, others));
      return profiles.map(({ members }) => ({ group: members, texts }));
    }
    const byText = texts.map(([name, text]) => groupsOf(this.#postings.get(name)?.get(text), others));
    const rarest = byText.reduce((a, b) => (sizeOf(b) < sizeOf(a) ? b : a));
    const rest = texts.filter((_, i) => byText[i] !== rarest);
    return rarest.map((group) => ({ group, texts: rest }));
  }
}

/** A posting with one object more. */
function entered(posting: Posting | undefined, object: TokenObject, profile: Profile): Posting {
  if (posting === undefined) return object;
  if (!(posting instanceof Map)) return entered(new Map([[posting.profile as Profile, posting]]), object, profile);
  const group = posting.get(profile);
  if (group instanceof Set) group.add(object);
  else posting.set(profile, group === undefined ? object : new Set([group, object]));
  return posting;
}

/** Takes an object out of a posting, and tells whether nothing is left of it. */
function isEmptyWithout(posting: Posting, object: TokenObject, profile: Profile): boolean {
  if (!(posting instanceof Map)) return true;
  const group = posting.get(profile);
  if (group instanceof Set) group.delete(object);
  if (!(group instanceof Set) || group.size === 0) posting.delete(profile);
  return posting.size === 0;
}

function groupsOf(posting: Posting | undefined, others: Wanted["others"]): Group[] {
  if (posting === undefined) return [];
  if (!(posting instanceof Map)) return hasAll(posting.profile as Profile, others) ? [posting] : [];
  return [...posting].filter(([profile]) => hasAll(profile, others)).map(([, group]) => group);
}

const sizeOf = (groups: readonly Group[]): number =>
  groups.reduce((sum, group) => sum + (group instanceof Set ? group.size : 1), 0);

const membersOf = (group: Group): ReadonlySet<TokenObject> | readonly TokenObject[] =>
  group instanceof Set ? group : [group as TokenObject];

/** When the first of them was made. */
function oldest(group: Group): number {
  for (const { firstHandle } of membersOf(group)) return firstHandle;
  return 0;
}

function hasAll({ shared }: Profile, others: Wanted["others"]): boolean {
  return others.every(([name, value]) => shared.has(name) && sameValue(shared.get(name), value));
}

function* matching({ group, texts }: Found): Generator<TokenObject> {
  for (const object of membersOf(group)) {
    if (texts.every(([name, text]) => object.text(name) === text)) yield object;
  }
}
