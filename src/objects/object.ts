import type { Secret } from "../bytes/secret.ts";
import type { AttributeName, AttributeValue, Template, ValueOf } from "../cryptoki/attributes.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { ObjectHandle, SessionHandle } from "../cryptoki/handles.ts";

/** A prepared key (AES schedule, HMAC states, CRT values …), kept beside the object and wiped with it. */
export interface Prepared {
  destroy?(): void;
}

/** Secret attributes of a new key, by name; the bytes are taken over. */
export type SecretValues = { readonly [N in AttributeName]?: Secret };

/**
 * An object in the token. Its public attributes are readable by name; secret ones (CKA_VALUE of a secret key, the
 * private components) are {@link Secret}s, lent to mechanisms and never returned.
 */
export class TokenObject {
  /** Changes when a logout takes the handle back. */
  handle: ObjectHandle;
  /** The session whose end destroys this object; `undefined` for token objects. */
  readonly session: SessionHandle | undefined;
  readonly #attributes: Map<AttributeName, AttributeValue>;
  readonly #secrets: ReadonlyMap<AttributeName, Secret>;
  readonly #prepared = new Map<string, Prepared>();
  #uses = new Map<string, number>();
  #destroyed = false;

  constructor(handle: ObjectHandle, session: SessionHandle | undefined, attributes: Template, secrets: SecretValues) {
    this.handle = handle;
    this.session = session;
    this.#attributes = new Map(
      Object.entries(attributes).filter(([, value]) => value !== undefined) as [AttributeName, AttributeValue][],
    );
    this.#secrets = new Map(Object.entries(secrets) as [AttributeName, Secret][]);
  }

  get destroyed(): boolean {
    return this.#destroyed;
  }

  get<N extends AttributeName>(name: N): ValueOf<N> | undefined {
    return this.#attributes.get(name) as ValueOf<N> | undefined;
  }

  has(name: AttributeName): boolean {
    return this.#attributes.has(name) || this.#secrets.has(name);
  }

  isTrue(name: AttributeName): boolean {
    return this.#attributes.get(name) === true;
  }

  /** Only for the token's attribute interpreter: the rules have been checked there. */
  set<N extends AttributeName>(name: N, value: ValueOf<N>): void {
    this.#attributes.set(name, value);
  }

  /** The public attributes. */
  entries(): IterableIterator<[AttributeName, AttributeValue]> {
    return this.#attributes.entries();
  }

  attributes(): Template {
    return Object.fromEntries(this.#attributes) as Template;
  }

  secretNames(): IterableIterator<AttributeName> {
    return this.#secrets.keys();
  }

  /** @throws CkrError CKR_KEY_TYPE_INCONSISTENT when the object has no such secret. */
  secret(name: AttributeName): Secret {
    demand(!this.#destroyed, "KEY_HANDLE_INVALID", "the key has been destroyed");
    const secret = this.#secrets.get(name);
    if (secret === undefined) throw new CkrError("KEY_TYPE_INCONSISTENT", `the key has no CKA_${name}`);
    return secret;
  }

  /** Copies of all secrets, for a copy of the object. @throws CkrError CKR_KEY_HANDLE_INVALID */
  cloneSecrets(): SecretValues {
    demand(!this.#destroyed, "KEY_HANDLE_INVALID", "the key has been destroyed");
    return Object.fromEntries([...this.#secrets].map(([name, secret]) => [name, secret.clone()]));
  }

  /** The prepared form of this key under `name`, built on first use. */
  prepared<T extends Prepared>(name: string, build: () => T): T {
    demand(!this.#destroyed, "KEY_HANDLE_INVALID", "the key has been destroyed");
    let prepared = this.#prepared.get(name) as T | undefined;
    if (prepared === undefined) {
      prepared = build();
      this.#prepared.set(name, prepared);
    }
    return prepared;
  }

  /** Counts a use of a bounded kind, and tells which it is, from 1. @throws CkrError CKR_KEY_FUNCTION_NOT_PERMITTED at the limit. */
  countUse(kind: string, limit: number): number {
    const uses = (this.#uses.get(kind) ?? 0) + 1;
    if (uses > limit) {
      throw new CkrError("KEY_FUNCTION_NOT_PERMITTED", `the key has reached its limit of ${limit} ${kind}`);
    }
    this.#uses.set(kind, uses);
    return uses;
  }

  /** A copy is the same key: from now on its uses count together with the source's. */
  countWith(source: TokenObject): void {
    this.#uses = source.#uses;
  }

  /** Wipes every prepared form; the next use builds it anew. */
  release(): void {
    for (const prepared of this.#prepared.values()) prepared.destroy?.();
    this.#prepared.clear();
  }

  /** Wipes the secrets and every prepared form. */
  destroy(): void {
    this.#destroyed = true;
    this.release();
    for (const secret of this.#secrets.values()) secret.destroy();
  }
}
