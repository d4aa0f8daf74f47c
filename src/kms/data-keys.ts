/** GenerateDataKey, GenerateDataKeyPair and their forms without plaintext. */

import { wipe } from "../bytes/bytes.ts";
import { after, type Soon } from "../storage/soon.ts";
import type { BackingKey, CallContext, KeyRecord } from "./context.ts";
import { canonicalContext } from "./encryption-context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { actionOf, findAuthorized, requireUsable, stopDryRun } from "./key-access.ts";
import { isOffered } from "./key-specs.ts";
import { requireAvailable, seal } from "./key-stores/sealing.ts";
import { currentMaterial } from "./materials.ts";
import { attest, type Released } from "./recipients.ts";

const KEY_BYTES = { AES_128: 16, AES_256: 32 } as const;

export interface DataKeyWithoutPlaintextOutput {
  readonly CiphertextBlob: Uint8Array;
  readonly KeyId: string;
  /** Not of keys in custom key stores. */
  readonly KeyMaterialId: string | undefined;
}

/** A data key, and all that an answer says of it but the key. */
interface DataKey {
  readonly plaintext: Uint8Array;
  readonly output: DataKeyWithoutPlaintextOutput;
}

/**
 * GenerateDataKey (API reference, GenerateDataKey).
 * @throws KmsError in the order recipient, lookup, permission, length, usage, state, spec, dry run.
 */
export function generateDataKey(
  context: CallContext,
  input: OperationInput<"GenerateDataKey">,
): Soon<DataKeyWithoutPlaintextOutput & Released<"Plaintext">> {
  const attested = attest(context, input.Recipient);
  return after(makeDataKey(attested.context, "GenerateDataKey", input), ({ output, plaintext }) =>
    attested.release(output, "Plaintext", plaintext),
  );
}

/** GenerateDataKeyWithoutPlaintext (API reference); checks as {@link generateDataKey}. */
export function generateDataKeyWithoutPlaintext(
  context: CallContext,
  input: OperationInput<"GenerateDataKeyWithoutPlaintext">,
): Soon<DataKeyWithoutPlaintextOutput> {
  return after(makeDataKey(context, "GenerateDataKeyWithoutPlaintext", input), ({ output, plaintext }) => {
    wipe(plaintext);
    return output;
  });
}

export interface DataKeyPairWithoutPlaintextOutput {
  /** The encrypted PKCS #8 of the private key. */
  readonly PrivateKeyCiphertextBlob: Uint8Array;
  /** SubjectPublicKeyInfo in DER. */
  readonly PublicKey: Uint8Array;
  readonly KeyId: string;
  readonly KeyPairSpec: string;
  readonly KeyMaterialId: string;
}

interface DataKeyPair {
  /** PKCS #8 in DER. */
  readonly privateKey: Uint8Array;
  readonly output: DataKeyPairWithoutPlaintextOutput;
}

/**
 * GenerateDataKeyPair (API reference, GenerateDataKeyPair).
 * @throws KmsError in the order recipient, lookup, permission, usage, state, spec of the key, spec of the pair, dry run.
 */
export async function generateDataKeyPair(
  context: CallContext,
  input: OperationInput<"GenerateDataKeyPair">,
): Promise<DataKeyPairWithoutPlaintextOutput & Released<"PrivateKeyPlaintext">> {
  const attested = attest(context, input.Recipient);
  const { privateKey, output } = await makeDataKeyPair(attested.context, "GenerateDataKeyPair", input);
  return attested.release(output, "PrivateKeyPlaintext", privateKey);
}

/** GenerateDataKeyPairWithoutPlaintext (API reference); checks as {@link generateDataKeyPair}. */
export async function generateDataKeyPairWithoutPlaintext(
  context: CallContext,
  input: OperationInput<"GenerateDataKeyPairWithoutPlaintext">,
): Promise<DataKeyPairWithoutPlaintextOutput> {
  const operation = "GenerateDataKeyPairWithoutPlaintext";
  const { privateKey, output } = await makeDataKeyPair(context, operation, input);
  wipe(privateKey);
  return output;
}

function makeDataKey(
  context: CallContext,
  operation: "GenerateDataKey" | "GenerateDataKeyWithoutPlaintext",
  input: OperationInput<"GenerateDataKeyWithoutPlaintext">,
): Soon<DataKey> {
  const canonical = canonicalContext(input.EncryptionContext);
  return after(findAuthorized(context, input.KeyId, actionOf(operation)), (key) => {
    const byteLength = dataKeyBytes(input);
    const material = wrappingMaterial(key, operation);
    return after(requireAvailable(context, key), () => {
      stopDryRun(input);
      const plaintext = context.vault.random(byteLength);
      const sealed = seal(context, { key, material, canonical, operation }, plaintext, "DATAKEY");
      const KeyMaterialId = key.keyStore === undefined ? material.id : undefined;
      return after(sealed, (CiphertextBlob) => ({
        plaintext,
        output: { CiphertextBlob, KeyId: key.arn, KeyMaterialId },
      }));
    });
  });
}

async function makeDataKeyPair(
  context: CallContext,
  operation: "GenerateDataKeyPair" | "GenerateDataKeyPairWithoutPlaintext",
  input: OperationInput<"GenerateDataKeyPairWithoutPlaintext">,
): Promise<DataKeyPair> {
  const { KeyPairSpec } = input;
  const canonical = canonicalContext(input.EncryptionContext);
  const key = await findAuthorized(context, input.KeyId, actionOf(operation));
  const material = wrappingMaterial(key, operation);
  requireNoKeyStore(key);
  if (!isOffered(KeyPairSpec, context)) {
    fail("UnsupportedOperationException", `KeyPairSpec ${KeyPairSpec} is not supported in ${context.region}.`);
  }
  stopDryRun(input);

  const { privateKey, publicKey } = await context.vault.generateDataKeyPair(KeyPairSpec);
  const PrivateKeyCiphertextBlob = context.vault.encrypt(material, canonical, privateKey, "DATAKEY");
  const KeyMaterialId = material.id;
  return {
    privateKey,
    output: { PrivateKeyCiphertextBlob, PublicKey: publicKey, KeyId: key.arn, KeyPairSpec, KeyMaterialId },
  };
}

/** @throws KmsError UnsupportedOperationException (API reference, GenerateDataKeyPair, KeyId) */
function requireNoKeyStore({ arn, origin, keyStore }: KeyRecord): void {
  if (keyStore === undefined) return;
  fail("UnsupportedOperationException", `${arn} origin is ${origin} which is not valid for this operation.`);
}

/** Exactly one of the two members says how long the data key is. */
function dataKeyBytes({ KeySpec, NumberOfBytes }: OperationInput<"GenerateDataKeyWithoutPlaintext">): number {
  if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
    fail("ValidationException", "Please specify either number of bytes or key spec.");
  }
  return KeySpec === undefined ? (NumberOfBytes as number) : KEY_BYTES[KeySpec];
}

/** The material under which a data key is encrypted: only a symmetric encryption key has one. */
function wrappingMaterial(key: KeyRecord, operation: string): BackingKey {
  requireUsable(key, "ENCRYPT_DECRYPT", operation);
  if (key.keySpec !== "SYMMETRIC_DEFAULT") {
    fail("InvalidKeyUsageException", "You cannot generate a data key with an asymmetric CMK");
  }
  return currentMaterial(key);
}
