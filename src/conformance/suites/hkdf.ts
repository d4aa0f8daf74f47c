/** HKDF through CKM_HKDF_DERIVE, and with it the two-step KDF of SP 800-56C that ACVP calls KDA HKDF. */

import { concat } from "../../bytes/bytes.ts";
import type { HashName } from "../../crypto/engine.ts";
import { joinAcvp, parseAcvp } from "../parsers/acvp.ts";
import { parseEvp } from "../parsers/evp.ts";
import { type JsonObject, objectAt } from "../parsers/json.ts";
import { parseRsp } from "../parsers/rsp.ts";
import { parseWycheproof } from "../parsers/wycheproof.ts";
import type { Suite } from "../suite.ts";
import { controlBytes, controlsOf } from "./evp.ts";
import { hashOf } from "./hashes.ts";
import {
  byFormat,
  bytesAt,
  caseOf,
  difference,
  type Input,
  numberAt,
  Refusal,
  suite,
  type Trial,
  textAt,
} from "./support.ts";
import { derived, keyLimits, secretBounds, secretKey, sessionFor, withKey } from "./token.ts";

export const hkdf: Suite = suite(
  "hkdf",
  "HKDF",
  ({ algorithm, path }) => algorithm === "HKDF" || (algorithm === "SP 800-56C KDF" && path.includes("KDA")),
  byFormat({ wycheproof, acvp, evp: openssl }, rfc),
);

interface HkdfCase {
  readonly hash: HashName | undefined;
  readonly inputKey: Uint8Array;
  readonly salt?: Uint8Array | undefined;
  readonly info?: Uint8Array | undefined;
  readonly extract?: boolean;
  readonly expand?: boolean;
}

function derive(input: Input, one: HkdfCase, byteLength: number): Uint8Array {
  const session = sessionFor(input, keyLimits(one.inputKey.length, byteLength));
  const { hash, salt, info, extract = true, expand = true } = one;
  const mechanism = {
    mechanism: "HKDF_DERIVE",
    hash,
    extract,
    expand,
    salt: extract ? salt : undefined,
    info: expand ? info : undefined,
  } as const;
  return withKey(session, secretKey("GENERIC_SECRET", one.inputKey, "derive"), (key) =>
    derived(session, mechanism, key, byteLength),
  );
}

function trial(input: Input, id: string, one: HkdfCase, output: Uint8Array): Trial {
  return {
    id,
    skip: one.hash === undefined ? "no-mechanism" : undefined,
    stricter: secretBounds(one.inputKey.length, output.length),
    run: () => difference(derive(input, one, output.length), output),
  };
}

function* wycheproof(input: Input): Generator<Trial> {
  const file = parseWycheproof(input.text);
  const hash = hashOf(file.algorithm.replace(/^HKDF-/, ""));
  for (const test of file.cases) {
    const { fields } = test;
    const [inputKey, salt, info] = [bytesAt(fields, "ikm"), bytesAt(fields, "salt"), bytesAt(fields, "info")];
    const size = numberAt(fields, "size");
    const run = () => difference(derive(input, { hash, inputKey, salt, info }, size), bytesAt(fields, "okm"));
    yield { ...caseOf(test), stricter: secretBounds(inputKey.length, size), run };
  }
}

function* rfc(input: Input): Generator<Trial> {
  for (const { id, fields, shared } of parseRsp(input.text)) {
    const all = { ...shared, ...fields };
    const one = {
      hash: hashOf(textAt(all, "Hash")),
      inputKey: bytesAt(all, "IKM"),
      salt: bytesAt(all, "salt"),
      info: bytesAt(all, "info"),
    };
    yield trial(input, id, one, bytesAt(all, "OKM"));
  }
}

function* openssl(input: Input): Generator<Trial> {
  for (const { id, target, fields } of parseEvp(input.text).cases) {
    const controls = controlsOf(fields);
    const hash = hashOf(controls.get("digest") ?? target.replace(/^HKDF-?/, ""));
    const inputKey = controlBytes(controls, "key");
    if (fields["Result"] !== undefined || fields["Output"] === undefined || inputKey === undefined) {
      yield { id, skip: "openssl-interface", run: () => undefined };
      continue;
    }
    const mode = controls.get("mode");
    const one = {
      hash,
      inputKey,
      salt: controlBytes(controls, "salt"),
      info: controlBytes(controls, "info"),
      extract: mode !== "EXPAND_ONLY",
      expand: mode !== "EXTRACT_ONLY",
    };
    yield trial(input, id, one, bytesAt(fields, "Output"));
  }
}

/** The fixed info of the pattern "uPartyInfo||vPartyInfo": each party's id and ephemeral data. */
function* acvp(input: Input): Generator<Trial> {
  for (const { id, group, test, expected } of joinAcvp(parseAcvp(input.text), parseAcvp(input.results ?? ""))) {
    const configuration = objectAt(group["kdfConfiguration"], "kdfConfiguration");
    const parameter = objectAt(test["kdfParameter"], "kdfParameter");
    const one = {
      hash: hashOf(textAt(configuration, "hmacAlg")),
      inputKey: bytesAt(parameter, "z"),
      salt: bytesAt(parameter, "salt"),
      info: concat(partyInfo(test, "fixedInfoPartyU"), partyInfo(test, "fixedInfoPartyV")),
    };
    const isKnown = configuration["fixedInfoPattern"] === "uPartyInfo||vPartyInfo";
    const isValidation = group["testType"] === "VAL";
    yield {
      ...trial(input, id, one, bytesAt(isValidation ? test : expected, "dkm")),
      ...(isKnown ? {} : { skip: "acvp-fixed-info-pattern" }),
      ...(isValidation && expected["testPassed"] === false ? { result: "invalid", run: () => mismatch() } : {}),
    };
    function mismatch(): undefined {
      const output = bytesAt(test, "dkm");
      const differs = difference(derive(input, one, output.length), output);
      if (differs !== undefined) throw new Refusal(differs);
    }
  }
}

function partyInfo(test: JsonObject, name: string): Uint8Array {
  const party = objectAt(test[name], name);
  return concat(...["partyId", "ephemeralData"].filter((part) => party[part]).map((part) => bytesAt(party, part)));
}
