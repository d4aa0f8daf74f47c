import { expect, test } from "vitest";
import { toHex } from "../../src/bytes/bytes.ts";
import type { CallContext } from "../../src/kms/context.ts";
import { idsOf } from "../../src/kms/ids.ts";
import { materialOwner } from "../../src/kms/materials.ts";
import { keyRecordId } from "../../src/kms/record-ids.ts";

test("identifiers of requests and events count in hexadecimal digits, without a gap", () => {
  const next = idsOf("event");
  for (let count = 1; count <= 0x1_0100; count++) {
    const expected = `00000002-0000-4000-8000-${count.toString(16).padStart(12, "0")}`;
    if (next() !== expected) expect.fail(`the identifier of event ${count} is not ${expected}`);
  }
});

test("the same key identifier names another record in another place, however often it was asked for", () => {
  const places = ["111122223333", "444455556666"].flatMap((account) =>
    ["us-east-1", "eu-west-1"].map((region) => ({ account, region })),
  );
  for (const keyId of ["mrk-1", "mrk-2", "mrk-1"]) {
    for (const { account, region } of [...places, ...places]) {
      expect(keyRecordId({ account, region }, keyId)).toBe(`${account}/${region}/${keyId}`);
    }
  }
});

test("materials are told apart by all of their identifiers and by Region, whatever they begin with", async () => {
  const asked: string[] = [];
  const expected: string[] = [];
  const store = { get: (_table: string, id: string) => void asked.push(id) };
  const identifiers = [0, 1].map((last) => new Uint8Array(32).fill(0xab).fill(last, 31));
  for (const region of ["us-east-1", "eu-west-1", "us-east-1"]) {
    for (const identifier of [...identifiers, ...identifiers]) {
      expect(await materialOwner({ region, store } as unknown as CallContext, identifier)).toBeUndefined();
      expected.push(`${region}/${toHex(identifier)}`);
    }
  }
  expect(asked).toEqual(expected);
});
