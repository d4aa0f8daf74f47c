import type { Secret } from "../bytes/secret.ts";
import type { AttributeName, AttributeValue, Template, ValueOf } from "../cryptoki/attributes.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { ObjectHandle, SessionHandle } from "../cryptoki/handles.ts";
import type { Profile } from "./profile.ts";
import { fromText } from "./values.ts";

/** A prepared key (AES schedule, HMAC states, CRT values …), kept beside the object and wiped with it. */
export interface Prepared {
  destroy?(): void;
}

/** Secret attributes of a new key, by name; the bytes are taken over. */
export type SecretValues = { readonly [N in AttributeName]?: Secret };

const NONE: readonly never[] = [];

/**
 * An object in the token. Its public attributes are readable by name; secret ones (CKA_VALUE of a secret key, the
 * private components) are {@link Secret}s, lent to mechanisms and never returned.
 */
export class TokenObject {
  /** Only the index changes it, after a logout that took it back. */
  handle: ObjectHandle;
  // Beside the handle, as every search looks at them together.
  #destroyed = false;
  /** The session whose end destroys this object; `undefined` for token objects. */
  readonly session: SessionHandle | undefined;
  /** All attributes of an object that is in no index; of one that is, those that its profile shares. */
  #attributes: Map<AttributeName, AttributeValue>;
  #profile: Profile | undefined;
  #texts = "";
  /** The handle that the object was made with: the less, the older it is. */
  readonly firstHandle: ObjectHandle;
  readonly #secrets: SecretValues;
  #prepared: Map<string, Prepared> | undefined;
  #uses: Map<string, number> | undefined;

  constructor(handle: ObjectHandle, session: SessionHandle | undefined, attributes: Template, secrets: SecretValues) {
    this.handle = handle;
    this.firstHandle = handle;
    this.session = session;
    this.#attributes = new Map();
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined) this.#attributes.set(name as AttributeName, value);
    }
    this.#secrets = { ...secrets };
  }

  get destroyed(): boolean {
    return this.#destroyed;
  }

  get<N extends AttributeName>(name: N): ValueOf<N> | undefined {
    const value = this.#attributes.get(name);
    const text = value === undefined ? this.text(name) : undefined;
    return (text === undefined ? value : fromText(name, text)) as ValueOf<N> | undefined;
  }

  has(name: AttributeName): boolean {
    return this.#attributes.has(name) || this.text(name) !== undefined || Object.hasOwn(this.#secrets, name);
  }

  isTrue(name: AttributeName): boolean {
    return this.#attributes.get(name) === true;
  }

  /** Only for the token's attribute interpreter: the rules have been checked there. The object is in no index then. */
  set<N extends AttributeName>(name: N, value: ValueOf<N>): void {
    if (this.#profile !== undefined) {
      this.#attributes = new Map(this.entries());
      this.#profile = undefined;
      this.#texts = "";
    }
    this.#attributes.set(name, value);
  }

  /** The public attributes. */
  *entries(): Generator<[AttributeName, AttributeValue]> {
    yield* this.#attributes.entries();
    for (const name of this.#profile?.telling ?? NONE) yield [name, this.get(name) as AttributeValue];
  }

  attributes(): Template {
    return Object.fromEntries(this.entries()) as Template;
  }

  /** What an index files the object under; `undefined` while it is in none. */
  get profile(): Profile | undefined {
    return this.#profile;
  }

  /** Only for the index: from now on the object has what the profile shares, and texts of its own. */
  file(profile: Profile, texts: string): void {
    this.#attributes = profile.shared;
    this.#profile = profile;
    this.#texts = texts;
  }

  /** The text of a telling attribute ({@link Profile}), in an index. */
  text(name: AttributeName): string | undefined {
    return this.#profile?.textOf(name, this.#texts);
  }

  /** All those texts, as the index has given them. */
  get texts(): string {
    return this.#texts;
  }

  secretNames(): AttributeName[] {
    return Object.keys(this.#secrets) as AttributeName[];
  }

  /** @throws CkrError CKR_KEY_TYPE_INCONSISTENT when the object has no such secret. */
  secret(name: AttributeName): Secret {
    demand(!this.#destroyed, "KEY_HANDLE_INVALID", "the key has been destroyed");
    const secret = Object.hasOwn(this.#secrets, name) ? this.#secrets[name] : undefined;
    if (secret === undefined) throw new CkrError("KEY_TYPE_INCONSISTENT", `the key has no CKA_${name}`);
    return secret;
  }

  /** Copies of all secrets, for a copy of the object. @throws CkrError CKR_KEY_HANDLE_INVALID */
  cloneSecrets(): SecretValues {
    demand(!this.#destroyed, "KEY_HANDLE_INVALID", "the key has been destroyed");
    return Object.fromEntries(Object.entries(this.#secrets).map(([name, secret]) => [name, secret.clone()]));
  }

  /** The prepared form of this key under `name`, built on first use. */
  prepared<T extends Prepared>(name: string, build: () => T): T {
    demand(!this.#destroyed, "KEY_HANDLE_INVALID", "the key has been destroyed");
    const prepared = this.#prepared?.get(name) as T | undefined;
    if (prepared !== undefined) return prepared;
    const built = build();
    this.#prepared = (this.#prepared ?? new Map()).set(name, built);
    return built;
  }

  /** Counts a use of a bounded kind, and tells which it is, from 1. @throws CkrError CKR_KEY_FUNCTION_NOT_PERMITTED at the limit. */
  countUse(kind: string, limit: number): number {
    const counts = this.#counts();
    const uses = (counts.get(kind) ?? 0) + 1;
    if (uses > limit) {
      throw new CkrError("KEY_FUNCTION_NOT_PERMITTED", `the key has reached its limit of ${limit} ${kind}`);
    }
    counts.set(kind, uses);
    return uses;
  }

  /** A copy is the same key: from now on its uses count together with the source's. */
  countWith(source: TokenObject): void {
    this.#uses = source.#counts();
  }

  #counts(): Map<string, number> {
    this.#uses ??= new Map();
    return this.#uses;
  }

  /** Wipes every prepared form; the next use builds it anew. */
  release(): void {
    for (const prepared of this.#prepared?.values() ?? []) prepared.destroy?.();
    this.#prepared = undefined;
  }

  /** Wipes the secrets and every prepared form. */
  destroy(): void {
    this.#destroyed = true;
    this.release();
    for (const secret of Object.values(this.#secrets)) secret.destroy();
  }
}
