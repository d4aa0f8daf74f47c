/**
 * SP 800-108 in counter mode through CKM_SP800_108_COUNTER_KDF, with the fixed input data as the vector has it.
 *
 * The PRF is HMAC or AES-CMAC; triple DES has no mechanism.
 */

import { concat } from "../../bytes/bytes.ts";
import type { CounterBits } from "../../crypto/kdf.ts";
import type { MechanismName } from "../../cryptoki/constants.ts";
import type { HmacName } from "../../mechanisms/hmac.ts";
import { parseBotan } from "../parsers/botan.ts";
import { parseEvp } from "../parsers/evp.ts";
import { parseRsp } from "../parsers/rsp.ts";
import type { Suite } from "../suite.ts";
import { controlBytes, controlsOf } from "./evp.ts";
import { hashOf, hmacMechanism } from "./hashes.ts";
import { bytesAt, difference, type Input, numberAt, suite, type Trial, textAt } from "./support.ts";
import { derived, keyLimits, secretBounds, secretKey, sessionFor, unlessOffered, withKey } from "./token.ts";

export const sp800108: Suite = suite(
  "sp800-108",
  "SP 800-108 counter KDF",
  ({ algorithm }) => algorithm === "SP 800-108 counter KDF",
  (input) => {
    if (input.file.format === "botan") return botan(input);
    return input.file.format === "evp" ? openssl(input) : cavp(input);
  },
);

interface KdfCase {
  /** `HMAC_SHA256`, `HMAC(SHA-256)`, `CMAC_AES128` and so on. */
  readonly prf: string;
  readonly key: Uint8Array;
  readonly dataBefore?: Uint8Array;
  readonly fixedInput: Uint8Array;
  readonly output: Uint8Array;
}

function trial(input: Input, id: string, one: KdfCase, counterBits: number): Trial {
  const session = sessionFor(input, keyLimits(one.key.length, one.output.length));
  const isCmac = /^CMAC.AES/.test(one.prf);
  const hash = hashOf(one.prf.replace(/^HMAC./, ""));
  const prf: MechanismName | undefined = isCmac ? "AES_CMAC" : hash && hmacMechanism(hash);
  const run = () =>
    withKey(session, secretKey(isCmac ? "AES" : "GENERIC_SECRET", one.key, "derive"), (key) => {
      const mechanism = {
        mechanism: "SP800_108_COUNTER_KDF",
        prf: prf as HmacName | "AES_CMAC",
        fixedInput: one.fixedInput,
        dataBefore: one.dataBefore,
        counterBits: counterBits as CounterBits,
      } as const;
      return difference(derived(session, mechanism, key, one.output.length), one.output);
    });
  return { id, skip: unlessOffered(input, prf), stricter: secretBounds(one.key.length, one.output.length), run };
}

const none = new Uint8Array(0);

function* cavp(input: Input): Generator<Trial> {
  for (const { id, shared, fields } of parseRsp(input.text)) {
    const location = textAt(shared, "CTRLOCATION");
    const part = (name: string) => bytesAt(fields, name);
    const parts = {
      BEFORE_FIXED: () => ({ fixedInput: part("FixedInputData") }),
      AFTER_FIXED: () => ({ dataBefore: part("FixedInputData"), fixedInput: none }),
      MIDDLE_FIXED: () => ({ dataBefore: part("DataBeforeCtrData"), fixedInput: part("DataAfterCtrData") }),
    }[location];
    if (parts === undefined) throw new TypeError(`the suite does not know the counter location ${location}`);
    const one = {
      prf: textAt(shared, "PRF"),
      key: bytesAt(fields, "KI"),
      ...parts(),
      output: bytesAt(fields, "KO").subarray(0, numberAt(fields, "L") / 8),
    };
    yield trial(input, id, one, Number.parseInt(textAt(shared, "RLEN"), 10));
  }
}

/** Without the L and the separator, `info` is the fixed input as it stands. */
function* openssl(input: Input): Generator<Trial> {
  for (const { id, fields } of parseEvp(input.text).cases) {
    const controls = controlsOf(fields);
    const isRaw = controls.get("use-l") === "0" && controls.get("use-separator") === "0";
    if (fields["Result"] !== undefined || fields["Output"] === undefined || !isRaw) {
      yield { id, skip: "openssl-interface", run: () => undefined };
      continue;
    }
    const one = {
      prf: `${controls.get("mac")}_${controls.get("digest") ?? controls.get("cipher")}`,
      key: controlBytes(controls, "key") ?? none,
      fixedInput: controlBytes(controls, "info") ?? none,
      output: bytesAt(fields, "Output"),
    };
    yield trial(input, id, one, Number(controls.get("r") ?? 32));
  }
}

/** `[SP800-108-Counter(HMAC(SHA-256),16,32)]`: bits of the counter and of L, 32 both where they are not named. */
function* botan(input: Input): Generator<Trial> {
  for (const { id, section, fields } of parseBotan(input.text, false)) {
    const [, mac = "", counter = "32", length = "32"] = /\(([HC]MAC\([^)]*\))(?:,(\d+),(\d+))?\)$/.exec(section) ?? [];
    const output = bytesAt(fields, "Output");
    const bits = 8 * output.length;
    const lengthField = Uint8Array.of(bits >>> 24, bits >>> 16, bits >>> 8, bits).subarray(4 - Number(length) / 8);
    const one = {
      prf: mac.replace(/\)$/, ""),
      key: bytesAt(fields, "Secret"),
      fixedInput: concat(bytesAt(fields, "Label"), Uint8Array.of(0), bytesAt(fields, "Salt"), lengthField),
      output,
    };
    yield trial(input, id, one, Number(counter));
  }
}
