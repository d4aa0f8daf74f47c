/** Seeds: keys with chosen identifiers and material, aliases, policies, registered ciphertexts; local-kms's files. */

import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import {
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateMacCommand,
  GetKeyPolicyCommand,
  GetPublicKeyCommand,
  type KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  ReEncryptCommand,
  SignCommand,
} from "@aws-sdk/client-kms";
import { describe, expect, test } from "vitest";
import { TAG, tlv } from "../../src/der/tlv.ts";
import { createKms, type Kms, memoryStore, SeedError } from "../../src/kms.ts";
import { createHsm } from "../../src/token/hsm.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";

const ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
const OTHER = "00000000-0000-4000-8000-00000000000a";
const ROLE = "arn:aws:iam::111122223333:role/Sender";
const ALLOW = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "kms:*", Resource: "*" }] };
const message = new TextEncoder().encode("attack at dawn");
const hex = (byte: string, count: number): string => byte.repeat(count);

const clientOf = (kms: Pick<Kms, "client">): KMSClient => kms.client() as unknown as KMSClient;

async function seeded(seed: unknown): Promise<{ kms: Kms; client: KMSClient }> {
  const kms = createKms();
  await kms.applySeed(seed);
  return { kms, client: clientOf(kms) };
}

function pairOf(
  type: string,
  options: { readonly modulusLength?: number; readonly namedCurve?: string },
): { publicKey: KeyObject; privateKey: KeyObject } {
  if (options.modulusLength !== undefined) return nodeRsaKey(options.modulusLength);
  return (generateKeyPairSync as (type: string, options: object) => { publicKey: KeyObject; privateKey: KeyObject })(
    type,
    options,
  );
}

