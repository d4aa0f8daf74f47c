import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createVerify,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  verify as nodeVerify,
} from "node:crypto";
import { describe, expect, test } from "vitest";
import { fromHex } from "../../src/bytes/bytes.ts";
import { seededEntropy } from "../../src/crypto/entropy.ts";
import { envelopeKeyId } from "../../src/der/kms-envelope-frame.ts";
import { decodePkcs8 } from "../../src/der/pkcs8.ts";
import type { BackingKey, KeyRecord } from "../../src/kms/context.ts";
import type { DataKeyPairSpec } from "../../src/kms/key-specs.ts";
import { createVault } from "../../src/kms/token-vault.ts";
import { createHsm } from "../../src/token/hsm.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";
import { pooledRsaEngine } from "../support/rsa-pool.ts";

const KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
const none = new Uint8Array(0);
const message = new TextEncoder().encode("attack at dawn");

/** How many secret and private keys are unwrapped in the HSM's token now. */
function unwrapped(hsm: ReturnType<typeof createHsm>): number {
  const session = hsm.openSession();
  try {
    return session.findObjects({ TOKEN: false }).length;
  } finally {
    session.close();
  }
}

describe("backing keys", () => {
  test("a symmetric key's identifier is the one in the blobs that it makes", async () => {
    const vault = createVault(createHsm());
    const key = await vault.createBackingKey(KEY_ID, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    const blob = vault.encrypt(key, none, message, "ENCRYPT");
    expect(envelopeKeyId(blob)).toEqual(fromHex(key.id));
    expect(blob).toHaveLength(message.length + 152);
    expect(vault.decrypt(key, none, blob)).toEqual(message);
  });

  test("the domain key is the token's own: it is neither readable nor extractable, and the next vault finds it", async () => {
    const hsm = createHsm();
    const first = createVault(hsm);
    const key = await first.createBackingKey(KEY_ID, "HMAC_256", "GENERATE_VERIFY_MAC");
    const mac = first.mac(key, "HMAC_SHA_256", message);
    first.close();
    const second = createVault(hsm);
    expect(second.verifyMac(key, "HMAC_SHA_256", message, mac)).toBe(true);
    const session = hsm.openSession();
    const [domainKey, ...others] = session.findObjects({ TOKEN: true, CLASS: "SECRET_KEY" });
    if (domainKey === undefined) return expect.unreachable("there is no domain key");
    expect(others).toEqual([]);
    expect(() => session.getAttributes(domainKey, ["VALUE"])).toThrow("CKR_ATTRIBUTE_SENSITIVE");
    expect(session.getAttributes(domainKey, ["NEVER_EXTRACTABLE", "ALWAYS_SENSITIVE", "ALLOWED_MECHANISMS"])).toEqual({
      NEVER_EXTRACTABLE: true,
      ALWAYS_SENSITIVE: true,
      ALLOWED_MECHANISMS: ["PHSM_BOUND_WRAP"],
    });
  });

  test("an exported key under another one's identifier, or changed in any byte, is not used", async () => {
    const hsm = createHsm();
    const vault = createVault(hsm);
    const make = (): Promise<BackingKey> => vault.createBackingKey(KEY_ID, "HMAC_256", "GENERATE_VERIFY_MAC");
    const [a, b] = [await make(), await make()];
    vault.close();
    const other = createVault(hsm);
    const use = (key: BackingKey) => () => other.mac(key, "HMAC_SHA_256", message);
    expect(use({ ...a, exported: b.exported })).toThrow();
    expect(use({ ...b, keyId: "another key" })).toThrow("CKR_TEMPLATE_INCONSISTENT");
    for (let i = 0; i < a.exported.length; i += 7) {
      const exported = Uint8Array.from(a.exported);
      exported[i] = exported[i]! ^ 1;
      expect(use({ ...a, exported })).toThrow("CKR_WRAPPED_KEY_INVALID");
    }
    expect(use(a)()).toHaveLength(32);
  });

  test("an exported key is of no use in another HSM", async () => {
    const key = await createVault(createHsm()).createBackingKey(KEY_ID, "HMAC_256", "GENERATE_VERIFY_MAC");
    const other = createVault(createHsm());
    expect(() => other.mac(key, "HMAC_SHA_256", message)).toThrow("CKR_WRAPPED_KEY_INVALID");
  });

  test("a key serves the algorithms of its spec and usage and no other", async () => {
    const vault = createVault(createHsm());
    const hmac = await vault.createBackingKey(KEY_ID, "HMAC_256", "GENERATE_VERIFY_MAC");
    expect(() => vault.mac(hmac, "HMAC_SHA_512", message)).toThrow("CKR_");
    expect(() => vault.encrypt(hmac, none, message, "ENCRYPT")).toThrow("CKR_");
    const agreement = await vault.createBackingKey(KEY_ID, "ECC_NIST_P256", "KEY_AGREEMENT");
    expect(() => vault.sign(agreement, "ECC_NIST_P256", "ECDSA_SHA_256", message, "RAW")).toThrow("CKR_");
    const signing = await vault.createBackingKey(KEY_ID, "ECC_NIST_P256", "SIGN_VERIFY");
    expect(() => vault.deriveSharedSecret(signing, "ECC_NIST_P256", agreement.publicKey ?? none)).toThrow("CKR_");
  });

  test("with the same entropy two vaults make the same keys, ciphertexts and signatures", async () => {
    const run = async (): Promise<unknown> => {
      const vault = createVault(createHsm({ entropy: seededEntropy(new Uint8Array(32).fill(7)) }));
      const symmetric = await vault.createBackingKey(KEY_ID, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
      const curve = await vault.createBackingKey(KEY_ID, "ECC_NIST_P521", "SIGN_VERIFY");
      return [
        symmetric,
        curve,
        vault.random(16),
        vault.encrypt(symmetric, none, message, "DATAKEY"),
        vault.sign(curve, "ECC_NIST_P521", "ECDSA_SHA_512", message, "RAW"),
      ];
    };
    expect(await run()).toEqual(await run());
  });
});

describe("the cache of unwrapped keys", () => {
  test("no more than its size are in the token, and all of them still work", async () => {
    const hsm = createHsm();
    const vault = createVault(hsm, { cacheSize: 3 });
    const keys: BackingKey[] = [];
    for (let i = 0; i < 6; i++) keys.push(await vault.createBackingKey(KEY_ID, "HMAC_224", "GENERATE_VERIFY_MAC"));
    expect(unwrapped(hsm)).toBe(3);
    for (const key of keys) {
      const mac = vault.mac(key, "HMAC_SHA_224", message);
      expect(vault.verifyMac(key, "HMAC_SHA_224", message, mac)).toBe(true);
    }
    expect(unwrapped(hsm)).toBe(3);
  });

  test("a forgotten key is not in the token any more, nor is its public half, and close leaves none", async () => {
    const hsm = createHsm();
    const vault = createVault(hsm);
    const key = await vault.createBackingKey(KEY_ID, "ECC_NIST_P256", "SIGN_VERIFY");
    const signature = vault.sign(key, "ECC_NIST_P256", "ECDSA_SHA_256", message, "RAW");
    expect(vault.verify(key, "ECC_NIST_P256", "ECDSA_SHA_256", message, "RAW", signature)).toBe(true);
    expect(unwrapped(hsm)).toBe(2);
    vault.forget({ materials: [key] } as unknown as KeyRecord);
    expect(unwrapped(hsm)).toBe(0);
    vault.sign(key, "ECC_NIST_P256", "ECDSA_SHA_256", message, "RAW");
    vault.close();
    expect(unwrapped(hsm)).toBe(0);
  });
});

describe("against node:crypto", () => {
  test.each([
    ["ECC_NIST_P256", "ECDSA_SHA_256", "sha256"],
    ["ECC_NIST_P384", "ECDSA_SHA_384", "sha384"],
    ["ECC_NIST_P521", "ECDSA_SHA_512", "sha512"],
    ["ECC_SECG_P256K1", "ECDSA_SHA_256", "sha256"],
  ] as const)(
    "a signature of %s verifies there, and the wrong ones are refused here",
    async (spec, algorithm, hash) => {
      const vault = createVault(createHsm());
      const key = await vault.createBackingKey(KEY_ID, spec, "SIGN_VERIFY");
      const publicKey = createPublicKey({ key: Buffer.from(key.publicKey ?? none), format: "der", type: "spki" });
      const signature = vault.sign(key, spec, algorithm, message, "RAW");
      expect(createVerify(hash).update(message).verify(publicKey, signature)).toBe(true);
      const verify = (text: Uint8Array, bytes: Uint8Array): boolean =>
        vault.verify(key, spec, algorithm, text, "RAW", bytes);
      expect(verify(message, signature)).toBe(true);
      expect(verify(message.subarray(1), signature)).toBe(false);
      expect(verify(message, signature.subarray(1))).toBe(false);
      expect(verify(message, Uint8Array.of(...signature, 0))).toBe(false);
      expect(verify(message, new Uint8Array(64))).toBe(false);
    },
  );

  test("an Ed25519 signature verifies there", async () => {
    const vault = createVault(createHsm());
    const spec = "ECC_NIST_EDWARDS25519";
    const key = await vault.createBackingKey(KEY_ID, spec, "SIGN_VERIFY");
    expect(key.publicKey).toHaveLength(44);
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey ?? none), format: "der", type: "spki" });
    const signature = vault.sign(key, spec, "ED25519_SHA_512", message, "RAW");
    expect(nodeVerify(null, message, publicKey, signature)).toBe(true);
    expect(vault.verify(key, spec, "ED25519_SHA_512", message, "RAW", signature)).toBe(true);
  });

  test.each([
    ["ECC_NIST_P256", "prime256v1"],
    ["ECC_NIST_P384", "secp384r1"],
    ["ECC_NIST_P521", "secp521r1"],
  ] as const)("a shared secret of %s is the one there", async (spec, namedCurve) => {
    const hsm = createHsm();
    const vault = createVault(hsm);
    const key = await vault.createBackingKey(KEY_ID, spec, "KEY_AGREEMENT");
    const peer = generateKeyPairSync("ec", { namedCurve });
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey ?? none), format: "der", type: "spki" });
    const expected = diffieHellman({ privateKey: peer.privateKey, publicKey });
    const spki = (pair: typeof peer): Uint8Array =>
      Uint8Array.from(pair.publicKey.export({ format: "der", type: "spki" }));
    expect(vault.deriveSharedSecret(key, spec, spki(peer))).toEqual(Uint8Array.from(expected));
    expect(unwrapped(hsm)).toBe(1);
    const offCurve = spki(peer);
    offCurve[offCurve.length - 1]! ^= 1;
    const otherCurve = spki(generateKeyPairSync("ec", { namedCurve: "secp256k1" }));
    for (const bad of [none, Uint8Array.of(1, 2), offCurve, otherCurve]) {
      expect(vault.deriveSharedSecret(key, spec, bad)).toBeUndefined();
    }
  });

  test.each([
    "RSA_2048",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "ECC_NIST_EDWARDS25519",
  ] satisfies DataKeyPairSpec[])(
    "a data key pair of %s is read there, and nothing of it stays in the token",
    async (spec) => {
      const hsm = createHsm({ engine: pooledRsaEngine });
      const pair = await createVault(hsm).generateDataKeyPair(spec);
      expect(decodePkcs8(pair.privateKey).type).toBe(
        spec === "RSA_2048" ? "RSA" : spec === "ECC_NIST_EDWARDS25519" ? "Ed25519" : "EC",
      );
      const privateKey = createPrivateKey({ key: Buffer.from(pair.privateKey), format: "der", type: "pkcs8" });
      const derived = createPublicKey(privateKey);
      expect(Uint8Array.from(derived.export({ format: "der", type: "spki" }))).toEqual(pair.publicKey);
      expect(unwrapped(hsm)).toBe(0);
    },
  );
});

