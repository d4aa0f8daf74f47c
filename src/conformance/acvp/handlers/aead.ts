/** AES-GCM, AES-GMAC and AES-CCM (draft-celi-acvp-symmetric). */

import { concat, equalBytes } from "../../../bytes/bytes.ts";
import type { MechanismChoice } from "../../../mechanisms/registry.ts";
import type { JsonObject } from "../../parsers/json.ts";
import type { Bench } from "../../suite.ts";
import { bytesAt, difference, numberAt, textAt } from "../../suites/support.ts";
import { secretKey, withKey } from "../../suites/token.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import { bytesOr, eachTest, hexOf, onToken, opened, takes, wholeBytes } from "./support.ts";

const none: Uint8Array = new Uint8Array(0);
const OWN_IV_BYTES = 12;
const MAX_IV_BYTES = 256;

const DIRECTIONS = ["encrypt", "decrypt"] as const;
const KEYS = [128, 192, 256] as const;
const LENGTHS = [{ min: 0, max: 65_536, increment: 8 }] as const;

interface Parameters {
  readonly encrypts: boolean;
  readonly key: Uint8Array;
  readonly aad: Uint8Array;
  readonly tagBytes: number;
}

function parametersOf(group: JsonObject, test: JsonObject): Parameters {
  return {
    encrypts: textAt(group, "direction") === "encrypt",
    key: bytesAt(test, "key"),
    aad: bytesOr(test, "aad"),
    tagBytes: wholeBytes(numberAt(group, "tagLen"), "a tag"),
  };
}

function encrypt(
  bench: Bench,
  reason: string,
  mechanism: MechanismChoice,
  key: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  return onToken(bench, reason, (session) =>
    withKey(session, secretKey("AES", key, "encrypt"), (handle) => session.encrypt(mechanism, handle, data)),
  );
}

function decrypt(
  bench: Bench,
  reason: string,
  mechanism: MechanismChoice,
  key: Uint8Array,
  data: Uint8Array,
): Uint8Array | undefined {
  return onToken(bench, reason, (session) =>
    withKey(session, secretKey("AES", key, "encrypt"), (handle) =>
      opened(() => session.decrypt(mechanism, handle, data)),
    ),
  );
}

/** Why the token refuses an IV and a tag of these lengths, if it does. */
function gcmReason(ivBytes: number, tagBytes: number): string {
  if (ivBytes > MAX_IV_BYTES) return "gcm-long-iv";
  return tagBytes < 12 ? "gcm-short-tag" : "gcm-short-iv";
}

/** Whether the test leaves the IV to the implementation, which is the token's own. @throws Unanswered */
function makesIv(group: JsonObject, encrypts: boolean): boolean {
  if (!encrypts || group["ivGen"] !== "internal") return false;
  const bits = numberAt(group, "ivLen");
  if (bits !== 8 * OWN_IV_BYTES) throw new Unanswered("gcm-own-iv-length", `IVs of ${bits} bits`);
  return true;
}

/** The token's own IV, the ciphertext and the tag stand behind each other. */
function ownIv(sealed: Uint8Array, tagBytes: number): JsonObject {
  const end = sealed.length - tagBytes;
  const [iv, ct, tag] = [sealed.slice(0, OWN_IV_BYTES), sealed.slice(OWN_IV_BYTES, end), sealed.slice(end)];
  return { iv: hexOf(iv), ct: hexOf(ct), tag: hexOf(tag) };
}

const gcmAnswer = eachTest((test, group, bench) => {
  const { encrypts, key, aad, tagBytes } = parametersOf(group, test);
  if (makesIv(group, encrypts)) {
    const reason = gcmReason(OWN_IV_BYTES, tagBytes);
    return ownIv(encrypt(bench, reason, { mechanism: "AES_GCM", aad, tagBytes }, key, bytesOr(test, "pt")), tagBytes);
  }
  const iv = bytesAt(test, "iv");
  const reason = gcmReason(iv.length, tagBytes);
  const mechanism = { mechanism: "AES_GCM", iv, aad, tagBytes } as const;
  if (encrypts) {
    const sealed = encrypt(bench, reason, mechanism, key, bytesOr(test, "pt"));
    const end = sealed.length - tagBytes;
    return { ct: hexOf(sealed.subarray(0, end)), tag: hexOf(sealed.subarray(end)) };
  }
  const plaintext = decrypt(bench, reason, mechanism, key, concat(bytesOr(test, "ct"), bytesAt(test, "tag")));
  return plaintext === undefined ? { testPassed: false } : { pt: hexOf(plaintext), testPassed: true };
});

