/**
 * AWS Signature Version 4 (IAM user guide, "Create a signed AWS API request"): what is signed of a request, and with which
 * key. Who signs and who verifies go the same way. The hash is noble's: the token's is behind a session, and no key of the
 * token's is in this.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { toHex, utf8 } from "../bytes/bytes.ts";

export const ALGORITHM = "AWS4-HMAC-SHA256";
export const TERMINATOR = "aws4_request";

/** What a signature is good for; the day is that of its date, `YYYYMMDD`. */
export type Scope = readonly [day: string, region: string, service: string, terminator: string];

export interface RequestToSign {
  readonly method: string;
  /** As it goes over the wire. It is encoded once more, as for all services but S3. */
  readonly path: string;
  /** Names and values, decoded; without a signature. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Names in lower case, in the order in which they are signed. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** As {@link basicDate} writes it. */
  readonly date: string;
  readonly scope: Scope;
}

export interface Signed {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  /** 32 bytes. */
  readonly signature: Uint8Array;
}

export function sign(request: RequestToSign, secretAccessKey: string): Signed {
  const { date, scope } = request;
  const canonicalRequest = canonicalRequestOf(request);
  const stringToSign = [ALGORITHM, date, scope.join("/"), hashOf(utf8(canonicalRequest))].join("\n");
  const key = scope.reduce(mac, utf8(`AWS4${secretAccessKey}`));
  return { canonicalRequest, stringToSign, signature: mac(key, stringToSign) };
}

function canonicalRequestOf({ method, path, query, headers, body }: RequestToSign): string {
  const uri = path.split("/").map(encode).join("/");
  const lines = headers.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, " ")}\n`).join("");
  const names = headers.map(([name]) => name).join(";");
  return [method, uri, canonicalQuery(query), lines, names, hashOf(body)].join("\n");
}

function canonicalQuery(query: RequestToSign["query"]): string {
  return query
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** Percent-encoding of everything that is not unreserved (RFC 3986, 2.3). */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function hashOf(data: Uint8Array): string {
  return toHex(sha256(data));
}

function mac(key: Uint8Array, text: string): Uint8Array {
  return hmac(sha256, key, utf8(text));
}

/** ISO 8601 basic format to the second, `YYYYMMDDTHHMMSSZ`. @param milliseconds since the epoch */
export function basicDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** Milliseconds since the epoch of a {@link basicDate}, or NaN. */
export function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}
