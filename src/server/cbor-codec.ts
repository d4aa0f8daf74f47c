/** Smithy RPC v2 CBOR (smithy.io, "Smithy RPC v2 CBOR protocol"): blobs are byte strings, timestamps tag 1. */

import { Encoder } from "cbor-x/encode";
import { wipe } from "../bytes/bytes.ts";
import { type CborDialect, CborError, decodeCbor, demand, PREFERRED } from "../cbor/decode.ts";
import { TIMESTAMP } from "../cbor/items.ts";
import { fail } from "../kms/errors.ts";
import { wrongType } from "../kms/validate.ts";
import type { Protocol } from "./protocol.ts";

/** The namespace of the KMS service model, in which its exceptions have their full names. */
const NAMESPACE = "com.amazonaws.kms#";

/** Maps are objects, of two entries with one key the last counts; the one tag is that of timestamps, which are dates. */
const DIALECT: CborDialect = {
  ...PREFERRED,
  maxDepth: 15,
  isPreferred: false,
  mapOf(entries) {
    demand(
      entries.every(([key]) => typeof key === "string"),
      "a key of a map is not text",
    );
    return Object.fromEntries(entries);
  },
  taggedOf(tag, seconds) {
    demand(tag === TIMESTAMP && typeof seconds === "number", "there is a tag other than that of timestamps");
    return new Date(Math.round(seconds * 1000));
  },
};

const cbor = new Encoder({ useRecords: false, tagUint8Array: false });

export const rpcV2Cbor: Protocol = {
  type: "application/cbor",
  emptyType: undefined,
  headers: { "smithy-protocol": "rpc-v2-cbor" },

  /** An operation without required members may come without a body. */
  decodeInput(_shape, body) {
    const input = body.length === 0 ? {} : decode(body);
    return Object.prototype.toString.call(input) === "[object Object]" ? input : wrongType(input, "a structure");
  },

  encodeOutput: (output) => (output === undefined ? new Uint8Array(0) : encode(output)),

  encodeError: ({ name, wireMessage }) => encode({ __type: NAMESPACE + name, message: wireMessage }),
};

/** Byte strings are views of a copy, so that nobody else can change them. */
function decode(body: Uint8Array): unknown {
  try {
    return decodeCbor(Uint8Array.from(body), DIALECT);
  } catch (error) {
    if (error instanceof CborError) return fail("SerializationException", "The request body is not valid CBOR");
    throw error;
  }
}

/** The encoder writes into memory of its own, from which nothing is left behind. */
function encode(output: object): Uint8Array {
  const encoded = cbor.encode(withoutUndefined(output));
  const copy = Uint8Array.from(encoded);
  wipe(encoded);
  return copy;
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || value instanceof Date) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutUndefined(member)]));
}
