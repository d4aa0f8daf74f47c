/** What the installed `@aws-sdk/client-kms` says about the operations of the KMS and their inputs. */

import * as sdk from "@aws-sdk/client-kms";

export interface SdkStructure {
  readonly members: readonly string[];
  readonly required: readonly string[];
}

/** An operation's schema: kind 9, namespace, name, traits, input, output. A structure's: kind 3 and then these. */
type OperationSchema = readonly [9, string, string, unknown, () => StructureSchema, () => StructureSchema];
type StructureSchema = readonly [3, string, string, unknown, readonly string[], readonly unknown[], number?];

/** Operation to the name of its input, for every operation of the client. */
export function sdkInputs(): ReadonlyMap<string, string> {
  return new Map(schemas<OperationSchema>(9).map((schema) => [schema[2], schema[4]()[2]]));
}

/** Name to members, for every structure of the client. */
export function sdkStructures(): ReadonlyMap<string, SdkStructure> {
  return new Map(
    schemas<StructureSchema>(3).map(([, , name, , members, , required = 0]) => [
      name,
      { members, required: members.slice(0, required) },
    ]),
  );
}

function schemas<Schema extends readonly [number, ...unknown[]]>(kind: Schema[0]): Schema[] {
  return Object.values(sdk as object).filter((item): item is Schema => Array.isArray(item) && item[0] === kind);
}

/** Name to values, for every enumeration of the client. */
export function sdkEnumerations(): ReadonlyMap<string, readonly string[]> {
  const isEnumeration = (item: unknown): item is Record<string, string> =>
    Object.prototype.toString.call(item) === "[object Object]" &&
    Object.values(item as object).every((value) => typeof value === "string");
  return new Map(
    Object.entries(sdk as Record<string, unknown>).flatMap(([name, item]) =>
      isEnumeration(item) ? [[name, Object.values(item)] as const] : [],
    ),
  );
}
