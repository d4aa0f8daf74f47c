/** Key pair generation that has no long steps, as the generator that {@link Mechanism.generateKeyPair} gives. */
export function* inOneStep<T>(make: () => T): Generator<void, T> {
  yield;
  return make();
}
