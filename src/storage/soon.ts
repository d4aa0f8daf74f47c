/**
 * Values that are there at once or come later. A promise for what is in memory already costs more than reading it, and a
 * call of the KMS reads a dozen things: what is there goes on at once.
 */
export type Soon<T> = T | Promise<T>;

/**
 * What code that is not ours gives, as `await` would take it: its promises may be of another realm, or of its own kind.
 * Everything else here takes only promises of this realm for such.
 */
export function soon<T>(given: T | PromiseLike<T>): Soon<T> {
  if (given instanceof Promise) return given;
  const isLater = typeof (given as Partial<PromiseLike<T>> | null | undefined)?.then === "function";
  return isLater ? Promise.resolve(given) : (given as T);
}

/** Goes on with a value, at once when it is there. */
export function after<T, R>(value: Soon<T>, go: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(go) : go(value);
}

/** What `attempt` gives, or what `otherwise` makes of its failure, whether that comes at once or later. */
export function caught<T, R>(attempt: () => Soon<T>, otherwise: (error: unknown) => Soon<R>): Soon<T | R> {
  try {
    const value = attempt();
    return value instanceof Promise ? value.catch(otherwise) : value;
  } catch (error) {
    return otherwise(error);
  }
}

/** What `attempt` gives; when it has ended, either way, `finish` has run. */
export function ended<T>(attempt: () => Soon<T>, finish: () => void): Soon<T> {
  let isLater = false;
  try {
    const value = attempt();
    if (!(value instanceof Promise)) return value;
    isLater = true;
    return value.finally(finish);
  } finally {
    if (!isLater) finish();
  }
}
