/** Points of prompts and answers: two coordinates, each a member of its own. */

import type { CurveName } from "../../../crypto/engine.ts";
import type { JsonObject } from "../../parsers/json.ts";
import { pointOf, unsignedHex } from "../../suites/keys.ts";
import { textAt } from "../../suites/support.ts";
import { hexOf } from "./support.ts";

/** How a point's members are called: `qx` and `qy`, or `publicIutX` and `publicIutY`. */
function namesOf(name: string): readonly [x: string, y: string] {
  return name === "q" ? ["qx", "qy"] : [`${name}X`, `${name}Y`];
}

/** The uncompressed point under a name. @throws Refusal when a coordinate is longer than the field's elements */
export function pointAt(curve: CurveName, fields: JsonObject, name: string): Uint8Array {
  const [x, y] = namesOf(name);
  return pointOf(curve, unsignedHex(textAt(fields, x)), unsignedHex(textAt(fields, y)));
}

/** The coordinates of an uncompressed point under a name. */
export function coordinates(point: Uint8Array, name: string): JsonObject {
  const [x, y] = namesOf(name);
  const length = (point.length - 1) / 2;
  return { [x]: hexOf(point.subarray(1, 1 + length)), [y]: hexOf(point.subarray(1 + length)) };
}
