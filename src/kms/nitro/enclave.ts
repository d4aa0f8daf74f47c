/** A Nitro enclave for tests: it proves what it is with its own root, and opens what it is answered. */

import { fromHex, wipe } from "../../bytes/bytes.ts";
import { encodeEcdsaSignature } from "../../der/ecdsa-signature.ts";
import { encodePem } from "../../der/key-file.ts";
import { createHsm, type HsmOptions } from "../../token/hsm.ts";
import type { Session } from "../../token/session.ts";
import { decodeEnvelopedData } from "./cms.ts";
import { mintCertificate, mintDocument, type Sign } from "./mint.ts";

export interface TestEnclaveOptions {
  /** PCRs by number: 48 bytes, or 96 hexadecimal digits. All others of the 16 are zero, as those of a debug enclave. */
  readonly pcrs?: Readonly<Record<number, string | Uint8Array>>;
  readonly moduleId?: string;
  /** The time in milliseconds since the epoch; a KMS's `clock.now` for one that is moved. The system's by default. */
  readonly now?: () => number;
  /** A seeded source makes a run reproducible. */
  readonly entropy?: NonNullable<HsmOptions["entropy"]>;
  readonly engine?: NonNullable<HsmOptions["engine"]>;
}

export interface AttestOptions {
  readonly nonce?: Uint8Array;
  readonly userData?: Uint8Array;
  /** For whom answers are; the enclave's own key by default, and none for null. */
  readonly publicKey?: Uint8Array | null;
}

export interface TestEnclave {
  /** PEM, for `createKms({ nitro: { roots } })`. */
  readonly rootCertificate: string;
  /** SubjectPublicKeyInfo of the RSA key that answers are encrypted for. */
  readonly publicKey: Uint8Array;
  /** A new attestation document. */
  attest(options?: AttestOptions): Uint8Array;
  /** A request's `Recipient` with a new document. */
  recipient(options?: AttestOptions): {
    readonly KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256";
    readonly AttestationDocument: Uint8Array;
  };
  /** The secret in a `CiphertextForRecipient`. @throws AttestationError, CkrError for what is not for this enclave */
  open(ciphertextForRecipient: Uint8Array): Uint8Array;
}

const PCRS = 16;
const PCR_BYTES = 48;
const ALWAYS = { notBefore: Date.UTC(2000, 0, 1), notAfter: Date.UTC(2099, 11, 31) };
const MINUTE = 60_000;

/**
 * Makes an enclave with a chain of its own: root, intermediate, and a certificate of three hours for every document, all
 * ECDSA P-384 with SHA-384, and an RSA-2048 key. It lives in a token of its own.
 * @throws RangeError for a PCR that is none
 */
export async function createTestEnclave(options: TestEnclaveOptions = {}): Promise<TestEnclave> {
  const { moduleId = "i-0123456789abcdef0-enc0123456789abcdef", now = Date.now, entropy, engine } = options;
  const pcrs = pcrsOf(options.pcrs ?? {});
  const hsm = createHsm({ pin: null, label: "enclave", ...(entropy && { entropy }), ...(engine && { engine }) });
  const session = hsm.openSession({ readWrite: true });
  const [root, intermediate, leaf] = [signer(session), signer(session), signer(session)];
  const rsa = await session.generateKeyPairAsync(
    { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 },
    { usage: "encrypt" },
  );
  const publicKey = session.getAttributes(rsa.publicKey, ["PUBLIC_KEY_INFO"]).PUBLIC_KEY_INFO;
  const names = { root: "aws.nitro-enclaves (test)", intermediate: "instance (test)", leaf: `${moduleId} (test)` };
  const serial = (): Uint8Array => session.generateRandom(15);

  const rootDer = mintCertificate(
    {
      serial: serial(),
      issuer: names.root,
      subject: names.root,
      ...ALWAYS,
      publicKey: root.publicKey,
      ca: { pathLength: 1 },
    },
    root.sign,
    encodeEcdsaSignature,
  );
  const intermediateDer = mintCertificate(
    {
      ...{ serial: serial(), issuer: names.root, subject: names.intermediate, ...ALWAYS },
      ...{ publicKey: intermediate.publicKey, ca: { pathLength: 0 } },
    },
    root.sign,
    encodeEcdsaSignature,
  );

  const attest = (request: AttestOptions = {}): Uint8Array => {
    const timestamp = now();
    const certificate = mintCertificate(
      {
        ...{ serial: serial(), issuer: names.intermediate, subject: names.leaf, publicKey: leaf.publicKey },
        ...{ notBefore: timestamp - MINUTE, notAfter: timestamp + 180 * MINUTE },
      },
      intermediate.sign,
      encodeEcdsaSignature,
    );
    return mintDocument(
      {
        moduleId,
        timestamp: Math.floor(timestamp),
        pcrs,
        certificate,
        cabundle: [rootDer, intermediateDer],
        publicKey: request.publicKey === undefined ? publicKey : request.publicKey,
        userData: request.userData ?? null,
        nonce: request.nonce ?? null,
      },
      leaf.sign,
    );
  };

  return {
    rootCertificate: encodePem("CERTIFICATE", rootDer),
    publicKey,
    attest,
    recipient: (request) => ({ KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument: attest(request) }),
    open(ciphertextForRecipient) {
      const { encryptedKey, iv, encryptedContent } = decodeEnvelopedData(ciphertextForRecipient);
      const oaep = { mechanism: "RSA_PKCS_OAEP", hash: "SHA256", mgf: "SHA256" } as const;
      const VALUE = session.decrypt(oaep, rsa.privateKey, encryptedKey);
      const aes = session.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE, usage: "encrypt" });
      try {
        return session.decrypt({ mechanism: "AES_CBC_PAD", iv }, aes, encryptedContent);
      } finally {
        session.destroyObject(aes);
        wipe(VALUE);
      }
    },
  };
}

function signer(session: Session): { readonly publicKey: Uint8Array; readonly sign: Sign } {
  const pair = session.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-384" }, { usage: "sign" });
  return {
    publicKey: session.getAttributes(pair.publicKey, ["PUBLIC_KEY_INFO"]).PUBLIC_KEY_INFO,
    sign: (data) => session.sign({ mechanism: "ECDSA_SHA384" }, pair.privateKey, data),
  };
}

function pcrsOf(given: Readonly<Record<number, string | Uint8Array>>): ReadonlyMap<number, Uint8Array> {
  const pcrs = new Map(Array.from({ length: PCRS }, (_, i): [number, Uint8Array] => [i, new Uint8Array(PCR_BYTES)]));
  for (const [name, value] of Object.entries(given)) {
    const index = Number(name);
    const isHex = typeof value === "string" && /^[0-9A-Fa-f]{96}$/.test(value);
    const digest = typeof value === "string" ? (isHex ? fromHex(value) : undefined) : Uint8Array.from(value);
    if (!Number.isInteger(index) || index < 0 || index > 31 || digest?.length !== PCR_BYTES) {
      throw new RangeError(`PCR ${name} must have a number of 0 to 31, and 48 bytes or 96 hexadecimal digits`);
    }
    pcrs.set(index, digest);
  }
  return pcrs;
}
