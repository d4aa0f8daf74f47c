/**
 * Values that are there at once or come later. A promise for what is in memory already costs more than reading it, and a
 * call of the KMS reads a dozen things: what is there goes on at once.
 */
export type Soon<T> = T | Promise<T>;

/** Goes on with a value, at once when it is there. */
export function after<T, R>(value: Soon<T>, go: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(go) : go(value);
}
