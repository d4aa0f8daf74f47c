/** ML-KEM: implicit rejection. */

import { pureEngine } from "../../../src/crypto/pure-engine.ts";
import { input, type Row } from "../row.ts";

export const kem: readonly Row[] = [
  {
    ...{ group: "ML-KEM", name: "ML-KEM-768 decapsulation", classes: ["good ciphertext", "one bit wrong"] },
    make(rng) {
      const scheme = pureEngine.mlKem("ML-KEM-768");
      const { publicKey, privateKey } = scheme.generate(rng(scheme.seedBytes));
      const [peer, key] = [scheme.publicKey(publicKey), scheme.privateKey(privateKey)];
      if (peer === undefined || key === undefined) throw new Error("the pair that was generated is none");
      const ciphertext = input(scheme.ciphertextBytes, (of) => {
        const { ciphertext: made } = peer.encapsulate(rng);
        made[7] = (made[7] as number) ^ of;
        return made;
      });
      return { prepare: ciphertext.set, run: () => key.decapsulate(ciphertext.bytes) };
    },
  },
];
