/** `Recipient`: verified attestation documents, answers for an enclave alone, with OpenSSL on the other side. */

import { execFileSync } from "node:child_process";
import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  sign as nodeSign,
  randomBytes,
  X509Certificate,
} from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateKeyCommand,
  DecryptCommand,
  DeriveSharedSecretCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateRandomCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededEntropy } from "../../src/crypto/entropy.ts";
import { readSignedDocument } from "../../src/kms/nitro/document.ts";
import { mintDocument } from "../../src/kms/nitro/mint.ts";
import { createKms, createTestEnclave, type Kms, type TestEnclave } from "../../src/kms.ts";
import { describeWith } from "../support/programs.ts";
import { pooledRsaEngine } from "../support/rsa-pool.ts";

const IMAGE = "ab".repeat(48);
const Plaintext = new TextEncoder().encode("attack at dawn");
const MINUTE = 60_000;

let enclave: TestEnclave;
let kms: Kms;
let client: KMSClient;
let KeyId: string;
beforeAll(async () => {
  kms = createKms({ engine: pooledRsaEngine });
  kms.clock.freeze();
  enclave = await createTestEnclave({
    pcrs: { 0: IMAGE, 3: new Uint8Array(48).fill(3) },
    moduleId: "i-1-enc1",
    now: () => kms.clock.now(),
    entropy: seededEntropy(new Uint8Array(32).fill(11)),
  });
  kms.nitro.trust(enclave.rootCertificate);
  client = new KMSClient(kms.clientConfig());
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  KeyId = KeyMetadata?.KeyId ?? "";
});
afterAll(() => kms.close());

/** What the KMS says of a document. */
async function refusal(AttestationDocument: Uint8Array, of: Kms = kms): Promise<string> {
  const Recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument } as const;
  const sent = (of.client() as unknown as KMSClient).send(new GenerateRandomCommand({ NumberOfBytes: 8, Recipient }));
  return sent.then(
    () => "ok",
    (error: Error) => {
      expect(error.name).toBe("ValidationException");
      return error.message;
    },
  );
}

describe("An answer for an enclave", () => {
  test("holds the secret of each of the five operations for it alone", async () => {
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext }));
    const decrypted = await client.send(new DecryptCommand({ CiphertextBlob, Recipient: enclave.recipient() }));
    expect(decrypted).not.toHaveProperty("Plaintext");
    expect(enclave.open(decrypted.CiphertextForRecipient ?? new Uint8Array())).toEqual(Plaintext);

    const random = await client.send(new GenerateRandomCommand({ NumberOfBytes: 24, Recipient: enclave.recipient() }));
    expect(random).not.toHaveProperty("Plaintext");
    expect(enclave.open(random.CiphertextForRecipient ?? new Uint8Array())).toHaveLength(24);

    const Recipient = enclave.recipient({ nonce: Uint8Array.of(1), userData: Uint8Array.of(2) });
    const dataKey = await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", Recipient }));
    expect(dataKey).not.toHaveProperty("Plaintext");
    const again = await client.send(new DecryptCommand({ CiphertextBlob: dataKey.CiphertextBlob }));
    expect(enclave.open(dataKey.CiphertextForRecipient ?? new Uint8Array())).toEqual(
      Uint8Array.from(again.Plaintext ?? []),
    );

    const pair = await client.send(
      new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: "ECC_NIST_P256", Recipient: enclave.recipient() }),
    );
    expect(pair).not.toHaveProperty("PrivateKeyPlaintext");
    const opened = await client.send(new DecryptCommand({ CiphertextBlob: pair.PrivateKeyCiphertextBlob }));
    expect(enclave.open(pair.CiphertextForRecipient ?? new Uint8Array())).toEqual(
      Uint8Array.from(opened.Plaintext ?? []),
    );

    const { KeyMetadata } = await client.send(
      new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" }),
    );
    const agreement = {
      KeyId: KeyMetadata?.KeyId,
      KeyAgreementAlgorithm: "ECDH",
      PublicKey: pair.PublicKey,
    } as const;
    const shared = await client.send(new DeriveSharedSecretCommand({ ...agreement, Recipient: enclave.recipient() }));
    expect(shared).not.toHaveProperty("SharedSecret");
    const plain = await client.send(new DeriveSharedSecretCommand(agreement));
    expect(enclave.open(shared.CiphertextForRecipient ?? new Uint8Array())).toEqual(
      Uint8Array.from(plain.SharedSecret ?? []),
    );
  });

  test("is recorded with the enclave's module and image", async () => {
    await client.send(new GenerateRandomCommand({ NumberOfBytes: 8, Recipient: enclave.recipient() }));
    expect(kms.events.list().at(-1)).toMatchObject({
      requestParameters: { numberOfBytes: 8 },
      additionalEventData: {
        recipient: { attestationDocumentModuleId: "i-1-enc1", attestationDocumentEnclaveImageDigest: IMAGE },
      },
    });
  });

  test("is nobody else's: another enclave cannot open it, nor this one what is left of it", async () => {
    const other = await createTestEnclave();
    const { CiphertextForRecipient = new Uint8Array() } = await client.send(
      new GenerateRandomCommand({ NumberOfBytes: 8, Recipient: enclave.recipient() }),
    );
    expect(() => other.open(CiphertextForRecipient)).toThrow();
    expect(() => enclave.open(CiphertextForRecipient.subarray(0, -1))).toThrow("CiphertextForRecipient");
  });
});

