/** AES-KW and AES-KWP (draft-celi-acvp-symmetric; SP 800-38F) as ciphers: C_Encrypt and C_Decrypt. */

import { bytesAt, textAt } from "../../suites/support.ts";
import { secretKey, withKey } from "../../suites/token.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import { eachTest, hexOf, onToken, opened } from "./support.ts";

function keyWrap(mechanism: "AES_KEY_WRAP" | "AES_KEY_WRAP_KWP"): AcvpHandler["answer"] {
  return eachTest((test, group, bench) => {
    const variant = group["kwCipher"] ?? "cipher";
    if (variant !== "cipher") throw new Unanswered("kw-inverse-cipher", `kwCipher ${String(variant)}`);
    const encrypts = textAt(group, "direction") === "encrypt";
    const data = bytesAt(test, encrypts ? "pt" : "ct");
    return onToken(bench, "acvp-unknown", (session) =>
      withKey(session, secretKey("AES", bytesAt(test, "key"), "encrypt"), (key) => {
        if (encrypts) return { ct: hexOf(session.encrypt(mechanism, key, data)) };
        const plaintext = opened(() => session.decrypt(mechanism, key, data));
        return plaintext === undefined ? { testPassed: false } : { pt: hexOf(plaintext), testPassed: true };
      }),
    );
  });
}

const COMMON = { direction: ["encrypt", "decrypt"], keyLen: [128, 192, 256], kwCipher: ["cipher"] } as const;

export const aesKw: readonly AcvpHandler[] = [
  {
    algorithm: "ACVP-AES-KW",
    mode: "",
    revisions: ["1.0"],
    capabilities: { ...COMMON, payloadLen: [{ min: 128, max: 4096, increment: 64 }] },
    answer: keyWrap("AES_KEY_WRAP"),
  },
  {
    algorithm: "ACVP-AES-KWP",
    mode: "",
    revisions: ["1.0"],
    capabilities: { ...COMMON, payloadLen: [{ min: 8, max: 4096, increment: 8 }] },
    answer: keyWrap("AES_KEY_WRAP_KWP"),
  },
];
