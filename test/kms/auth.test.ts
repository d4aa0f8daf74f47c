/** Signed requests from independent signers: the SDK's in process, and where they are installed the AWS CLI and boto3. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { CreateKeyCommand, DescribeKeyCommand, EncryptCommand, KMSClient, ListKeysCommand } from "@aws-sdk/client-kms";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, describe, expect, test } from "vitest";
import { type Answer, createKms, type Kms } from "../../src/kms.ts";
import { type Listener, serve } from "../../src/server.ts";
import { hasProgram } from "../support/programs.ts";

const ACCOUNT = "111122223333";
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Sender`;
const REGION = "us-east-1";
const KEY = { accessKeyId: "AKIDALICE", secretAccessKey: "alice's secret" };

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

function openKms(options: Parameters<typeof createKms>[0] = {}): Kms {
  const kms = createKms({ auth: "sigv4", ...options });
  open.push(kms);
  kms.addAccessKey({ ...KEY, principal: ALICE });
  return kms;
}

async function listen(kms: Kms): Promise<Listener> {
  const listener = await serve({ endpoint: kms.endpoint, port: 0 });
  open.push(listener);
  return listener;
}

const allow = (Action: string, Condition?: object) => ({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action, Resource: "*", ...(Condition && { Condition }) },
});
const config = (kms: Kms, credentials: object) => ({ ...kms.clientConfig(), credentials: credentials as typeof KEY });
const refused = (name: string, message: unknown = expect.any(String)) => expect.objectContaining({ name, message });

describe("with sigv4", () => {
  test("a request is its signer's", async () => {
    const kms = openKms();
    const root = new KMSClient(kms.clientConfig());
    const { KeyMetadata } = await root.send(new CreateKeyCommand({}));
    const alice = new KMSClient(config(kms, KEY));
    const input = new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId });
    await expect(alice.send(input)).rejects.toEqual(refused("AccessDeniedException", expect.stringContaining(ALICE)));
    kms.attachRolePolicy(ALICE, "describe", allow("kms:DescribeKey"));
    await expect(alice.send(input)).resolves.toBeDefined();
  });

  test("another door's own principal needs no access key to be given", async () => {
    const kms = openKms();
    kms.attachRolePolicy(ROLE, "list", allow("kms:ListKeys"));
    const role = new KMSClient(kms.as(ROLE).clientConfig());
    await expect(role.send(new ListKeysCommand({}))).resolves.toBeDefined();
    await expect(role.send(new CreateKeyCommand({}))).rejects.toEqual(refused("AccessDeniedException"));
  });

  test.each([
    ["an unknown access key", { accessKeyId: "AKIDUNKNOWN" }, "UnrecognizedClientException"],
    ["another secret", { secretAccessKey: "guess" }, "InvalidSignatureException"],
    ["a session token that does not belong to it", { sessionToken: "x" }, "UnrecognizedClientException"],
  ])("%s is refused", async (_, change, name) => {
    const client = new KMSClient(config(openKms(), { ...KEY, ...change }));
    await expect(client.send(new ListKeysCommand({}))).rejects.toEqual(refused(name));
  });

  test("a request for what is no Region is refused", async () => {
    const client = new KMSClient({ ...openKms().clientConfig(), region: "nowhere" });
    const message = "Credential should be scoped to a valid region, not 'nowhere'. ";
    await expect(client.send(new ListKeysCommand({}))).rejects.toEqual(refused("InvalidSignatureException", message));
  });

  test("a request without a signature is refused, and a body that was altered on the way", async () => {
    const kms = openKms();
    const headers = { "x-amz-target": "TrentService.ListKeys", "content-type": "application/x-amz-json-1.1" };
    const answer = await kms.fetch(new Request("http://localhost/", { method: "POST", headers, body: "{}" }));
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { __type: "MissingAuthenticationTokenException", message: "Missing Authentication Token" },
    ]);
    const { requestHandler, ...rest } = kms.clientConfig();
    const handle: typeof requestHandler.handle = (request, options) =>
      requestHandler.handle({ ...request, body: String(request.body).replace("10", "11") }, options);
    const client = new KMSClient({ ...rest, requestHandler: { ...requestHandler, handle } });
    await expect(client.send(new ListKeysCommand({ Limit: 10 }))).rejects.toEqual(refused("InvalidSignatureException"));
  });

  test("a client whose clock differs from the KMS's corrects itself by the date of the refusal", async () => {
    const kms = openKms();
    kms.clock.advance({ days: 7 });
    const client = new KMSClient(kms.clientConfig());
    await expect(client.send(new ListKeysCommand({}))).resolves.toBeDefined();
  });

  test("the role that AssumeRole gives is verified by its own secret, with its session tags", async () => {
    const kms = openKms();
    kms.attachRolePolicy(ROLE, "team", allow("kms:ListKeys", { StringEquals: { "aws:PrincipalTag/team": "blue" } }));
    const sts = new STSClient(config(kms, KEY));
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(ALICE);
    const assume = async (team: string): Promise<KMSClient> => {
      const input = { RoleArn: ROLE, RoleSessionName: "session", Tags: [{ Key: "team", Value: team }] };
      const { Credentials } = await sts.send(new AssumeRoleCommand(input));
      const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
      return new KMSClient(
        config(kms, { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }),
      );
    };
    await expect((await assume("blue")).send(new ListKeysCommand({}))).resolves.toBeDefined();
    await expect((await assume("red")).send(new ListKeysCommand({}))).rejects.toEqual(refused("AccessDeniedException"));
  });

  test("GetSessionToken gives a user its own temporary credentials, until they expire, and a role none", async () => {
    const kms = openKms();
    kms.clock.freeze();
    kms.attachRolePolicy(ALICE, "list", allow("kms:ListKeys"));
    const session = await new STSClient(config(kms, KEY)).send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
    const { AccessKeyId, SecretAccessKey, SessionToken } = session.Credentials ?? {};
    const temporary = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    const client = new KMSClient(config(kms, temporary));
    await expect(client.send(new ListKeysCommand({}))).resolves.toBeDefined();
    const again = new STSClient(config(kms, temporary)).send(new GetSessionTokenCommand({}));
    await expect(again).rejects.toMatchObject({ name: "AccessDenied" });
    kms.clock.advance({ seconds: 900 });
    const expired = "The security token included in the request is expired";
    await expect(client.send(new ListKeysCommand({}))).rejects.toEqual(refused("ExpiredTokenException", expired));
  });

  test("STS has its own names for the same refusals", async () => {
    const kms = openKms();
    const ask = (change: object) =>
      new STSClient(config(kms, { ...KEY, ...change })).send(new GetCallerIdentityCommand({}));
    await expect(ask({ secretAccessKey: "guess" })).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    await expect(ask({ accessKeyId: "AKIDUNKNOWN" })).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });
});

describe("the circumstances of a request", () => {
  test("over HTTP are its address, its transport and its user agent", async () => {
    const decisions: Answer[] = [];
    const kms = openKms({ auth: "none", onDecision: (decision) => decisions.push(decision) });
    const conditions = {
      IpAddress: { "aws:SourceIp": "127.0.0.0/8" },
      Bool: { "aws:SecureTransport": "false" },
      StringLike: { "aws:UserAgent": "*aws-sdk-js*" },
    };
    kms.attachRolePolicy(ROLE, "near", allow("kms:ListKeys", conditions));
    const { url } = await serve({ endpoint: kms.as(ROLE).endpoint, port: 0 }).then((listener) => {
      open.push(listener);
      return listener;
    });
    const client = new KMSClient({ endpoint: url, region: REGION, credentials: KEY });
    await client.send(new ListKeysCommand({})).catch(() => undefined);
    // The access key is Alice's whichever door it comes through.
    expect(decisions.at(-1)).toMatchObject({ allowed: false, principal: ALICE, action: "kms:ListKeys" });
    const unknown = { accessKeyId: "AKIDUNKNOWN", secretAccessKey: "x" };
    const role = new KMSClient({ endpoint: url, region: REGION, credentials: unknown });
    await expect(role.send(new ListKeysCommand({}))).resolves.toBeDefined();
    expect(decisions.at(-1)).toEqual({
      allowed: true,
      reason: "identity-policy",
      source: { kind: "identity-policy", policy: "near", index: 0 },
      principal: ROLE,
      action: "kms:ListKeys",
      resource: "*",
    });
  });

  test("of a door are what it was opened with, such as the service that calls", async () => {
    const kms = openKms();
    const { KeyMetadata } = await kms.client().send(new CreateKeyCommand({}));
    const via = { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } };
    kms.attachRolePolicy(ROLE, "via", allow("kms:Encrypt", via));
    const encrypt = new EncryptCommand({ KeyId: KeyMetadata?.KeyId, Plaintext: Uint8Array.of(1) });
    const viaService = (service: string) => kms.as(ROLE, { viaService: service }).client().send(encrypt);
    await expect(viaService("s3.us-east-1.amazonaws.com")).resolves.toBeDefined();
    await expect(viaService("ec2.us-east-1.amazonaws.com")).rejects.toEqual(refused("AccessDeniedException"));
    await expect(kms.as(ROLE).client().send(encrypt)).rejects.toEqual(refused("AccessDeniedException"));
  });

  test("of an access key are what it was given with", async () => {
    const kms = openKms();
    const viaService = "s3.us-east-1.amazonaws.com";
    kms.addAccessKey({
      accessKeyId: "AKIDVIA",
      secretAccessKey: "x",
      principal: ROLE,
      viaService,
      tags: { team: "a" },
    });
    const StringEquals = { "kms:ViaService": viaService, "aws:PrincipalTag/team": "a" };
    kms.attachRolePolicy(ROLE, "via", allow("kms:ListKeys", { StringEquals }));
    const client = new KMSClient(config(kms, { accessKeyId: "AKIDVIA", secretAccessKey: "x" }));
    await expect(client.send(new ListKeysCommand({}))).resolves.toBeDefined();
  });
});

/** A signed URL of STS, as it proves who somebody is to a third party. */
const BOTO3 = `
import boto3, botocore, sys, urllib.request
def client(service, secret):
    return boto3.client(service, endpoint_url=sys.argv[1], region_name="${REGION}",
        aws_access_key_id="${KEY.accessKeyId}", aws_secret_access_key=secret)
secret = sys.argv[2]
key = client("kms", secret).create_key()["KeyMetadata"]["KeyId"]
blob = client("kms", secret).encrypt(KeyId=key, Plaintext=b"x" * 100, EncryptionContext={"a b": "c/d"})["CiphertextBlob"]
print(len(client("kms", secret).decrypt(CiphertextBlob=blob, EncryptionContext={"a b": "c/d"})["Plaintext"]))
print(client("sts", secret).get_caller_identity()["Arn"])
url = client("sts", secret).generate_presigned_url("get_caller_identity", HttpMethod="GET")
print("user/alice" in urllib.request.urlopen(url).read().decode())
for service, operation in ("kms", "list_keys"), ("sts", "get_caller_identity"):
    try:
        getattr(client(service, "guess"), operation)()
    except botocore.exceptions.ClientError as error:
        print(error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
`;

