import type { ObjectHandle } from "../cryptoki/handles.ts";

/** Handles of session objects by name, of which the least recently used is destroyed when there are too many. */
export class HandleCache {
  readonly #handles = new Map<string, ObjectHandle>();
  readonly #capacity: number;
  readonly #destroy: (handle: ObjectHandle) => void;
  /** The last one, or one that is not there any more. */
  #newest = "";

  constructor(capacity: number, destroy: (handle: ObjectHandle) => void) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError("the cache holds at least one handle");
    this.#capacity = capacity;
    this.#destroy = destroy;
  }

  get size(): number {
    return this.#handles.size;
  }

  /** The handle of that name, made now when it is not there. */
  get(name: string, make: () => ObjectHandle): ObjectHandle {
    const cached = this.#handles.get(name);
    if (cached === undefined) return this.put(name, make());
    if (name === this.#newest) return cached;
    this.#handles.delete(name);
    this.#handles.set(name, cached);
    this.#newest = name;
    return cached;
  }

  put(name: string, handle: ObjectHandle): ObjectHandle {
    this.drop(name);
    this.#handles.set(name, handle);
    this.#newest = name;
    if (this.#handles.size > this.#capacity) {
      const [oldest] = this.#handles.keys();
      if (oldest !== undefined) this.drop(oldest);
    }
    return handle;
  }

  drop(name: string): void {
    const handle = this.#handles.get(name);
    if (handle === undefined) return;
    this.#handles.delete(name);
    this.#destroy(handle);
  }
}
