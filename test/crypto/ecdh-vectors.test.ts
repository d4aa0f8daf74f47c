import { expect, test } from "vitest";
import { curves } from "../../src/crypto/ec-curves.ts";
import { hex, wycheproof } from "../support/vectors.ts";
import { overEngines } from "./engine-suite.ts";

overEngines(({ ecPrivate }) => {
  /** The long list of EdgeCaseDoubling is sampled here; the conformance run takes all of it. */
  test.each([
    ["ecdh_secp256r1_ecpoint_test.json", "P-256", 1, 355],
    ["ecdh_secp384r1_ecpoint_test.json", "P-384", 12, 181],
    ["ecdh_secp521r1_ecpoint_test.json", "P-521", 12, 176],
  ] as const)(
    "Wycheproof %s: every shared secret is that of the file, and bad points give none",
    (name, curve, every, expected) => {
      const { orderBytes } = curves[curve];
      let count = 0;
      let doublings = 0;
      for (const group of wycheproof<object, { public: string; private: string; shared: string }>(name).groups) {
        for (const { tcId, comment, flags, result, ...fields } of group.tests) {
          if (flags.includes("EdgeCaseDoubling") && doublings++ % every !== 0) continue;
          const scalar = fields.private.padStart(2 * orderBytes, "0").slice(-2 * orderBytes);
          const shared = ecPrivate(curve, hex(scalar))?.agree(hex(fields.public));
          expect(shared, `${tcId} ${comment}`).toEqual(result === "invalid" ? undefined : hex(fields.shared));
          count++;
        }
      }
      expect(count).toBe(expected);
    },
  );
});
