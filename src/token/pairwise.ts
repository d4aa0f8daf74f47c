/**
 * Pairwise consistency tests of new private keys (FIPS 140-3 IG, 10.3.A, additional comment 1): a pair does what its
 * key is for. What that is says the key's usage; a key without any is tested in the first way that its type has.
 */

import { equalBytes, wipe } from "../bytes/bytes.ts";
import type { AttributeName } from "../cryptoki/attributes.ts";
import type { KeyType } from "../cryptoki/constants.ts";
import { CkrError } from "../cryptoki/error.ts";
import { decodeSpki, encodeSpki, type PublicKeyInfo } from "../der/spki.ts";
import { curveOfKey, ecPrivateOf } from "../mechanisms/keys/ec.ts";
import { edPrivateOf, edwards, edwardsCurveOf } from "../mechanisms/keys/ec-edwards.ts";
import { montgomeryCurveOf, xPrivateOf } from "../mechanisms/keys/ec-montgomery.ts";
import { kemPrivateOf } from "../mechanisms/keys/ml-kem.ts";
import { parameterSetOf } from "../mechanisms/keys/parameter-set.ts";
import { pqPrivateOf, schemeOfKey } from "../mechanisms/keys/pq-signature.ts";
import { rsaPrivateOf, rsaPublicOf } from "../mechanisms/keys/rsa.ts";
import { sm2PrivateOf } from "../mechanisms/keys/sm2.ts";
import type { Context } from "../mechanisms/mechanism.ts";
import type { Origin } from "../objects/build.ts";
import type { TokenObject } from "../objects/object.ts";
import type { PairwiseName } from "../selftest/self-tests.ts";
import type { Place } from "./drafts.ts";

interface PairwiseTest {
  readonly name: PairwiseName;
  /** The flags of the private keys that it is for. */
  readonly usages: readonly AttributeName[];
  /** C_CreateObject has just made the same test, as long as a signature. */
  readonly madeByImport?: true;
  /** Whether the private key and the public key of its CKA_PUBLIC_KEY_INFO belong together. */
  readonly run: (context: Context, key: TokenObject) => boolean;
}

/** What is signed and encrypted: 32 bytes, which a digest can be. */
const DATA: Uint8Array = new Uint8Array(32).fill(0x5a);
const none = new Uint8Array(0);
const pqInput = { message: DATA, context: none };
const oaep = { hash: "SHA256", mgf: "SHA256", label: none } as const;

const AGREEMENT = ["DERIVE"] as const;
const SIGNATURE = ["SIGN"] as const;
const DECRYPTION = ["DECRYPT", "UNWRAP"] as const;

const TESTS: Readonly<Record<KeyType, readonly PairwiseTest[]>> = {
  RSA: [
    {
      name: "pairwise RSA signature",
      usages: SIGNATURE,
      run(context, key) {
        const signature = rsaPrivateOf(context, key).pkcs1Sign("SHA256", DATA, context.rng);
        return rsaPublicOf(context, key).pkcs1Verify("SHA256", DATA, signature);
      },
    },
    {
      name: "pairwise RSA encryption",
      usages: DECRYPTION,
      run(context, key) {
        const ciphertext = rsaPublicOf(context, key).oaepEncrypt(oaep, DATA, context.rng);
        return isData(rsaPrivateOf(context, key).oaepDecrypt(oaep, ciphertext, context.rng));
      },
    },
  ],
  EC: [
    {
      name: "pairwise ECDSA",
      usages: SIGNATURE,
      run(context, key) {
        const publicKey = context.engine.ecPublic(curveOfKey(key), pointOf(key));
        return publicKey?.verify(DATA, ecPrivateOf(context, key).sign(DATA, context.rng)) === true;
      },
    },
    {
      name: "pairwise ECDH",
      usages: AGREEMENT,
      run: (context, key) =>
        isPublicKey(key, { type: "EC", curve: curveOfKey(key), point: ecPrivateOf(context, key).publicPoint() }),
    },
  ],
  EC_EDWARDS: [
    {
      name: "pairwise EdDSA",
      usages: SIGNATURE,
      run(context, key) {
        const publicKey = edwards(context.engine, edwardsCurveOf(key)).publicKey(octetsOf(key));
        return publicKey?.verify(DATA, edPrivateOf(context, key).sign(DATA, "pure", none), "pure", none) === true;
      },
    },
  ],
  EC_MONTGOMERY: [
    {
      name: "pairwise X25519 and X448",
      usages: AGREEMENT,
      run: (context, key) =>
        isPublicKey(key, { type: montgomeryCurveOf(key), publicKey: xPrivateOf(context, key).publicKey() }),
    },
  ],
  SM2: [
    {
      name: "pairwise SM2 signature",
      usages: SIGNATURE,
      run(context, key) {
        const publicKey = context.engine.sm2Public(pointOf(key));
        return publicKey?.verify(DATA, sm2PrivateOf(context, key).sign(DATA, context.rng)) === true;
      },
    },
    {
      name: "pairwise SM2 encryption",
      usages: DECRYPTION,
      run(context, key) {
        const ciphertext = context.engine.sm2Public(pointOf(key))?.encrypt(DATA, context.rng);
        return isData(ciphertext && sm2PrivateOf(context, key).decrypt(ciphertext));
      },
    },
    {
      name: "pairwise SM2 agreement",
      usages: AGREEMENT,
      run: (context, key) =>
        isPublicKey(key, { type: "EC", curve: "SM2", point: sm2PrivateOf(context, key).publicPoint() }),
    },
  ],
  ML_DSA: [
    {
      name: "pairwise ML-DSA",
      usages: SIGNATURE,
      run(context, key) {
        const publicKey = schemeOfKey(context, "ML_DSA", key).publicKey(octetsOf(key));
        return publicKey?.verify(pqInput, pqPrivateOf(context, "ML_DSA", key).sign(pqInput, context.rng)) === true;
      },
    },
  ],
  SLH_DSA: [
    {
      name: "pairwise SLH-DSA",
      usages: SIGNATURE,
      madeByImport: true,
      run(context, key) {
        const scheme = schemeOfKey(context, "SLH_DSA", key);
        const { publicKey, privateKey } = key.secret("VALUE").use((value) => scheme.generate(seedOf(value, scheme)));
        wipe(privateKey);
        return equalBytes(publicKey, octetsOf(key));
      },
    },
  ],
  ML_KEM: [
    {
      name: "pairwise ML-KEM",
      usages: ["DECAPSULATE"],
      run(context, key) {
        const publicKey = context.engine.mlKem(parameterSetOf("ML_KEM", key)).publicKey(octetsOf(key));
        const made = publicKey?.encapsulate(context.rng);
        const opened = made && kemPrivateOf(context, key).decapsulate(made.ciphertext);
        const isSame = made !== undefined && opened !== undefined && equalBytes(made.sharedSecret, opened);
        wipe(made?.sharedSecret, opened);
        return isSame;
      },
    },
  ],
  GENERIC_SECRET: [],
  AES: [],
  AES_XTS: [],
  SM4: [],
  HKDF: [],
};

