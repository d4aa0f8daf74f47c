import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { concat, toHex, utf8 } from "../../src/bytes/bytes.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { DEFAULT_USER_ID, sm2Z } from "../../src/crypto/sm2/curve.ts";
import { describeWith } from "../support/programs.ts";
import { openCore } from "./support/core.ts";
import { expectRefusal } from "./support/refusals.ts";
import { createService, type Service } from "./support/service.ts";

const message = utf8("between two implementations");

let kms: Service;

beforeAll(() => {
  kms = createService({ sm2: true });
});

/** SM3(Z || M), what a signature is over (GB/T 32918.2-2016, 6.1). */
function digestOf(publicKey: Uint8Array, text: Uint8Array): Uint8Array {
  return pureEngine.digest("SM3", concat(sm2Z(pureEngine, publicKey.slice(-65), DEFAULT_USER_ID), text));
}

describe("signatures", () => {
  const SigningAlgorithm = "SM2DSA";

  test("a DIGEST is SM3 over Z and the message, and gives a signature of the message", async () => {
    const { keyId } = await kms.createKey("SM2", "SIGN_VERIFY");
    const { PublicKey } = await kms.call("GetPublicKey", { KeyId: keyId });
    const digest = { KeyId: keyId, Message: digestOf(PublicKey, message), MessageType: "DIGEST", SigningAlgorithm };
    const { Signature } = await kms.call("Sign", digest);
    const raw = { KeyId: keyId, Message: message, MessageType: "RAW", SigningAlgorithm };
    expect((await kms.call("Verify", { ...raw, Signature })).SignatureValid).toBe(true);
    expect((await kms.call("Verify", { ...digest, Signature })).SignatureValid).toBe(true);
    expect(Signature[0]).toBe(0x30);
    const other = kms.call("Verify", { ...raw, Message: utf8("another"), Signature });
    await expectRefusal(other, "KMSInvalidSignatureException", undefined);
  });

  test("a DIGEST has 32 bytes, and there is no µ", async () => {
    const { keyId } = await kms.createKey("SM2", "SIGN_VERIFY");
    const input = { KeyId: keyId, Message: new Uint8Array(64), SigningAlgorithm };
    const long = kms.call("Sign", { ...input, MessageType: "DIGEST" });
    await expectRefusal(long, "ValidationException", "Digest is invalid length for algorithm SM2DSA.");
    const mu = kms.call("Sign", { ...input, MessageType: "EXTERNAL_MU" });
    await expectRefusal(mu, "ValidationException", "Message type EXTERNAL_MU is incompatible with key spec SM2.");
  });
});

describe("encryption", () => {
  const EncryptionAlgorithm = "SM2PKE";

  test("takes 1024 bytes and no more, and gives them back", async () => {
    const { keyId, arn } = await kms.createKey("SM2", "ENCRYPT_DECRYPT");
    const Plaintext = new Uint8Array(1024).fill(7);
    const input = { KeyId: keyId, EncryptionAlgorithm };
    const { CiphertextBlob, ...rest } = await kms.call("Encrypt", { ...input, Plaintext });
    expect(rest).toEqual({ KeyId: arn, EncryptionAlgorithm });
    expect((await kms.call("Decrypt", { ...input, CiphertextBlob })).Plaintext).toEqual(Plaintext);
    await expectRefusal(
      kms.call("Encrypt", { ...input, Plaintext: new Uint8Array(1025) }),
      "ValidationException",
      "Algorithm SM2PKE and key spec SM2 cannot encrypt data larger than 1024 bytes.",
    );
    CiphertextBlob[CiphertextBlob.length - 1] ^= 1;
    await expectRefusal(kms.call("Decrypt", { ...input, CiphertextBlob }), "InvalidCiphertextException", undefined);
  });

  test("refuses the default algorithm", async () => {
    const { keyId } = await kms.createKey("SM2", "ENCRYPT_DECRYPT");
    const text = "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec SM2.";
    const refused = kms.call("Encrypt", { KeyId: keyId, Plaintext: message });
    await expectRefusal(refused, "InvalidKeyUsageException", text);
  });
});

