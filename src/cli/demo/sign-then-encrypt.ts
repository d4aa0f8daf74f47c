/**
 * Sign, then encrypt, with roles: the sender may sign and encrypt, the receiver decrypt and verify, and neither more.
 *
 * Message and signature travel in one archive, encrypted in one piece with RSA. RSA_4096 with OAEP and SHA-256 holds
 * 446 bytes and a plain tar has at least 2,048, so the archive is compressed (`tar -czf`): a short message and a P-521
 * signature (up to 139 bytes) make about 370.
 */

import { equalBytes, utf8 } from "../../bytes/bytes.ts";
import { keyArnOf, type Walkthrough, type World } from "./world.ts";

const ENCRYPTION_ALIAS = "alias/sample-encryption-key";
const SIGNING_ALIAS = "alias/sample-signing-key";
const ENCRYPTION_ALGORITHM = "RSAES_OAEP_SHA_256";
const SIGNING_ALGORITHM = "ECDSA_SHA_512";
const MAX_ARCHIVE_BYTES = 446;
const MESSAGE = '{"message":"Hello, world","amount":100}\n';
const TAMPERED = '{"message":"Hello, world","amount":900}\n';

export const signThenEncrypt: Walkthrough = {
  name: "sign-then-encrypt",
  title: "Sign, then encrypt, with roles: key policies say who may do what",
  async run(world) {
    await makeKeys(world);
    await send(world);
    await receive(world);
    await checkWithOpenssl(world);
    await overstep(world);
  },
};

const senderArn = ({ account }: World): string => `arn:aws:iam::${account}:role/SenderRole`;
const receiverArn = ({ account }: World): string => `arn:aws:iam::${account}:role/ReceiverRole`;

async function makeKeys(world: World): Promise<void> {
  world.step("The administrator makes a key for encryption: SenderRole encrypts, ReceiverRole decrypts");
  await makeKey(world, ENCRYPTION_ALIAS, {
    KeyUsage: "ENCRYPT_DECRYPT",
    CustomerMasterKeySpec: "RSA_4096",
    Policy: await world.save("encryption-policy.json", keyPolicy(world, "kms:Encrypt", "kms:Decrypt")),
  });
  world.step("The administrator makes a key for signatures: SenderRole signs, ReceiverRole verifies");
  await makeKey(world, SIGNING_ALIAS, {
    KeyUsage: "SIGN_VERIFY",
    CustomerMasterKeySpec: "ECC_NIST_P521",
    Policy: await world.save("signing-policy.json", keyPolicy(world, "kms:Sign", "kms:Verify")),
  });
}

async function makeKey(world: World, AliasName: string, input: object): Promise<void> {
  const created = await world.as().call("CreateKey", input);
  await world.as().call("CreateAlias", { AliasName, TargetKeyId: keyArnOf(created) });
}

/** The account keeps control of the key; each role has one operation and may look at the key. */
function keyPolicy(world: World, senderAction: string, receiverAction: string): string {
  const statement = (Sid: string, arn: string, ...Action: string[]): string =>
    JSON.stringify({ Sid, Effect: "Allow", Principal: { AWS: arn }, Action, Resource: "*" });
  const looking = ["kms:DescribeKey", "kms:GetPublicKey"];
  const statements = [
    statement("Account", `arn:aws:iam::${world.account}:root`, "kms:*"),
    statement("Sender", senderArn(world), senderAction, ...looking),
    statement("Receiver", receiverArn(world), receiverAction, ...looking),
  ];
  return `{ "Version": "2012-10-17", "Statement": [\n  ${statements.join(",\n  ")} ] }\n`;
}

