import fc from "fast-check";
import { expect, test } from "vitest";
import { type GrantRecord, grantEntry } from "../../src/kms/grant-records.ts";
import { tryParseCaller } from "../../src/kms/policy/principals.ts";
import { GRANTS, RETIREMENTS } from "../../src/kms/record-ids.ts";
import { createVault } from "../../src/kms/token-vault.ts";
import { createHsm } from "../../src/token/hsm.ts";
import { openCore } from "./support/core.ts";

const ACCOUNTS = ["111122223333", "444455556666"] as const;
const REGIONS = ["us-east-1", "eu-west-1"] as const;
const PRINCIPALS = [
  "arn:aws:iam::111122223333:role/a",
  "arn:aws:iam::111122223333:role/a/111122223333",
  "arn:aws:iam::444455556666:user/sam",
  "111122223333",
];
const root = (account: string): string => `arn:aws:iam::${account}:root`;

const pick = {
  key: fc.nat(3),
  retiring: fc.option(fc.nat(PRINCIPALS.length - 1), { nil: undefined }),
  grant: fc.nat(20),
};
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ...pick, does: fc.constant("create" as const) }) },
  { weight: 2, arbitrary: fc.record({ ...pick, does: fc.constant("revoke" as const) }) },
  { weight: 1, arbitrary: fc.record({ ...pick, does: fc.constant("end the key" as const) }) },
);

test("the grants that a principal may retire are those that a look at all grants finds, page by page", async () => {
  const vault = createVault(createHsm());
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 20 }), async (actions) => {
      const core = openCore({ vault });
      const places = ACCOUNTS.flatMap((account) => REGIONS.map((region) => ({ account, region })));
      const newKey = async (at: number): Promise<string> => {
        const { account, region } = places[at] as (typeof places)[number];
        return (await core.call("CreateKey", {}, root(account), { region })).KeyMetadata.KeyId;
      };
      const keys = await Promise.all(places.map((_, at) => newKey(at)));
      const stored = async (): Promise<{ id: string; value: GrantRecord }[]> =>
        core.store.list<GrantRecord>(GRANTS, { prefix: "" });
      for (const { does, key: at, retiring, grant } of actions) {
        const { account, region } = places[at] as (typeof places)[number];
        const KeyId = keys[at] as string;
        const call = (operation: Parameters<typeof core.call>[0], input: object) =>
          core.call(operation, { KeyId, ...input }, root(account), { region });
        if (does === "create") {
          const RetiringPrincipal = retiring === undefined ? undefined : PRINCIPALS[retiring];
          await call("CreateGrant", {
            ...{ GranteePrincipal: root(account), Operations: ["Encrypt"] },
            ...(RetiringPrincipal !== undefined && { RetiringPrincipal }),
          });
        } else if (does === "revoke") {
          const own = (await stored()).filter(({ id }) => id.startsWith(`${account}/${region}/`));
          const one = own[grant % Math.max(1, own.length)]?.value;
          if (one !== undefined) await call("RevokeGrant", { GrantId: one.grantId });
        } else {
          await call("ScheduleKeyDeletion", { PendingWindowInDays: 7 });
          core.clock.advance({ days: 8 });
          await expect(call("DescribeKey", {})).rejects.toThrow("does not exist");
          keys[at] = await newKey(at);
        }
      }
      const all = await stored();
      for (const { account, region } of places) {
        for (const RetiringPrincipal of PRINCIPALS) {
          const own = tryParseCaller(RetiringPrincipal)?.accountId === account;
          const expected = all
            .filter(({ id }) => id.split("/")[1] === region && (own || id.startsWith(account)))
            .filter(({ value }) => value.principals.RetiringPrincipal === RetiringPrincipal)
            .map(({ value }) => grantEntry(value));
          const found: object[] = [];
          for (let Marker: string | undefined, more = true; more; ) {
            const input = { RetiringPrincipal, Limit: 2, ...(Marker !== undefined && { Marker }) };
            const answer = await core.call("ListRetirableGrants", input, root(account), { region });
            found.push(...answer.Grants);
            ({ NextMarker: Marker, Truncated: more } = answer);
          }
          expect(found).toEqual(expected);
        }
      }
      const retirable = all.filter(({ value }) => value.principals.RetiringPrincipal !== undefined);
      expect(await core.store.list(RETIREMENTS, { prefix: "" })).toHaveLength(retirable.length);
    }),
    { numRuns: 8 },
  );
});
