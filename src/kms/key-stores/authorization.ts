/** How requests to an external key store proxy are signed (External Key Store Proxy API Specification, appendix A). */

import { toHex } from "../../bytes/bytes.ts";
import { ALGORITHM, sign, TERMINATOR } from "../signature-v4.ts";

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

/** The value of the Authorization header. */
export function authorizationOf({ accessKeyId, secretAccessKey }: ProxyCredential, request: SignedRequest): string {
  const { host, path, body, region, amzDate: date } = request;
  const scope = [date.slice(0, 8), region, SERVICE, TERMINATOR] as const;
  const headers = [
    ["host", host],
    ["x-amz-date", date],
  ] as const;
  const { signature } = sign({ method: "POST", path, query: [], headers, body, date, scope }, secretAccessKey);
  const named = `Credential=${[accessKeyId, ...scope].join("/")}`;
  return `${ALGORITHM} ${named}, SignedHeaders=host;x-amz-date, Signature=${toHex(signature)}`;
}
