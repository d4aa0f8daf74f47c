import fc from "fast-check";
import { expect, test } from "vitest";
import { KmsError } from "../../src/kms/errors.ts";
import { createFetch } from "../../src/server/fetch.ts";
import type { WireService } from "../../src/server/wire-service.ts";
import { fakeService } from "./fake-service.ts";

const ROLE = "arn:aws:iam::111122223333:role/SenderRole";
const authorization =
  "AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0";

async function send(
  form: Record<string, string>,
  service: WireService = fakeService(),
  onError?: (e: unknown) => void,
) {
  const fetch = createFetch(service, { requestId: () => "id-1", ...(onError && { onError }) });
  const body = new URLSearchParams({ Version: "2011-06-15", ...form });
  const response = await fetch(new Request("http://localhost/", { method: "POST", body, headers: { authorization } }));
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}

test("AssumeRole answers in the XML of STS", async () => {
  const service = fakeService();
  const answer = await send({ Action: "AssumeRole", RoleArn: ROLE, RoleSessionName: "alice" }, service);
  expect(answer).toEqual({
    status: 200,
    type: "text/xml",
    text: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser>
      <AssumedRoleId>AROAEXAMPLE:alice</AssumedRoleId>
      <Arn>arn:aws:sts::111122223333:assumed-role/SenderRole/alice</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAEXAMPLE</AccessKeyId>
      <SecretAccessKey>c2VjcmV0+/=</SecretAccessKey>
      <SessionToken>token/with+signs==</SessionToken>
      <Expiration>2030-01-02T03:04:05Z</Expiration>
    </Credentials>
  </AssumeRoleResult>
  <ResponseMetadata>
    <RequestId>id-1</RequestId>
  </ResponseMetadata>
</AssumeRoleResponse>
`,
  });
  expect(service.roles).toEqual([{ roleArn: ROLE, sessionName: "alice", durationSeconds: 3600 }]);
});

test("GetCallerIdentity answers for the credentials of the request", async () => {
  const { status, text } = await send({ Action: "GetCallerIdentity" });
  expect(status).toBe(200);
  expect(text).toContain("<UserId>AKID</UserId>");
  expect(text).toContain("<Account>111122223333</Account>");
});

test("Constraints of AssumeRole are answered with a ValidationError in AWS's words", async () => {
  const base = { Action: "AssumeRole", RoleArn: ROLE, RoleSessionName: "alice" };
  const wrong: [Record<string, string>, string][] = [
    [
      { RoleArn: "arn" },
      "Value 'arn' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    ],
    [
      { RoleSessionName: "a" },
      "Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [{ RoleSessionName: "a b" }, "Member must satisfy regular expression pattern: [\\w+=,.@-]*"],
    [{ RoleSessionName: "a".repeat(65) }, "Member must have length less than or equal to 64"],
    [
      { DurationSeconds: "899" },
      "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [{ DurationSeconds: "43201" }, "Member must have value less than or equal to 43200"],
  ];
  for (const [change, message] of wrong) {
    const service = fakeService();
    const { status, text } = await send({ ...base, ...change }, service);
    expect(status).toBe(400);
    expect(text).toContain("<Type>Sender</Type>\n    <Code>ValidationError</Code>");
    expect(text).toContain(`<Message>1 validation error detected: `);
    expect(text).toContain(message);
    expect(service.roles).toEqual([]);
  }
  const { text } = await send({ Action: "AssumeRole" });
  expect(text).toContain(
    "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; " +
      "Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
  );
});

test("A session policy is refused rather than ignored", async () => {
  const base = { Action: "AssumeRole", RoleArn: ROLE, RoleSessionName: "alice" };
  for (const name of ["Policy", "PolicyArns.member.1.arn"]) {
    const service = fakeService();
    const { status, text } = await send({ ...base, [name]: "{}" }, service);
    expect(status).toBe(400);
    expect(text).toContain(`${name} is not supported here`);
    expect(service.roles).toEqual([]);
  }
});

test("A refusal of the service is AccessDenied with status 403, and its message is escaped", async () => {
  const { status, text } = await send({ Action: "AssumeRole", RoleArn: `${ROLE}Denied`, RoleSessionName: "alice" });
  expect(status).toBe(403);
  expect(text).toBe(`<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error>
    <Type>Sender</Type>
    <Code>AccessDenied</Code>
    <Message>not &lt;you&gt; &amp; me</Message>
  </Error>
  <RequestId>id-1</RequestId>
</ErrorResponse>
`);
});

test("An unknown action or version is an InvalidAction", async () => {
  for (const form of [{ Action: "Explode" }, { Action: "toString" }, { Action: "AssumeRole", Version: "1" }, {}]) {
    const { status, text } = await send(form as Record<string, string>);
    expect(status).toBe(400);
    expect(text).toContain("<Code>InvalidAction</Code>");
  }
});

test("An unexpected error is a Receiver's fault with a fixed text", async () => {
  const seen: unknown[] = [];
  for (const cause of [new Error("detail"), new KmsError("KMSInternalException", "detail")]) {
    const service = fakeService({}, { getCallerIdentity: () => Promise.reject(cause) });
    const { status, text } = await send({ Action: "GetCallerIdentity" }, service, (error) => seen.push(error));
    expect(status).toBe(500);
    expect(text).toContain("<Type>Receiver</Type>\n    <Code>InternalFailure</Code>");
    expect(text).not.toContain("detail");
  }
  expect(seen).toHaveLength(2);
});

test("No form whatever gives a 500, nor text that XML cannot hold", async () => {
  const errors: unknown[] = [];
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(ROLE, "900", "alice", "\u0000\u0001]]>", "-1"));
  const keys = fc.constantFrom("RoleArn", "RoleSessionName", "DurationSeconds", "Policy", "X", "__proto__");
  const form = fc.dictionary(keys, value, { maxKeys: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.constantFrom("AssumeRole", "GetCallerIdentity"), value),
      form,
      async (Action, rest) => {
        const { status, text } = await send({ ...rest, Action }, fakeService(), (error) => errors.push(error));
        expect([200, 400]).toContain(status);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
      },
    ),
    { numRuns: 300 },
  );
  const raw = new Request("http://localhost/", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: Uint8Array.of(0xff, 0xfe),
  });
  const answer = await createFetch(fakeService())(raw);
  expect(await answer.text()).toContain("<Code>MalformedInput</Code>");
  expect(errors).toEqual([]);
});
