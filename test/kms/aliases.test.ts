import { describe, expect, test } from "vitest";
import { memoryStore } from "../../src/storage/memory.ts";
import type { Store } from "../../src/storage/store.ts";
import { aliasArnOf, keyArnOf, NO_KEY, openCore } from "./support/core.ts";
import { expectRefusal } from "./support/refusals.ts";

const NO_PREFIX =
  'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html';

describe("CreateAlias", () => {
  test("an alias is listed with its key, and dates of its making", async () => {
    const core = openCore();
    const { KeyId, Arn } = await core.createKey();
    expect(await core.call("CreateAlias", { AliasName: "alias/a", TargetKeyId: Arn })).toBeUndefined();
    const made = new Date(core.clock.now());
    expect(await core.call("ListAliases")).toEqual({
      Aliases: [
        {
          AliasArn: aliasArnOf("alias/a"),
          AliasName: "alias/a",
          CreationDate: made,
          LastUpdatedDate: made,
          TargetKeyId: KeyId,
        },
      ],
      Truncated: false,
    });
  });

  test.each([
    ["a", "ValidationException", NO_PREFIX],
    ["Alias/a", "ValidationException", NO_PREFIX],
    ["alias/aws/kms", "NotAuthorizedException", ""],
    ["alias/", "InvalidAliasNameException", "An alias has a name after its prefix."],
  ] as const)("the name %s is refused", async (AliasName, name, message) => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    for (const operation of ["CreateAlias", "UpdateAlias", "DeleteAlias"] as const) {
      await expectRefusal(core.call(operation, { AliasName, TargetKeyId: KeyId }), name, message);
    }
  });

  test("a name is given once", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    await core.call("CreateAlias", { AliasName: "alias/a", TargetKeyId: KeyId });
    await expectRefusal(
      core.call("CreateAlias", { AliasName: "alias/a", TargetKeyId: KeyId }),
      "AlreadyExistsException",
      `An alias with the name ${aliasArnOf("alias/a")} already exists`,
    );
  });

  test("of two calls at once that want a name one gets it", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    const input = { AliasName: "alias/a", TargetKeyId: KeyId };
    const results = await Promise.allSettled([core.call("CreateAlias", input), core.call("CreateAlias", input)]);
    const rejected = results.filter((result) => result.status === "rejected");
    expect(rejected.map(({ reason }) => reason.name)).toEqual(["AlreadyExistsException"]);
  });

  test("it refers to a key that exists, by its identifier or ARN, and that is not pending deletion", async () => {
    const core = openCore();
    const { KeyId, Arn } = await core.createKey();
    await core.call("CreateAlias", { AliasName: "alias/a", TargetKeyId: KeyId });
    const create = (TargetKeyId: string): Promise<unknown> =>
      core.call("CreateAlias", { AliasName: "alias/b", TargetKeyId });
    await expectRefusal(create("alias/a"), "ValidationException", "Aliases must refer to keys. Not aliases");
    await expectRefusal(
      create(aliasArnOf("alias/a")),
      "ValidationException",
      "Aliases must refer to keys. Not aliases",
    );
    await expectRefusal(create(NO_KEY), "NotFoundException", `Key '${keyArnOf(NO_KEY)}' does not exist`);
    await core.call("ScheduleKeyDeletion", { KeyId });
    await expectRefusal(create(KeyId), "KMSInvalidStateException", `${Arn} is pending deletion.`);
  });
});

describe("UpdateAlias", () => {
  test("it moves an alias to another key of the same kind and dates the change", async () => {
    const core = openCore();
    const [first, second] = [await core.createKey(), await core.createKey()];
    await core.call("CreateAlias", { AliasName: "alias/a", TargetKeyId: first.KeyId });
    const made = new Date(core.clock.now());
    core.clock.advance({ hours: 1 });
    expect(await core.call("UpdateAlias", { AliasName: "alias/a", TargetKeyId: second.KeyId })).toBeUndefined();
    expect((await core.call("ListAliases")).Aliases[0]).toMatchObject({
      TargetKeyId: second.KeyId,
      CreationDate: made,
      LastUpdatedDate: new Date(made.getTime() + 3_600_000),
    });
    expect((await core.call("DescribeKey", { KeyId: "alias/a" })).KeyMetadata.KeyId).toBe(second.KeyId);
  });

  test("it does not move an alias to a key of another kind or usage", async () => {
    const core = openCore();
    const symmetric = await core.createKey();
    const signing = await core.createKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
    const agreeing = await core.createKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" });
    await core.call("CreateAlias", { AliasName: "alias/a", TargetKeyId: signing.KeyId });
    for (const { KeyId } of [symmetric, agreeing]) {
      await expect(core.call("UpdateAlias", { AliasName: "alias/a", TargetKeyId: KeyId })).rejects.toMatchObject({
        name: "ValidationException",
      });
    }
    expect((await core.call("ListAliases")).Aliases[0].TargetKeyId).toBe(signing.KeyId);
  });

  test("an alias that is not there is not found", async () => {
    const core = openCore();
    const { KeyId } = await core.createKey();
    const message = `Alias ${aliasArnOf("alias/a")} is not found.`;
    await expectRefusal(
      core.call("UpdateAlias", { AliasName: "alias/a", TargetKeyId: KeyId }),
      "NotFoundException",
      message,
    );
    await expectRefusal(core.call("DeleteAlias", { AliasName: "alias/a" }), "NotFoundException", message);
  });
});

