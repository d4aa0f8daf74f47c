declare const brand: unique symbol;

/** Handles are numbers of their own kind, never zero and never used twice in the life of an HSM. */
export type SessionHandle = number & { readonly [brand]: "session" };
export type ObjectHandle = number & { readonly [brand]: "object" };
export type SlotId = number & { readonly [brand]: "slot" };

/** Gives out the handles of one kind: 1, 2, 3 … */
export function handleCounter<H extends number>(): () => H {
  let last = 0;
  return () => {
    last += 1;
    return last as H;
  };
}
