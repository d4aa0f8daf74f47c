import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { curves } from "../../src/crypto/ec-curves.ts";
import type { CurveName } from "../../src/crypto/engine.ts";
import { seededRng } from "../support/seeded-rng.ts";
import { hex, readVectors, stanzas, wycheproof } from "../support/vectors.ts";
import { overEngines } from "./engine-suite.ts";

overEngines(({ name, ecPrivate, ecPublic }) => {
  const rng = seededRng("ecdsa vectors");
  /** ECDSA is pure on every engine so far: a sample shows that it is. The conformance run takes all of it on both. */
  const every = name === "pure" ? 1 : 24;

  describe("NIST CAVP", () => {
    interface Cavp {
      readonly section: string;
      readonly Msg: string;
      readonly Qx: string;
      readonly Qy: string;
      readonly R: string;
      readonly S: string;
      readonly d?: string;
      readonly Result?: string;
    }
    const cases = (name: string) =>
      stanzas(readVectors(name)).filter(
        (s) => s["Msg"] !== undefined && /^P-(256|384|521),/.test(s["section"] ?? ""),
      ) as unknown as Cavp[];

    function read(stanza: Cavp) {
      const [curve, sha] = stanza.section.split(",") as [CurveName, string];
      const { fieldBytes, orderBytes } = curves[curve];
      const pad = (text: string, length: number) => hex(text.padStart(2 * length, "0").slice(-2 * length));
      return {
        curve,
        orderBytes,
        digest: Uint8Array.from(createHash(sha.replace("-", "")).update(hex(stanza.Msg)).digest()),
        point: Uint8Array.of(4, ...pad(stanza.Qx, fieldBytes), ...pad(stanza.Qy, fieldBytes)),
        signature: Uint8Array.of(...pad(stanza.R, orderBytes), ...pad(stanza.S, orderBytes)),
      };
    }

    test("SigVer: 225 verdicts on P-256, P-384 and P-521 are those of the file", () => {
      let count = 0;
      for (const stanza of cases("FIPS_186-3/SigVer.rsp")) {
        if (count++ % every !== 0) continue;
        const { curve, digest, point, signature } = read(stanza);
        const verdict = ecPublic(curve, point)?.verify(digest, signature) ?? false;
        expect(verdict, JSON.stringify(stanza)).toBe(stanza.Result?.startsWith("P"));
      }
      expect(count).toBe(225);
    });

    test("SigGen: 75 keys give their public points, and signatures like the file's", () => {
      let count = 0;
      for (const [index, stanza] of cases("FIPS_186-3/SigGen.txt").entries()) {
        if (index % 3 !== 0) continue;
        const { curve, orderBytes, digest, point, signature } = read(stanza);
        const scalar = hex((stanza.d ?? "").padStart(2 * orderBytes, "0").slice(-2 * orderBytes));
        const privateKey = ecPrivate(curve, scalar)!;
        expect(privateKey.publicPoint()).toEqual(point);
        if (count++ % every !== 0) continue;
        const publicKey = ecPublic(curve, point)!;
        expect(publicKey.verify(digest, signature)).toBe(true);
        expect(publicKey.verify(digest, privateKey.sign(digest, rng))).toBe(true);
      }
      expect(count).toBe(75);
    });
  });

  describe("Wycheproof", () => {
    test.each([
      ["ecdsa_secp256r1_sha256_p1363_test.json", "P-256", "sha256", 262],
      ["ecdsa_secp256r1_sha512_p1363_test.json", "P-256", "sha512", 332],
      ["ecdsa_secp384r1_sha384_p1363_test.json", "P-384", "sha384", 280],
      ["ecdsa_secp521r1_sha512_p1363_test.json", "P-521", "sha512", 318],
      ["ecdsa_secp256k1_sha256_p1363_test.json", "secp256k1", "sha256", 252],
    ] as const)("%s: every verdict is that of the file", (name, curve, hash, expected) => {
      interface Group {
        publicKey: { uncompressed: string };
      }
      const file = wycheproof<Group, { msg: string; sig: string }>(name);
      for (const group of file.groups) {
        const publicKey = ecPublic(curve, hex(group.publicKey.uncompressed))!;
        for (const { tcId, comment, msg, sig, result } of group.tests) {
          if (tcId % every !== 0) continue;
          const digest = Uint8Array.from(createHash(hash).update(hex(msg)).digest());
          expect(publicKey.verify(digest, hex(sig)), `${tcId} ${comment}`).toBe(result === "valid");
        }
      }
      expect(file.count).toBe(expected);
    });
  });
});
