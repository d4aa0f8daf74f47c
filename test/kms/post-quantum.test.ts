import { createHash } from "node:crypto";
import { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import { ml_kem512, ml_kem768, ml_kem1024 } from "@noble/post-quantum/ml-kem.js";
import { beforeAll, describe, expect, test } from "vitest";
import { concat, fromHex, toHex, utf8 } from "../../src/bytes/bytes.ts";
import type { KeyRecord } from "../../src/kms/context.ts";
import { expectRefusal } from "./support/refusals.ts";
import { createService, type Service } from "./support/service.ts";

const SigningAlgorithm = "ML_DSA_SHAKE_256";
const message = utf8("a message");

let kms: Service;

beforeAll(() => {
  kms = createService();
});

/** The lengths are those that AWS's answers have: FIPS 204, table 2, and 22 bytes of DER around a public key. */
describe.each([
  ["ML_DSA_44", ml_dsa44, "0609608648016503040311", 1312, 2420],
  ["ML_DSA_65", ml_dsa65, "0609608648016503040312", 1952, 3309],
  ["ML_DSA_87", ml_dsa87, "0609608648016503040313", 2592, 4627],
] as const)("%s", (spec, scheme, oid, publicKeyBytes, signatureBytes) => {
  let key: KeyRecord;
  let publicKey: Uint8Array;

  beforeAll(async () => {
    key = await kms.createKey(spec, "SIGN_VERIFY");
    const { PublicKey } = await kms.call("GetPublicKey", { KeyId: key.keyId });
    publicKey = PublicKey.slice(-publicKeyBytes);
    // RFC 9881, 4: the object identifier without parameters, the key in the BIT STRING as it is.
    expect(toHex(PublicKey.slice(0, 22))).toContain(`300b${oid}0382`);
    expect(PublicKey.length).toBe(publicKeyBytes + 22);
  });

  /** µ = H(H(pk, 64) || 0 || |ctx| || ctx || M, 64), FIPS 204, 5.2 and 6.2, with the empty context. */
  const muOf = (text: Uint8Array): Uint8Array => {
    const shake = (data: Uint8Array): Buffer => createHash("shake256", { outputLength: 64 }).update(data).digest();
    return Uint8Array.from(shake(concat(shake(publicKey), Uint8Array.of(0, 0), text)));
  };

  test("signs a message with the empty context", async () => {
    const { Signature } = await kms.call("Sign", { KeyId: key.keyId, Message: message, SigningAlgorithm });
    expect(Signature.length).toBe(signatureBytes);
    expect(scheme.verify(Signature, message, publicKey)).toBe(true);
  });

  test("takes the message representative µ for its message", async () => {
    const ofMu = { KeyId: key.keyId, Message: muOf(message), MessageType: "EXTERNAL_MU", SigningAlgorithm };
    const { Signature } = await kms.call("Sign", ofMu);
    expect(scheme.verify(Signature, message, publicKey)).toBe(true);
    const ofMessage = { KeyId: key.keyId, Message: message, MessageType: "RAW", SigningAlgorithm, Signature };
    const valid = { KeyId: key.arn, SignatureValid: true, SigningAlgorithm };
    expect(await kms.call("Verify", ofMessage)).toEqual(valid);
    expect(await kms.call("Verify", { ...ofMu, Signature })).toEqual(valid);
    await expectRefusal(
      kms.call("Verify", { ...ofMu, MessageType: "RAW", Signature }),
      "KMSInvalidSignatureException",
      undefined,
    );
  });

  test("refuses a digest, and a µ of another length than 64 bytes", async () => {
    const input = { KeyId: key.keyId, Message: new Uint8Array(64), SigningAlgorithm };
    const digest = kms.call("Sign", { ...input, MessageType: "DIGEST" });
    await expectRefusal(digest, "ValidationException", `Message type DIGEST is incompatible with key spec ${spec}.`);
    for (const length of [1, 63, 65]) {
      const Message = new Uint8Array(length);
      const short = kms.call("Sign", { ...input, Message, MessageType: "EXTERNAL_MU" });
      const text = `Digest is invalid length for algorithm ${SigningAlgorithm}.`;
      await expectRefusal(short, "ValidationException", text);
    }
  });
});

const EncapsulationAlgorithm = "ML_KEM";

describe.each([
  ["ML_KEM_512", ml_kem512, "0609608648016503040401", 800, 768],
  ["ML_KEM_768", ml_kem768, "0609608648016503040402", 1184, 1088],
  ["ML_KEM_1024", ml_kem1024, "0609608648016503040403", 1568, 1568],
] as const)("%s", (spec, scheme, oid, publicKeyBytes, ciphertextBytes) => {
  test("makes data key pairs as RFC 9935 has them: the seed alone in the private half", async () => {
    const { keyId } = await kms.createKey();
    const pair = await kms.call("GenerateDataKeyPair", { KeyId: keyId, KeyPairSpec: spec });
    const opened = await kms.call("Decrypt", { CiphertextBlob: pair.PrivateKeyCiphertextBlob });
    expect(opened.Plaintext).toEqual(pair.PrivateKeyPlaintext);
    // PrivateKeyInfo: version 0, the algorithm, and an OCTET STRING with [0] IMPLICIT OCTET STRING (SIZE (64)).
    const front = fromHex(`3054020100300b${oid}04428040`);
    expect(pair.PrivateKeyPlaintext.slice(0, front.length)).toEqual(front);
    const { publicKey } = scheme.keygen(pair.PrivateKeyPlaintext.slice(front.length));
    expect(pair.PublicKey.slice(-publicKeyBytes)).toEqual(publicKey);
  });

  test("gives both sides the same secret", async () => {
    const { keyId, arn } = await kms.createKey(spec, "ENCAPSULATE_DECAPSULATE");
    const made = await kms.call("Encapsulate", { KeyId: keyId, EncapsulationAlgorithm });
    expect(made).toEqual({
      KeyId: arn,
      SharedSecret: expect.any(Uint8Array),
      SharedSecretCiphertextBlob: expect.any(Uint8Array),
      EncapsulationAlgorithm,
    });
    const { SharedSecret, SharedSecretCiphertextBlob } = made;
    expect([SharedSecret.length, SharedSecretCiphertextBlob.length]).toEqual([32, ciphertextBytes]);
    const input = { KeyId: keyId, SharedSecretCiphertextBlob, EncapsulationAlgorithm };
    expect(await kms.call("Decapsulate", input)).toEqual({ KeyId: arn, SharedSecret, EncapsulationAlgorithm });
  });

  test("opens what was made with its public key outside, and rejects what is damaged implicitly", async () => {
    const { keyId } = await kms.createKey(spec, "ENCAPSULATE_DECAPSULATE");
    const { PublicKey, ...rest } = await kms.call("GetPublicKey", { KeyId: keyId });
    expect(rest).toMatchObject({ KeySpec: spec, EncapsulationAlgorithms: ["ML_KEM"] });
    const { cipherText, sharedSecret } = scheme.encapsulate(PublicKey.slice(-publicKeyBytes));
    const open = async (SharedSecretCiphertextBlob: Uint8Array): Promise<Uint8Array> =>
      (await kms.call("Decapsulate", { KeyId: keyId, SharedSecretCiphertextBlob, EncapsulationAlgorithm }))
        .SharedSecret;
    expect(await open(cipherText)).toEqual(sharedSecret);
    cipherText[0]! ^= 1;
    const rejected = await open(cipherText);
    expect(rejected.length).toBe(32);
    expect(rejected).not.toEqual(sharedSecret);
    expect(await open(cipherText)).toEqual(rejected);
    for (const wrong of [cipherText.subarray(1), concat(cipherText, Uint8Array.of(0))]) {
      await expectRefusal(open(wrong), "InvalidCiphertextException", undefined);
    }
  });
});
