/** A run from one seed is the same on both engines, from the DRBG's first byte to the last ciphertext. */

import * as sdk from "@aws-sdk/client-kms";
import { expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
import type { Engine } from "../../src/crypto/engine.ts";
import { seededEntropy } from "../../src/crypto/entropy.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { createKms } from "../../src/kms.ts";
import { nodeEngine } from "../../src/node.ts";
import { createHsm } from "../../src/token/hsm.ts";
import { curveNames } from "../support/curves.ts";

const seed = new Uint8Array(32).fill(9);
const message = utf8("the quarterly report");

function onToken(engine: Engine): unknown[] {
  const s = createHsm({ engine, entropy: seededEntropy(seed) }).openSession({ readWrite: true });
  const results: unknown[] = [];

  const aes = s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, usage: "encrypt" });
  for (const choice of [
    { mechanism: "AES_GCM" },
    { mechanism: "AES_CBC_PAD", iv: new Uint8Array(16) },
    { mechanism: "AES_CTR", counter: new Uint8Array(16).fill(7) },
  ] as const) {
    const sealed = s.encrypt(choice, aes, message);
    results.push(sealed, s.decrypt(choice, aes, sealed));
  }
  const mac = s.generateKey({ mechanism: "GENERIC_SECRET_KEY_GEN" }, { VALUE_LEN: 48, usage: "sign" });
  const cmac = s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 16, usage: "sign" });
  results.push(s.sign({ mechanism: "SHA384_HMAC" }, mac, message), s.sign({ mechanism: "AES_CMAC" }, cmac, message));

  for (const curve of curveNames) {
    const { publicKey, privateKey } = s.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve }, { usage: "sign" });
    const signature = s.sign({ mechanism: "ECDSA_SHA256" }, privateKey, message);
    results.push(signature, s.verify({ mechanism: "ECDSA_SHA256" }, publicKey, message, signature));
  }
  const ed = s.generateKeyPair({ mechanism: "EC_EDWARDS_KEY_PAIR_GEN" }, { usage: "sign" });
  results.push(s.sign({ mechanism: "EDDSA" }, ed.privateKey, message));

  const rsaGen = { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 } as const;
  const signing = s.generateKeyPair(rsaGen, { usage: "sign" });
  for (const choice of [{ mechanism: "SHA256_RSA_PKCS_PSS" }, { mechanism: "SHA512_RSA_PKCS" }] as const) {
    // More often than one blinding pair lasts, each time followed by a draw.
    for (let i = 0; i < 20; i++) results.push(s.sign(choice, signing.privateKey, message), s.generateRandom(4));
    results.push(s.verify(choice, signing.publicKey, message, s.sign(choice, signing.privateKey, message)));
  }
  const wrapping = s.generateKeyPair(rsaGen, { usage: "encrypt" });
  const oaep = { mechanism: "RSA_PKCS_OAEP", hash: "SHA256" } as const;
  const sealed = s.encrypt(oaep, wrapping.publicKey, message);
  results.push(sealed, s.decrypt(oaep, wrapping.privateKey, sealed), s.generateRandom(32));
  return results;
}

async function onKms(engine: Engine): Promise<unknown[]> {
  const kms = createKms({ engine, entropy: seededEntropy(seed) });
  kms.clock.freeze();
  kms.clock.set(Date.UTC(2026, 0, 1));
  const client = kms.client() as unknown as sdk.KMSClient;
  const results: unknown[] = [];
  const newKey = async (KeySpec: sdk.KeySpec, KeyUsage: sdk.KeyUsageType): Promise<string> => {
    const { KeyMetadata } = await client.send(new sdk.CreateKeyCommand({ KeySpec, KeyUsage }));
    results.push(KeyMetadata);
    return KeyMetadata?.KeyId as string;
  };

  const KeyId = await newKey("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
  const EncryptionContext = { purpose: "report" };
  const { CiphertextBlob } = await client.send(
    new sdk.EncryptCommand({ KeyId, Plaintext: message, EncryptionContext }),
  );
  const opened = await client.send(new sdk.DecryptCommand({ CiphertextBlob, EncryptionContext }));
  const dataKey = await client.send(new sdk.GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" }));
  results.push(CiphertextBlob, opened.Plaintext, dataKey.Plaintext, dataKey.CiphertextBlob);

  const rsa = await newKey("RSA_2048", "SIGN_VERIFY");
  const ec = await newKey("ECC_NIST_P384", "SIGN_VERIFY");
  for (const [id, SigningAlgorithm] of [
    [rsa, "RSASSA_PSS_SHA_256"],
    [ec, "ECDSA_SHA_384"],
  ] as const) {
    const { Signature } = await client.send(new sdk.SignCommand({ KeyId: id, Message: message, SigningAlgorithm }));
    const verified = await client.send(
      new sdk.VerifyCommand({ KeyId: id, Message: message, Signature, SigningAlgorithm }),
    );
    const { PublicKey } = await client.send(new sdk.GetPublicKeyCommand({ KeyId: id }));
    results.push(Signature, verified.SignatureValid, PublicKey);
  }
  await kms.close();
  return results;
}

test("on the token", () => {
  const results = onToken(nodeEngine);
  expect(results).toEqual(onToken(pureEngine));
  expect(results.length).toBeGreaterThan(90);
});

test("on the KMS", async () => {
  const results = await onKms(nodeEngine);
  expect(results).toEqual(await onKms(pureEngine));
  expect(results[2]).toEqual(message);
});