describe("A seed", () => {
  test("makes keys with the identifiers, material, aliases, tags, policies and states that it names", async () => {
    const policy = {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:root" }, Action: "kms:*", Resource: "*" },
      ],
    };
    const { kms, client } = await seeded({
      keys: [
        {
          id: ID,
          spec: "HMAC_256",
          material: hex("0a", 32),
          alias: "alias/mac",
          aliases: ["alias/mac-2"],
          tags: { team: "blue" },
          description: "seeded",
          created: "2020-01-02T03:04:05Z",
          policy,
        },
        { id: OTHER, state: "Disabled" },
        { alias: "alias/made" },
      ],
      aliases: [{ name: "alias/late", target: "alias/mac" }],
    });
    const { Mac } = await client.send(
      new GenerateMacCommand({ KeyId: "alias/mac", Message: message, MacAlgorithm: "HMAC_SHA_256" }),
    );
    expect(Mac).toEqual(Uint8Array.from(createHmac("sha256", Buffer.alloc(32, 0x0a)).update(message).digest()));
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: "alias/late" }));
    expect(KeyMetadata).toMatchObject({
      KeyId: ID,
      KeySpec: "HMAC_256",
      KeyUsage: "GENERATE_VERIFY_MAC",
      Description: "seeded",
      KeyState: "Enabled",
      CreationDate: new Date("2020-01-02T03:04:05Z"),
    });
    expect((await client.send(new ListResourceTagsCommand({ KeyId: ID }))).Tags).toEqual([
      { TagKey: "team", TagValue: "blue" },
    ]);
    expect(JSON.parse((await client.send(new GetKeyPolicyCommand({ KeyId: ID }))).Policy ?? "")).toEqual(policy);
    await expect(client.send(new EncryptCommand({ KeyId: OTHER, Plaintext: message }))).rejects.toThrow("is disabled");
    expect(
      (await client.send(new EncryptCommand({ KeyId: "alias/made", Plaintext: message }))).CiphertextBlob,
    ).toHaveLength(message.length + 152);
    expect(kms.events.list({ key: "alias/mac" }).map(({ eventName }) => eventName)).toContain("GenerateMac");
  });

  test("of several materials encrypts with the last and decrypts with all", async () => {
    const [first, second] = [hex("01", 32), hex("02", 32)];
    const before = await seeded({ keys: [{ id: ID, material: first }] });
    const old = await before.client.send(new EncryptCommand({ KeyId: ID, Plaintext: message }));
    const after = await seeded({ keys: [{ id: ID, material: [first, second] }] });
    const opened = await after.client.send(new DecryptCommand({ CiphertextBlob: old.CiphertextBlob }));
    expect(opened.Plaintext).toEqual(message);
    const { KeyMetadata } = await after.client.send(new DescribeKeyCommand({ KeyId: ID }));
    expect(KeyMetadata?.CurrentKeyMaterialId).not.toBe(opened.KeyMaterialId);
    const only = await seeded({ keys: [{ id: ID, material: second }] });
    const described = await only.client.send(new DescribeKeyCommand({ KeyId: ID }));
    expect(described.KeyMetadata?.CurrentKeyMaterialId).toBe(KeyMetadata?.CurrentKeyMaterialId);
  });

  test.each([
    ["pkcs8", "rsa", { modulusLength: 2048 }, "RSA_2048", "RSASSA_PSS_SHA_256", "sha256"],
    ["pkcs1", "rsa", { modulusLength: 3072 }, "RSA_3072", "RSASSA_PKCS1_V1_5_SHA_256", "sha256"],
    ["sec1", "ec", { namedCurve: "P-256" }, "ECC_NIST_P256", "ECDSA_SHA_256", "sha256"],
    ["pkcs8", "ec", { namedCurve: "P-521" }, "ECC_NIST_P521", "ECDSA_SHA_512", "sha512"],
    ["sec1", "ec", { namedCurve: "secp256k1" }, "ECC_SECG_P256K1", "ECDSA_SHA_256", "sha256"],
    ["pkcs8", "ed25519", {}, "ECC_NIST_EDWARDS25519", "ED25519_SHA_512", null],
  ] as const)(
    "takes a private key in %s PEM of %s, and its spec from it",
    async (form, type, options, spec, algorithm, hash) => {
      const { publicKey, privateKey } = pairOf(type, options);
      const material = privateKey.export({ type: form, format: "pem" });
      const { client } = await seeded({ keys: [{ id: ID, usage: "SIGN_VERIFY", material }] });
      const { PublicKey, KeySpec } = await client.send(new GetPublicKeyCommand({ KeyId: ID }));
      expect(KeySpec).toBe(spec);
      const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: "der", type: "spki" });
      expect(key.equals(publicKey)).toBe(true);
      const { Signature } = await client.send(
        new SignCommand({ KeyId: ID, Message: message, SigningAlgorithm: algorithm }),
      );
      const padding = algorithm.includes("PSS") ? { padding: 6, saltLength: 32 } : {};
      expect(verify(hash, message, { key: publicKey, ...padding }, Buffer.from(Signature ?? []))).toBe(true);
    },
  );

  test("takes the seed of a post-quantum key, bare or in PKCS #8, alone or before the expanded key", async () => {
    const seed = hex("07", 32);
    const pem = (der: Buffer): string =>
      `-----BEGIN PRIVATE KEY-----\n${der.toString("base64")}\n-----END PRIVATE KEY-----\n`;
    // SEQUENCE { 0, SEQUENCE { id-ml-dsa-44 }, OCTET STRING { [0] seed } } (RFC 9881, 6)
    const alone = Buffer.from(`3034020100300b060960864801650304031104228020${seed}`, "hex");
    const expanded = tlv(TAG.OCTET_STRING, new Uint8Array(2560));
    const pair = tlv(TAG.SEQUENCE, tlv(TAG.OCTET_STRING, Buffer.from(seed, "hex")), expanded);
    const [version, algorithm] = [alone.subarray(2, 5), alone.subarray(5, 18)];
    const both = tlv(TAG.SEQUENCE, version, algorithm, tlv(TAG.OCTET_STRING, pair));
    const keys: Uint8Array[] = [];
    for (const [spec, material] of [
      ["ML_DSA_44", seed],
      [undefined, pem(alone)],
      [undefined, pem(Buffer.from(both))],
    ] as const) {
      const { client } = await seeded({ keys: [{ id: ID, ...(spec && { spec }), material }] });
      const { PublicKey = new Uint8Array(), KeySpec } = await client.send(new GetPublicKeyCommand({ KeyId: ID }));
      expect(KeySpec).toBe("ML_DSA_44");
      keys.push(Uint8Array.from(PublicKey));
      await client.send(new SignCommand({ KeyId: ID, Message: message, SigningAlgorithm: "ML_DSA_SHAKE_256" }));
    }
    expect(keys[1]).toEqual(keys[0]);
    expect(keys[2]).toEqual(keys[0]);
    const kem = await seeded({ keys: [{ id: ID, spec: "ML_KEM_768", material: hex("08", 64) }] });
    expect((await kem.client.send(new GetPublicKeyCommand({ KeyId: ID }))).PublicKey).toHaveLength(1206);
    await expect(seeded({ keys: [{ spec: "ML_DSA_65", material: pem(alone) }] })).rejects.toThrow("one of ML-DSA-65");
  });

  test("in YAML takes digits for digits, and is the same as in JSON", async () => {
    const digits = "1".repeat(64);
    const yaml = `
# what the tests need
keys:
  - id: ${ID}
    material: ${digits}
    tags: { cost: 1, on: true }
    policy:
      Version: 2012-10-17
      Statement:
        - { Effect: Allow, Principal: "*", Action: "kms:*", Resource: "*" }
`;
    const { client } = await seeded(yaml);
    expect((await client.send(new ListResourceTagsCommand({ KeyId: ID }))).Tags).toEqual([
      { TagKey: "cost", TagValue: "1" },
      { TagKey: "on", TagValue: "true" },
    ]);
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: ID, Plaintext: message }));
    const json = await seeded(JSON.stringify({ keys: [{ id: ID, material: digits }] }));
    expect((await json.client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(message);
    await createKms().applySeed("");
    await createKms().applySeed("# nothing\n");
  });

  test("applied twice leaves what is there as it is, in a store that lasts too", async () => {
    const hsm = createHsm();
    const store = memoryStore();
    const seed = { keys: [{ id: ID, alias: "alias/a", description: "first" }] };
    const kms = createKms({ hsm, store });
    await kms.applySeed(seed);
    await clientOf(kms).send(new DisableKeyCommand({ KeyId: ID }));
    const again = createKms({ hsm, store });
    await again.applySeed({
      ...seed,
      keys: [
        { id: ID, description: "second" },
        { id: OTHER, aliases: ["alias/a", "alias/b"] },
      ],
    });
    const { KeyMetadata } = await clientOf(again).send(new DescribeKeyCommand({ KeyId: "alias/a" }));
    expect(KeyMetadata).toMatchObject({ KeyId: ID, Description: "first", KeyState: "Disabled" });
    expect((await clientOf(again).send(new DescribeKeyCommand({ KeyId: "alias/b" }))).KeyMetadata?.KeyId).toBe(OTHER);
  });

  test("attaches identity policies, and names those without a name", async () => {
    const { kms } = await seeded({
      keys: [{ id: ID }],
      identityPolicies: [{ principal: ROLE, policy: ALLOW }],
    });
    await clientOf(kms.as(ROLE)).send(new DescribeKeyCommand({ KeyId: ID }));
    expect(kms.detachRolePolicy(ROLE, "seed-1")).toBe(true);
  });
});

