/** The values of options: each reader gives the value or says what was expected. */

import { InvalidArgumentError } from "commander";
import { fromHex } from "../bytes/bytes.ts";
import { CommandError } from "./command-error.ts";

/** @throws InvalidArgumentError */
export function port(text: string): number {
  const value = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 65_535)) throw new InvalidArgumentError("Expected 0 to 65535.");
  return value;
}

/** @throws InvalidArgumentError */
export function store(text: string): string {
  if (text === "memory") return text;
  const durable = /^(file:|postgres(ql)?:\/\/)/.test(text);
  throw new InvalidArgumentError(durable ? "Only memory exists yet." : "Expected memory.");
}

/** All keys follow from the seed, so that the refusal does not repeat it. @throws CommandError */
export function entropySeed(text: string): Uint8Array {
  if (!/^([0-9A-Fa-f]{2}){16,64}$/.test(text)) {
    throw new CommandError("--entropy-seed must be 32 to 128 hexadecimal digits, which are 16 to 64 bytes");
  }
  return fromHex(text);
}

/** @throws InvalidArgumentError */
export function account(text: string): string {
  if (!/^[0-9]{12}$/.test(text)) throw new InvalidArgumentError("Expected 12 digits.");
  return text;
}

/** @throws InvalidArgumentError */
export function region(text: string): string {
  if (!/^([a-z]+-){2,3}[0-9]+$/.test(text)) throw new InvalidArgumentError("Expected a name like us-east-1.");
  return text;
}

/** @throws InvalidArgumentError */
export function positive(text: string): number {
  const value = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (value === 0) throw new InvalidArgumentError("Expected a whole number of at least 1.");
  return value;
}

/** One `https://name=http://address` more. @throws InvalidArgumentError */
export function route(text: string, routes: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const [, name, address] = /^(https:\/\/[a-zA-Z0-9.-]+)=(http:\/\/[^/]+)$/.exec(text) ?? [];
  if (name === undefined || address === undefined || !URL.canParse(address)) {
    throw new InvalidArgumentError("Expected https://name=http://host:port.");
  }
  return new Map([...routes, [name, address]]);
}
