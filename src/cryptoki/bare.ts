/**
 * An object without members, not even inherited ones. One without a prototype is that too, but a dictionary to V8, which
 * looks each of its members up by hash; this one has a prototype that has nothing.
 */
export const Bare: new () => object = function Bare() {} as unknown as new () => object;
Bare.prototype = Object.freeze(Object.create(null));