describe("A registered ciphertext", () => {
  const ciphertext = Buffer.from("AQICAHh4D9q1Zl0C_from_elsewhere".replaceAll("_", "A"), "base64");
  const seed = {
    keys: [
      { id: ID, alias: "alias/orders" },
      { id: OTHER, alias: "alias/other" },
    ],
    ciphertexts: [
      { key: "alias/orders", ciphertext: ciphertext.toString("base64"), text: "attack at dawn" },
      {
        key: ID,
        ciphertext: "AAEC",
        plaintext: Buffer.from(message).toString("base64"),
        encryptionContext: { tenant: "a" },
      },
    ],
  };

  test("decrypts to its plaintext, as a ciphertext of its key does", async () => {
    const { kms, client } = await seeded(seed);
    const opened = await client.send(new DecryptCommand({ CiphertextBlob: ciphertext }));
    expect(opened).toMatchObject({ Plaintext: message, KeyId: expect.stringContaining(ID) });
    const CiphertextBlob = Uint8Array.of(0, 1, 2);
    const EncryptionContext = { tenant: "a" };
    expect((await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))).Plaintext).toEqual(message);
    await expect(client.send(new DecryptCommand({ CiphertextBlob }))).rejects.toMatchObject({
      name: "InvalidCiphertextException",
    });
    await expect(client.send(new DecryptCommand({ KeyId: OTHER, CiphertextBlob: ciphertext }))).rejects.toMatchObject({
      name: "IncorrectKeyException",
    });
    const moved = await client.send(new ReEncryptCommand({ CiphertextBlob: ciphertext, DestinationKeyId: OTHER }));
    expect((await client.send(new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob }))).Plaintext).toEqual(
      message,
    );
    await expect(clientOf(kms.as(ROLE)).send(new DecryptCommand({ CiphertextBlob: ciphertext }))).rejects.toMatchObject(
      { name: "AccessDeniedException" },
    );
    await client.send(new DisableKeyCommand({ KeyId: ID }));
    await expect(client.send(new DecryptCommand({ CiphertextBlob: ciphertext }))).rejects.toThrow("is disabled");
  });

  test("in the form of AWS's own, whose key is not here, is found all the same", async () => {
    const { client } = await seeded({ keys: [{ id: OTHER, material: hex("03", 32) }] });
    const { CiphertextBlob = new Uint8Array() } = await client.send(
      new EncryptCommand({ KeyId: OTHER, Plaintext: Uint8Array.of(1) }),
    );
    const foreign = Buffer.from(CiphertextBlob).toString("base64");
    const here = await seeded({ keys: [{ id: ID }], ciphertexts: [{ key: ID, ciphertext: foreign, text: "hello" }] });
    const { Plaintext } = await here.client.send(new DecryptCommand({ CiphertextBlob }));
    expect(Buffer.from(Plaintext ?? []).toString()).toBe("hello");
    const changed = Uint8Array.from(CiphertextBlob);
    changed[60]! ^= 1;
    await expect(here.client.send(new DecryptCommand({ CiphertextBlob: changed }))).rejects.toBeInstanceOf(Error);
  });
});