test("a deleted alias is free again, and its key stays", async () => {
  const core = openCore();
  const { KeyId } = await core.createKey();
  await core.call("CreateAlias", { AliasName: "alias/a", TargetKeyId: KeyId });
  expect(await core.call("DeleteAlias", { AliasName: "alias/a" })).toBeUndefined();
  expect((await core.call("ListAliases")).Aliases).toEqual([]);
  expect((await core.call("DescribeKey", { KeyId })).KeyMetadata.KeyId).toBe(KeyId);
  expect(await core.call("CreateAlias", { AliasName: "alias/a", TargetKeyId: KeyId })).toBeUndefined();
});

test("ListAliases of one key has its aliases alone, in pages", async () => {
  const core = openCore();
  const [mine, other] = [await core.createKey(), await core.createKey()];
  for (let i = 0; i < 6; i++) {
    await core.call("CreateAlias", { AliasName: `alias/${i}`, TargetKeyId: (i % 2 === 0 ? mine : other).KeyId });
  }
  const first = await core.call("ListAliases", { KeyId: mine.Arn, Limit: 2 });
  const names = (page: { Aliases: { AliasName: string }[] }): string[] => page.Aliases.map((alias) => alias.AliasName);
  expect([names(first), first.Truncated]).toEqual([["alias/0", "alias/2"], true]);
  const second = await core.call("ListAliases", { KeyId: mine.KeyId, Limit: 2, Marker: first.NextMarker });
  expect([names(second), second.Truncated]).toEqual([["alias/4"], false]);
  await expect(core.call("ListAliases", { KeyId: other.KeyId, Marker: first.NextMarker })).rejects.toMatchObject({
    name: "InvalidMarkerException",
  });
  await expectRefusal(
    core.call("ListAliases", { KeyId: "alias/0" }),
    "InvalidArnException",
    "Key Aliases are not supported for this operation.",
  );
});

test("a key's aliases are listed, and end with it, without a look at those of other keys", async () => {
  const inner = memoryStore();
  let read = 0;
  const store: Store = {
    get: (table, id) => {
      read += 1;
      return inner.get(table, id);
    },
    list: async (table, options) => {
      const found = await inner.list<never>(table, options);
      read += found.length;
      return found;
    },
    commit: (changes) => inner.commit(changes),
    close: () => inner.close(),
  };
  const core = openCore({ store });
  const [one, other] = [await core.createKey(), await core.createKey()];
  for (let i = 0; i < 300; i++) await core.call("CreateAlias", { AliasName: `alias/${i}`, TargetKeyId: other.KeyId });
  for (const i of [7, 77, 177]) await core.call("UpdateAlias", { AliasName: `alias/${i}`, TargetKeyId: one.KeyId });
  const readBy = async (work: () => Promise<unknown>): Promise<number> => {
    read = 0;
    await work();
    return read;
  };
  const listed: string[] = [];
  const list = async (): Promise<void> => {
    const { Aliases } = await core.call("ListAliases", { KeyId: one.KeyId });
    listed.push(...Aliases.map(({ AliasName }: { AliasName: string }) => AliasName));
  };
  expect(await readBy(list)).toBeLessThan(20);
  expect(listed).toEqual(["alias/177", "alias/7", "alias/77"]);
  await core.call("ScheduleKeyDeletion", { KeyId: one.KeyId });
  core.clock.advance({ days: 30 });
  const end = (): Promise<unknown> =>
    expectRefusal(
      core.call("DescribeKey", { KeyId: one.KeyId }),
      "NotFoundException",
      `Key '${one.Arn}' does not exist`,
    );
  expect(await readBy(end)).toBeLessThan(20);
  const { Aliases } = await core.call("ListAliases", { Limit: 100 });
  expect(Aliases.map(({ AliasName }: { AliasName: string }) => AliasName)).not.toContain("alias/7");
});