async function send(world: World): Promise<void> {
  const sender = world.as(senderArn(world));
  world.step("The sender signs the message");
  await world.save("message.json", MESSAGE);
  const Message = await world.load("message.json");
  await sender.call(
    "Sign",
    { KeyId: SIGNING_ALIAS, Message, MessageType: "RAW", SigningAlgorithm: SIGNING_ALGORITHM },
    { member: "Signature", file: "message.sig" },
  );

  world.step("The sender packs message and signature into one archive, and encrypts that");
  await world.run("tar -czf message.tar.gz message.json message.sig");
  const archive = await world.load("message.tar.gz");
  const room = `the archive's ${archive.length} bytes are within the ${MAX_ARCHIVE_BYTES} that RSA_4096 holds`;
  world.check(archive.length <= MAX_ARCHIVE_BYTES, room);
  await sender.call(
    "Encrypt",
    { KeyId: ENCRYPTION_ALIAS, Plaintext: archive, EncryptionAlgorithm: ENCRYPTION_ALGORITHM },
    { member: "CiphertextBlob", file: "message.tar.gz.enc" },
  );
}

async function receive(world: World): Promise<void> {
  const receiver = world.as(receiverArn(world));
  world.step("The receiver decrypts the archive, and unpacks it");
  const CiphertextBlob = await world.load("message.tar.gz.enc");
  await receiver.call(
    "Decrypt",
    { KeyId: ENCRYPTION_ALIAS, CiphertextBlob, EncryptionAlgorithm: ENCRYPTION_ALGORITHM },
    { member: "Plaintext", file: "received.tar.gz" },
  );
  await world.run("mkdir received");
  await world.run("tar -xzf received.tar.gz -C received");
  const message = await world.load("received/message.json");
  const signature = await world.load("received/message.sig");
  world.check(equalBytes(message, utf8(MESSAGE)), "the message has arrived");

  world.step("The receiver verifies the signature");
  const request = { KeyId: SIGNING_ALIAS, Signature: signature, SigningAlgorithm: SIGNING_ALGORITHM };
  const verified = await receiver.call("Verify", { ...request, Message: message });
  world.check(verified["SignatureValid"] === true, "the signature is valid");

  world.step("A message that was changed on the way is found out");
  await world.save("tampered.json", TAMPERED);
  const tampered = await world.load("tampered.json");
  await world.checkRefused(receiver.call("Verify", { ...request, Message: tampered }), "KMSInvalidSignatureException");
}

async function checkWithOpenssl(world: World): Promise<void> {
  world.step("Anyone with the public key can verify the signature without the KMS");
  const receiver = world.as(receiverArn(world));
  await receiver.call("GetPublicKey", { KeyId: SIGNING_ALIAS }, { member: "PublicKey", file: "signing.pub.der" });
  await world.run("openssl pkey -pubin -inform DER -in signing.pub.der -out signing.pub.pem");
  const verify = "openssl dgst -sha512 -verify signing.pub.pem -signature received/message.sig";
  const verdict = await world.run(`${verify} received/message.json`);
  world.check(verdict === "Verified OK", "OpenSSL finds the signature valid");
  const tampered = await world.run(`${verify} tampered.json`, { status: 1 });
  world.check(!tampered.includes("OK"), "and not for the changed message");
}

async function overstep(world: World): Promise<void> {
  const sender = world.as(senderArn(world));
  const receiver = world.as(receiverArn(world));
  const encryption = { KeyId: ENCRYPTION_ALIAS, EncryptionAlgorithm: ENCRYPTION_ALGORITHM };
  const signing = {
    KeyId: SIGNING_ALIAS,
    SigningAlgorithm: SIGNING_ALGORITHM,
    Message: await world.load("message.json"),
  };
  const CiphertextBlob = await world.load("message.tar.gz.enc");
  const Signature = await world.load("message.sig");

  world.step("The sender can neither decrypt nor verify");
  await world.checkRefused(sender.call("Decrypt", { ...encryption, CiphertextBlob }), "AccessDeniedException");
  await world.checkRefused(sender.call("Verify", { ...signing, Signature }), "AccessDeniedException");

  world.step("The receiver can neither encrypt nor sign");
  const Plaintext = await world.load("received.tar.gz");
  await world.checkRefused(receiver.call("Encrypt", { ...encryption, Plaintext }), "AccessDeniedException");
  await world.checkRefused(receiver.call("Sign", signing), "AccessDeniedException");
}
