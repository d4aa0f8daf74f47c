import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { ed25519ph } from "@noble/curves/ed25519.js";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
import type { KeyRecord } from "../../src/kms/context.ts";
import type { KeySpec } from "../../src/kms/key-specs.ts";
import { DRY_RUN, expectRefusal } from "./support/refusals.ts";
import { createService, type Service } from "./support/service.ts";

const Message = utf8("a message");
const digest = (bits: number): Uint8Array => Uint8Array.from(createHash(`sha${bits}`).update(Message).digest());

/** Each key spec with its signing algorithms (developer guide, "Key spec reference"). */
const RSASSA = [256, 384, 512].flatMap((bits) => [`RSASSA_PSS_SHA_${bits}`, `RSASSA_PKCS1_V1_5_SHA_${bits}`]);
const ALGORITHMS: readonly (readonly [KeySpec, readonly string[]])[] = [
  ["RSA_2048", RSASSA],
  ["ECC_NIST_P256", ["ECDSA_SHA_256"]],
  ["ECC_NIST_P384", ["ECDSA_SHA_384"]],
  ["ECC_NIST_P521", ["ECDSA_SHA_512"]],
  ["ECC_SECG_P256K1", ["ECDSA_SHA_256"]],
  ["ECC_NIST_EDWARDS25519", ["ED25519_SHA_512", "ED25519_PH_SHA_512"]],
];
const EVERY = [...new Set(ALGORITHMS.flatMap(([, names]) => names)), "SM2DSA", "ML_DSA_SHAKE_256"];

let kms: Service;
const keys = new Map<KeySpec, KeyRecord>();
const keyOf = (spec: KeySpec): KeyRecord => keys.get(spec) as KeyRecord;
let encryption: KeyRecord;

beforeAll(async () => {
  kms = createService();
  for (const [spec] of ALGORITHMS) keys.set(spec, await kms.createKey(spec, "SIGN_VERIFY"));
  encryption = await kms.createKey("RSA_2048", "ENCRYPT_DECRYPT");
});

beforeEach(() => {
  kms.asked.length = 0;
  kms.denied.clear();
});

describe.each(ALGORITHMS)("with %s", (spec, algorithms) => {
  test.each(algorithms.filter((name) => name !== "ED25519_PH_SHA_512"))(
    "a message signed with %s is verified by Verify and by OpenSSL",
    async (SigningAlgorithm) => {
      const { keyId, arn, materials } = keyOf(spec);
      const answer = await kms.call("Sign", { KeyId: keyId, Message, SigningAlgorithm });
      expect(answer).toEqual({ KeyId: arn, Signature: expect.any(Uint8Array), SigningAlgorithm });
      const { Signature } = answer;
      const input = { KeyId: keyId, Message, MessageType: "RAW", Signature, SigningAlgorithm };
      expect(await kms.call("Verify", input)).toEqual({ KeyId: arn, SignatureValid: true, SigningAlgorithm });

      const key = createPublicKey({ key: Buffer.from(materials[0]?.publicKey ?? []), type: "spki", format: "der" });
      const hash = spec === "ECC_NIST_EDWARDS25519" ? null : `sha${SigningAlgorithm.slice(-3)}`;
      // RSA_PKCS1_PSS_PADDING with RSA_PSS_SALTLEN_DIGEST: AWS's salt is as long as the digest.
      const options = SigningAlgorithm.includes("PSS") ? { key, padding: 6, saltLength: -1 } : key;
      expect(verifySignature(hash, Message, options, Signature)).toBe(true);
    },
  );

  test("every algorithm of another spec is refused", async () => {
    for (const SigningAlgorithm of EVERY.filter((name) => !algorithms.includes(name))) {
      for (const [operation, more] of [
        ["Sign", {}],
        ["Verify", { Signature: new Uint8Array(64) }],
      ] as const) {
        await expectRefusal(
          kms.call(operation, { KeyId: keyOf(spec).keyId, Message, SigningAlgorithm, ...more }),
          "InvalidKeyUsageException",
          `Algorithm ${SigningAlgorithm} is incompatible with key spec ${spec}.`,
        );
      }
    }
  });

  test("a changed message, a changed signature and a signature of another length are one exception without a message", async () => {
    const SigningAlgorithm = algorithms[0] as string;
    const input = { KeyId: keyOf(spec).keyId, Message, SigningAlgorithm };
    const { Signature } = await kms.call("Sign", input);
    const changed = Uint8Array.from(Signature);
    changed[changed.length - 1]! ^= 1;
    for (const wrong of [changed, Signature.subarray(1), Uint8Array.of(...Signature, 0), Uint8Array.of(0)]) {
      await expectRefusal(kms.call("Verify", { ...input, Signature: wrong }), "KMSInvalidSignatureException");
    }
    const tampered = kms.call("Verify", { ...input, Message: utf8("another"), Signature });
    await expectRefusal(tampered, "KMSInvalidSignatureException");
  });
});

