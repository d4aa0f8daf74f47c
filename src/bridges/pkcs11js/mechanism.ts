import { CKM, type MechanismName } from "../../cryptoki/constants.ts";
import { CK_PARAMS_PHSM } from "../../cryptoki/pkcs11t.ts";
import type { Session } from "../../token/session.ts";
import type { Reader } from "./arguments.ts";
import { BUFFER, bytesOf } from "./bytes.ts";
import { ensure } from "./errors.ts";
import { type Parameters as MechanismParameters, shapeOf } from "./parameters.ts";
import type { Mechanism } from "./types.ts";

/** The mechanism that the token takes. */
export type TokenChoice = Parameters<Session["digest"]>[0];

const NAMES: ReadonlyMap<number, MechanismName> = new Map(
  Object.entries(CKM).map(([name, code]) => [code, name as MechanismName]),
);

/** The token's name of a CKM_ number. @throws Pkcs11Error CKR_MECHANISM_INVALID */
export function mechanismName(type: number): MechanismName {
  const name = NAMES.get(type);
  ensure(name !== undefined, "CKR_MECHANISM_INVALID", `the token has no mechanism 0x${type.toString(16)}`);
  return name;
}

/** A mechanism, `{ mechanism, parameter }`, as the token takes it. */
export const mechanism: Reader<TokenChoice> = (value, index) => {
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
  const name = mechanismName(type >>> 0);
  const own = isStruct ? ownParameters(parameter) : undefined;
  return { mechanism: name, ...(own ?? shapeOf(name).read(parameter)) } as TokenChoice;
};

/** For what pkcs11js has no structure: `{ type: CK_PARAMS_PHSM, … }` gives the token's parameters by their own names. */
function ownParameters(parameter: object): MechanismParameters | undefined {
  const { type, ...own } = parameter as { readonly type?: unknown };
  return type === CK_PARAMS_PHSM ? own : undefined;
}

/** The way back: the token's mechanism as `{ mechanism, parameter }`. */
export function writeMechanism(choice: TokenChoice): Mechanism {
  const { mechanism: name, ...parameters } = typeof choice === "string" ? { mechanism: choice } : choice;
  const parameter = shapeOf(name).write(parameters as MechanismParameters);
  return { mechanism: CKM[name], ...(parameter === undefined ? {} : { parameter }) } as Mechanism;
}
