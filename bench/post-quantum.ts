/** ML-KEM, ML-DSA and one set of SLH-DSA beside noble; Node 20 has none of them. */

import { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import { ml_kem512, ml_kem768, ml_kem1024 } from "@noble/post-quantum/ml-kem.js";
import { slh_dsa_sha2_128f } from "@noble/post-quantum/slh-dsa.js";
import type { Kem, KemPrivateKey, KemPublicKey, PqPrivateKey, PqPublicKey, PqSignature } from "../src/crypto/engine.ts";
import { pureEngine } from "../src/crypto/pure-engine.ts";
import { type Call, type Contest, once } from "./contest.ts";
import { bytes } from "./inputs.ts";

const message = bytes(32);
const context = new Uint8Array(0);

/** One contest an operation; `make` sets up all of a parameter set at once. */
function versusNoble<O extends string>(
  group: string,
  set: string,
  calls: number,
  operations: readonly O[],
  make: () => Readonly<Record<O, readonly [ours: Call, noble: Call]>>,
): Contest[] {
  const made = once(make);
  return operations.map((operation) => ({
    ...{ layer: "engine", group, name: `${set} ${operation}`, calls },
    rivals: () => {
      const [ours, noble] = made()[operation];
      return { ours, noble };
    },
  }));
}

function kem(set: string, scheme: Kem, noble: typeof ml_kem512): Contest[] {
  return versusNoble("ML-KEM", set, 5, ["encapsulation", "decapsulation", "key generation"], () => {
    const { publicKey, privateKey } = scheme.generate(bytes(scheme.seedBytes));
    const peer = scheme.publicKey(publicKey) as KemPublicKey;
    const own = scheme.privateKey(privateKey) as KemPrivateKey;
    const { ciphertext } = peer.encapsulate(bytes);
    return {
      encapsulation: [() => peer.encapsulate(bytes), () => noble.encapsulate(publicKey)],
      decapsulation: [() => own.decapsulate(ciphertext), () => noble.decapsulate(ciphertext, privateKey)],
      "key generation": [() => scheme.generate(bytes(scheme.seedBytes)), () => noble.keygen()],
    };
  });
}

/** What the signatures of noble have in common. */
interface Noble {
  sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array;
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  keygen(): unknown;
}

function signature(set: string, scheme: PqSignature, noble: Noble, calls: number): Contest[] {
  return versusNoble(
    set.startsWith("ML") ? "ML-DSA" : "SLH-DSA",
    set,
    calls,
    ["sign", "verify", "key generation"],
    () => {
      const { publicKey, privateKey } = scheme.generate(bytes(scheme.seedBytes));
      const own = scheme.privateKey(privateKey) as PqPrivateKey;
      const stored = scheme.publicKey(publicKey) as PqPublicKey;
      const signed = own.sign({ message, context }, bytes);
      return {
        sign: [() => own.sign({ message, context }, bytes), () => noble.sign(message, privateKey)],
        verify: [() => stored.verify({ message, context }, signed), () => noble.verify(signed, message, publicKey)],
        "key generation": [() => scheme.generate(bytes(scheme.seedBytes)), () => noble.keygen()],
      };
    },
  );
}

/** How often a signature is tried varies from message to message (FIPS 204, 6.2, step 8): only a mean says something. */
const averaged = (contest: Contest): Contest =>
  contest.name.endsWith("sign") ? { ...contest, average: "mean", rounds: 41 } : contest;

export const contests: readonly Contest[] = [
  ...kem("ML-KEM-512", pureEngine.mlKem("ML-KEM-512"), ml_kem512),
  ...kem("ML-KEM-768", pureEngine.mlKem("ML-KEM-768"), ml_kem768),
  ...kem("ML-KEM-1024", pureEngine.mlKem("ML-KEM-1024"), ml_kem1024),
  ...signature("ML-DSA-44", pureEngine.mlDsa("ML-DSA-44"), ml_dsa44, 2).map(averaged),
  ...signature("ML-DSA-65", pureEngine.mlDsa("ML-DSA-65"), ml_dsa65, 2).map(averaged),
  ...signature("ML-DSA-87", pureEngine.mlDsa("ML-DSA-87"), ml_dsa87, 1).map(averaged),
  ...signature("SLH-DSA-SHA2-128f", pureEngine.slhDsa("SLH-DSA-SHA2-128f"), slh_dsa_sha2_128f, 1),
];