describe("a DIGEST message", () => {
  test.each([
    ...RSASSA.map((algorithm) => ["RSA_2048", algorithm] as const),
    ["ECC_NIST_P256", "ECDSA_SHA_256"],
    ["ECC_NIST_P384", "ECDSA_SHA_384"],
    ["ECC_NIST_P521", "ECDSA_SHA_512"],
    ["ECC_SECG_P256K1", "ECDSA_SHA_256"],
  ] as const)("of %s with %s gives a signature of the message", async (spec, SigningAlgorithm) => {
    const input = { KeyId: keyOf(spec).keyId, SigningAlgorithm };
    const digested = { ...input, Message: digest(Number(SigningAlgorithm.slice(-3))), MessageType: "DIGEST" };
    const { Signature } = await kms.call("Sign", digested);
    expect((await kms.call("Verify", { ...input, Message, Signature })).SignatureValid).toBe(true);
    expect((await kms.call("Verify", { ...digested, Signature })).SignatureValid).toBe(true);
    const asMessage = kms.call("Verify", { ...digested, MessageType: "RAW", Signature });
    await expectRefusal(asMessage, "KMSInvalidSignatureException");
  });

  test("of Ed25519 is hashed again: the answer is an Ed25519ph signature of the digest", async () => {
    const { keyId, materials } = keyOf("ECC_NIST_EDWARDS25519");
    const SigningAlgorithm = "ED25519_PH_SHA_512";
    const input = { KeyId: keyId, SigningAlgorithm, Message: digest(512), MessageType: "DIGEST" };
    const { Signature } = await kms.call("Sign", input);
    expect((await kms.call("Verify", { ...input, Signature })).SignatureValid).toBe(true);
    const publicKey = materials[0]?.publicKey?.slice(-32) as Uint8Array;
    expect(ed25519ph.verify(Signature, input.Message, publicKey)).toBe(true);
    expect(ed25519ph.verify(Signature, Message, publicKey)).toBe(false);
    const pure = { ...input, SigningAlgorithm: "ED25519_SHA_512", MessageType: "RAW", Signature };
    await expectRefusal(kms.call("Verify", pure), "KMSInvalidSignatureException");
  });

  test.each([
    ["RSA_2048", "RSASSA_PSS_SHA_256", 32],
    ["RSA_2048", "RSASSA_PKCS1_V1_5_SHA_384", 48],
    ["ECC_NIST_P256", "ECDSA_SHA_256", 32],
    ["ECC_NIST_P384", "ECDSA_SHA_384", 48],
    ["ECC_NIST_P521", "ECDSA_SHA_512", 64],
    ["ECC_NIST_EDWARDS25519", "ED25519_PH_SHA_512", 64],
  ] as const)("of %s with %s has exactly %i bytes", async (spec, SigningAlgorithm, length) => {
    const input = { KeyId: keyOf(spec).keyId, SigningAlgorithm, MessageType: "DIGEST" };
    for (const wrong of [1, length - 1, length + 1, 4096]) {
      const text = `Digest is invalid length for algorithm ${SigningAlgorithm}.`;
      const message = { ...input, Message: new Uint8Array(wrong) };
      await expectRefusal(kms.call("Sign", message), "ValidationException", text);
      const verify = kms.call("Verify", { ...message, Signature: new Uint8Array(64) });
      await expectRefusal(verify, "ValidationException", text);
    }
    const dryRun = kms.call("Sign", { ...input, Message: new Uint8Array(length), DryRun: true });
    await expectRefusal(dryRun, "DryRunOperationException", DRY_RUN);
  });
});

