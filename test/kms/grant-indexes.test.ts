import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { KeyRecord } from "../../src/kms/context.ts";
import { grantCreation, grantRemoval, grantsTo } from "../../src/kms/grant-indexes.ts";
import { type GrantRecord, granteeOf, grantsOn } from "../../src/kms/grant-records.ts";
import { isPrincipal } from "../../src/kms/grant-rules.ts";
import { parseCaller } from "../../src/kms/policy/principals.ts";
import { GRANTEES, RETIREMENTS } from "../../src/kms/record-ids.ts";
import { memoryStore } from "../../src/storage/memory.ts";
import { openCore } from "./support/core.ts";

const IAM = "arn:aws:iam::111122223333:";
const GRANTEES_OF_ALL_KINDS = [
  ...["role/Sender", "role/path/Sender", "role/Sender2", "role/a/b/Other", "user/alice", "user/team/alice", "root"].map(
    (name) => IAM + name,
  ),
  ...["111122223333", "444455556666", "arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:role/Sender"],
  ...["arn:aws:sts::111122223333:assumed-role/Sender/xx", "arn:aws:sts::111122223333:federated-user/fred"],
  "dynamodb.amazonaws.com",
];
const CALLERS = [
  ...GRANTEES_OF_ALL_KINDS.filter((name) => !/^\d/.test(name)).map((arn) => parseCaller(arn)),
  parseCaller("arn:aws:sts::111122223333:assumed-role/Sender/yy", `${IAM}role/path/Sender`),
  parseCaller("arn:aws:sts::111122223333:assumed-role/Other/yy"),
  parseCaller("arn:aws:sts::444455556666:assumed-role/Sender/xx"),
];

const keys = ["one", "two"].map((keyId) => ({ keyId, account: "111122223333", region: "us-east-1" }) as KeyRecord);
const grantOf = (grantId: string, grantee: string): GrantRecord => ({
  ...{ grantId, keyArn: "", name: "", operations: ["Encrypt"], constraints: {}, issuingAccount: "" },
  ...{ creationDate: 0, secret: "" },
  principals: /^dynamodb/.test(grantee) ? { GranteeServicePrincipal: grantee } : { GranteePrincipal: grantee },
});

test("the grants to a caller are those that a look at all grants of the key finds, in the same order", async () => {
  const made = fc.record({
    key: fc.nat(1),
    grantee: fc.constantFrom(...GRANTEES_OF_ALL_KINDS),
    id: fc.stringMatching(/^[0-9a-f]{8}$/),
    stays: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(made, { selector: ({ id }) => id, maxLength: 25 }), async (all) => {
      const store = memoryStore();
      for (const { key, grantee, id } of all) {
        await store.commit(grantCreation(keys[key] as KeyRecord, grantOf(id, grantee)));
      }
      for (const { key, id, stays } of all) {
        const stored = (await grantsOn(store, keys[key] as KeyRecord)).find(({ value }) => value.grantId === id);
        if (stored !== undefined && !stays) await store.commit(grantRemoval(keys[key] as KeyRecord, stored));
      }
      for (const key of keys) {
        const scanned = (await grantsOn(store, key)).map(({ value }) => value);
        for (const caller of CALLERS) {
          const isFor = (grant: GrantRecord): boolean => isPrincipal(granteeOf(grant), caller);
          expect((await grantsTo(store, key, caller)).filter(isFor)).toEqual(scanned.filter(isFor));
        }
      }
      const left = all.filter(({ stays }) => stays).length;
      expect(await store.list(GRANTEES, { prefix: "" })).toHaveLength(left);
      expect(await store.list(RETIREMENTS, { prefix: "" })).toEqual([]);
    }),
    { numRuns: 15 },
  );
});

test("a grantee's call reads its own grants of a key, not those of others", async () => {
  const core = openCore();
  const { KeyId } = await core.createKey();
  const alice = `${IAM}user/alice`;
  for (let i = 0; i < 30; i++) {
    const GranteePrincipal = i === 20 ? alice : `${IAM}user/u${i}`;
    await core.call("CreateGrant", { KeyId, GranteePrincipal, Operations: ["Encrypt"] });
  }
  const [listed, read] = [vi.spyOn(core.store, "list"), vi.spyOn(core.store, "get")];
  await core.call("Encrypt", { KeyId, Plaintext: Uint8Array.of(1) }, alice);
  expect(listed.mock.calls.map(([table]) => table)).toEqual([GRANTEES]);
  expect(read.mock.calls.filter(([table]) => table === "grants")).toHaveLength(1);
});
