/**
 * The two-step KDF of SP 800-56C through CKM_HKDF_DERIVE, which extracts, and CKM_SP800_108_FEEDBACK_KDF.
 *
 * The KDFs that no mechanism has by themselves, on src/crypto/kdf.ts with the engine under proof: ANSI X9.63, which
 * the token offers within CKM_ECDH1_DERIVE only, and the one-step KDF of SP 800-56C. A shared secret of a vector cannot
 * be put into the token as the outcome of an agreement.
 */

import { concatKdf, concatKdfMac, x963Kdf } from "../../crypto/kdf.ts";
import type { HmacName } from "../../mechanisms/hmac.ts";
import { parseBotan } from "../parsers/botan.ts";
import { parseEvp } from "../parsers/evp.ts";
import { parseRsp } from "../parsers/rsp.ts";
import type { Suite } from "../suite.ts";
import { controlBytes, controlsOf } from "./evp.ts";
import { hashOf, hmacMechanism } from "./hashes.ts";
import { bytesAt, difference, type Input, numberAt, suite, type Trial } from "./support.ts";
import { derived, secretKey, withKey } from "./token.ts";

export const oneStepKdf: Suite = suite(
  "one-step-kdf",
  "ANSI X9.63 and SP 800-56C KDFs",
  ({ algorithm }) => ["ANSI X9.63 KDF", "SP 800-56C one-step KDF", "SP 800-56C two-step KDF"].includes(algorithm),
  (input) => {
    if (input.file.format === "botan") return botan(input);
    return input.file.format === "evp" ? openssl(input) : cavp(input);
  },
);

const none = new Uint8Array(0);

interface KdfCase {
  readonly kdf: "X963" | "hash" | "hmac";
  readonly hash: string;
  readonly secret: Uint8Array;
  readonly info: Uint8Array;
  readonly salt: Uint8Array;
  readonly output: Uint8Array;
}

function trial({ engine }: Input, id: string, { kdf, hash: name, secret, info, salt, output }: KdfCase): Trial {
  const hash = hashOf(name);
  if (hash === undefined) return { id, skip: "no-mechanism", run: () => undefined };
  const derive = (): Uint8Array => {
    if (kdf === "X963") return x963Kdf(engine, hash, secret, info, output.length);
    if (kdf === "hash") return concatKdf(engine, hash, secret, info, output.length);
    const key = engine.hmac(hash, salt);
    try {
      return concatKdfMac(key, secret, info, output.length);
    } finally {
      key.destroy();
    }
  };
  return { id, run: () => difference(derive(), output) };
}

function* cavp(input: Input): Generator<Trial> {
  for (const { id, sections, shared, fields } of parseRsp(input.text)) {
    const one = {
      kdf: "X963",
      hash: sections[0] ?? "",
      secret: bytesAt(fields, "Z"),
      info: bytesAt(fields, "SharedInfo"),
      salt: none,
      output: bytesAt(fields, "key_data").subarray(0, numberAt(shared, "key data length") / 8),
    } as const;
    yield trial(input, id, one);
  }
}

function* openssl(input: Input): Generator<Trial> {
  for (const { id, target, fields } of parseEvp(input.text).cases) {
    const controls = controlsOf(fields);
    const isOther = controls.has("mac") && controls.get("mac") !== "HMAC";
    if (fields["Result"] !== undefined || fields["Output"] === undefined) {
      yield { id, skip: "openssl-interface", run: () => undefined };
      continue;
    }
    if (isOther || (target !== "X963KDF" && target !== "SSKDF" && target !== "X942KDF-CONCAT")) {
      yield { id, skip: "no-mechanism", run: () => undefined };
      continue;
    }
    // X9.42's concatenation KDF is X9.63's (OpenSSL, EVP_KDF-X942-CONCAT).
    const one = {
      kdf: target !== "SSKDF" ? "X963" : controls.get("mac") === "HMAC" ? "hmac" : "hash",
      hash: controls.get("digest") ?? "",
      secret: controlBytes(controls, "secret") ?? none,
      info: controlBytes(controls, "info") ?? none,
      salt: controlBytes(controls, "salt") ?? none,
      output: bytesAt(fields, "Output"),
    } as const;
    yield trial(input, id, one);
  }
}

/** SP 800-56C r2, 5.1: the salt keys HMAC over the secret; what comes of it derives, here in feedback mode. */
function twoSteps({ lax }: Input, name: string, { secret, info, salt, output }: Omit<KdfCase, "kdf" | "hash">) {
  const hash = hashOf(name);
  if (hash === undefined) return "a hash that the token does not have";
  const prf = hmacMechanism(hash) as HmacName;
  return withKey(lax, secretKey("GENERIC_SECRET", secret, "derive"), (base) => {
    const extract = { mechanism: "HKDF_DERIVE", hash, salt, expand: false } as const;
    const key = lax.deriveKey(extract, base, { usage: "derive" });
    try {
      const expand = { mechanism: "SP800_108_FEEDBACK_KDF", prf, label: info } as const;
      return difference(derived(lax, expand, key, output.length), output);
    } finally {
      lax.destroyObject(key);
    }
  });
}

/** `[SP800-56A(SHA-1)]` and `[SP800-56A(HMAC(SHA-1))]`; `[SP800-56C(HMAC(SHA-1))]` has two steps. */
function* botan(input: Input): Generator<Trial> {
  for (const { id, section, fields } of parseBotan(input.text, false)) {
    const [, extraction] = /^SP800-56C\(HMAC\(([\w-]+)\)\)$/.exec(section) ?? [];
    if (extraction !== undefined) {
      const [secret, info, salt, output] = ["Secret", "Label", "Salt", "Output"].map((name) =>
        bytesAt(fields, name),
      ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
      yield { id, run: () => twoSteps(input, extraction, { secret, info, salt, output }) };
      continue;
    }
    const [, mac, hash] = /^SP800-56A\((HMAC\()?([\w-]+(?:\(\d+\))?)\)*$/.exec(section) ?? [];
    if (hash === undefined) {
      yield { id, skip: "no-mechanism", run: () => undefined };
      continue;
    }
    const one = {
      kdf: mac === undefined ? "hash" : "hmac",
      hash,
      secret: bytesAt(fields, "Secret"),
      info: bytesAt(fields, "Label"),
      salt: bytesAt(fields, "Salt"),
      output: bytesAt(fields, "Output"),
    } as const;
    yield trial(input, id, one);
  }
}
