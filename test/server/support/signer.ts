/** Signs requests (AWS Signature Version 4) with node:crypto, from the standard's text and not from our verifier's. */

import { createHash, createHmac } from "node:crypto";
import type { WireRequest } from "../../../src/server/wire-service.ts";

export interface Draft {
  method?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  body?: string;
  secret?: string;
  accessKeyId?: string;
  date?: string;
  day?: string;
  region?: string;
  service?: string;
  terminator?: string;
  /** Signed headers other than all of them. */
  signed?: string[];
  /** Makes it a signed URL that is good for so many seconds. */
  expires?: number;
  sessionToken?: string;
}

export const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const mac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

export function signed(draft: Draft): WireRequest & { readonly body: Uint8Array } {
  const { method = "POST", body = "{}", secret = SECRET, accessKeyId = "AKIDEXAMPLE" } = draft;
  const { date = "20260102T030405Z", region = "us-east-1", service = "kms", terminator = "aws4_request" } = draft;
  const scope = [draft.day ?? date.slice(0, 8), region, service, terminator];
  const token = draft.sessionToken;
  const headers: Record<string, string> = { host: "localhost", ...draft.headers };
  const query: Record<string, string> = { ...draft.query };
  if (draft.expires === undefined) {
    headers["x-amz-date"] ??= date;
    if (token !== undefined) headers["x-amz-security-token"] = token;
  }
  const names = draft.signed ?? Object.keys(headers).sort();
  if (draft.expires !== undefined) {
    Object.assign(query, {
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": [accessKeyId, ...scope].join("/"),
      "X-Amz-Date": date,
      "X-Amz-Expires": String(draft.expires),
      "X-Amz-SignedHeaders": names.join(";"),
      ...(token !== undefined && { "X-Amz-Security-Token": token }),
    });
  }
  const canonicalQuery = Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const canonicalHeaders = names.map((name) => `${name}:${headers[name]?.trim().replace(/ +/g, " ") ?? ""}\n`).join("");
  const canonical = [method, "/", canonicalQuery, canonicalHeaders, names.join(";"), sha256(body)].join("\n");
  const key = scope.reduce((parent: string | Buffer, part) => mac(parent, part), `AWS4${secret}`);
  const signature = mac(key, ["AWS4-HMAC-SHA256", date, scope.join("/"), sha256(canonical)].join("\n")).toString("hex");
  if (draft.expires !== undefined) query["X-Amz-Signature"] = signature;
  else {
    headers["authorization"] =
      `AWS4-HMAC-SHA256 Credential=${[accessKeyId, ...scope].join("/")}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  }
  return {
    method,
    path: "/",
    query: new URLSearchParams(query),
    header: (name) => headers[name] ?? null,
    body: new TextEncoder().encode(body),
  };
}
