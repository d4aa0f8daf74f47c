/** ML-KEM: implicit rejection, and whether the time depends on a ciphertext at all. */

import type { KemPublicKey, Rng } from "../../../src/crypto/engine.ts";
import { pureEngine } from "../../../src/crypto/pure-engine.ts";
import { type Class, input, type Row } from "../row.ts";

type Make = (of: Class) => Uint8Array;

/** @param ciphertextsOf how the ciphertexts of a row are made with the public key. */
const decapsulation = (
  classes: Row["classes"],
  ciphertextsOf: (peer: KemPublicKey, rng: Rng) => Make,
): Omit<Row, "name"> => ({
  group: "ML-KEM",
  classes,
  make(rng) {
    const scheme = pureEngine.mlKem("ML-KEM-768");
    const { publicKey, privateKey } = scheme.generate(rng(scheme.seedBytes));
    const [peer, key] = [scheme.publicKey(publicKey), scheme.privateKey(privateKey)];
    if (peer === undefined || key === undefined) throw new Error("the pair that was generated is none");
    const ciphertext = input(scheme.ciphertextBytes, ciphertextsOf(peer, rng));
    return { prepare: ciphertext.set, run: () => key.decapsulate(ciphertext.bytes) };
  },
});

export const kem: readonly Row[] = [
  {
    name: "ML-KEM-768 decapsulation, rejecting",
    ...decapsulation(["good ciphertext", "one bit wrong"], (peer, rng) => (of) => {
      const { ciphertext } = peer.encapsulate(rng);
      ciphertext[7] = (ciphertext[7] as number) ^ of;
      return ciphertext;
    }),
  },
  {
    name: "ML-KEM-768 decapsulation",
    ...decapsulation(["fixed ciphertext", "random"], (peer, rng) => {
      const fixed = peer.encapsulate(rng).ciphertext;
      return (of) => {
        const { ciphertext } = peer.encapsulate(rng);
        return of === 0 ? fixed : ciphertext;
      };
    }),
  },
];