describe("a token that wants a login", () => {
  test("is opened with its PIN, once for any number of vaults", () => {
    const hsm = createHsm({ pin: "123456", pinCost: 2 });
    expect(() => createVault(hsm)).toThrow("CKR_USER_NOT_LOGGED_IN");
    expect(() => createVault(hsm, { pin: "654321" })).toThrow("CKR_PIN_INCORRECT");
    expect(createVault(hsm, { pin: "123456" }).random(4)).toHaveLength(4);
    expect(createVault(hsm, { pin: "123456" }).random(4)).toHaveLength(4);
  });
});

describe("given material", () => {
  const pkcs8Of = ({ privateKey }: { readonly privateKey: KeyObject }): Uint8Array =>
    Uint8Array.from(privateKey.export({ type: "pkcs8", format: "der" }));

  test("is used as what it is: node:crypto has the same key", async () => {
    const vault = createVault(createHsm());
    const secret = Uint8Array.from({ length: 28 }, (_, i) => i);
    const hmac = await vault.createBackingKey(KEY_ID, "HMAC_224", "GENERATE_VERIFY_MAC", secret);
    expect(vault.mac(hmac, "HMAC_SHA_224", message)).toEqual(
      Uint8Array.from(createHmac("sha224", secret).update(message).digest()),
    );
    const cases = [
      ["ECC_NIST_P384", "ECDSA_SHA_384", "sha384", pkcs8Of(generateKeyPairSync("ec", { namedCurve: "P-384" }))],
      ["ECC_NIST_EDWARDS25519", "ED25519_SHA_512", null, pkcs8Of(generateKeyPairSync("ed25519"))],
      ["RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256", "sha256", pkcs8Of(nodeRsaKey(2048))],
    ] as const;
    for (const [spec, algorithm, hash, pkcs8] of cases) {
      const before = Uint8Array.from(pkcs8);
      const key = await vault.createBackingKey(KEY_ID, spec, "SIGN_VERIFY", pkcs8);
      expect(pkcs8).toEqual(before);
      const publicKey = createPublicKey(createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" }));
      expect(key.publicKey).toEqual(Uint8Array.from(publicKey.export({ type: "spki", format: "der" })));
      const signature = vault.sign(key, spec, algorithm, message, "RAW");
      expect(nodeVerify(hash, message, publicKey, signature)).toBe(true);
    }
  });

  test("of one value in two KMS keys makes two identifiers, and neither opens the other's ciphertexts", async () => {
    const vault = createVault(createHsm());
    const secret = new Uint8Array(32).fill(5);
    const [a, b] = await Promise.all(
      [KEY_ID, KEY_ID.replace("1234abcd", "4321abcd")].map((keyId) =>
        vault.createBackingKey(keyId, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", secret),
      ),
    );
    const blob = vault.encrypt(a!, none, message, "ENCRYPT");
    expect(envelopeKeyId(blob)).toEqual(fromHex(a!.id));
    expect(a!.id).not.toBe(b!.id);
    expect(vault.decrypt(a!, none, blob)).toEqual(message);
    expect(vault.decrypt(b!, none, blob)).toBeUndefined();
  });

  test("that is not the spec's is refused without a word of its value", async () => {
    const vault = createVault(createHsm());
    const p256 = pkcs8Of(generateKeyPairSync("ec", { namedCurve: "P-256" }));
    const bad = [
      ["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", new Uint8Array(31)],
      ["HMAC_256", "GENERATE_VERIFY_MAC", new Uint8Array(33)],
      ["ECC_NIST_P384", "SIGN_VERIFY", p256],
      ["RSA_3072", "SIGN_VERIFY", pkcs8Of(nodeRsaKey(2048))],
      ["RSA_2048", "SIGN_VERIFY", p256],
      ["ECC_NIST_P256", "SIGN_VERIFY", p256.subarray(0, 40)],
    ] as const;
    for (const [spec, usage, given] of bad) {
      await expect(vault.createBackingKey(KEY_ID, spec, usage, given)).rejects.toMatchObject({ name: "MaterialError" });
    }
    const broken = Uint8Array.from(p256);
    broken[broken.length - 1]! ^= 1;
    await expect(vault.createBackingKey(KEY_ID, "ECC_NIST_P256", "SIGN_VERIFY", broken)).rejects.toBeInstanceOf(Error);
  });
});
