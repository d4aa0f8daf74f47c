/**
 * The demo's walkthroughs through the real SDK with and without a socket. Through `kms.client()` the demo itself runs
 * them (cli/demo.test.ts).
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-kms";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { asOf } from "../src/cli/demo/run.ts";
import { WALKTHROUGHS } from "../src/cli/demo/walkthroughs.ts";
import { type Answer, type As, CheckFailed, World } from "../src/cli/demo/world.ts";
import { seededEntropy } from "../src/crypto/entropy.ts";
import { createKms, type Kms } from "../src/kms.ts";
import { type Listener, serve } from "../src/server.ts";
import { describeWith } from "./support/programs.ts";
import { pooledRsaEngine } from "./support/rsa-pool.ts";

const newKms = (): Kms => createKms({ entropy: seededEntropy(new Uint8Array(32).fill(3)), engine: pooledRsaEngine });

/** A client of the SDK, called by an operation's name. */
function send(client: sdk.KMSClient, operation: string, input: object): Promise<Answer> {
  const commands = sdk as unknown as Record<string, new (input: object) => sdk.ListKeysCommand>;
  const Command = commands[`${operation}Command`];
  return client.send(new Command!(input)) as unknown as Promise<Answer>;
}

let kms: Kms;
let directory: string;
beforeEach(() => {
  kms = newKms();
  directory = mkdtempSync(join(tmpdir(), "pocket-hsm-test-"));
});
afterEach(async () => {
  rmSync(directory, { recursive: true });
  await kms.close();
});
const worldOf = (as: As): World => new World({ as, directory, account: kms.account });

describeWith("openssl", "The walkthroughs in process", () => {
  test.each(WALKTHROUGHS)("$name works with the SDK through kms.clientConfig()", async (walkthrough) => {
    const clientOf = (arn?: string): sdk.KMSClient =>
      new sdk.KMSClient((arn === undefined ? kms : kms.as(arn)).clientConfig());
    await walkthrough.run(worldOf((arn) => ({ call: (...call) => send(clientOf(arn), ...call) })));
  });
});

describeWith("openssl", "The walkthroughs over HTTP", () => {
  let listener: Listener;
  beforeEach(async () => {
    listener = await serve({ endpoint: kms.endpoint, port: 0 });
  });
  afterEach(() => listener.close());

  const someone = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI" };
  const clients: { destroy(): void }[] = [];
  const configuration = (): { endpoint: string; region: string } => ({ endpoint: listener.url, region: kms.region });
  afterAll(() => {
    for (const client of clients) client.destroy();
  });

  /** A client of the account's own, or one with the credentials that STS gives for a role. */
  async function clientOf(roleArn?: string): Promise<sdk.KMSClient> {
    let credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } = someone;
    if (roleArn !== undefined) {
      const sts = new STSClient({ ...configuration(), credentials: someone });
      clients.push(sts);
      const answer = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "walkthrough" }));
      const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials!;
      credentials = { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
    }
    const client = new sdk.KMSClient({ ...configuration(), credentials });
    clients.push(client);
    return client;
  }

  test.each(WALKTHROUGHS)("$name works with the SDK and roles from STS", async (walkthrough) => {
    const clientsByRole = new Map<string | undefined, Promise<sdk.KMSClient>>();
    const as: As = (arn) => {
      const client = clientsByRole.get(arn) ?? clientOf(arn);
      clientsByRole.set(arn, client);
      return { call: async (...call) => send(await client, ...call) };
    };
    await walkthrough.run(worldOf(as));
  });
});

describeWith("openssl", "A walkthrough that finds something wrong", () => {
  test("A KMS that answers with another secret is found out", async () => {
    const right = asOf(kms);
    const as: As = (arn) => ({
      async call(operation, input) {
        const answer = await right(arn).call(operation, input);
        return operation === "DeriveSharedSecret" ? { ...answer, SharedSecret: new Uint8Array(32) } : answer;
      },
    });
    await expect(WALKTHROUGHS[0]!.run(worldOf(as))).rejects.toThrow("not so: both sides have the same secret");
  });

  test("A call that should be refused and is not, or otherwise, is found out", async () => {
    const world = worldOf(asOf(kms));
    const fine = (): Promise<unknown> => world.as().call("ListKeys", {});
    const refused = (): Promise<unknown> => world.as().call("DescribeKey", { KeyId: "x" });
    await expect(world.checkRefused(fine(), "NotFoundException")).rejects.toThrow(CheckFailed);
    await expect(world.checkRefused(refused(), "AccessDeniedException")).rejects.toThrow(CheckFailed);
    await expect(world.checkRefused(refused(), "NotFoundException", "other")).rejects.toThrow(CheckFailed);
    await world.checkRefused(refused(), "NotFoundException", "Invalid keyId 'x'");
  });

  test("A program that ends with another status than expected is found out", async () => {
    const world = worldOf(asOf(kms));
    await expect(world.run("openssl pkey -in missing.pem")).rejects.toThrow(CheckFailed);
    await expect(world.run("openssl version", { status: 1 })).rejects.toThrow(CheckFailed);
  });
});
