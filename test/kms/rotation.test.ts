import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
import { type Core, openCore } from "./support/core.ts";
import { expectRefusal } from "./support/refusals.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const Plaintext = utf8("kept");

/** The KeyMaterialId that new data is encrypted under. */
async function currentId(core: Core, KeyId: string): Promise<string> {
  return (await core.call("GenerateDataKey", { KeyId, KeySpec: "AES_256" })).KeyMaterialId;
}

const rotations = async (core: Core, KeyId: string, input: object = {}) =>
  (await core.call("ListKeyRotations", { KeyId, ...input })).Rotations;

describe("RotateKeyOnDemand", () => {
  test("gives the key new material, and what was encrypted before stays readable", async () => {
    const core = openCore();
    const { KeyId, Arn, CurrentKeyMaterialId } = await core.createKey();
    const before = await core.call("Encrypt", { KeyId, Plaintext });
    expect(await core.call("RotateKeyOnDemand", { KeyId })).toEqual({ KeyId: Arn });
    const after = await core.call("Encrypt", { KeyId, Plaintext });
    const described = (await core.call("DescribeKey", { KeyId })).KeyMetadata;
    expect(described.CurrentKeyMaterialId).not.toBe(CurrentKeyMaterialId);
    const [first, second] = await Promise.all(
      [before, after].map(({ CiphertextBlob }) => core.call("Decrypt", { CiphertextBlob })),
    );
    expect(first).toMatchObject({ Plaintext, KeyMaterialId: CurrentKeyMaterialId });
    expect(second).toMatchObject({ Plaintext, KeyMaterialId: described.CurrentKeyMaterialId });
    const again = await core.call("ReEncrypt", { CiphertextBlob: before.CiphertextBlob, DestinationKeyId: KeyId });
    expect(again).toMatchObject({
      SourceKeyMaterialId: CurrentKeyMaterialId,
      DestinationKeyMaterialId: described.CurrentKeyMaterialId,
    });
  });

  test("is listed with date, type and material, the first material only when it is asked for", async () => {
    const core = openCore();
    const { KeyId, CurrentKeyMaterialId: first } = await core.createKey();
    core.clock.advance({ days: 1 });
    await core.call("RotateKeyOnDemand", { KeyId });
    const second = await currentId(core, KeyId);
    const rotation = {
      KeyId,
      KeyMaterialId: second,
      KeyMaterialState: "CURRENT",
      RotationDate: new Date(START + DAY),
      RotationType: "ON_DEMAND",
    };
    expect(await rotations(core, KeyId)).toEqual([rotation]);
    expect(await rotations(core, KeyId, { IncludeKeyMaterial: "ALL_KEY_MATERIAL" })).toEqual([
      { KeyId, KeyMaterialId: first, KeyMaterialState: "NON_CURRENT" },
      rotation,
    ]);
  });

  test("is possible 25 times for a key", async () => {
    const core = openCore();
    const { KeyId, Arn } = await core.createKey();
    for (let i = 0; i < 25; i++) await core.call("RotateKeyOnDemand", { KeyId });
    await expectRefusal(
      core.call("RotateKeyOnDemand", { KeyId }),
      "LimitExceededException",
      "The on-demand rotations limit has been reached for the given keyId. " +
        `No more on-demand rotations can be performed for this key: ${Arn}`,
    );
    expect(await rotations(core, KeyId)).toHaveLength(25);
  });

  test("does not move the automatic rotation, and keeps 20 minutes away from it", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    await core.call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 });
    core.clock.advance({ days: 89, hours: 23, minutes: 39 });
    await core.call("RotateKeyOnDemand", { KeyId });
    const { NextRotationDate } = await core.call("GetKeyRotationStatus", { KeyId });
    expect(NextRotationDate).toEqual(new Date(START + 90 * DAY));
    core.clock.advance({ minutes: 1 });
    await expect(core.call("RotateKeyOnDemand", { KeyId })).rejects.toMatchObject({ name: "ConflictException" });
  });

  test("two at the same time both happen", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    await Promise.all([core.call("RotateKeyOnDemand", { KeyId }), core.call("RotateKeyOnDemand", { KeyId })]);
    const ids = (await rotations(core, KeyId)).map(({ KeyMaterialId }: { KeyMaterialId: string }) => KeyMaterialId);
    expect(new Set(ids).size).toBe(2);
  });
});

