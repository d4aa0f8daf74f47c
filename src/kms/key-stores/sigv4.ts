/**
 * AWS Signature Version 4 of the requests to external key store proxies (External Key Store Proxy API Specification,
 * appendix A): service `kms-xks-proxy`, signed headers `host;x-amz-date`, no query.
 */

import { toHex, utf8 } from "../../bytes/bytes.ts";

const ALGORITHM = "AWS4-HMAC-SHA256";
const SERVICE = "kms-xks-proxy";

export interface ProxyCredential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What is signed of a request. */
export interface SignedRequest {
  readonly host: string;
  readonly path: string;
  readonly body: Uint8Array;
  readonly region: string;
  /** `20261122T141500Z` */
  readonly amzDate: string;
}

/** The time of a request as X-Amz-Date has it. */
export function amzDateOf(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** The value of the Authorization header. */
export async function authorizationOf(credential: ProxyCredential, request: SignedRequest): Promise<string> {
  const scope = [request.amzDate.slice(0, 8), request.region, SERVICE, "aws4_request"];
  const signedHeaders = "host;x-amz-date";
  const headers = [`host:${request.host}`, `x-amz-date:${request.amzDate}`, ""];
  const canonical = ["POST", request.path, "", ...headers, signedHeaders, toHex(await sha256(request.body))];
  const digest = toHex(await sha256(utf8(canonical.join("\n"))));
  const stringToSign = [ALGORITHM, request.amzDate, scope.join("/"), digest].join("\n");
  let key = utf8(`AWS4${credential.secretAccessKey}`);
  for (const part of scope) key = await hmac(key, part);
  const signature = toHex(await hmac(key, stringToSign));
  const named = `Credential=${credential.accessKeyId}/${scope.join("/")}`;
  return `${ALGORITHM} ${named}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

/** SHA-256 by Web Crypto: the token's own is behind a session, and what is hashed here is no secret of the token. */
export async function sha256(data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data as Uint8Array<ArrayBuffer>));
}

async function hmac(key: Uint8Array, text: string): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key as Uint8Array<ArrayBuffer>, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8(text) as Uint8Array<ArrayBuffer>));
}