describe("A key policy", () => {
  test("can ask for the enclave's measurements", async () => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    const guarded = KeyMetadata?.KeyId;
    const statement = (condition: object): object => ({
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111122223333:root" },
      Action: "kms:*",
      Resource: "*",
      ...condition,
    });
    const policyOf = (condition: object): string =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          statement({ Action: ["kms:Encrypt", "kms:PutKeyPolicy"] }),
          statement({ Action: "kms:Decrypt", Condition: { StringEqualsIgnoreCase: condition } }),
        ],
      });
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: guarded, Plaintext }));
    const decrypt = (recipient: object): Promise<unknown> =>
      client.send(new DecryptCommand({ KeyId: guarded, CiphertextBlob, ...recipient }));
    const conditions: readonly [object, boolean][] = [
      [{ "kms:RecipientAttestation:ImageSha384": IMAGE.toUpperCase() }, true],
      [{ "kms:RecipientAttestation:PCR0": IMAGE, "kms:RecipientAttestation:PCR3": "03".repeat(48) }, true],
      [{ "kms:RecipientAttestation:PCR3": "04".repeat(48) }, false],
      [{ "kms:RecipientAttestation:PCR31": "00".repeat(48) }, false],
    ];
    for (const [condition, allowed] of conditions) {
      await client.send(new PutKeyPolicyCommand({ KeyId: guarded, Policy: policyOf(condition) }));
      const attested = decrypt({ Recipient: enclave.recipient() });
      if (allowed) await expect(attested).resolves.toHaveProperty("CiphertextForRecipient");
      else await expect(attested).rejects.toMatchObject({ name: "AccessDeniedException" });
      await expect(decrypt({})).rejects.toMatchObject({ name: "AccessDeniedException" });
    }
  });
});

test("explain tells what a policy says of an enclave, and refuses a document that proves nothing", async () => {
  const principal = "arn:aws:iam::111122223333:root";
  const input = { NumberOfBytes: 8, Recipient: enclave.recipient() };
  const told = await kms.explain({ principal, operation: "GenerateRandom", input });
  expect(told.decisions).toMatchObject([{ action: "kms:GenerateRandom", allowed: true }]);
  const Recipient = { ...input.Recipient, AttestationDocument: Uint8Array.of(0) };
  const refused = await kms.explain({ principal, operation: "GenerateRandom", input: { ...input, Recipient } });
  expect(refused.decisions).toEqual([]);
});

