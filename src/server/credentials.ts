/** Who a request is from: by its signature when there are rules for it, and else as it says. */

import { KmsError } from "../kms/errors.ts";
import { type SignatureRules, verifySignature } from "./sigv4.ts";
import type { WireCredentials, WireRequest } from "./wire-service.ts";

/** @throws KmsError of {@link verifySignature} or {@link readCredentials} */
export function credentialsOf(
  request: WireRequest,
  body: Uint8Array,
  service: "kms" | "sts",
  rules: SignatureRules | undefined,
): WireCredentials {
  return rules === undefined ? readCredentials(request) : verifySignature(request, body, service, rules);
}

/** What stands in `Authorization` behind the first `Credential=`; the parameters may come in any order. */
const CREDENTIAL = /^AWS4-HMAC-SHA256 (?:[^,]*,)*?\s*Credential=([^,]*)/;
/** `AccessKeyId/date/region/service/aws4_request` */
const SCOPE = /^([^/,\s]{1,128})\/[0-9]{8}\/([a-z0-9-]{1,64})\/[a-z0-9-]{1,64}\/aws4_request$/;

/** The parts of a request in which its sender is named. */
type Named = Pick<WireRequest, "header" | "query">;

/**
 * The credential scope of the `Authorization` header or of the `X-Amz-Credential` query parameter, and the session
 * token beside it. A request with neither is anonymous: an empty object.
 * @throws KmsError IncompleteSignatureException when there is a credential that cannot be read.
 */
export function readCredentials(request: Named): WireCredentials {
  const { header, query } = request;
  const credential = credentialOf(header("authorization")) ?? query.get("X-Amz-Credential") ?? undefined;
  if (credential === undefined) return {};
  const [, accessKeyId = "", region = ""] = SCOPE.exec(credential) ?? incomplete();
  return new ReadCredentials(accessKeyId, region, request);
}

/** The session token is looked for when somebody asks for it, as is done for credentials that were issued here. */
class ReadCredentials implements WireCredentials {
  readonly accessKeyId: string;
  readonly region: string;
  readonly #request: Named;

  constructor(accessKeyId: string, region: string, request: Named) {
    this.accessKeyId = accessKeyId;
    this.region = region;
    this.#request = request;
  }

  get sessionToken(): string | undefined {
    const { header, query } = this.#request;
    return header("x-amz-security-token") ?? query.get("X-Amz-Security-Token") ?? undefined;
  }
}

function credentialOf(authorization: string | null): string | undefined {
  if (authorization === null) return undefined;
  const [, credential = ""] = CREDENTIAL.exec(authorization.trim()) ?? incomplete();
  return credential.trimEnd();
}

function incomplete(): never {
  throw new KmsError(
    "IncompleteSignatureException",
    "Authorization must be 'AWS4-HMAC-SHA256 Credential=<key id>/<date>/<region>/<service>/aws4_request, …'",
  );
}