/**
 * Tests a new private key with its public key. A pair that was made here and fails is a failed self-test; a key from
 * outside that fails is refused as a bad value, or whoever brings one could stop the HSM.
 * @throws CkrError CKR_FIPS_SELF_TEST_FAILED, CKR_ATTRIBUTE_VALUE_INVALID, CKR_WRAPPED_KEY_INVALID
 */
export function requireConsistent({ token, context }: Place, key: TokenObject, origin: Origin): void {
  if (key.get("CLASS") !== "PRIVATE_KEY" || key.secretNames().length === 0) return;
  const { selfTests, requireOperational } = token.surroundings;
  for (const { name, madeByImport, run } of testsOf(key)) {
    const isDone = madeByImport === true && origin.by === "create";
    if (selfTests.isConsistent(name, () => isDone || run(context, key))) continue;
    // Another failure may have been the reason.
    requireOperational();
    if (origin.by === "generate") selfTests.fail(name);
    const ckr = origin.by === "create" ? "ATTRIBUTE_VALUE_INVALID" : "WRAPPED_KEY_INVALID";
    throw new CkrError(ckr, "the parts of the private key do not belong together");
  }
}

/** Both halves of a new pair name the same public key. @throws CkrError CKR_FIPS_SELF_TEST_FAILED */
export function requireSamePair({ token }: Place, publicKey: TokenObject, privateKey: TokenObject): void {
  const [info, own] = [publicKey.get("PUBLIC_KEY_INFO"), privateKey.get("PUBLIC_KEY_INFO")];
  const [test] = testsOf(privateKey);
  if (info && own && test && !equalBytes(info, own)) token.surroundings.selfTests.fail(test.name);
}

function testsOf(key: TokenObject): readonly PairwiseTest[] {
  const all = TESTS[key.get("KEY_TYPE") as KeyType];
  const meant = all.filter(({ usages }) => usages.some((usage) => key.isTrue(usage)));
  return meant.length === 0 ? all.slice(0, 1) : meant;
}

function isData(opened: Uint8Array | undefined): boolean {
  return opened !== undefined && equalBytes(opened, DATA);
}

/** Whether a public key is the one that the private key has been made with. */
function isPublicKey(key: TokenObject, info: PublicKeyInfo): boolean {
  return equalBytes(encodeSpki(info), key.get("PUBLIC_KEY_INFO") ?? none);
}

function pointOf(key: TokenObject): Uint8Array {
  const info = decodeSpki(key.get("PUBLIC_KEY_INFO") ?? none);
  return info.type === "EC" ? info.point : none;
}

function octetsOf(key: TokenObject): Uint8Array {
  const info = decodeSpki(key.get("PUBLIC_KEY_INFO") ?? none);
  return "publicKey" in info ? info.publicKey : none;
}

/** SK.seed ‖ SK.prf ‖ PK.seed, the front of an SLH-DSA private key (FIPS 205, 9.1). */
function seedOf(privateKey: Uint8Array, { seedBytes }: { readonly seedBytes: number }): Uint8Array {
  return privateKey.subarray(0, seedBytes);
}
