import { CKM } from "../../cryptoki/constants.ts";
import type { RawMechanism, TokenChoice } from "../c/mechanism.ts";
import { bytesOf } from "../c/memory.ts";
import { type Parameters as MechanismParameters, shapeOf } from "../c/parameters.ts";
import type { Reader } from "./arguments.ts";
import { BUFFER, toBytes } from "./bytes.ts";
import type { Mechanism } from "./types.ts";

/** A mechanism, `{ mechanism, parameter }`: whether it is one that the token has is not asked here. */
export const mechanism: Reader<RawMechanism> = (value, index) => {
  const wrong = (why: string): TypeError => new TypeError(`Argument ${index} has wrong type. ${why}`);
  if (typeof value !== "object" || value === null) throw wrong("Should be an Object");
  const { mechanism: type, parameter } = value as { readonly mechanism?: unknown; readonly parameter?: unknown };
  if (typeof type !== "number") throw wrong("Property 'mechanism' should be a Number");
  if (!["undefined", "object", "number"].includes(typeof parameter)) {
    throw wrong(`Property 'parameter' should be an Object or ${BUFFER}`);
  }
  const isStruct = typeof parameter === "object" && parameter !== null && !bytesOf(parameter);
  if (isStruct && typeof (parameter as { type?: unknown }).type !== "number") {
    throw wrong("Property 'type' should be a Number");
  }
  return { mechanism: type >>> 0, parameter };
};

/** The way back: the token's mechanism as `{ mechanism, parameter }`. */
export function writeMechanism(choice: TokenChoice): Mechanism {
  const { mechanism: name, ...parameters } = typeof choice === "string" ? { mechanism: choice } : choice;
  const parameter = shapeOf(name).write(parameters as MechanismParameters);
  return { mechanism: CKM[name], ...(parameter === undefined ? {} : { parameter: outward(parameter) }) } as Mechanism;
}

/** Bytes go out as Buffers. */
function outward(parameter: unknown): unknown {
  if (parameter instanceof Uint8Array) return toBytes(parameter);
  if (typeof parameter !== "object" || parameter === null) return parameter;
  return Object.fromEntries(Object.entries(parameter).map(([name, value]) => [name, outward(value)]));
}
