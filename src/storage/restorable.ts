/** Something whose whole state can be taken and given back; taking it is cheap, and it never changes afterwards. */
export interface Restorable<State = unknown> {
  save(): State;
  load(state: State): void;
}

export function isRestorable(part: object): part is Restorable {
  return "save" in part && typeof part.save === "function" && "load" in part && typeof part.load === "function";
}
