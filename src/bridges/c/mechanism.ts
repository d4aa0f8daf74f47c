import { CKM, type MechanismName } from "../../cryptoki/constants.ts";
import { CK_PARAMS_PHSM } from "../../cryptoki/pkcs11t.ts";
import type { Session } from "../../token/session.ts";
import { bytesOf } from "./memory.ts";
import { type Parameters as MechanismParameters, shapeOf } from "./parameters.ts";
import { ensure } from "./returned.ts";

/** The mechanism that the token takes. */
export type TokenChoice = Parameters<Session["digest"]>[0];

/** CK_MECHANISM: a number, and a parameter as parameters.ts reads it. */
export interface RawMechanism {
  readonly mechanism: number;
  readonly parameter?: unknown;
}

const NAMES: ReadonlyMap<number, MechanismName> = new Map(
  Object.entries(CKM).map(([name, code]) => [code, name as MechanismName]),
);

/** The token's name of a CKM_ number. @throws ReturnedError CKR_MECHANISM_INVALID */
export function mechanismName(type: number): MechanismName {
  const name = NAMES.get(type);
  ensure(name !== undefined, "CKR_MECHANISM_INVALID", `the token has no mechanism 0x${type.toString(16)}`);
  return name;
}

/** A CK_MECHANISM as the token takes it. @throws ReturnedError CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID */
export function readMechanism({ mechanism, parameter }: RawMechanism): TokenChoice {
  const name = mechanismName(mechanism);
  return { mechanism: name, ...(ownParameters(parameter) ?? shapeOf(name).read(parameter)) } as TokenChoice;
}

/** For what C's bindings have no structure: `{ type: CK_PARAMS_PHSM, … }` gives the token's parameters by their own names. */
function ownParameters(parameter: unknown): MechanismParameters | undefined {
  if (typeof parameter !== "object" || parameter === null || bytesOf(parameter)) return undefined;
  const { type, ...own } = parameter as { readonly type?: unknown };
  return type === CK_PARAMS_PHSM ? own : undefined;
}