describe("A seed file of local-kms", () => {
  const A = "34743777217A25432A46294A404E635266556A586E3272357538782F413F4428";
  const B = "614E645267556B58703273357638792F423F4528472B4B6250655368566D5971";
  const rsa = pairOf("rsa", { modulusLength: 2048 });
  const ec = pairOf("ec", { namedCurve: "P-256" });
  const block = (text: string | Buffer): string => text.toString().replace(/^(?=.)/gm, "            ");

  test("of the version with Symmetric and Asymmetric works as it is, with one material in two keys", async () => {
    const { client } = await seeded(`
Keys:
  Symmetric:
    Aes:
      - Metadata:
          KeyId: ${ID}
        BackingKeys:
          - ${A}
          - ${B}
      - Metadata:
          KeyId: ${OTHER}
          Description: "Your key description"
        NextKeyRotation: "2019-09-12T15:19:21+00:00"
        BackingKeys:
          - ${B}
    Hmac:
      - Metadata:
          KeyId: f1234567-89ab-cdef-0123-456789abcdef
          KeyUsage: GENERATE_VERIFY_MAC
          KeySpec: HMAC_256
        BackingKeys:
          - 1234567890123456789012345678901234567890123456789012345678901234
  Asymmetric:
    Ecc:
      - Metadata:
          KeyId: 800d5768-3fd7-4edd-a4b8-4c81c3e4c147
          KeyUsage: SIGN_VERIFY
        PrivateKeyPem: |
${block(ec.privateKey.export({ type: "sec1", format: "pem" }))}
    Rsa:
      - Metadata:
          KeyId: ff275b92-0def-4dfc-b0f6-87c96b26c6c7
          KeyUsage: ENCRYPT_DECRYPT # or SIGN_VERIFY
        PrivateKeyPem: |
${block(rsa.privateKey.export({ type: "pkcs8", format: "pem" }))}
Aliases:
  - AliasName: alias/testing
    TargetKeyId: ${ID}
`);
    expect((await client.send(new ListKeysCommand({}))).Keys).toHaveLength(5);
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: "alias/testing", Plaintext: message }));
    const opened = await client.send(new DecryptCommand({ CiphertextBlob }));
    expect(opened).toMatchObject({ KeyId: expect.stringContaining(ID), Plaintext: message });
    const described = await client.send(new DescribeKeyCommand({ KeyId: OTHER }));
    expect(described.KeyMetadata).toMatchObject({ Description: "Your key description", KeySpec: "SYMMETRIC_DEFAULT" });
    const { Mac } = await client.send(
      new GenerateMacCommand({
        KeyId: "f1234567-89ab-cdef-0123-456789abcdef",
        Message: message,
        MacAlgorithm: "HMAC_SHA_256",
      }),
    );
    const secret = Buffer.from("1234567890123456789012345678901234567890123456789012345678901234", "hex");
    expect(Mac).toEqual(Uint8Array.from(createHmac("sha256", secret).update(message).digest()));
    const { KeySpec } = await client.send(new GetPublicKeyCommand({ KeyId: "ff275b92-0def-4dfc-b0f6-87c96b26c6c7" }));
    expect(KeySpec).toBe("RSA_2048");
  });

  test("of version 2, and of the oldest with a list of keys, works too", async () => {
    const two = await seeded(`
Version: 2
Aliases:
  - { AliasName: alias/agree, TargetKeyId: ${ID} }
Keys:
  - KeyId: ${ID}
    Metadata: { KeySpec: ECC_NIST_P256, KeyUsage: KEY_AGREEMENT, Description: seed }
    Material:
      PrivateKeyPem: |
${block(ec.privateKey.export({ type: "sec1", format: "pem" }))}
  - KeyId: ${OTHER}
    Metadata: { KeySpec: SYMMETRIC_DEFAULT, KeyUsage: ENCRYPT_DECRYPT }
    Material: { BackingKeys: [${A}, ${B}] }
`);
    expect((await two.client.send(new DescribeKeyCommand({ KeyId: "alias/agree" }))).KeyMetadata).toMatchObject({
      KeyUsage: "KEY_AGREEMENT",
      KeySpec: "ECC_NIST_P256",
    });
    const oldest = await seeded(`
Keys:
  - Metadata: { KeyId: ${OTHER} }
    BackingKeys: [${A}, ${B}]
`);
    const { CiphertextBlob } = await oldest.client.send(new EncryptCommand({ KeyId: OTHER, Plaintext: message }));
    expect((await two.client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(message);
    expect((await oldest.client.send(new ListAliasesCommand({}))).Aliases).toEqual([]);
  });
});

