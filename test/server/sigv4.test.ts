import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
import { KmsError } from "../../src/kms/errors.ts";
import { type SignatureRules, verifySignature } from "../../src/server/sigv4.ts";
import type { WireRequest } from "../../src/server/wire-service.ts";
import { type Draft, SECRET, signed } from "./support/signer.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const rules: SignatureRules = {
  now: () => NOW,
  isRegion: (region) => region === "us-east-1",
  secretOf: (id) => (id === "AKIDEXAMPLE" ? SECRET : undefined),
};
const MISMATCH =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

type Signed = ReturnType<typeof signed>;
const verify = (request: Signed, more: Partial<SignatureRules> = {}) =>
  verifySignature(request, request.body, "kms", { ...rules, ...more });

function refusal(request: Signed, more: Partial<SignatureRules> = {}): { name: string; message: string | undefined } {
  try {
    verify(request, more);
  } catch (error) {
    if (error instanceof KmsError) return { name: error.name, message: error.wireMessage };
    throw error;
  }
  return expect.unreachable("accepted");
}

const withHeader = (request: Signed, name: string, value: string | null): Signed => ({
  ...request,
  header: (wanted) => (wanted === name ? value : request.header(wanted)),
});
const withQuery = (request: Signed, name: string, value: string | null): Signed => {
  const query = new URLSearchParams(request.query);
  if (value === null) query.delete(name);
  else query.set(name, value);
  return { ...request, query };
};
const target = { "x-amz-target": "TrentService.ListKeys", "content-type": "application/x-amz-json-1.1" };
const FORMS: [string, Draft][] = [
  ["header", { headers: target }],
  ["query", { headers: target, expires: 60 }],
];

test("AWS's own example of a signature is verified", () => {
  const headers: Record<string, string> = {
    host: "iam.amazonaws.com",
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    "x-amz-date": "20150830T123600Z",
    authorization:
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, " +
      "SignedHeaders=content-type;host;x-amz-date, " +
      "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
  };
  const request: WireRequest = {
    method: "GET",
    path: "/",
    query: new URLSearchParams("Action=ListUsers&Version=2010-05-08"),
    header: (name) => headers[name] ?? null,
    body: new Uint8Array(0),
  };
  const now = (): number => Date.UTC(2015, 7, 30, 12, 36);
  const credentials = verifySignature(request, new Uint8Array(0), "iam", { ...rules, now });
  expect(credentials).toEqual({ accessKeyId: "AKIDEXAMPLE", region: "us-east-1" });
});

describe.each(FORMS)("the %s form", (_, draft) => {
  test("is accepted, with the session token beside it", () => {
    expect(verify(signed(draft))).toEqual({ accessKeyId: "AKIDEXAMPLE", region: "us-east-1" });
    expect(verify(signed({ ...draft, sessionToken: "a/b+c=" }))).toMatchObject({ sessionToken: "a/b+c=" });
  });

  test("covers names and values with every kind of character", () => {
    const query = { "a b": "x+y&z=1", "~-_.": "é!'()*", b: "", B: "/" };
    expect(verify(signed({ ...draft, query }))).toBeDefined();
    expect(refusal(withQuery(signed({ ...draft, query }), "b", "1")).message).toBe(MISMATCH);
  });

  test("takes runs of spaces in a header for one, as the standard does", () => {
    const spaced = signed({ ...draft, headers: { ...target, "x-note": "  a   b " } });
    expect(verify(withHeader(spaced, "x-note", "a b"))).toBeDefined();
  });

  test.each([
    ["another secret", signed({ ...draft, secret: "other" })],
    ["another body", { ...signed(draft), body: utf8("{ }") }],
    ["an empty body", { ...signed(draft), body: utf8("") }],
    ["another method", { ...signed(draft), method: "GET" }],
    ["another operation", withHeader(signed(draft), "x-amz-target", "TrentService.CreateKey")],
    ["a signed header taken away", withHeader(signed(draft), "content-type", null)],
    ["another host", withHeader(signed(draft), "host", "example.com")],
    ["a parameter added", withQuery(signed(draft), "x", "1")],
  ])("%s does not match", (_, request) => {
    expect(refusal(request)).toEqual({ name: "InvalidSignatureException", message: MISMATCH });
  });

  test("everything that is wrong with the scope is in one message", () => {
    const wrong = { region: "eu-west-1", service: "s3", terminator: "aws5", day: "20251231" };
    expect(refusal(signed({ ...draft, ...wrong }))).toEqual({
      name: "InvalidSignatureException",
      message:
        "Credential should be scoped to a valid region, not 'eu-west-1'. " +
        "Credential should be scoped to correct service: 'kms'. " +
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'. " +
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
        "'20251231' != '20260102', from '20260102T030405Z'.",
    });
  });

  test("an access key that does not exist is unrecognized", () => {
    expect(refusal(signed({ ...draft, accessKeyId: "AKIDUNKNOWN" }))).toEqual({
      name: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    });
  });

  test("the host and the operation have to be signed", () => {
    const message = (name: string): string => `'${name}' must be a 'SignedHeader' in the AWS Authorization.`;
    const without = (name: string): Signed =>
      signed({ ...draft, signed: ["content-type", "host", "x-amz-target"].filter((one) => one !== name) });
    expect(refusal(without("host"))).toEqual({ name: "InvalidSignatureException", message: message("Host") });
    expect(refusal(without("x-amz-target")).message).toBe(message("X-Amz-Target"));
  });
});

