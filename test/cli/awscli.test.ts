/** The AWS command line against the server, as a user types it; version 1 and version 2 alike. */

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AwsCli, awsProgram, startAwsCli } from "../support/aws-cli.ts";
import { describeWith } from "../support/programs.ts";
import { type Server, startServer } from "./endpoint.ts";

const execute = promisify(execFile);

interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken?: string;
}

/** What the tests read of answers is text and lists. */
// biome-ignore lint/suspicious/noExplicitAny: the output's type depends on the command
type Output = any;

describeWith("aws", "The AWS command line", () => {
  const directory = mkdtempSync(join(tmpdir(), "pocket-hsm-test-"));
  let server: Server;
  let cli: AwsCli;
  beforeAll(async () => {
    [server, cli] = await Promise.all([startServer(), startAwsCli()]);
  });
  afterAll(async () => {
    cli.close();
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  const someone: Credentials = { AccessKeyId: "AKIDEXAMPLE", SecretAccessKey: "secret" };

  /** Runs `aws …` with a home of its own and gives back its JSON; words are separated by single spaces. */
  async function aws(command: string, credentials = someone, program = cli): Promise<Output> {
    const args = [...command.split(" "), "--endpoint-url", server.url, "--output", "json"];
    const env = {
      HOME: directory,
      AWS_ACCESS_KEY_ID: credentials.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.SecretAccessKey,
      ...(credentials.SessionToken && { AWS_SESSION_TOKEN: credentials.SessionToken }),
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_PAGER: "",
    };
    const printed = await program.run(args, env, directory);
    return printed === "" ? undefined : JSON.parse(printed);
  }

  const save = (file: string, base64: string): void => writeFileSync(join(directory, file), base64, "base64");
  const load = (file: string): string => readFileSync(join(directory, file), "base64");

  test("It makes a key, names it, encrypts a file under a context and decrypts it", async () => {
    const { KeyMetadata } = await aws("kms create-key --description secrets --tags TagKey=a,TagValue=b");
    expect(KeyMetadata).toMatchObject({ KeySpec: "SYMMETRIC_DEFAULT", KeyState: "Enabled", Description: "secrets" });
    await aws(`kms create-alias --alias-name alias/files --target-key-id ${KeyMetadata.KeyId}`);
    const { Aliases } = await aws("kms list-aliases");
    expect(Aliases).toMatchObject([{ AliasName: "alias/files", TargetKeyId: KeyMetadata.KeyId }]);

    writeFileSync(join(directory, "plain.txt"), "a secret\n");
    const encrypted = await aws(
      "kms encrypt --key-id alias/files --plaintext fileb://plain.txt --encryption-context purpose=test",
    );
    save("cipher.bin", encrypted.CiphertextBlob);
    const decrypted = await aws("kms decrypt --ciphertext-blob fileb://cipher.bin --encryption-context purpose=test");
    expect(decrypted).toMatchObject({ KeyId: KeyMetadata.Arn, Plaintext: load("plain.txt") });
    await expect(aws("kms decrypt --ciphertext-blob fileb://cipher.bin")).rejects.toThrow(
      "(InvalidCiphertextException) when calling the Decrypt operation",
    );
  });

  test("It signs a file and verifies the signature", async () => {
    const { KeyMetadata } = await aws(
      "kms create-key --customer-master-key-spec ECC_NIST_P521 --key-usage SIGN_VERIFY",
    );
    writeFileSync(join(directory, "message.json"), '{"amount":100}\n');
    writeFileSync(join(directory, "tampered.json"), '{"amount":900}\n');
    const key = `--key-id ${KeyMetadata.Arn} --signing-algorithm ECDSA_SHA_512`;
    const signed = await aws(`kms sign ${key} --message fileb://message.json --message-type RAW`);
    save("message.sig", signed.Signature);
    const verified = await aws(`kms verify ${key} --message fileb://message.json --signature fileb://message.sig`);
    expect(verified.SignatureValid).toBe(true);
    await expect(
      aws(`kms verify ${key} --message fileb://tampered.json --signature fileb://message.sig`),
    ).rejects.toThrow("(KMSInvalidSignatureException)");
  });

  test("It assumes a role and has what the key policy gives the role", async () => {
    const account = "arn:aws:iam::111122223333";
    const allow = (AWS: string, Action: string): object => ({
      Effect: "Allow",
      Principal: { AWS },
      Action,
      Resource: "*",
    });
    const Statement = [allow(`${account}:root`, "kms:*"), allow(`${account}:role/SenderRole`, "kms:Encrypt")];
    writeFileSync(join(directory, "policy.json"), JSON.stringify({ Version: "2012-10-17", Statement }));
    const { KeyMetadata } = await aws("kms create-key --policy file://policy.json");

    const role = `--role-arn ${account}:role/SenderRole --role-session-name cli`;
    const assumed = await aws(`sts assume-role ${role} --duration-seconds 900`);
    const identity = await aws("sts get-caller-identity", assumed.Credentials);
    expect(identity.Arn).toBe("arn:aws:sts::111122223333:assumed-role/SenderRole/cli");
    expect((await aws("sts get-caller-identity")).Arn).toBe(`${account}:root`);

    writeFileSync(join(directory, "order.txt"), "an order\n");
    const { CiphertextBlob } = await aws(
      `kms encrypt --key-id ${KeyMetadata.KeyId} --plaintext fileb://order.txt`,
      assumed.Credentials,
    );
    save("order.bin", CiphertextBlob);
    await expect(aws("kms decrypt --ciphertext-blob fileb://order.bin", assumed.Credentials)).rejects.toThrow(
      "(AccessDeniedException) when calling the Decrypt operation",
    );
    expect((await aws("kms decrypt --ciphertext-blob fileb://order.bin")).Plaintext).toBe(load("order.txt"));
  });

  describeWith("openssl", "With OpenSSL", () => {
    const OAEP = "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256";
    const openssl = async (command: string): Promise<void> => {
      await execute("openssl", command.split(" "), { cwd: directory });
    };
    /** Asks for wrapping key and import token, as files. */
    async function parameters(keyId: string, algorithm: string, spec: string): Promise<void> {
      const wrapping = `--wrapping-algorithm ${algorithm} --wrapping-key-spec ${spec}`;
      const answer = await aws(`kms get-parameters-for-import --key-id ${keyId} ${wrapping}`);
      save("WrappingPublicKey.bin", answer.PublicKey);
      save("ImportToken.bin", answer.ImportToken);
    }
    const importKey = (keyId: string, more = ""): Promise<Output> =>
      aws(
        `kms import-key-material --key-id ${keyId} --encrypted-key-material fileb://EncryptedKeyMaterial.bin ` +
          `--import-token fileb://ImportToken.bin --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE${more}`,
      );
    const encrypt = (from: string, to: string): Promise<void> =>
      openssl(`pkeyutl -encrypt -in ${from} -out ${to} -inkey WrappingPublicKey.bin -keyform DER -pubin ${OAEP}`);

    test("It imports a symmetric key that OpenSSL has made and wrapped", async () => {
      const { KeyId } = (await aws("kms create-key --origin EXTERNAL")).KeyMetadata;
      await openssl("rand -out PlaintextKeyMaterial.bin 32");
      await parameters(KeyId, "RSAES_OAEP_SHA_256", "RSA_2048");
      await encrypt("PlaintextKeyMaterial.bin", "EncryptedKeyMaterial.bin");
      await importKey(KeyId);
      const { KeyMetadata } = await aws(`kms describe-key --key-id ${KeyId}`);
      expect(KeyMetadata).toMatchObject({ KeyState: "Enabled", Origin: "EXTERNAL" });
      writeFileSync(join(directory, "note.txt"), "a note\n");
      const { CiphertextBlob } = await aws(`kms encrypt --key-id ${KeyId} --plaintext fileb://note.txt`);
      save("note.bin", CiphertextBlob);
      await aws(`kms delete-imported-key-material --key-id ${KeyId}`);
      await expect(aws("kms decrypt --ciphertext-blob fileb://note.bin")).rejects.toThrow(
        `(KMSInvalidStateException) when calling the Decrypt operation: ${KeyMetadata.Arn} is pending import.`,
      );
      await importKey(KeyId);
      expect((await aws("kms decrypt --ciphertext-blob fileb://note.bin")).Plaintext).toBe(load("note.txt"));
    });

    test("It imports an RSA key under an AES key, and OpenSSL verifies what the key signs", async () => {
      const spec = "--key-spec RSA_2048 --key-usage SIGN_VERIFY";
      const { KeyId } = (await aws(`kms create-key --origin EXTERNAL ${spec}`)).KeyMetadata;
      await openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -outform DER -out key.der");
      await openssl("pkey -inform DER -in key.der -pubout -out public.pem");
      await openssl("pkcs8 -topk8 -nocrypt -inform DER -in key.der -outform DER -out PlaintextKeyMaterial.bin");
      await parameters(KeyId, "RSA_AES_KEY_WRAP_SHA_256", "RSA_3072");
      await openssl("rand -out aes-key.bin 32");
      const aesKey = readFileSync(join(directory, "aes-key.bin"), "hex");
      await openssl(
        `enc -id-aes256-wrap-pad -K ${aesKey} -iv A65959A6 -in PlaintextKeyMaterial.bin -out wrapped-key.bin`,
      );
      await encrypt("aes-key.bin", "wrapped-aes-key.bin");
      const parts = ["wrapped-aes-key.bin", "wrapped-key.bin"].map((file) => readFileSync(join(directory, file)));
      writeFileSync(join(directory, "EncryptedKeyMaterial.bin"), Buffer.concat(parts));
      await importKey(KeyId);
      writeFileSync(join(directory, "letter.txt"), "a letter\n");
      const signing = "--message fileb://letter.txt --signing-algorithm RSASSA_PKCS1_V1_5_SHA_256";
      save("letter.sig", (await aws(`kms sign --key-id ${KeyId} ${signing}`)).Signature);
      await openssl("dgst -sha256 -verify public.pem -signature letter.sig letter.txt");
    });
  });

  test("It replicates a key into another Region and rotates it there and here", async () => {
    const { KeyId } = (await aws("kms create-key --multi-region")).KeyMetadata;
    await aws(`kms replicate-key --key-id ${KeyId} --replica-region eu-west-1`);
    await aws(`kms rotate-key-on-demand --key-id ${KeyId}`);
    const { Rotations } = await aws(`kms list-key-rotations --key-id ${KeyId} --region eu-west-1`);
    expect(Rotations).toMatchObject([{ RotationType: "ON_DEMAND" }]);
    await aws(`kms enable-key-rotation --key-id ${KeyId} --rotation-period-in-days 90`);
    const status = await aws(`kms get-key-rotation-status --key-id ${KeyId} --region eu-west-1`);
    expect(status).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 90 });
    writeFileSync(join(directory, "abroad.txt"), "abroad\n");
    const { CiphertextBlob } = await aws(`kms encrypt --key-id ${KeyId} --plaintext fileb://abroad.txt`);
    save("abroad.bin", CiphertextBlob);
    const decrypted = await aws("kms decrypt --ciphertext-blob fileb://abroad.bin --region eu-west-1");
    expect(decrypted.Plaintext).toBe(load("abroad.txt"));
    expect(decrypted.KeyId).toContain(":eu-west-1:");
  });

  test("It shows AWS's messages", async () => {
    await expect(aws("kms describe-key --key-id nope", someone, awsProgram)).rejects.toThrow(
      "An error occurred (NotFoundException) when calling the DescribeKey operation: Invalid keyId 'nope'",
    );
  });
});
