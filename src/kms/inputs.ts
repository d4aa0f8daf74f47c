/** The input of every operation of the KMS, as the service model has it (model.ts). */

import { INPUTS } from "./model.ts";
import type { InputOf, StructureShape } from "./shapes.ts";

export type OperationName = keyof typeof INPUTS;

/** The validated input of an operation: `OperationInput<"Encrypt">`. */
export type OperationInput<Name extends OperationName> = InputOf<(typeof INPUTS)[Name]>;

/** The input shape of an operation. */
export function inputShape(name: OperationName): StructureShape {
  return INPUTS[name];
}
