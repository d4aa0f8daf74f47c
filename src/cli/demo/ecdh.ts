/** ECDH: two parties, one with a KMS key and one with OpenSSL, come to the same secret (DeriveSharedSecret). */

import { equalBytes } from "../../bytes/bytes.ts";
import { bytesOf, keyArnOf, type Walkthrough, type World } from "./world.ts";

interface Curve {
  readonly keySpec: string;
  /** Its name at OpenSSL. */
  readonly name: string;
  readonly secretBytes: number;
}

const P256: Curve = { keySpec: "ECC_NIST_P256", name: "prime256v1", secretBytes: 32 };
const P384: Curve = { keySpec: "ECC_NIST_P384", name: "secp384r1", secretBytes: 48 };
const P521: Curve = { keySpec: "ECC_NIST_P521", name: "secp521r1", secretBytes: 66 };

export const ecdh: Walkthrough = {
  name: "ecdh",
  title: "ECDH: a secret shared with a partner who has only OpenSSL",
  async run(world) {
    for (const curve of [P256, P384, P521]) await agree(world, curve);
    await refusals(world);
  },
};

const aliasOf = ({ keySpec }: Curve): string => `alias/ecdh-${keySpec.slice(-4).toLowerCase()}`;
const partnerPublic = ({ name }: Curve): string => `partner-${name}.pub.der`;

async function agree(world: World, curve: Curve): Promise<void> {
  const { keySpec, name, secretBytes } = curve;
  const alias = aliasOf(curve);
  const kms = world.as();

  world.step(`${keySpec}: make a key for key agreement, and name it`);
  const created = await kms.call("CreateKey", { KeySpec: keySpec, KeyUsage: "KEY_AGREEMENT" });
  await kms.call("CreateAlias", { AliasName: alias, TargetKeyId: keyArnOf(created) });

  world.step(`${keySpec}: give the public key to the partner`);
  await kms.call("GetPublicKey", { KeyId: alias }, { member: "PublicKey", file: `kms-${name}.pub.der` });
  await world.run(`openssl pkey -pubin -inform DER -in kms-${name}.pub.der -out kms-${name}.pub.pem`);

  world.step(`${keySpec}: the partner makes a key and derives the secret`);
  await world.run(`openssl ecparam -name ${name} -genkey -noout -out partner-${name}.pem`);
  await world.run(`openssl pkey -in partner-${name}.pem -pubout -outform DER -out ${partnerPublic(curve)}`);
  await world.run(
    `openssl pkeyutl -derive -inkey partner-${name}.pem -peerkey kms-${name}.pub.pem -out partner-${name}.secret`,
  );

  world.step(`${keySpec}: the KMS derives the secret from the partner's public key`);
  const PublicKey = await world.load(partnerPublic(curve));
  const derived = await kms.call(
    "DeriveSharedSecret",
    { KeyId: alias, KeyAgreementAlgorithm: "ECDH", PublicKey },
    { member: "SharedSecret", file: `kms-${name}.secret` },
  );
  const secret = bytesOf(derived, "SharedSecret");
  world.check(secret.length === secretBytes, `the secret has ${secretBytes} bytes`);
  world.check(equalBytes(secret, await world.load(`partner-${name}.secret`)), "both sides have the same secret");
}

async function refusals(world: World): Promise<void> {
  const kms = world.as();
  const derive = (KeyId: string, PublicKey: Uint8Array): Promise<unknown> =>
    kms.call("DeriveSharedSecret", { KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey });

  world.step("A public key of another curve is refused");
  await world.checkRefused(derive(aliasOf(P256), await world.load(partnerPublic(P384))), "ValidationException");

  world.step("A point that is not on the curve is refused");
  const offCurve = await world.load(partnerPublic(P256));
  offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;
  await world.checkRefused(
    derive(aliasOf(P256), await world.save("off-curve.pub.der", offCurve)),
    "ValidationException",
  );

  world.step("Bytes that are no public key are refused");
  await world.run("openssl rand -out garbage.der 91");
  const garbage = await world.load("garbage.der");
  await world.checkRefused(derive(aliasOf(P256), garbage), "ValidationException");

  world.step("A key for signatures derives nothing, and a key for agreement signs nothing");
  const created = await kms.call("CreateKey", { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  const signingKey = keyArnOf(created);
  await world.checkRefused(
    derive(signingKey, await world.load(partnerPublic(P256))),
    "InvalidKeyUsageException",
    `${signingKey} key usage is SIGN_VERIFY which is not valid for DeriveSharedSecret.`,
  );
  await world.checkRefused(
    kms.call("Sign", { KeyId: aliasOf(P256), Message: garbage, SigningAlgorithm: "ECDSA_SHA_256" }),
    "InvalidKeyUsageException",
  );
}
