/** ML-DSA (FIPS 204) and SLH-DSA (FIPS 205), over @noble/post-quantum. */

import { shake256 } from "@noble/hashes/sha3.js";
import { type DSA, ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import * as slh from "@noble/post-quantum/slh-dsa.js";
import { concat, equalBytes, wipe } from "../bytes/bytes.ts";
import type { MlDsaSet, PqInput, PqPrivateKey, PqPublicKey, PqSignature, Rng, SlhDsaSet } from "./engine.ts";

const mlDsaSets: Readonly<Record<MlDsaSet, DSA>> = {
  "ML-DSA-44": ml_dsa44,
  "ML-DSA-65": ml_dsa65,
  "ML-DSA-87": ml_dsa87,
};

const slhDsaSets: Readonly<Record<SlhDsaSet, slh.SphincsSigner>> = {
  "SLH-DSA-SHA2-128s": slh.slh_dsa_sha2_128s,
  "SLH-DSA-SHAKE-128s": slh.slh_dsa_shake_128s,
  "SLH-DSA-SHA2-128f": slh.slh_dsa_sha2_128f,
  "SLH-DSA-SHAKE-128f": slh.slh_dsa_shake_128f,
  "SLH-DSA-SHA2-192s": slh.slh_dsa_sha2_192s,
  "SLH-DSA-SHAKE-192s": slh.slh_dsa_shake_192s,
  "SLH-DSA-SHA2-192f": slh.slh_dsa_sha2_192f,
  "SLH-DSA-SHAKE-192f": slh.slh_dsa_shake_192f,
  "SLH-DSA-SHA2-256s": slh.slh_dsa_sha2_256s,
  "SLH-DSA-SHAKE-256s": slh.slh_dsa_shake_256s,
  "SLH-DSA-SHA2-256f": slh.slh_dsa_sha2_256f,
  "SLH-DSA-SHAKE-256f": slh.slh_dsa_shake_256f,
};

const MU_BYTES = 64;
const MAX_CONTEXT_BYTES = 255;

type SchemeName = MlDsaSet | SlhDsaSet;
type Entropy = Uint8Array | false;

/** What the two algorithms differ in, over messages that are formatted already (M′), or over µ. */
interface Scheme {
  readonly name: SchemeName;
  readonly noble: DSA | slh.SphincsSigner;
  /** Random bytes that hedge a signature. */
  readonly hedgeBytes: number;
  readonly signMu?: (mu: Uint8Array, privateKey: Uint8Array, entropy: Entropy) => Uint8Array;
  readonly verifyMu?: (mu: Uint8Array, publicKey: Uint8Array, signature: Uint8Array) => boolean;
  readonly isConsistent: (privateKey: Uint8Array) => boolean;
}

/** ML-DSA in one parameter set. */
export function mlDsa(set: MlDsaSet): PqSignature {
  const noble = mlDsaSets[set];
  return signature({
    name: set,
    noble,
    hedgeBytes: 32,
    signMu: (mu, privateKey, extraEntropy) => noble.internal.sign(mu, privateKey, { extraEntropy, externalMu: true }),
    verifyMu: (mu, publicKey, given) => noble.internal.verify(given, mu, publicKey, { externalMu: true }),
    isConsistent: (privateKey) => mlDsaBelongsTogether(noble, privateKey),
  });
}

/** SLH-DSA in one parameter set. */
export function slhDsa(set: SlhDsaSet): PqSignature {
  const noble = slhDsaSets[set];
  return signature({
    name: set,
    noble,
    hedgeBytes: lengthOf(noble, "publicKey") / 2,
    // Whether PK.root belongs to the seeds costs a whole key generation: the import of a key asks, not every use.
    isConsistent: () => true,
  });
}

/** Whether s1 and s2 are in their range, and tr is the hash of the public key that they give (FIPS 204, 6.1 and 7.2). */
function mlDsaBelongsTogether(noble: DSA, privateKey: Uint8Array): boolean {
  try {
    const tr = privateKey.subarray(64, 128);
    return equalBytes(shake256(noble.getPublicKey(privateKey), { dkLen: 64 }), tr);
  } catch {
    return false;
  }
}

function lengthOf(noble: Scheme["noble"], what: "seed" | "publicKey" | "secretKey" | "signature"): number {
  return noble.lengths[what] as number;
}

function signature(scheme: Scheme): PqSignature {
  const { noble } = scheme;
  return {
    seedBytes: lengthOf(noble, "seed"),
    publicKeyBytes: lengthOf(noble, "publicKey"),
    signatureBytes: lengthOf(noble, "signature"),
    generate(seed) {
      const { publicKey, secretKey } = noble.keygen(seed);
      return { publicKey, privateKey: secretKey };
    },
    publicKey: (key) => (key.length === lengthOf(noble, "publicKey") ? verifier(scheme, key) : undefined),
    privateKey(key) {
      const isKey = key.length === lengthOf(noble, "secretKey") && scheme.isConsistent(key);
      return isKey ? signer(scheme, key) : undefined;
    },
  };
}

function verifier(scheme: Scheme, publicKey: Uint8Array): PqPublicKey {
  const own = Uint8Array.from(publicKey);
  return {
    verify(input, given) {
      if (!fits(scheme, input) || given.length !== lengthOf(scheme.noble, "signature")) return false;
      return "mu" in input
        ? scheme.verifyMu?.(input.mu, own, given) === true
        : scheme.noble.internal.verify(given, formatted(input), own);
    },
  };
}

function signer(scheme: Scheme, privateKey: Uint8Array): PqPrivateKey {
  const { name, noble } = scheme;
  let secret: Uint8Array | undefined = Uint8Array.from(privateKey);

  function borrow(): Uint8Array {
    if (secret === undefined) throw new Error(`this ${name} private key was destroyed`);
    return secret;
  }

  return {
    publicKey: () => noble.getPublicKey(borrow()),
    sign(input, rng) {
      const own = borrow();
      if (!fits(scheme, input)) throw new RangeError(`${name} does not sign an input of this kind or length`);
      return hedged(scheme.hedgeBytes, rng, (extraEntropy) => {
        if ("mu" in input) return scheme.signMu?.(input.mu, own, extraEntropy) as Uint8Array;
        return noble.internal.sign(formatted(input), own, { extraEntropy });
      });
    },
    destroy() {
      wipe(secret);
      secret = undefined;
    },
  };
}

function hedged(byteLength: number, rng: Rng | undefined, sign: (entropy: Entropy) => Uint8Array): Uint8Array {
  if (rng === undefined) return sign(false);
  const entropy = rng(byteLength);
  try {
    return sign(entropy);
  } finally {
    wipe(entropy);
  }
}

function fits({ signMu }: Scheme, input: PqInput): boolean {
  if ("mu" in input) return signMu !== undefined && input.mu.length === MU_BYTES;
  return "formatted" in input || input.context.length <= MAX_CONTEXT_BYTES;
}

/** M′ (FIPS 204, algorithm 2, step 10; FIPS 205, algorithm 22, step 8). */
function formatted(input: Exclude<PqInput, { readonly mu: Uint8Array }>): Uint8Array {
  if ("formatted" in input) return input.formatted;
  return concat(Uint8Array.of(0, input.context.length), input.context, input.message);
}