test.each([
  ["ECC_NIST_EDWARDS25519", "ED25519_PH_SHA_512", "RAW", "algorithm ED25519_PH_SHA_512"],
  ["ECC_NIST_EDWARDS25519", "ED25519_SHA_512", "DIGEST", "algorithm ED25519_SHA_512"],
  ["ECC_NIST_EDWARDS25519", "ED25519_SHA_512", "EXTERNAL_MU", "key spec ECC_NIST_EDWARDS25519"],
  ["RSA_2048", "RSASSA_PSS_SHA_256", "EXTERNAL_MU", "key spec RSA_2048"],
] as const)("%s with %s takes no %s messages", async (spec, SigningAlgorithm, MessageType, what) => {
  const input = { KeyId: keyOf(spec).keyId, Message: new Uint8Array(64), MessageType, SigningAlgorithm };
  const text = `Message type ${MessageType} is incompatible with ${what}.`;
  await expectRefusal(kms.call("Sign", input), "ValidationException", text);
  const verify = kms.call("Verify", { ...input, Signature: new Uint8Array(64) });
  await expectRefusal(verify, "ValidationException", text);
});

describe.each(["Sign", "Verify"] as const)("%s", (operation) => {
  const call = (input: object): Promise<unknown> => {
    const Signature = operation === "Verify" ? { Signature: new Uint8Array(64) } : {};
    const KeyId = keyOf("ECC_NIST_P256").keyId;
    return kms.call(operation, { KeyId, Message, SigningAlgorithm: "ECDSA_SHA_256", ...Signature, ...input });
  };

  test("refuses a key of another usage", async () => {
    await expectRefusal(
      call({ KeyId: encryption.keyId }),
      "InvalidKeyUsageException",
      `${encryption.arn} key usage is ENCRYPT_DECRYPT which is not valid for ${operation}.`,
    );
  });

  test("refuses a disabled key before it looks at the algorithm, and the algorithm before the digest", async () => {
    const off = await kms.createKey("ECC_NIST_P256", "SIGN_VERIFY");
    await kms.setState(off, "Disabled");
    const wrong = { SigningAlgorithm: "ECDSA_SHA_512", MessageType: "DIGEST", Message: new Uint8Array(1) };
    await expectRefusal(call({ KeyId: off.keyId, ...wrong }), "DisabledException", `${off.arn} is disabled.`);
    await expectRefusal(
      call(wrong),
      "InvalidKeyUsageException",
      "Algorithm ECDSA_SHA_512 is incompatible with key spec ECC_NIST_P256.",
    );
  });

  test("answers SYMMETRIC_DEFAULT as an algorithm that does not fit, as AWS does, though no list names it", async () => {
    await expectRefusal(
      call({ SigningAlgorithm: "SYMMETRIC_DEFAULT" }),
      "InvalidKeyUsageException",
      "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec ECC_NIST_P256.",
    );
  });

  test("asks for its own permission", async () => {
    kms.denied.add(`kms:${operation}`);
    await expectRefusal(call({}), "AccessDeniedException", "denied");
    expect(kms.asked).toEqual([{ action: `kms:${operation}`, resource: keyOf("ECC_NIST_P256").arn, conditions: {} }]);
  });
});

test("a dry run of Verify looks at the signature", async () => {
  const input = { KeyId: keyOf("ECC_NIST_P256").keyId, Message, SigningAlgorithm: "ECDSA_SHA_256" };
  const { Signature } = await kms.call("Sign", input);
  const dry = { ...input, DryRun: true };
  await expectRefusal(kms.call("Verify", { ...dry, Signature }), "DryRunOperationException", DRY_RUN);
  const wrong = kms.call("Verify", { ...dry, Signature: Signature.subarray(1) });
  await expectRefusal(wrong, "KMSInvalidSignatureException");
});