describe("A document", () => {
  test("is good for five minutes by the clock of the KMS, or for as long as it is told", async () => {
    const document = enclave.attest();
    expect(await refusal(document)).toBe("ok");
    const start = kms.clock.now();
    kms.clock.advance({ minutes: 5 });
    expect(await refusal(document)).toBe("ok");
    kms.clock.advance({ milliseconds: 1 });
    expect(await refusal(document)).toContain("it is too old");
    expect(await refusal(enclave.attest())).toBe("ok");
    kms.clock.set(start - 1 - 5 * MINUTE);
    expect(await refusal(document)).toContain("not valid yet");
    kms.clock.set(start);
    const patient = createKms({ clock: kms.clock, nitro: { roots: [enclave.rootCertificate], maxAge: { hours: 9 } } });
    kms.clock.advance({ hours: 3 });
    expect(await refusal(document, patient)).toBe("ok");
    kms.clock.advance({ seconds: 1 });
    expect(await refusal(document, patient)).toContain("not valid any more");
    kms.clock.set(start);
  });

  test("must have the nonce that is expected", async () => {
    const fork = kms.fork();
    fork.nitro.expectNonce(Uint8Array.of(1, 2, 3));
    expect(await refusal(enclave.attest({ nonce: Uint8Array.of(1, 2, 3) }), fork)).toBe("ok");
    for (const options of [{}, { nonce: Uint8Array.of(1, 2) }, { nonce: Uint8Array.of(1, 2, 4) }]) {
      expect(await refusal(enclave.attest(options), fork)).toContain("its nonce is not the one");
    }
    fork.nitro.expectNonce(undefined);
    expect(await refusal(enclave.attest(), fork)).toBe("ok");
  });

  test("must come from a root that is trusted, and some root must be", async () => {
    const other = await createTestEnclave({ now: () => kms.clock.now() });
    expect(await refusal(other.attest())).toContain("does not end at a trusted root");
    expect(await refusal(enclave.attest(), createKms())).toContain("no root is trusted");
    const seeded = createKms();
    await expect(seeded.applySeed({ nitroRoots: ["no certificate"] })).rejects.toThrow("nitroRoots[0]");
    await seeded.applySeed({ nitroRoots: [other.rootCertificate] });
    seeded.clock.set(kms.clock.now());
    expect(await refusal(other.attest(), seeded)).toBe("ok");
    expect(() => kms.nitro.trust("no certificate")).toThrow(TypeError);
    expect(() => createKms({ nitro: { roots: [Uint8Array.of(1)] } })).toThrow("the certificate");
  });

  test("must have an RSA key to answer to, and must be there with its algorithm", async () => {
    expect(await refusal(enclave.attest({ publicKey: null }))).toContain("must have an RSA public key");
    const curve = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "der" });
    expect(await refusal(enclave.attest({ publicKey: curve }))).toContain("must have an RSA public key");
    const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ type: "spki", format: "der" });
    expect(await refusal(enclave.attest({ publicKey: short }))).toContain("must have an RSA public key");
    for (const Recipient of [{}, { AttestationDocument: enclave.attest() }]) {
      await expect(client.send(new GenerateRandomCommand({ NumberOfBytes: 1, Recipient }))).rejects.toThrow(
        "Recipient must have",
      );
    }
  });

  test("that is changed in any byte proves nothing", async () => {
    const document = enclave.attest();
    // Every byte is signed but the signature itself and the few that frame it.
    for (let i = 0; i < document.length; i += 97) {
      const changed = Uint8Array.from(document);
      changed[i]! ^= 0x01;
      expect(await refusal(changed), `byte ${i}`).toContain("The attestation document is not valid");
    }
    for (const garbage of [
      new Uint8Array(1),
      randomBytes(300),
      document.subarray(0, -1),
      Buffer.from([0x9b, 255, 255]),
    ]) {
      expect(await refusal(Uint8Array.from(garbage))).toContain("The attestation document is not valid");
    }
    expect(await refusal(Uint8Array.from([...document, 0]))).toContain("behind the value");
    expect(await refusal(Uint8Array.from([0xd2, ...document]))).toBe("ok");
  });

  test("is the same in every run with the same seed", async () => {
    const run = async (): Promise<Uint8Array> =>
      (
        await createTestEnclave({ now: () => MINUTE * 30_000_000, entropy: seededEntropy(new Uint8Array(32)) })
      ).attest();
    expect(await run()).toEqual(await run());
    await expect(createTestEnclave({ pcrs: { 0: "ab" } })).rejects.toThrow(RangeError);
    await expect(createTestEnclave({ pcrs: { 32: IMAGE } })).rejects.toThrow(RangeError);
  });
});

