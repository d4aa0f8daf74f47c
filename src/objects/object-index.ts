import { type HashKey, keyedHashOfText } from "../bytes/keyed-text-hash.ts";
import type { AttributeName, Template } from "../cryptoki/attributes.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import { HashTable } from "./hash-table.ts";
import type { TokenObject } from "./object.ts";
import {
  entered,
  type Group,
  groupsOf,
  membersOf,
  type Posting,
  proofOf,
  sizeOf,
  textOfAll,
  without,
} from "./posting.ts";
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
  readonly #tokenObjects: Shelf;
  readonly #sessionObjects: Shelf;

  /** @param key a secret from whoever chooses labels, who could make them collide otherwise; what is found does not depend on it */
  constructor(key: HashKey) {
    const hashOf = keyedHashOfText(key);
    this.#tokenObjects = new Shelf(hashOf);
    this.#sessionObjects = new Shelf(hashOf);
  }

  get size(): number {
    return this.#tokenObjects.byHandle.size + this.#sessionObjects.byHandle.size;
  }

  get(handle: ObjectHandle): TokenObject | undefined {
    return this.#sessionObjects.byHandle.get(handle) ?? this.#tokenObjects.byHandle.get(handle);
  }

  *all(): Generator<TokenObject> {
    yield* this.#tokenObjects.all();
    yield* this.#sessionObjects.all();
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

/**
 * A telling attribute names its objects directly, by profile, and a template of flags and types names whole profiles. A
 * search costs its results and the number of profiles, not the number of objects; only with several telling attributes
 * may it pass over objects that have the rarest of them and not the others.
 */
class Shelf {
  readonly byHandle: HashTable<ObjectHandle, TokenObject> = new HashTable(
    // A caller's handle may be anything, and nothing of it may run.
    (handle) => (typeof handle === "number" ? handle : 0),
    (object, handle) => object.handle === handle,
  );
  readonly #profiles = new Map<string, Profile>();
  readonly #postings = new Map<AttributeName, HashTable<string, Posting>>();
  readonly #hashOf: (text: string) => number;

  constructor(hashOf: (text: string) => number) {
    this.#hashOf = hashOf;
  }

  *all(): Generator<TokenObject> {
    for (const { members } of this.#profiles.values()) yield* members;
  }

  add(object: TokenObject): void {
    const parts = partsOf(object);
    const profile = this.#profiles.get(parts.name) ?? new Profile(parts);
    this.#profiles.set(profile.name, profile);
    profile.members.add(object);
    object.file(profile, parts.texts);
    this.byHandle.set(object.handle, object);
    for (const name of profile.telling) {
      const text = object.text(name) as string;
      const postings = this.#postingsOf(name);
      postings.set(text, entered(postings.get(text), object, text));
    }
  }

  remove(object: TokenObject): void {
    const { profile, handle } = object;
    if (profile === undefined || this.byHandle.get(handle) !== object) return;
    this.byHandle.delete(handle);
    profile.members.delete(object);
    if (profile.members.size === 0) this.#profiles.delete(profile.name);
    for (const name of profile.telling) {
      const text = object.text(name) as string;
      const postings = this.#postingsOf(name);
      const posting = postings.get(text);
      const rest = posting && without(posting, object);
      if (rest === undefined) postings.delete(text);
      else postings.set(text, rest);
    }
  }

  /** The objects that may match: members of the profiles that do, of those alone that have the rarest of the texts. */
  find({ texts, others }: Wanted): Found[] {
    if (texts.length === 0) {
      const profiles = [...this.#profiles.values()].filter((profile) => hasAll(profile, others));
      return profiles.map(({ members }) => ({ group: members, texts }));
    }
    const byText = texts.map(([name, text]) => {
      const posting = this.#postings.get(name)?.get(text);
      return posting === undefined ? [] : groupsOf(posting, (profile) => hasAll(profile, others));
    });
    const rarest = byText.reduce((a, b) => (sizeOf(b) < sizeOf(a) ? b : a));
    const rest = texts.filter((_, i) => byText[i] !== rarest);
    return rarest.map((group) => ({ group, texts: rest }));
  }

  #postingsOf(name: AttributeName): HashTable<string, Posting> {
    let postings = this.#postings.get(name);
    if (postings === undefined) {
      const isOf = (posting: Posting, text: string, proof = ""): boolean => textOfAll(posting, name, proof) === text;
      postings = new HashTable(this.#hashOf, isOf, proofOf);
      this.#postings.set(name, postings);
    }
    return postings;
  }
}

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
