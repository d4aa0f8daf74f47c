/**
 * What R3 is for: a wrapping mechanism that binds the attributes (R2) but works under the wrapping key itself. As long as
 * a key has one usage that alone opens nothing; R3 is what still holds where a key both wraps and decrypts.
 */

import { expect, test, vi } from "vitest";
import type * as All from "../../../src/mechanisms/all.ts";

vi.mock("../../../src/mechanisms/all.ts", async (original) => {
  const all = await original<typeof All>();
  const { concat } = await import("../../../src/bytes/bytes.ts");
  const { aesKeyOf } = await import("../../../src/mechanisms/keys/aes.ts");
  const { encodeAttributes, encodeSecrets } = await import("../../../src/mechanisms/bound-attributes.ts");
  const { mechanism } = await import("../../../src/mechanisms/mechanism.ts");
  const boundWrap: typeof all.boundWrap = mechanism({
    name: "PHSM_BOUND_WRAP",
    source: "PHSM_BOUND_WRAP without a sub-key",
    bindsAttributes: true,
    keyTypes: ["AES"],
    parse: all.boundWrap.parse,
    wrap(context, key, _, target) {
      const attributes = encodeAttributes(target.attributes());
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, attributes.length);
      const [nonce, iv] = [context.rng(16), context.rng(12)];
      const head = concat(Uint8Array.of(1), nonce, iv, length, attributes);
      return concat(head, aesKeyOf(context, key).gcmSeal(iv, head, encodeSecrets(target), 16));
    },
  });
  return { ...all, boundWrap };
});

test("A mechanism without a sub-key is refused by R3, harmless while keys have one usage, and open without both", {
  timeout: 240_000,
}, async () => {
  const { explore } = await import("./explore.ts");
  const { strictRules } = await import("../../../src/objects/policy.ts");
  const without = (...names: readonly string[]): ReturnType<typeof explore> => {
    const rules = strictRules.filter(({ name }) => !names.includes(name));
    expect(rules.length).toBe(strictRules.length - names.length);
    return explore({ name: "", rules }, { rounds: 3, milliseconds: 120_000 });
  };
  const R3 = "R3 wrapping has a sub-key of its own";
  expect(without().attack).toBeUndefined();
  expect(without("one-usage").attack).toBeUndefined();
  expect(without(R3).attack).toBeUndefined();
  expect(without(R3, "one-usage").attack?.trace.join("\n")).toMatch(/C_WrapKey.*\nC_Decrypt\(AES_/);
});
