import { CreateKeyCommand, EncryptCommand } from "@aws-sdk/client-kms";
import { expect, test } from "vitest";
import type { KeyRecord } from "../../src/kms/context.ts";
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