describe("automatic rotation", () => {
  test("happens when the clock passes its date, every period, with the dates on which it was due", async () => {
    const core = openCore();
    const { KeyId, CurrentKeyMaterialId: first } = await core.createKey();
    const { CiphertextBlob } = await core.call("Encrypt", { KeyId, Plaintext });
    await core.call("EnableKeyRotation", { KeyId });
    expect(await core.call("GetKeyRotationStatus", { KeyId })).toEqual({
      KeyId,
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
      NextRotationDate: new Date(START + 365 * DAY),
    });
    core.clock.advance({ days: 364, hours: 23 });
    expect(await currentId(core, KeyId)).toBe(first);
    core.clock.advance({ hours: 1 });
    expect(await currentId(core, KeyId)).not.toBe(first);
    core.clock.advance({ days: 800 });
    expect(await rotations(core, KeyId)).toMatchObject(
      [365, 730, 1095].map((day) => ({ RotationDate: new Date(START + day * DAY), RotationType: "AUTOMATIC" })),
    );
    expect(await core.call("Decrypt", { CiphertextBlob })).toMatchObject({ Plaintext, KeyMaterialId: first });
    const status = await core.call("GetKeyRotationStatus", { KeyId });
    expect(status.NextRotationDate).toEqual(new Date(START + 1460 * DAY));
  });

  test("is seen by the first one who looks, whichever operation that is", async () => {
    const core = openCore();
    const { KeyId, CurrentKeyMaterialId } = await core.createKey();
    const { CiphertextBlob } = await core.call("Encrypt", { KeyId, Plaintext });
    await core.call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 });
    core.clock.advance({ days: 90 });
    expect((await core.call("Decrypt", { CiphertextBlob })).KeyMaterialId).toBe(CurrentKeyMaterialId);
    expect((await core.call("DescribeKey", { KeyId })).KeyMetadata.CurrentKeyMaterialId).not.toBe(CurrentKeyMaterialId);
  });

  test("waits while the key is disabled, and is made up for when it is enabled again", async () => {
    const core = openCore();
    const { KeyId, CurrentKeyMaterialId } = await core.createKey();
    await core.call("EnableKeyRotation", { KeyId });
    await core.call("DisableKey", { KeyId });
    core.clock.advance({ days: 1000 });
    expect((await core.call("DescribeKey", { KeyId })).KeyMetadata.CurrentKeyMaterialId).toBe(CurrentKeyMaterialId);
    await core.call("EnableKey", { KeyId });
    expect(await rotations(core, KeyId)).toMatchObject([{ RotationDate: new Date(START + 1000 * DAY) }]);
    const status = await core.call("GetKeyRotationStatus", { KeyId });
    expect(status.NextRotationDate).toEqual(new Date(START + 1365 * DAY));
  });

  test("is off while the key is pending deletion, and on again when that is cancelled", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    await core.call("EnableKeyRotation", { KeyId });
    await core.call("ScheduleKeyDeletion", { KeyId });
    expect(await core.call("GetKeyRotationStatus", { KeyId })).toEqual({ KeyId, KeyRotationEnabled: false });
    await core.call("CancelKeyDeletion", { KeyId });
    expect(await core.call("GetKeyRotationStatus", { KeyId })).toMatchObject({ KeyRotationEnabled: true });
  });

  test("can be stopped, and given another period", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    await core.call("EnableKeyRotation", { KeyId });
    core.clock.advance({ days: 10 });
    await core.call("EnableKeyRotation", { KeyId });
    const nextDate = async () => (await core.call("GetKeyRotationStatus", { KeyId })).NextRotationDate;
    expect(await nextDate()).toEqual(new Date(START + 365 * DAY));
    await core.call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 100 });
    expect(await nextDate()).toEqual(new Date(START + 110 * DAY));
    expect(await core.call("DisableKeyRotation", { KeyId })).toBeUndefined();
    core.clock.advance({ days: 1000 });
    expect(await rotations(core, KeyId)).toEqual([]);
    expect(await core.call("GetKeyRotationStatus", { KeyId })).toEqual({ KeyId, KeyRotationEnabled: false });
  });

  test.each([
    [89, "greater than or equal to 90"],
    [2561, "less than or equal to 2560"],
  ])("a period of %d days is refused", async (RotationPeriodInDays, bound) => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    await expectRefusal(
      core.call("EnableKeyRotation", { KeyId, RotationPeriodInDays }),
      "ValidationException",
      `1 validation error detected: Value '${RotationPeriodInDays}' at 'rotationPeriodInDays' failed to satisfy ` +
        `constraint: Member must have value ${bound}`,
    );
  });
});

