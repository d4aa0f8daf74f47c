import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
import type { KeyRecord } from "../../src/kms/context.ts";
import { DRY_RUN, expectRefusal } from "./support/refusals.ts";
import { createService, type Service } from "./support/service.ts";

const Message = utf8("a message");

let kms: Service;
let key: KeyRecord;
let rsa: KeyRecord;

beforeAll(async () => {
  kms = createService();
  key = await kms.createKey("HMAC_256");
  rsa = await kms.createKey("RSA_2048", "ENCRYPT_DECRYPT");
});

beforeEach(() => {
  kms.asked.length = 0;
  kms.denied.clear();
});

test.each([224, 256, 384, 512] as const)("a MAC of HMAC_%i has the digest's length and is verified", async (bits) => {
  const { keyId, arn } = await kms.createKey(`HMAC_${bits}`);
  const MacAlgorithm = `HMAC_SHA_${bits}`;
  const answer = await kms.call("GenerateMac", { KeyId: keyId, Message, MacAlgorithm });
  expect(answer).toEqual({ Mac: expect.any(Uint8Array), MacAlgorithm, KeyId: arn });
  expect(answer.Mac.length).toBe(bits / 8);
  expect(await kms.call("VerifyMac", { KeyId: keyId, Message, MacAlgorithm, Mac: answer.Mac })).toEqual({
    KeyId: arn,
    MacValid: true,
    MacAlgorithm,
  });
});

test("VerifyMac gives one exception without a message for every wrong MAC", async () => {
  const input = { KeyId: key.keyId, Message, MacAlgorithm: "HMAC_SHA_256" };
  const { Mac } = await kms.call("GenerateMac", input);
  const changed = Uint8Array.from(Mac);
  changed[31]! ^= 0x80;
  for (const wrong of [changed, Mac.subarray(1), Mac.subarray(0, 16), Uint8Array.of(...Mac, 0), new Uint8Array(6144)]) {
    await expectRefusal(kms.call("VerifyMac", { ...input, Mac: wrong }), "KMSInvalidMacException");
  }
  const otherMessage = kms.call("VerifyMac", { ...input, Message: utf8("another"), Mac });
  await expectRefusal(otherMessage, "KMSInvalidMacException");
  const otherKey = (await kms.createKey("HMAC_256")).keyId;
  await expectRefusal(kms.call("VerifyMac", { ...input, KeyId: otherKey, Mac }), "KMSInvalidMacException");
});

describe.each(["GenerateMac", "VerifyMac"] as const)("%s", (operation) => {
  const call = (input: object = {}): Promise<unknown> => {
    const Mac = operation === "VerifyMac" ? { Mac: new Uint8Array(32) } : {};
    return kms.call(operation, { KeyId: key.keyId, Message, MacAlgorithm: "HMAC_SHA_256", ...Mac, ...input });
  };

  test("refuses an algorithm of another key spec", async () => {
    await expectRefusal(
      call({ MacAlgorithm: "HMAC_SHA_512" }),
      "InvalidKeyUsageException",
      "Algorithm HMAC_SHA_512 is incompatible with key spec HMAC_256.",
    );
  });

  test("refuses a key of another usage", async () => {
    await expectRefusal(
      call({ KeyId: rsa.keyId }),
      "InvalidKeyUsageException",
      `${rsa.arn} key usage is ENCRYPT_DECRYPT which is not valid for ${operation}.`,
    );
  });

  test("refuses a disabled key before it looks at the algorithm", async () => {
    const off = await kms.createKey("HMAC_256");
    await kms.setState(off, "Disabled");
    const answer = call({ KeyId: off.keyId, MacAlgorithm: "HMAC_SHA_512" });
    await expectRefusal(answer, "DisabledException", `${off.arn} is disabled.`);
  });

  test("asks for its own permission", async () => {
    kms.denied.add(`kms:${operation}`);
    await expectRefusal(call(), "AccessDeniedException", "denied");
    expect(kms.asked).toEqual([{ action: `kms:${operation}`, resource: key.arn, conditions: {} }]);
  });
});

test("a dry run stops after every check, and for VerifyMac after the MAC too", async () => {
  const input = { KeyId: key.keyId, Message, MacAlgorithm: "HMAC_SHA_256" };
  const { Mac } = await kms.call("GenerateMac", input);
  const dry = { ...input, DryRun: true };
  await expectRefusal(kms.call("GenerateMac", dry), "DryRunOperationException", DRY_RUN);
  await expectRefusal(kms.call("VerifyMac", { ...dry, Mac }), "DryRunOperationException", DRY_RUN);
  await expectRefusal(kms.call("VerifyMac", { ...dry, Mac: Mac.subarray(1) }), "KMSInvalidMacException");
});
