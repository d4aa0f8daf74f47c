/** Request quotas, and the clock that fills them. */

import {
  CreateKeyCommand,
  EncryptCommand,
  GenerateDataKeyPairCommand,
  GenerateMacCommand,
  GenerateRandomCommand,
  type KMSClient,
  ListKeysCommand,
  SignCommand,
} from "@aws-sdk/client-kms";
import { expect, test } from "vitest";
import { OPERATIONS } from "../../src/kms/operations.ts";
import { awsRates, PAIRS, SHARED } from "../../src/kms/quota-table.ts";
import { createKms, type Kms } from "../../src/kms.ts";

const one = new Uint8Array(1);
const random = new GenerateRandomCommand({ NumberOfBytes: 1 });

function frozen(options: Parameters<typeof createKms>[0] = {}): { kms: Kms; client: KMSClient } {
  const kms = createKms(options);
  kms.clock.freeze();
  return { kms, client: kms.client() as unknown as KMSClient };
}

const outcome = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    () => "ok",
    (error: Error) => error.name,
  );

test("A bucket holds a second's requests and fills as the clock goes", async () => {
  const { kms, client } = frozen({ quotas: { symmetric: 2 } });
  const seen = async (count: number): Promise<string[]> => {
    const outcomes: string[] = [];
    for (let i = 0; i < count; i++) outcomes.push(await outcome(client.send(random)));
    return outcomes;
  };
  expect(await seen(3)).toEqual(["ok", "ok", "ThrottlingException"]);
  kms.clock.advance({ milliseconds: 499 });
  expect(await seen(1)).toEqual(["ThrottlingException"]);
  kms.clock.advance({ milliseconds: 1 });
  expect(await seen(2)).toEqual(["ok", "ThrottlingException"]);
  kms.clock.advance({ hours: 1 });
  expect(await seen(3)).toEqual(["ok", "ok", "ThrottlingException"]);
  kms.clock.set(0);
  expect(await seen(1)).toEqual(["ThrottlingException"]);
  kms.clock.advance({ seconds: 1 });
  expect(await seen(1)).toEqual(["ok"]);
  kms.quotas.off();
  expect(await seen(9)).not.toContain("ThrottlingException");
});

test("A rate below one a second brings a request now and then", async () => {
  const { kms, client } = frozen({ quotas: { ListKeys: 0.25 } });
  expect(await outcome(client.send(new ListKeysCommand({})))).toBe("ok");
  kms.clock.advance({ seconds: 3 });
  expect(await outcome(client.send(new ListKeysCommand({})))).toBe("ThrottlingException");
  kms.clock.advance({ seconds: 1 });
  expect(await outcome(client.send(new ListKeysCommand({})))).toBe("ok");
});

test("Keys of one kind share a quota, and other kinds have their own", async () => {
  const { kms, client } = frozen();
  const { KeyMetadata: symmetric } = await client.send(new CreateKeyCommand({}));
  const { KeyMetadata: hmac } = await client.send(
    new CreateKeyCommand({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" }),
  );
  const { KeyMetadata: curve } = await client.send(
    new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }),
  );
  kms.quotas.enforce({ symmetric: 2, ECC: 1, "pair ECC_NIST_P256": 1 });
  const encrypt = new EncryptCommand({ KeyId: symmetric?.KeyId, Plaintext: one });
  const mac = new GenerateMacCommand({ KeyId: hmac?.KeyId, Message: one, MacAlgorithm: "HMAC_SHA_256" });
  const sign = new SignCommand({ KeyId: curve?.KeyId, Message: one, SigningAlgorithm: "ECDSA_SHA_256" });
  const pair = new GenerateDataKeyPairCommand({ KeyId: symmetric?.KeyId, KeyPairSpec: "ECC_NIST_P256" });
  expect(await outcome(client.send(encrypt))).toBe("ok");
  expect(await outcome(client.send(mac))).toBe("ok");
  expect(await outcome(client.send(random))).toBe("ThrottlingException");
  expect(await outcome(client.send(sign))).toBe("ok");
  expect(await outcome(client.send(sign))).toBe("ThrottlingException");
  expect(await outcome(client.send(pair))).toBe("ok");
  expect(await outcome(client.send(pair))).toBe("ThrottlingException");
  expect(await outcome(client.send(new ListKeysCommand({})))).toBe("ok");
});

test("AWS's own quotas know every operation, and let five keys a second be made", async () => {
  const rates = awsRates("eu-west-2");
  const limited = Object.keys(OPERATIONS).filter((name) => !SHARED.has(name) && !PAIRS.has(name));
  expect(limited.filter((name) => name !== "GenerateRandom" && name !== "GetKeyLastUsage" && !(name in rates))).toEqual(
    [],
  );
  expect(rates["symmetric"]).toBe(20_000);
  const { client } = frozen({ quotas: "aws" });
  const outcomes: string[] = [];
  for (let i = 0; i < 6; i++) outcomes.push(await outcome(client.send(new CreateKeyCommand({}))));
  expect(outcomes).toEqual(["ok", "ok", "ok", "ok", "ok", "ThrottlingException"]);
});

test("A rate that is none is refused", () => {
  for (const rate of [0, -1, Number.NaN, "5" as never]) {
    expect(() => createKms({ quotas: { symmetric: rate } })).toThrow(RangeError);
  }
});