describe("keys that do not rotate", () => {
  const HMAC = { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" };

  test.each(["EnableKeyRotation", "RotateKeyOnDemand", "ListKeyRotations"] as const)(
    "%s refuses them without a message, after their state",
    async (operation) => {
      const core = openCore();
      const { KeyId } = await core.createKey(HMAC);
      await expectRefusal(core.call(operation, { KeyId }), "UnsupportedOperationException", undefined);
    },
  );

  test("their rotation is off, and can be switched off", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey(HMAC);
    expect(await core.call("DisableKeyRotation", { KeyId })).toBeUndefined();
    expect(await core.call("GetKeyRotationStatus", { KeyId })).toEqual({ KeyId, KeyRotationEnabled: false });
  });

  test("the origin is looked at before the state", async () => {
    const core = openCore();
    const { KeyId, Arn } = await core.createKey({ Origin: "EXTERNAL" });
    const message = `${Arn} origin is EXTERNAL which is not valid for this operation.`;
    await expectRefusal(core.call("EnableKeyRotation", { KeyId }), "UnsupportedOperationException", message);
    await expectRefusal(core.call("DisableKeyRotation", { KeyId }), "UnsupportedOperationException", message);
  });

  test.each(["EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"] as const)(
    "%s refuses a disabled key and one that is pending deletion",
    async (operation) => {
      const core = openCore();
      const { KeyId, Arn } = await core.createKey(HMAC);
      await core.call("DisableKey", { KeyId });
      await expectRefusal(core.call(operation, { KeyId }), "DisabledException", `${Arn} is disabled.`);
      await core.call("ScheduleKeyDeletion", { KeyId });
      await expectRefusal(core.call(operation, { KeyId }), "KMSInvalidStateException", `${Arn} is pending deletion.`);
    },
  );
});

test("the list of rotations comes in pages, whose markers are good for it alone", async () => {
  const core = openCore();
  const { KeyId } = await core.createKey();
  for (let i = 0; i < 3; i++) await core.call("RotateKeyOnDemand", { KeyId });
  const whole = await rotations(core, KeyId);
  const first = await core.call("ListKeyRotations", { KeyId, Limit: 1 });
  expect(first).toEqual({ Rotations: whole.slice(0, 1), Truncated: true, NextMarker: expect.any(String) });
  const Marker = first.NextMarker;
  const rest = await core.call("ListKeyRotations", { KeyId, Limit: 2, Marker });
  expect(rest).toEqual({ Rotations: whole.slice(1), Truncated: false });
  const other = await core.createKey();
  await expect(core.call("ListKeyRotations", { KeyId: other.KeyId, Marker })).rejects.toMatchObject({
    name: "InvalidMarkerException",
  });
});
