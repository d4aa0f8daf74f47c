import { CreateKeyCommand, EncryptCommand } from "@aws-sdk/client-kms";
import { expect, test } from "vitest";
import { fromHex } from "../../src/bytes/bytes.ts";
import type { CallContext, KeyRecord } from "../../src/kms/context.ts";
import { materialOwner } from "../../src/kms/materials.ts";
import { createKms, memoryStore } from "../../src/kms.ts";

test("a material that was moved into another key's record is not used under that key's policy", async () => {
  const store = memoryStore();
  const kms = createKms({ store });
  const client = kms.client();
  const ids: string[] = [];
  for (let i = 0; i < 2; i++) ids.push((await client.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId as string);
  const [mine, theirs] = await Promise.all(
    ids.map((id) => store.get<KeyRecord>("keys", `${kms.account}/${kms.region}/${id}`)),
  );
  if (mine === undefined || theirs === undefined) throw new Error("the keys are in the store");
  await store.commit([
    { table: "keys", id: mine.id, value: { ...mine.value, materials: theirs.value.materials }, expect: mine.version },
  ]);
  const encrypt = (KeyId: string | undefined) =>
    client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("x") }));
  await expect(encrypt(ids[0])).rejects.toMatchObject({ name: "KMSInternalException" });
  await encrypt(ids[1]);
});

test("an identifier is another's as soon as one byte differs, whichever was asked for before, and in each Region its own", async () => {
  const store = memoryStore();
  const kms = createKms({ store });
  await kms.client().send(new CreateKeyCommand({}));
  const [key] = await store.list<KeyRecord>("keys", { prefix: "" });
  const id = fromHex(key?.value.materials[0]?.id as string);
  const ownerIn = (region: string, identifier: Uint8Array) =>
    materialOwner({ store, region, account: kms.account } as unknown as CallContext, identifier);
  for (let turn = 0; turn < 2; turn++) {
    expect((await ownerIn(kms.region, id))?.key.keyId).toBe(key?.value.keyId);
    expect(await ownerIn("eu-west-1", id)).toBeUndefined();
    for (let at = 0; at < id.length; at++) {
      const other = id.with(at, (id[at] as number) ^ 1);
      expect(await ownerIn(kms.region, other)).toBeUndefined();
      expect((await ownerIn(kms.region, id))?.key.keyId).toBe(key?.value.keyId);
    }
  }
});
