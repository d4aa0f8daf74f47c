/** Offline RSA encryption: who has only the public key and OpenSSL encrypts a file; the KMS gives its key back. */

import { equalBytes, toHex, utf8 } from "../../bytes/bytes.ts";
import { type Answer, bytesOf, keyArnOf, type Walkthrough, type World } from "./world.ts";

interface Padding {
  readonly algorithm: string;
  /** The hash, at OpenSSL. */
  readonly hash: string;
}

const SHA_256: Padding = { algorithm: "RSAES_OAEP_SHA_256", hash: "sha256" };
const SHA_1: Padding = { algorithm: "RSAES_OAEP_SHA_1", hash: "sha1" };

/** The longest plaintext, k − 2·hLen − 2 bytes (RFC 8017, 7.1.1). */
const LIMITS = [
  { keySpec: "RSA_2048", RSAES_OAEP_SHA_1: 214, RSAES_OAEP_SHA_256: 190 },
  { keySpec: "RSA_3072", RSAES_OAEP_SHA_1: 342, RSAES_OAEP_SHA_256: 318 },
  { keySpec: "RSA_4096", RSAES_OAEP_SHA_1: 470, RSAES_OAEP_SHA_256: 446 },
] as const;

const ALIAS = "alias/offline-rsa";
const LETTER = "Dear KMS,\n\nthis was written on a machine without a network.\n";

export const offlineRsa: Walkthrough = {
  name: "offline-rsa",
  title: "Offline RSA encryption: OpenSSL encrypts with the public key, the KMS decrypts",
  async run(world) {
    await makeKey(world);
    for (const padding of [SHA_256, SHA_1]) await roundTrip(world, padding);
    for (const { keySpec, ...maxima } of LIMITS) {
      const keyId = keySpec === "RSA_2048" ? ALIAS : await makeRsaKey(world, keySpec);
      for (const [algorithm, maximum] of Object.entries(maxima)) {
        await limit(world, { keyId, keySpec, algorithm, maximum });
      }
    }
  },
};

async function makeRsaKey(world: World, KeySpec: string): Promise<string> {
  world.step(`Make an ${KeySpec} key for encryption`);
  return keyArnOf(await world.as().call("CreateKey", { KeySpec, KeyUsage: "ENCRYPT_DECRYPT" }));
}

async function makeKey(world: World): Promise<void> {
  const kms = world.as();
  const arn = await makeRsaKey(world, "RSA_2048");
  await kms.call("CreateAlias", { AliasName: ALIAS, TargetKeyId: arn });

  world.step("Carry its public key to the machine without a network");
  await kms.call("GetPublicKey", { KeyId: ALIAS }, { member: "PublicKey", file: "kms.pub.der" });
  await world.run("openssl pkey -pubin -inform DER -in kms.pub.der -out kms.pub.pem");
  await world.save("letter.txt", LETTER);
}

async function roundTrip(world: World, { algorithm, hash }: Padding): Promise<void> {
  world.step(`There: make an AES key, encrypt the letter with it, and the key with ${algorithm}`);
  await world.run(`openssl rand -out aes-${hash}.key 32`);
  await world.run(`openssl rand -out aes-${hash}.iv 16`);
  const key = await world.load(`aes-${hash}.key`);
  const iv = toHex(await world.load(`aes-${hash}.iv`));
  await world.run(`openssl enc -aes-256-cbc -K ${toHex(key)} -iv ${iv} -in letter.txt -out letter-${hash}.enc`);
  const options = `rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:${hash} -pkeyopt rsa_mgf1_md:${hash}`;
  await world.run(
    `openssl pkeyutl -encrypt -pubin -inkey kms.pub.pem -pkeyopt ${options} -in aes-${hash}.key -out aes-${hash}.key.enc`,
  );

  world.step("Here: the KMS decrypts the AES key, by alias");
  const CiphertextBlob = await world.load(`aes-${hash}.key.enc`);
  const answer = await world
    .as()
    .call(
      "Decrypt",
      { KeyId: ALIAS, CiphertextBlob, EncryptionAlgorithm: algorithm },
      { member: "Plaintext", file: `opened-${hash}.key` },
    );
  const opened = bytesOf(answer, "Plaintext");
  world.check(equalBytes(opened, key), "the KMS gives back the AES key");
  await world.run(
    `openssl enc -d -aes-256-cbc -K ${toHex(opened)} -iv ${iv} -in letter-${hash}.enc -out letter-${hash}.txt`,
  );
  world.check(equalBytes(await world.load(`letter-${hash}.txt`), utf8(LETTER)), "the letter is readable again");
}

interface Limit {
  readonly keyId: string;
  readonly keySpec: string;
  readonly algorithm: string;
  readonly maximum: number;
}

async function limit(world: World, { keyId, keySpec, algorithm, maximum }: Limit): Promise<void> {
  world.step(`${keySpec} with ${algorithm} encrypts up to ${maximum} bytes`);
  const encrypt = async (byteLength: number): Promise<Answer> => {
    const file = `data-${byteLength}.bin`;
    await world.run(`openssl rand -out ${file} ${byteLength}`);
    const Plaintext = await world.load(file);
    return world.as().call("Encrypt", { KeyId: keyId, Plaintext, EncryptionAlgorithm: algorithm });
  };
  const { length } = bytesOf(await encrypt(maximum), "CiphertextBlob");
  world.check(length === Number(keySpec.slice(-4)) / 8, `${maximum} bytes become a ciphertext of ${length}`);
  await world.checkRefused(
    encrypt(maximum + 1),
    "ValidationException",
    `Algorithm ${algorithm} and key spec ${keySpec} cannot encrypt data larger than ${maximum} bytes.`,
  );
}
