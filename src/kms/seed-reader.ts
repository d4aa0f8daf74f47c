/** Reading a document of unknown shape: every refusal says where it is and what was expected. */

/** What is wrong in a seed document, and where. */
export class SeedError extends Error {
  override readonly name: string = "SeedError";
}

export type Members = Readonly<Record<string, unknown>>;

/** The members of an object. @throws SeedError for what is none, and for members that are unknown or missing */
export function members(
  value: unknown,
  what: string,
  known: readonly string[],
  required: readonly string[] = [],
): Members {
  if (!isObject(value)) throw new SeedError(`${what} must be an object`);
  const found = new Map(Object.entries(value));
  for (const name of found.keys()) {
    if (!known.includes(name)) throw new SeedError(`${what} has an unknown member ${JSON.stringify(name)}`);
  }
  for (const name of required) if (!found.has(name)) throw new SeedError(`${what} has no ${name}`);
  return Object.fromEntries(found);
}

/** The items of a list, each read with its place; an absent list is empty. @throws SeedError */
export function items<T>(value: unknown, what: string, read: (item: unknown, what: string, index: number) => T): T[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new SeedError(`${what} must be a list`);
  return value.map((item, index) => read(item, `${what}[${index}]`, index));
}

/** One item or a list of them. @throws SeedError */
export function oneOrMore<T>(value: unknown, what: string, read: (item: unknown, what: string) => T): T[] {
  return Array.isArray(value) ? items(value, what, read) : value === undefined ? [] : [read(value, what)];
}

/** @throws SeedError */
export function text(value: unknown, what: string): string {
  if (typeof value !== "string") throw new SeedError(`${what} must be a string`);
  return value;
}

export function optionalText(value: unknown, what: string): string | undefined {
  return value === undefined || value === null ? undefined : text(value, what);
}

/** Strings by name. @throws SeedError */
export function textMap(value: unknown, what: string): ReadonlyMap<string, string> {
  if (value === undefined || value === null) return new Map();
  if (!isObject(value)) throw new SeedError(`${what} must be an object of strings`);
  return new Map(Object.entries(value).map(([name, item]) => [name, text(item, `${what}.${name}`)]));
}

/** One of the names. @throws SeedError */
export function oneOf<const T extends string>(value: unknown, what: string, names: readonly T[]): T {
  const name = names.find((candidate) => candidate === value);
  if (name === undefined) throw new SeedError(`${what} must be one of ${names.join(", ")}`);
  return name;
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names the place of whatever a check refuses. @throws SeedError */
export function located<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof SeedError) throw error;
    throw new SeedError(`${what}: ${error instanceof Error ? error.message : "malformed"}`);
  }
}
