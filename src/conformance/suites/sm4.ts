/**
 * SM4 in CBC, CTR, GCM and CCM mode through the token's own mechanisms; OFB, CFB and XTS have none.
 *
 * As in the suite of AES-CBC, whole blocks go through the padded mode, and single blocks (ECB) through it with a zero IV.
 */

import { concat } from "../../bytes/bytes.ts";
import { parseBotan } from "../parsers/botan.ts";
import { parseEvp } from "../parsers/evp.ts";
import { parseRsp } from "../parsers/rsp.ts";
import type { Suite } from "../suite.ts";
import { ccmLimits, gcmBounds, gcmLimits, sealAndOpen, sm4CcmChoice, sm4GcmChoice, wycheproofAead } from "./aead.ts";
import { bytesAt, difference, firstOf, type Input, suite, type Trial } from "./support.ts";
import { secretKey, withKey } from "./token.ts";

export const sm4: Suite = suite(
  "sm4",
  "SM4",
  ({ algorithm }) => algorithm === "SM4",
  (input) => {
    const { format, path } = input.file;
    if (format === "botan") return botan(input);
    if (format === "evp") return openssl(input);
    if (format === "rsp") return rfc(input);
    return path.includes("gcm")
      ? wycheproofAead(input, "SM4", sm4GcmChoice, { strict: gcmLimits, always: gcmBounds })
      : wycheproofAead(input, "SM4", sm4CcmChoice, { strict: ccmLimits });
  },
);

interface CipherCase {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly ciphertext: Uint8Array;
}

const BLOCK = 16;
const zeroIv = new Uint8Array(BLOCK);

const RUNS: Readonly<Record<string, (input: Input, one: CipherCase) => string | undefined>> = {
  ECB: ecb,
  CBC: cbc,
  CTR: ctr,
};

function cbc({ session }: Input, { key, iv, plaintext, ciphertext }: CipherCase): string | undefined {
  return withKey(session, { ...secretKey("AES", key, "encrypt"), KEY_TYPE: "SM4" }, (handle) => {
    const encrypt = (from: Uint8Array, data: Uint8Array) =>
      session.encrypt({ mechanism: "PHSM_SM4_CBC_PAD", iv: from }, handle, data);
    const padding = encrypt(ciphertext.slice(-BLOCK), new Uint8Array(0));
    const padded = concat(ciphertext, padding);
    return firstOf(
      difference(encrypt(iv, plaintext), padded),
      difference(session.decrypt({ mechanism: "PHSM_SM4_CBC_PAD", iv }, handle, padded), plaintext),
    );
  });
}

function ecb(input: Input, { key, plaintext, ciphertext }: CipherCase): string | undefined {
  const offsets = Array.from({ length: plaintext.length / BLOCK }, (_, index) => index * BLOCK);
  const at = (data: Uint8Array, offset: number) => data.slice(offset, offset + BLOCK);
  return firstOf(
    ...offsets.map((offset) =>
      cbc(input, { key, iv: zeroIv, plaintext: at(plaintext, offset), ciphertext: at(ciphertext, offset) }),
    ),
  );
}

function ctr({ session }: Input, { key, iv, plaintext, ciphertext }: CipherCase): string | undefined {
  const mechanism = { mechanism: "PHSM_SM4_CTR", counter: iv } as const;
  return withKey(session, { ...secretKey("AES", key, "encrypt"), KEY_TYPE: "SM4" }, (handle) =>
    firstOf(
      difference(session.encrypt(mechanism, handle, plaintext), ciphertext),
      difference(session.decrypt(mechanism, handle, ciphertext), plaintext),
    ),
  );
}

/** The files are `…-cbc.txt`, `-ctr.txt`, `-ecb.txt` and RFC 8998's GCM. */
function* rfc(input: Input): Generator<Trial> {
  const mode = /-(cbc|ctr|ecb)\.txt/.exec(input.file.path)?.[1]?.toUpperCase();
  for (const { id, shared, fields } of parseRsp(input.text)) {
    const all = { IV: "", ...shared, ...fields };
    const one = {
      key: bytesAt(all, "KEY"),
      iv: bytesAt(all, "IV"),
      plaintext: bytesAt(all, "PLAINTEXT"),
      ciphertext: bytesAt(all, "CIPHERTEXT"),
    };
    const run = mode === undefined ? undefined : RUNS[mode];
    const gcm = () =>
      sealAndOpen(
        input.session,
        "SM4",
        sm4GcmChoice,
        { ...one, aad: bytesAt(all, "AAD"), tag: bytesAt(all, "TAG") },
        true,
      );
    yield { id, run: run === undefined ? gcm : () => run(input, one) };
  }
}

function* openssl(input: Input): Generator<Trial> {
  for (const { id, target, fields } of parseEvp(input.text).cases) {
    const mode = target.replace(/^SM4-/, "");
    const one = {
      key: bytesAt(fields, "Key"),
      iv: fields["IV"] === undefined ? zeroIv : bytesAt(fields, "IV"),
      plaintext: bytesAt(fields, "Plaintext"),
      ciphertext: bytesAt(fields, "Ciphertext"),
    };
    const choice = { GCM: sm4GcmChoice, CCM: sm4CcmChoice }[mode];
    const run = RUNS[mode];
    if (choice !== undefined) {
      const whole = { ...one, aad: bytesAt(fields, "AAD"), tag: bytesAt(fields, "Tag") };
      yield { id, run: () => sealAndOpen(input.session, "SM4", choice, whole, true) };
    } else if (run !== undefined) {
      yield { id, run: () => run(input, one) };
    } else {
      yield { id, skip: "no-mechanism", run: () => undefined };
    }
  }
}

function* botan(input: Input): Generator<Trial> {
  for (const { id, section, fields } of parseBotan(input.text, false)) {
    const one = {
      key: bytesAt(fields, "Key"),
      iv: zeroIv,
      plaintext: bytesAt(fields, "In"),
      ciphertext: bytesAt(fields, "Out"),
    };
    const skip = section === "SM4" && fields["Iterations"] === undefined ? undefined : "no-mechanism";
    yield { id, skip, run: () => ecb(input, one) };
  }
}
