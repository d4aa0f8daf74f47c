import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { HashName } from "../../src/crypto/engine.ts";
import { curveNames } from "../support/curves.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";
import { seededRng } from "../support/seeded-rng.ts";
import { overEngines } from "./engine-suite.ts";

overEngines((engine) => {
  const rng = seededRng("engine");
  const data = new TextEncoder().encode("one engine");

  test("digests, MACs and AES work on prepared keys", () => {
    const hashes: Partial<Record<HashName, string>> = { SHA256: "sha256", SHA3_512: "sha3-512" };
    for (const [hash, node] of Object.entries(hashes) as [HashName, string][]) {
      const expected = Uint8Array.from(createHash(node).update(data).digest());
      const running = engine.hash(hash);
      running.update(data);
      expect([engine.digest(hash, data), running.digest()]).toEqual([expected, expected]);
      expect(engine.hmac(hash, rng(32)).mac(data).length).toBe(expected.length);
    }
    const aes = engine.aes(rng(32));
    const sealed = aes.gcmSeal(new Uint8Array(12), data, data, 16);
    expect(aes.gcmOpen(new Uint8Array(12), data, sealed, 16)).toEqual(data);
  });

  test("a generated EC key signs, verifies and agrees on every curve", () => {
    for (const curve of curveNames) {
      const [ours, theirs] = [1, 2].map(() => engine.ecPrivate(curve, engine.ecGenerate(curve, rng))!);
      const digest = engine.digest("SHA256", data);
      expect(engine.ecPublic(curve, ours.publicPoint())!.verify(digest, ours.sign(digest, rng))).toBe(true);
      expect(ours.agree(theirs.publicPoint())).toEqual(theirs.agree(ours.publicPoint()));
    }
  });

  test("an Ed25519 key signs and verifies", () => {
    const key = engine.edPrivate(rng(32));
    const publicKey = engine.edPublic(key.publicKey())!;
    expect(publicKey.verify(data, key.sign(data, "pure"), "pure")).toBe(true);
    const digest = engine.digest("SHA512", data);
    expect(publicKey.verify(digest, key.sign(digest, "prehashed"), "prehashed")).toBe(true);
  });

  test("an RSA key decrypts and signs, and generation gives one", () => {
    const generator = engine.rsaGenerate(2048, Uint8Array.of(1, 0, 1), rng);
    let step = generator.next();
    while (!step.done) step = generator.next();
    for (const components of [step.value, nodeRsaKey(2048).components]) {
      const key = engine.rsaPrivate(components)!;
      const publicKey = engine.rsaPublic(components.n, components.e)!;
      const oaep = { hash: "SHA256", mgf: "SHA256", label: data } as const;
      expect(key.oaepDecrypt(oaep, publicKey.oaepEncrypt(oaep, data, rng), rng)).toEqual(data);
      const pss = { hash: "SHA384", mgf: "SHA384", saltBytes: 48 } as const;
      const digest = engine.digest("SHA384", data);
      expect(publicKey.pssVerify(pss, digest, key.pssSign(pss, digest, rng))).toBe(true);
    }
  });
});