describeWith("openssl", "OpenSSL", () => {
  const directory = mkdtempSync(join(tmpdir(), "pocket-hsm-nitro-"));
  const file = (name: string): string => join(directory, name);
  const openssl = (...args: readonly string[]): Buffer =>
    execFileSync("openssl", args, { stdio: "pipe", cwd: directory });
  afterAll(() => rmSync(directory, { recursive: true }));

  test("opens a CiphertextForRecipient with the enclave's key", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const spki = Uint8Array.from(publicKey.export({ type: "spki", format: "der" }));
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext }));
    const { CiphertextForRecipient = new Uint8Array() } = await client.send(
      new DecryptCommand({ CiphertextBlob, Recipient: enclave.recipient({ publicKey: spki }) }),
    );
    writeFileSync(file("key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(file("cms.der"), CiphertextForRecipient);
    const opened = openssl("cms", "-decrypt", "-inform", "DER", "-in", "cms.der", "-inkey", "key.pem", "-binary");
    expect(Uint8Array.from(opened)).toEqual(Plaintext);
    const printed = openssl("cms", "-cmsout", "-print", "-inform", "DER", "-in", "cms.der").toString();
    for (const part of ["pkcs7-envelopedData", "rsaesOaep", "sha256", "mgf1", "aes-256-cbc"]) {
      expect(printed).toContain(part);
    }
  });

  test("verifies the chain that a test enclave mints", async () => {
    writeFileSync(file("root.pem"), enclave.rootCertificate);
    expect(openssl("verify", "-x509_strict", "-CAfile", "root.pem", "root.pem").toString()).toContain("OK");
    const { certificate: leaf, cabundle } = readSignedDocument(enclave.attest()).document;
    for (const [name, der] of Object.entries({ leaf, middle: cabundle[1] as Uint8Array })) {
      writeFileSync(file(`${name}-minted.der`), der);
      openssl("x509", "-inform", "DER", "-in", `${name}-minted.der`, "-out", `${name}-minted.pem`);
    }
    const chain = ["-CAfile", "root.pem", "-untrusted", "middle-minted.pem", "leaf-minted.pem"];
    expect(openssl("verify", "-attime", String(Math.floor(kms.clock.now() / 1000)), ...chain).toString()).toContain(
      "OK",
    );
    expect(openssl("x509", "-in", "root.pem", "-noout", "-text").toString()).toContain("ecdsa-with-SHA384");
  });

  interface Made {
    readonly der: Uint8Array;
    readonly key: KeyObject;
  }

  /** A certificate that OpenSSL makes, signed by another or by itself. */
  function certificate(
    name: string,
    {
      issuer,
      extensions,
      curve = "P-384",
      digest = "sha384",
      days = "1",
      subject = `/CN=${name}`,
    }: Partial<Request> = {},
  ): Made {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: curve });
    writeFileSync(file(`${name}.key`), privateKey.export({ type: "pkcs8", format: "pem" }));
    openssl("req", "-new", "-key", `${name}.key`, "-subj", subject, "-out", `${name}.csr`);
    writeFileSync(file(`${name}.ext`), (extensions ?? CA).join("\n"));
    const signer =
      issuer === undefined ? ["-signkey", `${name}.key`] : ["-CA", `${issuer}.pem`, "-CAkey", `${issuer}.key`];
    openssl(
      ...["x509", "-req", "-in", `${name}.csr`, ...signer, `-${digest}`, "-days", days, "-set_serial", "7"],
      ...["-extfile", `${name}.ext`, "-out", `${name}.pem`],
    );
    return readMade(name);
  }

  interface Request {
    readonly issuer: string;
    readonly extensions: readonly string[];
    readonly curve: "P-384" | "P-256";
    readonly digest: string;
    readonly days: string;
    readonly subject: string;
  }

  const CA = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"];
  const LEAF = ["keyUsage=critical,digitalSignature"];

  /** A document over a chain, signed with the key of its last certificate. */
  function documentOf(chain: readonly Made[], signedBy = chain.at(-1) as Made): Uint8Array {
    return mintDocument(
      {
        moduleId: "openssl",
        timestamp: Date.now(),
        pcrs: new Map([[0, new Uint8Array(48)]]),
        certificate: (chain.at(-1) as Made).der,
        cabundle: chain.slice(0, -1).map(({ der }) => der),
        publicKey: enclave.publicKey,
        userData: null,
        nonce: null,
      },
      (data) => Uint8Array.from(nodeSign("sha384", data, { key: signedBy.key, dsaEncoding: "ieee-p1363" })),
    );
  }

  const trusting = (root: Made): Kms => createKms({ nitro: { roots: [Uint8Array.from(root.der)] } });

  test("makes chains that are believed, and chains that are wrong in one thing, which are not", async () => {
    const root = certificate("root");
    const middle = certificate("middle", {
      issuer: "root",
      extensions: ["basicConstraints=critical,CA:TRUE,pathlen:0", CA[1]!],
    });
    const leaf = certificate("leaf", { issuer: "middle", extensions: LEAF });
    const believing = trusting(root);
    expect(await refusal(documentOf([root, middle, leaf]), believing)).toBe("ok");

    const bare = certificate("bare", { issuer: "root", extensions: LEAF });
    expect(await refusal(documentOf([root, bare]), believing)).toBe("ok");

    // Signed by another key than the certificate's.
    expect(await refusal(documentOf([root, bare], leaf), believing)).toContain(
      "its signature is not that of its certificate",
    );
    // A chain without its middle, and one in the wrong order.
    expect(await refusal(documentOf([root, leaf]), believing)).toContain("not from the issuer above it");
    expect(await refusal(documentOf([middle, root, leaf]), believing)).toContain("does not end at a trusted root");

    // The name of the issuer alone does not make an issuer.
    certificate("impostor", { subject: "/CN=middle" });
    const forged = certificate("forged", { issuer: "impostor", extensions: LEAF });
    expect(await refusal(documentOf([root, middle, forged]), believing)).toContain(
      "a certificate's signature is wrong",
    );

    // No CA, a CA that may not sign, a CA below one that allows none, a leaf that is a CA or not for signatures.
    const cases: readonly [string, readonly Made[], string][] = [];
    const add = (why: string, chain: readonly Made[], message: string): void => {
      (cases as [string, readonly Made[], string][]).push([why, chain, message]);
    };
    certificate("plain", { issuer: "root", extensions: LEAF });
    const belowPlain = certificate("below-plain", { issuer: "plain", extensions: LEAF });
    add("no CA", [root, { ...readMade("plain") }, belowPlain], "signed by one that is no CA's");
    certificate("mute", {
      issuer: "root",
      extensions: ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,cRLSign"],
    });
    const belowMute = certificate("below-mute", { issuer: "mute", extensions: LEAF });
    add("may not sign", [root, readMade("mute"), belowMute], "must be for signing certificates");
    certificate("deep", { issuer: "middle" });
    const belowDeep = certificate("below-deep", { issuer: "deep", extensions: LEAF });
    add("too deep", [root, middle, readMade("deep"), belowDeep], "longer than one of its CAs allows");
    add("leaf is a CA", [root, certificate("ca-leaf", { issuer: "root" })], "must not be a CA's");
    const wrongUse = certificate("wrong-use", { issuer: "root", extensions: ["keyUsage=critical,keyAgreement"] });
    add("leaf is for agreement", [root, wrongUse], "must be for digital signatures");
    const noUse = certificate("no-use", { issuer: "root", extensions: ["subjectKeyIdentifier=hash"] });
    add("leaf says no use", [root, noUse], "must be for digital signatures");
    const critical = certificate("critical", { issuer: "root", extensions: [...LEAF, "1.2.3.4=critical,ASN1:NULL"] });
    add("unknown critical extension", [root, critical], "critical extension");
    const sha256 = certificate("sha256", { issuer: "root", extensions: LEAF, digest: "sha256" });
    add("another digest", [root, sha256], "must be signed by ECDSA with SHA-384");
    const p256 = certificate("p256", { issuer: "root", extensions: LEAF, curve: "P-256" });
    add("another curve", [root, p256], "its signature");
    const empty = certificate("empty", { issuer: "root", extensions: LEAF, subject: "/" });
    add("no name", [root, empty], "must name its issuer and its subject");
    for (const [why, chain, message] of cases) {
      const document = why === "another curve" ? documentOf(chain, bare) : documentOf(chain);
      expect(await refusal(document, believing), why).toContain(message);
    }

    // Validity is by the clock of the KMS, to the second.
    believing.clock.advance({ days: 2 });
    const late = mintLate([root, bare], believing.clock.now());
    expect(await refusal(late, believing)).toContain("not valid any more");
    believing.clock.set(Date.now() - 86_400_000);
    expect(await refusal(mintLate([root, bare], believing.clock.now()), believing)).toContain("not valid yet");
  });

  function readMade(name: string): Made {
    const { raw: der } = new X509Certificate(readFileSync(file(`${name}.pem`)));
    return { der, key: createPrivateKey(readFileSync(file(`${name}.key`))) };
  }

  function mintLate(chain: readonly Made[], timestamp: number): Uint8Array {
    const last = chain.at(-1) as Made;
    return mintDocument(
      {
        ...{ moduleId: "openssl", timestamp, pcrs: new Map([[0, new Uint8Array(48)]]) },
        ...{ certificate: last.der, cabundle: chain.slice(0, -1).map(({ der }) => der) },
        ...{ publicKey: enclave.publicKey, userData: null, nonce: null },
      },
      (data) => Uint8Array.from(nodeSign("sha384", data, { key: last.key, dsaEncoding: "ieee-p1363" })),
    );
  }
});