/** An answer with an IV of the implementation opens to what was to be encrypted. */
const opensAgain: NonNullable<AcvpHandler["check"]> = ({ group, test }, answered, bench) => {
  const { encrypts, key, aad, tagBytes } = parametersOf(group, test);
  if (!makesIv(group, encrypts)) return "compare";
  const [iv, tag] = [bytesAt(answered.test, "iv"), bytesAt(answered.test, "tag")];
  if (iv.length !== OWN_IV_BYTES) return `iv: expected ${OWN_IV_BYTES} bytes, found ${iv.length}`;
  const mechanism = { mechanism: "AES_GCM", iv, aad, tagBytes } as const;
  const sealed = concat(bytesOr(answered.test, "ct"), tag);
  const plaintext = decrypt(bench, gcmReason(iv.length, tagBytes), mechanism, key, sealed);
  if (plaintext === undefined) return "the ciphertext is not authentic";
  return difference(plaintext, bytesOr(test, "pt"));
};

const gmacAnswer = eachTest((test, group, bench) => {
  const { encrypts, key, aad, tagBytes } = parametersOf(group, test);
  if (makesIv(group, encrypts)) {
    const reason = gcmReason(OWN_IV_BYTES, tagBytes);
    const { iv, tag } = ownIv(encrypt(bench, reason, { mechanism: "AES_GCM", aad, tagBytes }, key, none), tagBytes);
    return { iv: iv ?? "", tag: tag ?? "" };
  }
  const iv = bytesAt(test, "iv");
  const mechanism = { mechanism: "AES_GMAC", iv, tagBytes } as const;
  const made = onToken(bench, gcmReason(iv.length, tagBytes), (session) =>
    withKey(session, secretKey("AES", key, "sign"), (handle) => session.sign(mechanism, handle, aad)),
  );
  return encrypts ? { tag: hexOf(made) } : { testPassed: equalBytes(made, bytesAt(test, "tag")) };
});

const ownIvBytes = new Uint8Array(OWN_IV_BYTES);

const GCM_CAPABILITIES: JsonObject = {
  direction: DIRECTIONS,
  keyLen: KEYS,
  ivLen: [{ min: takes({ mechanism: "AES_GCM", iv: new Uint8Array(1) }) ? 8 : 96, max: 1024, increment: 8 }],
  ivGen: "external",
  aadLen: LENGTHS,
  tagLen: [32, 64, 96, 104, 112, 120, 128].filter((bits) =>
    takes({ mechanism: "AES_GCM", iv: ownIvBytes, tagBytes: bits / 8 }),
  ),
};

/** ACVP's ciphertexts of CCM end in the tag, as the token's do. */
const ccmAnswer = eachTest((test, group, bench) => {
  const { encrypts, key, aad, tagBytes } = parametersOf(group, test);
  const mechanism = { mechanism: "AES_CCM", nonce: bytesAt(test, "iv"), aad, tagBytes } as const;
  if (encrypts) return { ct: hexOf(encrypt(bench, "ccm-short-tag", mechanism, key, bytesOr(test, "pt"))) };
  const plaintext = decrypt(bench, "ccm-short-tag", mechanism, key, bytesAt(test, "ct"));
  return plaintext === undefined ? { testPassed: false } : { pt: hexOf(plaintext), testPassed: true };
});

export const aead: readonly AcvpHandler[] = [
  {
    algorithm: "ACVP-AES-GCM",
    mode: "",
    revisions: ["1.0"],
    capabilities: { ...GCM_CAPABILITIES, payloadLen: LENGTHS },
    answer: gcmAnswer,
    check: opensAgain,
  },
  {
    algorithm: "ACVP-AES-GMAC",
    mode: "",
    revisions: ["1.0"],
    capabilities: GCM_CAPABILITIES,
    answer: gmacAnswer,
    check: opensAgain,
  },
  {
    algorithm: "ACVP-AES-CCM",
    mode: "",
    revisions: ["1.0"],
    capabilities: {
      keyLen: KEYS,
      payloadLen: [{ min: 0, max: 256, increment: 8 }],
      ivLen: [56, 64, 72, 80, 88, 96, 104],
      aadLen: [{ min: 0, max: 524_288, increment: 8 }],
      tagLen: [32, 48, 64, 80, 96, 112, 128].filter((bits) =>
        takes({ mechanism: "AES_CCM", nonce: ownIvBytes, tagBytes: bits / 8 }),
      ),
    },
    answer: ccmAnswer,
  },
];
