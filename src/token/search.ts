import { CkrError, demand } from "../cryptoki/error.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import type { TokenObject } from "../objects/object.ts";

/** The find operation of one session (PKCS #11 v3.1, 5.7.7 to 5.7.9): at most one at a time. */
export class Search {
  #found: Iterator<TokenObject> | undefined;

  start(found: Iterator<TokenObject>): void {
    demand(this.#found === undefined, "OPERATION_ACTIVE", "this session is in the middle of a find operation");
    this.#found = found;
  }

  /**
   * The next handles, at most `limit`.
   * @param handleOf the handle of an object, none when it is not to be seen
   * @throws CkrError CKR_OPERATION_NOT_INITIALIZED, CKR_ARGUMENTS_BAD
   */
  next(limit: number, handleOf: (object: TokenObject) => ObjectHandle | undefined): ObjectHandle[] {
    requireLimit(limit);
    const found = this.#require();
    const handles: ObjectHandle[] = [];
    while (handles.length < limit) {
      const { done, value } = found.next();
      if (done) break;
      const handle = handleOf(value);
      if (handle !== undefined) handles.push(handle);
    }
    return handles;
  }

  end(): void {
    this.#require();
    this.#found = undefined;
  }

  cancel(): void {
    this.#found = undefined;
  }

  #require(): Iterator<TokenObject> {
    if (this.#found === undefined)
      throw new CkrError("OPERATION_NOT_INITIALIZED", "this session has no find operation");
    return this.#found;
  }
}

/** @throws CkrError CKR_ARGUMENTS_BAD */
export function requireLimit(limit: unknown): asserts limit is number {
  const isLimit = limit === Number.POSITIVE_INFINITY || (Number.isSafeInteger(limit) && (limit as number) >= 0);
  demand(isLimit, "ARGUMENTS_BAD", "a limit is an integer from 0, or Infinity");
}