describe("A mistake in a seed", () => {
  const secret = hex("5a", 31);
  test.each([
    [null, "the seed document must be an object"],
    [[], "the seed document must be an object"],
    [{ kyes: [] }, 'the seed document has an unknown member "kyes"'],
    [{ identityPolicies: {} }, "identityPolicies must be a list"],
    [{ identityPolicies: ["x"] }, "identityPolicies[0] must be an object"],
    [{ identityPolicies: [{ principal: ROLE }] }, "identityPolicies[0] has no policy"],
    [{ identityPolicies: [{ principal: 1, policy: {} }] }, "identityPolicies[0].principal must be a string"],
    [{ identityPolicies: [{ principal: ROLE, policy: "{}" }] }, "identityPolicies[0].policy must be an object"],
    [{ identityPolicies: [{ principal: "x", policy: ALLOW }] }, /^identityPolicies\[0\]: "x" is not a principal/],
    [{ keys: [{ id: "foo" }] }, "keys[0].id must be a UUID, or mrk- and 32 digits"],
    [{ keys: [{ id: ID }, { id: ID }] }, "keys[1].id is the id of two keys"],
    [{ keys: [{ spec: "AES" }] }, /^keys\[0\]\.spec must be one of SYMMETRIC_DEFAULT, RSA_2048/],
    [{ keys: [{ spec: "RSA_2048" }] }, "keys[0].usage must be one of ENCRYPT_DECRYPT, SIGN_VERIFY"],
    [{ keys: [{ material: secret }] }, "keys[0].material: the secret must have 32 bytes, not 31"],
    [{ keys: [{ material: `${secret}5` }] }, "keys[0].material must be hexadecimal digits or PEM"],
    [{ keys: [{ spec: "HMAC_224", material: [hex("01", 28), hex("02", 28)] }] }, /only SYMMETRIC_DEFAULT has more/],
    [{ keys: [{ material: "-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----" }] }, /^keys\[0\]\.material/],
    [{ keys: [{ policy: { Statement: [] } }] }, /^keys\[0\]\.policy: /],
    [{ keys: [{ tags: { "aws:x": "y" } }] }, "keys[0].tags: Tags beginning with aws: are reserved"],
    [{ keys: [{ state: "PendingDeletion" }] }, "keys[0].state must be one of Enabled, Disabled"],
    [{ keys: [{ created: "yesterday" }] }, "keys[0].created must be a date"],
    [{ keys: [{ alias: "orders" }] }, "keys[0].alias must be like alias/name"],
    [{ aliases: [{ name: "alias/a", target: ID }] }, "aliases[0].target names no key"],
    [{ ciphertexts: [{ key: ID, ciphertext: "AA==", text: "x" }] }, "ciphertexts[0].key names no key"],
    [{ ciphertexts: [{ key: ID, ciphertext: "?", text: "x" }] }, "ciphertexts[0].ciphertext: base64 is expected"],
    [{ ciphertexts: [{ key: ID, ciphertext: "AA==" }] }, /must have either plaintext, which is base64, or text/],
    [
      { keys: [{ id: ID, spec: "HMAC_256" }], ciphertexts: [{ key: ID, ciphertext: "AA==", text: "x" }] },
      "ciphertexts[0].key must be a key of SYMMETRIC_DEFAULT",
    ],
    [{ Keys: [{ Metadata: { KeyId: ID } }] }, "Keys[0] has neither BackingKeys nor PrivateKeyPem"],
    ["keys: [", /^neither JSON nor YAML: line 1/],
    ["keys: *nobody", /^neither JSON nor YAML/],
  ])("is named with its place: %j", async (seed, expected) => {
    const kms = createKms();
    const error = await kms.applySeed(seed).then(
      () => expect.unreachable("the seed was applied"),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SeedError);
    if (typeof expected === "string") expect((error as Error).message).toBe(expected);
    else expect((error as Error).message).toMatch(expected);
    expect((error as Error).message).not.toContain("5a5a");
    expect((await clientOf(kms).send(new ListKeysCommand({}))).Keys).toEqual([]);
  });

  test("in its last entry leaves nothing of it behind", async () => {
    const kms = createKms();
    const seed = {
      keys: [{ id: ID, alias: "alias/a" }],
      identityPolicies: [{ principal: ROLE, policy: ALLOW }],
      ciphertexts: [{ key: OTHER, ciphertext: "AA==", text: "x" }],
    };
    await expect(kms.applySeed(seed)).rejects.toThrow("ciphertexts[0].key names no key");
    expect((await clientOf(kms).send(new ListKeysCommand({}))).Keys).toEqual([]);
    expect(kms.detachRolePolicy(ROLE, "seed-1")).toBe(false);
  });
});