async function output(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  await once(child, "close");
  return text;
}

const hasBoto3 = hasProgram("python3") && (await output("python3", ["-c", "import boto3"])) === "";
const withBoto3 = hasBoto3 ? "with boto3" : "with boto3 [skipped: python3 with boto3 is not installed]";
const withCli = hasProgram("aws") ? "with the AWS CLI" : "with the AWS CLI [skipped: the program aws is not installed]";

describe("over a socket", () => {
  test.skipIf(!hasBoto3)(`${withBoto3}, requests and signed URLs are verified`, { timeout: 60_000 }, async () => {
    const kms = openKms();
    kms.attachRolePolicy(ALICE, "all", allow("kms:*"));
    const { url } = await listen(kms);
    expect((await output("python3", ["-c", BOTO3, url, KEY.secretAccessKey])).split("\n")).toEqual([
      "100",
      ALICE,
      "True",
      "InvalidSignatureException 400",
      "SignatureDoesNotMatch 403",
      "",
    ]);
  });

  test.skipIf(!hasProgram("aws"))(`${withCli}, requests are verified`, { timeout: 60_000 }, async () => {
    const kms = openKms();
    const { url } = await listen(kms);
    const args = ["--endpoint-url", url, "--region", REGION, "--output", "text", "kms", "list-keys"];
    const env = (secret: string) => ({ AWS_ACCESS_KEY_ID: KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: secret });
    expect(await output("aws", args, env("guess"))).toContain("InvalidSignatureException");
    expect(await output("aws", args, env(KEY.secretAccessKey))).toContain(`${ALICE} is not authorized to perform`);
    kms.attachRolePolicy(ALICE, "list", allow("kms:ListKeys"));
    expect((await output("aws", args, env(KEY.secretAccessKey))).trim()).toBe("");
  });
});
