/** What a signed request says of its signature (AWS Signature Version 4), in its `Authorization` header or its query. */

import { fail } from "../kms/errors.ts";
import { ALGORITHM, basicDate, type Scope } from "../kms/signature-v4.ts";
import type { WireRequest } from "./wire-service.ts";

export interface SignatureParameters {
  readonly form: "header" | "query";
  readonly accessKeyId: string;
  /** The rest of the credential. */
  readonly scope: Scope;
  /** In lower case, in the order in which they are signed. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** As {@link basicDate} writes it. */
  readonly date: string;
  /** Of a query: for how many seconds after its date it is good. */
  readonly expires: number | undefined;
  readonly sessionToken: string | undefined;
}

const MAX_EXPIRES_SECONDS = 604_800;

/**
 * Reads the signature's parameters. The texts of refusals are those that AWS's services were seen to send.
 * @throws KmsError MissingAuthenticationTokenException, IncompleteSignatureException
 */
export function signatureParameters({ header, query }: WireRequest): SignatureParameters {
  const authorization = header("authorization")?.trim();
  if (authorization?.startsWith("AWS4-")) return ofHeader(authorization, header);
  if (query.has("X-Amz-Algorithm")) return ofQuery(query);
  return fail("MissingAuthenticationTokenException", "Missing Authentication Token");
}

function ofHeader(authorization: string, header: WireRequest["header"]): SignatureParameters {
  const [algorithm = "", ...rest] = authorization.split(/\s+/);
  const given = new Map(rest.join("").split(",").map(pairOf));
  const date = header("x-amz-date") ?? dateHeader(header("date"));
  const missing = ["Credential", "Signature", "SignedHeaders"]
    .filter((name) => !given.get(name))
    .map((name) => `Authorization header requires '${name}' parameter. `);
  if (date === undefined) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  }
  if (missing.length > 0) incomplete(`${missing.join("")}Authorization=${algorithm}`);
  return {
    form: "header",
    ...common(algorithm, given.get("Credential") as string, given.get("SignedHeaders") as string, date as string),
    signature: given.get("Signature") as string,
    expires: undefined,
    sessionToken: header("x-amz-security-token") ?? undefined,
  };
}

function ofQuery(query: URLSearchParams): SignatureParameters {
  const required = ["X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date", "X-Amz-Expires"];
  const missing = required.filter((name) => !query.get(name));
  if (missing.length > 0)
    incomplete(missing.map((name) => `AWS query-string parameters must include '${name}'. `).join(""));
  const repeated = [...required, "X-Amz-Algorithm"].find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) incomplete(`AWS query-string parameters must include '${repeated}' once.`);
  const [credential = "", signature = "", signedHeaders = "", date = "", expiresText = ""] = required.map((name) =>
    query.get(name),
  ) as string[];
  const expires = /^\d{1,6}$/.test(expiresText) ? Number(expiresText) : 0;
  if (expires < 1 || expires > MAX_EXPIRES_SECONDS) {
    incomplete(`X-Amz-Expires must be a number of seconds from 1 to ${MAX_EXPIRES_SECONDS}.`);
  }
  return {
    form: "query",
    ...common(query.get("X-Amz-Algorithm") as string, credential, signedHeaders, date),
    signature,
    expires,
    sessionToken: query.get("X-Amz-Security-Token") ?? undefined,
  };
}

type Common = Pick<SignatureParameters, "accessKeyId" | "scope" | "signedHeaders" | "date">;

function common(algorithm: string, credential: string, signedHeaders: string, date: string): Common {
  if (!/^\d{8}T\d{6}Z$/.test(date)) {
    incomplete(`Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`);
  }
  if (algorithm !== ALGORITHM) {
    incomplete(`Unsupported AWS 'algorithm': '${algorithm}' (only ${ALGORITHM} for now). `);
  }
  const [accessKeyId = "", ...scope] = credential.split("/");
  if (scope.length !== 4) {
    incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  return {
    accessKeyId,
    scope: scope as unknown as Scope,
    signedHeaders: signedHeaders.toLowerCase().split(";"),
    date,
  };
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** The `Date` header (RFC 9110, 5.6.7) in the form that is signed. */
function dateHeader(value: string | null): string | undefined {
  if (value === null || /^\d{8}T\d{6}Z$/.test(value)) return value ?? undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? value : basicDate(time);
}

function incomplete(message: string): never {
  return fail("IncompleteSignatureException", message);
}
