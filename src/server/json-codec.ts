/** AWS JSON 1.1 (smithy.io, "AWS JSON 1.1 protocol"): blobs are base64, timestamps epoch seconds. */

import { fromBase64, toBase64 } from "../bytes/bytes.ts";
import { fail, type KmsError } from "../kms/errors.ts";
import { membersOf, type Shape, type StructureShape, shapeOf } from "../kms/shapes.ts";
import { wrongType } from "../kms/validate.ts";
import type { Protocol } from "./protocol.ts";

export const awsJson: Protocol = {
  type: "application/x-amz-json-1.1",
  emptyType: "application/x-amz-json-1.1",
  headers: {},

  /** Of the shape's members, base64 text becomes bytes and numbers become dates. */
  decodeInput(shape, body) {
    const input = parse(body);
    if (typeof input !== "object" || input === null || Array.isArray(input)) return wrongType(input, "a structure");
    return decode(shape, input);
  },

  /** No body at all for an operation that has no output, as AWS answers. */
  encodeOutput: (output) => (output === undefined ? new Uint8Array(0) : encoder.encode(JSON.stringify(encode(output)))),

  encodeError: (error: KmsError) => encoder.encode(JSON.stringify({ __type: error.name, message: error.wireMessage })),
};

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch {
    return fail("SerializationException", "The request body is not valid JSON");
  }
}

function decode(shape: Shape, input: unknown): unknown {
  if (input === null) return null;
  switch (shape.type) {
    case "blob":
      return decodeBlob(input);
    case "timestamp":
      return decodeTimestamp(input);
    case "list": {
      const member = shapeOf(shape.member);
      return Array.isArray(input) ? input.map((item) => decode(member, item)) : input;
    }
    case "structure":
      return typeof input === "object" ? decodeMembers(shape, input) : input;
    default:
      return input;
  }
}

function decodeMembers(shape: StructureShape, input: unknown): unknown {
  if (Array.isArray(input)) return input;
  const decoded: Record<string, unknown> = {};
  const given = input as Record<string, unknown>;
  for (const { name, member } of membersOf(shape)) {
    if (Object.hasOwn(given, name)) decoded[name] = decode(member, given[name]);
  }
  return decoded;
}

function decodeBlob(input: unknown): Uint8Array {
  if (typeof input !== "string") return wrongType(input, "a Blob");
  try {
    return fromBase64(input);
  } catch {
    return fail("SerializationException", "A blob is not valid base64");
  }
}

function decodeTimestamp(input: unknown): Date {
  if (typeof input !== "number") return wrongType(input, "a Timestamp");
  const date = new Date(Math.round(input * 1000));
  return Number.isNaN(date.getTime()) ? fail("SerializationException", "A timestamp is out of range") : date;
}

/** Members without a value are left out by `JSON.stringify`. */
function encode(output: unknown): unknown {
  if (typeof output !== "object" || output === null) return output;
  if (output instanceof Uint8Array) return toBase64(output);
  if (output instanceof Date) return output.getTime() / 1000;
  if (Array.isArray(output)) return output.map(encode);
  // A copy has each name as its own, `__proto__` too, so that to assign to it is safe.
  const encoded: Record<string, unknown> = { ...output };
  for (const name of Object.keys(encoded)) encoded[name] = encode(encoded[name]);
  return encoded;
}
