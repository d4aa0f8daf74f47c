/** A failed self-test of the token, seen by a caller of the KMS. */

import * as sdk from "@aws-sdk/client-kms";
import { expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
import type { CkrError } from "../../src/cryptoki/error.ts";
import { INTERNAL_ERROR_TEXT } from "../../src/kms/errors.ts";
import { createKms } from "../../src/kms.ts";
import { createHsm } from "../../src/token/hsm.ts";

const INTERNAL = { name: "KMSInternalException", message: INTERNAL_ERROR_TEXT };

test("is an internal error that says no more, and from then on every operation of the HSM is", async () => {
  const causes: unknown[] = [];
  const hsm = createHsm({ failSelfTests: ["ECDSA P-384 sign"] });
  const kms = createKms({ hsm, onError: (error) => causes.push(error) });
  const client = kms.client() as unknown as sdk.KMSClient;
  const { KeyMetadata } = await client.send(new sdk.CreateKeyCommand({}));
  const [KeyId, Plaintext] = [KeyMetadata?.KeyId as string, utf8("secret")];
  const { CiphertextBlob } = await client.send(new sdk.EncryptCommand({ KeyId, Plaintext }));

  const failing = new sdk.CreateKeyCommand({ KeySpec: "ECC_NIST_P384", KeyUsage: "SIGN_VERIFY" });
  await expect(client.send(failing)).rejects.toMatchObject(INTERNAL);
  await expect(client.send(new sdk.DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject(INTERNAL);
  await expect(client.send(new sdk.EncryptCommand({ KeyId, Plaintext }))).rejects.toMatchObject(INTERNAL);
  await expect(client.send(new sdk.GenerateRandomCommand({ NumberOfBytes: 8 }))).rejects.toMatchObject(INTERNAL);
  const overTheWire = new sdk.KMSClient({ ...kms.clientConfig(), maxAttempts: 1 });
  await expect(overTheWire.send(new sdk.CreateKeyCommand({}))).rejects.toMatchObject(INTERNAL);

  expect(causes.map((error) => (error as CkrError).ckr)).toEqual(new Array(5).fill("FIPS_SELF_TEST_FAILED"));
  // What is no service of the HSM answers still, and no key came into being.
  const { Keys } = await client.send(new sdk.ListKeysCommand({}));
  expect(Keys?.map((key) => key.KeyId)).toEqual([KeyId]);
  await kms.close();
});
