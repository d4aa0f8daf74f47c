import { spawnSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { be32, concat, toHex, utf8 } from "../../src/bytes/bytes.ts";
import type { MechanismChoice } from "../../src/mechanisms/registry.ts";
import { overEngines } from "../crypto/engine-suite.ts";
import { ckrOf } from "../support/ckr.ts";
import { describeWith } from "../support/programs.ts";
import { laxSession, READABLE, readValue, secretKey } from "./support/lax.ts";

const value = Uint8Array.from({ length: 32 }, (_, i) => i);
const [label, context, iv] = [utf8("a label"), utf8("a context"), Uint8Array.from({ length: 32 }, (_, i) => 255 - i)];
const hmac = (data: Uint8Array): Uint8Array => Uint8Array.from(createHmac("sha256", value).update(data).digest());

/** SP 800-108 r1, 4.2 and 4.3, once more: the chained values and then the blocks. */
function expected(
  mode: "feedback" | "double",
  counterBits: number,
  fixed: Uint8Array,
  first: Uint8Array,
  length: number,
) {
  const blocks: Uint8Array[] = [];
  let chain = first;
  for (let i = 1; blocks.length * 32 < length; i++) {
    const counter = be32(i).slice(4 - counterBits / 8);
    if (mode === "double") chain = hmac(chain);
    const block = hmac(concat(chain, counter, fixed));
    blocks.push(block);
    if (mode === "feedback") chain = block;
  }
  return concat(...blocks).slice(0, length);
}

overEngines((engine) => {
  const session = laxSession(engine);
  const base = secretKey(session, "GENERIC_SECRET", value, "derive");
  const derive = (mechanism: MechanismChoice, VALUE_LEN: number): Uint8Array =>
    readValue(session, session.deriveKey(mechanism, base, { VALUE_LEN, ...READABLE }));

  test.each([0, 8, 16, 24, 32] as const)(
    "a counter of %i bits stands behind the chained value, in both modes",
    (counterBits) => {
      const fixedInput = utf8("fixed input");
      for (const length of [1, 32, 100]) {
        const feedback = { mechanism: "SP800_108_FEEDBACK_KDF", iv, counterBits, fixedInput } as const;
        expect(derive(feedback, length)).toEqual(expected("feedback", counterBits, fixedInput, iv, length));
        const double = { mechanism: "SP800_108_DOUBLE_PIPELINE_KDF", counterBits, fixedInput } as const;
        expect(derive(double, length)).toEqual(expected("double", counterBits, fixedInput, fixedInput, length));
      }
    },
  );

  test("label and context are composed as in counter mode, and the IV may be empty", () => {
    const fixed = concat(label, Uint8Array.of(0), context, be32(8 * 70));
    const feedback = derive({ mechanism: "SP800_108_FEEDBACK_KDF", label, context }, 70);
    expect(feedback).toEqual(expected("feedback", 32, fixed, new Uint8Array(0), 70));
    const double = derive({ mechanism: "SP800_108_DOUBLE_PIPELINE_KDF", label, context }, 70);
    expect(double).toEqual(expected("double", 32, fixed, fixed, 70));
  });

  test("a counter of 8 bits counts 255 blocks and no more, and one form excludes the other", () => {
    for (const mechanism of ["SP800_108_FEEDBACK_KDF", "SP800_108_DOUBLE_PIPELINE_KDF"] as const) {
      const cmac = { mechanism, prf: "AES_CMAC", counterBits: 8 } as const;
      const aes = secretKey(session, "AES", value, "derive");
      const of = (VALUE_LEN: number) => session.deriveKey(cmac, aes, { VALUE_LEN, ...READABLE });
      expect(readValue(session, of(255 * 16))).toHaveLength(255 * 16);
      expect(ckrOf(() => of(255 * 16 + 1))).toBe("KEY_SIZE_RANGE");
      const both = { mechanism, label, fixedInput: label } as const;
      expect(ckrOf(() => derive(both, 16))).toBe("MECHANISM_PARAM_INVALID");
    }
  });

  describeWith("openssl", "with OpenSSL", () => {
    const openssl = (length: number, digest: string, seed: Uint8Array): Uint8Array => {
      const options = [
        "mac:HMAC",
        `digest:${digest}`,
        "mode:FEEDBACK",
        `hexkey:${toHex(value)}`,
        `hexsalt:${toHex(label)}`,
      ];
      options.push(`hexinfo:${toHex(context)}`, ...(seed.length > 0 ? [`hexseed:${toHex(seed)}`] : []));
      const args = [
        "kdf",
        "-keylen",
        String(length),
        ...options.flatMap((one) => ["-kdfopt", one]),
        "-binary",
        "KBKDF",
      ];
      const { status, stdout, stderr } = spawnSync("openssl", args);
      expect(status, String(stderr)).toBe(0);
      return Uint8Array.from(stdout);
    };

    test.each([
      ["SHA_1_HMAC", "SHA1", 20],
      ["SHA256_HMAC", "SHA256", 32],
      ["SHA512_HMAC", "SHA512", 64],
    ] as const)("SP800_108_FEEDBACK_KDF over %s is OpenSSL's, with an IV and without", (prf, digest, bytes) => {
      for (const seed of [new Uint8Array(0), new Uint8Array(bytes).fill(3)]) {
        const mechanism = { mechanism: "SP800_108_FEEDBACK_KDF", prf, label, context, iv: seed } as const;
        for (const length of [16, 100]) expect(derive(mechanism, length)).toEqual(openssl(length, digest, seed));
      }
    });
  });

  describe("ECDH1_DERIVE and ECDH1_COFACTOR_DERIVE", () => {
    const pair = (name: "EC_KEY_PAIR_GEN" | "EC_KEY_PAIR_GEN_W_EXTRA_BITS") =>
      session.generateKeyPair({ mechanism: name, curve: "P-256" }, { usage: "derive" });
    const [own, peer] = [pair("EC_KEY_PAIR_GEN"), pair("EC_KEY_PAIR_GEN_W_EXTRA_BITS")];
    const publicData = session.getAttributes(peer.publicKey, ["EC_POINT"]).EC_POINT;
    const agreed = (mechanism: MechanismChoice, VALUE_LEN = 32): Uint8Array =>
      readValue(session, session.deriveKey(mechanism, own.privateKey, { VALUE_LEN, ...READABLE }));
    const secret = agreed({ mechanism: "ECDH1_DERIVE", publicData });

    test("agree with each other and with the other side", () => {
      expect(agreed({ mechanism: "ECDH1_COFACTOR_DERIVE", publicData })).toEqual(secret);
      const back = session.getAttributes(own.publicKey, ["EC_POINT"]).EC_POINT;
      const mechanism = { mechanism: "ECDH1_COFACTOR_DERIVE", publicData: back } as const;
      const other = session.deriveKey(mechanism, peer.privateKey, { VALUE_LEN: 32, ...READABLE });
      expect(readValue(session, other)).toEqual(secret);
    });

    test.each([
      ["SHA256", "sha256"],
      ["SHA3_224", "sha3-224"],
      ["SHA3_512", "sha3-512"],
    ] as const)("derive with %s by ANSI X9.63 and by SP 800-56C", (hash, node) => {
      const digests = (input: (counter: Uint8Array) => Uint8Array): Uint8Array =>
        concat(
          ...[1, 2, 3, 4].map((i) =>
            Uint8Array.from(
              createHash(node)
                .update(input(be32(i)))
                .digest(),
            ),
          ),
        ).slice(0, 80);
      const [x963, sp800] = [`${hash}_KDF`, `${hash}_KDF_SP800`] as const;
      expect(agreed({ mechanism: "ECDH1_DERIVE", publicData, kdf: x963, sharedData: label }, 80)).toEqual(
        digests((counter) => concat(secret, counter, label)),
      );
      expect(agreed({ mechanism: "ECDH1_DERIVE", publicData, kdf: sp800, sharedData: label }, 80)).toEqual(
        digests((counter) => concat(counter, secret, label)),
      );
    });
  });
});
