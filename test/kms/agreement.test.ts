import { createPublicKey, diffieHellman, generateKeyPairSync } from "node:crypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { fromHex, utf8 } from "../../src/bytes/bytes.ts";
import type { KeyRecord } from "../../src/kms/context.ts";
import { DRY_RUN, expectRefusal } from "./support/refusals.ts";
import { createService, type Service } from "./support/service.ts";

const KeyAgreementAlgorithm = "ECDH";
const CURVES = [
  ["ECC_NIST_P256", "prime256v1", 32],
  ["ECC_NIST_P384", "secp384r1", 48],
  ["ECC_NIST_P521", "secp521r1", 66],
] as const;

const publicKeyOf = (namedCurve: string): Uint8Array => {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve });
  return Uint8Array.from(publicKey.export({ type: "spki", format: "der" }));
};

let kms: Service;
let key: KeyRecord;

beforeAll(async () => {
  kms = createService();
  key = await kms.createKey("ECC_NIST_P256", "KEY_AGREEMENT");
});

beforeEach(() => {
  kms.asked.length = 0;
  kms.denied.clear();
});

const derive = (input: object = {}): Promise<Record<string, unknown>> => {
  const PublicKey = publicKeyOf("prime256v1");
  return kms.call("DeriveSharedSecret", { KeyId: key.keyId, KeyAgreementAlgorithm, PublicKey, ...input });
};

test.each(CURVES)("with %s both parties have the same secret", async (spec, namedCurve, length) => {
  const { keyId, arn, materials } = await kms.createKey(spec, "KEY_AGREEMENT");
  const peer = generateKeyPairSync("ec", { namedCurve });
  const PublicKey = Uint8Array.from(peer.publicKey.export({ type: "spki", format: "der" }));
  const answer = await derive({ KeyId: keyId, PublicKey });
  const ours = createPublicKey({ key: Buffer.from(materials[0]?.publicKey ?? []), type: "spki", format: "der" });
  const SharedSecret = Uint8Array.from(diffieHellman({ privateKey: peer.privateKey, publicKey: ours }));
  expect(SharedSecret.length).toBe(length);
  expect(answer).toEqual({ KeyId: arn, SharedSecret, KeyAgreementAlgorithm, KeyOrigin: "AWS_KMS" });
});

test("a public key that does not fit gives a ValidationException with an empty message", async () => {
  const good = publicKeyOf("prime256v1");
  const offCurve = Uint8Array.from(good);
  offCurve[offCurve.length - 1]! ^= 1;
  const wrong = [
    publicKeyOf("secp384r1"),
    publicKeyOf("secp256k1"),
    offCurve,
    good.subarray(0, good.length - 1),
    good.subarray(26),
    utf8("garbage"),
    fromHex("00"),
  ];
  for (const PublicKey of wrong) {
    await expectRefusal(derive({ PublicKey }), "ValidationException", "");
    await expectRefusal(derive({ PublicKey, DryRun: true }), "ValidationException", "");
  }
});

test("refuses a key of another usage before the public key is looked at", async () => {
  const signing = await kms.createKey("ECC_NIST_P256", "SIGN_VERIFY");
  await expectRefusal(
    derive({ KeyId: signing.keyId, PublicKey: utf8("garbage") }),
    "InvalidKeyUsageException",
    `${signing.arn} key usage is SIGN_VERIFY which is not valid for DeriveSharedSecret.`,
  );
});

test("refuses a disabled key", async () => {
  const off = await kms.createKey("ECC_NIST_P256", "KEY_AGREEMENT");
  await kms.setState(off, "Disabled");
  await expectRefusal(derive({ KeyId: off.keyId }), "DisabledException", `${off.arn} is disabled.`);
});

test("asks for kms:DeriveSharedSecret on the key", async () => {
  kms.denied.add("kms:DeriveSharedSecret");
  await expectRefusal(derive(), "AccessDeniedException", "denied");
  expect(kms.asked).toEqual([{ action: "kms:DeriveSharedSecret", resource: key.arn, conditions: {} }]);
});

test("a dry run stops after every check", async () => {
  await expectRefusal(derive({ DryRun: true }), "DryRunOperationException", DRY_RUN);
});

test("refuses a recipient that proves nothing instead of answering with the secret", async () => {
  const Recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument: fromHex("00") };
  await expectRefusal(
    derive({ Recipient }),
    "ValidationException",
    "The attestation document is not valid: it is not a COSE_Sign1.",
  );
});
