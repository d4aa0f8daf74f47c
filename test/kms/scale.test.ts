/** What a call reads of the store: never all keys or grants to find a few (docs/kms.md, "Size"). */

import { beforeEach, describe, expect, test } from "vitest";
import { GRANTS, KEYS } from "../../src/kms/record-ids.ts";
import { createKms, type Kms, memoryStore, type Store, XksProxy } from "../../src/kms.ts";

// biome-ignore lint/suspicious/noExplicitAny: the output's type depends on the operation's name
type Answer = any;

/** Tables that were listed, with the number of records that came. */
let listed: [table: string, count: number][];
let kms: Kms;
let keys: string[];
const proxy = new XksProxy({ keys: ["key-1", "key-2"], now: () => kms.clock.now() });

beforeEach(async () => {
  const inner = memoryStore();
  const store: Store = {
    get: (table, id) => inner.get(table, id),
    commit: (changes) => inner.commit(changes),
    close: () => inner.close(),
    async list<T>(table: string, options: { prefix: string; after?: string; limit?: number }) {
      const records = await inner.list<T>(table, options);
      listed.push([table, records.length]);
      return records;
    },
  };
  kms = createKms({ store, keyStores: { fetch: (request) => proxy.fetch(request) } });
  keys = [];
  for (let i = 0; i < 60; i++) keys.push((await call("CreateKey")).KeyMetadata.KeyId);
  listed = [];
});

function call(operation: string, input: object = {}): Promise<Answer> {
  class Command {
    readonly input = input;
  }
  Object.defineProperty(Command, "name", { value: `${operation}Command` });
  return kms.client().send(new Command());
}

const recordsOf = (table: string): number =>
  listed.reduce((sum, [name, count]) => sum + (name === table ? count : 0), 0);

test("ListKeys reads the keys of its page and a few more", async () => {
  expect((await call("ListKeys", { Limit: 3 })).Keys).toHaveLength(3);
  expect(recordsOf(KEYS)).toBeLessThan(20);
});

describe("a custom key store", () => {
  const Origin = "EXTERNAL_KEY_STORE";
  const keyStore = async (): Promise<string> => {
    const { CustomKeyStoreId } = await call("CreateCustomKeyStore", { CustomKeyStoreName: "x", ...proxy.parameters });
    await call("ConnectCustomKeyStore", { CustomKeyStoreId });
    return CustomKeyStoreId;
  };

  test("knows its keys without a look at all keys, and can be deleted when they have ended", async () => {
    const CustomKeyStoreId = await keyStore();
    const make = (XksKeyId: string) => call("CreateKey", { Origin, CustomKeyStoreId, XksKeyId });
    const { KeyId } = (await make("key-1")).KeyMetadata;
    await expect(make("key-1")).rejects.toMatchObject({ name: "XksKeyAlreadyInUseException" });
    await call("DisconnectCustomKeyStore", { CustomKeyStoreId });
    const deletion = () => call("DeleteCustomKeyStore", { CustomKeyStoreId });
    await expect(deletion()).rejects.toMatchObject({ name: "CustomKeyStoreHasCMKsException" });
    await call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    await expect(deletion()).rejects.toMatchObject({ name: "CustomKeyStoreHasCMKsException" });
    kms.clock.advance({ days: 8 });
    await deletion();
    expect(recordsOf(KEYS)).toBe(0);
  });

  test("lets an external key be used again when its KMS key has ended", async () => {
    const CustomKeyStoreId = await keyStore();
    const make = () => call("CreateKey", { Origin, CustomKeyStoreId, XksKeyId: "key-2" });
    const { KeyId } = (await make()).KeyMetadata;
    await call("ScheduleKeyDeletion", { KeyId, PendingWindowInDays: 7 });
    await expect(make()).rejects.toMatchObject({ name: "XksKeyAlreadyInUseException" });
    kms.clock.advance({ days: 8 });
    expect((await make()).KeyMetadata.KeyId).not.toBe(KeyId);
    expect(recordsOf(KEYS)).toBe(0);
  });

  test("gives an external key to one of two requests at a time", async () => {
    const CustomKeyStoreId = await keyStore();
    const make = () => call("CreateKey", { Origin, CustomKeyStoreId, XksKeyId: "key-1" });
    const answers = await Promise.allSettled([make(), make()]);
    const refused = answers.filter((answer) => answer.status === "rejected").map(({ reason }) => reason.name);
    expect(refused).toEqual(["XksKeyAlreadyInUseException"]);
  });
});

test("a page of grants reads a few more than it shows, on a key that has many", async () => {
  const [KeyId] = keys;
  const GranteePrincipal = "arn:aws:iam::111122223333:role/a";
  const RetiringPrincipal = "arn:aws:iam::111122223333:role/b";
  for (let i = 0; i < 80; i++) {
    const retiring = i === 40 ? { RetiringPrincipal } : {};
    await call("CreateGrant", { KeyId, GranteePrincipal, Operations: ["Encrypt"], ...retiring });
  }
  listed = [];
  const { Grants, NextMarker } = await call("ListGrants", { KeyId, Limit: 5 });
  const next = await call("ListGrants", { KeyId, Limit: 5, Marker: NextMarker });
  expect(next.Grants[0].GrantId > Grants[4].GrantId).toBe(true);
  expect((await call("ListGrants", { KeyId, GrantId: Grants[2].GrantId })).Grants).toEqual([Grants[2]]);
  expect((await call("ListRetirableGrants", { RetiringPrincipal })).Grants).toHaveLength(1);
  expect(recordsOf(GRANTS)).toBeLessThan(40);
});

test("a denial reads few of a key's many grants, and RetireGrant the one that it names", async () => {
  const [KeyId] = keys;
  const role = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;
  const granted: string[] = [];
  for (let i = 0; i < 80; i++) {
    const grant = { KeyId, GranteePrincipal: role("a"), RetiringPrincipal: role("b"), Operations: ["Encrypt"] };
    granted.push((await call("CreateGrant", grant)).GrantId);
  }
  const GrantId = granted.toSorted()[79];
  listed = [];
  const asked = { operation: "DescribeKey", input: { KeyId }, principal: role("c") };
  const denied = await kms.explain(asked);
  expect(denied.text).toContain("nor does any other grant");
  expect(recordsOf(GRANTS)).toBeLessThan(20);
  const retired = await kms.explain({ operation: "RetireGrant", input: { KeyId, GrantId }, principal: role("b") });
  expect(retired.text).toContain(`by grant ${GrantId}`);
  expect(recordsOf(GRANTS)).toBeLessThan(20);
});
