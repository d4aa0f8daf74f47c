import { expect, test } from "vitest";
import { openCore } from "./support/core.ts";
import { expectRefusal } from "./support/refusals.ts";

const tag = (TagKey: string, TagValue = ""): object => ({ TagKey, TagValue });
const many = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => tag(`t${String(i).padStart(2, "0")}`));

test("tags are added, replaced by name, listed and taken away", async () => {
  const core = openCore();
  const { KeyId } = await core.createKey({ Tags: [tag("b", "1"), tag("a", "2")] });
  const list = async (): Promise<unknown> => (await core.call("ListResourceTags", { KeyId })).Tags;
  expect(await list()).toEqual([tag("a", "2"), tag("b", "1")]);
  expect(await core.call("TagResource", { KeyId, Tags: [tag("b", "3"), tag("c", "4")] })).toBeUndefined();
  expect(await list()).toEqual([tag("a", "2"), tag("b", "3"), tag("c", "4")]);
  expect(await core.call("UntagResource", { KeyId, TagKeys: ["a", "unknown"] })).toBeUndefined();
  expect(await list()).toEqual([tag("b", "3"), tag("c", "4")]);
});

test.each([
  ["TagResource", { Tags: [tag("aws:x")] }, "Tags beginning with aws: are reserved"],
  ["TagResource", { Tags: [tag("Aws:x")] }, "Tags beginning with aws: are reserved"],
  ["TagResource", { Tags: [tag("x", "1"), tag("x", "2")] }, "Duplicate tag keys"],
  ["TagResource", { Tags: many(51) }, "Too many tags"],
  ["UntagResource", { TagKeys: ["aws:x"] }, "Tags beginning with aws: are reserved"],
] as const)("%s of %j is refused and changes nothing", async (operation, input, message) => {
  const core = openCore();
  const { KeyId } = await core.createKey({ Tags: [tag("x", "0")] });
  await expectRefusal(core.call(operation, { KeyId, ...input }), "TagException", message);
  expect((await core.call("ListResourceTags", { KeyId })).Tags).toEqual([tag("x", "0")]);
});

test("a key has at most 50 tags, those it has already counted in", async () => {
  const core = openCore();
  const { KeyId } = await core.createKey({ Tags: many(50) });
  await expectRefusal(core.call("TagResource", { KeyId, Tags: [tag("one more")] }), "TagException", "Too many tags");
  expect(await core.call("TagResource", { KeyId, Tags: [tag("t00", "new value")] })).toBeUndefined();
});

test("tags are listed in pages", async () => {
  const core = openCore();
  const { KeyId } = await core.createKey({ Tags: many(5) });
  const first = await core.call("ListResourceTags", { KeyId, Limit: 3 });
  const second = await core.call("ListResourceTags", { KeyId, Limit: 3, Marker: first.NextMarker });
  expect([...first.Tags, ...second.Tags]).toEqual(many(5));
  expect([first.Truncated, second.Truncated]).toEqual([true, false]);
});

test("changes of one key at the same time are all kept", async () => {
  const core = openCore();
  const { KeyId } = await core.createKey();
  await Promise.all(many(40).map((one) => core.call("TagResource", { KeyId, Tags: [one] })));
  expect((await core.call("ListResourceTags", { KeyId })).Tags).toEqual(many(40));
});
