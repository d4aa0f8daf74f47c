import { expect, test } from "vitest";
import type { MlDsaSet, MlKemSet, XCurveName } from "../../src/crypto/engine.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { seededRng } from "../support/seeded-rng.ts";
import { overEngines } from "./engine-suite.ts";

const message = new TextEncoder().encode("one result");
const none = new Uint8Array(0);

overEngines((engine) => {
  test.each<[XCurveName, number]>([
    ["X25519", 32],
    ["X448", 56],
  ])("%s gives the pure engine's keys and secrets", (curve, length) => {
    const rng = seededRng(curve);
    for (let i = 0; i < 4; i++) {
      const [own, peer] = [rng(length), rng(length)];
      const [key, pure] = [engine.xPrivate(curve, own), pureEngine.xPrivate(curve, own)];
      expect([key.curve, key.publicKey()]).toEqual([curve, pure.publicKey()]);
      expect(key.agree(peer)).toEqual(pure.agree(peer));
      expect(key.agree(new Uint8Array(length))).toBeUndefined();
      expect(key.agree(peer.subarray(1))).toBeUndefined();
    }
  });

  test("Ed448 gives the pure engine's keys and signatures, with and without a context", () => {
    const seed = seededRng("Ed448")(57);
    const [key, pure] = [engine.ed448Private(seed), pureEngine.ed448Private(seed)];
    expect(key.publicKey()).toEqual(pure.publicKey());
    for (const context of [none, message]) {
      for (const [variant, input] of [["pure", message] as const, ["prehashed", new Uint8Array(64)] as const]) {
        const signature = key.sign(input, variant, context);
        expect(signature).toEqual(pure.sign(input, variant, context));
        expect(engine.ed448Public(key.publicKey())!.verify(input, signature, variant, context)).toBe(true);
      }
    }
  });

  test("ML-DSA, SLH-DSA and ML-KEM draw the same and give the same from one seed", () => {
    for (const set of ["ML-DSA-44", "ML-DSA-87"] satisfies MlDsaSet[]) {
      const run = (from: typeof engine) => {
        const rng = seededRng(set);
        const { publicKey, privateKey } = from.mlDsa(set).generate(rng(32));
        const signature = from.mlDsa(set).privateKey(privateKey)!.sign({ message, context: none }, rng);
        return { publicKey, privateKey, signature };
      };
      expect(run(engine)).toEqual(run(pureEngine));
    }
    for (const set of ["ML-KEM-512", "ML-KEM-1024"] satisfies MlKemSet[]) {
      const run = (from: typeof engine) => {
        const rng = seededRng(set);
        const { publicKey, privateKey } = from.mlKem(set).generate(rng(64));
        const sent = from.mlKem(set).publicKey(publicKey)!.encapsulate(rng);
        expect(from.mlKem(set).privateKey(privateKey)!.decapsulate(sent.ciphertext)).toEqual(sent.sharedSecret);
        return { publicKey, privateKey, sent };
      };
      expect(run(engine)).toEqual(run(pureEngine));
    }
    const seed = new Uint8Array(48).fill(1);
    const slhDsa = "SLH-DSA-SHA2-128f";
    expect(engine.slhDsa(slhDsa).generate(seed)).toEqual(pureEngine.slhDsa(slhDsa).generate(seed));
  });
});
