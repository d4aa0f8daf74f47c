/** A conversation in Python: boto3 as the client, the control routes beside it. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "../support/programs.ts";
import { type Server, startServer } from "./endpoint.ts";

const execute = promisify(execFile);

const SCRIPT = `
import json, sys, urllib.request
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url = sys.argv[1]

def control(method, path, body=None):
    data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    request = urllib.request.Request(f"{url}/_pocket-hsm/{path}", data=data, method=method)
    with urllib.request.urlopen(request) as response:
        return json.load(response)

def client(attempts):
    return boto3.client("kms", endpoint_url=url, region_name="us-east-1", aws_access_key_id="A",
                        aws_secret_access_key="B", config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}))

kms = client(3)
control("POST", "seed", """
keys:
  - id: 1234abcd-12ab-34cd-56ef-1234567890ab
    alias: alias/orders
""")
sealed = kms.encrypt(KeyId="alias/orders", Plaintext=b"attack at dawn", EncryptionContext={"tenant": "a"})

control("POST", "faults", {"operation": "Decrypt", "error": "ThrottlingException", "times": 2})
opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext={"tenant": "a"})
assert opened["Plaintext"] == b"attack at dawn"
assert opened["ResponseMetadata"]["RetryAttempts"] == 2, opened["ResponseMetadata"]

control("POST", "faults", {"drop": "request", "times": 1})
kms.generate_random(NumberOfBytes=8)

control("POST", "faults", {"key": "alias/orders", "error": "KeyUnavailableException"})
try:
    client(1).encrypt(KeyId="alias/orders", Plaintext=b"x")
    raise AssertionError("no fault")
except ClientError as error:
    assert error.response["Error"]["Code"] == "KeyUnavailableException", error.response
control("DELETE", "faults")

kms.schedule_key_deletion(KeyId="1234abcd-12ab-34cd-56ef-1234567890ab", PendingWindowInDays=7)
control("POST", "clock", {"advance": {"days": 7}})
try:
    kms.describe_key(KeyId="1234abcd-12ab-34cd-56ef-1234567890ab")
    raise AssertionError("the key is still there")
except kms.exceptions.NotFoundException:
    pass

events = control("GET", "events?operation=Decrypt")["Records"]
print(json.dumps([event.get("errorCode") for event in events]))
control("POST", "reset")
assert kms.list_keys()["Keys"] == []
assert len(control("GET", "events")["Records"]) == 1
`;

describeWith("python3", "Python", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    await server.stop();
  });

  test("a test with boto3 seeds, injects faults, moves the clock, reads the events and resets", async ({ skip }) => {
    const hasBoto3 = await execute("python3", ["-c", "import boto3"]).then(
      () => true,
      () => false,
    );
    if (!hasBoto3) skip("python3 has no boto3");
    const { stdout } = await execute("python3", ["-c", SCRIPT, server.url]);
    expect(JSON.parse(stdout)).toEqual(["ThrottlingException", "ThrottlingException", null]);
  });
});

test("--no-control leaves the routes out", async () => {
  const server = await startServer("--no-control");
  expect((await fetch(`${server.url}/_pocket-hsm/clock`)).status).toBe(404);
  await server.stop();
});