describe("the time of a signature", () => {
  const at = (milliseconds: number): Partial<SignatureRules> => ({ now: () => NOW + milliseconds });
  const header = signed({ headers: target });
  const query = signed({ headers: target, expires: 60 });

  test.each([
    [header, -300_000],
    [header, 300_000],
    [query, -300_000],
    [query, 60_000],
  ])("is inside its bounds (%#)", (request, offset) => {
    expect(verify(request, at(offset))).toBeDefined();
  });

  test("a header's is five minutes either way", () => {
    expect(refusal(header, at(300_001))).toEqual({
      name: "InvalidSignatureException",
      message: "Signature expired: 20260102T030405Z is now earlier than 20260102T030405Z (20260102T030905Z - 5 min.)",
    });
    expect(refusal(header, at(-301_000))).toEqual({
      name: "InvalidSignatureException",
      message:
        "Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z (20260102T025904Z + 5 min.)",
    });
  });

  test("a URL's is as long as it says", () => {
    expect(refusal(query, at(61_000)).message).toBe(
      "Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z (20260102T030506Z - 60 sec.)",
    );
    expect(refusal(query, at(-301_000)).message).toMatch(/^Signature not yet current/);
  });

  test("cannot be made longer", () => {
    expect(refusal(withQuery(query, "X-Amz-Expires", "3600"), at(61_000)).message).toBe(MISMATCH);
    expect(refusal(withQuery(query, "X-Amz-Date", "20260102T030505Z"), at(61_000)).message).toBe(MISMATCH);
    expect(refusal(withHeader(header, "x-amz-date", "20260102T030905Z"), at(300_001)).message).toBe(MISMATCH);
  });

  test("may stand in the Date header", () => {
    const headers = { ...target, date: "Fri, 02 Jan 2026 03:04:05 GMT", "x-amz-date": "" };
    const request = signed({ headers, signed: ["content-type", "date", "host", "x-amz-target"] });
    expect(verify(withHeader(request, "x-amz-date", null))).toBeDefined();
  });
});

describe("what cannot be read", () => {
  const incomplete = (message: string) => ({ name: "IncompleteSignatureException", message });
  const authorized = (authorization: string | null): Signed => withHeader(signed({}), "authorization", authorization);

  test.each([[null], ["Bearer x"], ["Basic eDp5"]])("an Authorization header %s is no signature", (authorization) => {
    expect(refusal(authorized(authorization))).toEqual({
      name: "MissingAuthenticationTokenException",
      message: "Missing Authentication Token",
    });
  });

  const CREDENTIAL = "AKIDEXAMPLE/20260102/us-east-1/kms/aws4_request";
  test.each([
    [
      "AWS4-HMAC-SHA256",
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256",
    ],
    [
      `AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, Signature=0`,
      "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256",
    ],
    [
      `AWS4-HMAC-SHA1 Credential=${CREDENTIAL}, SignedHeaders=host, Signature=0`,
      "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1' (only AWS4-HMAC-SHA256 for now). ",
    ],
    [
      "AWS4-HMAC-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=0",
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c/d'",
    ],
  ])("%s is incomplete", (authorization, message) => {
    expect(refusal(authorized(authorization))).toEqual(incomplete(message));
  });

  test("a date has to be there, and to be one", () => {
    expect(refusal(withHeader(signed({}), "x-amz-date", null))).toEqual(
      incomplete(
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256",
      ),
    );
    expect(refusal(withHeader(signed({}), "x-amz-date", "201"))).toEqual(
      incomplete("Date must be in ISO-8601 'basic format'. Got '201'. See http://en.wikipedia.org/wiki/ISO_8601"),
    );
    expect(refusal(signed({ date: "20269999T999999Z" }))).toMatchObject({ name: "InvalidSignatureException" });
  });

  test("a URL needs all its parameters, once", () => {
    const url = signed({ expires: 60 });
    for (const name of ["Credential", "Signature", "SignedHeaders", "Date", "Expires"]) {
      const message = `AWS query-string parameters must include 'X-Amz-${name}'. `;
      expect(refusal(withQuery(url, `X-Amz-${name}`, null))).toEqual(incomplete(message));
    }
    for (const expires of ["0", "604801", "-1", "1e3", "x"]) {
      expect(refusal(withQuery(url, "X-Amz-Expires", expires)).message).toMatch(/^X-Amz-Expires must be/);
    }
    const twice = new URLSearchParams(url.query);
    twice.append("X-Amz-Credential", "other/20260102/us-east-1/kms/aws4_request");
    expect(refusal({ ...url, query: twice }).message).toMatch(/'X-Amz-Credential' once/);
  });

  test.each(["a@b", ":", "", "\u00e9"])("a signed header %j, which none can have, does not match", (name) => {
    const headers = new Headers(target);
    const { header, ...request } = signed({ headers: target });
    const authorization = header("authorization")?.replace("SignedHeaders=", `SignedHeaders=${name};`) ?? null;
    const fetched = { ...request, header: (wanted: string) => headers.get(wanted) ?? header(wanted) };
    expect(refusal(withHeader(fetched, "authorization", authorization)).message).toBe(MISMATCH);
  });

  test("a signature that is not 64 digits does not match", () => {
    for (const signature of ["0", "Z".repeat(64), "A".repeat(64)]) {
      const request = withQuery(signed({ expires: 60 }), "X-Amz-Signature", signature);
      expect(refusal(request).message).toBe(MISMATCH);
    }
  });
});

test("a mismatch says in its cause what a client has to compare with, and never the secret", () => {
  const request = { ...signed({ headers: target }), body: utf8("{ }") };
  try {
    verify(request);
    expect.unreachable();
  } catch (error) {
    const { cause } = error as KmsError & { cause: Error };
    expect(cause.message).toContain("x-amz-target:TrentService.ListKeys\n");
    expect(`${cause.message}${cause.stack}`).not.toContain(SECRET);
  }
});
