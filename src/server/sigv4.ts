/** Verifies a request's signature (AWS Signature Version 4). */

import { equalBytes, fromHex } from "../bytes/bytes.ts";
import { fail, KmsError } from "../kms/errors.ts";
import { basicDate, sign, TERMINATOR, timeOf } from "../kms/signature-v4.ts";
import { type SignatureParameters, signatureParameters } from "./signature-parameters.ts";
import type { WireCredentials, WireRequest } from "./wire-service.ts";

export interface SignatureRules {
  /** The time that dates of signatures are held against, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether requests may be signed for the region. */
  readonly isRegion: (region: string) => boolean;
  /** The secret access key, or `undefined` for an access key that does not exist. */
  readonly secretOf: (accessKeyId: string) => string | undefined;
}

/** A signature may be so much older or younger than the clock: 5 minutes. */
const SKEW_MS = 300_000;

/** Headers that say what is done or by whom: unsigned, they could be exchanged on the way. */
const MUST_BE_SIGNED = ["host", "x-amz-target", "x-amz-security-token"];

/**
 * Whose request this is, when its signature is right for this body, service, region and time. A session's token is not
 * looked at here. A request that is sent twice is accepted twice while its signature is fresh, as at AWS.
 * @throws KmsError MissingAuthenticationTokenException, IncompleteSignatureException, InvalidSignatureException,
 * UnrecognizedClientException, in the order in which AWS's services were seen to check.
 */
export function verifySignature(
  request: WireRequest,
  body: Uint8Array,
  service: string,
  rules: SignatureRules,
): WireCredentials {
  const parameters = signatureParameters(request);
  requireFresh(parameters, rules.now());
  requireSigned(parameters, request);
  requireScope(parameters, service, rules);
  const { accessKeyId, sessionToken, scope } = parameters;
  const secret = rules.secretOf(accessKeyId);
  if (secret === undefined)
    fail("UnrecognizedClientException", "The security token included in the request is invalid.");
  requireMatch(parameters, request, body, secret);
  return { accessKeyId, region: scope[1], ...(sessionToken !== undefined && { sessionToken }) };
}

function requireFresh({ date, expires }: SignatureParameters, now: number): void {
  const time = timeOf(date);
  const lifetime = expires === undefined ? SKEW_MS : expires * 1000;
  const allowance = expires === undefined ? "5 min." : `${expires} sec.`;
  // The negation of "inside", so that a date that is none is refused.
  if (!(time >= now - lifetime)) {
    invalid(
      `Signature expired: ${date} is now earlier than ${basicDate(now - lifetime)} (${basicDate(now)} - ${allowance})`,
    );
  }
  if (time > now + SKEW_MS) {
    invalid(
      `Signature not yet current: ${date} is still later than ${basicDate(now + SKEW_MS)} (${basicDate(now)} + 5 min.)`,
    );
  }
}

function requireSigned({ signedHeaders }: SignatureParameters, { header }: WireRequest): void {
  const unsigned = MUST_BE_SIGNED.find((name) => header(name) !== null && !signedHeaders.includes(name));
  const missing = unsigned ?? (signedHeaders.includes("host") ? undefined : "host");
  if (missing === undefined) return;
  const name = missing.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
  invalid(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
}

/** Everything that is wrong with the scope, in one message. */
function requireScope({ scope, date }: SignatureParameters, expected: string, { isRegion }: SignatureRules): void {
  const [day, region, service, terminator] = scope;
  const wrong = [
    ...(isRegion(region) ? [] : [`Credential should be scoped to a valid region, not '${region}'. `]),
    ...(service === expected ? [] : [`Credential should be scoped to correct service: '${expected}'. `]),
    ...(terminator === TERMINATOR
      ? []
      : [`Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${terminator}'. `]),
    ...(day === date.slice(0, 8)
      ? []
      : [
          "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
            `'${day}' != '${date.slice(0, 8)}', from '${date}'.`,
        ]),
  ];
  if (wrong.length > 0) invalid(wrong.join(""));
}

const MISMATCH =
  "The request signature we calculated does not match the signature you provided. " +
  "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/** What can name a header (RFC 9110, 5.6.2), in lower case: `Headers` throw when they are asked for another name. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** The error's cause has the canonical request, which is what a client's own must be compared with. */
function requireMatch(parameters: SignatureParameters, request: WireRequest, body: Uint8Array, secret: string): void {
  const { date, scope, signature, signedHeaders } = parameters;
  const { method, path, header } = request;
  const headers = signedHeaders.map((name) => [name, (TOKEN.test(name) ? header(name) : null) ?? ""] as const);
  const query = [...request.query].filter(([name]) => name !== "X-Amz-Signature");
  const expected = sign({ method, path, query, headers, body, date, scope }, secret);
  if (/^[0-9a-f]{64}$/.test(signature) && equalBytes(fromHex(signature), expected.signature)) return;
  const { canonicalRequest, stringToSign } = expected;
  const cause = new Error(`the canonical request is\n${canonicalRequest}\nand the string to sign\n${stringToSign}`);
  throw new KmsError("InvalidSignatureException", MISMATCH, { cause });
}

function invalid(message: string): never {
  return fail("InvalidSignatureException", message);
}