test("two keys agree on one secret", async () => {
  const [a, b] = [await kms.createKey("SM2", "KEY_AGREEMENT"), await kms.createKey("SM2", "KEY_AGREEMENT")];
  const [ofA, ofB] = await Promise.all(
    [
      { KeyId: a.keyId, PublicKey: b.materials[0]?.publicKey },
      { KeyId: b.keyId, PublicKey: a.materials[0]?.publicKey },
    ].map((input) => kms.call("DeriveSharedSecret", { ...input, KeyAgreementAlgorithm: "ECDH" })),
  );
  expect(ofA.SharedSecret).toEqual(ofB.SharedSecret);
  expect(ofA.SharedSecret.length).toBe(32);
  const { materials } = await kms.createKey("ECC_NIST_P256", "KEY_AGREEMENT");
  const other = { KeyId: a.keyId, PublicKey: materials[0]?.publicKey, KeyAgreementAlgorithm: "ECDH" };
  await expectRefusal(kms.call("DeriveSharedSecret", other), "ValidationException", "");
});

test("SM2 is there in the China Regions, and elsewhere where it is asked for", async () => {
  const wish = { KeySpec: "SM2", KeyUsage: "SIGN_VERIFY" };
  const refused = openCore().call("CreateKey", wish);
  await expectRefusal(refused, "UnsupportedOperationException", "KeySpec SM2 is not supported in us-east-1.");
  expect((await openCore({ sm2: true }).createKey(wish)).SigningAlgorithms).toEqual(["SM2DSA"]);
});

describeWith("openssl", "OpenSSL on the other side", () => {
  /** Runs openssl with files for its arguments `@name`; the result is what it wrote to `@out`. */
  function openssl(args: readonly string[], files: Readonly<Record<string, Uint8Array>>): Uint8Array {
    const directory = mkdtempSync(join(tmpdir(), "kms-sm2-"));
    try {
      for (const [name, contents] of Object.entries(files)) writeFileSync(join(directory, name), contents);
      const named = args.map((arg) => (arg.startsWith("@") ? join(directory, arg.slice(1)) : arg));
      execFileSync("openssl", [...named, "-out", join(directory, "out")], { stdio: "pipe" });
      return Uint8Array.from(readFileSync(join(directory, "out")));
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
  const publicKey = ["-pubin", "-keyform", "DER", "-inkey", "@key"];

  test("it verifies a signature with the user identifier that AWS names", async () => {
    const { keyId, materials } = await kms.createKey("SM2", "SIGN_VERIFY");
    const { Signature } = await kms.call("Sign", { KeyId: keyId, Message: message, SigningAlgorithm: "SM2DSA" });
    const files = { key: materials[0]?.publicKey as Uint8Array, message, signature: Signature };
    const how = ["-rawin", "-in", "@message", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"];
    const said = openssl(["pkeyutl", "-verify", ...publicKey, ...how, "-sigfile", "@signature"], files);
    expect(Buffer.from(said).toString()).toContain("Verified Successfully");
  });

  test("we decrypt what it encrypts with the public key", async () => {
    const { keyId, materials } = await kms.createKey("SM2", "ENCRYPT_DECRYPT");
    const files = { key: materials[0]?.publicKey as Uint8Array, message };
    const CiphertextBlob = openssl(["pkeyutl", "-encrypt", ...publicKey, "-in", "@message"], files);
    const input = { KeyId: keyId, CiphertextBlob, EncryptionAlgorithm: "SM2PKE" };
    expect((await kms.call("Decrypt", input)).Plaintext).toEqual(message);
  });

  test("it reads a data key pair, and finds the same public half", async () => {
    const { keyId } = await kms.createKey();
    const pair = await kms.call("GenerateDataKeyPair", { KeyId: keyId, KeyPairSpec: "SM2" });
    const args = ["pkey", "-inform", "DER", "-in", "@key", "-pubout", "-outform", "DER"];
    expect(toHex(openssl(args, { key: pair.PrivateKeyPlaintext }))).toBe(toHex(pair.PublicKey));
  });
});
